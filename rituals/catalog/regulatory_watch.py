"""What changed in the rules of the trade (RNQ, CPF, RGPD), with its source and its date."""

import re
from datetime import date
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field

from core.chat.actions import Kind as Answered
from core.chat.actions import OpenForm
from core.chat.adapter import Answer
from core.chat.events import CommandInvoked, FormSubmitted
from core.chat.identity import Place, Purpose, Role, Workspace
from core.chat.markup import join
from core.chat.messages import Invalid, Message, Style
from core.engine.errors import Refused
from core.engine.routes import Ask, Routes
from core.engine.scene import Dialogue, Scene
from rituals import dates, giving
from rituals.calendar import ANNOUNCES, CLOSES
from rituals.contributions import Given
from rituals.giving import Collected
from rituals.kinds import NAMED, Appointment, By, Giving, Kind
from rituals.models import Contribution
from rituals.rules import address

routes = Routes("regulatory_watch")
FORM = "regulatory_watch.give"
WRITERS = frozenset({Role.EXPERT, Role.TRAINER})
TOPICS = {
    "rnq": "regulatory_watch.rnq",
    "cpf": "regulatory_watch.cpf",
    "rgpd": "regulatory_watch.rgpd",
    "other": "regulatory_watch.other",
}
PARTS = {"what": "regulatory_watch.what", "so": "regulatory_watch.so"}


class RegulatoryWatch(Collected):
    """When it is called for, and whose word is official."""

    kind: Literal["regulatory_watch"] = "regulatory_watch"
    official: tuple[str, ...] = Field(
        default=(
            "gouv.fr",
            "cnil.fr",
            "service-public.fr",
            "francecompetences.fr",
            "cofrac.fr",
            "caissedesdepots.fr",
            "europa.eu",
        ),
        description="domains whose word is official; what comes from another is said to",
    )

    def is_official(self, url: str) -> bool:
        """Whether an address is of one of these domains, or below it."""
        host = urlsplit(url).hostname or ""
        return any(host == domain or host.endswith(f".{domain}") for domain in self.official)


def source(written: str) -> str | None:
    """The address of a source; None when it is none, or is not a secure one (https).

    >>> source("www.cnil.fr/fr/actualite"), source("http://exemple.fr")
    ('https://www.cnil.fr/fr/actualite', None)
    """
    found = address(written) if written.strip() else None
    return found if found and urlsplit(found).scheme == "https" else None


def dated(written: str, today: date) -> date | None:
    """The day somebody wrote (`12/11/2026`, `2026-11-12`); None when it is none, or is to come."""
    figures = re.fullmatch(r"\s*(\d{1,4})\D(\d{1,2})\D(\d{1,4})\s*", written)
    if figures is None:
        return None
    first, month, last = map(int, figures.groups())
    year, day = (first, last) if len(figures[1]) == 4 else (last, first)  # noqa: PLR2004  a year
    try:
        found = date(year, month, day)
    except ValueError:
        return None
    return found if found <= today else None


async def card(scene: Scene, found: Appointment, row: Contribution, home: Workspace) -> Message:
    """What changed, what follows, and where and when it was said."""
    settings, language = found.settings, scene.community.language
    assert isinstance(settings, RegulatoryWatch)  # noqa: S101  it is of this kind
    author, mentioned = await giving.by(row, home)
    topic = scene.texts.label(TOPICS.get(row.answers["topic"], TOPICS["other"]), language)
    title = scene.texts.say(
        "regulatory_watch.title", language, title=settings.title, topic=topic, author=author
    )
    key = (
        "regulatory_watch.official"
        if settings.is_official(row.link)
        else "regulatory_watch.unofficial"
    )
    said = scene.texts.say(key, language, day=date.fromisoformat(row.answers["day"]))
    *parts, link = giving.sections(scene, row, PARTS)
    return Message(join([title, *parts, said, link]), mentions=mentioned)


async def asks(scene: Scene, found: Appointment) -> None:
    """Where nothing is ready, the team is reminded in its own channel."""
    if await giving.ready(found) is not None:
        return
    settings, language = found.settings, scene.community.language
    at = scene.local(found.steps.opens)
    said = scene.texts.say("regulatory_watch.wanted", language, title=settings.title, at=at)
    label = scene.texts.label("regulatory_watch.write", language)
    message = giving.invitation(found, said, label)
    for workspace in scene.workspaces:
        place = Place(workspace.platform, workspace.id, Purpose.MODERATORS)
        await scene.owe(message, place, until=found.steps.opens)


def _may_write(dialogue: Dialogue) -> bool:
    return bool(dialogue.who.roles & WRITERS) or dialogue.who.may(Role.BUILDER)


@routes.command("veille")
async def write(dialogue: Dialogue, event: CommandInvoked) -> Answer:
    """Whoever may write one is given the form. Raises Refused for anybody else."""
    if not _may_write(dialogue):
        raise Refused("regulatory_watch.experts_only")
    programme = await dates.programme(dialogue)
    settings = dates.chosen([one for one in programme if one.kind == "regulatory_watch"])
    form = OpenForm(FORM, f"{NAMED}{settings.slug}")
    button = dialogue.button("regulatory_watch.write", form, Style.PRIMARY)
    return dialogue.reply("regulatory_watch.how", button, title=settings.title)


@routes.form(
    FORM,
    Ask("topic", Answered.CHOICE, choices=tuple(TOPICS)),
    Ask("what", Answered.PARAGRAPH, min_length=20, max_length=700),
    Ask("so", Answered.PARAGRAPH, required=False, max_length=500),
    Ask("link", max_length=290),
    Ask("day", max_length=10),
    inside=True,
)
async def give(dialogue: Dialogue, event: FormSubmitted) -> Answer:
    """Take a post with a secure source and its date, and show it as it will look."""
    if not _may_write(dialogue):
        raise Refused("regulatory_watch.experts_only")
    answers = {name: event.answers.get(name, "").strip() for name in ("topic", "day", *PARTS)}
    link = source(event.answers.get("link", ""))
    day = dated(answers["day"], dialogue.local(dialogue.now).date())
    errors = {}
    if link is None:
        errors["link"] = dialogue.label("regulatory_watch.no_source")
    if day is None:
        errors["day"] = dialogue.label("regulatory_watch.no_day")
    if link is None or day is None:
        return Invalid(errors)
    given = Given(link=link, answers={**answers, "day": day.isoformat()})
    return await giving.take(dialogue, event, "regulatory_watch", given)


KIND = Kind(
    settings=RegulatoryWatch,
    shown=giving.shown,
    opens=giving.publish,
    steps={ANNOUNCES: asks, CLOSES: giving.closes},
    takes_part=frozenset({By.REACTION, By.REPLY}),
    skipped=giving.skipped,
    giving=Giving(FORM, card),
    routes=routes,
)
