import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.engine.help import help_routes
from core.members.rules import MembersSettings
from tests.core.engine import handlers
from tests.village import LOCALES, Village, village


@pytest.fixture
def locales(tmp_path: Path) -> Path:
    """The catalogues of the house, and the words of the room that exists only here."""
    folder = tmp_path / "locales"
    shutil.copytree(LOCALES, folder)
    words = Path(__file__).parent / "essai.po"
    shutil.copy(words, folder / "fr" / "LC_MESSAGES" / "essai.po")
    return folder


@pytest.fixture
async def place(locales: Path) -> AsyncIterator[Village]:
    handlers.DONE.clear()
    handlers.BROKEN.clear()
    handlers.NOTED.clear()
    handlers.CLOSED.clear()
    modules = ["core.engine.models", "core.members.models"]
    settings: dict[type, object] = {MembersSettings: MembersSettings()}
    rooms = [handlers.routes, help_routes(handlers.routes)]
    async with village(modules, rooms, settings, locales=locales) as made:
        yield made
