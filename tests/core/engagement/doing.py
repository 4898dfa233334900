"""Things done by a member, recorded without a platform."""

from datetime import datetime
from itertools import count

from core.chat.events import MessagePosted, ReactionAdded, ReactionRemoved
from core.chat.identity import Account, MessageRef, Workspace
from core.engagement import recording
from core.engine.scene import Scene, Speaker

NUMBERS = count(1)


def by(member: int, ref: MessageRef) -> tuple[Speaker, dict[str, object]]:
    """Who does it, and the common fields of the event."""
    channel = ref.channel
    account = Account(channel.platform, channel.workspace, f"u{member}")
    who = Speaker(member, f"P{member}", "fr", frozenset(), account)
    home = Workspace(channel.platform, channel.workspace)
    number = f"d{next(NUMBERS)}"
    return who, {"delivery_id": number, "workspace": home, "account": account, "message": ref}


async def writes(
    scene: Scene, member: int, ref: MessageRef, at: datetime, *, reply: bool = False
) -> None:
    who, about = by(member, ref)
    above = MessageRef(ref.channel, "above") if reply else None
    event = MessagePosted(at=at, text="", reply_to=above, **about)  # type: ignore[arg-type]  # the common fields
    await recording.record(scene, [(who, event)])


async def reacts(scene: Scene, member: int, ref: MessageRef, emoji: str, at: datetime) -> None:
    who, about = by(member, ref)
    event = ReactionAdded(at=at, emoji=emoji, **about)  # type: ignore[arg-type]  # same
    await recording.record(scene, [(who, event)])


async def takes_back(scene: Scene, member: int, ref: MessageRef, emoji: str) -> None:
    who, about = by(member, ref)
    event = ReactionRemoved(at=scene.now, emoji=emoji, **about)  # type: ignore[arg-type]  # same
    await recording.record(scene, [(who, event)])
