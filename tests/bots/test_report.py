from pathlib import Path

import pytest

from bots.report import print_digest


@pytest.fixture
def set_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A community of its own, on a database that does not exist yet."""
    config = tmp_path / "community.toml"
    config.write_text('[community]\nname = "Essai"\n', encoding="utf-8")
    monkeypatch.setenv("AMICALE_CONFIG", str(config))
    monkeypatch.setenv("AMICALE_DATABASE_URL", f"sqlite://{tmp_path}/a.sqlite3")
    return tmp_path


async def test_a_digest_is_printed_and_its_chart_kept(
    set_up: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chart = set_up / "new" / "digest.png"
    assert await print_digest("2026-W40", chart) == 0
    assert "Bilan de la semaine 2026-W40" in capsys.readouterr().out
    assert chart.read_bytes().startswith(b"\x89PNG")


@pytest.mark.usefixtures("set_up")
async def test_what_is_no_week_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert await print_digest("bientôt", None) == 2
    assert "2026-W47" in capsys.readouterr().err


async def test_what_keeps_the_digest_from_being_read_is_named(
    set_up: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AMICALE_DATABASE_URL", "postgres://nobody@127.0.0.1:9/nowhere")
    (set_up / "community.toml").write_text('[community]\nnom = "Essai"\n', encoding="utf-8")
    assert await print_digest("", None) == 2
    said = capsys.readouterr().err
    assert "does not open" in said
    assert "community.toml:2" in said
    assert "token" not in said
