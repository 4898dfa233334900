"""A member's own figures, each with what it means."""

from core.chat.markup import bullets, join
from core.chat.messages import Text
from core.engagement import service
from core.engagement.rules import Figures, Kind, week_of
from core.engine.scene import Dialogue

SHOWN = {
    Kind.MESSAGE: "engagement.messages",
    Kind.REPLY: "engagement.replies",
    Kind.REACTION_GIVEN: "engagement.given",
    Kind.REACTION_RECEIVED: "engagement.received",
    Kind.RITUAL: "engagement.rituals",
}


async def mine(dialogue: Dialogue) -> Text:
    """What who asks did this week, in all, and on which platform."""
    member = dialogue.who.member
    start, _ = week_of(dialogue.local(dialogue.now).date(), dialogue.zone)
    week = await service.figures(dialogue.community, member, start)
    ever = await service.figures(dialogue.community, member)
    title = dialogue.say("engagement.title", since=dialogue.local(start).date())
    return join([title, bullets([_line(dialogue, kind, week, ever) for kind in Kind])])


def promise(dialogue: Dialogue) -> Text:
    """What is kept of what people do, and who sees it."""
    return dialogue.say("engagement.promise")


def _line(dialogue: Dialogue, kind: Kind, week: Figures, ever: Figures) -> Text:
    shown = dialogue.say(SHOWN[kind], week=week.of(kind), ever=ever.of(kind))
    where = ", ".join(f"{platform.title()} {n}" for platform, n in ever.on(kind).items())
    if not where:
        return shown
    return join([shown, dialogue.say("engagement.where", where=where)], " ")
