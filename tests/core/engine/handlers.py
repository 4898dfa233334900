"""A room that exists only in the tests: one of each thing the machinery carries."""

from collections.abc import Sequence
from datetime import time, timedelta

from core.chat.actions import Action, Choice, Kind
from core.chat.adapter import Answer
from core.chat.events import (
    ButtonPressed,
    CommandInvoked,
    FormSubmitted,
    MessageDeleted,
    MessagePosted,
    ReactionAdded,
    ReactionRemoved,
)
from core.chat.identity import MessageRef, Purpose, Role
from core.chat.messages import Invalid, Message
from core.engine.errors import Refused
from core.engine.models import Job
from core.engine.routes import Ask, Routes, Wants
from core.engine.scene import Dialogue, Scene, Speaker
from core.engine.schedule import Weekly

BROKEN: list[str] = []
DONE: list[str] = []
NOTED: list[list[str]] = []
"""What the crowd did, group by group."""
CLOSED: set[str] = set()


Did = MessagePosted | ReactionAdded | ReactionRemoved

routes = Routes("essai")


async def names(dialogue: Dialogue, typed: str) -> list[Choice]:
    return [Choice(f"{typed}{n}", dialogue.who.name) for n in range(30)]


@routes.command("réservée", Wants("code", completes=names), role=Role.MODERATOR)
async def reserved(dialogue: Dialogue, event: CommandInvoked) -> Answer:
    return dialogue.reply("essai.said", what=event.arguments["code"])


@routes.command("devoir", Wants("action", required=False, choices=("donner", "retirer")))
async def owes(dialogue: Dialogue, event: CommandInvoked) -> Answer:
    for place in dialogue.places(Purpose.HELP):
        message = Message(dialogue.say("essai.no"))
        await dialogue.owe(message, place, then=Action("stands", dialogue.who.name))
    await dialogue.later("work", dialogue.who.name, dialogue.now + timedelta(hours=1))
    return None


@routes.command("déposer", Wants("fichier", file=True))
async def deposited(dialogue: Dialogue, event: CommandInvoked) -> Answer:
    assert event.document is not None
    return dialogue.reply("essai.said", what=event.document.content.decode())


@routes.button("press")
async def pressed(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    await Job.create(community=dialogue.community, kind="kept", key="x", due_at=dialogue.now)
    if event.action.argument == "refused":
        raise Refused("essai.no")
    raise RuntimeError("secret detail")


@routes.button("reserved", role=Role.MODERATOR)
async def staff(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    return dialogue.reply("essai.no")


@routes.form(
    "essai.fiche",
    Ask("nom", min_length=2, max_length=10),
    Ask("humeur", Kind.CHOICE, choices=("bien", "mieux")),
    Ask("mot", Kind.PARAGRAPH, required=False),
)
async def filled(dialogue: Dialogue, event: FormSubmitted) -> Answer:
    if event.answers["nom"] == "refusé":
        return Invalid({"nom": "Un autre nom, s’il vous plaît."})
    if event.answers["nom"] == "trop tard":
        raise Refused("essai.no")
    said = ", ".join(f"{k}={v}" for k, v in sorted(event.answers.items()))
    return dialogue.reply("essai.said", what=said)


@routes.form("essai.réservé", Ask("nom"), role=Role.MODERATOR)
async def kept(dialogue: Dialogue, event: FormSubmitted) -> Answer:
    return dialogue.reply("essai.no")


routes.command_form("fiche", "essai.fiche")


@routes.on(MessagePosted)
async def heard(dialogue: Dialogue, event: MessagePosted) -> Answer:
    if "casse" in event.text:
        raise RuntimeError(event.text)
    return dialogue.reply("essai.said", what=event.text) if "?" in event.text else None


@routes.crowd(MessagePosted, ReactionAdded, ReactionRemoved)
async def noted(scene: Scene, said: Sequence[tuple[Speaker, Did]]) -> None:
    NOTED.append([f"{who.name} {getattr(e, 'text', getattr(e, 'emoji', ''))}" for who, e in said])


@routes.fact(MessageDeleted)
async def gone(scene: Scene, events: Sequence[MessageDeleted]) -> None:
    DONE.extend(f"gone {event.message.id}" for event in events)


@routes.job("work", max_delay=timedelta(hours=3))
async def work(scene: Scene, key: str) -> None:
    if BROKEN:
        raise RuntimeError(BROKEN.pop())
    DONE.append(key)


@routes.job("daily", recurs=lambda _scene: Weekly(frozenset(range(7)), time(12)))
async def daily(scene: Scene, key: str) -> None:
    DONE.append(key)


@routes.delivered("stands")
async def stands(scene: Scene, argument: str, ref: MessageRef) -> None:
    DONE.append(f"{argument} {ref.channel.platform}")


@routes.guard("open")
async def is_open(scene: Scene, argument: str) -> bool:
    if argument == "broken" and BROKEN:
        raise RuntimeError(BROKEN.pop())
    return argument not in CLOSED


@routes.home
async def home(dialogue: Dialogue) -> Message | None:
    return Message(dialogue.say("essai.no"))
