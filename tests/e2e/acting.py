"""What people do again and again in these stories, on whichever platform they are."""

import asyncio

from bots.demo.stage import Actor, Stage
from bots.sandbox.people import Seen
from core.chat.identity import Account, Platform

EVERYWHERE = tuple(Platform)
INTRODUCTION = "onboarding.form.introduction"


async def comes_in(stage: Stage, name: str, platform: Platform) -> Actor:
    """Somebody joins, accepts the charter and is offered the first step."""
    actor = stage.actor(name, platform)
    await actor.joins()
    await actor.presses("charter.accept")
    if platform is Platform.TELEGRAM:
        await actor.presses("adapter_telegram.continue_private")
    return actor


async def reaches_introduction(actor: Actor) -> None:
    """Pass over profile, preferences and goal."""
    for _ in range(3):
        await actor.presses("onboarding.skip")


async def twice(actor: Actor, key: str) -> None:
    """Press a button two times before anything is answered, as an impatient thumb does."""
    label = actor.stage.label(key, actor.language)
    await asyncio.gather(actor.person.presses(label), actor.person.presses(label))
    await actor.stage.rest()


def account(actor: Actor) -> Account:
    """Who that is, as their platform knows them."""
    workspace = actor.stage.suite.app.adapters[actor.platform].workspace
    return Account(actor.platform, workspace.id, actor.person.id)


def posted(actor: Actor, channel: str, text: str = "") -> list[Seen]:
    """What the bot wrote in a channel, as that person sees it."""
    return [
        seen
        for seen in actor.person.sees()
        if seen.channel == channel and text in seen.text and seen.private_to is None
    ]


def private(actor: Actor, text: str) -> list[Seen]:
    """What only that person sees, with that text."""
    return [s for s in actor.person.sees() if text in s.text and s.private_to is not None]


def read(seen: Seen) -> str:
    """The words as eyes read them: Telegram's are kept inert by a joiner that nobody sees."""
    return seen.text.replace("\u2060", "")
