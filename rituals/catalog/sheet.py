"""The tool sheet of the month: a tool that somebody uses, written down so that others may too."""

from typing import Literal

from core.chat.actions import Kind as Answered
from core.chat.adapter import Answer
from core.chat.events import FormSubmitted
from core.chat.identity import Workspace
from core.chat.markup import join
from core.chat.messages import Invalid, Message
from core.engine.routes import Ask, Routes
from core.engine.scene import Dialogue, Scene
from core.library import service as library
from core.library.rules import Kind as Entry
from rituals import giving
from rituals.calendar import CLOSES
from rituals.contributions import Given
from rituals.giving import Collected
from rituals.kinds import Appointment, By, Giving, Kind
from rituals.models import Contribution
from rituals.rules import address

routes = Routes("sheet")
FORM = "sheet.give"
PARTS = {"use": "sheet.use", "how": "sheet.how", "limits": "sheet.limits"}


class Sheet(Collected):
    """When it is called for, and how long one is talked about."""

    kind: Literal["sheet"] = "sheet"


async def card(scene: Scene, found: Appointment, row: Contribution, home: Workspace) -> Message:
    """The sheet as everybody reads it, credited."""
    author, mentioned = await giving.by(row, home)
    settings, language = found.settings, scene.community.language
    tool = row.answers.get("tool", "")
    title = scene.texts.say("sheet.title", language, title=settings.title, tool=tool, author=author)
    question = scene.texts.say("sheet.question", language, hashtag=settings.hashtag)
    return Message(join([title, *giving.sections(scene, row, PARTS), question]), mentions=mentioned)


async def call(scene: Scene, found: Appointment, _home: Workspace) -> Message:
    """Whoever knows a tool may write it down."""
    language, title = scene.community.language, found.settings.title
    said = scene.texts.say("sheet.call", language, title=title)
    return giving.invitation(found, said, scene.texts.label("sheet.write", language))


async def kept(scene: Scene, row: Contribution) -> None:
    """Its author is asked whether it may be found again."""
    words = "\n\n".join(row.answers[name] for name in PARTS if row.answers.get(name))
    authors = (row.member_id,) if row.member_id else ()
    title, source = row.answers.get("tool", ""), f"ritual:{row.id}"
    await library.propose(
        scene, Entry.SHEET, title, words, authors=authors, source=source, link=row.link
    )


routes.command_form("fiche", FORM)


@routes.form(
    FORM,
    Ask("tool", min_length=2, max_length=80),
    Ask("use", Answered.PARAGRAPH, min_length=10, max_length=400),
    Ask("how", Answered.PARAGRAPH, min_length=10, max_length=900),
    Ask("limits", Answered.PARAGRAPH, required=False, max_length=400),
    Ask("link", required=False, max_length=290),
    inside=True,
)
async def give(dialogue: Dialogue, event: FormSubmitted) -> Answer:
    """Take a sheet, and show it as it will look."""
    answers = {name: event.answers.get(name, "").strip() for name in ("tool", *PARTS)}
    typed = event.answers.get("link", "").strip()
    link = address(typed) if typed else ""
    if link is None:
        return Invalid({"link": dialogue.label("rituals.link_wrong")})
    return await giving.take(dialogue, event, "sheet", Given(link=link, answers=answers))


KIND = Kind(
    settings=Sheet,
    shown=giving.shown,
    announces=giving.called,
    opens=giving.publish,
    steps={CLOSES: giving.closes},
    takes_part=frozenset({By.REACTION, By.REPLY}),
    skipped=giving.skipped,
    giving=Giving(FORM, card, call, kept=kept),
    routes=routes,
)
