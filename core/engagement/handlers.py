"""Which events are counted, and `/moi`: a member's own figures, each with what it means."""

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
from core.engagement import service
from core.engagement.rules import Figures, Kind, week_of
from core.engine.routes import Routes
from core.engine.scene import Dialogue, Scene

routes = Routes("engagement")

SHOWN = {
    Kind.MESSAGE: "engagement.messages",
    Kind.REPLY: "engagement.replies",
    Kind.REACTION_GIVEN: "engagement.given",
    Kind.REACTION_RECEIVED: "engagement.received",
    Kind.RITUAL: "engagement.rituals",
}


@routes.on(MessagePosted)
async def posted(dialogue: Dialogue, event: MessagePosted) -> Answer:
    """A message in a channel counts; what is written to the bot in private does not."""
    if not event.message.channel.private:
        await service.record_message(
            dialogue, dialogue.who.member, event.message, event.at, reply=event.reply_to is not None
        )
    return None


@routes.fact(MessageDeleted)
async def deleted(scene: Scene, event: MessageDeleted) -> None:
    """What was counted on a message goes with it."""
    await service.forget_message(scene, event.message)


@routes.on(ReactionAdded)
async def reacted(dialogue: Dialogue, event: ReactionAdded) -> Answer:
    """A reaction counts for who gives it and for who receives it."""
    if not event.message.channel.private:
        await service.record_reaction(
            dialogue, dialogue.who.member, event.message, event.emoji, event.author, event.at
        )
    return None


@routes.on(ReactionRemoved)
async def unreacted(dialogue: Dialogue, event: ReactionRemoved) -> Answer:
    """A reaction taken back no longer counts for anybody."""
    await service.forget_reaction(dialogue, dialogue.who.member, event.message, event.emoji)
    return None


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
