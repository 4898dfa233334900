"""Votes as they come, where a poll stands, and its end."""

from core.chat.adapter import Answer
from core.chat.events import ButtonPressed, PollVoted
from core.chat.identity import MessageRef
from core.engine.routes import Routes
from core.engine.scene import Dialogue, Scene
from core.polls import service

routes = Routes("polls")


@routes.on(PollVoted)
async def voted(dialogue: Dialogue, event: PollVoted) -> Answer:
    """Take a vote in a platform's own poll."""
    await service.vote(dialogue, event)
    return None


@routes.button("polls.vote")
async def press(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """Take a vote where the answers are buttons, and say in private what is counted."""
    chosen = await service.press(dialogue, event.action.argument)
    if not chosen:
        return dialogue.reply("polls.withdrawn")
    return dialogue.reply("polls.voted", choices=", ".join(chosen))


@routes.delivered("polls.stands")
async def stands(scene: Scene, key: str, ref: MessageRef) -> None:
    """Note where a poll stands."""
    await service.stands(scene, key, ref)


@routes.job("polls.close")
async def close(scene: Scene, key: str) -> None:
    """End a poll at its time."""
    await service.close(scene, key)
