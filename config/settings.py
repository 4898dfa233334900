"""Secrets and addresses, from the environment and from nowhere else."""

from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

FOLDER = Path(__file__).parent


class Settings(BaseSettings):
    """The AMICALE_* variables.

    Every address is written as the platform's own client library takes it, and defaults to the
    real platform. An empty variable counts as one that is not set.
    """

    model_config = SettingsConfigDict(env_prefix="AMICALE_", env_ignore_empty=True)

    database_url: str = "sqlite://data/amicale.sqlite3"
    config: Path = FOLDER / "community.toml"
    locales: Path = FOLDER / "locales"

    discord_token: SecretStr | None = None
    discord_api_url: str = "https://discord.com/api/v10"
    discord_gateway_url: str = "wss://gateway.discord.gg"

    slack_bot_token: SecretStr | None = None
    slack_app_token: SecretStr | None = None
    slack_signing_secret: SecretStr | None = None
    slack_api_url: str = "https://slack.com/api/"
    slack_http_host: str = "127.0.0.1"
    slack_http_port: int = Field(default=3000, ge=0, le=65535)

    telegram_token: SecretStr | None = None
    telegram_api_url: str = "https://api.telegram.org/bot"
    telegram_file_url: str = "https://api.telegram.org/file/bot"
    telegram_webhook_url: str = ""
    telegram_webhook_secret: SecretStr | None = None
    telegram_webhook_listen: str = "127.0.0.1"
    telegram_webhook_port: int = Field(default=8443, ge=0, le=65535)
    telegram_group_per_minute: int = Field(default=20, ge=0)

    @field_validator("database_url")
    @classmethod
    def _spoken_database(cls, value: str) -> str:
        known = value.startswith(("sqlite://", "postgres://", "postgresql://"))
        if not known or not _is_address(value):
            raise ValueError("write sqlite://path or postgres://user:password@host/database")
        return value

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every secret that was given: what may be written nowhere."""
        given = (getattr(self, name) for name in type(self).model_fields)
        tokens = [secret(value) for value in given if isinstance(value, SecretStr)]
        password = urlsplit(self.database_url).password
        return tuple(filter(None, (*tokens, password)))


def secret(value: SecretStr | None) -> str:
    """The secret itself, empty when there is none."""
    return value.get_secret_value().strip() if value else ""


def _is_address(value: str) -> bool:
    try:
        parts = urlsplit(value)
        port = None if parts.scheme == "sqlite" else parts.port
    except ValueError:  # brackets that do not match, a port that is no number
        return False
    return port != 0
