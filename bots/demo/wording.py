"""How what was said and done is put into a line, the same in the columns and at the keyboard."""

import unicodedata
from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_datetime

from bots.sandbox.people import Seen

BOT = "Amicale"


def place(seen: Seen) -> str:
    """`[entraide]`, `[entraide › its thread]`, `[accueil, pour Alice seulement]`, `[privé]`."""
    where = f"{seen.channel} › {seen.thread[:18]}" if seen.thread else seen.channel
    if seen.private_to and seen.channel != "privé":
        where += f", pour {seen.private_to} seulement"
    return f"[{where}]"


def author(seen: Seen) -> str:
    """Who speaks and, in a direct message, to whom: `Karim → Amicale`, `Amicale → Karim`."""
    if not seen.private_to or seen.channel != "privé":
        return seen.author
    to = BOT if seen.author == seen.private_to else seen.private_to
    return f"{seen.author} → {to}"


def buttons(seen: Seen) -> str:
    """`[Oui]  [Non]`."""
    return "  ".join(f"[{label}]" for label in seen.buttons)


def whole(seen: Seen) -> str:
    """A message with nothing left out."""
    edited = " (modifié)" if seen.edited else ""
    pictures = [f"[image : {alt}]" for alt in seen.images]
    lines = (f"{place(seen)} {author(seen)}{edited} : {seen.text}", *pictures, buttons(seen))
    return "\n".join(line for line in lines if line)


def of(name: str) -> str:
    """`de Bruno`, `d’Alice`."""
    first = unicodedata.normalize("NFD", name)[:1].casefold()
    return f"d’{name}" if first and first in "aeiouy" else f"de {name}"


def short(text: str, most: int = 60) -> str:
    """At most that many characters, on one line."""
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[:most].rstrip()}…"


def quoted(text: str) -> str:
    """In French quotes, which no line break leaves alone."""
    return f"«\u00a0{text}\u00a0»"


def folded(text: str) -> str:
    """Two labels that look alike to who types them, whatever the case, apostrophe or space."""
    return " ".join(text.replace("’", "'").casefold().split())


def spaced(text: str) -> str:
    """A text in which spaces that no line break follows are like others."""
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def clock(moment: datetime, zone: ZoneInfo) -> str:
    """`09:00`."""
    return moment.astimezone(zone).strftime("%H:%M")


def day_and_time(moment: datetime, zone: ZoneInfo) -> str:
    """`lun. 16 nov. 09:00`."""
    return format_datetime(moment, "EEE d MMM HH:mm", tzinfo=zone, locale="fr")


def date_and_time(moment: datetime, zone: ZoneInfo) -> str:
    """`lundi 16 novembre 2026, 09:00`."""
    return format_datetime(moment, "EEEE d MMMM y, HH:mm", tzinfo=zone, locale="fr")
