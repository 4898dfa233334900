"""One file here is one kind of ritual: what it is set by, says and asks, in its `KIND`."""

from functools import lru_cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any


def names() -> tuple[str, ...]:
    """The names of the kinds there are."""
    return _in(tuple(__path__))


@lru_cache
def _in(folders: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(module.name for module in iter_modules(folders)))


def settings_of(name: str) -> Any:  # noqa: ANN401  rules.RitualSettings, which asks for it
    """The class that holds the settings of a kind."""
    return import_module(f"{__name__}.{name}").KIND.settings
