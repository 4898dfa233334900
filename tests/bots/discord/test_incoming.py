"""Recorded frames, read as events: nothing here needs a server or a connection."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.discord.guild import Guild, Json
from bots.discord.incoming import KINDS, Frame, Here, moment, read
from bots.discord.interactions import Asked, Completing, Outdated, asked
from core.chat.actions import Action, OpenForm
from core.chat.events import (
    Attachment,
    ButtonPressed,
    CommandInvoked,
    Event,
    FormSubmitted,
    MemberJoined,
    MemberLeft,
    MessageDeleted,
    MessageEdited,
    MessagePosted,
    PollVoted,
    ReactionAdded,
    ReactionRemoved,
)
from core.chat.identity import Account, Channel, MessageRef, Platform

PAYLOADS = Path(__file__).parents[2] / "payloads" / "discord"
G, BOT, LEA, BOB = (
    "290926798626357999",
    "845027738276462632",
    "53908232506183680",
    "82198898841029460",
)
HELP, THREAD, ASIDE = "290926798999357250", "1128437471932870656", "1128437471932870777"
WELCOME = "290926798999357251"
NOW = datetime(2026, 11, 16, 9, 30, tzinfo=UTC)


def frame(name: str) -> Frame:
    payload = json.loads((PAYLOADS / f"{name}.json").read_text())
    return Frame(payload["t"], payload["d"], payload["s"])


@pytest.fixture
def here() -> Here:
    guild = Guild(G, me=BOT)
    created = frame("guild_create")
    guild.apply(created.kind, created.data)
    return Here(guild, session="a session", now=lambda: NOW)


def one(name: str, here: Here) -> Event:
    [event] = read(frame(name), here)
    return event


def who(user: str) -> Account:
    return Account(Platform.DISCORD, G, user)


def where(channel: str, thread: str | None = None, *, private: bool = False) -> Channel:
    return Channel(Platform.DISCORD, G, channel, thread, private)


def test_a_message_reads_as_its_author_saw_it(here: Here) -> None:
    event = one("message_create", here)
    assert isinstance(event, MessagePosted)
    assert event.text == (
        "Bonjour @Bobby et @amicale, voyez #entraide @Alumni :bravo: **gras** <@999>"
    )
    assert event.delivery_id == "1128437500000000001"
    assert event.at == datetime(2026, 11, 16, 9, 12, 34, 567000, UTC)
    assert event.account == who(LEA)
    assert event.mentions == (who(BOB),)
    assert event.message == MessageRef(where(HELP), "1128437500000000001")
    assert event.reply_to is None
    assert event.profile is not None
    assert (event.profile.name, event.profile.handle) == ("Léa (promo 7)", "lea.m")
    assert event.profile.roles == {"member", "alumni", "41771983423143936"}


def test_a_vote_is_counted_from_0_and_has_the_same_id_when_it_is_replayed(here: Here) -> None:
    given, taken = one("poll_vote_add", here), one("poll_vote_remove", here)
    assert isinstance(given, PollVoted)
    assert isinstance(taken, PollVoted)
    assert (given.account, given.poll, given.at) == (who(LEA), "1128437500000000001", NOW)
    assert (given.chosen, given.dropped) == ((1,), ())
    assert (taken.chosen, taken.dropped) == ((), (1,))
    assert given.delivery_id == f"vote:1128437500000000001:{LEA}:vote:1:{here_mark(here, 61)}"
    assert taken.delivery_id != given.delivery_id


def here_mark(here: Here, sequence: int) -> str:
    """How a frame of that session is named."""
    return here.mark(Frame("another", {}, sequence), f"another {sequence}")


@pytest.mark.parametrize(
    ("name", "channel", "answered"),
    [
        ("message_reply", where(HELP), MessageRef(where(HELP), "1128437500000000001")),
        ("message_forwarded", where(HELP), None),
        ("message_in_thread", where(HELP, THREAD), MessageRef(where(HELP), THREAD)),
        ("message_aside", where(WELCOME, ASIDE, private=True), None),
        ("message_direct", where("319674150115610528", private=True), None),
    ],
)
def test_where_a_message_stands(
    name: str, channel: Channel, answered: MessageRef | None, here: Here
) -> None:
    event = one(name, here)
    assert isinstance(event, MessagePosted)
    assert (event.message.channel, event.reply_to) == (channel, answered)


@pytest.mark.parametrize(
    "name",
    [
        "message_of_bot",
        "message_of_webhook",
        "message_system_join",
        "message_elsewhere",
        "message_update_preview",
        "reaction_of_bot",
        "guild_create",
    ],
)
def test_what_is_not_said_by_a_member_here_is_nothing(name: str, here: Here) -> None:
    assert read(frame(name), here) == ()


def test_edits_and_deletions(here: Here) -> None:
    edited = one("message_update", here)
    assert isinstance(edited, MessageEdited)
    assert edited.delivery_id == "edit:1128437500000000001:2026-11-16T09:15:00.000000+00:00"
    assert edited.text == "Bonsoir"
    deleted = one("message_delete", here)
    assert isinstance(deleted, MessageDeleted)
    assert (deleted.delivery_id, deleted.account, deleted.at) == (
        "delete:1128437500000000001",
        None,
        NOW,
    )
    many = read(frame("message_delete_bulk"), here)
    assert [e.delivery_id for e in many] == [
        "delete:1128437500000000001",
        "delete:1128437500000000003",
    ]


def test_reactions_are_recognised_when_replayed(here: Here) -> None:
    added = one("reaction_add", here)
    assert isinstance(added, ReactionAdded)
    assert (added.emoji, added.account, added.author) == ("✅", who(LEA), who(BOB))
    assert one("reaction_add", here).delivery_id == added.delivery_id
    fresh = Here(here.guild, session="a session", now=lambda: NOW)
    assert one("reaction_add", fresh).delivery_id == added.delivery_id
    removed = one("reaction_remove", here)
    assert isinstance(removed, ReactionRemoved)
    assert (removed.message, removed.author) == (added.message, None)
    again = Frame("MESSAGE_REACTION_ADD", frame("reaction_add").data, 999)
    [readded] = read(again, here)
    assert readded.delivery_id != added.delivery_id
    custom = one("reaction_add_custom", here)
    assert isinstance(custom, ReactionAdded)
    assert custom.emoji == ":bravo:"


def test_our_own_reactions_are_nothing(here: Here) -> None:
    data = {**frame("reaction_remove").data, "user_id": BOT}
    assert read(Frame("MESSAGE_REACTION_REMOVE", data), here) == ()


def test_a_session_names_its_facts_without_giving_itself_away(here: Here) -> None:
    first = one("reaction_add", here).delivery_id
    assert "a session" not in first
    here.begin("another session")
    assert one("reaction_add", here).delivery_id != first


def test_arrivals_and_departures(here: Here) -> None:
    joined = one("member_add", here)
    assert isinstance(joined, MemberJoined)
    assert joined.delivery_id == f"join:{BOB}:2026-11-16T10:00:00.000000+00:00"
    left = one("member_remove", here)
    assert isinstance(left, MemberLeft)
    assert one("member_remove", here).delivery_id == left.delivery_id
    one("member_add", here)
    [again] = read(Frame("GUILD_MEMBER_REMOVE", frame("member_remove").data, 999), here)
    assert again.delivery_id != left.delivery_id


def test_standing_is_never_a_mere_role_name(here: Here) -> None:
    held = here.guild.held
    assert "owner" not in held(LEA, ["41771983423143939"])
    assert "administrator" in held(LEA, ["41771983423143938"])
    assert held("80351110224678912", []) == {"member", "owner", "administrator"}


def test_what_the_server_tells_later_is_learnt(here: Here) -> None:
    guild = here.guild
    guild.apply("THREAD_DELETE", {"id": THREAD, "guild_id": G, "parent_id": HELP, "type": 11})
    assert guild.place(THREAD) == where(THREAD)
    thread = {"id": "5", "guild_id": G, "parent_id": HELP, "type": 11, "name": "x"}
    guild.apply("THREAD_CREATE", thread)
    assert guild.place("5") == where(HELP, "5")
    guild.apply("GUILD_ROLE_UPDATE", {"guild_id": G, "role": {"id": "6", "name": "Mentors"}})
    assert guild.role_id("mentors") == "6"
    guild.apply("CHANNEL_UPDATE", {"id": HELP, "guild_id": G, "type": 0, "name": "aide"})
    assert (guild.channel_id("#Aide"), guild.channel_id("entraide")) == (HELP, None)
    guild.apply("CHANNEL_CREATE", {"id": "7", "guild_id": "111", "type": 0, "name": "loin"})
    assert not guild.knows("7")


# -- interactions


def ask(name: str, here: Here) -> Asked:
    found = asked(frame(name).data, here, {"question": "questions.ask"})
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("name", "path", "arguments"),
    [
        ("interaction_command", "lier", {"code": "K7WQ2M4P"}),
        ("interaction_subcommand", "rituel aperçu", {"personne": who(BOB), "quand": "now"}),
        ("interaction_alone", "charte", {}),
    ],
)
def test_commands(name: str, path: str, arguments: Json, here: Here) -> None:
    found = ask(name, here)
    event = found.wants
    assert isinstance(event, CommandInvoked)
    assert (event.path, event.arguments) == (path, arguments)
    assert event.delivery_id == found.id
    assert event.at == moment(found.id)
    assert event.profile is not None
    assert (event.profile.locale, found.locale) == ("en-GB", "en-GB")
    assert found.on is None


def test_a_command_with_a_file(here: Here) -> None:
    event = ask("interaction_file", here).wants
    assert isinstance(event, CommandInvoked)
    assert (event.path, event.arguments) == ("importer", {})
    assert isinstance(event.file, Attachment)
    assert (event.file.name, event.file.size) == ("membres.csv", 24)
    assert event.file.media_type == "text/csv; charset=utf-8"
    assert event.file.address.startswith("https://cdn.discordapp.com/")


def test_a_command_that_opens_a_form_and_one_being_typed(here: Here) -> None:
    assert ask("interaction_opens", here).wants == OpenForm("questions.ask")
    typing = ask("interaction_autocomplete", here).wants
    assert isinstance(typing, Completing)
    assert (typing.event.path, typing.option, typing.typed) == ("expertise", "sujet", "pa")


def test_buttons(here: Here) -> None:
    found = ask("interaction_button", here)
    event = found.wants
    assert isinstance(event, ButtonPressed)
    assert event.action == Action("charter.accept", "3")
    assert event.message == found.on == MessageRef(where(HELP), "1128437500000000020")
    direct = ask("interaction_button_direct", here)
    assert direct.account == who(LEA)
    assert direct.channel == where("319674150115610528", private=True)
    assert ask("interaction_in_folded_thread", here).channel == where(HELP, "77")
    assert ask("interaction_button_outdated", here).wants == Outdated()
    assert ask("interaction_button_opens", here).wants == OpenForm("questions.ask", "7")


def test_forms(here: Here) -> None:
    found = ask("interaction_modal", here)
    event = found.wants
    assert isinstance(event, FormSubmitted)
    assert (event.form, event.argument) == ("questions.ask", "7")
    assert event.answers == {"title": "Comment trier ?", "level": "", "topic": "python"}
    assert found.opened == OpenForm("questions.ask", "7")


def test_interactions_from_elsewhere_are_nothing(here: Here) -> None:
    data = {**frame("interaction_command").data, "guild_id": "111"}
    assert asked(data, here, {}) is None


# -- malformed

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)
NAMES = sorted(path.stem for path in PAYLOADS.glob("*.json"))


@given(name=st.sampled_from(NAMES), data=st.data())
def test_a_damaged_payload_is_refused_and_never_raises(name: str, data: st.DataObject) -> None:
    created = frame("guild_create")
    guild = Guild(G, me=BOT)
    guild.apply(created.kind, created.data)
    here = Here(guild, now=lambda: NOW)
    recorded = frame(name)
    key = data.draw(st.sampled_from(sorted(recorded.data)))
    damaged = dict(recorded.data)
    if data.draw(st.booleans()):
        del damaged[key]
    else:
        damaged[key] = data.draw(JSON)
    events = read(Frame(recorded.kind, damaged, 1), here)
    assert all(isinstance(event, Event) for event in events)
    if recorded.kind == "INTERACTION_CREATE":
        found = asked(damaged, here, {})
        assert found is None or isinstance(found, Asked)


def test_every_frame_we_read_is_recorded() -> None:
    assert {frame(name).kind for name in NAMES} >= KINDS
