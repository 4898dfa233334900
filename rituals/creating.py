"""Making up a ritual in chat: what it is called, of which kind it is, and when it falls."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from core.chat.actions import Kind, OpenForm
from core.chat.adapter import Answer
from core.chat.events import CommandInvoked, FormSubmitted
from core.chat.identity import Role
from core.chat.markup import inert
from core.chat.messages import Invalid, Style
from core.engine.routes import Ask, Routes
from core.engine.scene import Dialogue
from rituals import catalog, changes, dates, editing, pages, spoken
from rituals.rules import kind_of


def everything() -> Routes:
    """What is answered here: the form offers whatever kinds the catalogue holds by now."""
    routes = Routes("rituals")
    routes.command("rituel créer", role=Role.BUILDER)(create)
    routes.form(
        "rituals.create",
        Ask("title", min_length=3, max_length=60),
        Ask("kind", Kind.CHOICE, choices=catalog.names(), called="{}.kind"),
        Ask("when", max_length=100),
        Ask("text", Kind.PARAGRAPH, required=False, max_length=1500),
        role=Role.BUILDER,
    )(created)
    return routes


async def create(dialogue: Dialogue, _event: CommandInvoked) -> Answer:
    """Say what is asked, and offer the form: whoever may not is told before they write."""
    button = dialogue.button("rituals.create_button", OpenForm("rituals.create"), Style.PRIMARY)
    return dialogue.reply("rituals.create_how", button)


async def created(dialogue: Dialogue, event: FormSubmitted) -> Answer:
    """Add a ritual of any kind to the programme, with the settings a form can ask for."""
    answers = {name: inert(answer).strip() for name, answer in event.answers.items()}
    found = spoken.rhythm(answers["when"])
    if not found.whole:
        return Invalid({"when": pages.unclear(dialogue, found)})
    await changes.alone(dialogue)
    taken = frozenset(ritual.slug for ritual in await dates.programme(dialogue))
    try:
        made = await changes.create(
            dialogue, _table(answers, found.value, taken), dialogue.who.member
        )
    except ValidationError as error:
        lacking = ", ".join(str(wrong["loc"][0]) for wrong in error.errors() if wrong["loc"])
        if not lacking:
            return Invalid({"when": dialogue.label("rituals.no_such_rhythm")})
        return Invalid({"kind": dialogue.label("rituals.kind_lacks", names=lacking)})
    return await editing.done(dialogue, "rituals.created", made)


def _table(
    answers: Mapping[str, str], rhythm: Mapping[str, Any], taken: frozenset[str]
) -> dict[str, Any]:
    """A ritual as the file would write it; the other weekdays of its kind follow its own."""
    title, name = answers["title"], answers["kind"]
    said: dict[str, Any] = {"kind": name}
    usual = kind_of(said).model_construct(None, **said)
    return {
        "slug": spoken.slug(title, taken),
        "kind": name,
        "title": title,
        "hashtag": spoken.hashtag(title),
        "text": answers.get("text", ""),
        **spoken.following(usual, rhythm),
    }
