import asyncio
import os
from pathlib import Path

import pytest

from bots import logs, platforms
from bots.checking import check, check_database
from bots.operate import bare_menu
from bots.sandbox.memory import MODAL, MemoryAdapter
from bots.sandbox.people import World
from bots.tenants import read
from config.settings import Settings
from core.chat.adapter import Problem, Transient
from core.chat.identity import Platform

DISCORD = "AMICALE_DISCORD_TOKEN"


@pytest.fixture
def config(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A right configuration without a platform, and an environment with nothing of ours."""
    for name in list(os.environ):
        if name.startswith("AMICALE_"):
            monkeypatch.delenv(name)
    path = tmp_path / "community.toml"
    path.write_text('[community]\nname = "Essai"\n', encoding="utf-8")
    monkeypatch.setenv("AMICALE_CONFIG", str(path))
    monkeypatch.setenv("AMICALE_DATABASE_URL", f"sqlite://{tmp_path / 'amicale.sqlite3'}")
    monkeypatch.setattr(logs, "_known", set())
    monkeypatch.chdir(tmp_path)
    return path


def whats() -> dict[str, Problem]:
    return {problem.where: problem for problem in read().problems}


def test_no_token_at_all_says_which_to_set_and_what_needs_none(config: Path) -> None:
    assert config.exists()
    [problem] = read().problems
    assert problem.fatal
    assert problem.what == "no platform has a token"
    for name in (DISCORD, "AMICALE_SLACK_BOT_TOKEN", "AMICALE_TELEGRAM_TOKEN", "amicale demo"):
        assert name in problem.remedy


@pytest.mark.usefixtures("config")
def test_a_token_without_its_section_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(DISCORD, "a.discord.token")
    problem = whats()["discord"]
    assert "no [discord]" in problem.what
    assert "add [discord]" in problem.remedy
    assert "community.toml" in problem.remedy


@pytest.mark.usefixtures("config")
def test_slack_without_a_way_to_listen_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AMICALE_SLACK_BOT_TOKEN", "xoxb-something")
    found = [problem.what for problem in read().problems if problem.where == "slack"]
    assert "there is no way to receive events" in found
    monkeypatch.setenv("AMICALE_SLACK_SIGNING_SECRET", "a secret of ours")
    found = [problem.what for problem in read().problems if problem.where == "slack"]
    assert "there is no way to receive events" not in found


@pytest.mark.usefixtures("config")
def test_a_misspelt_variable_is_pointed_out_and_stops_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AMICALE_DISCORD_TOKN", "x")
    monkeypatch.setenv("AMICALE_QQQQ", "x")
    monkeypatch.setenv("AMICALE_TEST_POSTGRES", "postgres://x")
    found = whats()
    assert found["AMICALE_DISCORD_TOKN"].remedy.startswith(f"did you mean {DISCORD}?")
    assert "remove it" in found["AMICALE_QQQQ"].remedy
    assert not found["AMICALE_QQQQ"].fatal
    assert "AMICALE_TEST_POSTGRES" not in found


@pytest.mark.usefixtures("config")
def test_variables_that_cannot_be_used_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AMICALE_SLACK_HTTP_PORT", "three thousand")
    monkeypatch.setenv("AMICALE_DATABASE_URL", "mysql://db/amicale")
    found = whats()
    assert found.keys() == {"AMICALE_SLACK_HTTP_PORT", "AMICALE_DATABASE_URL"}
    assert "sqlite://path or postgres://" in found["AMICALE_DATABASE_URL"].what


@pytest.mark.usefixtures("config")
def test_numbers_out_of_bounds_are_told_their_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AMICALE_SLACK_HTTP_PORT", "65536")
    monkeypatch.setenv("AMICALE_TELEGRAM_WEBHOOK_PORT", "3000.5")
    monkeypatch.setenv("AMICALE_TELEGRAM_GROUP_PER_MINUTE", "-1")
    assert {where: problem.remedy for where, problem in whats().items()} == {
        "AMICALE_SLACK_HTTP_PORT": "write 65535 or less",
        "AMICALE_TELEGRAM_WEBHOOK_PORT": "write a whole number, like 7",
        "AMICALE_TELEGRAM_GROUP_PER_MINUTE": "write 0 or more",
    }


def test_mistakes_of_the_file_stand_beside_those_of_the_environment(config: Path) -> None:
    config.write_text("[community]\nlanguage = 'de'\n", encoding="utf-8")
    found = whats()
    assert found.keys() == {"community.toml:1", "community.toml:2", "environment"}


@pytest.mark.usefixtures("config")
def test_what_is_read_is_never_written_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AMICALE_SLACK_SIGNING_SECRET", "a secret without a shape")
    read()
    assert logs.redact("with a secret without a shape") == "with [hidden]"


def of_memory(monkeypatch: pytest.MonkeyPatch, kind: type[MemoryAdapter]) -> None:
    def adapters(*_: object, **__: object) -> dict[Platform, MemoryAdapter]:
        menu = bare_menu(None)
        made = {p: kind(p, menu, World(), MODAL) for p in (Platform.DISCORD, Platform.SLACK)}
        made[Platform.TELEGRAM] = MemoryAdapter(Platform.TELEGRAM, menu, World(), MODAL)
        return made

    monkeypatch.setattr(platforms, "adapters", adapters)


class Away(MemoryAdapter):
    async def check(self) -> list[Problem]:
        raise Transient("HTTP 503")


class Silent(MemoryAdapter):
    async def check(self) -> list[Problem]:
        await asyncio.sleep(60)
        return []


class Doubled(MemoryAdapter):
    async def check(self) -> list[Problem]:
        return [Problem("somewhere", "the same", "twice")] * 2


@pytest.mark.usefixtures("config")
@pytest.mark.parametrize("kind", [Away, Silent])
async def test_platforms_out_of_reach_are_said_and_stop_nothing(
    monkeypatch: pytest.MonkeyPatch, kind: type[MemoryAdapter]
) -> None:
    of_memory(monkeypatch, kind)
    found = await check(read(), bare_menu(None), patience=0.05)
    away = [problem for problem in found if not problem.fatal]
    assert {problem.where for problem in away} == {"discord", "slack"}
    assert all("network" in problem.remedy for problem in away)


@pytest.mark.usefixtures("config")
async def test_the_same_problem_is_said_once(monkeypatch: pytest.MonkeyPatch) -> None:
    of_memory(monkeypatch, Doubled)
    found = await check(read(), bare_menu(None))
    assert [problem.where for problem in found].count("somewhere") == 1


async def test_a_database_file_is_examined_and_left_alone(tmp_path: Path) -> None:
    absent = tmp_path / "new" / "amicale.sqlite3"
    assert await check_database(f"sqlite://{absent}") == []
    assert not absent.parent.exists()
    assert await check_database("sqlite://:memory:") == []
    text = tmp_path / "a text.sqlite3"
    text.write_text("This is no database. " * 99, encoding="utf-8")
    [problem] = await check_database(f"sqlite://{text}")
    assert "not a database" in problem.what
    assert problem.fatal
    [problem] = await check_database(f"sqlite://{text / 'below' / 'x.sqlite3'}")
    assert "cannot be made" in problem.what


async def test_a_database_server_that_is_not_there_is_named_without_its_password() -> None:
    [problem] = await check_database("postgres://amicale:correct-horse@127.0.0.1:1/amicale")
    assert problem.where == "AMICALE_DATABASE_URL"
    assert problem.fatal
    assert "does not open" in problem.what
    assert "correct-horse" not in repr(problem)


def test_every_variable_has_a_name_of_ours() -> None:
    assert {"database_url", "config", "discord_token"} <= set(Settings.model_fields)


def test_what_would_be_said_nowhere_is_pointed_out_and_stops_nothing(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    channels = '[slack.channels]\nwelcome = "accueil"\nhelp = "entraide"\nrituals = "rituels"\n'
    config.write_text(
        f'[community]\nname = "Essai"\n[slack]\nworkspace = "T1"\n{channels}'
        'moderators = "modération"\nadmins = "administration"\n',
        encoding="utf-8",
    )
    monkeypatch.setenv("AMICALE_SLACK_BOT_TOKEN", "xoxb-1")
    monkeypatch.setenv("AMICALE_SLACK_APP_TOKEN", "xapp-1")
    (problem,) = read().problems
    assert problem.where.endswith("community.toml:5")
    assert "no channel for introductions" in problem.what
    assert not problem.fatal
