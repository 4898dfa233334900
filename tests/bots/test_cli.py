import json
import os
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from bots.discord.invite import PERMISSIONS
from bots.slack.manifest import BOT_SCOPES

HEAVY = ("discord", "slack_bolt", "slack_sdk", "telegram", "aiohttp", "tortoise", "matplotlib")
COMMANDS = (
    *("demo", "run", "check", "migrate", "move", "backup", "restore", "digest", "sandbox"),
    *("import", "slack-manifest", "discord-invite", "telegram-botfather"),
)


def amicale(*words: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    kept = {k: v for k, v in os.environ.items() if not k.startswith("AMICALE_")}
    return subprocess.run(  # noqa: S603  our own interpreter
        [sys.executable, "-m", "bots", *words],
        env={**kept, "COLUMNS": "200", **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=50,
    )


def test_help_is_there_at_once() -> None:
    started = []
    for _ in range(5):  # the best of five: the machine has other things to do
        begin = time.perf_counter()
        said = amicale("--help").stdout
        started.append(time.perf_counter() - begin)
    assert min(started) < 0.6, started
    for command in COMMANDS:
        assert command in said


def test_help_loads_no_library_it_does_not_need() -> None:
    code = (
        "import sys; from bots.__main__ import cli; sys.argv[1:] = ['--help']\n"
        "try: cli()\n"
        "except SystemExit: pass\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)"
    )
    ended = subprocess.run(  # noqa: S603  our own interpreter
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert "Commands:" in ended.stdout
    assert ended.stderr.strip() == "[]"


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_its_help(command: str) -> None:
    ended = amicale(command, "--help")
    assert ended.returncode == 0
    described = ended.stdout.partition("Options:")[0].split("\n\n")[1]
    assert described.rstrip().endswith(".")


def test_the_slack_manifest_is_json_with_every_scope() -> None:
    manifest = json.loads(amicale("slack-manifest").stdout)
    assert manifest["oauth_config"]["scopes"]["bot"] == list(BOT_SCOPES)
    assert manifest["settings"]["socket_mode_enabled"] is True
    assert "lier" in manifest["features"]["slash_commands"][0]["usage_hint"]


def test_the_slack_manifest_for_http_names_the_address() -> None:
    address = "https://amicale.example.org/slack/events"
    manifest = json.loads(amicale("slack-manifest", "--request-url", address).stdout)
    assert manifest["settings"]["event_subscriptions"]["request_url"] == address
    assert manifest["settings"]["socket_mode_enabled"] is False


def test_the_discord_invitation_asks_for_the_rights_we_use() -> None:
    ended = amicale("discord-invite", "--application", "123456789012345678")
    asked = parse_qs(urlsplit(ended.stdout.strip()).query)
    assert asked["client_id"] == ["123456789012345678"]
    assert asked["permissions"] == [str(sum(bit for bit, _ in PERMISSIONS.values()))]


def test_the_discord_invitation_reads_the_application_from_the_token() -> None:
    first = "MTIzNDU2Nzg5MDEyMzQ1Njc4"  # 123456789012345678
    ended = amicale("discord-invite", AMICALE_DISCORD_TOKEN=f"{first}.GhT7xQ.{'a' * 38}")
    assert "client_id=123456789012345678" in ended.stdout
    assert first not in ended.stdout + ended.stderr


@pytest.mark.parametrize("token", ["", "not.a.token"])
def test_without_an_application_the_invitation_says_where_to_find_it(token: str) -> None:
    ended = amicale("discord-invite", AMICALE_DISCORD_TOKEN=token)
    assert ended.returncode == 2
    assert "--application" in ended.stderr


def test_the_steps_for_telegram_name_the_privacy_mode() -> None:
    ended = amicale("telegram-botfather")
    assert ended.returncode == 0
    assert "/setprivacy" in ended.stdout


@pytest.mark.parametrize("command", ["run", "check"])
def test_without_any_token_it_says_what_to_set(command: str, tmp_path: Path) -> None:
    ended = amicale(command, AMICALE_DATABASE_URL=f"sqlite://{tmp_path}/amicale.sqlite3")
    assert ended.returncode == 2
    assert "AMICALE_DISCORD_TOKEN, AMICALE_SLACK_BOT_TOKEN, AMICALE_TELEGRAM_TOKEN" in ended.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_database_that_is_not_there_is_no_traceback() -> None:
    address = "postgres://amicale:correct-horse@127.0.0.1:1/amicale"
    ended = amicale("migrate", AMICALE_DATABASE_URL=address)
    assert ended.returncode == 2
    assert "AMICALE_DATABASE_URL: the database does not open" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert "correct-horse" not in ended.stderr


@pytest.mark.parametrize(
    ("command", "variable", "value", "said"),
    [
        ("run", "AMICALE_SLACK_HTTP_PORT", "abc", "write a whole number"),
        ("check", "AMICALE_SLACK_HTTP_PORT", "abc", "write a whole number"),
        ("check", "AMICALE_DATABASE_URL", "mysql://x", "postgres://user:password@host/database"),
        ("slack-manifest", "AMICALE_DATABASE_URL", "mysql://x", "sqlite://path"),
    ],
)
def test_a_variable_that_cannot_be_used_is_no_traceback(
    command: str, variable: str, value: str, said: str
) -> None:
    ended = amicale(command, **{variable: value})
    assert ended.returncode == 2
    assert f"{variable}: " in ended.stderr
    assert said in ended.stderr
    assert "Traceback" not in ended.stderr
    assert ended.stdout == ""


def test_no_description_is_cut_on_a_terminal_of_80_columns() -> None:
    said = amicale("--help", COLUMNS="80").stdout
    assert all(command in said for command in COMMANDS)
    assert "…" not in said
    assert "..." not in said.partition("Commands:")[2]


def test_a_copy_that_cannot_be_written_is_said_in_one_line(tmp_path: Path) -> None:
    database, file = tmp_path / "amicale.sqlite3", tmp_path / "a file"
    for one in (database, file):
        one.touch()
    url = f"sqlite://{database}"
    ended = amicale("backup", str(file / "copy"), AMICALE_DATABASE_URL=url)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.startswith("refused: ")
    assert "Traceback" not in ended.stderr
