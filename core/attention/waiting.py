"""What waits for its moment: what is sent, what is dropped, and what people answer to it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from pydantic import BaseModel, ConfigDict
from tortoise.expressions import Q

from core.attention import rules
from core.attention.choices import person_of
from core.attention.models import Nudge, NudgeState
from core.attention.rules import WEEK, Decision, Fate, Reason
from core.chat.actions import Action, unpack
from core.chat.messages import Button, Message
from core.engine.scene import Scene, Speaker
from core.members import service as members
from core.members.models import Member


class Words(BaseModel):
    """How a message is kept until it is sent."""

    model_config = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64", frozen=True)

    message: Message


async def look(scene: Scene) -> None:
    """Look again at whoever something may be sent to, or dropped for, by now."""
    rows = Nudge.filter(community=scene.community, state=NudgeState.WAITING, look_at__lte=scene.now)
    people = await rows.distinct().values_list("member_id", flat=True)
    for member in sorted({int(str(one)) for one in people}):
        await look_at(scene, member)


async def look_at(scene: Scene, member: int, *, fresh: int = 0) -> None:
    """Send somebody what may be sent now, drop what cannot be any more, and leave the rest.

    Its room is asked whether it still wants what waited; `fresh` is wanted at this moment.
    """
    await alone_with(member)
    waiting = await Nudge.filter(member_id=member, state=NudgeState.WAITING).order_by("id")
    person = await person_of(scene, member)
    while waiting:
        decided = rules.decide(person, [_waits(nudge) for nudge in waiting], scene.now)
        first = next((n for n in waiting if decided[n.id].fate is Fate.SEND), None)
        if first is None or first.id == fresh or await _wanted(scene, first):
            for nudge in waiting:
                await _apply(scene, nudge, decided[nudge.id])
            return
        waiting.remove(first)
        await _drop(scene, first, Reason.SETTLED)


async def alone_with(member: int) -> None:
    """One process at a time decides about somebody, or two would overdraw their budget."""
    await Member.filter(id=member).select_for_update(no_key=True).first()


def _waits(nudge: Nudge) -> rules.Waiting:
    return rules.Waiting(nudge.id, nudge.kind, nudge.priority, nudge.since, nudge.until)


async def _wanted(scene: Scene, nudge: Nudge) -> bool:
    guard = _action(nudge.guard)
    return guard is None or await scene.wanted(guard)


async def _apply(scene: Scene, nudge: Nudge, decision: Decision) -> None:
    if decision.fate is Fate.SEND:
        await _send(scene, nudge)
    elif decision.fate is Fate.DROP:
        await _drop(scene, nudge, decision.reason)
    else:
        nudge.reason, nudge.look_at = decision.reason, decision.at
        await nudge.save(update_fields=["reason", "look_at"])


async def _drop(scene: Scene, nudge: Nudge, reason: Reason) -> None:
    nudge.state, nudge.reason, nudge.payload = NudgeState.DROPPED, reason, ""
    nudge.settled_at = scene.now
    await nudge.save(update_fields=["state", "reason", "payload", "settled_at"])


async def _send(scene: Scene, nudge: Nudge) -> None:
    to = await members.reach(scene, nudge.member_id)
    if to is None:
        await _drop(scene, nudge, Reason.GONE)
        return
    nudge.state, nudge.reason, nudge.sent_at = NudgeState.SENT, Reason.ROOM, scene.now
    await nudge.save(update_fields=["state", "reason", "sent_at"])
    await scene.owe_in_private(
        _with_choices(scene, nudge, to),
        to.account,
        member=nudge.member_id,
        then=_action(nudge.then),
        guard=Action("attention.stands", str(nudge.id)),
        until=nudge.until,
    )


def _with_choices(scene: Scene, nudge: Nudge, to: Speaker) -> Message:
    """The room's message, and what can be done about being asked at all, each thing once."""
    message = Words.model_validate_json(nudge.payload).message
    number = str(nudge.id)
    choices = {
        "attention.later": Action("attention.later", number),
        "attention.skip": _action(nudge.skip) or Action("attention.skip", number),
        "attention.never": _action(nudge.never) or Action("attention.never", number),
    }
    there = {button.does for button in message.buttons}
    labels = {button.label for button in message.buttons}
    offered = [Button(scene.texts.label(key, to.language), does) for key, does in choices.items()]
    added = [one for one in offered if one.does not in there and one.label not in labels]
    return replace(message, buttons=(*message.buttons, *added))


def _action(packed: str) -> Action | None:
    if not packed:
        return None
    found = unpack(packed)
    assert isinstance(found, Action)  # noqa: S101  packed by ourselves
    return found


async def still_stands(scene: Scene, nudge: Nudge) -> bool:
    """Whether what is about to be delivered may be: it is wanted, and does not disturb.

    What was held up until the night, or the beginning of a leave, goes back to wait.
    """
    if nudge.state is not NudgeState.SENT:
        return False
    person = await person_of(scene, nudge.member_id)
    if nudge.kind in person.refused:
        await _take_back(scene, nudge, Reason.REFUSED)
        return False
    if not await _wanted(scene, nudge):
        await _take_back(scene, nudge, Reason.SETTLED)
        return False
    if why := rules.disturbs(person, scene.now):
        await Nudge.filter(id=nudge.id).update(
            state=NudgeState.WAITING, reason=why, sent_at=None, look_at=scene.now
        )
        return False
    return True


async def _take_back(scene: Scene, nudge: Nudge, reason: Reason) -> None:
    """It was not delivered: it costs nothing."""
    await Nudge.filter(id=nudge.id).update(sent_at=None)
    await _drop(scene, nudge, reason)


# -- what they answer --------------------------------------------------------------------------


async def nudge_of(member: int, number: int) -> Nudge | None:
    """What a button is about, when it was asked of this person."""
    return await Nudge.get_or_none(id=number, member_id=member)


async def later(scene: Scene, nudge: Nudge) -> datetime | None:
    """Ask them again when they wake tomorrow, as they wish; None when it is too late then."""
    at = rules.tomorrow(await person_of(scene, nudge.member_id), scene.now)
    if at >= nudge.until or not nudge.payload:
        await skip(scene, nudge)
        return None
    nudge.state, nudge.reason, nudge.since, nudge.look_at = NudgeState.WAITING, Reason.LATER, at, at
    await nudge.save(update_fields=["state", "reason", "since", "look_at"])
    return at


async def skip(scene: Scene, nudge: Nudge) -> None:
    """They pass: it is over, and was counted."""
    nudge.reason, nudge.settled_at, nudge.payload = Reason.PASSED, scene.now, ""
    nudge.state = NudgeState.SENT
    await nudge.save(update_fields=["state", "reason", "settled_at", "payload"])


async def mine(scene: Scene, member: int) -> Sequence[Nudge]:
    """What was sent or dropped these seven days and what waits, the oldest first."""
    lately = Q(sent_at__gt=scene.now - WEEK) | Q(settled_at__gt=scene.now - WEEK)
    rows = Nudge.filter(Q(state=NudgeState.WAITING) | lately, member_id=member)
    return await rows.order_by("since", "id")


async def tidy(scene: Scene) -> None:
    """Words that can be of no more use are not kept."""
    old = Nudge.filter(community=scene.community, until__lt=scene.now - WEEK)
    await old.exclude(payload="").update(payload="")
