"""The table in docs/ says what the suite proves, and nothing else."""

import ast
import re
from pathlib import Path

import pytest

from tests.contract.parity import OFFERED, ROOT, TABLE, Stands, capabilities, rendered

HERE = Path(__file__).parent
PROVEN = re.compile(r'^@capability\("(\w+)"(?:, stands="(\w+)")?', re.MULTILINE)


def proven() -> dict[str, set[str]]:
    """What the suite tests: key -> how the row must stand (`offered`: either way)."""
    found: dict[str, set[str]] = {}
    for file in HERE.glob("test_*.py"):
        for key, stands in PROVEN.findall(file.read_text(encoding="utf-8")):
            found.setdefault(key, set()).add(stands or "offered")
    return found


def test_the_table_is_up_to_date() -> None:
    assert TABLE.read_text(encoding="utf-8") == rendered(), "run `make parity`"


def test_every_test_has_its_row() -> None:
    assert proven().keys() <= capabilities().keys()


@pytest.mark.parametrize("key", capabilities())
def test_what_is_offered_is_tested(key: str) -> None:
    row = capabilities()[key]
    for platform, cell in row.cells.items():
        if cell.stands in OFFERED and platform not in row.proofs:
            assert proven().get(key, set()) & {"offered", cell.stands}, f"{key} on {platform}"


@pytest.mark.parametrize("key", capabilities())
def test_a_test_that_is_named_elsewhere_is_there(key: str) -> None:
    row = capabilities()[key]
    for platform, proof in row.proofs.items():
        assert row.cells[platform].stands in OFFERED, f"{key}: nothing to prove on {platform}"
        file, _, name = proof.partition("::")
        tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
        functions = ast.FunctionDef | ast.AsyncFunctionDef
        assert name in {node.name for node in tree.body if isinstance(node, functions)}, proof


def test_a_reason_is_given_where_something_is_missing() -> None:
    for row in capabilities().values():
        for cell in row.cells.values():
            assert cell.words or cell.stands is Stands.DONE
