import asyncio
from datetime import UTC, datetime

import pytest

from core.chat.actions import Action, OpenForm
from core.chat.adapter import Unreachable
from core.chat.events import (
    ButtonPressed,
    CommandInvoked,
    Event,
    FormOpened,
    FormSubmitted,
    MessageDeleted,
)
from core.chat.identity import MessageRef, Platform, Profile
from core.chat.markup import words
from core.chat.messages import Invalid, Message, Reply, Text
from core.engine.models import Job, OutboxMessage
from core.engine.routes import Routes
from core.members.models import Member
from tests.core.engine.handlers import BROKEN, DONE
from tests.village import Village, latest, seen


def about(person: object) -> dict[str, object]:
    return person._about()  # type: ignore[attr-defined,no-any-return]  # any person of the double


async def test_the_same_delivery_is_handled_once(place: Village) -> None:
    alice = place.person("Alice")
    event = CommandInvoked(channel=alice.private, path="aide", **about(alice))  # type: ignore[arg-type]  # the common fields
    assert isinstance(await place.app.handle(event), Reply)
    assert await place.app.handle(event) is None


async def test_an_unknown_account_becomes_a_member_with_the_name_the_platform_gives(
    place: Village,
) -> None:
    alice = place.person("Alice")
    event = CommandInvoked(
        channel=alice.private,
        path="aide",
        **{**about(alice), "profile": None},  # type: ignore[arg-type]  # same
    )
    await place.app.handle(event)
    assert await Member.filter(name="Alice").exists()


async def test_a_platform_that_does_not_answer_leaves_the_member_nameless(place: Village) -> None:
    alice = place.person("Alice")

    async def silent(_account: object) -> None:
        raise Unreachable("503", "down")

    place.adapters[Platform.DISCORD].profile = silent  # type: ignore[method-assign,assignment]  # the platform is down
    event = CommandInvoked(
        channel=alice.private,
        path="aide",
        **{**about(alice), "profile": None},  # type: ignore[arg-type]  # same
    )
    await place.app.handle(event)
    assert await Member.filter(name=alice.id).exists()


async def test_who_was_met_while_the_platform_was_down_is_called_by_name_later(
    place: Village,
) -> None:
    alice = place.person("Alice")
    discord = place.adapters[Platform.DISCORD]
    told = discord.profile

    async def silent(_account: object) -> None:
        raise Unreachable("503", "down")

    for profile in (silent, told):
        discord.profile = profile  # type: ignore[method-assign,assignment]  # down, then up
        event = CommandInvoked(
            channel=alice.private,
            path="aide",
            **{**about(alice), "profile": None},  # type: ignore[arg-type]  # same
        )
        await place.app.handle(event)
    assert [m.name for m in await Member.all()] == ["Alice"]


async def test_a_platform_that_never_answers_is_not_waited_for(
    place: Village, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.engine.app.ASKING", 0.05)
    alice = place.person("Alice")

    async def endless(_account: object) -> None:
        await asyncio.Event().wait()

    place.adapters[Platform.DISCORD].profile = endless  # type: ignore[method-assign,assignment]  # the platform hangs
    event = CommandInvoked(
        channel=alice.private,
        path="aide",
        **{**about(alice), "profile": None},  # type: ignore[arg-type]  # same
    )
    async with asyncio.timeout(5):
        assert isinstance(await place.app.handle(event), Reply)


async def test_an_apology_is_made_in_the_language_the_person_chose(place: Village) -> None:
    alice = place.person("Alice")
    await alice.runs("/aide")
    await Member.all().update(language="en")
    await alice.does(Action("press"))
    assert "reference" in latest(alice).text


async def test_what_goes_wrong_is_said_with_a_reference_and_nothing_is_kept(
    place: Village,
) -> None:
    alice = place.person("Alice")
    await alice.does(Action("press"))
    assert "donnez cette référence" in latest(alice).text
    assert "secret" not in latest(alice).text
    assert not await Job.filter(kind="kept").exists()


async def test_what_somebody_wrote_is_never_logged(
    place: Village, capsys: pytest.CaptureFixture[str]
) -> None:
    alice = place.person("Alice", "slack")
    await alice.says("Mon code est 1234 ! casse", channel="entraide")
    await place.app.scene().owe_in_private(Message(Text("Mon code est 1234")), alice.account)
    await OutboxMessage.all().update(payload='{"message": "Mon code est 1234"}')
    await place.app.scene().later("work", "x", place.clock.now())
    BROKEN.append("Mon code est 1234")
    await place.app.settle()
    written = capsys.readouterr().out
    for what in ("event failed", "unreadable", "job failed", "RuntimeError", "handlers.py"):
        assert what in written
    assert "1234" not in written


async def test_a_refusal_is_said_kindly_and_rolled_back(place: Village) -> None:
    alice = place.person("Alice")
    await alice.does(Action("press", "refused"))
    assert latest(alice).text == "Cela ne se fait pas."
    assert not await Job.filter(kind="kept").exists()
    assert await Member.filter(name="Alice").exists()


@pytest.mark.parametrize("action", [Action("nowhere"), Action("reserved")])
async def test_an_old_or_reserved_button_answers_kindly(place: Village, action: Action) -> None:
    alice = place.person("Alice")
    await alice.does(action)
    assert latest(alice).private_to == "Alice"
    assert latest(alice).text


async def test_a_moderator_presses_what_is_reserved(place: Village) -> None:
    mona = place.moderator("Mona")
    await mona.does(Action("reserved"))
    assert latest(mona).text == "Cela ne se fait pas."


async def test_commands_say_what_is_missing_or_not_understood(place: Village) -> None:
    mona, alice = place.moderator("Mona"), place.person("Alice")
    await mona.runs("/réservée")
    assert "le code" in latest(mona).text
    await alice.runs("/devoir peut-être")
    assert "donner, retirer" in latest(alice).text
    event = CommandInvoked(channel=alice.private, path="inconnue", **about(alice))  # type: ignore[arg-type]  # same
    answer = await place.app.handle(event)
    assert isinstance(answer, Reply)
    assert "inconnue" in words(answer.message.text)


@pytest.mark.parametrize("form", ["essai.réservé", "essai.disparu"])
async def test_a_reserved_or_old_form_answers_kindly(place: Village, form: str) -> None:
    alice = place.person("Alice")
    events: list[Event] = [
        FormOpened(channel=alice.private, form=form, **about(alice)),  # type: ignore[arg-type]  # same
        FormSubmitted(
            channel=alice.private,
            form=form,
            argument="",
            answers={},
            **about(alice),  # type: ignore[arg-type]  # same
        ),
    ]
    for event in events:
        assert isinstance(await place.app.handle(event), Reply)


async def test_a_form_that_cannot_be_taken_says_why_by_field(place: Village) -> None:
    alice = place.person("Alice")
    answers = {"nom": "n" * 11, "humeur": "moyenne", "mot": ""}
    event = FormSubmitted(
        channel=alice.private,
        form="essai.fiche",
        argument="",
        answers=answers,
        **about(alice),  # type: ignore[arg-type]  # same
    )
    answer = await place.app.handle(event)
    assert isinstance(answer, Invalid)
    assert set(answer.errors) == {"nom", "humeur"}


async def test_suggestions_are_for_those_who_may_run_the_command(place: Village) -> None:
    mona, alice = place.moderator("Mona"), place.person("Alice")
    for person, count in ((mona, 25), (alice, 0)):
        event = CommandInvoked(channel=person.private, path="réservée", **about(person))  # type: ignore[arg-type]  # same
        menu = place.adapters[Platform.DISCORD].menu
        assert len(await menu.complete(event, "code", "a")) == count
        assert await menu.complete(event, "autre", "a") == ()


async def test_a_deletion_is_heard_even_when_nobody_is_named(place: Village) -> None:
    alice = place.person("Alice")
    ref = MessageRef(alice.private, "7")
    event = MessageDeleted(message=ref, **{**about(alice), "account": None})  # type: ignore[arg-type]  # same
    await place.app.handle(event)
    assert DONE == ["gone 7"]


async def test_what_is_written_in_private_is_answered(place: Village) -> None:
    alice = place.person("Alice")
    await alice.says("bonjour")
    assert "Tapez /aide" in latest(alice).text
    await alice.says("vraiment ?")
    assert latest(alice).text == "On a dit : vraiment ?"


async def test_help_shows_what_this_person_may_do(place: Village) -> None:
    mona, alice = place.moderator("Mona"), place.person("Alice")
    await alice.runs("/aide")
    assert "/réservée" not in latest(alice).text
    await mona.runs("/aide")
    assert "Pour l’équipe d’animation\n• /réservée : Commande réservée" in latest(mona).text


async def test_the_home_page_is_made_of_the_rooms(place: Village) -> None:
    assert await place.person("Alice", "slack").opens_home() == "Cela ne se fait pas."


async def test_two_rooms_cannot_claim_the_same_name() -> None:
    one, other = Routes("a"), Routes("b")
    one.command_form("x", "a.x")
    other.command_form("x", "b.x")
    with pytest.raises(ValueError, match="declared twice: x"):
        Routes.of([one, other])


async def test_a_reaction_to_nothing_is_no_answer(place: Village) -> None:
    alice = place.person("Alice")
    said = await alice.says("bonjour à tous", channel="entraide")
    await alice.reacts(said, "🎉")
    assert latest(alice).text == "bonjour à tous"
    assert not seen(alice, "On a dit")


async def test_events_carry_their_own_time(place: Village) -> None:
    event = ButtonPressed(
        channel=place.person("Alice").private,
        action=Action("nowhere"),
        **{**about(place.person("Alice")), "at": datetime(2020, 1, 1, tzinfo=UTC)},  # type: ignore[arg-type]  # same
    )
    assert isinstance(await place.app.handle(event), Reply)


async def test_who_presses_what_is_reserved_is_looked_up_when_the_platform_said_nothing(
    place: Village,
) -> None:
    mona = place.moderator("Mona")
    await mona.does(Action("reserved"))
    mona.roles = frozenset({"member"})
    bare = Profile(mona.account, "Mona")
    for kind, asked in (
        (ButtonPressed, {"action": Action("reserved")}),
        (CommandInvoked, {"path": "réservée", "arguments": {"code": "x"}}),
        (FormOpened, {"form": "essai.réservé"}),
    ):
        about_mona = {**about(mona), "profile": bare}
        event = kind(channel=mona.private, **asked, **about_mona)  # type: ignore[arg-type]  # three kinds of events
        answer = await place.app.handle(event)
        assert isinstance(answer, Reply)
        assert "réservée à l’équipe" in words(answer.message.text)


async def test_a_command_whose_form_did_not_open_at_once_offers_it(place: Village) -> None:
    bob = place.person("Bob", "telegram")
    event = CommandInvoked(channel=bob.private, path="fiche", **about(bob))  # type: ignore[arg-type]  # same
    answer = await place.app.handle(event)
    assert isinstance(answer, Reply)
    assert [button.does for button in answer.message.buttons] == [OpenForm("essai.fiche")]


async def test_the_menu_says_what_an_adapter_must_say(place: Village) -> None:
    menu = place.adapters[Platform.DISCORD].menu
    assert menu.say("essai.said", "fr", what="cela") == "On a dit : cela"


async def test_only_so_many_languages_are_kept_in_memory(
    place: Village, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.engine.app.TONGUES", 2)
    for name in ("Alice", "Bob", "Chloé"):
        await place.person(name).runs("/aide")
    kept = {account.user for account in place.app.tongues}
    assert kept == {place.person("Bob").id, place.person("Chloé").id}
