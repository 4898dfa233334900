"""The year in chat: adopting the ready programme, seeing it, its picture, its file, its feed."""

from collections.abc import Sequence
from datetime import date, timedelta

from core.chat.actions import Action, Choice, OpenForm
from core.chat.adapter import Answer
from core.chat.events import ButtonPressed, CommandInvoked, FormSubmitted
from core.chat.identity import Role
from core.chat.markup import bullets, join, plain
from core.chat.messages import Image, Invalid, Message, Reply, Style, Text
from core.engine.errors import Refused
from core.engine.routes import Ask, Routes, Wants
from core.engine.scene import Dialogue, Scene
from rituals import agenda, changes, dates, feed, pages, picture, spoken
from rituals.agenda import Entry
from rituals.year import Adoption, Year, adoption, table, weekly

routes = Routes("programme")

MONTHS = 12


# -- adopting ----------------------------------------------------------------------------------


@routes.command("programme adopter", Wants("début", required=False), role=Role.BUILDER)
async def adopt(dialogue: Dialogue, event: CommandInvoked) -> Answer:
    """Show what adopting the ready programme would add, and ask; nothing is changed yet."""
    typed = str(event.arguments.get("début", "")).strip()
    start = spoken.day(typed, dialogue.now, dialogue.zone) if typed else _next_monday(dialogue)
    if start is None:
        raise Refused("programme.no_day", written=typed[:40])
    return await _offer(dialogue, start)


def _next_monday(scene: Scene) -> date:
    today = scene.local(scene.now).date()
    return today + timedelta(days=7 - today.weekday())


async def _offer(dialogue: Dialogue, start: date) -> Reply:
    found = await _adoption(dialogue)
    if not found.new:
        return dialogue.reply("programme.adopted_already")
    language = dialogue.who.language
    parts = [dialogue.say("programme.offer", start=start, count=len(found.new))]
    lines = [
        dialogue.say(
            "programme.ritual",
            title=ritual.title,
            when=pages.rhythm(dialogue.texts, language, ritual),
        )
        for ritual in found.new
    ]
    parts += [bullets(lines), *_kept(dialogue, found), dialogue.say("programme.nothing_yet")]
    yes = dialogue.button(
        "programme.adopt", Action("programme.adopt", start.isoformat()), Style.PRIMARY
    )
    other = dialogue.button("programme.other_day", OpenForm("programme.start"))
    return Reply(Message(join(parts), (yes, other)))


async def _adoption(scene: Scene) -> Adoption:
    return adoption(scene.settings(Year), await dates.programme(scene))


def _kept(dialogue: Dialogue, found: Adoption) -> list[Text]:
    titles = ", ".join(ritual.title for ritual in found.kept)
    return [dialogue.say("programme.kept", titles=titles)] if titles else []


@routes.form("programme.start", Ask("day", max_length=60), role=Role.BUILDER)
async def other_day(dialogue: Dialogue, event: FormSubmitted) -> Answer:
    """The same, from another day on."""
    start = spoken.day(event.answers["day"], dialogue.now, dialogue.zone)
    if start is None:
        written = event.answers["day"][:40]
        return Invalid({"day": dialogue.label("programme.no_day", written=written)})
    return await _offer(dialogue, start)


@routes.button("programme.adopt", role=Role.BUILDER)
async def adopted(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """Add what is new of it; done again it changes nothing."""
    try:
        start = date.fromisoformat(event.action.argument)
    except ValueError as error:
        raise Refused("rituals.gone") from error
    await changes.alone(dialogue)
    found = await _adoption(dialogue)
    if not found.new:
        return dialogue.reply("programme.adopted_already", edits=True)
    tables = [table(ritual, start) for ritual in found.new]
    await changes.adopt(dialogue, tables, dialogue.who.member)
    entries = await agenda.coming_year(dialogue, team=True, past=timedelta())
    new = {ritual.slug for ritual in found.new}
    first = next((entry for entry in entries if entry.settings.slug in new), None)
    if first is None:
        raise Refused("rituals.no_date", title=found.new[0].title)
    return dialogue.reply(
        "programme.adopted",
        count=len(found.new),
        start=start,
        title=first.settings.title,
        first=dialogue.local(first.opens),
        edits=True,
    )


# -- seeing ------------------------------------------------------------------------------------


@routes.command("programme voir")
async def see(dialogue: Dialogue, _event: CommandInvoked) -> Answer:
    """The coming year, month by month; what comes every week is said once."""
    entries = await agenda.coming_year(dialogue, team=_team(dialogue), past=timedelta())
    language = dialogue.who.language
    often = {e.settings.slug: e.settings for e in entries if weekly(e.settings)}
    lines = [
        dialogue.say(
            "programme.ritual",
            title=ritual.title,
            when=pages.rhythm(dialogue.texts, language, ritual),
        )
        for ritual in often.values()
    ]
    parts = [dialogue.say("programme.year")]
    if lines:
        parts.append(join([dialogue.say("programme.every_week"), bullets(lines)], "\n"))
    parts += _months(dialogue, [e for e in entries if e.settings.slug not in often])
    file = dialogue.button("programme.file", Action("programme.file"))
    return Reply(Message(join(parts), (file,)))


def _team(dialogue: Dialogue) -> bool:
    return dialogue.who.may(Role.MODERATOR)


def _months(dialogue: Dialogue, entries: Sequence[Entry]) -> list[Text]:
    """A line a month: the days and what they hold."""
    months: dict[date, list[str]] = {}
    for entry in entries:
        day = dialogue.local(entry.opens).date()
        shown = f"{day.day} {entry.settings.title}"
        months.setdefault(day.replace(day=1), []).append(shown)
    return [
        dialogue.say(
            "programme.month_line",
            month=pages.month_name(first, dialogue.who.language),
            shown=" · ".join(shown),
        )
        for first, shown in months.items()
    ]


async def _suggest_month(dialogue: Dialogue, typed: str) -> Sequence[Choice]:
    """The coming months whose name holds what is typed."""
    first = dialogue.local(dialogue.now).date().replace(day=1)
    found = []
    for _ in range(MONTHS):
        name = pages.month_name(first, dialogue.who.language)
        if typed.strip().casefold() in name.casefold():
            found.append(Choice(f"{first:%Y-%m}", name))
        first = _after(first)
    return found


def _after(first: date) -> date:
    """The first day of the next month."""
    return (first + timedelta(days=31)).replace(day=1)


@routes.command("programme mois", Wants("mois", required=False, completes=_suggest_month))
async def month(dialogue: Dialogue, event: CommandInvoked) -> Answer:
    """One month, as text and as a picture."""
    typed = str(event.arguments.get("mois", ""))
    first = spoken.month(typed, dialogue.local(dialogue.now).date())
    if first is None:
        raise Refused("programme.no_month", written=typed[:40])
    last = _after(first) - timedelta(days=1)
    entries = await agenda.between(dialogue, first, last, team=_team(dialogue))
    language = dialogue.who.language
    name = pages.month_name(first, language)
    if not entries:
        return dialogue.reply("programme.month_empty", month=name)
    lines = [
        dialogue.say(
            "programme.entry", at=dialogue.local(entry.opens), title=plain(entry.settings.title)
        )
        for entry in entries
    ]
    text = join([dialogue.say("programme.month", month=name), bullets(lines)])
    drawn = picture.sketch(dialogue, first, entries)
    file = dialogue.button("programme.file", Action("programme.file"))
    return Reply(Message(text, (file,), image=drawn))


@routes.draws(picture.ARTIST)
async def draw(scene: Scene, image: Image) -> Image | None:
    """Draw a month, in a thread: nobody's transaction waits for it."""
    return await picture.drawn(image, scene.texts)


# -- in one's own calendar ---------------------------------------------------------------------


@routes.button("programme.file")
async def file(dialogue: Dialogue, _event: ButtonPressed) -> Answer:
    """The coming year as a file that any calendar takes in."""
    kept = await agenda.file(dialogue, team=_team(dialogue))
    return Reply(Message(dialogue.say("programme.file_here"), files=(kept,)))


@routes.command("programme flux", role=Role.BUILDER)
async def address(dialogue: Dialogue, _event: CommandInvoked) -> Answer:
    """Where calendar programs read the programme."""
    return _address(dialogue, await feed.address(dialogue), "programme.address")


@routes.button("programme.renew", role=Role.BUILDER)
async def renew(dialogue: Dialogue, _event: ButtonPressed) -> Answer:
    """Another address; the former one answers no more."""
    reply = _address(dialogue, await feed.renew(dialogue), "programme.renewed")
    return Reply(reply.message, edits=True)


def _address(dialogue: Dialogue, found: str | None, key: str) -> Reply:
    if found is None:
        return dialogue.reply("programme.no_feed")
    renew = dialogue.button("programme.renew_button", Action("programme.renew"), Style.DANGER)
    return dialogue.reply(key, renew, address=found)


@routes.feed(feed.FEED)
async def read(scene: Scene, token: str) -> bytes | None:
    """The programme for a calendar program; what only speaks to the team is not in it."""
    if not await feed.knows(scene, token):
        return None
    return agenda.written(scene, await agenda.coming_year(scene))
