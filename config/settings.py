"""Secrets and addresses, from the environment and from nowhere else."""

import os
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from core.chat.identity import Platform

OURS = "AMICALE_"
FOLDER = Path(__file__).parent
PROGRAMME = "programme.toml"
"""The file of the ready year, which is no community's."""


class Settings(BaseSettings):
    """The AMICALE_* variables.

    Every address is written as the platform's own client library takes it, and defaults to the
    real platform. An empty variable counts as one that is not set. `config` names one community's
    file, several with `:` between them, or a folder of them.
    """

    model_config = SettingsConfigDict(env_prefix=OURS, env_ignore_empty=True)

    database_url: str = "sqlite://data/amicale.sqlite3"
    config: Path = FOLDER / "community.toml"
    locales: Path = FOLDER / "locales"

    health_host: str = "127.0.0.1"
    health_port: int | None = Field(default=None, ge=0, le=65535)

    feed_host: str = "127.0.0.1"
    feed_port: int | None = Field(default=None, ge=0, le=65535)
    feed_url: str = ""

    email_secret: SecretStr | None = None

    discord_token: SecretStr | None = None
    discord_api_url: str = "https://discord.com/api/v10"
    discord_gateway_url: str = "wss://gateway.discord.gg"

    slack_bot_token: SecretStr | None = None
    slack_app_token: SecretStr | None = None
    slack_signing_secret: SecretStr | None = None
    slack_api_url: str = "https://slack.com/api/"
    slack_http_host: str = "127.0.0.1"
    slack_http_port: int = Field(default=3000, ge=0, le=65535)
    slack_channel_per_second: int = Field(default=1, ge=1)

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
    def feed_address(self) -> str:
        """What people are told calendars are read below; empty when none are served."""
        if self.feed_port is None:
            return ""
        return self.feed_url.rstrip("/") or f"http://{self.feed_host}:{self.feed_port}"

    @property
    def communities(self) -> tuple[Path, ...]:
        """The file of each community: of a folder every `*.toml` but the year's, by their names."""
        named = [Path(part) for part in str(self.config).split(os.pathsep) if part]
        return tuple(
            file
            for path in named
            for file in (sorted(path.glob("*.toml")) if path.is_dir() else [path])
            if file.name != PROGRAMME
        )

    def of(self, slug: str, *, alone: bool) -> "Settings":
        """What holds for one community: its own `AMICALE_<SLUG>_…`, and the common ones.

        Tokens are common only where it is `alone`: each serves one community.
        """
        own = Settings(_env_prefix=prefix(slug))
        update = {name: getattr(own, name) for name in own.model_fields_set if _is_platforms(name)}
        if not alone:
            kept = (name for name in SECRETS if _is_platforms(name) and name not in update)
            update |= dict.fromkeys(kept)
        return self.model_copy(update=update)

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every secret that was given: what may be written nowhere."""
        given = (getattr(self, name) for name in type(self).model_fields)
        tokens = [secret(value) for value in given if isinstance(value, SecretStr)]
        password = urlsplit(self.database_url).password
        return tuple(filter(None, (*tokens, password)))


SECRETS = frozenset(
    name for name, field in Settings.model_fields.items() if field.annotation == SecretStr | None
)
"""The variables that are written nowhere."""


def prefix(slug: str) -> str:
    """How the variables of one community begin: `AMICALE_<SLUG>_`."""
    return f"{OURS}{slug.upper().replace('-', '_')}_"


def own_variables() -> frozenset[str]:
    """The variables a community may have for itself, without their prefix: the platforms'."""
    return frozenset(name.upper() for name in Settings.model_fields if _is_platforms(name))


def _is_platforms(name: str) -> bool:
    return name.partition("_")[0] in set(Platform)


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
