"""What we say, rendered for Telegram: golden files, limits, and hostile words."""

import json
import os
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bots.sandbox.telegram.entities import parse_html
from bots.telegram import deeplink
from bots.telegram.entities import width
from bots.telegram.html import JOINER, html, quiet, visible
from bots.telegram.menu import publications
from bots.telegram.outgoing import CAPTION_LIMIT, TEXT_LIMIT, TOAST_LIMIT, fits_toast, parts, toast
from core.chat.actions import Action, Link, OpenForm
from core.chat.identity import Account, Platform
from core.chat.markup import bullets, inert, join, link, mention, plain, quote
from core.chat.messages import Button, File, Image, Message, Poll, Style, Text
from tests.bots.telegram.stage import SmallMenu

RENDERED = Path(__file__).parents[2] / "rendered" / "telegram"
GROUP = "-1001234567890"
LEA = Account(Platform.TELEGRAM, GROUP, "501")
BOB = Account(Platform.TELEGRAM, GROUP, "502")
FAR = Account(Platform.DISCORD, "81384788765712384", "7")
PNG = Image("bilan.png", b"PNG", "Douze membres actifs, deux de plus que la semaine passée.")

AGENDA = File("agenda.ics", b"BEGIN:VCALENDAR", "text/calendar")
NOTES = File("notes.txt", b"Bonjour", "text/plain")
POLL = Poll("cafe", "Quel jour pour le *café* ?", ("Mardi", "Jeudi <3"), several=True)

MESSAGES = {
    "poll": Message(
        Text("Choisissons **ensemble**."), (Button("Plus tard", Action("a")),), poll=POLL
    ),
    "file": Message(Text("Votre agenda."), (Button("Plus tard", Action("a")),), files=(AGENDA,)),
    "files": Message(Text("Le tout."), (Button("Plus tard", Action("a")),), files=(AGENDA, NOTES)),
    "charter": Message(
        Text(
            "# Bienvenue !\n\nIci, on *s’entraide* et on **partage**.\n\n"
            "1. Respect\n2. Curiosité\n\nTapez `/parcours` ici, ou `pip install` ailleurs."
        ),
        (
            Button("J’accepte", Action("charter.accept", "3"), Style.PRIMARY),
            Button("Lire d’abord", Action("charter.read", "3")),
            Button("Plus tard", Action("charter.later", "3")),
            Button("Ne plus me proposer", Action("turn.never"), Style.DANGER),
            Button("Le site", Link("https://example.org/?a=1&b=2")),
        ),
    ),
    "question": Message(
        join(
            [
                Text(f"{mention(BOB, 'Bob')} et {mention(LEA, 'Léa')}, une idée ?"),
                quote("Pourquoi <b>asyncio</b> & @trio ?\n\n/ban #urgent http://exemple.fr"),
                bullets([Text("Promo 2024"), link("Documentation", "https://docs.python.org")]),
            ]
        ),
        (Button("C’est résolu", OpenForm("questions.solve", "12")),),
        mentions=(BOB, FAR),
    ),
    "digest": Message(Text("## La semaine\n\n```\nactifs 12\n```"), image=PNG),
    "long": Message(
        Text("\n\n".join(f"**{n}.** " + "mot " * 500 for n in range(4))),
        (Button("Suite", Action("a")),),
        PNG,
    ),
}


def rendered(message: Message) -> list[dict[str, Any]]:
    return [
        {
            "method": method,
            **data,
            **({"photo": part.image.name} if part.image else {}),
            **({"document": part.file.name} if part.file else {}),
        }
        for part in parts(message, {GROUP})
        for method, data in [part.sending()]
    ]


@pytest.mark.parametrize("name", MESSAGES)
def test_messages_look_as_they_did(name: str) -> None:
    path = RENDERED / f"{name}.json"
    found = rendered(MESSAGES[name])
    if os.environ.get("AMICALE_REDRAW"):  # after looking at what changed
        path.write_text(json.dumps(found, ensure_ascii=False, indent=2) + "\n")
    assert json.loads(path.read_text()) == found


def test_the_menu_looks_as_it_did() -> None:
    path = RENDERED / "menu.json"
    found = list(publications(SmallMenu(), GROUP))
    if os.environ.get("AMICALE_REDRAW"):
        path.write_text(json.dumps(found, ensure_ascii=False, indent=2) + "\n")
    assert json.loads(path.read_text()) == found
    names = [entry["command"] for menu in found for entry in menu["commands"]]
    assert all(re.fullmatch(r"[a-z0-9_]{1,32}", name) for name in names)


def test_buttons_stand_under_the_last_part_and_a_long_text_after_its_picture() -> None:
    found = parts(MESSAGES["long"], {GROUP})
    assert [bool(part.image) for part in found] == [True, *[False] * (len(found) - 1)]
    assert [bool(part.keyboard) for part in found] == [*[False] * (len(found) - 1), True]


def test_a_message_without_words_still_has_a_body_for_its_buttons() -> None:
    [part] = parts(Message(Text(""), (Button("Oui", Action("a")),)), ())
    assert visible(part.text)
    [picture] = parts(Message(Text(""), image=PNG), ())
    assert picture.text == f"<i>{quiet(PNG.alt)}</i>"


def test_a_toast_is_short_and_plain() -> None:
    short = Message(Text("*Merci* & à lundi"))
    assert (toast(short), fits_toast(short)) == ("Merci & à lundi", True)
    long = Message(Text("mot " * 100))
    assert width(toast(long)) <= TOAST_LIMIT
    assert not fits_toast(long)
    assert not fits_toast(Message(Text("Oui ?"), (Button("Oui", Action("a")),)))


def test_deep_links_carry_what_fits() -> None:
    packed = Action("turn.accept", "8f14e45f").packed
    url = deeplink.url("amicale_bot", packed)
    assert deeplink.asked(url.rpartition("=")[2]) == packed
    long = "x" * 60
    fallback = deeplink.url("amicale_bot", long, "/parcours")
    assert deeplink.asked(fallback.rpartition("=")[2]) == "/parcours"
    with pytest.raises(ValueError, match="deep link"):
        deeplink.asked("é")


HOSTILE = st.one_of(
    st.text(max_size=300),
    st.lists(
        st.sampled_from(
            [
                *(
                    "@bob",
                    "@everyone",
                    "/ban",
                    "/start@x_bot",
                    "#tag",
                    "$USD",
                    "<b>",
                    "</b>",
                    "&lt;",
                ),
                *(
                    "<a href='tg://user?id=1'>",
                    "http://x.fr",
                    "https://a.b/c?d=e",
                    "x.fr",
                    "a@b.co",
                ),
                *("tg://resolve", "1.2.3.4", "+33612345678", "**", "__", "`", "```", "> ", "- "),
                *(
                    "# ",
                    "[x](y)",
                    "\\",
                    "\n",
                    "\n\n",
                    "    ",
                    "\u202e",
                    "\U0001f469\u200d\U0001f467",
                    "1. ",
                    "|",
                    "~~",
                    " ",
                ),
            ]
        ),
        max_size=40,
    ).map("".join),
)
"""Words chosen to format, link, mention and command, alone and run together."""


def bare(text: str) -> str:
    """What an eye reads: no joiner, no layout of blank space."""
    return re.sub(r"\s+", " ", inert(text).encode("utf-8", "replace").decode()).strip()


@given(HOSTILE)
@settings(max_examples=700, deadline=None)
def test_what_a_member_wrote_is_read_as_written_and_does_nothing(words: str) -> None:
    for wrapped in (plain(words), quote(words)):
        text, entities = parse_html(html(wrapped))
        assert bare(text) == bare(words)
        assert {entity["type"] for entity in entities} <= {"blockquote"}
        assert alive(text) == []


@given(HOSTILE)
@settings(max_examples=100, deadline=None)
def test_however_long_it_fits_and_loses_nothing(words: str) -> None:
    message = Message(quote((words + " ") * 40))
    found = parts(message, {GROUP})
    shown = ""
    for part in found:
        text, entities = parse_html(part.text)
        assert width(text) <= TEXT_LIMIT
        assert {entity["type"] for entity in entities} <= {"blockquote"}
        shown += f" {text}"
    assert re.sub(r"\s", "", bare(shown)) == re.sub(
        r"\s", "", bare((words + " ") * 40)
    ) or not bare(words)


@given(HOSTILE)
@settings(max_examples=200, deadline=None)
def test_a_caption_fits(words: str) -> None:
    for part in parts(Message(plain(words * 5), image=PNG), ()):
        limit = CAPTION_LIMIT if part.image else TEXT_LIMIT
        assert width(parse_html(part.text)[0]) <= limit


def alive(text: str) -> list[str]:
    """What Telegram's own search would find in a text.

    The patterns follow the open search of TDLib (find_mentions, find_bot_commands, find_hashtags,
    find_cashtags, find_urls, find_email_addresses).
    """
    patterns = (
        r"(?<![^\W_])@[a-zA-Z0-9_]{2,32}",
        r"(?<![\w/<>])/[a-zA-Z0-9_]{1,64}",
        r"(?<![\w#])#\w*[^\W\d]\w*",
        r"(?<![\w$])\$[A-Z]{3,8}",
        r"[\w-]\.[^\W\d_]{2,}",
        r"(?:https?|ftp|tg|ton)://",
        r"\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}",
        r"\w@\w",
    )
    return [found for pattern in patterns for found in re.findall(pattern, text)]


def test_ten_thousand_emoji_and_an_endless_word() -> None:
    for words in ("👍" * 10_000, "a" * 10_000, "*" * 10_000):
        found = parts(Message(plain(words)), ())
        assert all(width(visible(part.text)) <= TEXT_LIMIT for part in found)
        assert "".join(visible(part.text) for part in found).replace(JOINER, "") == words


def test_a_poll_alone_is_one_message_and_a_closed_one_is_none() -> None:
    assert [part.sending()[0] for part in parts(Message(Text(""), poll=POLL), {GROUP})] == [
        "sendPoll"
    ]
    closed = replace(POLL, closed=True)
    assert [p.poll for p in parts(Message(Text("Clos."), poll=closed), {GROUP})] == [None]


def test_a_file_whose_words_are_too_long_goes_before_them() -> None:
    found = parts(Message(Text("mot " * 400), files=(AGENDA,)), {GROUP})
    assert [part.sending()[0] for part in found] == ["sendDocument", "sendMessage"]


def test_a_file_alone_has_no_caption() -> None:
    (part,) = parts(Message(Text(""), files=(AGENDA,)), {GROUP})
    assert part.sending() == ("sendDocument", {})


@pytest.mark.parametrize("more", [{"files": (AGENDA,)}, {"poll": POLL}])
def test_what_is_more_than_words_is_no_toast(more: dict[str, Any]) -> None:
    assert not fits_toast(Message(Text("Voici"), **more))
