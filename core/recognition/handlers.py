"""`/moi`, `/merci`, what is celebrated, and what builders are shown each week and month."""

from collections.abc import Awaitable, Callable
from datetime import date, timedelta

from core.attention.service import tell
from core.charter import handlers as charter_gate
from core.chat.actions import row_named
from core.chat.adapter import Answer
from core.chat.events import ButtonPressed, CommandInvoked
from core.chat.identity import Role
from core.chat.messages import Message, Reply
from core.engine.routes import Routes, Wants
from core.engine.scene import Dialogue, Scene, Speaker
from core.engine.schedule import EVERY_DAY, Weekly
from core.recognition import caring, celebrating, champions, pages, reading, service
from core.recognition.festivities import Joy
from core.recognition.models import Celebration, Champion, Seat
from core.recognition.rules import RecognitionSettings

routes = Routes("recognition")

LATE = timedelta(hours=24)
MONDAY = frozenset({0})
FIRST_WEEK = 7
"""The last day of a month's first week: its Monday is the month's first."""

# -- one's own points -------------------------------------------------------------------------


@routes.command(
    "moi", Wants("quoi", required=False, choices=("points", "discret", "visible", "fêtes"))
)
async def mine(dialogue: Dialogue, event: CommandInvoked) -> Answer:
    """One's own figures and points; `discret` and `visible` say whether one may be named."""
    match event.arguments.get("quoi", ""):
        case "points":
            return await _explain(dialogue)
        case "discret":
            return await _set(dialogue, discreet=True)
        case "visible":
            return await _set(dialogue, discreet=False)
        case "fêtes":
            return await _joys(dialogue)
    member = dialogue.who.member
    score = await reading.score_of(dialogue, member)
    badges, discreet = await celebrating.badges(member), await service.is_discreet(member)
    return Reply(await pages.mine(dialogue, score, badges, discreet=discreet))


@routes.button("recognition.points")
async def explain(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """Where one's points come from."""
    return await _explain(dialogue)


async def _explain(dialogue: Dialogue) -> Reply:
    score = await reading.score_of(dialogue, dialogue.who.member)
    return Reply(pages.explained(dialogue, score))


@routes.button("recognition.discreet")
async def hide(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """No mention and no rank any more."""
    return await _set(dialogue, discreet=True)


@routes.button("recognition.visible")
async def appear(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """One may be named again."""
    return await _set(dialogue, discreet=False)


async def _set(dialogue: Dialogue, *, discreet: bool) -> Reply:
    await service.be_discreet(dialogue.who.member, discreet=discreet)
    return dialogue.reply("recognition.now_discreet" if discreet else "recognition.now_visible")


@routes.guard("recognition.named")
async def may_be_named(scene: Scene, argument: str) -> bool:
    """Whether a member may be thanked by name before everybody."""
    return not await service.is_discreet(row_named(argument))


# -- what is celebrated -----------------------------------------------------------------------


async def _joys(dialogue: Dialogue, *, edits: bool = False) -> Reply:
    muted = await service.muted(dialogue.who.member)
    return Reply(pages.joys(dialogue, muted), edits=edits)


@routes.button("recognition.joys")
async def joys(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """What is celebrated of oneself."""
    return await _joys(dialogue)


@routes.button("recognition.mute")
async def mute(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """This kind is not celebrated any more."""
    return await _mute(dialogue, event, muted=True)


@routes.button("recognition.unmute")
async def unmute(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """This kind is celebrated again."""
    return await _mute(dialogue, event, muted=False)


async def _mute(dialogue: Dialogue, event: ButtonPressed, *, muted: bool) -> Answer:
    joy = next((one for one in Joy if one == event.action.argument), None)
    if joy is None:
        return dialogue.reply("recognition.gone")
    await service.mute(dialogue.who.member, joy, muted=muted)
    return await _joys(dialogue, edits=True)


@routes.button("recognition.share")
async def share(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """Say it to everybody."""

    async def act(row: Celebration) -> Answer:
        done = await celebrating.share(dialogue, row)
        return dialogue.reply("recognition.shared" if done else "recognition.done", edits=True)

    return await _own(dialogue, event, act)


@routes.guard("recognition.share")
async def still_to_share(scene: Scene, argument: str) -> bool:
    """Whether they may still be asked."""
    return await celebrating.still_to_share(scene, argument)


@routes.button("recognition.keep")
async def keep(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """It stays between them and us."""

    async def act(row: Celebration) -> Answer:
        key = "recognition.done" if row.shared_at else "recognition.between_us"
        return dialogue.reply(key, edits=True)

    return await _own(dialogue, event, act)


async def _own(
    dialogue: Dialogue, event: ButtonPressed, act: Callable[[Celebration], Awaitable[Answer]]
) -> Answer:
    """Do it when it is a celebration of who presses."""
    row = await celebrating.mine(dialogue, event.action.argument)
    return await act(row) if row is not None else dialogue.reply("recognition.not_yours")


@routes.job("recognition.certified")
async def certified(scene: Scene, key: str) -> None:
    """Another room learnt of a certification: `<member>:<what was certified>`."""
    await celebrating.certified(scene, key)


# -- thanks -----------------------------------------------------------------------------------


@routes.command("merci", Wants("membre", person=True), Wants("raison"))
async def thank(dialogue: Dialogue, event: CommandInvoked) -> Answer:
    """Thank somebody before everybody, with the reason."""
    if event.channel.private:
        return dialogue.reply("recognition.in_a_channel")
    if closed := await charter_gate.keep(dialogue, {}):
        return closed
    who, written = event.arguments["membre"], str(event.arguments["raison"])
    thanked = await service.thank(dialogue, who, written)
    giver = dialogue.who.name

    def say(to: Speaker) -> Message:
        return pages.thanked(dialogue, to, giver, thanked.reason, in_public=thanked.in_public)

    told = await tell(dialogue, thanked.member.id, say, patient=True)
    if thanked.in_public:
        said = pages.thanks(dialogue, giver, thanked.member.name, thanked.reason)
        return Reply(said, private=False)
    key = "recognition.told_alone" if told else "recognition.counted_alone"
    return dialogue.reply(key, name=thanked.member.name)


# -- champions --------------------------------------------------------------------------------


@routes.button("recognition.confirm", role=Role.BUILDER)
async def confirm(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """A human agrees to ask somebody whether they would be a champion."""
    row = await champions.listed_as(dialogue, event.action.argument)
    if row is None:
        return dialogue.reply("recognition.gone")
    name = row.member.name
    if await champions.is_past(row):
        return dialogue.reply("recognition.past")
    if row.state is not Seat.LISTED:
        return dialogue.reply("recognition.asked_already", name=name)
    asked = await champions.confirm(dialogue, row)
    key = "recognition.asked" if asked else "recognition.not_asked"
    return dialogue.reply(key, name=name)


@routes.button("recognition.accept")
async def accept(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """They would like to be a champion."""

    async def act(row: Champion) -> Answer:
        done = await champions.accept(dialogue, row)
        return dialogue.reply("recognition.welcome" if done else "recognition.done", edits=True)

    return await _offered(dialogue, event, act)


@routes.guard("recognition.accept")
async def still_offered(scene: Scene, argument: str) -> bool:
    """Whether they may still be asked."""
    return await champions.still_offered(scene, argument)


@routes.button("recognition.decline")
async def decline(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """They would rather not."""

    async def act(row: Champion) -> Answer:
        done = await champions.decline(row)
        return dialogue.reply("recognition.declined" if done else "recognition.done", edits=True)

    return await _offered(dialogue, event, act)


async def _offered(
    dialogue: Dialogue, event: ButtonPressed, act: Callable[[Champion], Awaitable[Answer]]
) -> Answer:
    """Do it when the place was offered to who presses."""
    row = await champions.listed_as(dialogue, event.action.argument)
    if row is None:
        return dialogue.reply("recognition.gone")
    if row.member_id != dialogue.who.member:
        return dialogue.reply("recognition.not_yours")
    if await champions.is_past(row):
        return dialogue.reply("recognition.past", edits=True)
    return await act(row)


# -- every day, every Monday ------------------------------------------------------------------


def _daily(scene: Scene) -> Weekly:
    return Weekly(EVERY_DAY, scene.settings(RecognitionSettings).celebrate_at)


def _monday(scene: Scene) -> Weekly:
    return Weekly(MONDAY, scene.settings(RecognitionSettings).report_at)


@routes.job("recognition.celebrate", max_delay=LATE, recurs=_daily)
async def celebrate(scene: Scene, key: str) -> None:
    """What there is to celebrate today."""
    await celebrating.today(scene)


@routes.job("recognition.monday", max_delay=LATE, recurs=_monday)
async def monday(scene: Scene, key: str) -> None:
    """The builders' list of the week, and on the month's first Monday the champions'."""
    await caring.report(scene)
    day = date.fromisoformat(key)
    if day.day <= FIRST_WEEK:
        await champions.propose(scene, day)
