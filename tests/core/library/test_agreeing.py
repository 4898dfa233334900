import pytest

from core.chat.actions import Action
from core.engine.database import transaction
from core.library import service
from core.library.models import Entry, EntryAuthor
from core.library.rules import EntryState, Kind
from core.members.linking import link, undo
from tests.core.library.acting import ANSWER, FINANCE, known, looks_up, proposed, solved, writes
from tests.village import Village, latest, seen


@pytest.mark.parametrize("platform", ["discord", "slack", "telegram"])
async def test_who_helped_writes_it_and_who_asked_agrees_to_exactly_that(
    place: Village, platform: str
) -> None:
    alice, bob = place.person("Alice", platform), place.person("Bob", platform)
    await solved(place, bob, alice)
    assert not seen(alice, "Peut-on garder ceci")
    await writes(bob)
    assert seen(bob, "Voici ce qui sera gardé")
    (asked,) = seen(alice, "Peut-on garder ceci")
    assert all(part in asked.text for part in (FINANCE, ANSWER, "Bob, Alice"))
    await alice.presses("D’accord")
    assert "L’équipe regarde" in latest(alice).text


async def test_nothing_of_the_conversation_is_kept_before_somebody_wrote_it(
    place: Village,
) -> None:
    alice, bob = place.person("Alice"), place.person("Bob")
    entry = await solved(place, bob, alice)
    assert (entry.title, entry.text) == (FINANCE, "")


@pytest.mark.parametrize("who", ["Bob", "Alice"])
async def test_one_no_is_enough_and_leaves_nothing(place: Village, who: str) -> None:
    alice, bob = place.person("Alice"), place.person("Bob")
    await solved(place, bob, alice)
    if who == "Alice":
        await writes(bob)
    await {"Alice": alice, "Bob": bob}[who].presses("Non merci")
    entry = await Entry.get()
    assert (entry.title, entry.text, entry.state) == ("", "", EntryState.WITHDRAWN)
    assert await EntryAuthor.all() == []
    with pytest.raises(AssertionError):
        await solved(place, bob, alice)  # the same question is never proposed again


async def test_what_was_corrected_is_shown_again_before_it_is_agreed_to(place: Village) -> None:
    alice, bob = place.person("Alice"), place.person("Bob")
    await solved(place, bob, alice)
    await writes(bob)
    (first,) = seen(alice, "Peut-on garder ceci")
    await bob.presses("Corriger")
    await bob.fills({"La réponse": "Par la région, tout simplement."})
    await alice.presses("D’accord", on=first)
    (shown,) = [m for m in seen(alice, "Par la région, tout simplement.") if m.id == first.id]
    assert "Le texte a changé depuis" in shown.text
    assert await service.to_curate(place.app.community) == []
    await alice.presses("D’accord", on=shown)
    assert len(await service.to_curate(place.app.community)) == 1


async def test_whoever_sleeps_is_asked_in_the_morning_and_about_the_last_words_only(
    place: Village,
) -> None:
    alice, bob = place.person("Alice"), place.person("Bob")
    await solved(place, bob, alice)
    place.clock.advance(hours=14)  # 23:00 in Paris
    await writes(bob)
    await bob.presses("Corriger")
    await bob.fills({"La réponse": "Par la région, tout simplement."})
    assert not seen(alice, "Peut-on garder ceci")
    await place.passes(hours=11)
    (asked,) = seen(alice, "Peut-on garder ceci")
    assert "Par la région" in asked.text


async def test_whoever_took_it_back_meanwhile_leaves_nothing_to_ask(place: Village) -> None:
    alice, bob = place.person("Alice"), place.person("Bob")
    await solved(place, bob, alice)
    place.clock.advance(hours=14)
    await writes(bob)
    await bob.presses("Retirer")
    await place.passes(hours=11)
    assert not seen(alice, "Peut-on garder ceci")


async def test_only_its_authors_may_answer_and_only_the_helper_writes(place: Village) -> None:
    alice, bob, carol = (place.person(name) for name in ("Alice", "Bob", "Carol"))
    entry = await solved(place, bob, alice)
    for name in ("agree", "decline", "withdraw", "withdraw_one"):
        await carol.does(Action(f"library.{name}", str(entry.id)))
        assert "tient d’une autre personne" in latest(carol).text
        for argument in ("", "999", "é²"):
            await carol.does(Action(f"library.{name}", argument))
            assert "Je ne retrouve pas cette entrée" in latest(carol).text
    await bob.presses("Écrire ma réponse")
    alice._open, bob._open = bob._open, None
    await alice.fills({"La réponse": ANSWER})
    assert "tient d’une autre personne" in latest(alice).text


async def test_what_is_in_the_library_is_not_written_over(place: Village) -> None:
    alice, bob, mona = place.person("Alice"), place.person("Bob"), place.moderator("Mona")
    await solved(place, bob, alice)
    await writes(bob)
    await alice.presses("D’accord")
    await mona.runs("/bibliothèque curer")
    await mona.presses("Garder")
    await bob.presses("Corriger")
    await bob.fills({"La réponse": "Une tout autre réponse que celle-là."})
    assert "déjà dans la bibliothèque" in latest(bob).text
    assert (await Entry.get()).text == ANSWER


async def test_a_tip_goes_in_with_its_authors_agreement(place: Village) -> None:
    bob = place.person("Bob")
    await proposed(place, "Un raccourci", "Ctrl et Maj et T rouvrent un onglet.", bob)
    (asked,) = seen(bob, "Peut-on garder ceci")
    assert "rouvrent un onglet" in asked.text
    await bob.presses("D’accord")
    (entry,) = await service.to_curate(place.app.community)
    assert entry.kind is Kind.TIP


async def test_the_same_thing_is_proposed_once(place: Village) -> None:
    bob = place.person("Bob")
    assert await proposed(place, "Un raccourci", ANSWER, bob, source="rituals:1") is not None
    assert await proposed(place, "Un raccourci", ANSWER, bob, source="rituals:1") is None
    assert len(seen(bob, "Peut-on garder ceci")) == 1


async def test_an_author_takes_back_what_is_kept_whenever_they_like(place: Village) -> None:
    alice, bob, mona = place.person("Alice"), place.person("Bob"), place.moderator("Mona")
    await alice.runs("/bibliothèque retirer")
    assert "Rien de vous" in latest(alice).text
    await solved(place, bob, alice)
    await writes(bob)
    await alice.presses("D’accord")
    await mona.runs("/bibliothèque curer")
    await mona.presses("Garder")
    assert seen(alice, "est dans la bibliothèque : merci !")
    assert FINANCE in await looks_up(mona, "financer")
    await alice.runs("/bibliothèque")
    await alice.presses("Voir ce que j’ai donné")
    await alice.presses("Retirer : Comment financer un bil…")
    assert seen(alice, "il n’en reste rien dans la bibliothèque")
    assert "Rien dans la bibliothèque" in await looks_up(mona, "financer")
    assert (await Entry.get()).text == ""


async def test_whoever_gave_much_reads_it_page_by_page(place: Village) -> None:
    bob = place.person("Bob")
    for number in range(12):
        await proposed(place, f"Raccourci {number:02}", ANSWER, bob)
    await bob.runs("/bibliothèque retirer")
    assert "12 entrées tiennent de vous" in latest(bob).text
    assert len(latest(bob).buttons) == 11
    await bob.presses("Voir la suite")
    assert list(latest(bob).buttons) == ["Retirer : Raccourci 01", "Retirer : Raccourci 00"]
    await bob.presses("Retirer : Raccourci 00")
    assert not await Entry.filter(title="Raccourci 00").exists()


async def test_what_nobody_answers_is_erased_after_a_month(place: Village) -> None:
    alice, bob = place.person("Alice"), place.person("Bob")
    await solved(place, bob, alice)
    await proposed(place, "Sans personne", ANSWER)
    place.clock.advance(days=29)
    await place.app.settle()
    assert await Entry.filter(state=EntryState.PROPOSED).count() == 2
    place.clock.advance(days=3)
    await place.app.settle()
    (left,) = await Entry.filter(state=EntryState.PROPOSED)
    assert left.title == "Sans personne"
    assert not await Entry.filter(title=FINANCE).exists()


async def test_what_was_agreed_to_outlives_what_it_comes_from(place: Village) -> None:
    bob = place.person("Bob")
    await proposed(place, "Un raccourci", ANSWER, bob, source="rituals:1")
    await bob.presses("D’accord")
    async with transaction():
        await service.drop(place.app.scene(), "rituals:1")
    assert [entry.title for entry in await service.to_curate(place.app.community)] == [
        "Un raccourci"
    ]


async def test_somebody_who_was_helped_by_their_other_account_agrees_once(
    place: Village,
) -> None:
    alice, other = place.person("Alice"), place.person("Alice B", "slack")
    entry = await solved(place, other, alice)
    async with transaction():
        made = await link(place.app.scene(), await known(alice), await known(other))
    await other.does(Action("library.agree", f"{entry.id}:0"))
    assert await service.names_of(entry) == ["Alice B"]
    assert await EntryAuthor.filter(agreed_at=None).count() == 0
    async with transaction():
        await undo(place.app.scene(), made.id, made.member_id)
    assert await service.names_of(entry) == ["Alice B", "Alice"]


async def test_an_entry_moves_with_a_linked_account(place: Village) -> None:
    alice, bob, other = place.person("Alice"), place.person("Bob"), place.person("Bob B", "slack")
    await known(other)
    await solved(place, bob, alice)
    async with transaction():
        await link(place.app.scene(), await known(bob), await known(other))
    await writes(bob)
    assert seen(bob, "Voici ce qui sera gardé")
