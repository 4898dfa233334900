"""The watch's rounds, what moderators can ask of it, and how they settle a doubt."""

from core.chat.actions import row_named
from core.chat.adapter import Answer
from core.chat.events import ButtonPressed, CommandInvoked
from core.chat.identity import Role
from core.chat.messages import Message, Reply
from core.engine.routes import Routes
from core.engine.scene import Dialogue, Scene
from core.watch import looking, pages, service
from core.watch.pages import LISTED
from core.watch.rules import Pulses

routes = Routes("watch")


@routes.round
async def look(scene: Scene) -> None:
    """Tell whom it concerns what is late, doubtful or given up."""
    await looking.look(scene)


@routes.command("statut", role=Role.MODERATOR)
async def status(dialogue: Dialogue, event: CommandInvoked) -> Answer:
    """Whether everything works, in plain words."""
    known = dialogue.settings(Pulses).by
    pulses = [known[platform] for platform in sorted(known)]
    return Reply(await pages.status(dialogue, dialogue.who.language, pulses))


@routes.command("envois", role=Role.MODERATOR)
async def deliveries(dialogue: Dialogue, event: CommandInvoked) -> Answer:
    """What is owed, doubtful and given up."""
    return Reply(await pages.deliveries(dialogue, dialogue.who.language))


@routes.button("watch.list", role=Role.MODERATOR)
async def show(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """The same, from the message that says that there are doubtful ones."""
    return Reply(await pages.deliveries(dialogue, dialogue.who.language))


@routes.button("watch.resend", role=Role.MODERATOR)
async def resend(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """It did not arrive: once more, in its turn."""
    done = await service.resend(dialogue, _row(event))
    return await _settled(dialogue, event, "watch.resent" if done else "watch.settled")


@routes.button("watch.arrived", role=Role.MODERATOR)
async def arrived(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """It arrived all the same: nothing more is owed."""
    done = await service.arrived(dialogue, _row(event))
    return await _settled(dialogue, event, "watch.noted" if done else "watch.settled")


def _row(event: ButtonPressed) -> int:
    return row_named(event.action.argument.removesuffix(LISTED))


async def _settled(dialogue: Dialogue, event: ButtonPressed, key: str) -> Reply:
    """From the list: the list as it now stands; else the question is replaced by the answer."""
    if event.action.argument.endswith(LISTED):
        return Reply(await pages.deliveries(dialogue, dialogue.who.language), edits=True)
    said = pages.Page(dialogue).say(key, name=dialogue.who.name)
    return Reply(Message(said), edits=True)
