import json
import logging
import subprocess
import sys
from collections.abc import Iterator

import pytest
import structlog

from bots import logs

# Taken apart, so that no scanner takes them for real ones.
DISCORD = "MTA4NzY1NDMyMTA5ODc2NTQzMg" + ".GhT7xQ." + "aB3dE5fG7hI9jK1lM3nO5pQ7rS9tU1vW3xY5zA"
SLACK = "xoxb" + "-123456789012-1234567890123-AbCdEfGhIjKlMnOpQrStUvWx"
SLACK_APP = "xapp" + "-1-A0123456789-1234567890123-abcdef0123456789"
TELEGRAM = "7123456789" + ":AAE-abcdefghijklmnopqrstuvwxyz01234"
DATABASE = "postgres://amicale:correct-horse@db:5432/amicale"
LIBRARYS_WORDS = "voice will NOT be supported"
SECRETS = [DISCORD, SLACK, SLACK_APP, TELEGRAM, "correct-horse"]


@pytest.fixture(autouse=True)
def _quiet_again() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level, hook = root.handlers[:], root.level, sys.excepthook
    yield
    root.handlers[:], sys.excepthook = handlers, hook
    root.setLevel(level)
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()


def fail(error: Exception) -> None:
    raise error


def said(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


@pytest.mark.parametrize("secret", [DISCORD, SLACK, SLACK_APP, TELEGRAM, DATABASE])
def test_what_looks_like_a_secret_is_hidden_wherever_it_stands(secret: str) -> None:
    shown = logs.redact(f"before https://api/bot{secret}/getMe and {secret!r} after")
    assert not any(word in shown for word in SECRETS)
    assert shown.startswith("before https://api/b")
    assert shown.endswith(" after")
    assert logs.HIDDEN in shown


def test_a_colon_written_for_an_address_hides_nothing_less() -> None:
    assert TELEGRAM[-20:] not in logs.redact(TELEGRAM.replace(":", "%3A"))


@pytest.mark.parametrize(
    "plain",
    [
        "2026-11-16T09:00:00.000000Z the tip is posted",
        "http://127.0.0.1:8080/api/v10/guilds/900000000000000001",
        "https://docs.discord.com/developers/topics/oauth2#bot-authorization-flow",
        "bots.discord.adapter.DiscordAdapter",
        "postgres://db:5432/amicale",
        "write sqlite://path or postgres://user:password@host/database",
    ],
)
def test_what_is_no_secret_stays(plain: str) -> None:
    assert logs.redact(plain) == plain


def test_configured_secrets_are_hidden_whatever_their_shape(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(logs, "_known", set())
    logs.hide(["8f742231b10e8888abcd99yyyzzz85a5", "a", ""])
    shown = logs.redact("signed with 8f742231b10e8888abcd99yyyzzz85a5, a word")
    assert shown == f"signed with {logs.HIDDEN}, a word"


def test_our_lines_and_our_exceptions_are_hidden(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure()
    try:
        fail(RuntimeError(f"refused {TELEGRAM}"))
    except RuntimeError as error:
        structlog.get_logger().error("event failed", token=SLACK, exc_info=error)
    (line,) = said(capsys)
    assert not any(word in json.dumps(line) for word in SECRETS)
    assert line["token"] == logs.HIDDEN
    assert "RuntimeError: refused [hidden]" in str(line["exception"])


def test_the_libraries_own_lines_are_hidden(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure()
    try:
        fail(OSError(f"cannot connect to {DATABASE}"))
    except OSError:
        logging.getLogger("asyncpg").exception("with %s", DISCORD)
    logging.getLogger("httpx").info("not from warnings up")
    (line,) = said(capsys)
    assert not any(word in json.dumps(line) for word in SECRETS)
    assert line["event"] == "with [hidden]"
    assert "cannot connect to postgres://[hidden]@db" in str(line["exception"])


def test_a_bot_that_only_writes_is_not_told_that_it_cannot_speak(
    capsys: pytest.CaptureFixture[str],
) -> None:
    logs.configure()
    logging.getLogger("discord.client").warning("PyNaCl is not installed, %s", LIBRARYS_WORDS)
    logging.getLogger("discord.client").warning("the gateway is slow")
    assert [line["event"] for line in said(capsys)] == ["the gateway is slow"]


def test_on_a_terminal_an_exception_shows_no_local_variable(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    logs.configure()
    held = "a local variable's value"
    try:
        fail(RuntimeError(TELEGRAM))
    except RuntimeError:
        structlog.get_logger().exception("failed")
    shown = capsys.readouterr().err
    assert "RuntimeError" in shown
    assert held not in shown
    assert TELEGRAM not in shown


def test_what_ends_the_process_is_hidden_too() -> None:
    code = "import sys; from bots import logs; logs.configure(); raise OSError(sys.argv[1])"
    ended = subprocess.run(  # noqa: S603  our own interpreter
        [sys.executable, "-c", code, f"at {DATABASE} with {SLACK_APP}"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 1
    assert "OSError: at postgres://[hidden]@db:5432/amicale with [hidden]" in ended.stderr
    assert not any(word in ended.stderr for word in SECRETS)
