"""The Monday digest, the command that shows any week, and what each figure means."""

from datetime import date, timedelta

from core.attention import service as attention
from core.chat.adapter import Answer
from core.chat.events import ButtonPressed, CommandInvoked
from core.chat.identity import Purpose, Role
from core.chat.messages import Image, Message, Reply, Text
from core.engine.errors import Refused
from core.engine.routes import Routes, Wants
from core.engine.scene import Dialogue, Scene
from core.engine.schedule import Weekly
from core.members import service as members
from core.reports import chart, render, service
from core.reports.rules import Digest, ReportsSettings, Week

routes = Routes("reports")

LATE = timedelta(hours=24)
OLD = timedelta(days=3)
"""After which a digest that could not be delivered is read with `/bilan` by who wants it."""
READERS = (Role.ADMIN, Role.DPO)
"""Who is written to in private, when the settings say so."""


def _goes_out(scene: Scene) -> Weekly:
    return scene.settings(ReportsSettings).goes_out


def _prepares(scene: Scene) -> Weekly:
    return scene.settings(ReportsSettings).prepares


@routes.draws(chart.ARTIST)
async def draw(scene: Scene, image: Image) -> Image | None:
    """Draw the weeks, in a thread: nobody's transaction waits for it."""
    return await chart.drawn(image, scene.texts)


@routes.job("reports.prepare", recurs=_prepares)
async def prepare(scene: Scene, key: str) -> None:
    """Get ready to draw, which takes seconds the first time."""
    chart.prepare()


@routes.job("reports.digest", max_delay=LATE, recurs=_goes_out)
async def send(scene: Scene, key: str) -> None:
    """Owe the digest of the week that ended before the job's local date, once to each reader."""
    figures = await service.figures(scene, Week.of(date.fromisoformat(key)).ago())
    pages: dict[str, Message] = {}

    def page(language: str) -> Message:
        if language not in pages:
            pages[language] = _page(scene, figures, language)
        return pages[language]

    until = scene.now + OLD
    for place in scene.places(Purpose.ADMINS):
        await scene.owe(page(scene.community.language), place, until=until)
    if scene.settings(ReportsSettings).send_to == "private":
        for member in await members.holding(scene.community, READERS):
            await attention.tell(scene, member.id, lambda to: page(to.language), until=until)


@routes.command("bilan", Wants("semaine", required=False), role=Role.MODERATOR)
async def show(dialogue: Dialogue, event: CommandInvoked) -> Answer:
    """Show the digest of a week in private: the last whole one unless another is named."""
    written = str(event.arguments.get("semaine", ""))
    try:
        week = service.asked_week(dialogue, written)
    except ValueError as error:
        current = Text(service.current_week(dialogue).name)  # ours, and shown as code
        raise Refused("reports.no_week", written=written[:40], current=current) from error
    figures = await service.figures(dialogue, week)
    return Reply(_page(dialogue, figures, dialogue.who.language))


@routes.button("reports.definitions")
async def define(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """Say what each figure counts, out of what, and what it cannot see."""
    zone = dialogue.community.timezone
    return Reply(render.definitions(dialogue.texts, dialogue.who.language, zone))


def _page(scene: Scene, figures: Digest, language: str) -> Message:
    image = chart.sketch(figures, scene.texts, language)
    return render.message(figures, scene.texts, language, image)
