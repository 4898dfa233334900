"""A yearly vote (ambassadors): people are named, agree to stand, and everybody has one voice."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import Field

from core.attention import service as attention
from core.attention.service import Wish
from core.charter import handlers as charter_gate
from core.chat.actions import Action, OpenForm, row_named
from core.chat.actions import Kind as Answered
from core.chat.adapter import Answer
from core.chat.events import ButtonPressed, FormSubmitted
from core.chat.identity import Workspace
from core.chat.markup import bullets, join, plain
from core.chat.messages import Button, Invalid, Message, Style
from core.engine.errors import Refused
from core.engine.routes import Ask, Routes
from core.engine.scene import Dialogue, Scene, Speaker
from core.engine.schedule import at_local
from core.members import service as members
from rituals import backing, contributions, dates, participation, runner
from rituals.calendar import ANNOUNCES, CLOSES
from rituals.contributions import Given
from rituals.kinds import Appointment, Kind
from rituals.models import Contribution, ContributionState, OccurrenceState
from rituals.rules import RitualSettings

routes = Routes("vote")
FORM = "vote.name"
MOST = 20
"""People who may stand: each is a button (Discord shows 25)."""


class Vote(RitualSettings):
    """How long names are given and voices are, and for how many seats."""

    kind: Literal["vote"] = "vote"
    names_days: int = Field(default=14, ge=2, le=28, description="days before, names are given")
    closes_days: int = Field(default=7, ge=1, le=28, description="days after which it is counted")
    seats: int = Field(default=3, ge=1, le=MOST, description="how many are chosen")

    def moments(self, day: date, opens: datetime, zone: ZoneInfo) -> Mapping[str, datetime]:
        """Names are given some days before, voices until some days after, at the same hour."""
        return {
            ANNOUNCES: at_local(day - timedelta(days=self.names_days), self.at, zone),
            CLOSES: at_local(day + timedelta(days=self.closes_days), self.at, zone),
        }


def set_by(found: Appointment) -> Vote:
    """The settings of a vote. Raises Refused when it is something else."""
    if not isinstance(found.settings, Vote):
        raise Refused("rituals.gone")
    return found.settings


# -- what is published -------------------------------------------------------------------------


async def announced(scene: Scene, found: Appointment, _home: Workspace) -> Message:
    """Who should stand? Everybody may name somebody."""
    settings, language = found.settings, scene.community.language
    parts = [plain(settings.text)] if settings.text else []
    at = scene.local(found.steps.opens)
    parts.append(scene.texts.say("vote.announced", language, title=settings.title, at=at))
    name = OpenForm(FORM, str(found.row.id))
    return Message(
        join(parts), (Button(scene.texts.label("vote.name", language), name, Style.PRIMARY),)
    )


async def _standing(found: Appointment) -> Sequence[tuple[Contribution, str]]:
    """Who agreed to stand, with their name, in the order in which they were named."""
    rows = Contribution.filter(occurrence=found.row, state=ContributionState.CONSENTED)
    people = await rows.exclude(member_id=None).order_by("id").select_related("member")
    once = {row.member_id: (row, row.member.name) for row in people if row.member}
    return list(once.values())[:MOST]


async def shown(scene: Scene, found: Appointment, _home: Workspace) -> Message | None:
    """Who stands and why, and one button each; nothing where there is nobody to choose from."""
    standing, language = await _standing(found), scene.community.language
    if not standing:
        return None
    until = scene.local(found.steps[CLOSES])
    said = scene.texts.say(
        "vote.begins", language, title=found.settings.title, until=until, seats=set_by(found).seats
    )
    lines = [
        scene.texts.say("vote.line", language, name=name, why=row.text) for row, name in standing
    ]
    buttons = tuple(Button(name[:40], Action("vote.for", str(row.id))) for row, name in standing)
    return Message(join([said, bullets(lines)]), buttons)


async def opens(scene: Scene, found: Appointment) -> OccurrenceState:
    """Open the vote; without anybody who stands there is none."""
    if not await _standing(found):
        return OccurrenceState.SKIPPED
    return await runner.post(scene, found)


async def closes(scene: Scene, found: Appointment) -> None:
    """Say who was chosen, and thank all who voted; how many voices each had is nobody's matter."""
    voices = await backing.voices(found)
    chosen = backing.first(backing.counted(voices, single=True), set_by(found).seats)
    names = [plain(name) for row, name in await _standing(found) if row.id in chosen]
    if names:
        language, title = scene.community.language, found.settings.title
        voters = len({voice.member for voice in voices})
        said = scene.texts.say("vote.result", language, count=voters, title=title)
        await runner.announce(scene, found, Message(join([said, bullets(names)])))


# -- naming somebody ---------------------------------------------------------------------------


@routes.form(
    FORM,
    Ask("who", max_length=80),
    Ask("why", Answered.PARAGRAPH, min_length=10, max_length=200),
    inside=True,
)
async def name(dialogue: Dialogue, event: FormSubmitted) -> Answer:
    """Take a name: whoever it is is asked whether they stand, unless they named themselves."""
    found = await dates.named(dialogue, event.argument)
    set_by(found)
    if not found.to_come:
        raise Refused("rituals.over", day=found.steps.day)
    person = await members.find(dialogue, event.answers["who"])
    if person is None:
        return Invalid({"who": dialogue.label("vote.nobody")})
    if not await Contribution.exists(occurrence=found.row, member_id=person.id):
        itself = person.id == dialogue.who.member
        state = ContributionState.CONSENTED if itself else ContributionState.AWAITED
        words = Given(event.answers["why"].strip())
        row = await contributions.give(dialogue, found.ritual, person.id, words, state, found=found)
        if not itself:
            await attention.solicit(dialogue, person.id, _wish(dialogue, found, row))
    return dialogue.reply("vote.named", name=person.name)


def _wish(scene: Scene, found: Appointment, row: Contribution) -> Wish:
    argument = str(row.id)

    def say(to: Speaker) -> Message:
        title, at = found.settings.title, scene.local(found.steps.opens)
        said = scene.texts.say("vote.asked", to.language, title=title, at=at, why=row.text)
        accept = scene.texts.label("vote.accept", to.language)
        decline = scene.texts.label("vote.decline", to.language)
        return Message(
            said,
            (
                Button(accept, Action("vote.accept", argument), Style.PRIMARY),
                Button(decline, Action("vote.decline", argument)),
            ),
        )

    guard, skip = Action("vote.awaited", argument), Action("vote.decline", argument)
    return Wish("rituals.nominee", argument, say, guard=guard, until=found.steps.opens, skip=skip)


@routes.guard("vote.awaited")
async def awaited(scene: Scene, argument: str) -> bool:
    """Whether somebody is still asked to stand."""
    rows = Contribution.filter(id=row_named(argument), ritual__community=scene.community)
    return await rows.filter(state=ContributionState.AWAITED).exists()


@routes.button("vote.accept")
async def accept(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """Somebody stands."""
    row = await contributions.mine(dialogue, event.action.argument)
    found = await dates.named(dialogue, str(row.occurrence_id))
    if not found.to_come:
        raise Refused("rituals.over", day=found.steps.day)
    awaits = ContributionState.AWAITED
    if not await contributions.moves(row, awaits, to=ContributionState.CONSENTED):
        raise Refused("rituals.answered")
    decline = dialogue.button("vote.decline", Action("vote.decline", str(row.id)))
    return dialogue.reply("vote.accepted", decline, edits=True)


@routes.button("vote.decline")
async def decline(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """Somebody does not stand, or no longer: nobody is told."""
    row = await contributions.mine(dialogue, event.action.argument)
    if not await contributions.moves(row, *contributions.OPEN, to=ContributionState.WITHDRAWN):
        raise Refused("rituals.answered")
    return dialogue.reply("vote.declined", edits=True)


# -- voting ------------------------------------------------------------------------------------


@routes.button("vote.for")
async def votes(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """Take somebody's voice; the last one they give is the one that counts."""
    row = await contributions.named(dialogue, event.action.argument)
    found = await dates.under_way(dialogue, str(row.occurrence_id), Vote)
    if closed := await charter_gate.keep(dialogue, {}):
        return closed
    person = next((name for one, name in await _standing(found) if one.id == row.id), None)
    if person is None:
        raise Refused("vote.stands_no_more")
    await backing.choose(dialogue, row)
    who = dialogue.who
    await participation.took_part(dialogue, found, who.member, who.account.platform, "voted")
    return dialogue.reply("vote.voted", name=person, until=dialogue.local(found.steps[CLOSES]))


KIND = Kind(
    settings=Vote,
    shown=shown,
    announces=announced,
    opens=opens,
    steps={CLOSES: closes},
    takes_part=frozenset(),
    routes=routes,
)
