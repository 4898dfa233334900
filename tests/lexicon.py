"""Every text of the catalogues, and every key the code names, read once for the tests of words."""

import ast
import re
import string
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from babel.messages.catalog import Message
from babel.messages.pofile import read_po

from bots.rooms import routes

ROOT = Path(__file__).parents[1]
LOCALES = ROOT / "config" / "locales"
SOURCES = ("core", "rituals", "bots")
LANGUAGES = ("fr", "fr@tu", "en")

_KEY = re.compile(r"[a-z_]+(\.[\w@]+)+")
_CODE = re.compile(r"`([^`]+)`")


@dataclass(frozen=True, slots=True)
class Entry:
    """One text in one language; `forms` are its plural forms, else the text alone."""

    language: str
    room: str
    key: str
    forms: tuple[str, ...]

    @property
    def placeholders(self) -> frozenset[str]:
        """The names to be filled in, over all its forms."""
        return frozenset(
            name
            for form in self.forms
            for _, name, _, _ in string.Formatter().parse(form)
            if name is not None
        )

    @property
    def code(self) -> tuple[str, ...]:
        """What it writes as inline code."""
        return tuple(found for form in self.forms for found in _CODE.findall(form))

    @property
    def prose(self) -> tuple[str, ...]:
        """Its forms without what is inline code."""
        return tuple(_CODE.sub("…", form) for form in self.forms)


def files() -> list[Path]:
    """Every catalogue."""
    return sorted(LOCALES.glob("*/LC_MESSAGES/*.po"))


def language_of(path: Path) -> str:
    """The language a catalogue is written in."""
    return path.parts[-3]


def messages(path: Path) -> list[Message]:
    """What one catalogue says; its header aside."""
    with path.open("rb") as source:
        locale = language_of(path).partition("@")[0]
        return [m for m in read_po(source, locale=locale, abort_invalid=True) if m.id]


@cache
def lexicon() -> dict[str, dict[str, Entry]]:
    """Language to key to text."""
    found: dict[str, dict[str, Entry]] = {language: {} for language in LANGUAGES}
    for path in files():
        language = language_of(path)
        for message in messages(path):
            key = message.id if isinstance(message.id, str) else message.id[0]
            text = message.string
            forms = (text,) if isinstance(text, str) else tuple(text or ())
            found[language][key] = Entry(language, path.stem, key, forms)
    return found


def entries(*languages: str) -> list[Entry]:
    """Every text in these languages."""
    return [entry for language in languages for entry in lexicon()[language].values()]


def derived() -> frozenset[str]:
    """The keys the machinery makes from the routes: commands, options, forms and their hints."""
    found: set[str] = set()
    everything = routes()
    for command in everything.commands.values():
        words = f"{command.room}.command.{command.path.replace(' ', '_')}"
        found |= {words, f"{words}.name"}
        for wants in command.options:
            option = f"{command.room}.option.{wants.name}"
            found |= {option, *(f"{option}.{value}" for value in wants.choices)}
    for form in everything.forms.values():
        title = f"{form.room}.form.{form.name.split('.', 1)[1]}"
        found.add(title)
        for ask in form.asks:
            field = f"{title}.{ask.name}"
            found |= {field, *(ask.key(field, value) for value in ask.choices)}
            if f"{field}.hint" in lexicon()["fr"]:
                found.add(f"{field}.hint")
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class Use:
    """A key as the code names it: where, and whether it labels a button."""

    key: str
    where: str
    on_button: bool


@cache
def used() -> Sequence[Use]:
    """Every key named literally in the code, those that only name a route left out."""
    rooms = {path.stem for path in files()}
    found: list[Use] = []
    for folder in SOURCES:
        for path in sorted((ROOT / folder).rglob("*.py")):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            for kind, line in _kinds(tree):
                found.append(Use(kind, f"{path.relative_to(ROOT)}:{line}", on_button=False))
            for text, line, on_button in _texts(tree, on_button=False):
                if _names_a_kind(text) and text not in lexicon()["fr"]:
                    continue
                if _KEY.fullmatch(text) and text.split(".")[0] in rooms:
                    found.append(Use(text, f"{path.relative_to(ROOT)}:{line}", on_button))
    return found


def _kind(named: str) -> str:
    return f"attention.kind.{named.replace('.', '_')}"


def _names_a_kind(text: str) -> bool:
    return "." in text and _kind(text) in lexicon()["fr"]


def _kinds(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """The words of what may be asked of somebody: the first argument of a `Wish`, or a constant
    that names it, is its kind.
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and _names_a_kind(str(node.value)):
            yield _kind(str(node.value)), node.lineno
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Wish":
            for named in (*node.args[:1], *(k.value for k in node.keywords if k.arg == "kind")):
                if isinstance(named, ast.Constant):
                    yield _kind(str(named.value)), node.lineno


def _texts(node: ast.AST, *, on_button: bool) -> Iterator[tuple[str, int, bool]]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value, node.lineno, on_button
        return
    if isinstance(node, ast.Call):
        if _names_a_route(node.func):
            return
        called = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        called = node.func.id if isinstance(node.func, ast.Name) else called
        on_button = on_button or called.lower().endswith("button")
    for child in ast.iter_child_nodes(node):
        yield from _texts(child, on_button=on_button)


def _names_a_route(called: ast.expr) -> bool:
    """Whether the texts given to it name a button's action, a form or a job, not words."""
    if isinstance(called, ast.Name):
        return called.id in {"Action", "OpenForm"}
    if isinstance(called, ast.Attribute):
        of_routes = isinstance(called.value, ast.Name) and called.value.id == "routes"
        return of_routes or called.attr in {"later", "no_longer"}
    return False
