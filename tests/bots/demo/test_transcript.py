import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bots.demo import transcript
from bots.sandbox.people import Seen


def said(text: str) -> Seen:
    return Seen("1", datetime(2026, 11, 16, tzinfo=UTC), "slack", "entraide", "Inès", text)


def texts(path: Path) -> list[str]:
    return [json.loads(line)["text"] for line in path.read_text(encoding="utf-8").splitlines()]


def test_it_is_written_when_told_and_again_after_an_interruption(tmp_path: Path) -> None:
    path, shown = tmp_path / "new" / "story.jsonl", [said("un")]

    def interrupted() -> None:
        with transcript.kept(path, lambda: shown) as keep:
            keep()
            assert texts(path) == ["un"]
            shown.append(said("deux"))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert texts(path) == ["un", "deux"]


def test_without_a_path_nothing_is_written() -> None:
    with transcript.kept(None, lambda: [said("un")]) as keep:
        keep()
