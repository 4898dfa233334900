"""Reads what people do through Slack's own controls (buttons, forms, commands): pure."""

from datetime import datetime

import structlog

from bots.slack.emoji import with_emoji
from bots.slack.incoming import Json, Ourselves, moment
from core.chat.actions import Action, Answers, OpenForm, unpack
from core.chat.events import ButtonPressed, CommandInvoked, FormSubmitted
from core.chat.identity import Account, Channel, MessageRef

ANSWER = "answer"
"""The action id of every field of our modals."""

log = structlog.get_logger(__name__)


def actor(body: Json, us: Ourselves) -> str | None:
    """Who acted in an interaction or a command, None when it is not for our workspace."""
    team = body["team_id"] if "team_id" in body else (body.get("team") or {})["id"]
    if team != us.workspace:
        log.info("slack.other_workspace", delivery=body.get("trigger_id"))
        return None
    return str(body["user_id"] if "user_id" in body else body["user"]["id"])


def button(body: Json) -> Action | OpenForm | None:
    """What the pressed button does; None when it only opens an address.

    Raises ValueError when its data is not of ours.
    """
    pressed: Json = body["actions"][0]
    if pressed.get("url"):
        return None
    value = pressed.get("value")
    if not isinstance(value, str):
        raise ValueError("a button without data")  # noqa: TRY004  unreadable data is one case
    return unpack(value)


def read_press(body: Json, us: Ourselves, action: Action) -> ButtonPressed:
    """A `block_actions` payload as an event.

    Source: https://docs.slack.dev/reference/interaction-payloads/block_actions-payload
    On the Home tab there is no channel: it is then the conversation with the person.
    """
    user = body["user"]["id"]
    place: Json = body.get("container") or {}
    channel, ts = place.get("channel_id"), place.get("message_ts")
    stands = us.channel(channel, place.get("thread_ts")) if channel else us.direct(user)
    return ButtonPressed(
        delivery_id=body["trigger_id"],
        at=moment(body["actions"][0]["action_ts"]),
        workspace=us.home,
        account=us.account(user),
        channel=stands,
        action=action,
        message=us.ref(channel, ts, place.get("thread_ts")) if channel and ts else None,
    )


def read_answers(view: Json) -> Answers:
    """What was typed into a modal: field name to answer, empty when left empty.

    Source: https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload
    """
    answers = {}
    for name, state in view["state"]["values"].items():
        given: Json = next(iter(state.values()))
        chosen = given.get("selected_option") or {}
        answers[str(name)] = str(chosen.get("value") or with_emoji(given.get("value") or ""))
    return answers


def read_submission(
    body: Json, us: Ourselves, *, at: datetime, channel: Channel, message: MessageRef | None
) -> FormSubmitted:
    """A `view_submission` payload as an event; Slack does not say when, nor where it began."""
    opened = unpack(body["view"]["callback_id"])
    if not isinstance(opened, OpenForm):
        raise ValueError("a view that is no form of ours")  # noqa: TRY004  unreadable data
    return FormSubmitted(
        delivery_id=body.get("trigger_id") or f"{body['view']['id']}:{body['view']['hash']}",
        at=at,
        workspace=us.home,
        account=us.account(body["user"]["id"]),
        channel=channel,
        form=opened.form,
        argument=opened.argument,
        answers=read_answers(body["view"]),
        message=message,
    )


def read_command(
    body: Json, us: Ourselves, *, at: datetime, path: str, arguments: dict[str, str | Account]
) -> CommandInvoked:
    """A slash command, its text already understood.

    Source: https://docs.slack.dev/interactivity/implementing-slash-commands
    """
    return CommandInvoked(
        delivery_id=body["trigger_id"],
        at=at,
        workspace=us.home,
        account=us.account(body["user_id"]),
        channel=us.channel(body["channel_id"]),
        path=path,
        arguments=arguments,
    )
