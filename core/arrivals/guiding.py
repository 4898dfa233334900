"""Peer guides: volunteers who greet newcomers in turn, as many as they said."""

from datetime import timedelta

from core.arrivals import pages, rules
from core.arrivals.models import Answer, Greeting, Guide, GuideCall
from core.arrivals.rules import ANSWER, FRESH, ArrivalsSettings, Volunteer
from core.attention import service as attention
from core.attention.service import Wish
from core.charter import service as charter
from core.charter.rules import Standing
from core.chat.actions import Action, row_named
from core.engine.errors import Refused
from core.engine.scene import Dialogue, Scene
from core.members.models import Member

AGAIN = timedelta(days=1)
"""When it is looked again whether a newcomer is at home, or a guide free."""


async def volunteer(dialogue: Dialogue, a_week: int | None) -> int:
    """Greet newcomers from now on, or no longer (0); without a number, the other of the two.

    Says how many a week, 0 for none.
    """
    rows = Guide.filter(member_id=dialogue.who.member)
    if a_week == 0 or (a_week is None and await rows.exists()):
        await rows.delete()
        return 0
    often = a_week or dialogue.settings(ArrivalsSettings).newcomers_a_week
    await Guide.update_or_create(
        {"a_week": often, "since": dialogue.now}, member_id=dialogue.who.member
    )
    return often


async def expect(dialogue: Dialogue) -> None:
    """Somebody came: a guide is looked for in some hours."""
    at = dialogue.now + dialogue.settings(ArrivalsSettings).greet_after
    await dialogue.later("arrivals.guide", f"{dialogue.who.member}:0", at)


async def look(scene: Scene, key: str) -> None:
    """Ask the next guide to greet a newcomer; `key` is `<member>:<how often it was looked>`.

    Nothing is promised to the newcomer before a guide agreed. It is looked again every day while
    they are new, and left alone once somebody greets them.
    """
    number, _, times = key.partition(":")
    newcomer = await Member.get_or_none(
        id=row_named(number), community=scene.community, left_at=None, absorbed_by=None
    )
    if newcomer is None or newcomer.joined_at + FRESH <= scene.now:
        return
    wait = AGAIN
    if await charter.standing_of(scene, newcomer.id) is Standing.ACCEPTED:
        greeting, _ = await Greeting.get_or_create(
            {"community": scene.community, "at": scene.now}, member_id=newcomer.id
        )
        if await GuideCall.exists(greeting=greeting, answer=Answer.GREETS):
            return
        if await _ask(scene, greeting, newcomer):
            wait = ANSWER
    await scene.later("arrivals.guide", f"{newcomer.id}:{int(times) + 1}", scene.now + wait)


async def _ask(scene: Scene, greeting: Greeting, newcomer: Member) -> bool:
    """Ask whoever's turn it is; False when nobody is free."""
    asked = set(await GuideCall.filter(greeting=greeting).values_list("member_id", flat=True))
    rows = Guide.filter(
        member__community=scene.community, member__left_at=None, member__absorbed_by=None
    )
    found = [guide for guide in await rows if guide.member_id not in {*asked, newcomer.id}]
    volunteers = [await _volunteer(guide) for guide in found]
    while member := rules.next_guide(volunteers, scene.now):
        volunteers = [v for v in volunteers if v.member != member]
        call = await GuideCall.create(greeting=greeting, member_id=member, at=scene.now)
        if await attention.solicit(scene, member, _wish(scene, call, newcomer)):
            return True
        call.answer = Answer.PASSES  # they cannot be asked now
        await call.save(update_fields=["answer"])
    return False


def _wish(scene: Scene, call: GuideCall, newcomer: Member) -> Wish:
    number = str(call.id)
    return Wish(
        kind="arrivals.guide",
        key=number,
        say=pages.to_greet(scene, number, newcomer.name),
        guard=Action("arrivals.unanswered", number),
        until=scene.now + ANSWER,
        skip=Action("arrivals.pass", number),
    )


async def _volunteer(guide: Guide) -> Volunteer:
    calls = await GuideCall.filter(member_id=guide.member_id).order_by("at")
    greeted = tuple(call.at for call in calls if call.answer is not Answer.PASSES)
    return Volunteer(guide.member_id, guide.a_week, greeted, calls[-1].at if calls else None)


async def unanswered(scene: Scene, argument: str) -> bool:
    """Whether a guide may still be asked: nobody greets the newcomer yet, who is still here."""
    call = await GuideCall.get_or_none(
        id=row_named(argument), answer=Answer.ASKED, greeting__community=scene.community
    )
    if call is None:
        return False
    here = Greeting.filter(id=call.greeting_id, member__left_at=None)
    taken = GuideCall.filter(greeting_id=call.greeting_id, answer=Answer.GREETS)
    return await here.exists() and not await taken.exists()


async def _mine(dialogue: Dialogue, named: str) -> GuideCall:
    call = await GuideCall.get_or_none(id=row_named(named), member_id=dialogue.who.member)
    if call is None:
        raise Refused("arrivals.not_yours")
    return call


async def greet(dialogue: Dialogue, named: str) -> tuple[Member, int]:
    """A guide greets: the newcomer learns who they are, once. Says who, and which greeting it is.

    Raises Refused when it was asked of somebody else, when somebody else greets them, or when
    they left.
    """
    call = await _mine(dialogue, named)
    await Greeting.filter(id=call.greeting_id).select_for_update(no_key=True).first()
    greeting = await Greeting.get(id=call.greeting_id)
    newcomer = await Member.get(id=greeting.member_id)
    others = GuideCall.filter(greeting=greeting, answer=Answer.GREETS)
    gone = not await Member.exists(id=newcomer.id, left_at=None)
    if gone or await others.exclude(id=call.id).exists():
        raise Refused("arrivals.greeted_already", name=newcomer.name)
    if call.answer is not Answer.GREETS:
        call.answer = Answer.GREETS
        await call.save(update_fields=["answer"])
        say = pages.your_guide(dialogue, dialogue.who, greeting.id)
        await attention.tell(dialogue, newcomer.id, say, patient=True)
    return newcomer, greeting.id


async def decline(dialogue: Dialogue, named: str) -> None:
    """A guide passes: the next one is asked now. Raises Refused when it was not asked of them."""
    call = await _mine(dialogue, named)
    passed = GuideCall.filter(id=call.id, answer=Answer.ASKED)
    if await passed.update(answer=Answer.PASSES):
        greeting = await Greeting.get(id=call.greeting_id)
        newcomer = await Member.get_or_none(id=greeting.member_id, left_at=None)
        if newcomer is not None and newcomer.joined_at + FRESH > dialogue.now:
            await _ask(dialogue, greeting, newcomer)
