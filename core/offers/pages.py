"""What is shown of offers: one, a list, what the team looks at, what its author is asked."""

from collections.abc import Sequence

from core.attention.service import Say
from core.chat.actions import Action, OpenForm
from core.chat.identity import Role
from core.chat.markup import bullets, join, link, quote
from core.chat.messages import Button, Message, Style, Text
from core.engine.scene import Dialogue, Scene, Speaker
from core.offers.models import Offer
from core.offers.rules import LISTED, Filled, Kind, State

KINDS = {
    Kind.JOB: "offers.form.offer.kind.job",
    Kind.MISSION: "offers.form.offer.kind.mission",
    Kind.INTERNSHIP: "offers.form.offer.kind.internship",
}
STATES = {
    State.PROPOSED: "offers.state_proposed",
    State.PUBLISHED: "offers.state_published",
    State.EXPIRED: "offers.state_expired",
}
SEEN, LABEL = 5, 24
"""Offers that have a button of their own, and the characters of a title on it."""


def card(scene: Scene, language: str, offer: Offer, name: str = "") -> Text:
    """An offer whole; `name` is who offers it."""
    say = scene.texts.say
    kind = scene.texts.label(KINDS[offer.kind], language)
    parts = [
        say("offers.card", language, title=offer.title, kind=kind, place=offer.place),
        quote(offer.words),
    ]
    known = offer.contact.startswith(("https://", "http://"))
    contact = link(offer.contact, offer.contact) if known else offer.contact
    parts.append(say("offers.contact", language, contact=contact))
    if offer.topic:
        parts.append(say("offers.about", language, topic=offer.topic))
    if offer.cpf:
        parts.append(say("offers.cpf", language))
    if name:
        parts.append(say("offers.by", language, name=name))
    return join(parts)


def _button(scene: Scene, who: Speaker, key: str, does: Action | OpenForm) -> Button:
    return Button(scene.texts.label(key, who.language), does)


# -- for its author ----------------------------------------------------------------------------


def draft(dialogue: Dialogue, offer: Offer) -> Message:
    """What somebody wrote so far, and the step that is left."""
    number = str(offer.id)
    parts = [
        card(dialogue, dialogue.who.language, offer, dialogue.who.name),
        dialogue.say("offers.last_step"),
    ]
    last = OpenForm("offers.details", number)
    return Message(
        join(parts),
        (
            dialogue.button("offers.finish", last, Style.PRIMARY),
            dialogue.button("offers.drop", Action("offers.drop", number)),
        ),
    )


def handed_over(dialogue: Dialogue, offer: Offer) -> Message:
    """The team has it; what is kept back when it may be paid with a CPF is said."""
    parts = [dialogue.say("offers.handed_over", title=offer.title)]
    if offer.cpf:
        parts.append(dialogue.say("offers.cpf_kept_back"))
    return Message(join(parts))


def published(scene: Scene, offer: Offer) -> Say:
    """Tell its author that it stands, and until when."""
    number, until = str(offer.id), offer.expires_at

    def say(who: Speaker) -> Message:
        assert until is not None  # noqa: S101  set when it is published
        day = scene.local(until).date()
        text = scene.texts.say("offers.published", who.language, title=offer.title, day=day)
        return Message(text, _fates(scene, who, number))

    return say


def refused(scene: Scene, offer: Offer) -> Say:
    """Tell its author that it is not shown, and why."""

    def say(who: Speaker) -> Message:
        text = scene.texts.say("offers.refused", who.language, title=offer.title)
        return Message(join([text, quote(offer.reason)]))

    return say


def to_renew(scene: Scene, offer: Offer) -> Say:
    """Ask its author whether it still stands."""
    number = str(offer.id)

    def say(who: Speaker) -> Message:
        text = scene.texts.say("offers.to_renew", who.language, title=offer.title)
        again = _button(scene, who, "offers.renew", Action("offers.renew", number))
        return Message(text, (again, *_fates(scene, who, number)))

    return say


def _fates(scene: Scene, who: Speaker, number: str) -> tuple[Button, ...]:
    return (
        _button(scene, who, "offers.filled", Action("offers.filled", number)),
        _button(scene, who, "offers.withdraw", Action("offers.withdraw", number)),
    )


def mine(dialogue: Dialogue, offers: Sequence[Offer]) -> Message:
    """What somebody offers, each with what can be done about it."""
    if not offers:
        return Message(dialogue.say("offers.none_of_mine"))
    lines = [
        dialogue.say("offers.mine_line", title=row.title, state=dialogue.label(STATES[row.state]))
        for row in offers
    ]
    buttons = [_titled(dialogue, "offers.change", row) for row in offers[:SEEN]]
    return Message(join([dialogue.say("offers.of_mine"), bullets(lines)]), tuple(buttons))


def own(dialogue: Dialogue, offer: Offer) -> Message:
    """One's own offer, and what can be done about it now."""
    number, who = str(offer.id), dialogue.who
    text = card(dialogue, who.language, offer)
    if offer.state is State.PROPOSED:
        back = _button(dialogue, who, "offers.withdraw", Action("offers.withdraw", number))
        return Message(text, (back,))
    again = _button(dialogue, who, "offers.renew", Action("offers.renew", number))
    return Message(text, (again, *_fates(dialogue, who, number)))


def by_whom(dialogue: Dialogue, offer: Offer) -> Message:
    """Ask how it was filled."""
    number = str(offer.id)
    return Message(
        dialogue.say("offers.by_whom", title=offer.title),
        (
            dialogue.button("offers.here", Action("offers.filled_by", f"{number}:here")),
            dialogue.button("offers.elsewhere", Action("offers.filled_by", f"{number}:elsewhere")),
        ),
    )


# -- for the team ------------------------------------------------------------------------------


def to_review(scene: Scene, language: str, offer: Offer, name: str) -> Message:
    """An offer the team looks at."""
    number, label = str(offer.id), scene.texts.label
    yes, no = Action("offers.accept", number), OpenForm("offers.refuse", number)
    return Message(
        join([scene.texts.say("offers.to_review", language), card(scene, language, offer, name)]),
        (
            Button(label("offers.accept", language), yes, Style.PRIMARY),
            Button(label("offers.refuse", language), no, Style.DANGER),
        ),
    )


# -- for readers -------------------------------------------------------------------------------


def listing(
    dialogue: Dialogue, offers: Sequence[Offer], topic: str, waits: int, filled: Filled
) -> Message:
    """What can be had, by topic, and what can be asked for."""
    parts = [_head(dialogue, len(offers), topic), *_by_topic(dialogue, offers[:LISTED])]
    if more := len(offers[LISTED:]):
        parts.append(dialogue.say("offers.more", count=more))
    if filled.all:
        parts.append(dialogue.say("offers.filled_so_far", count=filled.all, here=filled.here))
    buttons = [_titled(dialogue, "offers.see", row) for row in offers[:SEEN]]
    buttons.append(dialogue.button("offers.alert_me", OpenForm("offers.alerts")))
    buttons.append(dialogue.button("offers.mine", Action("offers.mine")))
    if waits and dialogue.who.may(Role.MODERATOR):
        look = dialogue.label("offers.review", count=waits)
        buttons.append(Button(look, Action("offers.review"), Style.PRIMARY))
    return Message(join(parts), tuple(buttons))


def _head(dialogue: Dialogue, count: int, topic: str) -> Text:
    if count:
        return dialogue.say("offers.listing", count=count)
    if topic:
        return dialogue.say("offers.nothing_on", topic=topic)
    return dialogue.say("offers.nothing")


def _by_topic(dialogue: Dialogue, offers: Sequence[Offer]) -> list[Text]:
    topics = sorted({row.topic for row in offers})
    return [
        join(
            [
                dialogue.say("offers.topic", topic=topic.capitalize()),
                _lines(dialogue, dialogue.who, [row for row in offers if row.topic == topic]),
            ]
        )
        for topic in topics
    ]


def _lines(scene: Scene, who: Speaker, offers: Sequence[Offer]) -> Text:
    return bullets(
        [
            scene.texts.say(
                "offers.line_cpf" if row.cpf else "offers.line",
                who.language,
                title=row.title,
                kind=scene.texts.label(KINDS[row.kind], who.language),
                place=row.place,
            )
            for row in offers
        ]
    )


def _titled(dialogue: Dialogue, key: str, offer: Offer) -> Button:
    title = offer.title if len(offer.title) <= LABEL else f"{offer.title[: LABEL - 1]}…"
    return Button(dialogue.label(key, title=title), Action(key, str(offer.id)))


def alert(scene: Scene, offers: Sequence[Offer]) -> Say:
    """What is new on somebody's topics, in one list."""

    def say(who: Speaker) -> Message:
        head = scene.texts.say("offers.alert", who.language, count=len(offers))
        foot = scene.texts.say("offers.alert_foot", who.language)
        return Message(join([head, _lines(scene, who, offers), foot]))

    return say
