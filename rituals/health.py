"""How a ritual fares: who took part in its last dates, and what is proposed when they fall."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta

from core.attention import service as attention
from core.chat.actions import Action, OpenForm
from core.chat.adapter import Answer
from core.chat.events import ButtonPressed
from core.chat.identity import Role
from core.chat.markup import bullets, join
from core.chat.messages import Button, Message
from core.engagement import service as engagement
from core.engine.routes import Routes
from core.engine.scene import Dialogue, Scene, Speaker
from core.engine.schedule import EVERY_DAY, Weekly
from core.members import service as members
from rituals import attendance, changes, dates
from rituals.falling import FALLS, Proposal, falling
from rituals.models import Occurrence, OccurrenceState, Turn, TurnState
from rituals.pages import day
from rituals.rules import RitualSettings

routes = Routes("rituals")

LOOKED_AT = time(9, 15)
"""When it is looked at, each day."""
READERS = (Role.BUILDER, Role.ADMIN)
FEW = 5
"""Below that a figure is not told apart: it would name people."""
PROPOSED: Mapping[Proposal, str] = {
    Proposal.PAUSE: "rituals.propose_pause",
    Proposal.HOST: "rituals.propose_host",
    Proposal.HOUR: "rituals.propose_hour",
    Proposal.THEME: "rituals.propose_theme",
}
TOLD = "fall_told"
"""Kept with a date (`Occurrence.data`): its fall was told."""

OVER = timedelta(days=2)
"""A date is judged when people had two days for it, or when it closed."""

NEWS = timedelta(days=7)
"""How long after that a fall is news."""


@dataclass(frozen=True, slots=True)
class Health:
    """How many people took part in each of the last dates (planned local days), the oldest first.

    `proposal` is what to propose when they fall, else None; `told`: that fall was told before.
    """

    figures: tuple[tuple[date, int], ...]
    proposal: Proposal | None
    told: bool = False


async def look(scene: Scene, settings: RitualSettings) -> Health:
    """The last four dates of a ritual that are over."""
    rows = Occurrence.filter(
        ritual__community=scene.community,
        ritual__slug=settings.slug,
        opened_at__lte=scene.now - OVER,
        state__in=(OccurrenceState.PUBLISHED, OccurrenceState.OPEN, OccurrenceState.CLOSED),
    )
    last = list(reversed(await rows.order_by("-date").limit(FALLS + 1)))
    people = [await _people(scene, settings, row) for row in last]
    served = Turn.filter(occurrence_id__in=[row.id for row in last], state=TurnState.DONE)
    hosts = [int(member) for (member,) in await served.values_list("member_id")]
    expected = [len(await attendance.expected(row)) for row in last]
    figures = tuple(zip([row.date for row in last], people, strict=True))
    told = any((row.data or {}).get(TOLD) for row in last)
    return Health(figures, falling(people, hosts=hosts, expected=expected), told)


async def _people(scene: Scene, settings: RitualSettings, row: Occurrence) -> int:
    day = row.date.isoformat()
    return (await engagement.participation_in(scene.community, settings.slug, day)).people


# -- telling -----------------------------------------------------------------------------------


@routes.job("rituals.health", recurs=lambda _scene: Weekly(EVERY_DAY, LOOKED_AT))
async def look_at_all(scene: Scene, _key: str) -> None:
    """Tell the builders, once a fall, which ritual gathers fewer people each time."""
    lately = await _lately_over(scene)
    for settings in await dates.programme(scene):
        if settings.slug not in lately:
            continue
        found = await look(scene, settings)
        if found.proposal is None:
            continue
        last = await dates.appointment(scene, settings, found.figures[-1][0])
        # What goes on falling is the same fall: each of its dates says that it was told.
        await dates.keep(last, **{TOLD: True})
        if not found.told:
            for builder in await members.holding(scene.community, READERS):
                await attention.tell(scene, builder.id, _note(scene, settings, found))


async def _lately_over(scene: Scene) -> set[str]:
    """The rituals with a date that is over since at most a week: the others say nothing new."""
    since = scene.now - OVER - NEWS
    rows = Occurrence.filter(ritual__community=scene.community, opened_at__gte=since)
    slugs = await rows.distinct().values_list("ritual__slug", flat=True)
    return {str(slug) for slug in slugs}


def _note(scene: Scene, settings: RitualSettings, found: Health) -> attention.Say:
    """The figures, one proposal, and the buttons that do it."""

    def say(to: Speaker) -> Message:
        def label(key: str) -> str:
            return scene.texts.label(key, to.language)

        said = scene.texts.say("rituals.falling", to.language, title=settings.title)
        lines = [
            scene.texts.say(
                "rituals.falling_figure" if people >= FEW else "rituals.falling_few",
                to.language,
                day=day(on, to.language),
                count=max(people, FEW),
            )
            for on, people in found.figures
        ]
        counted = scene.texts.say("rituals.falling_counted", to.language)
        assert found.proposal is not None  # noqa: S101  asked by the caller
        proposed = scene.texts.say(PROPOSED[found.proposal], to.language)
        slug = settings.slug
        buttons = (
            Button(label("rituals.when_button"), OpenForm("rituals.when", slug)),
            Button(label("rituals.text_button"), OpenForm("rituals.text", slug)),
            Button(label("rituals.rest_button"), Action("rituals.rest", slug)),
        )
        return Message(join([said, bullets(lines), counted, proposed]), buttons)

    return say


@routes.button("rituals.rest", role=Role.BUILDER)
async def rest(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """Let the ritual rest, as was proposed."""
    settings = await dates.of_slug(dialogue, event.action.argument)
    await changes.pause(dialogue, settings, dialogue.who.member)
    return dialogue.reply("rituals.resting", title=settings.title, edits=True)
