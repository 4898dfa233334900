"""A member's portrait: asked in turn, answered in private, agreed to as it will be read."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import Field

from core.attention import service as attention
from core.attention.service import Priority, Wish
from core.chat.actions import Action, OpenForm, row_named
from core.chat.actions import Kind as Answered
from core.chat.adapter import Answer
from core.chat.events import ButtonPressed, FormSubmitted
from core.chat.identity import Workspace
from core.chat.markup import join, plain
from core.chat.messages import Button, Message, Style
from core.engine.errors import Refused
from core.engine.routes import Ask, Routes
from core.engine.scene import Dialogue, Scene, Speaker
from core.engine.schedule import at_local
from rituals import contributions, giving, service, turns
from rituals.calendar import CLOSES
from rituals.contributions import Given
from rituals.kinds import Appointment, By, Giving, Kind
from rituals.models import Contribution, ContributionState, OccurrenceState
from rituals.rules import RitualSettings

routes = Routes("portrait")
FORM = "portrait.interview"
PARTS = {
    "path": "portrait.path",
    "now": "portrait.now",
    "proud": "portrait.proud",
    "advice": "portrait.advice",
    "ask": "portrait.ask",
}
ASKS, AGAIN = "asks", "asks_again"


class Portrait(RitualSettings):
    """When somebody is asked, and how long the portrait is talked about."""

    kind: Literal["portrait"] = "portrait"
    ask_days: int = Field(default=14, ge=2, le=28, description="days before, somebody is asked")
    again_days: int = Field(
        default=7, ge=1, le=27, description="days before, somebody else where there was no answer"
    )
    closes_days: int = Field(default=7, ge=1, le=28, description="days after which it is counted")

    def moments(
        self,
        day: date,
        opens: datetime,
        zone: ZoneInfo,
    ) -> Mapping[str, datetime]:
        """Asked for weeks before, asked again once, counted some days after."""
        again = min(self.again_days, self.ask_days - 1)
        return {
            ASKS: at_local(day - timedelta(days=self.ask_days), self.at, zone),
            AGAIN: at_local(day - timedelta(days=again), self.at, zone),
            CLOSES: at_local(day + timedelta(days=self.closes_days), self.at, zone),
        }


# -- what is published -------------------------------------------------------------------------


async def card(scene: Scene, found: Appointment, row: Contribution, home: Workspace) -> Message:
    """The portrait as everybody reads it: what was not answered is not there."""
    settings, language = found.settings, scene.community.language
    person, mentioned = await giving.by(row, home)
    title = scene.texts.say("portrait.title", language, title=settings.title, person=person)
    parts = [plain(settings.text)] if settings.text else []
    welcome = scene.texts.say("portrait.welcome", language)
    words = giving.sections(scene, row, PARTS)
    return Message(join([title, *parts, *words, welcome]), mentions=mentioned)


async def publish(scene: Scene, found: Appointment) -> OccurrenceState:
    """Publish what is ready: whoever it shows waits behind the others from now on."""
    row = await giving.ready(found)
    if row is not None and row.member_id is not None:
        await service.to_the_back(scene, found.ritual, row.member_id, served=True)
    return await giving.publish(scene, found)


# -- whose turn it is --------------------------------------------------------------------------


async def asks(scene: Scene, found: Appointment) -> None:
    """The next in line is asked, unless a portrait is ready."""
    if await giving.ready(found) is None:
        await _ask_next(scene, found)


async def asks_again(scene: Scene, found: Appointment) -> None:
    """Whoever gave no answer goes to the end of the line; a draft is recalled."""
    awaited = ContributionState.AWAITED
    if await giving.ready(found) is not None:
        return
    drafts = await contributions.given_for(found, ContributionState.DRAFT)
    for row in drafts:
        await _recall(scene, found, row)
    for row in await contributions.given_for(found, awaited):
        if await contributions.moves(row, awaited, to=ContributionState.WITHDRAWN):
            assert row.member_id is not None  # noqa: S101  somebody was asked
            await service.to_the_back(scene, found.ritual, row.member_id, served=False)
    if not drafts:
        await _ask_next(scene, found)


async def _ask_next(scene: Scene, found: Appointment) -> None:
    """Ask the next in line who wants to be asked; nobody when it is too late."""
    rows = Contribution.filter(occurrence=found.row)
    asked = {int(member) for (member,) in await rows.values_list("member_id") if member}
    people = await service.waiting(found.ritual)
    for member in turns.line(people, found.settings.slug, found.steps.day, asked=asked):
        awaited = ContributionState.AWAITED
        row = await contributions.give(scene, found.ritual, member, Given(), awaited, found=found)
        if await attention.solicit(scene, member, _wish(scene, found, row)) is not None:
            return
        await contributions.moves(row, awaited, to=ContributionState.WITHDRAWN)


def _wish(scene: Scene, found: Appointment, row: Contribution) -> Wish:
    argument = str(row.id)
    passes = Action("portrait.pass", argument)

    def say(to: Speaker) -> Message:
        at, title = scene.local(found.steps.opens), found.settings.title
        said = scene.texts.say("portrait.asked", to.language, title=title, at=at)
        return Message(said, (_answer(scene, row, to.language), _pass(scene, row, to.language)))

    guard, until = Action("portrait.awaited", argument), found.steps.opens
    return Wish(
        "rituals.portrait", argument, say, Priority.HIGH, guard=guard, until=until, skip=passes
    )


def _answer(scene: Scene, row: Contribution, language: str) -> Button:
    label = scene.texts.label("portrait.answer", language)
    return Button(label, OpenForm(FORM, str(row.id)), Style.PRIMARY)


def _pass(scene: Scene, row: Contribution, language: str) -> Button:
    return Button(
        scene.texts.label("portrait.pass", language), Action("portrait.pass", str(row.id))
    )


async def _recall(scene: Scene, found: Appointment, row: Contribution) -> None:
    def say(to: Speaker) -> Message:
        at, title = scene.local(found.steps.opens), found.settings.title
        said = scene.texts.say("portrait.recalled", to.language, title=title, at=at)
        return Message(said, (_answer(scene, row, to.language), _pass(scene, row, to.language)))

    if row.member_id is not None:
        await attention.tell(scene, row.member_id, say, until=found.steps.opens, patient=True)


@routes.guard("portrait.awaited")
async def awaited(scene: Scene, argument: str) -> bool:
    """Whether somebody is still asked."""
    rows = Contribution.filter(id=row_named(argument), ritual__community=scene.community)
    return await rows.filter(state=ContributionState.AWAITED).exists()


@routes.button("portrait.pass")
async def passes(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """Not this time: they keep their place, and the next in line is asked."""
    row = await contributions.mine(dialogue, event.action.argument)
    open_ones = ContributionState.AWAITED, ContributionState.DRAFT
    if not await contributions.moves(row, *open_ones, to=ContributionState.WITHDRAWN):
        raise Refused("rituals.answered")
    await Contribution.filter(id=row.id).update(answers={})
    found = await giving.date_of(dialogue, row)
    if found.to_come and not found.paused and dialogue.now < found.steps.opens:
        await _ask_next(dialogue, found)
    return dialogue.reply("rituals.passed", edits=True)


# -- the interview -----------------------------------------------------------------------------


@routes.form(
    FORM,
    Ask("path", Answered.PARAGRAPH, min_length=10, max_length=500),
    Ask("now", Answered.PARAGRAPH, min_length=10, max_length=500),
    Ask("proud", Answered.PARAGRAPH, required=False, max_length=500),
    Ask("advice", Answered.PARAGRAPH, required=False, max_length=500),
    Ask("ask", required=False, max_length=200),
    inside=True,
)
async def interview(dialogue: Dialogue, event: FormSubmitted) -> Answer:
    """Take the answers, and show the portrait exactly as it will be read."""
    answers = {name: event.answers.get(name, "").strip() for name in PARTS}
    return await giving.take(dialogue, event, "portrait", Given(answers=answers))


KIND = Kind(
    settings=Portrait,
    shown=giving.shown,
    opens=publish,
    steps={ASKS: asks, AGAIN: asks_again, CLOSES: giving.closes},
    takes_part=frozenset({By.REACTION, By.REPLY}),
    skipped=giving.skipped,
    giving=Giving(FORM, card),
    routes=routes,
)
