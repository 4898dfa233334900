import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from config.settings import SECRETS, Settings

ROOT = Path(__file__).parents[2]
COMPOSE = ROOT / "docker-compose.yml"
RECEIVING = ("slack_http_", "telegram_webhook_")


def services() -> dict[str, Any]:
    yaml = pytest.importorskip("yaml", reason="no YAML library is installed")
    found: dict[str, Any] = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))["services"]
    return found


def test_the_compose_file_says_what_the_suite_reads() -> None:
    told = services()["gateway"]["environment"]
    assert {name.removeprefix("AMICALE_").lower() for name in told} <= set(Settings.model_fields)
    secrets = {name for name in told if name.endswith(("_TOKEN", "_SECRET"))}
    assert secrets == {f"AMICALE_{name.upper()}" for name in SECRETS}
    assert all(told[name] == f"${{{name}:-}}" for name in secrets)
    received = [name for name in Settings.model_fields if name.startswith(RECEIVING)]
    assert {f"AMICALE_{name.upper()}" for name in received} <= told.keys()
    for name in ("AMICALE_SLACK_HTTP_HOST", "AMICALE_TELEGRAM_WEBHOOK_LISTEN"):
        assert told[name] == f"${{{name}:-0.0.0.0}}"  # else nothing reaches a container


def test_one_gateway_and_two_workers_share_one_database() -> None:
    found = services()
    gateway, worker = found["gateway"], found["worker"]
    assert gateway["command"] == ["run", "--role", "gateway"]
    assert worker["command"] == ["run", "--role", "worker"]
    assert worker["deploy"]["replicas"] == 2
    assert "deploy" not in gateway, "a second gateway is refused"
    for service in (gateway, worker):
        assert service["environment"] == gateway["environment"]
        assert service["depends_on"]["database"]["condition"] == "service_healthy"
        assert service["build"] == "."
        assert service["stop_grace_period"] == "15s"
    assert found["database"]["image"] == "postgres:15"
    assert found["database"]["healthcheck"]["test"][1] == "pg_isready"


def test_prometheus_asks_both_where_they_answer() -> None:
    yaml = pytest.importorskip("yaml", reason="no YAML library is installed")
    found = services()
    assert found["prometheus"]["profiles"] == ["metrics"]
    config = ROOT / "config" / "prometheus.yml"
    assert f"./{config.relative_to(ROOT)}:" in found["prometheus"]["volumes"][0]
    (job,) = yaml.safe_load(config.read_text(encoding="utf-8"))["scrape_configs"]
    (asked,) = job["dns_sd_configs"]
    assert asked["names"] == ["gateway", "worker"]
    assert str(asked["port"]) == found["gateway"]["environment"]["AMICALE_HEALTH_PORT"]
    assert job["metrics_path"] == "/metrics"


def test_the_compose_file_holds_to_the_published_schema() -> None:
    ended = subprocess.run(  # noqa: S603  our own interpreter
        [
            *(sys.executable, "-m", "check_jsonschema"),
            *("--builtin-schema", "vendor.compose-spec", str(COMPOSE)),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr


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
    assert "postgresql-client" in text
    assert "asyncpg==" in (ROOT / "requirements" / "run.txt").read_text(encoding="utf-8")
