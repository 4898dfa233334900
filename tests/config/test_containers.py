import re
from pathlib import Path

import pytest

from config.settings import Settings

ROOT = Path(__file__).parents[2]
COMPOSE = ROOT / "docker-compose.yml"
RECEIVING = ("slack_http_", "telegram_webhook_")


def test_the_compose_file_says_what_the_suite_reads() -> None:
    yaml = pytest.importorskip("yaml", reason="no YAML library is installed")
    services = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))["services"]
    told = services["amicale"]["environment"]
    assert {name.removeprefix("AMICALE_").lower() for name in told} <= set(Settings.model_fields)
    secrets = {name for name in told if name.endswith(("_TOKEN", "_SECRET"))}
    assert secrets == {
        "AMICALE_DISCORD_TOKEN",
        "AMICALE_SLACK_APP_TOKEN",
        "AMICALE_SLACK_BOT_TOKEN",
        "AMICALE_SLACK_SIGNING_SECRET",
        "AMICALE_TELEGRAM_TOKEN",
        "AMICALE_TELEGRAM_WEBHOOK_SECRET",
    }
    assert all(told[name] == f"${{{name}:-}}" for name in secrets)
    received = [name for name in Settings.model_fields if name.startswith(RECEIVING)]
    assert {f"AMICALE_{name.upper()}" for name in received} <= told.keys()
    for name in ("AMICALE_SLACK_HTTP_HOST", "AMICALE_TELEGRAM_WEBHOOK_LISTEN"):
        assert told[name] == f"${{{name}:-0.0.0.0}}"  # else nothing reaches a container
    assert services["amicale"]["depends_on"]["database"]["condition"] == "service_healthy"
    assert services["database"]["image"] == "postgres:15"
    assert services["database"]["healthcheck"]["test"][1] == "pg_isready"
    assert services["amicale"]["build"] == "."


def test_no_secret_is_written_in_the_files_of_the_containers() -> None:
    for name in ("docker-compose.yml", "Dockerfile"):
        text = (ROOT / name).read_text(encoding="utf-8")
        for given in re.findall(r"^\s*\w*(?:PASSWORD|TOKEN|SECRET): *(.*)$", text, re.MULTILINE):
            assert given.startswith("${"), (name, given)


def test_the_image_has_every_room_and_is_not_run_by_root() -> None:
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    for room in ("core", "rituals", "config", "bots"):
        assert f"\nCOPY {room} {room}\n" in text
    assert "--require-hashes -r requirements/run.txt" in text
    assert text.index("USER amicale") < text.index("ENTRYPOINT")
    assert "asyncpg==" in (ROOT / "requirements" / "run.txt").read_text(encoding="utf-8")
