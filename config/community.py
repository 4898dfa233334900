"""The typed schema of community.toml, read whole: every mistake is named with its line."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import time
from pathlib import Path
from typing import Any, TypeVar, get_args
from zoneinfo import ZoneInfo, available_timezones

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PrivateAttr,
    ValidationError,
    field_validator,
)
from pydantic_core import ErrorDetails

from config.mistakes import NO_HOUR, worded
from config.settings import FOLDER, PROGRAMME
from config.toml import line_of
from core.arrivals.rules import ArrivalsSettings
from core.attention.rules import AttentionSettings
from core.charter.rules import CharterSettings
from core.chat.identity import Platform, Purpose, Role
from core.engine.texts import LANGUAGES
from core.gatherings.rules import GatheringsSettings
from core.library.rules import LibrarySettings
from core.members.rules import MembersSettings
from core.offers.rules import OffersSettings
from core.onboarding.rules import OnboardingSettings
from core.questions.rules import QuestionsSettings
from core.recognition.rules import RecognitionSettings
from core.reports.rules import ReportsSettings
from rituals.rules import RitualSettings, RitualsSettings, kind_of
from rituals.year import Year

Kind = TypeVar("Kind", bound=BaseModel)


class Section(BaseModel):
    """A table of the file: unknown keys are mistakes."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class CommunitySection(Section):
    """`[community]`: the tenant itself."""

    name: str = Field(min_length=1, max_length=120)
    slug: str = Field(default="amicale", pattern=r"^[a-z0-9-]+$", min_length=1, max_length=64)
    timezone: str = "Europe/Paris"
    language: str = "fr"

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        if value not in available_timezones():
            raise ValueError(f"{value!r} is no time zone; write one like Europe/Paris")
        return str(ZoneInfo(value))

    @field_validator("language")
    @classmethod
    def _spoken(cls, value: str) -> str:
        if value not in LANGUAGES:
            raise ValueError(f"{value!r} is not spoken here; choose one of {', '.join(LANGUAGES)}")
        return value


class PlatformSection(Section):
    """`[discord]`, `[slack]` or `[telegram]`: one workspace, its channels and its roles.

    `workspace` is the platform's id of it; `channels` maps a purpose to a channel's id or name;
    `roles` maps a platform's role (name or id) to one of ours.
    """

    workspace: str = Field(min_length=1)
    channels: Mapping[Purpose, str] = Field(default_factory=dict)
    roles: Mapping[str, Role] = Field(default_factory=dict)


class DiscordSection(PlatformSection):
    """`gate_role` is the role that opens the server to who accepted the charter."""

    gate_role: str | None = None


class SlackSection(PlatformSection):
    """`gate_channels` are the private channels that accepting the charter opens."""

    gate_channels: tuple[str, ...] = ()


class TelegramSection(PlatformSection):
    """A group; a channel is `chat_id`, `chat_id/topic_id` or `general`."""


class CommunityConfig(Section):
    """The whole file."""

    community: CommunitySection
    discord: DiscordSection | None = None
    slack: SlackSection | None = None
    telegram: TelegramSection | None = None
    attention: AttentionSettings = AttentionSettings()
    charter: CharterSettings
    onboarding: OnboardingSettings = OnboardingSettings()
    arrivals: ArrivalsSettings = ArrivalsSettings()
    library: LibrarySettings = LibrarySettings()
    questions: QuestionsSettings = QuestionsSettings()
    recognition: RecognitionSettings = RecognitionSettings()
    gatherings: GatheringsSettings = GatheringsSettings()
    offers: OffersSettings = OffersSettings()
    reports: ReportsSettings = ReportsSettings()
    rituals: RitualsSettings = RitualsSettings()

    _year: Year = PrivateAttr(default_factory=Year)

    @property
    def year(self) -> Year:
        """The ready programme of a year, from a file of its own."""
        return self._year

    @property
    def members(self) -> MembersSettings:
        """What the platforms' roles mean."""
        sections = {
            Platform.DISCORD: self.discord,
            Platform.SLACK: self.slack,
            Platform.TELEGRAM: self.telegram,
        }
        return MembersSettings(
            roles={
                platform: {name.lower(): role for name, role in section.roles.items()}
                for platform, section in sections.items()
                if section
            }
        )


@dataclass(frozen=True, slots=True)
class Fault:
    """A mistake in the file: its line, what is wrong, and what to do. In English."""

    line: int
    what: str
    remedy: str


class ConfigurationError(Exception):
    """The file cannot be used; `faults` are all its mistakes, by line."""

    def __init__(self, path: Path, faults: list[Fault]) -> None:
        super().__init__(f"{path}: {len(faults)} mistake(s)")
        self.path = path
        self.faults = sorted(faults, key=lambda fault: fault.line)


def load(path: Path) -> CommunityConfig:
    """Read the file, and the ready year beside it. Raises ConfigurationError with every mistake."""
    text, data = _parsed(path)
    try:
        charter = data.setdefault("charter", {})
        if isinstance(charter, dict):
            charter.setdefault("texts", _charter(path.parent))
    except (OSError, UnicodeDecodeError) as error:
        remedy = "write charter/*.md beside this file in UTF-8"
        raise ConfigurationError(path, [_unread(error, remedy)]) from error
    config = _validated(CommunityConfig, path, text, data)
    config._year = load_year(path.parent)  # noqa: SLF001  ours
    return config


def load_year(folder: Path) -> Year:
    """The ready year: `programme.toml` in that folder, else ours. Raises ConfigurationError."""
    beside = folder / PROGRAMME
    path = beside if beside.is_file() else FOLDER / PROGRAMME
    return _validated(Year, path, *_parsed(path))


def _parsed(path: Path) -> tuple[str, dict[str, Any]]:
    try:
        text = path.read_text(encoding="utf-8-sig")  # Windows' editors put a mark in front
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(path, [_unread(error, _OTHER_FILE)]) from error
    try:
        return text, tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(path, [_syntax(text, str(error))]) from error


def _validated(kind: type[Kind], path: Path, text: str, data: dict[str, Any]) -> Kind:
    faults = [_no_hour(text, where) for where in list(_take_wrong_hours(kind, data))]
    try:
        config = kind.model_validate(data)
    except ValidationError as error:
        faults += [_fault(text, found) for found in error.errors()]
        raise ConfigurationError(path, faults) from error
    if faults:
        raise ConfigurationError(path, faults)
    return config


def _charter(folder: Path) -> dict[str, str]:
    """The charter's first version by language: `charter/*.md` beside the file, else ours."""
    beside = folder / "charter"
    texts = (beside if beside.is_dir() else FOLDER / "charter").glob("*.md")
    return {text.stem: text.read_text(encoding="utf-8") for text in texts}


def _take_wrong_hours(
    kind: type[BaseModel], data: dict[str, object], above: tuple[str | int, ...] = ()
) -> Iterator[tuple[str | int, ...]]:
    """Take out what stands for an hour and is none, and say where it stood.

    A number would be taken for seconds after midnight, and an hour of another zone cannot be
    compared with one of ours.
    """
    for name, field in kind.model_fields.items():
        value = data.get(name)
        if field.annotation is time and _is_wrong_hour(value):
            del data[name]
            yield (*above, name)
        several = isinstance(value, list)
        for section in (field.annotation, *get_args(field.annotation)):
            if isinstance(section, type) and issubclass(section, BaseModel):
                for index, inner in enumerate(value if isinstance(value, list) else [value]):
                    if isinstance(inner, dict):
                        here = (*above, name, index) if several else (*above, name)
                        yield from _take_wrong_hours(_exact(section, inner), inner, here)


def _exact(section: type[BaseModel], table: dict[str, object]) -> type[BaseModel]:
    """The class of a table: each kind of ritual has its own."""
    return kind_of(table) if section is RitualSettings else section


def _is_wrong_hour(value: object) -> bool:
    if isinstance(value, str):
        try:
            return time.fromisoformat(value).tzinfo is not None
        except ValueError:
            return False  # the schema says so in its own words
    return isinstance(value, int | float)


def _no_hour(text: str, where: tuple[str | int, ...]) -> Fault:
    key = ".".join(str(part) for part in where)
    what, remedy = NO_HOUR
    return Fault(line_of(text, where), f"{key}: {what}", remedy)


def _unread(error: OSError | UnicodeDecodeError, remedy: str) -> Fault:
    why = error.strerror if isinstance(error, OSError) else error
    return Fault(1, f"cannot be read: {why}", remedy)


def _syntax(text: str, message: str) -> Fault:
    what, _, where = message.partition(" (at ")
    line = where.removeprefix("line ").split(",")[0].rstrip(")")
    number = int(line) if line.isdecimal() else len(text.splitlines())
    return Fault(number, f"this is not TOML: {what}", "mend that line; texts stand in quotes")


def _fault(text: str, found: ErrorDetails) -> Fault:
    path = [part for part in found["loc"] if part != "[key]"]
    key = ".".join(str(part) for part in path)
    what, remedy = worded(key, found)
    return Fault(line_of(text, path), f"{key}: {what}", remedy)


_OTHER_FILE = "write the file, or name another one in AMICALE_CONFIG"
