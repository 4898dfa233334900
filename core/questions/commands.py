"""What people ask for by command: the questions, their figures, and who can help."""

from collections.abc import Sequence
from datetime import timedelta

from core.chat.actions import Choice
from core.chat.adapter import Answer
from core.chat.events import CommandInvoked
from core.chat.identity import Role
from core.chat.markup import inert
from core.chat.messages import Reply
from core.engine.scene import Dialogue
from core.members import service as members
from core.members.models import MemberProfile
from core.members.rules import topics_in
from core.questions import explaining, pages, service
from core.questions.matching import fold, matches
from core.questions.rules import WAITING, QuestionsSettings

PAUSE, RESUME, NOTHING = {"pause"}, {"reprendre", "resume"}, {"aucun", "aucune", "none"}
FIGURES = "chiffres"
DAYS = 30
"""What the figures look back on."""


async def show(dialogue: Dialogue, event: CommandInvoked) -> Answer:
    """What is not solved, or the figures; who waits is named to the team only."""
    open_ones = await service.ongoing(dialogue.community)
    if event.arguments.get("quoi") != FIGURES:
        return Reply(pages.listing(dialogue, open_ones))
    start = dialogue.now - timedelta(days=DAYS)
    counted = await service.figures(dialogue.community, start, dialogue.now)
    waiting = [q for q in open_ones if q.state in WAITING]
    shown = waiting if dialogue.who.may(Role.MODERATOR) else []
    return Reply(pages.figures(dialogue, counted, shown, DAYS))


async def why(dialogue: Dialogue, event: CommandInvoked) -> Answer:
    """Why who was asked was asked: to the asker, and to the person themselves."""
    number = str(event.arguments.get("numéro", ""))
    question = await explaining.meant(dialogue, number, event.channel)
    if question is None:
        return dialogue.reply("questions.why_which")
    return Reply(await explaining.explained(dialogue, question))


async def suggested(dialogue: Dialogue, typed: str) -> Sequence[Choice]:
    """Topics somebody can help with that begin as typed, and those of the configuration."""
    offered = {topic for profile in await _available(dialogue) for topic in profile.topics}
    known = sorted({*offered, *dialogue.settings(QuestionsSettings).topics}, key=fold)
    return [Choice(topic, topic) for topic in known if fold(topic).startswith(fold(typed.strip()))]


async def _available(dialogue: Dialogue) -> list[MemberProfile]:
    found = await members.experts(dialogue.community)
    return [profile for profile in found if profile.member.absorbed_by is None]


async def experts(dialogue: Dialogue, event: CommandInvoked) -> Answer:
    """Who can help, with anything or with one topic."""
    topic = " ".join(str(event.arguments.get("thème", "")).replace("#", " ").split())
    found = await _available(dialogue)
    if topic:
        found = [p for p in found if any(matches(topic, offered) for offered in p.topics)]
    return Reply(pages.experts(dialogue, found, topic))


async def words(dialogue: Dialogue, typed: str) -> Sequence[Choice]:
    """Pause and resume, then the topics of the configuration."""
    found = [
        Choice("pause", dialogue.label("questions.pause")),
        Choice("reprendre", dialogue.label("questions.resume")),
        *(Choice(topic, topic) for topic in dialogue.settings(QuestionsSettings).topics),
    ]
    return [c for c in found if fold(typed.strip()) in fold(f"{c.value} {c.label}")]


async def expertise(dialogue: Dialogue, event: CommandInvoked) -> Answer:
    """See or say what one can help with; `pause` and `reprendre` set whether one may be asked."""
    typed = inert(str(event.arguments.get("thèmes", ""))).strip()
    profile = await members.profile_of(dialogue.who.member)
    if not typed:
        return Reply(pages.expertise(dialogue, profile))
    word = fold(typed)
    if word in PAUSE | RESUME:
        profile.available = word in RESUME
    elif word in NOTHING:
        profile.topics = []
    elif topics := topics_in(typed):
        profile.topics = topics
    else:
        return dialogue.reply("questions.no_topic_there")
    await members.save_profile(profile)
    if word in PAUSE:
        return dialogue.reply("questions.on_pause")
    return Reply(pages.expertise(dialogue, profile))
