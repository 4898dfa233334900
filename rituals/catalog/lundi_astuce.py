"""#LundiAstuce: every Monday somebody gives the others a tip, in turn."""

from core.chat.actions import Action, OpenForm
from core.chat.markup import join, link, mention, plain, quote
from core.chat.messages import Button, Message, Style
from core.engine.texts import Texts
from rituals.kinds import Gift, Occasion


def notice(
    texts: Texts, language: str, occasion: Occasion, turn: int, *, substitute: bool
) -> Message:
    """It is your turn, if you like."""
    key = "rituals.notice_substitute" if substitute else "rituals.notice"
    text = texts.say(
        key,
        language,
        hashtag=occasion.hashtag,
        publish=occasion.publish,
        deadline=occasion.deadline,
    )
    argument = str(turn)
    gladly = texts.label("rituals.gladly", language)
    return Message(
        text,
        (
            Button(gladly, OpenForm("rituals.tip", argument), Style.PRIMARY),
            Button(texts.label("rituals.swap", language), Action("rituals.swap", argument)),
            Button(texts.label("rituals.pass", language), Action("rituals.pass", argument)),
            Button(texts.label("rituals.never", language), Action("rituals.never", argument)),
            Button(texts.label("rituals.why", language), Action("rituals.why", argument)),
        ),
    )


def reminder(texts: Texts, language: str, occasion: Occasion, turn: int) -> Message:
    """You said yes: your tip is awaited."""
    text = texts.say(
        "rituals.reminder", language, hashtag=occasion.hashtag, publish=occasion.publish
    )
    write = OpenForm("rituals.tip", str(turn))
    passes = Action("rituals.pass", str(turn))
    return Message(
        text,
        (
            Button(texts.label("rituals.write", language), write, Style.PRIMARY),
            Button(texts.label("rituals.pass", language), passes),
        ),
    )


def proposal(texts: Texts, language: str, occasion: Occasion, turn: int, name: str) -> Message:
    """Somebody would like you to take their turn."""
    text = texts.say(
        "rituals.proposal",
        language,
        name=name,
        hashtag=occasion.hashtag,
        publish=occasion.publish,
    )
    take, refuse = Action("rituals.take", str(turn)), Action("rituals.refuse", str(turn))
    return Message(
        text,
        (
            Button(texts.label("rituals.take", language), take, Style.PRIMARY),
            Button(texts.label("rituals.refuse", language), refuse),
        ),
    )


def published(texts: Texts, language: str, occasion: Occasion, gift: Gift) -> Message:
    """The tip, credited, with a question that invites the others in."""
    who = mention(gift.account, gift.name) if gift.account else plain(gift.name)
    title = texts.say(
        "rituals.published", language, title=occasion.title, author=who, hashtag=occasion.hashtag
    )
    parts = [title, quote(gift.text)]
    if gift.link:
        parts.append(link(gift.link, gift.link))
    parts.append(texts.say("rituals.question", language))
    return Message(join(parts), mentions=(gift.account,) if gift.account else ())


def open_call(texts: Texts, language: str, occasion: Occasion) -> Message:
    """Everybody is invited to give one."""
    text = texts.say("rituals.open_call", language, title=occasion.title, hashtag=occasion.hashtag)
    give = OpenForm("rituals.tip", occasion.named)
    return Message(text, (Button(texts.label("rituals.give", language), give, Style.PRIMARY),))
