"""What happens at each moment of a date: asking, asking somebody else, publishing."""

from datetime import timedelta
from itertools import takewhile
from typing import Any

import structlog

from core.attention import service as attention
from core.attention.service import Priority, Wish
from core.chat.actions import Action
from core.chat.identity import Place, Purpose, Workspace
from core.chat.messages import Message
from core.engagement import service as engagement
from core.engine.scene import Scene, Speaker
from core.members import service as members
from core.watch import service as watch
from rituals import service
from rituals.models import (
    HELD,
    OccurrenceState,
    Tip,
    Turn,
    TurnState,
)
from rituals.rules import RitualSettings, RitualsSettings
from rituals.service import Appointment

AHEAD = timedelta(days=15)
"""How far dates are made in advance: two of a weekly ritual."""

log = structlog.get_logger()


async def materialise(scene: Scene) -> None:
    """Make the coming dates and schedule their moments; harmless when done again.

    Called every night by a job, and by the suite when it starts. A moment that is past by then
    is due at once, and decides by itself whether it still makes sense.
    """
    last = scene.now + AHEAD
    for settings in scene.settings(RitualsSettings).programme:
        dates = settings.coming(scene.now, scene.zone)
        for steps in takewhile(lambda s: s.publish <= last, dates):
            found = await service.appointment(scene, settings, steps.day)
            for kind, at in (
                ("rituals.notice", steps.notice),
                ("rituals.substitute", steps.substitute),
                ("rituals.publish", steps.publish),
            ):
                # The time is part of the key, so that a change of programme makes a new job;
                # the old one finds that it is too early, or that all is done.
                await scene.later(kind, f"{found.row.id}:{at:%Y%m%dT%H%M}", at)


async def found_by(scene: Scene, key: str) -> Appointment | None:
    """The date a job is about, if it is still to come."""
    found = await service.reread(scene, int(key.partition(":")[0]))
    return found if found and found.to_come else None


# -- asking ------------------------------------------------------------------------------------


async def ask_next(scene: Scene, found: Appointment, *, substitute: bool = False) -> Speaker | None:
    """Ask the next in line who can be written to; None when nobody is left, or it is too late."""
    if scene.now >= found.steps.publish:
        return None
    for member in await service.next_in_line(found):
        speaker = await members.reach(scene, member)
        if speaker is not None:
            turn = await service.offer(scene, found, member)
            message = found.kind.notice(
                scene.texts,
                speaker.language,
                found.occasion(scene),
                turn.id,
                substitute=substitute or scene.now >= found.steps.substitute,
            )
            if await owe_turn(scene, found, turn, message, speaker):
                return speaker
            await service.moves(turn, TurnState.OFFERED, to=TurnState.EXPIRED)
    return None


async def owe_turn(
    scene: Scene,
    found: Appointment,
    turn: Turn,
    message: Message,
    to: Speaker,
    *,
    skip: str = "rituals.pass",
) -> Speaker | None:
    """Ask somebody for their turn, for as long as it is theirs and before the hour.

    None when they want no such question now: it is the next one's turn. `skip` is what a turn
    that is not taken does.
    """
    wish = Wish(
        "rituals.turn",
        f"{turn.id}:{turn.asked_at:%Y%m%dT%H%M%S}",
        lambda _: message,
        Priority.HIGH,
        guard=Action("rituals.turn", str(turn.id)),
        until=found.steps.publish,
        skip=Action(skip, str(turn.id)),
        never=Action("rituals.never", str(turn.id)),
    )
    return await attention.solicit(scene, to.member, wish)


async def give_notice(scene: Scene, found: Appointment) -> None:
    """The day has come to ask somebody, unless the ritual rests or somebody was asked."""
    if found.paused or scene.now < found.steps.notice or await service.asked(found.row):
        return
    await ask_next(scene, found)


async def ask_substitute(scene: Scene, found: Appointment) -> None:
    """Whoever gave no answer in time goes to the end of the line; the next one is asked."""
    if found.paused or not found.steps.substitute <= scene.now < found.steps.publish:
        return
    turn = await service.holder(found.row)
    if turn is None:
        await ask_next(scene, found, substitute=True)
    elif turn.asked_at >= found.steps.substitute:
        return
    elif turn.state is TurnState.ACCEPTED:
        await _remind(scene, found, turn)
    elif await service.moves(turn, TurnState.OFFERED, to=TurnState.EXPIRED):
        await service.to_the_back(scene, found.ritual, turn.member_id, served=False)
        await tell(scene, turn.member_id, "rituals.expired", hashtag=found.settings.hashtag)
        await ask_next(scene, found, substitute=True)


async def _remind(scene: Scene, found: Appointment, turn: Turn) -> None:
    if await service.given(found, turn.member_id):
        return
    occasion = found.occasion(scene)
    await attention.tell(
        scene,
        turn.member_id,
        lambda to: found.kind.reminder(scene.texts, to.language, occasion, turn.id),
        guard=Action("rituals.turn", str(turn.id)),
        until=found.steps.publish,
    )


async def tell(scene: Scene, member: int, key: str, **values: object) -> None:
    """Tell somebody something in private, in their language, where they can be written to."""
    shown: dict[str, Any] = values
    await attention.tell(
        scene, member, lambda to: Message(scene.texts.say(key, to.language, **shown))
    )


# -- publishing --------------------------------------------------------------------------------


async def publish_due(scene: Scene, found: Appointment) -> None:
    """The moment has come: publish, unless the ritual rests or it is too late."""
    if scene.now < found.steps.publish:
        return
    if found.paused:
        await skip(scene, found)
    elif scene.now - found.steps.publish > found.settings.max_delay:
        log.warning("ritual too late", ritual=found.settings.slug, date=found.key)
        await skip(scene, found)
        await watch.missed(scene, found.settings.title, found.steps.publish)
    else:
        await publish(scene, found)


async def publish(scene: Scene, found: Appointment) -> OccurrenceState | None:
    """Publish what is ready, or call for tips; None when that date was ended before."""
    tip = await service.ready(found)
    state = OccurrenceState.PUBLISHED if tip else OccurrenceState.OPEN
    if not await service.close(found.row, state, None if tip else scene.now):
        return None
    if tip:
        await show(scene, found, tip)
    else:
        message = open_call(scene, found)
        then = Action("rituals.posted", str(found.row.id))
        for place in scene.places(Purpose.RITUALS):
            await scene.owe(message, place, then=then, until=found.too_late(scene.now))
    # Whoever gave no answer keeps no turn; what they were asked for is over.
    await Turn.filter(occurrence=found.row, state__in=HELD).update(state=TurnState.EXPIRED)
    return state


def open_call(scene: Scene, found: Appointment) -> Message:
    """What is published when there is nothing to show."""
    return found.kind.open_call(scene.texts, scene.community.language, found.occasion(scene))


async def written(scene: Scene, found: Appointment, tip: Tip, home: Workspace) -> Message:
    """What is published of a tip in one workspace: its author is mentioned where they are."""
    gift = await service.gift(tip, home)
    return found.kind.published(scene.texts, scene.community.language, found.occasion(scene), gift)


async def show(scene: Scene, found: Appointment, tip: Tip) -> None:
    """Publish a tip on every platform, credited; its author has served and took part."""
    for workspace in scene.workspaces:
        await scene.owe(
            await written(scene, found, tip, workspace),
            Place(workspace.platform, workspace.id, Purpose.RITUALS),
            then=Action("rituals.posted", str(found.row.id)),
            member=tip.member_id,
            until=found.too_late(scene.now),
        )
    tip.shown_at, tip.occurrence = scene.now, found.row
    await tip.save()
    await Turn.filter(occurrence=found.row, member_id=tip.member_id, state__in=HELD).update(
        state=TurnState.DONE
    )
    await service.to_the_back(scene, found.ritual, tip.member_id, served=True)
    author = await members.reach(scene, tip.member_id)
    if author is not None:
        await engagement.record_ritual(
            scene,
            tip.member_id,
            author.account.platform,
            found.settings.slug,
            found.key,
            f"tip:{tip.id}",
        )


# -- skipping ----------------------------------------------------------------------------------


async def skip(scene: Scene, found: Appointment) -> Appointment | None:
    """Let a date go; what was given for it waits for the next one, which is said.

    None when that date was ended before.
    """
    if not await service.close(found.row, OccurrenceState.SKIPPED, None):
        return None
    following = await service.coming(scene, found.settings)
    turn = await service.holder(found.row)
    if turn is not None:
        tip = await service.given(found, turn.member_id)
        await service.moves(turn, *HELD, to=TurnState.DECLINED)
        if tip is not None:
            await _postpone(scene, tip, following)
        key = "rituals.postponed" if tip else "rituals.cancelled"
        await tell(scene, turn.member_id, key, day=found.steps.day, next=following.steps.day)
    return following


async def _postpone(scene: Scene, tip: Tip, following: Appointment) -> None:
    free = await service.holder(following.row) is None
    tip.occurrence = following.row if free else None
    await tip.save()
    if free:
        turn = await service.offer(scene, following, tip.member_id)
        await service.moves(turn, TurnState.OFFERED, to=TurnState.ACCEPTED)


async def resume(scene: Scene, settings: RitualSettings) -> Appointment:
    """Take up where it would be now: somebody is asked at once when their day is past."""
    await materialise(scene)
    found = await service.coming(scene, settings)
    await give_notice(scene, found)
    return found
