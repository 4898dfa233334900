"""What makes two wordings the same in French and in English: accents, inflexion, little words.

Neither SQLite's full-text index nor a community that writes in two languages has one stemmer
for all, so words are brought to their stems here, once, for what is kept and what is looked for.
Pure.
"""

import re
import unicodedata
from collections.abc import Set as AbstractSet

import snowballstemmer

Term = frozenset[str]
"""One word as it may be found: its stems by either language, with and without its accents."""

MOST = 24
"""How many words of what somebody looks for count: more would only make it slower."""

PREFIX = 4
"""From how many letters the beginning of a word is enough: `compét` finds `compétences`."""

_FRENCH = snowballstemmer.stemmer("french")
_ENGLISH = snowballstemmer.stemmer("english")
_ELISION = re.compile(r"\b(?:[cdjlmnst]|qu|lorsqu|puisqu|jusqu)['’]", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+[+#]*")
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "+": "plus", "#": "sharp"})
_BARE_PARTICIPLE = re.compile(r"ee(s?)$")
_LITTLE = frozenset(
    re.findall(
        r"\w+",
        """
        a ai ainsi alors as au aucun aussi autre aux avec avez avoir avons bien bonjour c ca ce cela
        ces cet cette ceux chez ci comme comment d dans de depuis des donc du elle elles en entre es
        est et etais etait etes etre eu eux faire fait faut il ils j je l la le les leur leurs lui m
        ma mais me meme mes merci mon n ne nos notre nous on ont ou par pas peu peut peux plus pour
        pourquoi pouvez qu quand que quel quelle quelles quels quelqu quelque quelques qui quoi s sa
        sais salut sans se ses si sont sous suis sur t ta te tes toi ton tous tout toute toutes tres
        tu un une va vers vos votre vous y
        about all am an and any anybody anyone are be been but by can could did do does for from get
        had has have hello hi how i if in into is it its know my not of or our please should so some
        somebody someone than thank thanks that the their them then there these they this to us was
        we were what when where which who why will with would you your
        """,
    )
)


def folded(text: str) -> str:
    """Without accents, case or ligatures: `Éric` and `eric`, `œuvre` and `oeuvre` are the same."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c)).translate(_LIGATURES)


def terms(text: str) -> tuple[Term, ...]:
    """The words that carry the meaning of a text, each once, in reading order."""
    whole = unicodedata.normalize("NFKC", _ELISION.sub(" ", text)).casefold()
    words = (word for word in _WORD.findall(whole) if folded(word) not in _LITTLE)
    return tuple(dict.fromkeys(map(_term, words)))


def kept(text: str) -> str:
    """A text as the index holds it: the stems of its words, parted by spaces."""
    return " ".join(stem for term in terms(text) for stem in sorted(term))


def _term(word: str) -> Term:
    bare = folded(word)
    # Typed without accents, `financees` would keep an ending that the stemmer knows as `ées`.
    accented = _BARE_PARTICIPLE.sub(r"ée\1", word)
    french = {folded(_FRENCH.stemWord(form)) for form in (accented, bare)}
    return frozenset({*french, _ENGLISH.stemWord(bare)})


def holds(known: AbstractSet[str], term: Term) -> bool:
    """Whether these stems hold a word somebody looks for, or one that begins with it."""
    if known & term:
        return True
    starts = tuple(stem for stem in term if len(stem) >= PREFIX)
    return bool(starts) and any(stem.startswith(starts) for stem in known)
