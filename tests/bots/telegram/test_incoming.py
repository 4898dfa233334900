"""Updates as Telegram documents them (bots/api#update), read as events."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bots.telegram.commands import Commands, fold
from bots.telegram.incoming import read
from bots.telegram.reading import NOTHING, Arrival, Here, Hint
from core.chat.actions import Action
from core.chat.adapter import Command, Option
from core.chat.events import (
    Attachment,
    ButtonPressed,
    CommandInvoked,
    Event,
    FormOpened,
    MemberJoined,
    MemberLeft,
    MessageEdited,
    MessagePosted,
    PollVoted,
    ReactionAdded,
    ReactionRemoved,
    WorkspaceMoved,
)
from core.chat.identity import Account, Channel, MessageRef, Platform, Profile, Workspace
from tests.bots.telegram.stage import SmallMenu

PAYLOADS = Path(__file__).parents[2] / "payloads" / "telegram"
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
THEN = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
GROUP = "-1001234567890"
HERE = Here(GROUP, frozenset({GROUP}), "amicale_bot", Commands.of(SmallMenu()))
LEA = Account(Platform.TELEGRAM, GROUP, "501")
BOB = Account(Platform.TELEGRAM, GROUP, "502")
IN_GROUP = Channel(Platform.TELEGRAM, GROUP, GROUP)
IN_TOPIC = replace(IN_GROUP, thread="3")
IN_PRIVATE = Channel(Platform.TELEGRAM, GROUP, "501", private=True)
WHO = Profile(LEA, "Léa Martin", "lea_m", "fr")


def payload(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((PAYLOADS / f"{name}.json").read_text())
    return found


def arrival(name: str, here: Here = HERE) -> Arrival:
    return read(payload(name), here, NOW)


def event(name: str, here: Here = HERE) -> Event:
    [found] = arrival(name, here).events
    return found


def facts(delivery: str, at: datetime = THEN, profile: Profile = WHO) -> dict[str, Any]:
    return {
        "delivery_id": delivery,
        "at": at,
        "workspace": Workspace(Platform.TELEGRAM, GROUP),
        "account": profile.account,
        "profile": profile,
    }


def test_a_message_in_a_topic() -> None:
    assert event("message_in_topic") == MessagePosted(
        **facts("10"), message=MessageRef(IN_TOPIC, "40"), text="#Question Pourquoi asyncio ?"
    )
    assert arrival("message_in_topic").topic == (GROUP, "3", "Entraide")


def test_a_reply_names_the_message_answered_and_no_topic() -> None:
    assert event("message_reply") == MessagePosted(
        **facts("11"),
        message=MessageRef(IN_GROUP, "41"),
        text="Avec gather",
        reply_to=MessageRef(IN_GROUP, "40"),
    )


def test_mentions_that_telegram_resolves_are_accounts_and_the_others_text() -> None:
    posted = event("message_mention")
    assert isinstance(posted, MessagePosted)
    assert posted.mentions == (BOB,)
    assert "@carla" in posted.text


def test_a_vote_is_told_as_a_whole() -> None:
    assert event("poll_answer") == PollVoted(
        **facts("70", NOW),
        poll="5100000000000000007",
        chosen=(1,),
        dropped=(0, *range(2, 10)),
    )
    retracted = event("poll_answer_retracted")
    assert isinstance(retracted, PollVoted)
    assert (retracted.chosen, retracted.dropped) == ((), tuple(range(10)))


def test_a_channel_that_votes_is_nobody() -> None:
    assert arrival("poll_answer_of_a_channel") == NOTHING


def test_a_caption_is_a_text_and_a_private_message_is_private() -> None:
    photo, private = event("message_photo"), event("message_private")
    assert isinstance(photo, MessagePosted)
    assert isinstance(private, MessagePosted)
    assert photo.text == "Mon bureau"
    assert private.message.channel == IN_PRIVATE


@pytest.mark.parametrize(
    "name",
    [
        "message_from_bot",
        "message_anonymous_admin",
        "message_linked_channel",
        "message_elsewhere",
        "message_pinned",
        "command_other_bot",
        "reaction_anonymous",
        "service_joined",
        "service_left",
    ],
)
def test_what_is_not_somebody_of_ours_is_dropped(name: str) -> None:
    assert arrival(name).events == ()


def test_a_topics_name_is_learnt_when_it_opens() -> None:
    assert arrival("topic_created").topic == (GROUP, "60", "Rituels du lundi")


def test_an_edit() -> None:
    assert event("edited") == MessageEdited(
        **facts("21", datetime(2026, 11, 23, 9, 1, tzinfo=UTC)),
        message=MessageRef(IN_GROUP, "40"),
        text="#Question Pourquoi trio ?",
    )


def test_commands_with_sub_commands_persons_replies_and_forms() -> None:
    common: dict[str, Any] = {"channel": IN_GROUP}
    role: dict[str, str | Account] = {"membre": BOB, "role": "expert"}
    assert event("command_group") == CommandInvoked(**facts("22"), **common, path="rituel aperçu")
    assert event("command_person") == CommandInvoked(
        **facts("24"), **common, path="role", arguments=role
    )
    assert event("command_reply") == CommandInvoked(
        **facts("25"), **common, path="role", arguments=role
    )
    assert event("command_form") == FormOpened(**facts("26"), **common, form="questions.ask")
    assert arrival("command_group").asked == "/rituel@amicale_bot Apercu"


def test_start_shows_the_way_and_deep_links_go_on() -> None:
    private: dict[str, Any] = {"channel": IN_PRIVATE}
    assert event("start") == CommandInvoked(**facts("27"), **private, path="parcours")
    assert event("start_form") == FormOpened(
        **facts("28"), **private, form="questions.ask", argument="3"
    )
    assert event("start_command") == CommandInvoked(
        **facts("29"), **private, path="lier", arguments={"code": "K7WQ2M4P"}
    )
    assert arrival("start_nonsense").hint == Hint("error.outdated")


def test_buttons() -> None:
    assert event("button") == ButtonPressed(
        **facts("31", NOW),
        channel=IN_PRIVATE,
        action=Action("charter.accept", "3"),
        message=MessageRef(IN_PRIVATE, "70"),
    )
    assert event("button_form") == FormOpened(
        **facts("32", NOW), channel=IN_TOPIC, form="questions.ask", argument="3"
    )
    assert event("button_inaccessible") == ButtonPressed(
        **facts("33", NOW),
        channel=IN_GROUP,
        action=Action("turn.take"),
        message=MessageRef(IN_GROUP, "72"),
    )
    nonsense = arrival("button_nonsense")
    assert (nonsense.events, nonsense.hint) == ((), Hint("error.outdated"))
    assert nonsense.callback == "4382bfdwdsb323b2dc"


def test_reactions_are_what_changed() -> None:
    removed, first, second = arrival("reaction_changed").events
    message = MessageRef(IN_GROUP, "40")
    assert removed == ReactionRemoved(**facts("35:-👍"), message=message, emoji="👍")
    assert first == ReactionAdded(**facts("35:+🎉"), message=message, emoji="🎉")
    custom = ":5368324170671202286:"
    assert second == ReactionAdded(**facts(f"35:+{custom}"), message=message, emoji=custom)


def test_coming_and_going() -> None:
    asked = arrival("join_request")
    assert asked.events == (MemberJoined(**facts("37"), waiting=True),)
    assert asked.door == "501"
    joined = event("member_joined")
    assert joined.profile is not None
    assert joined.profile.roles == {"member"}
    assert replace(joined, profile=facts("38")["profile"]) == MemberJoined(**facts("38"))
    assert event("member_kicked") == MemberLeft(**facts("40"))
    promoted = arrival("member_promoted")
    assert promoted.events == ()
    assert promoted.standing == (
        "501",
        "administrator",
        frozenset({"member", "administrator", "mentor"}),
    )
    assert arrival("bot_demoted").rights


def test_service_messages_count_where_nothing_better_comes() -> None:
    here = replace(HERE, administers=False)
    assert event("service_joined", here) == MemberJoined(**facts("43:501"))
    assert event("service_left", here) == MemberLeft(**facts("44"))


def test_the_group_moves() -> None:
    moved = event("group_moved")
    assert isinstance(moved, WorkspaceMoved)
    assert (moved.delivery_id, moved.to.id) == (f"moved:{GROUP}:-1009999", "-1009999")
    assert arrival("group_moved", replace(HERE, chats=frozenset())) == NOTHING


def test_an_administrators_role_is_in_their_profile() -> None:
    here = replace(HERE, roles={"501": frozenset({"administrator"})})
    profile = event("message_private", here).profile
    assert profile is not None
    assert profile.roles == {"administrator"}


def test_names_fold_to_what_telegram_allows() -> None:
    assert [fold(name) for name in ("Aperçu", "rôle", "œuvre-d’art", "A" * 40)] == [
        "apercu",
        "role",
        "oeuvre_dart",
        "a" * 32,
    ]


WHOLE = [payload(path.stem) for path in sorted(PAYLOADS.glob("*.json"))]
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=4,
)


def paths(value: object, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    below = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value if isinstance(value, list) else [])
    )
    return [at, *(path for key, inner in below for path in paths(inner, (*at, key)))]


@given(st.data())
@settings(max_examples=500, deadline=None)
def test_a_payload_with_a_piece_missing_or_wrong_never_breaks_the_reading(
    data: st.DataObject,
) -> None:
    whole = json.loads(json.dumps(data.draw(st.sampled_from(WHOLE))))
    *parents, last = data.draw(st.sampled_from([path for path in paths(whole) if path]))
    holder = whole
    for key in parents:
        holder = holder[key]
    if data.draw(st.booleans()):
        holder[last] = data.draw(JUNK)
    else:
        del holder[last]
    for found in read(whole, HERE, NOW).events:
        assert found.workspace.id == GROUP


IMPORTING = replace(
    HERE,
    commands=Commands(
        {
            ("importer",): Command(
                "importer", "importer", "Importer", (Option("fichier", "Le fichier", file=True),)
            ),
            ("moi",): Command("moi", "moi", "Mes chiffres"),
        }
    ),
)
SENT = Attachment("membres.csv", 24, "text/csv", "BQACAgQAAxkBAAIB")


@pytest.mark.parametrize("name", ["command_file", "command_answers_file"])
def test_a_command_with_a_file_is_its_caption_or_answers_it(name: str) -> None:
    found = event(name, IMPORTING)
    assert isinstance(found, CommandInvoked)
    assert (found.path, found.arguments, found.file) == ("importer", {}, SENT)


def test_a_command_that_wants_no_file_is_given_none() -> None:
    update = payload("command_file")
    update["message"]["caption"] = "/moi"
    [found] = read(update, IMPORTING, NOW).events
    assert isinstance(found, CommandInvoked)
    assert (found.path, found.file) == ("moi", None)


def test_a_document_without_a_command_is_a_message() -> None:
    update = payload("command_file")
    update["message"]["caption"] = "Voici la liste"
    [found] = read(update, IMPORTING, NOW).events
    assert isinstance(found, MessagePosted)
    assert found.text == "Voici la liste"
