"""Which events are counted, and `/moi`: a member's own figures, each with what it means."""

from collections.abc import Sequence

from core.chat.adapter import Answer
from core.chat.events import (
    CommandInvoked,
    MessageDeleted,
    MessagePosted,
    ReactionAdded,
    ReactionRemoved,
)
from core.chat.markup import bullets, join
from core.chat.messages import Message, Reply, Text
from core.engagement import recording, service
from core.engagement.rules import Figures, Kind, week_of
from core.engine.routes import Routes
from core.engine.scene import Dialogue, Scene, Speaker

routes = Routes("engagement")

SHOWN = {
    Kind.MESSAGE: "engagement.messages",
    Kind.REPLY: "engagement.replies",
    Kind.REACTION_GIVEN: "engagement.given",
    Kind.REACTION_RECEIVED: "engagement.received",
    Kind.RITUAL: "engagement.rituals",
}


@routes.crowd(MessagePosted, ReactionAdded, ReactionRemoved)
async def done(scene: Scene, said: Sequence[tuple[Speaker, recording.Done]]) -> None:
    """What is done in a channel counts; what is done in a conversation with the bot does not."""
    await recording.record(scene, [one for one in said if not one[1].message.channel.private])


@routes.fact(MessageDeleted)
async def deleted(scene: Scene, events: Sequence[MessageDeleted]) -> None:
    """What was counted on a message goes with it."""
    await recording.forget(scene, [event.message for event in events])


@routes.command("moi")
async def mine(dialogue: Dialogue, event: CommandInvoked) -> Answer:
    """Show one's own figures: this week, in all, and on which platform."""
    member = dialogue.who.member
    start, _ = week_of(dialogue.local(dialogue.now).date(), dialogue.zone)
    week = await service.figures(dialogue.community, member, start)
    ever = await service.figures(dialogue.community, member)
    title = dialogue.say("engagement.title", since=dialogue.local(start).date())
    lines = bullets([_line(dialogue, kind, week, ever) for kind in Kind])
    return Reply(Message(join([title, lines, dialogue.say("engagement.promise")])))


def _line(dialogue: Dialogue, kind: Kind, week: Figures, ever: Figures) -> Text:
    shown = dialogue.say(SHOWN[kind], week=week.of(kind), ever=ever.of(kind))
    where = ", ".join(f"{platform.title()} {n}" for platform, n in ever.on(kind).items())
    if not where:
        return shown
    return join([shown, dialogue.say("engagement.where", where=where)], " ")
