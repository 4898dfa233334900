"""What a poll came to, in words."""

from core.chat.markup import bullets, join
from core.chat.messages import Text
from core.engine.texts import Texts
from core.polls.rules import Result


def result(texts: Texts, language: str, found: Result) -> Text:
    """The question, each answer with its votes, and how many people voted."""
    lines = [
        texts.say("polls.line", language, count=count, choice=choice)
        for choice, count in zip(found.choices, found.counts, strict=True)
    ]
    title = texts.say("polls.result", language, question=found.question)
    voters = texts.say("polls.voters", language, count=found.voters)
    return join([title, bullets(lines), voters])
