"""The words of the bot, from gettext catalogues that an operator can edit."""

import io
import re
from collections.abc import Mapping
from datetime import date, datetime, time
from pathlib import Path

from babel import Locale
from babel.dates import format_date, format_time
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

from core.chat.markup import inert, plain
from core.chat.messages import Text

FALLBACKS: Mapping[str, tuple[str, ...]] = {"fr": (), "fr@tu": ("fr",), "en": ("fr",)}
"""Each language we speak and where it looks for a missing text."""

LANGUAGES = tuple(FALLBACKS)

_CODE = re.compile(r"(`[^`]*`)")


class Texts:
    """The catalogues below a folder: `<language>/LC_MESSAGES/<room>.po`.

    A key is `<room>.<what>`; its room names the file.
    """

    def __init__(self, folder: Path, default: str = "fr") -> None:
        self._folder = folder
        self._loaded: dict[tuple[str, str], Translations] = {}
        self.default = default

    def say(self, key: str, language: str, *, count: int | None = None, **values: object) -> Text:
        """A text in CommonMark. Every value that is not a Text is made inert first.

        `count` chooses the plural form and is itself a value. Dates and times are written out
        in the language: give them in local time. Raises LookupError for an unknown key.
        """
        pattern, values = self._pattern(key, language, count, values)
        written = {name: self._write(value, language) for name, value in values.items()}
        coded = {name: _as_code(_moment(value, language)) for name, value in values.items()}
        pieces = enumerate(_CODE.split(pattern))
        return Text("".join(p.format_map(coded if odd % 2 else written) for odd, p in pieces))

    def label(self, key: str, language: str, *, count: int | None = None, **values: object) -> str:
        """A plain text (a button, a form's label, a toast). Raises LookupError.

        A command in it loses the marks of inline code, everything else stands as it is.
        """
        pattern, values = self._pattern(key, language, count, values)
        shown = {name: _moment(value, language) for name, value in values.items()}
        return pattern.replace("`", "").format_map(shown)

    def knows(self, key: str, language: str) -> bool:
        """Whether there is such a text."""
        try:
            self._pattern(key, language, None, {})
        except LookupError:
            return False
        return True

    def language(self, locale: str | None) -> str:
        """The language we speak for a platform's tag (`en-US`, `fr`), else the community's."""
        tag = (locale or "").replace("_", "-").lower()
        if tag in FALLBACKS:
            return tag
        prefix = tag.split("-")[0]
        if prefix in FALLBACKS and prefix != self.default.split("@")[0]:
            return prefix
        return self.default

    def _pattern(
        self, key: str, language: str, count: int | None, values: dict[str, object]
    ) -> tuple[str, dict[str, object]]:
        room = key.split(".", 1)[0]
        for tongue in (language, *FALLBACKS.get(language, ("fr",))):
            catalogue = self._catalogue(tongue, room)
            if count is None:
                found = catalogue.gettext(key)
            else:
                found = catalogue.ngettext(key, key, count)
                values = {**values, "count": count}
            if found != key:
                return found, values
        raise LookupError(f"no text {key!r} in {language}")

    def _catalogue(self, language: str, room: str) -> Translations:
        if (language, room) not in self._loaded:
            self._loaded[language, room] = self._load(language, room)
        return self._loaded[language, room]

    def _load(self, language: str, room: str) -> Translations:
        path = self._folder / language / "LC_MESSAGES" / f"{room}.po"
        compiled = io.BytesIO()
        if path.exists():
            with path.open("rb") as source:
                write_mo(compiled, read_po(source, locale=language.partition("@")[0]))
            compiled.seek(0)
            return Translations(compiled)
        return Translations()

    def _write(self, value: object, language: str) -> Text:
        return value if isinstance(value, Text) else plain(_moment(value, language))


def _as_code(value: str) -> str:
    """A value inside inline code, where nothing is escaped and only a backtick would end it."""
    return " ".join(inert(value).replace("`", "").split())


def _moment(value: object, language: str) -> str:
    locale = Locale.parse(language.partition("@")[0])
    if isinstance(value, datetime):
        day = format_date(value, "EEEE d MMMM", locale)
        return f"{day}, {format_time(value, 'HH:mm', locale=locale)}"
    if isinstance(value, date):
        return format_date(value, "EEEE d MMMM", locale)
    if isinstance(value, time):
        return value.strftime("%H:%M")
    return str(value)
