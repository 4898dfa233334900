"""Why somebody was asked, in plain words: to the asker, and to the person themselves."""

from tortoise.expressions import Q

from core.chat.actions import Action
from core.chat.identity import Channel
from core.chat.markup import bullets, join
from core.chat.messages import Message, Text
from core.engine.scene import Dialogue
from core.questions import conversation, experts
from core.questions.matching import OWN, Choice, Reason, Why
from core.questions.models import Question, Solicitation

WORDS = {
    Why.NAMED: "questions.why_named",
    Why.IN_TITLE: "questions.why_in_title",
    Why.TRAINED: "questions.why_trained",
    Why.SAME_TRAINING: "questions.why_same_training",
    Why.RESTED: "questions.why_rested",
    Why.REPLIES: "questions.why_replies",
    Why.REFUSED: "questions.why_refused",
}


async def meant(dialogue: Dialogue, number: str, channel: Channel) -> Question | None:
    """The question of that number, else of this thread, else the last one that is about them."""
    if number.strip():
        return await conversation.of_id(dialogue, number.lower().strip(" no°.#"))
    found = await conversation.in_thread(dialogue, channel)
    return found or await _latest(dialogue)


async def _latest(dialogue: Dialogue) -> Question | None:
    """The newest question for which they were asked, or somebody was for them."""
    me = dialogue.who.member
    mine = Q(member_id=me) | Q(question__member_id=me)
    rows = Solicitation.filter(mine, question__community=dialogue.community)
    row = await rows.order_by("-id").first()
    return await conversation.of_id(dialogue, str(row.question_id)) if row else None


async def explained(dialogue: Dialogue, question: Question) -> Message:
    """What they may know: all of their own reasons; of others, neither who nor what they said."""
    rows = await Solicitation.filter(question_id=question.id).order_by("id")
    own = next((row for row in rows if row.member_id == dialogue.who.member), None)
    if own is not None:
        return _to_the_asked(dialogue, question, own)
    if question.member_id != dialogue.who.member:
        return Message(dialogue.say("questions.why_not_yours"))
    if not rows:
        return Message(dialogue.say("questions.why_nobody", title=question.title))
    head = dialogue.say("questions.why_asker", title=question.title, number=question.id)
    parts = [_of_somebody(dialogue, n, row) for n, row in enumerate(rows, 1)]
    return Message(join([head, *parts]))


def _to_the_asked(dialogue: Dialogue, question: Question, own: Solicitation) -> Message:
    choice = Choice(own.member_id, experts.reasons_of(own))
    head = dialogue.say("questions.why_you", title=question.title, number=question.id)
    lines = [
        dialogue.say("questions.why_points", reason=_words(dialogue, r), points=f"{r.points:+}")
        for r in choice.reasons
    ]
    total = dialogue.say("questions.why_total", score=choice.score)
    rest = dialogue.button("questions.rest", Action("questions.rest"))
    return Message(join([head, bullets(lines), total]), (rest,))


def _of_somebody(dialogue: Dialogue, number: int, asked: Solicitation) -> Text:
    told = [r for r in experts.reasons_of(asked) if r.why not in OWN]
    lines = bullets([_words(dialogue, reason) for reason in told])
    return join([dialogue.say("questions.why_person", number=number), lines], "\n\n")


def _words(dialogue: Dialogue, reason: Reason) -> Text:
    topics = ", ".join(reason.topics)
    if reason.why is Why.SOLVED:
        return dialogue.say("questions.why_solved", count=reason.count, topics=topics)
    return dialogue.say(WORDS[reason.why], topics=topics)
