"""What each platform offers, read from docs/parity.toml; `python -m tests.contract.parity` writes docs/parity.md."""  # noqa: E501  one sentence

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

ROOT = Path(__file__).parents[2]
DATA = ROOT / "docs" / "parity.toml"
TABLE = ROOT / "docs" / "parity.md"
PLATFORMS = {
    "discord": "Discord",
    "slack": "Slack",
    "telegram": "Telegram",
    "memory": "Memory (tests)",
}


class Stands(StrEnum):
    """How a capability stands on a platform."""

    DONE = "done"
    FALLBACK = "fallback"
    TODO = "todo"
    IMPOSSIBLE = "impossible"


OFFERED = frozenset({Stands.DONE, Stands.FALLBACK})
SIGNS = {
    Stands.DONE: "✅ done",
    Stands.FALLBACK: "🔁 fallback",
    Stands.TODO: "⏳ todo",
    Stands.IMPOSSIBLE: "⛔ impossible",
}


@dataclass(frozen=True, slots=True)
class Cell:
    """One capability on one platform: how it stands, and why or how, in a few words."""

    stands: Stands
    words: str = ""

    @property
    def shown(self) -> str:
        """The cell of the table."""
        return f"{SIGNS[self.stands]}: {self.words}" if self.words else SIGNS[self.stands]


@dataclass(frozen=True, slots=True)
class Capability:
    """One row. `proofs` names, by platform, the test that stands for a contract test."""

    key: str
    title: str
    cells: Mapping[str, Cell]
    proofs: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Group:
    """Rows that belong together."""

    title: str
    rows: tuple[Capability, ...]


def groups() -> tuple[Group, ...]:
    """The whole declaration. Raises ValueError where a cell is missing or not understood."""
    told = tomllib.loads(DATA.read_text(encoding="utf-8"))
    return tuple(
        Group(
            group["title"],
            tuple(_row(key, row) for key, row in group.items() if isinstance(row, dict)),
        )
        for group in told.values()
    )


def capabilities() -> dict[str, Capability]:
    """Every row by its key."""
    return {row.key: row for group in groups() for row in group.rows}


def _row(key: str, row: Mapping[str, object]) -> Capability:
    unknown = row.keys() - {"title", "proof", *PLATFORMS}
    if unknown or PLATFORMS.keys() - row.keys():
        raise ValueError(f"{key}: unknown {sorted(unknown)} or a platform is missing")
    proofs = row.get("proof", {})
    if not isinstance(proofs, dict):
        raise TypeError(f"{key}: proof names a test by platform")
    cells = {platform: _cell(key, str(row[platform])) for platform in PLATFORMS}
    return Capability(key, str(row["title"]), cells, proofs)


def _cell(key: str, written: str) -> Cell:
    stands, _, words = written.partition(":")
    cell = Cell(Stands(stands.strip()), words.strip())
    if cell.stands is not Stands.DONE and not cell.words:
        raise ValueError(f"{key}: {stands} needs its reason")
    return cell


INTRODUCTION = """\
# What each platform can do

This table is written by `make parity` from `docs/parity.toml`; the contract suite
(`tests/contract/`) reads the same file. **done** and **fallback** (the same need met another way)
pass their test against the real client library; **todo** and **impossible** carry their reason,
and where the attempt can be made, the suite makes it and fails if it ever succeeds. The last
column is the double in memory on which most other tests run.
"""


def rendered() -> str:
    """The text of docs/parity.md."""
    parts = [INTRODUCTION, _summary()]
    for group in groups():
        head = ["", "key", *PLATFORMS.values()]
        lines = [head, ["---"] * len(head)]
        for row in group.rows:
            cells = [row.cells[platform].shown for platform in PLATFORMS]
            lines.append([row.title, f"`{row.key}`", *cells])
        table = "\n".join(f"| {' | '.join(line)} |" for line in lines)
        parts.append(f"## {group.title}\n\n{table}\n")
    return "\n".join(parts)


def _summary() -> str:
    rows = capabilities().values()
    head = ["", *(stands.value for stands in Stands)]
    lines = [head, ["---"] * len(head)]
    for platform, name in PLATFORMS.items():
        held = [row.cells[platform].stands for row in rows]
        lines.append([name, *(str(held.count(stands)) for stands in Stands)])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


if __name__ == "__main__":
    TABLE.write_text(rendered(), encoding="utf-8")
