import asyncio
from pathlib import Path

import pytest

from bots.importing import bring_members
from core.arrivals.models import Trained
from core.engine import database

PEOPLE = "Nom;E-mail;Pointure\nAlice;alice@exemple.fr;38\nBob;pas une adresse;\n"


@pytest.fixture
def people(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file of people, and a database for them."""
    monkeypatch.setenv("AMICALE_DATABASE_URL", f"sqlite://{tmp_path}/amicale.sqlite3")
    path = tmp_path / "personnes.csv"
    path.write_text(PEOPLE, encoding="utf-8")
    return path


def ended(path: Path, community: str = "", *, dry_run: bool = False) -> int:
    return asyncio.run(bring_members(path, community, dry_run=dry_run))


def kept(folder: Path) -> list[str]:
    async def names() -> list[str]:
        await database.connect(
            f"sqlite://{folder}/amicale.sqlite3",
            ["core.engine.models", "core.members.models", "core.arrivals.models"],
        )
        try:
            return [row.name for row in await Trained.all()]
        finally:
            await database.close()

    return asyncio.run(names())


def test_people_are_imported_and_wrong_lines_are_listed(
    people: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ended(people) == 0
    said = capsys.readouterr().out
    assert "1 new" in said
    assert "line 3 left out: “pas une adresse” is no e-mail address" in said
    assert "columns left out: Pointure" in said
    assert kept(people.parent) == ["Alice"]
    assert ended(people) == 0
    assert "0 new\n0 updated\n1 unchanged" in capsys.readouterr().out


def test_a_dry_run_shows_what_would_change_and_changes_nothing(
    people: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ended(people, dry_run=True) == 0
    assert "1 would be new" in capsys.readouterr().out
    assert kept(people.parent) == []


@pytest.mark.parametrize(
    ("content", "said"), [(None, "cannot be read"), ("prix\n1\n", "is no list of people")]
)
def test_a_file_that_is_none_is_refused(
    people: Path, capsys: pytest.CaptureFixture[str], content: str | None, said: str
) -> None:
    people.unlink()
    if content:
        people.write_text(content, encoding="utf-8")
    assert ended(people) == 2
    assert said in capsys.readouterr().err


def test_a_community_that_is_not_served_is_not_guessed(
    people: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ended(people, "ailleurs") == 2
    assert "choose one of anciens" in capsys.readouterr().err


def test_hashing_e_mails_needs_a_key(
    people: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    config = people.with_name("community.toml")
    config.write_text('[community]\nname = "Essai"\n[arrivals]\nhash_emails = true\n', "utf-8")
    monkeypatch.setenv("AMICALE_CONFIG", str(config))
    assert ended(people) == 2
    assert "AMICALE_EMAIL_SECRET: is not set" in capsys.readouterr().err
