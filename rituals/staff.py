"""What community builders do with the rituals: look ahead, publish now, skip, pause, resume."""

from collections.abc import Mapping, Sequence

from core.chat.actions import Action, Choice
from core.chat.adapter import Answer
from core.chat.events import ButtonPressed, CommandInvoked
from core.chat.identity import Platform, Role, Workspace
from core.chat.markup import bullets, join, words
from core.chat.messages import Message, Reply, Style, Text
from core.engine.routes import Routes, Wants
from core.engine.scene import Dialogue
from core.members.models import Member
from rituals import changes, dates, pages, runner, service
from rituals.asking import NOTICE
from rituals.calendar import ANNOUNCES
from rituals.kinds import Appointment
from rituals.models import Change, TurnState
from rituals.rules import RitualSettings, RitualsSettings

routes = Routes("rituals")


async def suggest(dialogue: Dialogue, typed: str) -> Sequence[Choice]:
    """The rituals whose name holds what is typed."""
    wanted = typed.strip().casefold()
    return [
        Choice(ritual.slug, ritual.title)
        for ritual in await dates.programme(dialogue)
        if wanted in ritual.slug or wanted in ritual.title.casefold()
    ]


WHICH = Wants("rituel", required=False, completes=suggest)


async def meant(dialogue: Dialogue, event: CommandInvoked) -> RitualSettings:
    """The ritual somebody names, the first when they name none. Raises Refused."""
    return dates.chosen(await dates.programme(dialogue), str(event.arguments.get("rituel", "")))


@routes.command("rituel aperçu", WHICH, role=Role.BUILDER)
async def preview(dialogue: Dialogue, event: CommandInvoked) -> Answer:
    """Show exactly what will be published, when, and whose turn it is."""
    found = await dates.coming(dialogue, await meant(dialogue, event))
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
    return Reply(Message(join([*parts, *await shown(dialogue, found)])))


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


async def shown(dialogue: Dialogue, found: Appointment) -> list[Text]:
    """What would be published now on each platform, those that read the same put together."""
    groups: dict[tuple[str, ...], list[Platform]] = {}
    pages_of: dict[tuple[str, ...], list[Text]] = {}
    for home in dialogue.workspaces:
        page = await _page(dialogue, found, home)
        read = tuple(words(part) for part in page)
        groups.setdefault(read, []).append(home.platform)
        pages_of.setdefault(read, page)
    if len(groups) == 1:
        return next(iter(pages_of.values()))
    parts: list[Text] = []
    for read, platforms in groups.items():
        names = ", ".join(platform.title() for platform in platforms)
        parts += [dialogue.say("rituals.preview_on", platforms=names), *pages_of[read]]
    return parts


async def _page(dialogue: Dialogue, found: Appointment, home: Workspace) -> list[Text]:
    """What would be published now in one workspace, and what it is."""
    announces = found.kind.announces
    before = await announces(dialogue, found, home) if announces else None
    message = await found.kind.shown(dialogue, found, home)
    body = pages.words(dialogue, message) if message else []
    if before is not None and (at := found.steps.others.get(ANNOUNCES)):
        first = dialogue.say("rituals.preview_announced", at=dialogue.local(at))
        key = "rituals.preview_then" if message else "rituals.preview_then_silent"
        return [first, *pages.words(dialogue, before), dialogue.say(key), *body]
    if message is None:
        return [dialogue.say("rituals.preview_silent")]
    key = "rituals.preview_exactly"
    if found.kind.in_turn:
        tip = await service.ready(found)
        if tip is None:
            key = "rituals.preview_open"
        elif tip.occurrence_id is None:
            key = "rituals.preview_reserve"
    return [dialogue.say(key), *body]


@routes.command("rituel maintenant", WHICH, role=Role.BUILDER)
async def publish_now(dialogue: Dialogue, event: CommandInvoked) -> Answer:
    """Ask to confirm that the next date is published now."""
    found = await dates.coming(dialogue, await meant(dialogue, event))
    confirm = dialogue.button(
        "rituals.now_button", Action("rituals.now", str(found.row.id)), Style.PRIMARY
    )
    question = dialogue.say("rituals.now_ask", day=found.steps.day, title=found.settings.title)
    return Reply(Message(join([question, *await shown(dialogue, found)]), (confirm,)))


@routes.button("rituals.now", role=Role.BUILDER)
async def confirmed(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """Publish the date now, once."""
    found = await dates.named(dialogue, event.action.argument)
    if await runner.publish(dialogue, found) is None:
        return dialogue.reply("rituals.now_already", day=found.steps.day, edits=True)
    following = await dates.coming(dialogue, found.settings)
    publish = dialogue.local(following.steps.opens)
    return dialogue.reply("rituals.now_done", next=publish, edits=True)


@routes.command("rituel passer", WHICH, role=Role.BUILDER)
async def skip(dialogue: Dialogue, event: CommandInvoked) -> Answer:
    """Skip the next date."""
    found = await dates.coming(dialogue, await meant(dialogue, event))
    following = await changes.skip(dialogue, found, dialogue.who.member)
    assert following is not None  # noqa: S101  `coming` only finds dates that are to come
    back = dialogue.button("rituals.restore", Action("rituals.restore", str(found.row.id)))
    publish = dialogue.local(following.steps.opens)
    return dialogue.reply("rituals.skipped", back, day=found.steps.day, next=publish)


@routes.button("rituals.restore", role=Role.BUILDER)
async def restore(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """Have a skipped date take place after all."""
    found = await dates.named(dialogue, event.action.argument)
    if dialogue.now >= found.steps.opens:
        return dialogue.reply("rituals.over", day=found.steps.day, edits=True)
    await changes.restore(dialogue, found)
    publish = dialogue.local(found.steps.opens)
    return dialogue.reply("rituals.restored", publish=publish, edits=True)


@routes.command("rituel pause", WHICH, role=Role.BUILDER)
async def pause(dialogue: Dialogue, event: CommandInvoked) -> Answer:
    """Let the ritual rest: nobody is asked and nothing is published."""
    settings = await meant(dialogue, event)
    changed = await changes.pause(dialogue, settings, dialogue.who.member)
    found = await dates.coming(dialogue, settings)
    publish = dialogue.local(found.steps.opens)
    key = "rituals.paused" if changed else "rituals.paused_already"
    return dialogue.reply(key, title=settings.title, publish=publish)


@routes.command("rituel reprendre", WHICH, role=Role.BUILDER)
async def resume(dialogue: Dialogue, event: CommandInvoked) -> Answer:
    """Take the ritual up again."""
    settings = await meant(dialogue, event)
    changed = await changes.resume(dialogue, settings, dialogue.who.member)
    found = await dates.coming(dialogue, settings)
    publish = dialogue.local(found.steps.opens)
    key = "rituals.resumed" if changed else "rituals.resumed_already"
    return dialogue.reply(key, title=settings.title, publish=publish)


@routes.command("rituel liste", role=Role.BUILDER)
async def overview(dialogue: Dialogue, _event: CommandInvoked) -> Answer:
    """List the rituals: when they fall, the next date, and what holds instead of the file."""
    file = {ritual.slug: ritual for ritual in dialogue.settings(RitualsSettings).programme}
    lines = [
        join([await _line(dialogue, settings), *await _changed(dialogue, file, settings)], " ")
        for settings in await dates.programme(dialogue)
    ]
    return Reply(Message(join([dialogue.say("rituals.list"), bullets(lines)])))


async def _line(dialogue: Dialogue, settings: RitualSettings) -> Text:
    found = await dates.coming(dialogue, settings)
    key = "rituals.list_paused" if found.paused else "rituals.list_active"
    when = pages.rhythm(dialogue.texts, dialogue.who.language, settings)
    publish = dialogue.local(found.steps.opens)
    return dialogue.say(key, title=settings.title, slug=settings.slug, when=when, publish=publish)


async def _changed(
    dialogue: Dialogue, file: Mapping[str, RitualSettings], settings: RitualSettings
) -> list[Text]:
    """What people changed of it, beside what the file says."""
    rows = list(reversed(await changes.standing(dialogue, settings)))
    origin = file.get(settings.slug) or next(
        (RitualSettings.model_validate(row.value) for row in rows if row.what is Change.CREATE),
        settings,
    )
    made = [pages.change(dialogue, row, settings) for row in rows if row.what is Change.CREATE]
    return [*made, *pages.overridden(dialogue, origin, settings, rows)]
