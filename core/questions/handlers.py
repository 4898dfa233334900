"""Which messages, reactions, buttons and commands are about questions, and what is answered."""

from collections.abc import Awaitable, Callable, Sequence

from core.chat.actions import Kind
from core.chat.adapter import Answer
from core.chat.events import (
    ButtonPressed,
    FormSubmitted,
    MessageDeleted,
    MessageEdited,
    MessagePosted,
    ReactionAdded,
    ReactionRemoved,
    WorkspaceMoved,
)
from core.chat.identity import Role
from core.chat.markup import inert
from core.chat.messages import Message, Reply
from core.engine.routes import Ask, Routes, Wants
from core.engine.scene import Dialogue, Scene
from core.library import finding as library
from core.members import service as members
from core.members.rules import topics_in
from core.questions import asking, commands, conversation, escalation, learning, pages, service
from core.questions.matching import fold
from core.questions.models import Question, Solicitation
from core.questions.rules import ONGOING, TITLE, WAITING, Outcome, QuestionsSettings, bare

routes = Routes("questions")


# -- what is said and shown in the channels ---------------------------------------------------


@routes.on(MessagePosted, concerns=conversation.concerned)
async def posted(dialogue: Dialogue, event: MessagePosted) -> Answer:
    """A word in a question's conversation, or a new question."""
    ref = event.message
    if ref.channel.private:
        return None
    found = await conversation.conversation_of(dialogue, ref, event.reply_to)
    if conversation.makes_room(found, ref):
        opened = await asking.ask(dialogue, dialogue.who, ref, event.at, event.text, event.reply_to)
        if opened is not None:
            return None
    if found is not None:
        await service.heard(dialogue, dialogue.who, found, ref, event.at)
        await escalation.answered_by(found, dialogue.who)
    return None


@routes.on(MessageEdited, concerns=conversation.concerned)
async def edited(dialogue: Dialogue, event: MessageEdited) -> Answer:
    """A hashtag added to a message opens it once; a question's own words are followed."""
    if event.message.channel.private:
        return None
    found = await conversation.conversation_of(dialogue, event.message)
    if found is not None:
        await asking.retitle(dialogue, found, event.message, event.text)
    else:
        await asking.ask(dialogue, dialogue.who, event.message, event.at, event.text)
    return None


@routes.fact(MessageDeleted)
async def deleted(scene: Scene, events: Sequence[MessageDeleted]) -> None:
    """A question goes with its message, an answer with its own."""
    await service.gone(scene, [event.message for event in events])


@routes.on(ReactionAdded, concerns=conversation.concerned)
async def reacted(dialogue: Dialogue, event: ReactionAdded) -> Answer:
    """The asker marks the message that solved it."""
    question = await _marked(dialogue, event)
    if question is not None:
        await service.solve(dialogue, question, answer=event.message, by=_mark(event))
    return None


@routes.on(ReactionRemoved, concerns=conversation.concerned)
async def unreacted(dialogue: Dialogue, event: ReactionRemoved) -> Answer:
    """The asker takes back what solved it."""
    question = await _marked(dialogue, event)
    if question is not None and question.solved_by == _mark(event):
        await service.reopen(dialogue, question, mistaken=True)
    return None


def _mark(event: ReactionAdded | ReactionRemoved) -> str:
    return f"{event.message.key} {bare(event.emoji)}"


async def _marked(dialogue: Dialogue, event: ReactionAdded | ReactionRemoved) -> Question | None:
    """The asker's own question, when the reaction means «solved»."""
    solves = dialogue.settings(QuestionsSettings).solves(event.emoji)
    if not solves or event.message.channel.private:
        return None
    question = await conversation.conversation_of(dialogue, event.message)
    return question if question and question.member_id == dialogue.who.member else None


@routes.fact(WorkspaceMoved)
async def moved(scene: Scene, events: Sequence[WorkspaceMoved]) -> None:
    """A group changed its id: its questions go on in the new one."""
    for event in events:
        await service.moved(scene, event.workspace, event.to)


# -- asking by form ---------------------------------------------------------------------------

routes.command_form("question", "questions.ask")


@routes.form(
    "questions.ask",
    Ask("title", min_length=8, max_length=TITLE),
    Ask("details", kind=Kind.PARAGRAPH, required=False, max_length=1500),
    Ask("topics", required=False, max_length=200),
    inside=True,
)
async def ask(dialogue: Dialogue, event: FormSubmitted) -> Answer:
    """Post it in the help channel, in the asker's name."""
    title = " ".join(inert(event.answers["title"]).split())
    offered = dialogue.settings(QuestionsSettings).topics
    written = topics_in(inert(event.answers.get("topics", "")))
    topics = [next((k for k in offered if fold(k) == fold(t)), t) for t in written]
    details = event.answers.get("details", "")
    await asking.draft(dialogue, dialogue.who, title, details, topics)
    return dialogue.reply("questions.sent")


# -- what falls due, and what stands ----------------------------------------------------------

routes.guard("questions.tagged")(escalation.still_tagged)
routes.guard("questions.waits")(escalation.still_waits)
routes.delivered("questions.posted")(asking.posted)
routes.delivered("questions.acknowledged")(asking.acknowledged)
routes.delivered("questions.said")(asking.said)
routes.job(service.KEEP)(learning.keep)
routes.job(service.ESCALATE)(escalation.escalate)


# -- buttons ----------------------------------------------------------------------------------


async def _own(
    dialogue: Dialogue, event: ButtonPressed, act: Callable[[Question], Awaitable[Answer]]
) -> Answer:
    """Do it when the question is the presser's, or the presser of the team."""
    question = await conversation.of_id(dialogue, event.action.argument.partition(":")[0])
    if question is None:
        return dialogue.reply("questions.gone")
    if question.member_id != dialogue.who.member and not dialogue.who.may(Role.MODERATOR):
        return dialogue.reply("questions.not_yours", name=question.member.name)
    return await act(question)


@routes.button("questions.solved")
async def solved(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """It is solved."""

    async def act(question: Question) -> Answer:
        done = await service.solve(dialogue, question)
        return dialogue.reply("questions.well_solved" if done else "questions.over")

    return await _own(dialogue, event, act)


@routes.button("questions.withdraw")
async def withdraw(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """It is no longer asked."""

    async def act(question: Question) -> Answer:
        done = await service.withdraw(dialogue, question)
        return dialogue.reply("questions.withdrawn" if done else "questions.over")

    return await _own(dialogue, event, act)


@routes.button("questions.reopen")
async def reopen(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """It was not solved after all: the note that said so says it."""

    async def act(question: Question) -> Answer:
        if not await service.reopen(dialogue, question):
            followed = question.state in ONGOING
            return dialogue.reply("questions.not_solved" if followed else "questions.over")
        return Reply(Message(pages.say(dialogue, "questions.reopened")), edits=True)

    return await _own(dialogue, event, act)


@routes.button("questions.helped")
async def helped(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """What the library holds is the answer."""

    async def act(question: Question) -> Answer:
        if not await service.solve(dialogue, question):
            return dialogue.reply("questions.over", edits=True)
        await library.helped(dialogue, event.action.argument.partition(":")[2])
        return dialogue.reply("questions.answered_by_library", edits=True)

    return await _own(dialogue, event, act)


@routes.button("questions.not_helped")
async def not_helped(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """It is another question: it goes on."""
    return dialogue.reply("questions.goes_on", edits=True)


async def _tagged(
    dialogue: Dialogue, event: ButtonPressed, act: Callable[[Solicitation], Awaitable[Answer]]
) -> Answer:
    """Do it when the presser is the one who was tagged, and somebody is still wanted."""
    asked = await escalation.asked_of(dialogue, event.action.argument)
    if asked is None:
        return dialogue.reply("questions.gone")
    if asked.member_id != dialogue.who.member:
        return dialogue.reply("questions.not_asked")
    if asked.question.state not in WAITING:
        return dialogue.reply("questions.no_longer")
    return await act(asked)


@routes.button("questions.take")
async def take(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """The tagged person will answer."""

    async def act(asked: Solicitation) -> Answer:
        if not await escalation.take(dialogue, asked):
            return dialogue.reply("questions.said_so")
        text = pages.say(dialogue, "questions.taken", name=dialogue.who.name)
        return Reply(Message(text, (pages.pass_button(dialogue, asked.id),)), edits=True)

    return await _tagged(dialogue, event, act)


@routes.button("questions.pass")
async def hand_on(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """The tagged person passes."""
    return await _hands_on(dialogue, event, Outcome.PASSED)


@routes.button("questions.not_mine")
async def not_mine(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """They pass, and are less often taken for one who knows; to the others it looks alike."""
    return await _hands_on(dialogue, event, Outcome.NOT_MINE)


async def _hands_on(dialogue: Dialogue, event: ButtonPressed, outcome: Outcome) -> Answer:
    async def act(asked: Solicitation) -> Answer:
        if not await escalation.hand_on(dialogue, asked, outcome):
            return dialogue.reply("questions.said_so")
        return Reply(Message(pages.say(dialogue, "questions.passed")), edits=True)

    return await _tagged(dialogue, event, act)


@routes.button("questions.rest")
async def rest(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """Nobody asks them any more, until they say otherwise."""
    profile = await members.profile_of(dialogue.who.member)
    profile.available = False
    await members.save_profile(profile)
    return dialogue.reply("questions.on_pause")


# -- commands and home ------------------------------------------------------------------------

WHAT = Wants("quoi", required=False, choices=(commands.FIGURES,))
routes.command("questions", WHAT)(commands.show)
routes.command("pourquoi", Wants("numéro", required=False))(commands.why)
routes.command("experts", Wants("thème", required=False, completes=commands.suggested))(
    commands.experts
)
routes.command("expertise", Wants("thèmes", required=False, completes=commands.words))(
    commands.expertise
)


@routes.home
async def at_home(dialogue: Dialogue) -> Message | None:
    """The first of what is not solved."""
    found = await service.ongoing(dialogue.community)
    return pages.listing(dialogue, found, pages.AT_HOME)
