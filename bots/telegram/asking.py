"""What somebody asks of us: a command, a deep link, a button."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bots.telegram import deeplink
from bots.telegram.commands import ONBOARDING, START, Call, Word, called, fill
from bots.telegram.entities import words
from bots.telegram.reading import (
    JSON,
    NOTHING,
    Arrival,
    Here,
    Hint,
    account_of,
    facts_of,
    ours,
    person_of,
    ref_of,
)
from core.chat.actions import OpenForm, unpack
from core.chat.events import Attachment, ButtonPressed, CommandInvoked, Event, FormOpened
from core.chat.identity import Account, Channel, MessageRef


@dataclass(frozen=True, slots=True)
class _Line:
    """A command line: its words, its text, and who wrote the message it answers."""

    name: str
    words: Sequence[Word]
    text: str
    answered: Account | None = None
    file: Attachment | None = None


def captioned(message: JSON) -> JSON:
    """A document with its caption as its text: a command may carry the file it is about."""
    if "document" not in message or "caption" not in message:
        return message
    return {**message, "text": message["caption"]}


def command(
    call: Call, message: JSON, here: Here, facts: dict[str, Any], channel: Channel
) -> Arrival | None:
    """Read the command a message begins with; None when we have no such command."""
    typed = [
        Word(word.text, word.start, account_of(word.user, here) if word.user else None)
        for word in words(message, call.end)
    ]
    if call.name == START and (START,) not in here.commands.paths:
        return _started(typed, here, facts, channel)
    parent = message.get("reply_to_message") or {}
    author = None if "forum_topic_created" in parent else person_of(parent)
    answered = account_of(author, here) if author else None
    file = _document(message) or _document(parent)
    line = _Line(call.name, typed, str(message["text"]), answered, file)
    return _invoked(line, here, facts, channel)


def _document(message: JSON) -> Attachment | None:
    """https://core.telegram.org/bots/api#document: what goes with a command, or is answered by it.

    Only the id is said to be always there.
    """
    sent = message.get("document")
    if not sent:
        return None
    kind = sent.get("mime_type") or "application/octet-stream"
    name, size = str(sent.get("file_name") or "document"), int(sent.get("file_size") or 0)
    return Attachment(name, size, str(kind), str(sent["file_id"]))


def _invoked(line: _Line, here: Here, facts: dict[str, Any], channel: Channel) -> Arrival | None:
    found = here.commands.find(line.name, line.words)
    if found is None:
        below = here.commands.below(line.name)
        if not below:
            return None
        values = {"command": line.name, "choices": ", ".join(below)}
        return Arrival(hint=Hint("adapter_telegram.choose", values))
    command, left = found
    if command.opens:
        return Arrival(events=(FormOpened(**facts, channel=channel, form=command.opens),))
    worded = [option for option in command.options if not option.file]
    arguments = fill(worded, left, line.text, line.answered)
    event = CommandInvoked(**facts, channel=channel, path=command.path, arguments=arguments)
    return Arrival(events=(replace(event, file=line.file if command.wants_file else None),))


def _started(typed: Sequence[Word], here: Here, facts: dict[str, Any], channel: Channel) -> Arrival:
    """/start, which a deep link sends with what was asked in the group."""
    if not typed:
        event = CommandInvoked(**facts, channel=channel, path=ONBOARDING)
        return Arrival(events=(event,), asked=f"/{ONBOARDING}")
    try:
        text = deeplink.asked(typed[0].text)
        call = called(text)
        if call is None:
            return Arrival(events=(_done(text, channel, None, facts),), asked=text)
    except ValueError:
        return Arrival(hint=Hint("error.outdated"))
    following = [Word(word.text, word.start) for word in words({"text": text}, call.end)]
    found = _invoked(_Line(call.name, following, text), here, facts, channel)
    return replace(found, asked=text) if found else Arrival(hint=Hint("error.outdated"))


def _done(data: str, channel: Channel, message: MessageRef | None, facts: dict[str, Any]) -> Event:
    """The event of a button's data. Raises ValueError when it is not ours."""
    does = unpack(data)
    if isinstance(does, OpenForm):
        return FormOpened(**facts, channel=channel, form=does.form, argument=does.argument)
    return ButtonPressed(**facts, channel=channel, action=does, message=message)


def pressed(delivery: str, query: JSON, here: Here, now: datetime) -> Arrival:
    """Read a press on one of our buttons; what it asks may come from an older version."""
    user, message = query["from"], query.get("message")
    if user["is_bot"] or message is None or not ours(message["chat"], here):
        return NOTHING
    source = ref_of(message, here)
    arrival = Arrival(
        lane=str(user["id"]),
        locale=user.get("language_code"),
        source=source,
        callback=str(query["id"]),
        asked=str(query.get("data", "")),
    )
    try:
        event = _done(arrival.asked, source.channel, source, facts_of(delivery, now, user, here))
    except ValueError:
        return replace(arrival, hint=Hint("error.outdated"))
    return replace(arrival, events=(event,))
