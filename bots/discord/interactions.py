"""What somebody asked of the bot directly: commands, buttons, forms and suggestions."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import structlog

from bots.discord.forms import answers
from bots.discord.guild import DIRECT, GROUP_DIRECT, PRIVATE_THREAD, THREADS, Json
from bots.discord.incoming import MALFORMED, Here, moment, profile
from bots.discord.menu import path_of
from core.chat.actions import Action, OpenForm, unpack
from core.chat.events import Attachment, ButtonPressed, CommandInvoked, FormSubmitted
from core.chat.identity import Account, Channel, MessageRef, Platform

COMMAND, COMPONENT, COMPLETION, SUBMISSION = 2, 3, 4, 5
"""https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-object"""

_SUBCOMMAND, _GROUP, _USER, _ATTACHMENT = 1, 2, 6, 11
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Completing:
    """Suggestions are wanted for an option of a command being typed."""

    event: CommandInvoked
    option: str
    typed: str


@dataclass(frozen=True, slots=True)
class Outdated:
    """A button or form that this version cannot read."""


Wanted = CommandInvoked | ButtonPressed | FormSubmitted | OpenForm | Completing | Outdated


@dataclass(frozen=True, slots=True)
class Asked:
    """One interaction: what is wanted, and what answering it needs.

    `on` is the message that carries the button (also for a form opened by a button): it is the
    one that an answer may replace. `opened` is the form that was submitted.
    """

    id: str
    token: str
    application: str
    locale: str | None
    account: Account
    channel: Channel
    wants: Wanted
    on: MessageRef | None = None
    opened: OpenForm | None = None


def asked(data: Json, here: Here, opens: Mapping[str, str]) -> Asked | None:
    """Read an INTERACTION_CREATE; `opens` names the form that a command opens at once.

    None for other servers, for kinds we never publish, and (logged, ids only) for a malformed one.
    """
    try:
        if data.get("guild_id", here.guild.id) != here.guild.id:
            return None
        return _asked(data, here, opens)
    except MALFORMED as error:
        _log.warning("discord.interaction.malformed", id=data.get("id"), error=type(error).__name__)
        return None


def _asked(data: Json, here: Here, opens: Mapping[str, str]) -> Asked | None:
    member = data.get("member")
    user = member["user"] if member else data["user"]
    channel = _channel(data, here)
    message = data.get("message")
    on = MessageRef(channel, message["id"]) if message else None
    # The server's members may each have their language: `locale` is the person's own.
    person = profile(user, member, here, data.get("locale"))
    event = {
        "delivery_id": data["id"],
        "at": moment(data["id"]),
        "workspace": here.workspace,
        "account": person.account,
        "profile": person,
        "channel": channel,
    }
    opened = None
    wants: Wanted
    if data["type"] in {COMMAND, COMPLETION}:
        wants = _command(data, event, here, opens)
    elif data["type"] == COMPONENT:
        wants = _pressed(data["data"]["custom_id"], event, on)
    elif data["type"] == SUBMISSION:
        wants = _submitted(data["data"], event, on)
        if isinstance(wants, FormSubmitted):
            opened = OpenForm(wants.form, wants.argument)
    else:
        return None
    return Asked(
        id=data["id"],
        token=data["token"],
        application=data["application_id"],
        locale=data.get("locale"),
        account=person.account,
        channel=channel,
        wants=wants,
        on=on,
        opened=opened,
    )


def _channel(data: Json, here: Here) -> Channel:
    id_ = data["channel_id"]
    partial = data.get("channel") or {}
    if not here.guild.knows(id_) and partial.get("type") in THREADS and "parent_id" in partial:
        aside = partial["type"] == PRIVATE_THREAD and partial.get("owner_id") == here.guild.me
        return Channel(Platform.DISCORD, here.guild.id, partial["parent_id"], id_, aside)
    direct = "guild_id" not in data or partial.get("type") in {DIRECT, GROUP_DIRECT}
    return here.guild.place(id_, direct=direct)


def _command(data: Json, event: Json, here: Here, opens: Mapping[str, str]) -> Wanted:
    command = data["data"]
    options = command.get("options", [])
    words = [command["name"]]
    while options and options[0]["type"] in {_SUBCOMMAND, _GROUP}:
        words.append(options[0]["name"])
        options = options[0].get("options", [])
    path = path_of(words)
    given = {
        option["name"]: here.account(str(option["value"]))
        if option["type"] == _USER
        else str(option["value"])
        for option in options
        if option["type"] != _ATTACHMENT
    }
    invoked = CommandInvoked(**event, path=path, arguments=given)
    if data["type"] == COMPLETION:
        focused = next(option for option in options if option.get("focused"))
        return Completing(invoked, focused["name"], str(focused["value"]))
    if path in opens:
        return OpenForm(opens[path])
    sent = next((option["value"] for option in options if option["type"] == _ATTACHMENT), None)
    return replace(invoked, file=_file(command, sent)) if sent else invoked


def _file(command: Json, attachment_id: str) -> Attachment:
    """What was sent with a command.

    https://docs.discord.com/developers/resources/message#attachment-object
    """
    sent = command["resolved"]["attachments"][attachment_id]
    kind = sent.get("content_type") or "application/octet-stream"
    return Attachment(str(sent["filename"]), int(sent["size"]), str(kind), str(sent["url"]))


def _pressed(custom_id: str, event: Json, on: MessageRef | None) -> Wanted:
    try:
        does = unpack(custom_id)
    except ValueError:
        return Outdated()
    if isinstance(does, Action):
        return ButtonPressed(**event, action=does, message=on)
    return does


def _submitted(submitted: Json, event: Json, on: MessageRef | None) -> Wanted:
    try:
        opened = unpack(submitted["custom_id"])
    except ValueError:
        return Outdated()
    if not isinstance(opened, OpenForm):
        return Outdated()
    typed = answers(submitted["components"])
    return FormSubmitted(
        **event, form=opened.form, argument=opened.argument, answers=typed, message=on
    )
