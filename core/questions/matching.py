"""Whether two wordings mean the same topic, so that nobody must type it alike. Pure."""

import re
import unicodedata
from collections.abc import Set as AbstractSet

_ELISION = re.compile(r"\b(?:[cdjlmnst]|qu)['’]")
_WORD = re.compile(r"\w[\w+#]*")
_LITTLE = re.compile(
    "a|an|and|au|aux|avec|ce|d|dans|de|des|du|en|et|for|in|l|la|le|les|mon|my|of|on|or|ou|pour"
    "|sur|the|to|un|une|with"
)


def fold(text: str) -> str:
    """Without accents or case: `Éric` and `eric` are the same."""
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(c for c in decomposed if not unicodedata.combining(c)).casefold()


def _words(text: str) -> frozenset[str]:
    found = _WORD.findall(_ELISION.sub("", fold(text)))
    return frozenset(word for word in found if not _LITTLE.fullmatch(word))


def _stem(word: str) -> str:
    return re.sub(r"(?:es|s|x|e)$", "", word) if len(word) > 3 else word  # noqa: PLR2004  `css`


def _same(one: str, other: str) -> bool:
    one, other = sorted((_stem(one), _stem(other)), key=len)
    if one == other:
        return True
    return len(one) >= 5 and len(other) - len(one) <= 3 and other.startswith(one)  # noqa: PLR2004  `financ(e)` and `financer`, not `java` and `javascript`


def _within(small: AbstractSet[str], big: AbstractSet[str]) -> bool:
    return bool(small) and all(any(_same(word, other) for other in big) for word in small)


def matches(one: str, other: str) -> bool:
    """Whether two topics are about the same thing: `Excel` and `excel avancé` are.

    Accents, case, little words and simple endings do not matter.
    """
    first, second = _words(one), _words(other)
    return _within(first, second) or _within(second, first)


def told_by(topic: str, title: str) -> bool:
    """Whether a title names a topic."""
    return _within(_words(topic), _words(title))
