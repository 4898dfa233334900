import re
from pathlib import Path
from string import Formatter

from babel.messages.pofile import read_po

from core.questions import handlers
from core.questions.models import Question
from tests.core.questions.acting import asks, can_help, tagged
from tests.village import LOCALES, Village, latest, seen

CODE = Path(handlers.__file__).parent
NAMES = (
    "acknowledged",
    "escalate",
    "posted",
    "said",
    "tagged",
    "waits",
    "helped",
    "not_helped",
    "keep",
)
NOT_WORDS = {f"questions.{name}" for name in NAMES}


def _words(language: str) -> dict[str, tuple[str, ...]]:
    with (LOCALES / language / "LC_MESSAGES" / "questions.po").open("rb") as source:
        entries = [message for message in read_po(source) if message.id]
    return {
        str(m.id if isinstance(m.id, str) else m.id[0]): (
            (m.string,) if isinstance(m.string, str) else tuple(m.string or ())
        )
        for m in entries
    }


def _holes(texts: tuple[str, ...]) -> set[str]:
    return {name for text in texts for _, name, _, _ in Formatter().parse(text) if name}


def test_the_languages_say_the_same_things_with_the_same_values() -> None:
    french, english, familiar = (_words(language) for language in ("fr", "en", "fr@tu"))
    assert french.keys() == english.keys()
    assert familiar.keys() <= french.keys()
    for key, texts in french.items():
        assert all(texts), key
        assert all(english[key]), key
        assert _holes(texts) == _holes(english[key]), key
        assert _holes(familiar.get(key, texts)) == _holes(texts), key
        assert familiar.get(key) != texts, key


def test_every_word_is_used_and_every_used_word_exists() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in CODE.glob("*.py"))
    used = set(re.findall(r'"(questions\.\w+)"', code)) - NOT_WORDS
    generated = re.compile(r"questions\.(command|option|form)\.")
    assert used == {key for key in _words("fr") if not generated.match(key)}


async def test_an_english_community_is_spoken_to_in_english(place: Village) -> None:
    community = place.app.community
    community.language = "en"
    await community.save()

    def label(key: str) -> str:
        return place.app.texts.label(key, "en")

    alice = place.person("Alice", "discord", "en")
    mona = place.moderator("Mona")
    eva = await can_help(place, "Eva")
    await asks(alice)
    assert "this question (cpf)" in latest(alice).text
    await place.passes(minutes=30)
    assert "know this topic: cpf" in tagged(eva)[0].text
    await eva.presses(label("questions.pass"))
    assert seen(mona, "waiting for an answer")
    await alice.presses(label("questions.solved"))
    assert seen(mona, "Question solved")
    await alice.presses(label("questions.reopen"))
    assert seen(mona, "Question reopened")
    await alice.presses(label("questions.withdraw"))
    assert seen(alice, label("questions.withdrawn"))


async def test_each_reader_has_their_own_language(place: Village) -> None:
    alice, bob = place.person("Alice", "slack", "en"), place.person("Bob", "slack")
    await bob.runs("/langue fr@tu")
    await alice.runs("/question")
    assert alice.form
    assert alice.form.title == "Ask a question"
    await alice.fills({"Your question": "How do I fund it?"})
    assert seen(alice, "on its way to the help channel")
    assert seen(bob, "Question posée par Alice")
    await bob.presses("C’est résolu")
    assert "Si tu as une réponse, écris-la" in latest(bob).text
    assert await Question.all().count() == 1
