"""One file here is one kind of ritual: what it is set by, says and asks, in its `KIND`."""

from importlib import import_module
from pkgutil import iter_modules
from typing import Any


def names() -> tuple[str, ...]:
    """The names of the kinds there are."""
    return tuple(sorted(module.name for module in iter_modules(__path__)))


def settings_of(name: str) -> Any:  # noqa: ANN401  rules.RitualSettings, which asks for it
    """The class that holds the settings of a kind."""
    return import_module(f"{__name__}.{name}").KIND.settings
