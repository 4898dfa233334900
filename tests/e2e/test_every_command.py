"""Every command there is, typed by people of every rank into the real clients."""

import asyncio
from collections.abc import AsyncIterator
from itertools import islice

import pytest
import pytest_asyncio

from bots.demo.stage import PATIENCE, Actor, Stage, stage
from bots.demo.story import START
from bots.sandbox.people import CannotDo, Seen
from bots.suite import menu_of
from core.chat.identity import Platform, Role, allows
from core.members import service as members
from tests.contract.fits import leaks
from tests.contract.walk import lines
from tests.e2e.acting import EVERYWHERE, account, comes_in, read
from tests.lexicon import LANGUAGES

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]

RANKS = {"membre": None, "modération": Role.MODERATOR, "animation": Role.BUILDER}
"""How people are called here, and what they may."""
WAYS = 1
"""With what a command needs, and with all it takes; each choice is tried on the double."""

MOST_SUGGESTED = 25
"""https://docs.discord.com/developers/interactions/application-commands#autocomplete"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def scene(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    """One community on the three platforms, with somebody of each rank."""
    async with stage(tmp_path_factory.mktemp("commands"), START) as opened:
        people = [(name, p) for name in RANKS for p in EVERYWHERE]
        await asyncio.gather(*(comes_in(opened, f"{name}-{p}", p) for name, p in people))
        for name, p in people:
            await _appoint(opened.actor(f"{name}-{p}", p), RANKS[name])
        yield opened


async def _appoint(actor: Actor, role: Role | None) -> None:
    """Make somebody what they are called, on the platform and in the community."""
    if role is None:
        return
    town = getattr(actor.stage.towns, actor.platform)
    town.make_moderator(actor.name)
    await actor.stage.rest()
    community = actor.stage.suite.app.scene()
    found = await members.find(community, account(actor))
    assert found is not None
    await members.grant(community, found.id, role)


@pytest.mark.parametrize("platform", EVERYWHERE)
@pytest.mark.parametrize("rank", RANKS)
async def test_every_command_is_answered(scene: Stage, platform: Platform, rank: str) -> None:
    actor, colleague = scene.actor(f"{rank}-{platform}", platform), _another(rank, platform)
    menu = menu_of(scene.suite.app)
    held = {role for role in (RANKS[rank],) if role}
    wrong: list[str] = []
    for command in menu.commands("fr"):
        role = scene.suite.app.routes.commands[command.path].role
        for line in islice(lines(command, _called(scene, platform, colleague)), WAYS):
            answered = await _answers(actor, line)
            wrong += [f"{line}: {fault}" for fault in _faults(scene, answered)]
            if allows(held, role):
                wrong += [] if answered else [f"{line}: nothing"]
            else:
                wrong += [f"{line}: {text}" for text in answered if not _refuses(scene, text)]
    assert wrong == []
    assert scene.towns.complaints() == []


@pytest.mark.parametrize("rank", RANKS)
async def test_what_completes_itself_is_suggested(scene: Stage, rank: str) -> None:
    person = scene.towns.discord.person(f"{rank}-{Platform.DISCORD}")
    for command in menu_of(scene.suite.app).commands("fr"):
        offered = rank != "membre" or not command.staff
        if offered and any(option.completes for option in command.options):
            assert len(await person.completes(f"/{command.path}")) <= MOST_SUGGESTED
    assert scene.towns.complaints() == []


def _another(rank: str, platform: Platform) -> str:
    """Somebody else there."""
    return f"{next(other for other in RANKS if other != rank)}-{platform}"


def _called(scene: Stage, platform: Platform, name: str) -> str:
    """How that person is named in a command there."""
    if platform is Platform.TELEGRAM:
        return f"@{scene.towns.telegram.person(name).user.username}"
    return f"@{name}"


async def _answers(actor: Actor, line: str) -> list[str]:
    """What comes of a command on that person's screen, nothing when it is not in their menu."""
    before = {seen.id for seen in actor.person.sees()}

    def fresh() -> list[Seen]:
        seen = actor.person.sees()
        return [m for m in seen if m.id not in before and m.author != actor.name]

    try:
        # typed by hand: what is in Telegram's menu has no accents
        typed = actor.person.says if actor.platform is Platform.TELEGRAM else actor.person.runs
        await typed(line)
    except CannotDo:
        return []
    await actor.stage.towns.world.until(
        lambda: bool(fresh() or actor.person.form), seconds=PATIENCE
    )
    if actor.person.form is None:
        return [read(m) for m in fresh()]
    shown = [actor.person.form.title, *actor.person.form.labels]
    await actor.closes()
    return shown


def _faults(scene: Stage, answered: list[str]) -> list[str]:
    """What should not be read in an answer."""
    broken = scene.suite.app.texts.label("error.unexpected", "fr", reference="")[:30]
    found = [leak for text in answered for leak in leaks(text)]
    return [*found, *(text for text in answered if broken in text)]


def _refuses(scene: Stage, text: str) -> bool:
    """Whether that says kindly that it is for the team."""
    return any(scene.label("error.not_allowed", language) in text for language in LANGUAGES)
