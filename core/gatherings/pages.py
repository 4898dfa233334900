"""What is shown of events: their card in the channels, and what one person is told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from core.chat import messages
from core.chat.actions import Action, OpenForm
from core.chat.markup import bullets, join, link, quote
from core.chat.messages import Button, Message, Style, Text
from core.gatherings.models import Gathering
from core.gatherings.readers import Reader
from core.gatherings.rules import (
    About,
    Change,
    Participation,
    Phase,
    Standing,
    State,
    Tally,
    phase,
)

LISTED = 10
NAMED = 40
NOBODY = Tally()


@dataclass(frozen=True, slots=True)
class Known:
    """An event with what is known of it: who looks after it, the figures, who was there."""

    row: Gathering
    hosts: tuple[str, ...] = ()
    tally: Tally = NOBODY
    figures: Participation | None = None


def where(reader: Reader, place: str) -> Text:
    """A place, or a link to it."""
    if urlsplit(place).scheme in {"http", "https"}:
        return reader.say("gatherings.where", place=link(place, place))
    return reader.say("gatherings.where", place=place)


def about(reader: Reader, known: Known) -> Text:
    """Title, moment, place, who looks after it, and the words about it."""
    row = known.row
    when = reader.when(row.starts, row.ends)
    lines = [reader.say("gatherings.moment", when=when), where(reader, row.place)]
    if known.hosts:
        lines.append(reader.say("gatherings.hosted", names=", ".join(known.hosts)))
    words = quote(row.text) if row.text.strip() else Text()
    return join([reader.say("gatherings.heading", title=row.title), bullets(lines), words])


def numbers(reader: Reader, tally: Tally) -> Text:
    """How many come, how many seats there are, how many wait or may come."""
    parts = [reader.say("gatherings.coming", count=tally.coming)]
    if tally.free is not None:
        key = "gatherings.seats" if tally.free else "gatherings.full"
        parts.append(reader.say(key, count=tally.free))
    if tally.waiting:
        parts.append(reader.say("gatherings.waiting", count=tally.waiting))
    if tally.maybe:
        parts.append(reader.say("gatherings.maybe_count", count=tally.maybe))
    return join(parts, " · ")


def buttons(reader: Reader, known: Known) -> tuple[Button, ...]:
    """What can be done about it now."""
    row, number = known.row, str(known.row.id)
    if phase(row.starts, row.ends, reader.now) is not Phase.AHEAD:
        return (
            reader.button(
                "gatherings.attend", OpenForm("gatherings.attend", number), Style.PRIMARY
            ),
        )
    come = Action("gatherings.come", number)
    return (
        reader.button("gatherings.queue", come, Style.PRIMARY)
        if known.tally.free == 0
        else reader.button("gatherings.come", come, Style.PRIMARY),
        reader.button("gatherings.maybe", Action("gatherings.maybe", number)),
        reader.button("gatherings.leave", Action("gatherings.leave", number)),
        reader.button("gatherings.remind", Action("gatherings.remind", number)),
    )


def card(reader: Reader, known: Known, *, closed: bool = False) -> Message:
    """What everybody sees of it; once `closed` its code is no longer taken."""
    row = known.row
    if row.state is State.CANCELLED:
        when = reader.when(row.starts, row.ends)
        return Message(reader.say("gatherings.card_cancelled", title=row.title, when=when))
    parts = [about(reader, known), outcome(reader, known)]
    if row.replay:
        parts.append(reader.say("gatherings.replay", link=link(row.replay, row.replay)))
    return Message(join(parts), () if closed else buttons(reader, known))


def outcome(reader: Reader, known: Known) -> Text:
    """The figures: who comes, and once it is over who came."""
    row, figures = known.row, known.figures
    if figures is None or phase(row.starts, row.ends, reader.now) is not Phase.OVER:
        return numbers(reader, known.tally)
    if figures.rate is None:
        return reader.say("gatherings.came", count=figures.besides)
    said = reader.say(
        "gatherings.rate",
        count=figures.registered,
        came=figures.came,
        rate=figures.rate,
    )
    besides = reader.say("gatherings.besides", count=figures.besides) if figures.besides else Text()
    return join([said, besides], " ")


STANDINGS: Mapping[Standing, str] = {
    Standing.COMING: "gatherings.you_come",
    Standing.WAITING: "gatherings.you_wait",
    Standing.MAYBE: "gatherings.you_may",
    Standing.NO: "gatherings.you_do_not",
}


def standing(reader: Reader, said: Standing, place: int) -> Text:
    """What somebody said, and their place when they wait."""
    return reader.say(STANDINGS[said], place=place)


def draft(reader: Reader, known: Known) -> Message:
    """What was understood, before anybody else sees it."""
    number = str(known.row.id)
    seats = known.row.capacity
    room = (
        reader.say("gatherings.no_limit")
        if seats is None
        else reader.say("gatherings.limit", count=seats)
    )
    text = join([reader.say("gatherings.understood"), about(reader, known), room])
    return Message(
        text,
        (
            reader.button(
                "gatherings.publish", Action("gatherings.publish", number), Style.PRIMARY
            ),
            reader.button("gatherings.correct", OpenForm("gatherings.edit", number)),
            reader.button("gatherings.drop", Action("gatherings.drop", number), Style.DANGER),
        ),
    )


def listing(reader: Reader, rows: Sequence[Known]) -> Message:
    """What is to come, each with a button to see it."""
    if not rows:
        return Message(reader.say("gatherings.none"))
    lines = [
        reader.say(
            "gatherings.line",
            title=known.row.title,
            when=reader.when(known.row.starts, known.row.ends),
            numbers=numbers(reader, known.tally),
        )
        for known in rows[:LISTED]
    ]
    more = len(rows) - LISTED
    rest = reader.say("gatherings.more", count=more) if more > 0 else Text()
    shown = tuple(
        Button(known.row.title[:NAMED], Action("gatherings.show", str(known.row.id)))
        for known in rows[:LISTED]
    )
    return Message(join([reader.say("gatherings.title"), bullets(lines), rest]), shown)


def people(reader: Reader, names: Mapping[Standing, Sequence[str]]) -> Text:
    """Who comes and who waits, for who looks after it."""
    lines = [
        reader.say(key, names=", ".join(names[said]))
        for said, key in (
            (Standing.COMING, "gatherings.names_coming"),
            (Standing.WAITING, "gatherings.names_waiting"),
            (Standing.MAYBE, "gatherings.names_maybe"),
        )
        if names.get(said)
    ]
    return bullets(lines)


CHANGED: Mapping[Change, str] = {
    Change.TITLE: "gatherings.changed_title",
    Change.WHEN: "gatherings.changed_when",
    Change.PLACE: "gatherings.changed_place",
}


def changed(reader: Reader, row: Gathering, before: About, different: Sequence[Change]) -> Message:
    """What is different from what somebody signed up for."""
    after = row.about

    def seen(which: About) -> dict[Change, str]:
        when = reader.when(which.starts, which.ends)
        return {Change.TITLE: which.title, Change.WHEN: when, Change.PLACE: which.place}

    old, new = seen(before), seen(after)
    lines = [
        reader.say(CHANGED[change], before=old[change], after=new[change]) for change in different
    ]
    number = str(row.id)
    return Message(
        join([reader.say("gatherings.changed", title=before.title), bullets(lines)]),
        (
            reader.button("gatherings.see", Action("gatherings.show", number)),
            reader.button("gatherings.leave", Action("gatherings.leave", number)),
        ),
    )


def agenda(row: Gathering) -> messages.Gathering:
    """It, as a platform's own agenda takes it."""
    key = f"gathering-{row.id}"
    return messages.Gathering(key, row.title, row.starts, row.ends, row.place, row.text)
