"""One file here is one kind of ritual: what it says and asks, its words in `rituals.po`."""

from pkgutil import iter_modules

KINDS: tuple[str, ...] = tuple(sorted(module.name for module in iter_modules(__path__)))
"""The names of the kinds there are."""
