from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest

from core.chat.messages import Text
from core.engine.texts import Texts


@pytest.fixture
def texts(locales: Path) -> Texts:
    return Texts(locales)


def test_values_are_inert_unless_they_are_texts(texts: Texts) -> None:
    assert texts.say("essai.said", "fr", what="**x**") == r"On a dit : \*\*x\*\*"
    assert texts.say("essai.said", "fr", what=Text("**x**")) == "On a dit : **x**"
    assert texts.label("essai.said", "fr", what="**x**") == "On a dit : **x**"


@pytest.mark.parametrize(("count", "said"), [(0, "0 réponse"), (1, "1 réponse"), (2, "2 réponses")])
def test_plurals_follow_the_language(texts: Texts, count: int, said: str) -> None:
    assert texts.say("essai.many", "fr", count=count) == said


def test_days_and_hours_are_written_out(texts: Texts) -> None:
    at = datetime(2026, 11, 23, 9, 5, tzinfo=UTC)
    said = texts.label("essai.when", "fr", day=date(2026, 11, 23), moment=at, time=time(9, 5))
    assert said == "lundi 23 novembre, lundi 23 novembre, 09:05, 09:05"


@pytest.mark.parametrize(
    ("locale", "language"),
    [("en-US", "en"), ("fr_FR", "fr"), ("fr@tu", "fr@tu"), ("de", "fr"), (None, "fr"), ("", "fr")],
)
def test_a_platforms_tag_becomes_a_language_we_speak(
    texts: Texts, locale: str | None, language: str
) -> None:
    assert texts.language(locale) == language


def test_a_community_may_say_tu_by_default(locales: Path) -> None:
    assert Texts(locales, "fr@tu").language("fr-FR") == "fr@tu"


def test_what_is_missing_in_a_language_is_said_in_french(texts: Texts) -> None:
    assert texts.say("essai.no", "en") == texts.say("essai.no", "fr@tu") == "Cela ne se fait pas."


def test_an_unknown_key_is_an_error_and_can_be_asked_for(texts: Texts) -> None:
    with pytest.raises(LookupError, match="no text"):
        texts.say("essai.rien", "fr")
    assert not texts.knows("essai.rien", "fr")
    assert texts.knows("essai.no", "en")


def test_a_value_inside_code_is_written_as_it_is_and_cannot_end_it(tmp_path: Path) -> None:
    folder = tmp_path / "fr" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    words = 'msgid "essai.typed"\nmsgstr "Tapez `/bilan {week}` ({week})."\n'
    (folder / "essai.po").write_text(words, encoding="utf-8")
    texts = Texts(tmp_path)
    assert texts.say("essai.typed", "fr", week="2026-W47") == (
        r"Tapez `/bilan 2026-W47` (2026\-W47)."
    )
    assert texts.label("essai.typed", "fr", week="2026-W47") == "Tapez /bilan 2026-W47 (2026-W47)."
    assert texts.say("essai.typed", "fr", week="`**x**\n`") == (
        r"Tapez `/bilan **x**` (\`\*\*x\*\* \`)."
    )
