"""The words of the programme: when a ritual falls, what was changed of it, how it is previewed."""

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime

from babel.dates import format_date, format_skeleton, get_day_names, get_month_names
from babel.lists import format_list
from pydantic import ValidationError

from core.chat.actions import Link
from core.chat.markup import bullets, join, plain
from core.chat.messages import Message, Text
from core.engine.scene import Dialogue
from core.engine.texts import Texts
from rituals.calendar import PLACES, WEEKDAYS, Which
from rituals.models import Change, RitualChange
from rituals.rules import RitualSettings, edited
from rituals.spoken import Lacks, Rhythm

WHICH: Mapping[Which, str] = {
    "first": "rituals.which_first",
    "second": "rituals.which_second",
    "third": "rituals.which_third",
    "fourth": "rituals.which_fourth",
    "last": "rituals.which_last",
}
LACKS: Mapping[Lacks, str] = {
    Lacks.DAY: "rituals.lacks_day",
    Lacks.HOUR: "rituals.lacks_hour",
    Lacks.ONE_DAY: "rituals.lacks_one_day",
}
WHEN = ("weekday", "which", "months", "rrule", "at")
"""The settings that make a rhythm."""
_EVERY_OTHER = re.compile(r"FREQ=WEEKLY;INTERVAL=2;BYDAY=(\w\w)")
_DAY_OF_MONTH = re.compile(r"FREQ=MONTHLY;BYMONTHDAY=(\d+)(?:;BYMONTH=([\d,]+))?")
ALL_MONTHS = 12


# -- when --------------------------------------------------------------------------------------


def rhythm(texts: Texts, language: str, ritual: RitualSettings) -> str:
    """When a ritual falls: `chaque mardi, 18:00`. Plain text."""
    return texts.label(
        "rituals.rhythm_at", language, days=_days(texts, language, ritual), at=ritual.at
    )


def _days(texts: Texts, language: str, ritual: RitualSettings) -> str:
    months, locale = ritual.months, language.partition("@")[0]
    names = get_day_names("wide", "format", locale)
    if ritual.rrule is None:
        weekday = names[WEEKDAYS.index(ritual.weekday)]
        if ritual.which:
            places = [texts.label(WHICH[one], language) for one in sorted(ritual.which, key=_place)]
            which = format_list(places, locale=locale)
            days = texts.label("rituals.rhythm_placed", language, which=which, weekday=weekday)
        else:
            days = texts.label("rituals.rhythm_weekly", language, weekday=weekday)
    elif other := _EVERY_OTHER.fullmatch(ritual.rrule):
        at = [day[:2].upper() for day in WEEKDAYS].index(other[1])
        days = texts.label("rituals.rhythm_every_other", language, weekday=names[at])
    elif one := _DAY_OF_MONTH.fullmatch(ritual.rrule):
        months = tuple(map(int, (one[2] or "").split(","))) if one[2] else ()
        days = texts.label("rituals.rhythm_day", language, day=one[1])
    else:
        return ritual.rrule
    return f"{days} ({_months(texts, language, months)})" if months else days


def _place(which: Which) -> int:
    return PLACES[which] % 6  # the last one comes last


def _months(texts: Texts, language: str, months: Sequence[int]) -> str:
    """Their names; those left out where these are fewer."""
    names = get_month_names("wide", "format", language.partition("@")[0])
    left_out = [number for number in range(1, ALL_MONTHS + 1) if number not in months]
    if len(left_out) < len(months):
        shown = ", ".join(names[number] for number in left_out)
        return texts.label("rituals.rhythm_except", language, months=shown)
    return ", ".join(names[number] for number in sorted(months))


def unclear(dialogue: Dialogue, found: Rhythm) -> str:
    """What was understood of a rhythm, what was not, and how to write one. Plain text."""
    parts = []
    if found.value:
        # Not validated: it is shown as it was understood, whatever a kind would say to it.
        days = _days(
            dialogue.texts,
            dialogue.who.language,
            RitualSettings.model_construct(None, **found.value),
        )
        at = found.value.get("at")
        key = "rituals.understood" if at else "rituals.understood_days"
        parts.append(dialogue.label(key, days=days, at=str(at)[:5]))
    if found.unknown:
        parts.append(dialogue.label("rituals.not_understood", words=" ".join(found.unknown)[:60]))
    if found.lacks is not None:
        parts.append(dialogue.label(LACKS[found.lacks]))
    return " ".join([*parts, dialogue.label("rituals.rhythm_examples")])


# -- what was changed --------------------------------------------------------------------------


def day(moment: datetime | date, language: str) -> str:
    """A day of this year or another, short: `3 mars`."""
    return format_skeleton("MMMMd", moment, locale=language.partition("@")[0])


def change(dialogue: Dialogue, row: RitualChange, settings: RitualSettings) -> Text:
    """One change: when, by whom, what, and whether it was undone; `author` is loaded."""
    language = dialogue.who.language
    said = dialogue.say(
        "rituals.change_by",
        day=day(dialogue.local(row.at), language),
        who=_who(dialogue, row),
        what=_what(dialogue, row, settings),
    )
    if not row.undone_at:
        return said
    undone = day(dialogue.local(row.undone_at), language)
    return join([said, dialogue.say("rituals.change_undone", day=undone)], " ")


def _who(dialogue: Dialogue, row: RitualChange) -> Text:
    return plain(row.author.name) if row.author else dialogue.say("rituals.somebody")


def _what(dialogue: Dialogue, row: RitualChange, settings: RitualSettings) -> Text:
    value = row.value
    if row.what is Change.SETTINGS:
        return _settings(dialogue, value, settings)
    if row.what is Change.MOVE:
        to = dialogue.local(datetime.fromisoformat(value["to"]))
        return dialogue.say("rituals.change_move", day=date.fromisoformat(value["date"]), to=to)
    if row.what is Change.SKIP:
        return dialogue.say("rituals.change_skip", day=date.fromisoformat(value["date"]))
    if row.what is Change.PAUSE and value.get("until"):
        until = date.fromisoformat(value["until"])
        return dialogue.say("rituals.change_pause_until", until=until)
    keys = {
        Change.PAUSE: "rituals.change_pause",
        Change.RESUME: "rituals.change_resume",
        Change.CREATE: "rituals.change_create",
    }
    return dialogue.say(keys[row.what])


def _settings(dialogue: Dialogue, value: Mapping[str, object], settings: RitualSettings) -> Text:
    parts = []
    if not value.keys().isdisjoint(WHEN):
        with suppress(ValidationError):  # right when it was written, not any more since
            when = rhythm(dialogue.texts, dialogue.who.language, edited(settings, value))
            parts.append(dialogue.say("rituals.change_when", when=when))
    if "text" in value:
        parts.append(dialogue.say("rituals.change_text"))
    others = [name for name in value if name not in {*WHEN, "text"}]
    if others and not parts:
        parts.append(dialogue.say("rituals.change_other", names=", ".join(others)))
    return join(parts, ", ") or dialogue.say("rituals.change_gone")


def overridden(
    dialogue: Dialogue, file: RitualSettings, now: RitualSettings, rows: Sequence[RitualChange]
) -> list[Text]:
    """What holds instead of the file, each with who changed it last: `rows`, the oldest first."""
    found, language = [], dialogue.who.language
    latest = {name: row for row in rows if row.what is Change.SETTINGS for name in row.value}
    was, held = (rhythm(dialogue.texts, language, one) for one in (file, now))
    when = next((latest[name] for name in WHEN if name in latest), None)
    if was != held and when is not None:
        found.append(_instead(dialogue, "rituals.instead_when", when, now=held, was=was))
    others = [name for name in latest if name not in WHEN and not name.endswith("_weekday")]
    for name in others:
        if getattr(file, name, None) != getattr(now, name, None):
            key = "rituals.instead_text" if name == "text" else "rituals.instead_other"
            found.append(_instead(dialogue, key, latest[name], name=name))
    return found


def _instead(dialogue: Dialogue, key: str, row: RitualChange, **values: str) -> Text:
    on = day(dialogue.local(row.at), dialogue.who.language)
    return dialogue.texts.say(
        key, dialogue.who.language, count=None, who=_who(dialogue, row), day=on, **values
    )


# -- previews ----------------------------------------------------------------------------------


def month_name(first: date, language: str) -> str:
    """`décembre 2026`."""
    return format_date(first, "MMMM y", locale=language.partition("@")[0])


def words(dialogue: Dialogue, message: Message) -> list[Text]:
    """What a message shows: its text, its poll's question and answers, its buttons by name."""
    parts = [message.text]
    if message.poll is not None:
        choices = bullets([plain(choice) for choice in message.poll.choices])
        natively = dialogue.say("rituals.preview_poll")
        parts += [plain(message.poll.question), choices, natively]
    labels = [
        f"{button.label} ({button.does.url})" if isinstance(button.does, Link) else button.label
        for button in message.buttons
    ]
    if labels:
        shown = " · ".join(labels)
        parts.append(dialogue.say("rituals.preview_buttons", buttons=shown, count=len(labels)))
    return parts
