"""Offering something, looking for something, the team's look at it, and asking to hear of it."""

from collections.abc import Sequence
from datetime import time

from core.chat.actions import Choice, Kind
from core.chat.adapter import Answer
from core.chat.events import ButtonPressed, CommandInvoked, FormSubmitted
from core.chat.identity import MessageRef, Role
from core.chat.markup import inert
from core.chat.messages import Message, Reply
from core.engine.routes import Ask, Routes, Wants
from core.engine.scene import Dialogue, Scene
from core.engine.schedule import EVERY_DAY, Weekly
from core.library.words import folded
from core.offers import pages, rules, service
from core.offers.rules import State

routes = Routes("offers")

AT_NIGHT = Weekly(EVERY_DAY, time(4, 50))
TUESDAYS = Weekly(frozenset({1}), time(9))

# -- offering ----------------------------------------------------------------------------------

routes.command_form("offre", "offers.offer")


@routes.form(
    "offers.offer",
    Ask("title", min_length=5, max_length=rules.TITLE),
    Ask("kind", Kind.CHOICE, choices=tuple(str(kind) for kind in rules.Kind)),
    Ask("place", max_length=rules.PLACE),
    Ask("contact", min_length=5, max_length=rules.CONTACT),
    Ask("words", Kind.PARAGRAPH, min_length=20, max_length=rules.WORDS),
    inside=True,
)
async def write(dialogue: Dialogue, event: FormSubmitted) -> Answer:
    """Keep what is offered, and ask what it is about."""
    return Reply(pages.draft(dialogue, await service.begin(dialogue, event.answers)))


@routes.form(
    "offers.details",
    Ask("topic", min_length=2, max_length=rules.TOPIC),
    Ask("cpf", Kind.CHOICE, choices=("no", "yes")),
    inside=True,
)
async def finish(dialogue: Dialogue, event: FormSubmitted) -> Answer:
    """Hand it to the team."""
    offer = await service.mine(dialogue, event.argument, State.DRAFT)
    await service.propose(dialogue, offer, event.answers["topic"], event.answers["cpf"])
    return Reply(pages.handed_over(dialogue, offer), edits=True)


@routes.button("offers.drop")
async def drop(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """Offer it after all not."""
    await (await service.mine(dialogue, event.action.argument, State.DRAFT)).delete()
    return dialogue.reply("offers.dropped", edits=True)


@routes.button("offers.mine")
async def mine(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """What one offers."""
    return Reply(pages.mine(dialogue, await service.of_member(dialogue)))


@routes.button("offers.change")
async def change(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """One of one's own."""
    states = (State.PROPOSED, State.PUBLISHED, State.EXPIRED)
    return Reply(pages.own(dialogue, await service.mine(dialogue, event.action.argument, *states)))


@routes.button("offers.renew")
async def renew(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """It still stands."""
    states = (State.PUBLISHED, State.EXPIRED)
    offer = await service.mine(dialogue, event.action.argument, *states)
    until = await service.renew(dialogue, offer)
    day = dialogue.local(until).date()
    return dialogue.reply("offers.renewed", title=offer.title, day=day, edits=True)


@routes.button("offers.withdraw")
async def withdraw(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """It stands no longer."""
    states = (State.PROPOSED, State.PUBLISHED, State.EXPIRED)
    offer = await service.mine(dialogue, event.action.argument, *states)
    await service.close(dialogue, offer, State.WITHDRAWN, here=None)
    return dialogue.reply("offers.withdrawn", title=offer.title, edits=True)


@routes.button("offers.filled")
async def filled(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """Somebody was found: through whom?"""
    states = (State.PUBLISHED, State.EXPIRED)
    offer = await service.mine(dialogue, event.action.argument, *states)
    return Reply(pages.by_whom(dialogue, offer), edits=True)


@routes.button("offers.filled_by")
async def filled_by(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """Somebody was found, here or elsewhere: it is counted."""
    number, _, where = event.action.argument.partition(":")
    offer = await service.mine(dialogue, number, State.PUBLISHED, State.EXPIRED)
    here = where == "here"
    await service.close(dialogue, offer, State.FILLED, here=here)
    key = "offers.filled_here" if here else "offers.filled_elsewhere"
    return dialogue.reply(key, title=offer.title, edits=True)


# -- looking -----------------------------------------------------------------------------------


async def _topics(dialogue: Dialogue, typed: str) -> Sequence[Choice]:
    """What the offers that stand are about."""
    found = await service.topics(dialogue)
    return [Choice(topic, topic) for topic in found if folded(typed.strip()) in folded(topic)]


@routes.command("offres", Wants("sujet", required=False, completes=_topics))
async def listing(dialogue: Dialogue, event: CommandInvoked) -> Answer:
    """What can be had now."""
    topic = " ".join(inert(str(event.arguments.get("sujet", ""))).split())[: rules.TOPIC]
    offers = await service.standing(dialogue, topic)
    waits = len(await service.waiting(dialogue))
    counted = await service.filled(dialogue)
    return Reply(pages.listing(dialogue, offers, topic, waits, counted))


@routes.button("offers.see")
async def see(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """One offer whole."""
    offer = await service.readable(dialogue, event.action.argument)
    name = await service.name_of(offer)
    return Reply(Message(pages.card(dialogue, dialogue.who.language, offer, name)))


@routes.form("offers.alerts", Ask("topics", required=False))
async def alerts(dialogue: Dialogue, event: FormSubmitted) -> Answer:
    """Hear of new offers on some topics, or of none."""
    chosen = await service.wish(dialogue, event.answers.get("topics", ""))
    if not chosen:
        return dialogue.reply("offers.no_alert")
    return dialogue.reply("offers.alerts_on", topics=", ".join(chosen))


# -- the team ----------------------------------------------------------------------------------


@routes.button("offers.review", role=Role.MODERATOR)
async def review(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """The next offer nobody looked at."""
    waiting = await service.waiting(dialogue)
    if not waiting:
        return dialogue.reply("offers.all_looked_at")
    first = waiting[0]
    return Reply(pages.to_review(dialogue, dialogue.who.language, first, first.member.name))


@routes.button("offers.accept", role=Role.MODERATOR)
async def accept(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """It may be shown."""
    offer = await service.proposed(dialogue, event.action.argument)
    await service.publish(dialogue, offer)
    who = dialogue.who.name
    return dialogue.reply("offers.done_published", title=offer.title, who=who, edits=True)


@routes.form(
    "offers.refuse",
    Ask("reason", Kind.PARAGRAPH, min_length=5, max_length=rules.REASON),
    role=Role.MODERATOR,
)
async def refuse(dialogue: Dialogue, event: FormSubmitted) -> Answer:
    """It is not shown, and its author is told why."""
    offer = await service.proposed(dialogue, event.argument)
    await service.refuse(dialogue, offer, event.answers["reason"])
    who = dialogue.who.name
    return dialogue.reply("offers.done_refused", title=offer.title, who=who, edits=True)


# -- what falls due ----------------------------------------------------------------------------

routes.guard("offers.stands")(service.still_stands)
routes.guard("offers.new")(service.still_new)


@routes.delivered("offers.told")
async def told(scene: Scene, argument: str, _ref: MessageRef) -> None:
    """Somebody has the list of what is new."""
    await service.told(scene, argument)


@routes.job("offers.tidy", recurs=lambda _scene: AT_NIGHT)
async def tidy(scene: Scene, _day: str) -> None:
    """End what ran out, and ask whether what is about to still stands."""
    await service.tidy(scene)


@routes.job("offers.tell", recurs=lambda _scene: TUESDAYS)
async def tell(scene: Scene, day: str) -> None:
    """Tell who asked for it what is new this week."""
    await service.alert(scene, day)
