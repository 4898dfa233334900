"""What moderators do with the programme: look ahead, publish now, skip, pause, resume."""

from collections.abc import Sequence

from core.chat.actions import Action, Choice
from core.chat.adapter import Answer
from core.chat.events import ButtonPressed, CommandInvoked
from core.chat.markup import bullets, join, plain
from core.chat.messages import Message, Reply, Style, Text
from core.engine.scene import Dialogue
from core.members.models import Member
from rituals import changes, dates, runner, service
from rituals.asking import NOTICE
from rituals.calendar import ANNOUNCES
from rituals.kinds import Appointment
from rituals.models import TurnState
from rituals.rules import RitualSettings


async def suggest(dialogue: Dialogue, typed: str) -> Sequence[Choice]:
    """The rituals whose name holds what is typed."""
    wanted = typed.strip().casefold()
    return [
        Choice(ritual.slug, ritual.title)
        for ritual in await dates.programme(dialogue)
        if wanted in ritual.slug or wanted in ritual.title.casefold()
    ]


async def _meant(dialogue: Dialogue, event: CommandInvoked) -> RitualSettings:
    return dates.chosen(await dates.programme(dialogue), str(event.arguments.get("rituel", "")))


async def preview(dialogue: Dialogue, event: CommandInvoked) -> Answer:
    """Show exactly what will be published, when, and whose turn it is."""
    found = await dates.coming(dialogue, await _meant(dialogue, event))
    parts = [
        dialogue.say(
            "rituals.preview",
            title=found.settings.title,
            publish=dialogue.local(found.steps.opens),
        )
    ]
    if found.paused:
        parts.append(dialogue.say("rituals.preview_paused"))
    if found.kind.in_turn:
        parts.append(await _turn(dialogue, found))
    return Reply(Message(join([*parts, *await _shown(dialogue, found)])))


async def _turn(dialogue: Dialogue, found: Appointment) -> Text:
    turn = await service.holder(found.row)
    if turn is not None:
        name, at = turn.member.name, dialogue.local(turn.asked_at)
        if turn.state is TurnState.OFFERED:
            return dialogue.say("rituals.preview_offered", name=name, at=at)
        if await service.given(found, turn.member_id):
            return dialogue.say("rituals.preview_given", name=name)
        return dialogue.say("rituals.preview_promised", name=name)
    line = await service.next_in_line(found)
    if not line:
        return dialogue.say("rituals.preview_nobody")
    first = await Member.get(id=line[0])
    notice = dialogue.local(max(found.steps[NOTICE], dialogue.now))
    return dialogue.say("rituals.preview_next", name=first.name, notice=notice)


async def _shown(dialogue: Dialogue, found: Appointment) -> list[Text]:
    """What would be published now on the platform of whoever asks, and what it is."""
    home, announces = dialogue.who.account.home, found.kind.announces
    before = await announces(dialogue, found, home) if announces else None
    message = await found.kind.shown(dialogue, found, home)
    if message is None:
        return [dialogue.say("rituals.preview_silent")]
    if before is not None and (at := found.steps.others.get(ANNOUNCES)):
        first = dialogue.say("rituals.preview_announced", at=dialogue.local(at))
        return [first, *_words(before), dialogue.say("rituals.preview_then"), *_words(message)]
    key = "rituals.preview_exactly"
    if found.kind.in_turn:
        tip = await service.ready(found)
        if tip is None:
            key = "rituals.preview_open"
        elif tip.occurrence_id is None:
            key = "rituals.preview_reserve"
    return [dialogue.say(key), *_words(message)]


def _words(message: Message) -> list[Text]:
    """What a message says, and what its poll asks."""
    poll = message.poll
    if poll is None:
        return [message.text]
    return [message.text, plain(poll.question), bullets([plain(each) for each in poll.choices])]


async def publish_now(dialogue: Dialogue, event: CommandInvoked) -> Answer:
    """Ask to confirm that the next date is published now."""
    found = await dates.coming(dialogue, await _meant(dialogue, event))
    confirm = dialogue.button(
        "rituals.now_button", Action("rituals.now", str(found.row.id)), Style.PRIMARY
    )
    question = dialogue.say("rituals.now_ask", day=found.steps.day, title=found.settings.title)
    return Reply(Message(join([question, *await _shown(dialogue, found)]), (confirm,)))


async def confirmed(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """Publish the date now, once."""
    found = await dates.named(dialogue, event.action.argument)
    if await runner.publish(dialogue, found) is None:
        return dialogue.reply("rituals.now_already", day=found.steps.day, edits=True)
    following = await dates.coming(dialogue, found.settings)
    publish = dialogue.local(following.steps.opens)
    return dialogue.reply("rituals.now_done", next=publish, edits=True)


async def skip(dialogue: Dialogue, event: CommandInvoked) -> Answer:
    """Skip the next date."""
    found = await dates.coming(dialogue, await _meant(dialogue, event))
    following = await changes.skip(dialogue, found, dialogue.who.member)
    assert following is not None  # noqa: S101  `coming` only finds dates that are to come
    back = dialogue.button("rituals.restore", Action("rituals.restore", str(found.row.id)))
    publish = dialogue.local(following.steps.opens)
    return dialogue.reply("rituals.skipped", back, day=found.steps.day, next=publish)


async def restore(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """Have a skipped date take place after all."""
    found = await dates.named(dialogue, event.action.argument)
    if dialogue.now >= found.steps.opens:
        return dialogue.reply("rituals.over", day=found.steps.day, edits=True)
    await changes.restore(dialogue, found)
    publish = dialogue.local(found.steps.opens)
    return dialogue.reply("rituals.restored", publish=publish, edits=True)


async def pause(dialogue: Dialogue, event: CommandInvoked) -> Answer:
    """Let the ritual rest: nobody is asked and nothing is published."""
    settings = await _meant(dialogue, event)
    changed = await changes.pause(dialogue, settings, dialogue.who.member)
    found = await dates.coming(dialogue, settings)
    publish = dialogue.local(found.steps.opens)
    key = "rituals.paused" if changed else "rituals.paused_already"
    return dialogue.reply(key, title=settings.title, publish=publish)


async def resume(dialogue: Dialogue, event: CommandInvoked) -> Answer:
    """Take the ritual up again."""
    settings = await _meant(dialogue, event)
    changed = await changes.resume(dialogue, settings, dialogue.who.member)
    found = await dates.coming(dialogue, settings)
    publish = dialogue.local(found.steps.opens)
    key = "rituals.resumed" if changed else "rituals.resumed_already"
    return dialogue.reply(key, title=settings.title, publish=publish)


async def overview(dialogue: Dialogue, _event: CommandInvoked) -> Answer:
    """List the rituals: when the next date is, and whether they rest."""
    lines = []
    for settings in await dates.programme(dialogue):
        found = await dates.coming(dialogue, settings)
        key = "rituals.list_paused" if found.paused else "rituals.list_active"
        publish = dialogue.local(found.steps.opens)
        lines.append(dialogue.say(key, title=settings.title, slug=settings.slug, publish=publish))
    return Reply(Message(join([dialogue.say("rituals.list"), bullets(lines)])))
