import pytest

from core.chat.actions import Action
from core.engine.database import transaction
from core.engine.models import Community
from core.library import finding, service
from core.library.models import Entry
from core.library.rules import EntryState, Kind
from core.members.linking import export, forget
from tests.core.library.acting import (
    ANSWER,
    FINANCE,
    kept,
    known,
    looks_up,
    solved,
    writes,
)
from tests.village import Village, latest, seen

EXCEL = "Trier un tableau dans Excel"
INTERVIEW = "Preparing for a job interview"


@pytest.fixture
async def shelf(place: Village) -> Village:
    """A few entries."""
    await kept(place, FINANCE, topic="cpf", link="https://exemple.fr/opco")
    await kept(place, EXCEL, "Sélectionnez les données, puis le menu Données.")
    await kept(place, INTERVIEW, "Trainings help: practise your answers aloud with a friend.")
    return place


@pytest.mark.parametrize(
    ("title", "looked_for"),
    [
        (FINANCE, ["financer", "FINANCEMENTS", "competence", "l’opco", "cpf", "compét"]),
        (FINANCE, ["qui a financé son bilan ?"]),
        (EXCEL, ["tableaux excel", "donnee"]),
        (INTERVIEW, ["interviews", "training", "practising answers"]),
    ],
)
async def test_words_are_found_whatever_their_accents_and_endings(
    shelf: Village, title: str, looked_for: list[str]
) -> None:
    alice = shelf.person("Alice")
    for words in looked_for:
        answer = await looks_up(alice, words)
        assert [t for t in (FINANCE, EXCEL, INTERVIEW) if t in answer] == [title], words


async def test_what_is_found_comes_with_its_link_topic_and_beginning(shelf: Village) -> None:
    answer = await looks_up(shelf.person("Alice"), "financer")
    assert all(part in answer for part in ("cpf", "https://exemple.fr/opco", "Par l’OPCO"))


async def test_one_can_read_it_whole(shelf: Village) -> None:
    alice = shelf.person("Alice")
    await looks_up(alice, "excel")
    await alice.presses("Voir : Trier un tableau dans E…")
    assert "puis le menu Données" in latest(alice).text
    assert latest(alice).private_to == "Alice"


async def test_nothing_found_says_how_to_ask(shelf: Village) -> None:
    alice = shelf.person("Alice")
    for words in ("jardinage", "!!!", "comment faire", "' OR 1=1 --", "* AND NOT", "é & | !"):
        answer = await looks_up(alice, words)
        assert "Rien dans la bibliothèque" in answer, words
        assert "/question" in answer


async def test_at_most_five_are_shown(place: Village) -> None:
    for number in range(7):
        await kept(place, f"Financer le projet numéro {number}")
    alice = place.person("Alice")
    assert "5 entrées" in await looks_up(alice, "financer un projet")
    assert len(latest(alice).buttons) == 5


async def test_in_english_too(shelf: Village) -> None:
    john = shelf.person("John", locale="en")
    await john.runs("/library interviews")
    assert "I found one entry" in latest(john).text


@pytest.mark.parametrize("platform", ["discord", "slack", "telegram"])
async def test_the_answer_is_private_on_every_platform(shelf: Village, platform: str) -> None:
    alice, bob = shelf.person("Alice", platform), shelf.person("Bob", platform)
    await alice.runs("/bibliothèque excel", channel="entraide")
    assert seen(alice, EXCEL)
    assert not seen(bob, EXCEL)


async def test_the_index_follows_what_is_changed_and_taken_back(shelf: Village) -> None:
    async with transaction():
        entry = await Entry.get(title=EXCEL)
        await service.withdraw(entry)
    alice = shelf.person("Alice")
    assert EXCEL not in await looks_up(alice, "tableau")
    await Entry.filter(title=FINANCE).delete()
    assert FINANCE not in await looks_up(alice, "financer")
    assert INTERVIEW in await looks_up(alice, "interview")


async def test_what_is_close_to_a_question(shelf: Village) -> None:
    scene = shelf.app.scene()
    asked = "Quel financement pour mon bilan de competences ?"
    (entry,) = await finding.close_to(scene, asked)
    assert entry.title == FINANCE
    assert await finding.close_to(scene, asked, 0) == []
    assert await finding.close_to(scene, "Un bon restaurant ?") == []


async def test_what_helped_counts_and_comes_first(place: Village) -> None:
    await kept(place, "Financer un bilan")
    await kept(place, "Financer un bilan, la suite")
    scene = place.app.scene()
    first = await Entry.get(title="Financer un bilan")
    for named in (str(first.id), "999", "é"):
        await finding.helped(scene, named)
    entries = await finding.search(scene, "bilan")
    assert entries[0].title == "Financer un bilan"


async def test_who_is_forgotten_takes_their_words_from_every_table(place: Village) -> None:
    alice, bob, mona = place.person("Alice"), place.person("Bob"), place.moderator("Mona")
    await solved(place, bob, alice)
    await writes(bob)
    await alice.presses("D’accord")
    await mona.runs("/bibliothèque curer")
    await mona.presses("Garder")
    held = await export(await known(alice))
    assert [row["text"] for row in held["library_entry"]] == [ANSWER]
    await forget(await known(alice))
    assert await Entry.all() == []
    assert "Rien dans la bibliothèque" in await looks_up(bob, "opco")


async def test_another_communitys_entries_are_never_found(shelf: Village) -> None:
    other = await Community.create(slug="b", name="B", timezone="UTC", language="fr")
    await Entry.create(
        community=other,
        kind=Kind.TIP,
        state=EntryState.PUBLISHED,
        source="b",
        title="Secret",
        head="excel",
        proposed_at=shelf.clock.now(),
    )
    alice = shelf.person("Alice")
    assert "Secret" not in await looks_up(alice, "excel")
    secret = await Entry.get(title="Secret")
    await alice.does(Action("library.see", str(secret.id)))
    assert "Je ne retrouve pas cette entrée" in latest(alice).text
