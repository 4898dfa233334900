import pytest
from pydantic import SecretStr, ValidationError

from config.settings import Settings, secret


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"AMICALE_{name.upper()}", raising=False)


def test_without_a_variable_everything_is_the_real_platforms() -> None:
    settings = Settings()
    assert settings.discord_api_url == "https://discord.com/api/v10"
    assert settings.slack_api_url == "https://slack.com/api/"
    assert settings.telegram_api_url == "https://api.telegram.org/bot"
    assert settings.database_url == "sqlite://data/amicale.sqlite3"
    assert settings.config.is_file()
    assert settings.locales.is_dir()
    assert secret(settings.discord_token) == ""
    assert settings.secrets == ()


def test_an_empty_variable_counts_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AMICALE_DISCORD_TOKEN", "")
    monkeypatch.setenv("AMICALE_DATABASE_URL", "")
    assert Settings().discord_token is None
    assert Settings().database_url.startswith("sqlite://")


def test_no_secret_shows_when_settings_are_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AMICALE_TELEGRAM_TOKEN", " 12345:a-token ")
    settings = Settings()
    assert "a-token" not in repr(settings)
    assert secret(settings.telegram_token) == "12345:a-token"


def test_every_secret_is_known_the_databases_password_too(monkeypatch: pytest.MonkeyPatch) -> None:
    names = [
        name
        for name, field in Settings.model_fields.items()
        if "SecretStr" in str(field.annotation)
    ]
    for name in names:
        monkeypatch.setenv(f"AMICALE_{name.upper()}", f"the {name}")
    monkeypatch.setenv("AMICALE_DATABASE_URL", "postgres://amicale:correct-horse@db/amicale")
    expected = {f"the {name}" for name in names} | {"correct-horse"}
    assert set(Settings().secrets) == expected
    assert len(names) == 7


@pytest.mark.parametrize(
    "url",
    [
        "mysql://db/amicale",
        "amicale.sqlite3",
        "redis://x",
        "postgres://[x",
        "postgres://amicale:pass@db:port/amicale",
    ],
)
def test_another_kind_of_database_is_refused(url: str) -> None:
    with pytest.raises(ValidationError, match="sqlite://path or postgres://"):
        Settings(database_url=url)


@pytest.mark.parametrize("url", ["sqlite://:memory:", "sqlite:///var/a:b.sqlite3", "postgres://db"])
def test_an_address_without_a_port_is_one(url: str) -> None:
    assert Settings(database_url=url).database_url == url


def test_a_secret_is_given_without_the_blanks_around_it() -> None:
    assert secret(SecretStr(" x \n")) == "x"
    assert secret(None) == ""
