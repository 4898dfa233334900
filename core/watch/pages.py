"""What moderators and admins read about deliveries, absences and the state of things."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from core.chat.actions import Action
from core.chat.identity import Account, Channel, Destination, MessageRef, Place, Platform, Purpose
from core.chat.markup import bullets, join
from core.chat.messages import Button, Message, Style, Text
from core.engine.models import State
from core.engine.scene import Scene
from core.watch import service
from core.watch.rules import Away, Owed, Pulse, Trouble, Why
from core.watch.service import Item

ROOMS = {
    "charter": "watch.about.charter",
    "members": "watch.about.members",
    "onboarding": "watch.about.onboarding",
    "questions": "watch.about.questions",
    "reports": "watch.about.reports",
    "rituals": "watch.about.rituals",
    "other": "watch.about.other",
}
PURPOSES = {
    Purpose.WELCOME: "watch.to.welcome",
    Purpose.INTRODUCTIONS: "watch.to.introductions",
    Purpose.HELP: "watch.to.help",
    Purpose.RITUALS: "watch.to.rituals",
    Purpose.MODERATORS: "watch.to.moderators",
    Purpose.ADMINS: "watch.to.admins",
}
GIVEN_UP = {
    Why.TIME: "watch.given_up.time",
    Why.DAMAGED: "watch.given_up.damaged",
    Why.REFUSED: "watch.given_up.refused",
}
STATES = {
    State.DOUBTFUL: "watch.line_doubtful",
    State.FAILED: "watch.line_failed",
}
UNITS = (
    (timedelta(days=2), timedelta(days=1), "watch.days"),
    (timedelta(hours=2), timedelta(hours=1), "watch.hours"),
    (timedelta(0), timedelta(minutes=1), "watch.minutes"),
)


class Page:
    """What is said in one language: the community's, or that of who asked."""

    def __init__(self, scene: Scene, language: str = "") -> None:
        self.scene = scene
        self.language = language or scene.community.language

    def say(self, key: str, *, count: int | None = None, **values: object) -> Text:
        """A text of the catalogues."""
        return self.scene.texts.say(key, self.language, count=count, **values)

    def button(
        self, key: str, does: Action, style: Style = Style.SECONDARY, **values: int
    ) -> Button:
        """A button with a label of the catalogues."""
        return Button(self.scene.texts.label(key, self.language, **values), does, style)

    def lasted(self, time: timedelta) -> Text:
        """A length of time, in the unit in which people would say it."""
        unit, key = next((unit, key) for least, unit, key in UNITS if time >= least)
        return self.say(key, count=round(time / unit))

    def about(self, room: str, count: int | None = None) -> Text:
        """What room a message comes from, in the community's words."""
        named = self.say(ROOMS[room])
        return named if count is None else self.say("watch.counted", count=count, what=named)

    async def whom(self, to: Destination | None) -> Text:
        """For whom or where, without a word of what is said."""
        match to:
            case Account():
                return self.say("watch.to.person", name=await service.person(self.scene, to))
            case Place(purpose=purpose):
                return self.say(PURPOSES[purpose])
            case MessageRef() | Channel(thread=str()):
                return self.say("watch.to.thread")
            case _:
                return self.say("watch.to.channel")


# -- a doubt -----------------------------------------------------------------------------------


async def doubt(scene: Scene, item: Item) -> Message:
    """One message that may have arrived, and the two things that can be done."""
    page = Page(scene)
    text = page.say(
        "watch.doubt",
        what=page.about(item.room),
        whom=await page.whom(item.to),
        due=scene.local(item.due_at),
        platform=item.platform.title(),
    )
    return Message(text, _settles(page, item.id))


def many_doubts(scene: Scene, platform: Platform, count: int) -> Message:
    """Many at once: they are shown as a list, to whoever asks."""
    page = Page(scene)
    text = page.say("watch.doubts", count=count, platform=platform.title())
    return Message(text, (page.button("watch.show", Action("watch.list"), Style.PRIMARY),))


def _settles(page: Page, row: int, suffix: str = "") -> tuple[Button, ...]:
    argument = f"{row}{suffix}"
    if suffix:
        return (
            page.button("watch.resend_number", Action("watch.resend", argument), number=row),
            page.button("watch.arrived_number", Action("watch.arrived", argument), number=row),
        )
    return (
        page.button("watch.resend", Action("watch.resend", argument)),
        page.button("watch.arrived", Action("watch.arrived", argument)),
    )


# -- /envois -----------------------------------------------------------------------------------

LISTED = ":l"
"""What the argument of a button in the list ends with: the list is shown again."""

WITH_BUTTONS = 5
"""Doubtful messages of a list that have their buttons: two each, as many as one can survey."""


async def deliveries(scene: Scene, language: str) -> Message:
    """What is owed, doubtful and given up: the counts, then the oldest of each."""
    page = Page(scene, language)
    counts = await service.owed(scene.community, scene.now)
    items = await service.listed(scene)
    lines = [
        _owed(page, one)
        for one in counts
        if one.waiting or one.parked or one.failed or one.doubtful
    ]
    if not lines:
        return Message(page.say("watch.nothing_owed"))
    shown = [await _line(page, item) for item in items]
    doubtful = [item.id for item in items if item.state is State.DOUBTFUL][:WITH_BUTTONS]
    buttons = tuple(b for row in doubtful for b in _settles(page, row, LISTED))
    parts = [page.say("watch.deliveries"), bullets(lines)]
    if shown:
        parts += [page.say("watch.oldest"), bullets(shown)]
    return Message(join(parts), buttons)


def _owed(page: Page, owed: Owed) -> Text:
    said = []
    if owed.waiting:
        oldest = page.lasted(timedelta(seconds=owed.oldest))
        said.append(page.say("watch.waiting", count=owed.waiting, oldest=oldest))
    if owed.doubtful:
        said.append(page.say("watch.doubtful", count=owed.doubtful))
    if owed.parked:
        said.append(page.say("watch.parked", count=owed.parked))
    if owed.failed:
        said.append(page.say("watch.failed", count=owed.failed))
    return page.say("watch.on", platform=owed.platform.title(), what=join(said, ", "))


async def _line(page: Page, item: Item) -> Text:
    return page.say(
        STATES.get(item.state, "watch.line_late"),
        number=item.id,
        what=page.about(item.room),
        whom=await page.whom(item.to),
        platform=item.platform.title(),
        due=page.scene.local(item.due_at),
        problem=item.problem or "…",
    )


# -- owed for too long -------------------------------------------------------------------------


def alert(scene: Scene, platform: Platform, since: datetime, count: int) -> Message:
    """Something is owed on a platform for more than ten minutes."""
    when, name = scene.local(since), platform.title()
    return Message(Page(scene).say("watch.alert", count=count, platform=name, since=when))


def alert_over(scene: Scene, platform: Platform, since: datetime) -> Message:
    """It is owed no more."""
    page = Page(scene)
    lasted = page.lasted(scene.now - since)
    return Message(page.say("watch.alert_over", platform=platform.title(), lasted=lasted))


# -- away, given up ----------------------------------------------------------------------------


def absence(scene: Scene, away: Away) -> Message:
    """From when to when, what was skipped, what was read again, what cannot be."""
    page = Page(scene)
    head = page.say("watch.away", start=scene.local(away.start), end=scene.local(away.end))
    lines = _dates(page, away.dates)
    if away.skipped:
        what = join([page.about(room, n) for room, n in sorted(away.skipped.items())], ", ")
        lines.append(page.say("watch.skipped", what=what))
    if away.recovered:
        what = join(
            [
                page.say("watch.events", count=n, platform=platform.title())
                for platform, n in sorted(away.recovered.items())
            ],
            ", ",
        )
        lines.append(page.say("watch.recovered", what=what))
    lines.append(page.say("watch.unseen"))
    lines += [page.say("watch.forgotten", platform=p.title()) for p in away.forgotten]
    return Message(join([head, bullets(lines), page.say("watch.no_flood")]))


def given_up(scene: Scene, trouble: Trouble) -> Message:
    """What could not be delivered or done lately, why, and what to do."""
    page = Page(scene)
    lines = [
        page.say(
            GIVEN_UP[reason],
            count=count,
            platform=platform.title(),
            problem=trouble.reasons[platform, reason],
        )
        for (platform, reason), count in sorted(trouble.messages.items())
    ]
    if trouble.work:
        what = join([page.about(room, n) for room, n in sorted(trouble.work.items())], ", ")
        lines.append(page.say("watch.work_given_up", what=what))
    lines += _dates(page, trouble.dates)
    return Message(join([page.say("watch.given_up"), bullets(lines), page.say("watch.see")]))


def _dates(page: Page, dates: Sequence[tuple[str, datetime]]) -> list[Text]:
    return [
        page.say("watch.date_missed", title=title, due=page.scene.local(due))
        for title, due in dates
    ]


# -- /statut -----------------------------------------------------------------------------------


async def status(scene: Scene, language: str, pulses: Sequence[Pulse]) -> Message:
    """Each platform, what is owed, what was skipped, the last digest: in plain words."""
    page = Page(scene, language)
    lines = [_pulse(page, pulse) for pulse in pulses]
    known = {pulse.platform for pulse in pulses}
    lines += [
        page.say("watch.unknown", platform=w.platform.title())
        for w in scene.workspaces
        if w.platform not in known
    ]
    owed = await service.owed(scene.community, scene.now)
    lines += [_owed(page, one) for one in owed] or [page.say("watch.nothing_owed")]
    if skipped := await service.skipped_today(scene):
        lines.append(page.say("watch.skipped_today", count=skipped))
    if sent := await service.last_digest(scene):
        lines.append(page.say("watch.last_digest", at=scene.local(sent)))
    return Message(join([page.say("watch.status"), bullets(lines)]))


def _pulse(page: Page, pulse: Pulse) -> Text:
    lasted = page.lasted(page.scene.now - pulse.since)
    name = pulse.platform.title()
    if pulse.up:
        return page.say("watch.up", platform=name, lasted=lasted)
    return page.say("watch.down", platform=name, lasted=lasted, reason=pulse.reason or "…")
