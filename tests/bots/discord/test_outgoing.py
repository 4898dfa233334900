"""What we say, as Discord takes it: golden payloads, limits, and hostile text made inert."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bots.discord.forms import Typed, answers, modal
from bots.discord.guild import Json
from bots.discord.invite import PERMISSIONS, invite_url
from bots.discord.markdown import markdown
from bots.discord.menu import path_of, published
from bots.discord.naming import nonce, shorten
from bots.discord.outgoing import COMPONENTS_V2, EPHEMERAL, TEXT, render, units
from core.chat.actions import Action, Choice, Field, Form, Kind, Link, OpenForm
from core.chat.identity import Account, Platform, Workspace
from core.chat.markup import bullets, inert, join, link, mention, plain, quote
from core.chat.messages import Button, File, Image, Message, Poll, Style, Text
from tests.bots.discord.discord_reader import read
from tests.bots.discord.stage import SmallMenu

RENDERED = Path(__file__).parents[2] / "rendered" / "discord"
HOME = Workspace(Platform.DISCORD, "1")
LEA = Account(Platform.DISCORD, "1", "42")
BOB = Account(Platform.DISCORD, "1", "43")
ELSEWHERE = Account(Platform.SLACK, "T1", "U1")


def golden(name: str, rendered: object) -> None:
    path = RENDERED / f"{name}.json"
    text = json.dumps(rendered, ensure_ascii=False, indent=2) + "\n"
    if not path.exists():  # a new case writes its file, to be read and committed; then it binds
        path.write_text(text)
        pytest.fail(f"{path.name} was missing and is now written: read it, then run again")
    assert text == path.read_text()


CHARTER = Message(
    Text(
        "# Bienvenue\n\nVoici **notre charte**, *version 3*, à lire avant de `commencer` :\n\n"
        "- se tutoyer\n- s’entraider\n  même tard\n\n3. et après\n4. encore\n\n"
        "> une citation\n> sur deux lignes\n\n```\nprint('1 < 2')\n```\n\n"
        "La suite sur [le site](https://example.org/a_b(c))."
    ),
    buttons=(
        Button("J’accepte", Action("charter.accept", "3"), Style.PRIMARY),
        Button("Lire d’abord", Action("charter.read"), Style.SECONDARY),
        Button("Plus jamais", Action("charter.never"), Style.DANGER),
        Button("Me présenter", OpenForm("onboarding.introduce")),
        Button("Le site", Link("https://example.org/")),
        Button("Sixième", Action("six")),
    ),
)


NOON = datetime(2026, 11, 16, 12, 0, tzinfo=UTC)
POLL = Poll("cafe", "Quel jour ?", ("Mardi", "Jeudi"), NOON + timedelta(hours=30), several=True)
AGENDA = File("l’agenda.ics", b"BEGIN:VCALENDAR", "text/calendar")


def test_a_poll_is_a_message_of_its_own_after_its_words() -> None:
    message = Message(Text("Choisissons."), (Button("Non", Action("no")),), poll=POLL)
    golden("poll", [part.body for part in render(message, HOME, NOON)])


@pytest.mark.parametrize(
    ("closes", "hours"),
    [(NOON, 1), (NOON - timedelta(days=1), 1), (NOON + timedelta(days=90), 768), (None, 768)],
)
def test_a_poll_lasts_as_long_as_it_may(closes: datetime | None, hours: int) -> None:
    (part,) = render(Message(Text(""), poll=replace(POLL, closes=closes)), HOME, NOON)
    assert part.body["poll"]["duration"] == hours


def test_a_closed_poll_is_not_asked() -> None:
    (part,) = render(Message(Text("Clos."), poll=replace(POLL, closed=True)), HOME, NOON)
    assert "poll" not in part.body


def test_a_file_stands_below_the_words_with_a_picture() -> None:
    image = Image("bilan.png", b"PNG", "Une courbe")
    message = Message(Text("Votre agenda."), (), image, files=(AGENDA,))
    (part,) = render(message, HOME)
    golden("file", part.body)
    assert part.uploads == (image, AGENDA)


def test_a_message_with_every_kind_of_block_and_button() -> None:
    golden("charter", [part.body for part in render(CHARTER, HOME)])


def test_a_message_with_a_picture_and_mentions() -> None:
    people = [mention(LEA, "Léa *L*"), mention(BOB, "Bob"), mention(ELSEWHERE, "Zoé")]
    message = Message(
        join([Text("Cette semaine :"), bullets(people)]),
        image=Image("bilan d’été.png", b"png", "Une courbe qui monte"),
        mentions=(LEA, ELSEWHERE),
    )
    golden("digest", [part.body for part in render(message, HOME)])


def test_nobody_is_notified_unless_named_and_of_here() -> None:
    text = join([mention(LEA, "Léa"), Text("@everyone <@42>")])
    [part] = render(Message(text), HOME)
    assert part.body["allowed_mentions"] == {"parse": [], "users": []}
    assert "<@42>" not in part.body["components"][0]["content"]
    elsewhere = Message(text, mentions=(LEA,))
    assert render(elsewhere, Workspace(Platform.DISCORD, "2"))[0].body["allowed_mentions"] == {
        "parse": [],
        "users": [],
    }


def test_an_edit_lets_an_older_picture_go_and_an_answer_can_be_private() -> None:
    [part] = render(Message(Text("Voilà")), HOME)
    assert part.replacing().body["attachments"] == []
    assert part.ephemeral().body["flags"] == COMPONENTS_V2 | EPHEMERAL
    assert "attachments" not in part.body


def test_a_long_text_is_split_between_paragraphs_and_keeps_its_buttons_last() -> None:
    paragraphs = [plain(f"{i} " + "mot " * 200) for i in range(12)]
    message = Message(join(paragraphs), CHARTER.buttons, Image("a.png", b"", "alt"))
    parts = render(message, HOME)
    assert len(parts) > 2
    for part in parts[:-1]:
        [text] = part.body["components"]
        assert text["content"].endswith("mot")
        assert units(text["content"]) <= TEXT
    kinds = [component["type"] for component in parts[-1].body["components"]]
    assert kinds == [10, 12, 1, 1]


@pytest.mark.parametrize(("count", "sizes"), [(0, []), (5, [5]), (26, [5] * 5)])
def test_buttons_stand_five_in_a_row(count: int, sizes: list[int]) -> None:
    buttons = tuple(Button(str(i), Action("b", str(i))) for i in range(count))
    first, *more = render(Message(Text("x"), buttons), HOME)
    rows = [c for c in first.body["components"] if c["type"] == 1]
    assert [len(row["components"]) for row in rows] == sizes
    assert sum(len(p.body["components"][0]["components"]) for p in more) == count - sum(sizes)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (link("a [b]", "https://x.org/p(q) r"), r"[a \[b\]](https://x.org/p%28q%29%20r)"),
        (link("https://x.org/a_b", "https://x.org/a_b"), "https://x.org/a_b"),
        (link("https://bank.fr", "https://evil.org"), r"https\://bank.fr (https://evil.org)"),
        (link("écrire", "mailto:a_b@c.org"), r"écrire (a\_b@c.org)"),
        (Text("**gras** *et* ***les deux***"), "**gras** *et* ***les deux***"),
        (Text("``a`b``"), "``a`b``"),
        (Text("# Titre\nsuite"), "## Titre\nsuite"),
        (Text("un\n\n- deux"), "un\n- deux"),
    ],
)
def test_markdown(text: Text, expected: str) -> None:
    assert markdown(text) == expected


HOSTILE = st.lists(
    st.one_of(
        st.sampled_from("\\*_~`|<>[]()#-+.:/@!&^ \n0123456789"),
        st.sampled_from(["@everyone", "@here", "<@42>", "<#1>", "<@&1>", "```", "https://x.org/a"]),
        st.sampled_from(["<:a:1>", "<t:1:R>", "</a:1>", "[a](https://x.org)", "-# ", "> ", "1. "]),
        st.sampled_from(["\u202e", "\u200b", "é", "👩‍🚀", "discord://", "<a@b.c>", "account:"]),
        st.sampled_from(
            ["**a**", "*a*", "__a__", "_a_", "~~a~~", "||a||", "`a`", "\\*", "# ", "- "]
        ),
        st.characters(codec="utf-8", exclude_categories=["Cs"]),
    ),
    max_size=25,
).map("".join)


def visible(text: str) -> str:
    """Words alone: our markup folds spaces and line breaks, which is no change of what is said."""
    return " ".join(text.split())


@settings(max_examples=700)
@given(HOSTILE)
@example("http" + "://evil.org")
@example("a@everyone")
@example("\\")
@example("1. un\n2) deux\n   - trois")
@example("_a_ __b__ ||c||")
def test_what_a_member_wrote_is_shown_as_it_is_and_does_nothing(text: str) -> None:
    shown, active = read(markdown(plain(text)))
    assert active == []
    assert visible(shown) == visible(inert(text))


@settings(max_examples=700)
@given(HOSTILE)
@example("a\n\n# b\n- c")
def test_a_quotation_is_only_a_quotation(text: str) -> None:
    source = markdown(quote(text))
    lines = [re.sub(r"^> ?", "", line) for line in source.split("\n")]
    assert all(line.startswith(">") for line in source.split("\n") if source)
    shown, active = read("\n".join(lines))
    assert active == []
    assert visible(shown) == visible(inert(text))


@settings(max_examples=200)
@given(HOSTILE, HOSTILE)
def test_between_our_own_words_too(name: str, words: str) -> None:
    text = Text(
        f"**{plain(name) or 'x'}** a dit {plain(words)} {mention(LEA, name)}:{plain(words)}"
    )
    _, active = read(markdown(text))
    assert set(active) <= {"strong"}


@settings(max_examples=50, deadline=None)
@given(st.text(alphabet="*_ab \n👩‍🚀@", min_size=1, max_size=50), st.integers(1, 400))
def test_no_part_is_ever_too_long_and_nothing_is_lost(piece: str, times: int) -> None:
    parts = render(Message(plain(piece * times)), HOME)
    contents = [c["content"] for part in parts for c in part.body["components"]]
    assert all(units(content) <= TEXT for content in contents)
    shown = "".join(read(content)[0] for content in contents)
    bare = re.compile(r"[\s\\]+")  # a cut inside one endless word may show its backslash
    assert bare.sub("", shown) == bare.sub("", inert(piece * times))


# -- forms

FORM = Form(
    "questions.ask",
    "Votre question",
    (
        Field("title", "En une phrase", min_length=5, max_length=80),
        Field("more", "Plus en détail", Kind.PARAGRAPH, "h" * 120, required=False, max_length=9000),
        Field(
            "level",
            "Urgence",
            Kind.CHOICE,
            choices=(Choice("a", "Tranquille"), Choice("b", "Vite")),
        ),
        Field(
            "topic",
            "Sujet",
            Kind.CHOICE,
            required=False,
            choices=tuple(Choice(str(i), f"Sujet {i}") for i in range(12)),
        ),
    ),
)


def test_a_form_is_a_modal() -> None:
    opened = OpenForm("questions.ask", "7")
    golden("form", modal(FORM, opened))
    golden("form_again", modal(FORM, opened, {"title": "t" * 90, "level": "b", "topic": "3"}))


def test_too_many_choices_are_said_and_not_cut() -> None:
    choices = tuple(Choice(str(i), str(i)) for i in range(26))
    form = Form("f", "F", (Field("x", "X", Kind.CHOICE, choices=choices),))
    with pytest.raises(ValueError, match="25"):
        modal(form, OpenForm("f"))


def test_answers_of_every_kind_of_field_are_read() -> None:
    submitted: list[Json] = [
        {"type": 18, "component": {"type": 4, "custom_id": "a", "value": "x"}},
        {"type": 18, "component": {"type": 21, "custom_id": "b", "value": None}},
        {"type": 18, "component": {"type": 3, "custom_id": "c", "values": ["y"]}},
        {"type": 18, "component": {"type": 3, "custom_id": "d", "values": []}},
        {"type": 1, "components": [{"type": 4, "custom_id": "e", "value": "z"}]},
        {"type": 10},
    ]
    assert answers(submitted) == {"a": "x", "b": "", "c": "y", "d": "", "e": "z"}


def test_what_was_typed_is_kept_for_few_and_forgotten() -> None:
    typed = Typed(limit=2)
    form, other = OpenForm("f"), OpenForm("f", "1")
    typed.keep("1", form, {"a": "x"})
    assert (typed.of("1", form), typed.of("1", other), typed.of("2", form)) == (
        {"a": "x"},
        None,
        None,
    )
    typed.keep("2", form, {})
    typed.keep("3", form, {})
    assert typed.of("1", form) is None
    typed.forget("3", form)
    assert typed.of("3", form) is None


# -- commands, invitation, small things


def test_commands_are_published_in_every_language() -> None:
    golden("commands", published(SmallMenu()))
    assert path_of(["charte", "afficher"]) == "charte"
    assert path_of(["charte", "statut"]) == "charte statut"


def test_the_invitation_asks_for_what_we_use_and_nothing_else() -> None:
    assert invite_url("900") == (
        "https://discord.com/oauth2/authorize?client_id=900"
        "&scope=bot+applications.commands&permissions=580920365124608"
    )
    for dangerous in ("administrator", "mention_everyone", "manage_messages", "manage_guild"):
        assert dangerous not in PERMISSIONS


def test_a_nonce_is_short_and_steady() -> None:
    assert nonce("outbox:1:0") == nonce("outbox:1:0") != nonce("outbox:1:1")
    assert len(nonce("x")) == 25


def test_titles_are_cut_between_words() -> None:
    assert shorten("un deux trois", 60) == "un deux trois"
    assert shorten("un deux trois", 9) == "un deux…"
    assert shorten("anticonstitutionnellement", 9) == "anticons…"
