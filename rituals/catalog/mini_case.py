"""A mini-case: a situation somebody met, told with nobody in it to be recognised."""

import re
from typing import Literal

from core.chat.actions import Kind as Answered
from core.chat.adapter import Answer
from core.chat.events import FormSubmitted
from core.chat.identity import Account, Workspace
from core.chat.markup import join
from core.chat.messages import Invalid, Message
from core.engine.routes import Ask, Routes
from core.engine.scene import Dialogue, Scene
from core.library import service as library
from core.library.rules import Kind as Entry
from core.library.rules import headline
from rituals import giving
from rituals.calendar import CLOSES
from rituals.contributions import Given
from rituals.giving import Collected
from rituals.kinds import Appointment, By, Giving, Kind
from rituals.models import Contribution

routes = Routes("mini_case")
FORM = "mini_case.give"
PARTS = {
    "situation": "mini_case.situation",
    "tried": "mini_case.tried",
    "outcome": "mini_case.outcome",
}
LEADS_TO_SOMEBODY = re.compile(
    r"[\w.+-]+@[\w-]+\.\w+"  # an e-mail address
    r"|(?<!\w)@\w{2,}"  # a handle
    r"|(?<!\d)(?:\+\d{1,3}|0)[\s.-]?\d(?:[\s.-]?\d{2}){4}(?!\d)"  # a telephone number
    r"|https?://\S+"
)


class MiniCase(Collected):
    """When it is called for, and how long one is talked about."""

    kind: Literal["mini_case"] = "mini_case"


def telling(text: str) -> str | None:
    """What in a text leads straight to somebody: an address, a number, a handle; None if nothing.

    >>> telling("Elle répond au 06 12 34 56 78.")
    '06 12 34 56 78'
    """
    found = LEADS_TO_SOMEBODY.search(text)
    return found[0] if found else None


def _signed(row: Contribution) -> bool:
    return row.answers.get("named") == "yes"


async def card(scene: Scene, found: Appointment, row: Contribution, home: Workspace) -> Message:
    """The case as everybody reads it; its author is named only where they asked for it."""
    settings, language = found.settings, scene.community.language
    mentioned: tuple[Account, ...] = ()
    title = scene.texts.say("mini_case.title", language, title=settings.title)
    if _signed(row):
        author, mentioned = await giving.by(row, home)
        title = scene.texts.say("mini_case.signed", language, title=settings.title, author=author)
    question = scene.texts.say("mini_case.question", language)
    return Message(join([title, *giving.sections(scene, row, PARTS), question]), mentions=mentioned)


async def call(scene: Scene, found: Appointment, _home: Workspace) -> Message:
    """Whoever met a situation may tell it, without anybody's name."""
    language, title = scene.community.language, found.settings.title
    said = scene.texts.say("mini_case.call", language, title=title)
    return giving.invitation(found, said, scene.texts.label("mini_case.write", language))


async def kept(scene: Scene, row: Contribution) -> None:
    """Who signed a case is asked whether it may be found again; an unsigned one goes nowhere.

    What the library keeps bears its authors' names.
    """
    if _signed(row) and row.member_id is not None:
        words = "\n\n".join(row.answers[name] for name in PARTS if row.answers.get(name))
        title, source = headline(row.answers.get("situation", "")), f"ritual:{row.id}"
        authors = (row.member_id,)
        await library.propose(scene, Entry.TEMPLATE, title, words, authors=authors, source=source)


routes.command_form("cas", FORM)


@routes.form(
    FORM,
    Ask("situation", Answered.PARAGRAPH, min_length=20, max_length=700),
    Ask("tried", Answered.PARAGRAPH, min_length=10, max_length=700),
    Ask("outcome", Answered.PARAGRAPH, required=False, max_length=500),
    Ask("named", Answered.CHOICE, choices=("no", "yes")),
    inside=True,
)
async def give(dialogue: Dialogue, event: FormSubmitted) -> Answer:
    """Take a case in which nobody can be recognised, and show it as it will look."""
    answers = {name: event.answers.get(name, "").strip() for name in (*PARTS, "named")}
    errors = {
        name: dialogue.label("mini_case.leads_to_somebody", what=what)
        for name in PARTS
        if (what := telling(answers[name]))
    }
    if errors:
        return Invalid(errors)
    return await giving.take(dialogue, event, "mini_case", Given(answers=answers))


KIND = Kind(
    settings=MiniCase,
    shown=giving.shown,
    announces=giving.called,
    opens=giving.publish,
    steps={CLOSES: giving.closes},
    takes_part=frozenset({By.REACTION, By.REPLY}),
    skipped=giving.skipped,
    giving=Giving(FORM, card, call, checked=True, kept=kept),
    routes=routes,
)
