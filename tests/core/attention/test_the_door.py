"""There is one way to write to somebody first: by the source, by types and by trying."""

import ast
from functools import cache
from pathlib import Path

import pytest

from core.chat.actions import Action
from core.chat.identity import Channel, MessageRef, Platform
from core.chat.messages import Message, Text
from tests.village import Village

ROOT = Path(__file__).parents[3]

DOORS = {
    "core/engine/scene.py": "it is declared there",
    "core/attention/service.py": "what is told",
    "core/attention/waiting.py": "what is asked, when its moment has come",
    "core/members/handlers.py": "a link is told to the other accounts, for they can undo it",
}
"""Where `owe_in_private` may stand, and why."""

WRITERS = {"core/engine/scene.py", "core/engine/outbox.py"}
"""Where a row of the outbox may be made."""


@cache
def _sources() -> dict[str, frozenset[str]]:
    """The names that stand in each file."""
    files = [*(ROOT / "core").rglob("*.py"), *(ROOT / "rituals").rglob("*.py")]
    return {str(f.relative_to(ROOT)): _names(ast.parse(f.read_text("utf-8"))) for f in files}


def _names(tree: ast.Module) -> frozenset[str]:
    """Every name that stands in it, and what it takes from its rooms (`outbox.Owed`)."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            found.add(node.attr)
            match node.value:
                case ast.Name(id=holder) | ast.Attribute(attr=holder):
                    found.add(f"{holder}.{node.attr}")
        elif isinstance(node, ast.Name):
            found.add(node.id)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            found.add(node.name)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.add(node.value)
    return frozenset(found)


def test_only_attention_writes_to_a_person_first() -> None:
    users = {path for path, names in _sources().items() if "owe_in_private" in names}
    assert users == set(DOORS)


def test_nobody_else_writes_into_the_outbox() -> None:
    ways = {"outbox.owe", "OutboxMessage.create", "OutboxMessage.bulk_create"}
    users = {path for path, names in _sources().items() if ways & names}
    assert users == WRITERS


def test_nobody_but_the_deliveries_hands_a_message_to_a_platform() -> None:
    ways = {"adapter.send", "_adapter.send"}
    users = {path for path, names in _sources().items() if ways & names}
    assert users == {"core/engine/attempts.py"}


async def test_a_person_is_no_place(place: Village) -> None:
    bob = place.person("Bob")
    with pytest.raises(TypeError, match=r"core\.attention"):
        await place.app.scene().owe(Message(Text("un")), bob.account)  # type: ignore[arg-type]  # what is tried


@pytest.mark.parametrize("under", [False, True])
async def test_a_private_conversation_is_no_place_either(place: Village, under: bool) -> None:  # noqa: FBT001  pytest's way
    there = Channel(Platform.DISCORD, "discord-1", "@bob", private=True)
    to = MessageRef(there, "1") if under else there
    with pytest.raises(TypeError, match=r"core\.attention"):
        await place.app.scene().owe(Message(Text("un")), to, then=Action("x"))
