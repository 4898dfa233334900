"""What who looks after an event does: write, announce, change, cancel it, show its code."""

from collections.abc import Mapping, Sequence

from core.chat.actions import Action, Choice, OpenForm
from core.chat.adapter import Answer
from core.chat.events import ButtonPressed, CommandInvoked, FormSubmitted
from core.chat.markup import inert, join
from core.chat.messages import Invalid, Message, Reply, Style
from core.engine.scene import Dialogue
from core.gatherings import cards, finding, pages, readers, rules, seats, service
from core.gatherings.models import Gathering
from core.gatherings.rules import GatheringsSettings, State
from core.gatherings.service import Draft
from core.gatherings.written import Unclear, understood
from core.members import service as members

UNCLEAR: Mapping[Unclear, str] = {
    Unclear.DAY: "gatherings.unclear_day",
    Unclear.HOUR: "gatherings.unclear_hour",
    Unclear.WEEKDAY: "gatherings.unclear_weekday",
    Unclear.PAST: "gatherings.unclear_past",
}
NAMED = 60


def typed(event: CommandInvoked) -> str:
    """Which event somebody wrote they mean, empty when they did not."""
    return str(event.arguments.get("événement", ""))


def choices(dialogue: Dialogue, rows: Sequence[Gathering], written: str) -> list[Choice]:
    """Those events whose title holds what is typed."""
    wanted = rules.folded(written)
    return [
        Choice(str(row.id), f"{row.title[:NAMED]} ({dialogue.local(row.starts):%d/%m %H:%M})")
        for row in rows
        if wanted in rules.folded(row.title)
    ]


async def _mine(dialogue: Dialogue, event: CommandInvoked) -> Gathering:
    """The event meant, among those whoever acts looks after, locked."""
    row = finding.named(await finding.manageable(dialogue), typed(event))
    return await finding.mine(dialogue, str(row.id))


# -- writing -----------------------------------------------------------------------------------


async def create(dialogue: Dialogue, _event: CommandInvoked) -> Answer:
    """Offer the form to who may call an event, and say so to who may not before they fill it."""
    finding.may_create(dialogue)
    describe = OpenForm("gatherings.create")
    return dialogue.reply(
        "gatherings.how", dialogue.button("gatherings.describe", describe, Style.PRIMARY)
    )


async def created(dialogue: Dialogue, event: FormSubmitted) -> Answer:
    """Keep it, and show what was understood before anybody else sees it."""
    finding.may_create(dialogue)
    read = await _read(dialogue, event, None)
    if isinstance(read, Invalid):
        return read
    row = await service.draft(dialogue, read)
    return Reply(pages.draft(await readers.reading(dialogue), await cards.known(row)))


async def _read(dialogue: Dialogue, event: FormSubmitted, row: Gathering | None) -> Draft | Invalid:
    """What a form says of an event, or what is wrong with it; what is left empty stays `row`'s."""
    answers = {name: inert(answer).strip() for name, answer in event.answers.items()}
    said = {name: answer for name, answer in answers.items() if answer}
    errors: dict[str, str] = {}
    moments, capacity = (row.starts, row.ends) if row else None, row.capacity if row else None
    if "when" in said:
        found = await _moments(dialogue, said["when"], row)
        if isinstance(found, Unclear):
            errors["when"] = dialogue.label(UNCLEAR[found])
        else:
            moments = found
    if "capacity" in said:
        try:
            capacity = rules.capacity_of(said["capacity"])
        except ValueError:
            errors["capacity"] = dialogue.label("gatherings.capacity_wrong")
    if errors or moments is None:
        return Invalid(errors)
    return Draft(
        title=" ".join(said.get("title", row.title if row else "").split()),
        moments=moments,
        place=" ".join(said.get("place", row.place if row else "").split()),
        capacity=capacity,
        text=said.get("text", row.text if row else ""),
    )


async def _moments(
    dialogue: Dialogue, written: str, row: Gathering | None
) -> rules.Moments | Unclear:
    """From when to when, on the clock of who writes it; as long as before when it is moved."""
    reader = await readers.reading(dialogue)
    lasting = row.ends - row.starts if row else dialogue.settings(GatheringsSettings).lasting
    found = understood(written, dialogue.now, reader.zone, lasting)
    return found if isinstance(found, Unclear) else (found.starts, found.ends)


async def publish(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """Announce it everywhere, if whoever wrote it still may."""
    row = await finding.mine(dialogue, event.action.argument)
    finding.may_create(dialogue)
    done = await service.announce(dialogue, row)
    key = "gatherings.published" if done else "gatherings.published_already"
    return dialogue.reply(key, title=row.title, edits=True)


async def drop(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """Forget a draft."""
    row = await finding.mine(dialogue, event.action.argument)
    done = await service.drop(row)
    key = "gatherings.dropped" if done else "gatherings.published_already"
    return dialogue.reply(key, title=row.title, edits=True)


# -- changing ----------------------------------------------------------------------------------


async def change(dialogue: Dialogue, event: CommandInvoked) -> Answer:
    """Show it as it is, with the form that changes it."""
    row = await _mine(dialogue, event)
    reader = await readers.reading(dialogue)
    text = join([pages.about(reader, await cards.known(row)), reader.say("gatherings.change_how")])
    form = OpenForm("gatherings.edit", str(row.id))
    return Reply(Message(text, (reader.button("gatherings.change", form, Style.PRIMARY),)))


async def edited(dialogue: Dialogue, event: FormSubmitted) -> Answer:
    """Change it, and show what was understood."""
    row = await finding.mine(dialogue, event.argument)
    read = await _read(dialogue, event, row)
    if isinstance(read, Invalid):
        return read
    await service.edit(dialogue, row, read)
    reader, known = await readers.reading(dialogue), await cards.known(row)
    if row.state is State.DRAFT:
        return Reply(pages.draft(reader, known), edits=True)
    minutes = dialogue.settings(GatheringsSettings).tell_after_minutes
    said = reader.say("gatherings.edited", minutes=minutes)
    again = reader.button("gatherings.correct", OpenForm("gatherings.edit", str(row.id)))
    return Reply(Message(join([said, pages.about(reader, known)]), (again,)), edits=True)


async def cancel(dialogue: Dialogue, event: CommandInvoked) -> Answer:
    """Ask to confirm that it does not take place."""
    row = await _mine(dialogue, event)
    people = len(await seats.concerned(row))
    does = Action("gatherings.cancel", str(row.id))
    button = dialogue.button("gatherings.cancel_button", does, Style.DANGER)
    return dialogue.reply("gatherings.cancel_ask", button, title=row.title, count=people)


async def cancelled(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """It does not take place."""
    row = await finding.mine(dialogue, event.action.argument)
    done = await service.cancel(dialogue, row)
    key = "gatherings.cancel_done" if done else "gatherings.cancel_already"
    return dialogue.reply(key, title=row.title, edits=True)


async def host(dialogue: Dialogue, event: CommandInvoked) -> Answer:
    """Somebody else looks after it too."""
    row = await _mine(dialogue, event)
    who = event.arguments["membre"]
    member = await members.find(dialogue, who)
    if member is None:
        return dialogue.reply("gatherings.nobody", who=str(who))
    done = await service.add_host(dialogue, row, member)
    key = "gatherings.host_added" if done else "gatherings.host_already"
    return dialogue.reply(key, name=member.name, title=row.title)


# -- when it takes place, and after ------------------------------------------------------------


async def code(dialogue: Dialogue, event: CommandInvoked) -> Answer:
    """The code to show at the event."""
    row = await _mine(dialogue, event)
    return dialogue.reply("gatherings.show_code", title=row.title, code=row.code)


async def replay(dialogue: Dialogue, event: CommandInvoked) -> Answer:
    """Say where it can be seen again."""
    url = rules.link_of(inert(str(event.arguments.get("lien", ""))))
    if url is None:
        return dialogue.reply("gatherings.link_wrong")
    row = finding.named(await finding.begun(dialogue), typed(event))
    row = await finding.mine(dialogue, str(row.id))
    await service.give_replay(dialogue, row, url)
    return dialogue.reply("gatherings.replay_given", title=row.title)
