"""Importing who was trained, showing a passport, and greeting who arrives."""

from datetime import time

from core.arrivals import guiding, pages, rules, service
from core.arrivals.reading import Unreadable
from core.chat.actions import Action
from core.chat.adapter import Answer
from core.chat.events import ButtonPressed, CommandInvoked, MemberJoined
from core.chat.identity import Role
from core.chat.markup import mention, plain
from core.chat.messages import Reply
from core.engine.errors import Refused
from core.engine.routes import Routes, Wants
from core.engine.scene import Dialogue, Scene
from core.engine.schedule import EVERY_DAY, Weekly
from core.members import service as members

routes = Routes("arrivals")

AT_NIGHT = Weekly(EVERY_DAY, time(4, 40))
HEAD = (
    "arrivals.head_name",
    "arrivals.head_email",
    "arrivals.head_training",
    "arrivals.head_cohort",
    "arrivals.head_code",
    "arrivals.head_link",
    "arrivals.head_until",
)
"""The columns of the file of passports; the first four are read again by an import."""

# -- a file ------------------------------------------------------------------------------------


@routes.command(
    "import",
    Wants("fichier", required=False, file=True),
    Wants("quoi", required=False, choices=("bilan",)),
    role=Role.ADMIN,
)
async def bring(dialogue: Dialogue, event: CommandInvoked) -> Answer:
    """Show what a file would change, or how far those who were imported have come."""
    if event.arguments.get("quoi") == "bilan":
        known = await service.stands(dialogue)
        return Reply(pages.figures(dialogue, rules.funnel(known), rules.by_cohort(known)))
    if event.document is None:
        return dialogue.reply("arrivals.how")
    try:
        looked = await service.look(dialogue, event.document.content)
    except Unreadable as error:
        raise Refused("arrivals.unreadable") from error
    draft = None if looked.plan.empty else await service.keep(dialogue, looked)
    return Reply(pages.looked(dialogue, looked, draft))


@routes.button("arrivals.import", role=Role.ADMIN)
async def confirm(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """Import the file whose effect was shown."""
    people = await service.take(dialogue, event.action.argument)
    done = await service.bring_in(dialogue, people)
    return Reply(pages.imported(dialogue, done), edits=True)


@routes.button("arrivals.drop", role=Role.ADMIN)
async def drop(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """Forget it."""
    await service.take(dialogue, event.action.argument)
    return dialogue.reply("arrivals.dropped", edits=True)


@routes.job("arrivals.tidy", recurs=lambda _scene: AT_NIGHT)
async def tidy(scene: Scene, _day: str) -> None:
    """Forget files nobody imported."""
    await service.tidy(scene)


# -- passports ---------------------------------------------------------------------------------


@routes.command("passeports", Wants("promotion", required=False), role=Role.ADMIN)
async def passports(dialogue: Dialogue, event: CommandInvoked) -> Answer:
    """Give each person who has not joined a code, and the codes as a file."""
    rows = await service.issue(dialogue, str(event.arguments.get("promotion", "")))
    if not rows:
        return dialogue.reply("arrivals.no_passport")
    head = [dialogue.label(key) for key in HEAD]
    name = f"{dialogue.label('arrivals.file')}.csv"
    return Reply(pages.passports(dialogue, rows, service.written(dialogue, rows, head, name)))


@routes.command("passeport", Wants("code"))
async def passport(dialogue: Dialogue, event: CommandInvoked) -> Answer:
    """Show one's code: we know from then on who they were trained as."""
    if await service.closed_door(dialogue):
        return dialogue.reply("arrivals.door_closed")
    row = await service.show(dialogue, str(event.arguments["code"]))
    if row is None:
        return dialogue.reply("arrivals.passport_unknown")
    return Reply(pages.welcome(dialogue, row))


# -- guides ------------------------------------------------------------------------------------

routes.guard("arrivals.unanswered")(guiding.unanswered)
routes.job("arrivals.guide")(guiding.look)


@routes.command("guide", Wants("combien", required=False, choices=("0", "1", "2", "3", "5")))
async def guide(dialogue: Dialogue, event: CommandInvoked) -> Answer:
    """Greet newcomers, or stop."""
    typed = event.arguments.get("combien")
    often = await guiding.volunteer(dialogue, int(str(typed)) if typed else None)
    if not often:
        return dialogue.reply("arrivals.guide_no_more")
    stop = dialogue.button("arrivals.stop", Action("arrivals.stop"))
    return dialogue.reply("arrivals.guide_now", stop, count=often)


@routes.button("arrivals.stop")
async def stop(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """Greet nobody any more."""
    await guiding.volunteer(dialogue, 0)
    return dialogue.reply("arrivals.guide_no_more", edits=True)


@routes.on(MemberJoined)
async def came(dialogue: Dialogue, event: MemberJoined) -> Answer:
    """Somebody came: a guide is looked for, later."""
    await guiding.expect(dialogue)
    return None


@routes.button("arrivals.greet")
async def greet(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """A guide greets: both know of each other."""
    newcomer, number = await guiding.greet(dialogue, event.action.argument)
    there = await members.reach(dialogue, newcomer.id)
    name = mention(there.account, there.name) if there else plain(newcomer.name)
    return Reply(pages.greeting(dialogue, number, name), edits=True)


@routes.button("arrivals.pass")
async def decline(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """A guide passes: somebody else is asked."""
    await guiding.decline(dialogue, event.action.argument)
    return dialogue.reply("arrivals.passed", edits=True)
