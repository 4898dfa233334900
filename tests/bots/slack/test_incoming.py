"""Payloads as Slack documents them, replayed without Slack."""

import copy
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from bots.slack import scene
from bots.slack.acts import actor, button, read_press, read_submission
from bots.slack.history import Given
from bots.slack.incoming import Ourselves, read_event
from bots.slack.written import escaped, plain, unescaped
from core.chat.actions import Action, OpenForm
from core.chat.events import (
    Event,
    HomeOpened,
    MemberJoined,
    MemberLeft,
    MessageDeleted,
    MessageEdited,
    MessagePosted,
    ReactionAdded,
    ReactionRemoved,
)

PAYLOADS = Path(__file__).parents[2] / "payloads" / "slack"
US = Ourselves("T061EG9R6", "U0LAN0Z90", frozenset({"G0GATE"}))
LEA = US.account("U123ABC456")
SOMEBODY = US.account("U2147483697")
ROOT = US.ref("C2147483705", "1355517523.000005")


def payload(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((PAYLOADS / f"{name}.json").read_text(encoding="utf-8"))
    return found


def read(name: str) -> Event | None:
    return read_event(payload(name), US)


def test_a_message_as_plain_text() -> None:
    event = read("message")
    assert isinstance(event, MessagePosted)
    assert event.text == (
        "Hello @bob 👋🏼 see the page (https://example.org/a) & #general @here @trainers "
        "a@example.org :made_up:"
    )
    assert event.mentions == (US.account("U0LAN0Z89"),)
    assert event.delivery_id == "C2147483705:1355517523.000005"
    assert event.at == datetime(2012, 12, 14, 20, 38, 43, 5, UTC)
    assert event.message == ROOT
    assert (event.account, event.reply_to, event.profile) == (SOMEBODY, None, None)


def test_a_reply_hangs_below_its_parent() -> None:
    event = read("message_in_thread")
    assert isinstance(event, MessagePosted)
    assert event.reply_to is not None
    assert event.reply_to.key == ROOT.key
    assert event.message.channel.thread == "1355517523.000005"


def test_a_direct_message_is_private_and_a_shared_file_is_a_message() -> None:
    private, shared = read("message_direct"), read("message_file_share")
    assert isinstance(private, MessagePosted)
    assert isinstance(shared, MessagePosted)
    assert private.message.channel.private
    assert shared.text == "my drawing"


def test_edits_and_deletions() -> None:
    edited = read("message_changed")
    assert isinstance(edited, MessageEdited)
    assert (edited.text, edited.account) == ("Hello, world!", SOMEBODY)
    assert edited.message.key == ROOT.key
    for event in (read("message_deleted"), read("message_tombstone")):
        assert isinstance(event, MessageDeleted)
        assert event.account == SOMEBODY
        assert event.message.key == ROOT.key


def test_reactions() -> None:
    added, removed = read("reaction_added"), read("reaction_removed")
    assert isinstance(added, ReactionAdded)
    assert isinstance(removed, ReactionRemoved)
    assert (added.emoji, added.author, added.account) == ("✅", US.account("U222222222"), LEA)
    assert (removed.emoji, removed.author) == (":partyparrot:", None)
    assert added.message == removed.message == US.ref("C123ABC456", "1464196127.000002")


def test_people() -> None:
    joined, left, entered = read("team_join"), read("user_deactivated"), read("member_joined_gate")
    assert isinstance(joined, MemberJoined)
    assert joined.profile is not None
    assert joined.profile.name == joined.profile.handle == "Léa"
    assert joined.profile.locale == "fr-FR"
    assert joined.profile.roles == {"administrator"}
    assert isinstance(left, MemberLeft)
    assert isinstance(entered, MemberJoined)
    assert joined.account == left.account == entered.account == LEA
    assert isinstance(read("app_home_opened"), HomeOpened)


@pytest.mark.parametrize(
    "name",
    [
        "message_of_a_bot",
        "message_of_ourselves",
        "message_unfurled",
        "channel_join",
        "team_join_bot",
        "user_change",
        "member_joined_by_us",
        "app_home_messages",
        "other_workspace",
    ],
)
def test_what_is_not_for_us_is_dropped(name: str) -> None:
    assert read(name) is None


def test_a_press_in_a_thread_and_on_the_home_tab() -> None:
    body = payload("block_actions")
    action = button(body)
    assert action == Action("charter.accept", "3")
    pressed = read_press(body, US, Action("charter.accept", "3"))
    assert pressed.delivery_id == "12466734323.1395872398.abc"
    assert pressed.at == datetime(2019, 1, 25, 14, 26, 57, 840180, UTC)
    assert pressed.message == US.ref("CBR2V3XEX", "1548261231.000200", "1548261200.000100")
    at_home = payload("block_actions_home")
    assert button(at_home) == OpenForm("questions.ask", "12")
    assert read_press(at_home, US, Action("x")).channel == US.direct(LEA.user)
    assert scene.of_press(at_home).home
    assert button(payload("block_actions_link")) is None


def test_a_submission_and_where_it_began() -> None:
    body = payload("view_submission")
    stage = scene.unpacked(body["view"]["private_metadata"], LEA.user)
    at = datetime(2026, 11, 16, tzinfo=UTC)
    event = read_submission(body, US, at=at, channel=stage.place(US), message=stage.pressed(US))
    assert (event.form, event.argument) == ("questions.ask", "12")
    assert event.answers == {"text": "How do I sort? 🎉 a & b <c>", "level": "debut", "more": ""}
    assert event.message == US.ref("CBR2V3XEX", "1548261231.000200")


def test_a_scene_travels_through_a_form_and_belongs_to_who_sends_it() -> None:
    there = scene.of_press(payload("block_actions"))
    assert scene.unpacked(there.packed, LEA.user) == there
    assert scene.unpacked(there.packed, "U666").user == "U666"
    assert len(there.packed) < 3000


def test_acts_of_other_workspaces_are_nobodys() -> None:
    body = payload("slash_command")
    assert actor(body, US) == SOMEBODY.user
    assert actor(body | {"team_id": "T0000OTHER"}, US) is None
    assert actor(payload("block_actions"), US) == LEA.user


EVENTS = sorted(
    path.stem for path in PAYLOADS.glob("*.json") if "event" in json.loads(path.read_text())
)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_a_broken_payload_is_refused_and_named_by_its_ids_only(data: st.DataObject) -> None:
    """Any one value of a real payload lost or replaced: an event or None, never a crash."""
    body = copy.deepcopy(payload(data.draw(st.sampled_from(EVENTS))))
    node: Any = body
    path = [data.draw(st.sampled_from(sorted(body)))]
    while isinstance(node[path[-1]], dict) and node[path[-1]] and data.draw(st.booleans()):
        node = node[path[-1]]
        path.append(data.draw(st.sampled_from(sorted(node))))
    if data.draw(st.booleans()):
        del node[path[-1]]
    else:
        junk: st.SearchStrategy[Any] = st.sampled_from(
            [None, 3, "", "secret words", [], {}, {"x": 1}, "1e999", "nan"]
        )
        node[path[-1]] = data.draw(junk)
    with capture_logs() as logs:
        event = read_event(body, US)
    assert event is None or isinstance(event, Event)
    assert "secret words" not in str(
        [{k: v for k, v in log.items() if k != "delivery"} for log in logs]
    )


@settings(max_examples=300, deadline=None)
@given(st.text())
def test_what_people_type_comes_back_as_typed(text: str) -> None:
    assert unescaped(escaped(text)) == text
    if ":" not in text:
        assert plain(escaped(text)) == text


def test_delivery_ids_name_the_fact_so_that_history_names_it_too() -> None:
    ids = {
        "message": "C2147483705:1355517523.000005",
        "message_changed": "edit:C2147483705:1355517523.000005:1358878755.000001",
        "message_deleted": "delete:C2147483705:1355517523.000005",
        "team_join": "join:U123ABC456",
        "member_joined_gate": "enter:G0GATE:U123ABC456",
        "user_deactivated": "Ev08MFMKH6",
    }
    for name, wanted in ids.items():
        event = read(name)
        assert event is not None
        assert event.delivery_id == wanted
    undated = payload("message_changed")
    del undated["event"]["message"]["edited"]
    event = read_event(undated, US)
    assert event is not None
    assert event.delivery_id == "Ev08MFMKH6"


def test_a_reaction_given_taken_back_and_given_again_is_two() -> None:
    first, later = payload("reaction_added"), payload("reaction_added")
    later["event"]["event_ts"] = "1464196200.000001"
    one, two = read_event(first, US), read_event(later, US)
    assert one is not None
    assert two is not None
    assert one.delivery_id != two.delivery_id


def test_history_knows_the_reactions_that_were_heard() -> None:
    given, event = Given(), read("reaction_added")
    assert isinstance(event, ReactionAdded)
    fact = "C123ABC456:1464196127.000002:U123ABC456:white_check_mark"
    assert given.delivery(fact) == f"react:{fact}"
    given.hear(event)
    assert given.delivery(fact) == event.delivery_id
