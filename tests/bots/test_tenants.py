import os
from pathlib import Path

import pytest

from bots import logs
from bots.tenants import SetUp, read
from config.settings import Settings, prefix, secret
from core.chat.adapter import Problem
from core.chat.identity import Platform

TOML = """
[community]
name = "{slug}"
slug = "{slug}"
[discord]
workspace = "{guild}"
[discord.channels]
welcome = "a"
introductions = "a"
help = "a"
rituals = "a"
moderators = "a"
admins = "a"
"""


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Two communities side by side, and an environment with nothing else of ours."""
    for name in list(os.environ):
        if name.startswith("AMICALE_"):
            monkeypatch.delenv(name)
    monkeypatch.setattr(logs, "_known", set())
    monkeypatch.setenv("AMICALE_CONFIG", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    for number, slug in enumerate(("lyon-sud", "metz")):
        text = TOML.format(slug=slug, guild=100 + number)
        (tmp_path / f"{slug}.toml").write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture
def _tokens(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert folder.is_dir()  # it empties the environment first
    monkeypatch.setenv("AMICALE_LYON_SUD_DISCORD_TOKEN", "the token of Lyon")
    monkeypatch.setenv("AMICALE_METZ_DISCORD_TOKEN", "the token of Metz")


def said(set_up: SetUp) -> list[str]:
    return [f"{p.where}: {p.what} {p.remedy}" for p in set_up.problems]


@pytest.mark.usefixtures("folder", "_tokens")
def test_a_folder_is_a_community_a_file_each_with_its_own_token() -> None:
    set_up = read()
    assert said(set_up) == []
    lyon, metz = set_up.tenants
    assert (lyon.slug, metz.slug) == ("lyon-sud", "metz")
    assert secret(lyon.settings.discord_token) == "the token of Lyon"
    assert secret(metz.settings.discord_token) == "the token of Metz"
    assert lyon.platforms == metz.platforms == (Platform.DISCORD,)
    assert logs.redact("with the token of Metz inside") == "with [hidden] inside"


def test_several_files_may_be_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    named = os.pathsep.join(str(folder / f"{slug}.toml") for slug in ("metz", "lyon-sud"))
    monkeypatch.setenv("AMICALE_CONFIG", named)
    assert [tenant.slug for tenant in read().tenants] == ["metz", "lyon-sud"]


@pytest.mark.usefixtures("folder", "_tokens")
def test_a_common_secret_is_nobodys_where_there_are_several(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("AMICALE_METZ_DISCORD_TOKEN")
    monkeypatch.setenv("AMICALE_DISCORD_TOKEN", "a common token")
    set_up = read()
    assert set_up.tenants[1].platforms == ()
    (told,) = said(set_up)
    assert told.startswith("metz: environment: no platform has a token")
    assert "AMICALE_METZ_DISCORD_TOKEN" in told


@pytest.mark.usefixtures("folder", "_tokens")
def test_the_key_of_e_mails_is_common_to_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AMICALE_EMAIL_SECRET", "the key of the house")
    keys = {secret(tenant.settings.email_secret) for tenant in read().tenants}
    assert keys == {"the key of the house"}


@pytest.mark.usefixtures("_tokens")
def test_where_there_is_one_community_both_ways_are_right(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "lyon-sud.toml").unlink()
    monkeypatch.delenv("AMICALE_LYON_SUD_DISCORD_TOKEN")
    assert secret(read().tenants[0].settings.discord_token) == "the token of Metz"
    monkeypatch.delenv("AMICALE_METZ_DISCORD_TOKEN")
    monkeypatch.setenv("AMICALE_DISCORD_TOKEN", "a common token")
    assert secret(read().tenants[0].settings.discord_token) == "a common token"
    assert said(read()) == []


@pytest.mark.usefixtures("folder", "_tokens")
def test_an_address_or_a_port_may_be_common_or_ones_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AMICALE_DISCORD_API_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("AMICALE_METZ_SLACK_HTTP_PORT", "3001")
    lyon, metz = read().tenants
    assert lyon.settings.discord_api_url == metz.settings.discord_api_url == "http://127.0.0.1:1"
    assert (lyon.settings.slack_http_port, metz.settings.slack_http_port) == (3000, 3001)


@pytest.mark.usefixtures("folder", "_tokens")
def test_what_is_wrong_names_its_community(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AMICALE_METZ_SLACK_BOT_TOKEN", "xoxb-metz")
    monkeypatch.setenv("AMICALE_METZ_DISCORD_TOKN", "x")
    found = said(read())
    assert any(
        line.startswith("metz: slack: AMICALE_METZ_SLACK_BOT_TOKEN is set") for line in found
    )
    assert any("metz: slack: there is no way to receive" in line for line in found)
    (misspelt,) = [line for line in found if line.startswith("AMICALE_METZ_DISCORD_TOKN: ")]
    assert "did you mean AMICALE_METZ_DISCORD_TOKEN?" in misspelt
    monkeypatch.setenv("AMICALE_METZ_SLACK_HTTP_PORT", "many")
    assert any(line.startswith("AMICALE_METZ_SLACK_HTTP_PORT: ") for line in said(read()))


@pytest.mark.usefixtures("_tokens")
def test_two_communities_cannot_share_a_name_a_workspace_or_a_token(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AMICALE_METZ_DISCORD_TOKEN", "the token of Lyon")
    (folder / "metz.toml").write_text(TOML.format(slug="metz", guild=100), encoding="utf-8")
    found = [problem for problem in read().problems if problem.fatal]
    assert [problem.where for problem in found] == ["lyon-sud.toml and metz.toml"] * 2
    assert "the discord workspace '100'" in found[0].what
    assert "the secret in AMICALE_…_DISCORD_TOKEN" in found[1].what
    assert "the token of Lyon" not in repr(found)
    (folder / "metz.toml").write_text(TOML.format(slug="lyon-sud", guild=1), encoding="utf-8")
    assert any("the slug 'lyon-sud'" in problem.what for problem in read().problems)


@pytest.mark.usefixtures("_tokens")
def test_mistakes_of_one_file_leave_the_other_read(folder: Path) -> None:
    (folder / "metz.toml").write_text("[community]\nlanguage = 'de'\n", encoding="utf-8")
    set_up = read()
    assert [tenant.slug for tenant in set_up.tenants] == ["lyon-sud"]
    assert {p.where for p in set_up.problems if p.fatal} == {"metz.toml:1", "metz.toml:2"}


def test_an_empty_folder_names_no_community(folder: Path) -> None:
    for file in folder.glob("*.toml"):
        file.unlink()
    assert read().problems[-1] == Problem(
        "AMICALE_CONFIG", "names no community", "name a file, or a folder with *.toml files in it"
    )


def test_the_variables_of_a_community_begin_with_its_name() -> None:
    assert prefix("les-anciens-2") == "AMICALE_LES_ANCIENS_2_"
    assert Settings().of("x", alone=True).database_url == Settings().database_url
