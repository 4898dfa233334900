"""Which events are counted."""

from collections.abc import Sequence

from core.chat.events import MessageDeleted, MessagePosted, ReactionAdded, ReactionRemoved
from core.engagement import recording
from core.engine.routes import Routes
from core.engine.scene import Scene, Speaker

routes = Routes("engagement")


@routes.crowd(MessagePosted, ReactionAdded, ReactionRemoved)
async def done(scene: Scene, said: Sequence[tuple[Speaker, recording.Done]]) -> None:
    """What is done in a channel counts; what is done in a conversation with the bot does not."""
    await recording.record(scene, [one for one in said if not one[1].message.channel.private])


@routes.fact(MessageDeleted)
async def deleted(scene: Scene, events: Sequence[MessageDeleted]) -> None:
    """What was counted on a message goes with it."""
    await recording.forget(scene, [event.message for event in events])
