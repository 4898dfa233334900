"""Questions and the library: what is close to a new one, and what is kept of a solved one."""

from datetime import timedelta

from core.attention import service as attention
from core.chat.actions import Action
from core.chat.messages import Message
from core.engine.scene import Scene, Speaker
from core.library import finding
from core.library import pages as library_pages
from core.library import service as library
from core.library.rules import Kind
from core.questions import conversation, service
from core.questions.models import Question

STALE = timedelta(hours=12)
"""After which what was close to a question helps nobody any more."""


async def suggest(scene: Scene, question: Question) -> None:
    """Tell who asks, in private, what the library holds that is close: it may be the answer."""
    found = await finding.close_to(scene, question.title)
    if not found:
        return
    number = str(question.id)
    yes = Action("questions.helped", f"{number}:{found[0].id}")
    no = Action("questions.not_helped", number)

    def say(who: Speaker) -> Message:
        return library_pages.suggestion(scene, who, found, yes=yes, no=no)

    waits = Action("questions.waits", number)
    until = scene.now + STALE
    await attention.tell(scene, question.member_id, say, guard=waits, until=until)


async def keep(scene: Scene, key: str) -> None:
    """It is still solved: who helped and who asked are asked whether it may be kept.

    `key` is `service.solution_of` it: one that was reopened and solved again meanwhile has its
    own hour. Only the title is passed on; see `library.service.propose`.
    """
    question = await conversation.of_id(scene, key.partition(":")[0])
    if question is None or service.solution_of(question) != key:
        return
    solved = await service.solved(scene, question)
    if solved is not None:
        await library.propose(
            scene,
            Kind.QUESTION,
            solved.title,
            authors=(solved.helper, solved.asker),
            source=service.source_of(question),
            topic=next(iter(solved.topics), ""),
        )
