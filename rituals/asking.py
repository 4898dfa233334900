"""Rituals that people serve in turn: asking, asking somebody else, publishing what they gave."""

from datetime import timedelta
from typing import Any

from core.attention import service as attention
from core.attention.service import Priority, Wish
from core.chat.actions import Action
from core.chat.identity import Place, Purpose, Workspace
from core.chat.messages import Message
from core.engagement import service as engagement
from core.engine.scene import Scene, Speaker
from core.library import service as library
from core.library.rules import Kind as Entry
from core.library.rules import headline
from core.members import service as members
from rituals import runner, service
from rituals.kinds import Appointment, InTurn
from rituals.models import HELD, OccurrenceState, Tip, Turn, TurnState

NOTICE, SUBSTITUTE = "notice", "substitute"
"""The steps of a kind that people serve in turn: they are asked, and must have answered."""

KEEP = "rituals.keep"
CALM = timedelta(days=1)
"""How long a tip is left to its day before its author is asked whether it may be kept."""


def says(found: Appointment) -> InTurn:
    """What is said of a ritual that people serve in turn."""
    assert found.kind.in_turn is not None  # noqa: S101  only its own kinds come here
    return found.kind.in_turn


async def ask_next(scene: Scene, found: Appointment, *, substitute: bool = False) -> Speaker | None:
    """Ask the next in line who can be written to; None when nobody is left, or it is too late."""
    if scene.now >= found.steps.opens:
        return None
    for member in await service.next_in_line(found):
        speaker = await members.reach(scene, member)
        if speaker is not None:
            turn = await service.offer(scene, found, member)
            message = says(found).notice(
                scene.texts,
                speaker.language,
                found.occasion(scene),
                turn.id,
                substitute=substitute or scene.now >= found.steps[SUBSTITUTE],
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
        until=found.steps.opens,
        skip=Action(skip, str(turn.id)),
        never=Action("rituals.never", str(turn.id)),
    )
    return await attention.solicit(scene, to.member, wish)


async def give_notice(scene: Scene, found: Appointment) -> None:
    """The day has come to ask somebody, unless somebody was asked."""
    if not await service.asked(found.row):
        await ask_next(scene, found)


async def ask_substitute(scene: Scene, found: Appointment) -> None:
    """Whoever gave no answer in time goes to the end of the line; the next one is asked."""
    turn = await service.holder(found.row)
    if turn is None:
        await ask_next(scene, found, substitute=True)
    elif turn.asked_at >= found.steps[SUBSTITUTE]:
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
        lambda to: says(found).reminder(scene.texts, to.language, occasion, turn.id),
        guard=Action("rituals.turn", str(turn.id)),
        until=found.steps.opens,
    )


async def tell(scene: Scene, member: int, key: str, **values: object) -> None:
    """Tell somebody something in private, in their language, where they can be written to."""
    shown: dict[str, Any] = values
    await attention.tell(
        scene, member, lambda to: Message(scene.texts.say(key, to.language, **shown))
    )


# -- publishing --------------------------------------------------------------------------------


async def publish(scene: Scene, found: Appointment) -> OccurrenceState:
    """Publish what is ready, or call for tips; says which of the two."""
    while tip := await service.ready(found):
        if await show(scene, found, tip):  # else it was taken back this very moment
            break
    else:
        await runner.post(scene, found)
    # Whoever gave no answer keeps no turn; what they were asked for is over.
    await Turn.filter(occurrence=found.row, state__in=HELD).update(state=TurnState.EXPIRED)
    return OccurrenceState.PUBLISHED if tip else OccurrenceState.OPEN


async def shown(scene: Scene, found: Appointment, home: Workspace) -> Message:
    """What would be published now in one workspace: what is ready, or a call for tips."""
    tip = await service.ready(found)
    if tip is None:
        language = scene.community.language
        return says(found).open_call(scene.texts, language, found.occasion(scene))
    return await written(scene, found, tip, home)


async def written(scene: Scene, found: Appointment, tip: Tip, home: Workspace) -> Message:
    """What is published of a tip in one workspace: its author is mentioned where they are."""
    gift = await service.gift(tip, home)
    return says(found).published(scene.texts, scene.community.language, found.occasion(scene), gift)


async def show(scene: Scene, found: Appointment, tip: Tip) -> bool:
    """Publish a tip on every platform, credited; its author has served and took part.

    False when it was taken back or published since it was read.
    """
    if not await service.now_shown(scene, found, tip):
        return False
    for workspace in scene.workspaces:
        await scene.owe(
            await written(scene, found, tip, workspace),
            Place(workspace.platform, workspace.id, Purpose.RITUALS),
            then=runner.posted(found),
            member=tip.member_id,
            until=found.too_late(scene.now),
        )
    await scene.later(KEEP, str(tip.id), scene.now + CALM)
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
    return True


async def keep(scene: Scene, key: str) -> None:
    """A tip was shown a while ago: may it be found again? Its author is asked."""
    tip = await Tip.get_or_none(id=int(key), ritual__community=scene.community)
    if tip is not None:
        title, source = headline(tip.text), f"tips:{tip.id}"
        authors = (tip.member_id,)
        await library.propose(
            scene, Entry.TIP, title, tip.text, authors=authors, source=source, link=tip.link
        )


# -- when a date does not take place -----------------------------------------------------------


async def skipped(scene: Scene, found: Appointment, following: Appointment) -> None:
    """Whoever holds the turn is told; what they gave waits for the next date."""
    turn = await service.holder(found.row)
    if turn is not None:
        tip = await service.given(found, turn.member_id)
        await service.moves(turn, *HELD, to=TurnState.DECLINED)
        if tip is not None:
            await _postpone(scene, tip, following)
        key = "rituals.postponed" if tip else "rituals.cancelled"
        await tell(scene, turn.member_id, key, day=found.steps.day, next=following.steps.day)


async def _postpone(scene: Scene, tip: Tip, following: Appointment) -> None:
    free = await service.holder(following.row) is None
    await Tip.filter(id=tip.id).update(occurrence_id=following.row.id if free else None)
    if free:
        turn = await service.offer(scene, following, tip.member_id)
        await service.moves(turn, TurnState.OFFERED, to=TurnState.ACCEPTED)


async def restored(scene: Scene, found: Appointment) -> None:
    """It takes place after all: the next in line is asked, if the day for that is past."""
    if scene.now >= found.steps[NOTICE]:
        await ask_next(scene, found)


async def moved(scene: Scene, found: Appointment) -> None:
    """It takes place at another moment: whoever holds the turn is told."""
    turn = await service.holder(found.row)
    if turn is not None:
        publish = scene.local(found.steps.opens)
        await tell(
            scene, turn.member_id, "rituals.moved", title=found.settings.title, publish=publish
        )
