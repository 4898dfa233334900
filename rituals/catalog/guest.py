"""A guest (AMA, office hours, webinar): questions are collected and backed before they come."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import Field

from core.attention import service as attention
from core.chat.actions import Action, OpenForm
from core.chat.actions import Kind as Answered
from core.chat.adapter import Answer
from core.chat.events import ButtonPressed, FormSubmitted
from core.chat.identity import Place, Purpose, Workspace
from core.chat.markup import bullets, join
from core.chat.messages import Button, Message, Reply, Style, Text
from core.engine.errors import Refused
from core.engine.routes import Ask, Routes
from core.engine.scene import Dialogue, Scene
from core.members import service as members
from rituals import attendance, backing, contributions, dates, participation, runner
from rituals.calendar import CLOSES
from rituals.catalog import meeting
from rituals.catalog.meeting import REMINDS, Meeting
from rituals.contributions import Given
from rituals.kinds import Appointment, Kind
from rituals.models import Contribution, ContributionState, OccurrenceState

routes = Routes("guest")
FORM = "guest.ask"
HANDS = "hands_over"
SHOWN, LISTED, EACH = 3, 10, 3
"""Questions read out at the beginning, those that can be backed, and how many one person asks."""


class Guest(Meeting):
    """Who comes, who receives them, and when that person is given the questions."""

    kind: Literal["guest"] = "guest"  # type: ignore[assignment]  # a meeting of another kind
    guest: str = Field(min_length=1, max_length=80, description="who comes, as people know them")
    host: str = Field(
        default="", max_length=80, description="who receives them, by their name; else the team"
    )
    hand_over_hours: int = Field(
        default=2, ge=1, le=72, description="before it begins, the host reads the questions"
    )

    def moments(self, day: date, opens: datetime, zone: ZoneInfo) -> Mapping[str, datetime]:
        """As a meeting; the questions are handed over hours before."""
        handed = {HANDS: opens - timedelta(hours=self.hand_over_hours)}
        return {**super().moments(day, opens, zone), **handed}


def set_by(found: Appointment) -> Guest:
    """The settings of a guest. Raises Refused when it is something else."""
    if not isinstance(found.settings, Guest):
        raise Refused("rituals.gone")
    return found.settings


# -- what is published -------------------------------------------------------------------------


async def announced(scene: Scene, found: Appointment, home: Workspace) -> Message:
    """When it is and who comes; whoever likes may ask, or back what others ask."""
    language, argument = scene.community.language, str(found.row.id)
    base = await meeting.announced(scene, found, home)
    said = scene.texts.say("guest.announced", language, guest=set_by(found).guest)
    ask = Button(scene.texts.label("guest.ask", language), OpenForm(FORM, argument))
    see = Button(
        scene.texts.label("guest.questions", language), Action("guest.questions", argument)
    )
    return replace(base, text=join([base.text, said]), buttons=(*base.buttons, ask, see))


async def shown(scene: Scene, found: Appointment, _home: Workspace) -> Message:
    """It begins: the way in, and the questions most people would like answered."""
    language = scene.community.language
    begins = meeting.told(scene, found, "meeting.begins", language)
    there = Action("meeting.there", str(found.row.id))
    button = Button(scene.texts.label("meeting.there", language), there, Style.PRIMARY)
    ranked = await _ranked(found)
    lines = await _lines(scene, found, ranked[:SHOWN], language)
    first = [scene.texts.say("guest.first", language), bullets(lines)] if lines else []
    door = meeting.door(scene, found, language)
    return Message(join([begins, *meeting.where(found), *first]), (*door, button))


async def _ranked(found: Appointment) -> Sequence[Contribution]:
    """The questions, most backed first, the oldest first among those that are level."""
    asked = await contributions.given_for(found, ContributionState.CONSENTED)
    counts = backing.counted(await backing.voices(found))
    return sorted(asked, key=lambda row: (-counts[row.id], row.id))


async def _lines(
    scene: Scene, found: Appointment, rows: Sequence[Contribution], language: str
) -> list[Text]:
    counts = backing.counted(await backing.voices(found))
    return [
        scene.texts.say("guest.line", language, count=counts[row.id], question=row.text)
        for row in rows
    ]


# -- its steps ---------------------------------------------------------------------------------


async def hands_over(scene: Scene, found: Appointment) -> None:
    """Whoever receives the guest reads what people ask; without a host the team does."""
    ranked, settings = await _ranked(found), set_by(found)
    if not ranked:
        return

    async def written(language: str) -> Message:
        said = scene.texts.say("guest.list", language, title=settings.title, guest=settings.guest)
        return Message(join([said, bullets(await _lines(scene, found, ranked, language))]))

    host = await members.find(scene, settings.host) if settings.host else None
    to = await members.reach(scene, host.id) if host else None
    if to is not None:
        message = await written(to.language)
        await attention.tell(scene, to.member, lambda _: message, until=found.steps[CLOSES], to=to)
        return
    message = await written(scene.community.language)
    for workspace in scene.workspaces:
        place = Place(workspace.platform, workspace.id, Purpose.MODERATORS)
        await scene.owe(message, place, until=found.steps[CLOSES])


async def closes(scene: Scene, found: Appointment) -> None:
    """Thank the guest and those who were there; an empty room is not remarked upon."""
    people, settings = await attendance.came(found), set_by(found)
    if people:
        said = scene.texts.say(
            "guest.thanks",
            scene.community.language,
            count=people,
            title=settings.title,
            guest=settings.guest,
        )
        await runner.announce(scene, found, Message(said))


# -- its questions -----------------------------------------------------------------------------


async def _open_one(dialogue: Dialogue, argument: str) -> Appointment:
    """The date of a button. Raises Refused when it is over, or will not take place."""
    found = await dates.named(dialogue, argument)
    set_by(found)
    if found.row.state in (OccurrenceState.SKIPPED, OccurrenceState.CLOSED):
        raise Refused("rituals.over", day=found.steps.day)
    return found


@routes.form(FORM, Ask("question", Answered.PARAGRAPH, min_length=10, max_length=300), inside=True)
async def ask(dialogue: Dialogue, event: FormSubmitted) -> Answer:
    """Take a question; whoever asks it backs it."""
    found, who = await _open_one(dialogue, event.argument), dialogue.who
    asked = await contributions.given_for(found, ContributionState.CONSENTED)
    if sum(row.member_id == who.member for row in asked) >= EACH:
        raise Refused("guest.enough", most=EACH)
    words = Given(event.answers["question"].strip())
    state = ContributionState.CONSENTED
    row = await contributions.give(dialogue, found.ritual, who.member, words, state, found=found)
    await backing.choose(dialogue, row)
    on = who.account.platform
    await participation.took_part(dialogue, found, who.member, on, f"asked:{row.id}")
    back = Action("rituals.take_back", str(row.id))
    button = dialogue.button("rituals.take_back", back, Style.DANGER)
    return dialogue.reply("guest.asked", button, guest=set_by(found).guest)


@routes.button("guest.questions")
async def questions(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """Show what people ask, so that one may back it."""
    return await _listed(dialogue, await _open_one(dialogue, event.action.argument))


@routes.button("guest.back")
async def backs(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """Back a question, or no longer."""
    row = await contributions.named(dialogue, event.action.argument)
    found = await _open_one(dialogue, str(row.occurrence_id))
    if row.state is not ContributionState.CONSENTED:
        raise Refused("rituals.gone")
    who = dialogue.who
    if await backing.toggle(dialogue, row):
        on = who.account.platform
        await participation.took_part(dialogue, found, who.member, on, f"backed:{row.id}")
    return await _listed(dialogue, found, edits=True)


async def _listed(dialogue: Dialogue, found: Appointment, *, edits: bool = False) -> Reply:
    ranked = (await _ranked(found))[:LISTED]
    if not ranked:
        return dialogue.reply("guest.no_question", edits=edits)
    voices = await backing.voices(found)
    mine = {voice.contribution for voice in voices if voice.member == dialogue.who.member}
    buttons = tuple(
        Button(
            dialogue.label("guest.unback" if row.id in mine else "guest.back", number=number),
            Action("guest.back", str(row.id)),
        )
        for number, row in enumerate(ranked, 1)
    )
    lines = await _lines(dialogue, found, ranked, dialogue.who.language)
    numbered = Text("\n".join(f"{number}. {line}" for number, line in enumerate(lines, 1)))
    return Reply(Message(join([dialogue.say("guest.back_which"), numbered]), buttons), edits=edits)


KIND = Kind(
    settings=Guest,
    shown=shown,
    announces=announced,
    steps={HANDS: hands_over, REMINDS: meeting.reminds, CLOSES: closes},
    takes_part=frozenset(),
    skipped=meeting.cancelled,
    moved=meeting.moved,
    routes=routes,
)
