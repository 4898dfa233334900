"""What the gateway says, read as events: pure, so that a recorded frame can be replayed."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import structlog

from bots.discord.guild import Guild, Json
from bots.discord.written import readable
from core.chat.events import (
    Event,
    MemberJoined,
    MemberLeft,
    MessageDeleted,
    MessageEdited,
    MessagePosted,
    PollVoted,
    ReactionAdded,
    ReactionRemoved,
)
from core.chat.identity import Account, MessageRef, Platform, Profile, Workspace

MALFORMED = (KeyError, TypeError, ValueError, AttributeError, OverflowError)
"""What reading a payload that is not as documented may raise."""

SAID = (0, 19)
"""Message types somebody wrote: DEFAULT and REPLY.
https://docs.discord.com/developers/resources/message#message-object-message-types"""

REMEMBERED = 10_000
"""Facts without an id (reactions, departures) of which the last state is kept in memory."""

EPOCH = datetime(2015, 1, 1, tzinfo=UTC)
"""https://docs.discord.com/developers/reference#snowflakes"""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Frame:
    """One dispatch of the gateway: its name (`t`), data (`d`) and sequence number (`s`)."""

    kind: str
    data: Json
    sequence: int = 0


@dataclass(slots=True)
class Here:
    """What a frame does not say itself: the server, the gateway session, and the time."""

    guild: Guild
    session: str = ""
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    workspace: Workspace = field(init=False)
    _last: dict[str, tuple[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.workspace = Workspace(Platform.DISCORD, self.guild.id)

    def account(self, user: str) -> Account:
        """Somebody in this server."""
        return Account(Platform.DISCORD, self.guild.id, user)

    def begin(self, session: str) -> None:
        """A new gateway session starts: nothing of the former one will be replayed."""
        self.session = session
        self._last.clear()

    def mark(self, frame: Frame, fact: str) -> str:
        """What names one dispatch where Discord gives the fact no id of its own.

        A session replays what a dropped connection missed with the sequence numbers it first
        had (https://docs.discord.com/developers/events/gateway#resuming), so a replayed fact
        has the same mark and is recognised, even after a restart of ours. A new session replays
        nothing. Within a session, a fact said twice running without its opposite between (the
        same reaction added twice) keeps its first mark; this is remembered for the last 10,000
        facts only. The session's id is hashed: it is half of what resuming needs.
        """
        kind, mark = self._last.get(fact, ("", ""))
        if kind != frame.kind:
            mark = f"{hashlib.sha256(self.session.encode()).hexdigest()[:8]}.{frame.sequence}"
            self._last[fact] = (frame.kind, mark)
            if len(self._last) > REMEMBERED:
                del self._last[next(iter(self._last))]
        return mark


def read(frame: Frame, here: Here) -> tuple[Event, ...]:
    """The events of one frame: mostly one, none for bots, ourselves and other servers.

    Delivery ids: a message's own id; `edit:<id>:<edited_timestamp>`; `delete:<id>`;
    `join:<user>:<joined_at>`; reactions, votes and departures, which Discord gives neither id nor
    time, carry `Here.mark`. A malformed frame is logged (ids only) and gives nothing.
    """
    reader = _READERS.get(frame.kind)
    if reader is None:
        return ()
    try:
        if frame.data.get("guild_id", here.guild.id) != here.guild.id:
            return ()
        return tuple(reader(frame, here))
    except MALFORMED as error:
        _log.warning(
            "discord.frame.malformed",
            kind=frame.kind,
            sequence=frame.sequence,
            error=type(error).__name__,
        )
        return ()


def moment(snowflake: str) -> datetime:
    """When Discord made that id."""
    return EPOCH + timedelta(milliseconds=int(snowflake) >> 22)


def profile(user: Json, member: Json | None, here: Here, locale: str | None = None) -> Profile:
    """What a payload's user and member objects say about somebody."""
    member = member or {}
    name = member.get("nick") or user.get("global_name") or user["username"]
    return Profile(
        here.account(user["id"]),
        name,
        handle=user["username"],
        locale=locale,
        roles=here.guild.held(user["id"], member.get("roles", [])),
    )


def _posted(frame: Frame, here: Here) -> Iterator[Event]:
    data = frame.data
    if not _somebody(data) or data.get("type", 0) not in SAID:
        return
    ref = _ref(data, here, data["id"])
    yield MessagePosted(
        delivery_id=data["id"],
        at=_time(data["timestamp"]),
        workspace=here.workspace,
        account=here.account(data["author"]["id"]),
        profile=profile(data["author"], data["member"], here) if "member" in data else None,
        message=ref,
        text=readable(data, here.guild),
        reply_to=_reply_to(data, ref, here),
        mentions=tuple(
            here.account(user["id"]) for user in data.get("mentions", ()) if not user.get("bot")
        ),
    )


def _edited(frame: Frame, here: Here) -> Iterator[Event]:
    data = frame.data
    edited = data.get("edited_timestamp")  # null when only a preview was added
    if not edited or not _somebody(data) or data.get("type", 0) not in SAID:
        return
    yield MessageEdited(
        delivery_id=f"edit:{data['id']}:{edited}",
        at=_time(edited),
        workspace=here.workspace,
        account=here.account(data["author"]["id"]),
        profile=profile(data["author"], data["member"], here) if "member" in data else None,
        message=_ref(data, here, data["id"]),
        text=readable(data, here.guild),
    )


def _deleted(frame: Frame, here: Here) -> Iterator[Event]:
    ids = frame.data["ids"] if "ids" in frame.data else [frame.data["id"]]
    for id_ in ids:
        yield MessageDeleted(
            delivery_id=f"delete:{id_}",
            at=here.now(),
            workspace=here.workspace,
            account=None,
            message=_ref(frame.data, here, id_),
        )


def _reacted(frame: Frame, here: Here) -> Iterator[Event]:
    data = frame.data
    user = data["user_id"]
    member = data.get("member")
    if user == here.guild.me or (member or {}).get("user", {}).get("bot"):
        return
    added = frame.kind == "MESSAGE_REACTION_ADD"
    emoji = _emoji(data["emoji"])
    author = data.get("message_author_id")
    kind, word = (ReactionAdded, "react") if added else (ReactionRemoved, "unreact")
    fact = f"{data['message_id']}:{user}:{emoji}"
    yield kind(
        delivery_id=f"{word}:{fact}:{here.mark(frame, fact)}",
        at=here.now(),
        workspace=here.workspace,
        account=here.account(user),
        profile=profile(member["user"], member, here) if member else None,
        message=_ref(data, here, data["message_id"]),
        emoji=emoji,
        author=here.account(author) if author else None,
    )


def _voted(frame: Frame, here: Here) -> Iterator[Event]:
    data = frame.data
    answer = int(data["answer_id"]) - 1  # Discord counts from 1, in the order they were given
    added = frame.kind == "MESSAGE_POLL_VOTE_ADD"
    fact = f"{data['message_id']}:{data['user_id']}:vote:{answer}"
    yield PollVoted(
        delivery_id=f"{'vote' if added else 'unvote'}:{fact}:{here.mark(frame, fact)}",
        at=here.now(),
        workspace=here.workspace,
        account=here.account(data["user_id"]),
        poll=data["message_id"],
        chosen=(answer,) if added else (),
        dropped=() if added else (answer,),
    )


def _joined(frame: Frame, here: Here) -> Iterator[Event]:
    user = frame.data["user"]
    if user.get("bot"):
        return
    joined = frame.data["joined_at"]
    here.mark(frame, user["id"])  # a departure after this is a new one
    yield MemberJoined(
        delivery_id=f"join:{user['id']}:{joined}",
        at=_time(joined),
        workspace=here.workspace,
        account=here.account(user["id"]),
        profile=profile(user, frame.data, here),
    )


def _left(frame: Frame, here: Here) -> Iterator[Event]:
    user = frame.data["user"]
    if user.get("bot"):
        return
    yield MemberLeft(
        delivery_id=f"leave:{user['id']}:{here.mark(frame, user['id'])}",
        at=here.now(),
        workspace=here.workspace,
        account=here.account(user["id"]),
    )


_READERS: dict[str, Callable[[Frame, Here], Iterator[Event]]] = {
    "MESSAGE_CREATE": _posted,
    "MESSAGE_UPDATE": _edited,
    "MESSAGE_DELETE": _deleted,
    "MESSAGE_DELETE_BULK": _deleted,
    "MESSAGE_REACTION_ADD": _reacted,
    "MESSAGE_REACTION_REMOVE": _reacted,
    "MESSAGE_POLL_VOTE_ADD": _voted,
    "MESSAGE_POLL_VOTE_REMOVE": _voted,
    "GUILD_MEMBER_ADD": _joined,
    "GUILD_MEMBER_REMOVE": _left,
}
"""https://docs.discord.com/developers/events/gateway-events#receive-events"""

KINDS = frozenset(_READERS)
"""The frames `read` understands."""


def _somebody(message: Json) -> bool:
    author = message["author"]
    return not (author.get("bot") or author.get("system") or message.get("webhook_id"))


def _ref(data: Json, here: Here, message_id: str) -> MessageRef:
    return MessageRef(
        here.guild.place(data["channel_id"], direct="guild_id" not in data), message_id
    )


def _reply_to(data: Json, ref: MessageRef, here: Here) -> MessageRef | None:
    answered = data.get("message_reference") or {}
    if answered.get("message_id") and answered.get("type", 0) == 0:
        place = here.guild.place(answered["channel_id"], direct=ref.channel.private)
        return MessageRef(place, answered["message_id"])
    if ref.channel.thread is None or ref.channel.private:
        return None
    # A thread opened on a message has that message's id.
    return MessageRef(here.guild.place(ref.channel.id), ref.channel.thread)


def _emoji(emoji: Json) -> str:
    return f":{emoji['name']}:" if emoji.get("id") else str(emoji["name"])


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
