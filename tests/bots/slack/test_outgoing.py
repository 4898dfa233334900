"""What we say as Slack gets it: golden files to read, and hostile text that stays text."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bots.sandbox.slack.shapes import check_blocks, check_view
from bots.slack import outgoing
from bots.slack.forms import Wording, modal
from bots.slack.outgoing import home, marked, render, sharing, shortened, whole
from core.chat.actions import Action, Choice, Field, Form, Kind, Link, OpenForm
from core.chat.identity import Account, Platform
from core.chat.markup import blocks, inert, join, link, mention, plain, quote
from core.chat.messages import Button, File, Image, Message, Poll, Style, Text
from tests.bots.slack.stage import ASK, LEVELS

RENDERED = Path(__file__).parents[2] / "rendered" / "slack"
TEAM = "T1"
LEA = Account(Platform.SLACK, TEAM, "U1")
BOB = Account(Platform.SLACK, TEAM, "U2")
CAL = Account(Platform.DISCORD, "9", "7")
PNG = Image("courbe.png", b"\x89PNG", "Une courbe qui monte")
WORDING = Wording("Envoyer", "Annuler")

AGENDA = File("agenda.ics", b"BEGIN:VCALENDAR", "text/calendar")
POLL = Poll("cafe", "Quel jour pour le *café* ?", tuple(f"Le {n} <3" for n in range(6)))

MESSAGES = {
    "poll": Message(Text("Choisissons **ensemble**."), (Button("Non", Action("no")),), poll=POLL),
    "file alone": Message(Text(""), files=(AGENDA,)),
    "everything": Message(
        Text(
            "# Bienvenue\n\nBonjour **vous**, *enfin* et `code`.\\\nSuite.\n\nUn [lien](<https://e.org>)."
            "\n\n- un\n- deux\n\n3. trois\n4. quatre\n\n> cité\n\n```\ndu code\n```\n\nFin."
        ),
        (
            Button("J’accepte", Action("charter.accept", "3"), Style.PRIMARY),
            Button("Lire", Link("https://e.org")),
            Button("Écrire", OpenForm("questions.ask")),
            Button("Non", Action("no"), Style.DANGER),
            Button("Plus tard", Action("later")),
            Button("Sixième", Action("six")),
        ),
        PNG,
    ),
    "mentions": Message(
        join([mention(LEA, "Léa"), mention(BOB, "Bob"), mention(CAL, "Cal")], " "),
        mentions=(LEA, CAL),
    ),
    "hostile": Message(
        join(
            [
                plain("<!channel> *gras* _i_ ~s~ `c` <@U1> https://e.org :tada: & @everyone"),
                quote("> cité\n# titre\n- liste\n<https://e.org|piège>"),
                Text(f"# {plain('Titre :tada: <!here>')}"),
                link("]( piège", "https://e.org/a b"),
            ]
        )
    ),
    "image alone": Message(Text(""), image=PNG),
}
VIEWS: dict[str, Any] = {
    "home": lambda: home(MESSAGES["everything"], TEAM, "F1"),
    "form": lambda: modal(
        ASK, "?questions.ask:12", WORDING, context='{"channel": "C1"}', typed={"level": "debut"}
    ),
}


def golden(name: str, made: Any) -> None:  # noqa: ANN401  any JSON value
    text = json.dumps(made, ensure_ascii=False, indent=2) + "\n"
    path = RENDERED / f"{name}.json"
    if not path.exists():
        path.write_text(text, encoding="utf-8")
        pytest.fail(f"{path.name} was missing and is written now: read it, then run again")
    assert text == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", MESSAGES)
def test_messages_look_as_they_did(name: str) -> None:
    made = render(MESSAGES[name], TEAM, "F1" if MESSAGES[name].image else None)
    golden(name.replace(" ", "_"), made)
    for part in made:
        assert check_blocks(part["blocks"], lambda _file: True) == []


@pytest.mark.parametrize("name", VIEWS)
def test_views_look_as_they_did(name: str) -> None:
    made = VIEWS[name]()
    golden(name, made)
    assert check_view(made, lambda _file: True) == []


def walk(thing: object) -> Iterator[dict[str, Any]]:
    if isinstance(thing, dict):
        yield thing
        for value in thing.values():
            yield from walk(value)
    elif isinstance(thing, list):
        for value in thing:
            yield from walk(value)


def visible(part: dict[str, Any]) -> str:
    """The words of a part, block after block, without what stands between them."""
    words = [
        str(thing["text"])
        for block in part["blocks"]
        for thing in walk(block)
        if isinstance(thing.get("text"), str)
    ]
    return "".join("".join(words).split())


HOSTILE = st.text(
    st.sampled_from("<>!@#&|*_~`:[]()\\/\"' \n.-+=0aé🎉\u202e\u200b{}$^")
    | st.characters(codec="utf-8"),
    max_size=120,
) | st.sampled_from(
    ["<!channel>", "<@U1>", "@everyone", ":tada:", "&lt;!here&gt;", "```x```", "🎉" * 10_000]
)


@settings(max_examples=600, deadline=None)
@given(HOSTILE, st.booleans())
def test_what_a_member_wrote_is_shown_as_written_and_does_nothing(text: str, quoted: bool) -> None:  # noqa: FBT001  drawn
    message = Message(quote(text) if quoted else plain(text), mentions=(LEA,))
    parts = render(message, TEAM)
    assert "".join(visible(part) for part in parts) == "".join(inert(text).split())
    for part in parts:
        assert not part["text"].replace("&lt;", "").count("<")
        for thing in walk(part["blocks"]):
            assert thing.get("type") in {
                "rich_text",
                "rich_text_section",
                "rich_text_quote",
                "text",
            }, "only words"
            assert not thing.get("style")
            assert thing.get("type") != "text" or thing["text"]
        assert check_blocks(part["blocks"], lambda _file: False) == []


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(st.sampled_from("ab é\n<"), min_size=1, max_size=900), max_size=20))
def test_long_texts_keep_every_word_and_fit(paragraphs: list[str]) -> None:
    button = Button("Oui", Action("yes"))
    message = Message(join([plain(each) for each in paragraphs]), (button,), PNG)
    parts = render(message, TEAM, "F1")
    told = "".join(visible(part) for part in parts).removesuffix("Oui")
    assert told == "".join("".join(paragraphs).split())
    for part in parts:
        assert check_blocks(part["blocks"], lambda _file: True) == []
        assert len(part["text"]) <= 40_000
    kinds = [[block["type"] for block in part["blocks"]] for part in parts]
    assert kinds[-1][-2:] == ["image", "actions"]
    assert not any("actions" in each for each in kinds[:-1])


def test_many_pieces_become_several_messages_or_one_edit() -> None:
    text = Text("\n\n".join(f"- a{n}\n\n> q{n}" for n in range(60)))
    button = Button("Oui", Action("yes"))
    parts = render(Message(text, (button,)), TEAM)
    assert len(parts) == 3
    assert all(len(part["blocks"]) <= outgoing.BLOCKS for part in parts)
    one = whole(Message(text, (button,)), TEAM)
    assert len(one["blocks"]) == outgoing.BLOCKS
    assert one["blocks"][-1]["type"] == "actions"


def test_a_message_always_has_words_for_notifications() -> None:
    only = Message(Text(""), (Button("Oui", Action("yes")), Button("Non", Action("no"))))
    assert render(only, TEAM)[0]["text"] == "Oui · Non"
    assert render(Message(Text("Voici"), image=PNG), TEAM)[0]["blocks"][-1] == {
        "type": "rich_text",
        "elements": [
            {
                "type": "rich_text_section",
                "elements": [
                    {"type": "text", "text": "Une courbe qui monte", "style": {"italic": True}}
                ],
            }
        ],
    }


def test_the_outbox_key_travels_in_the_metadata() -> None:
    part = marked({"text": "a", "blocks": []}, "42", 1)
    assert part["metadata"] == {
        "event_type": "amicale_outbox",
        "event_payload": {"id": "42", "part": 1},
    }


def test_forms_fit_whatever_they_ask() -> None:
    many = tuple(Choice(f"c{n}", f"Choix {n} " + "très " * 30) for n in range(30))
    form = Form(
        "x.y",
        "Un titre de 24 caractère",
        (
            Field("a", "A" * 45, Kind.PARAGRAPH, "H" * 90, max_length=9000, min_length=2),
            Field("b", "B", Kind.CHOICE, choices=many, required=False),
            Field("c", "C", Kind.CHOICE, choices=LEVELS),
        ),
    )
    view = modal(form, "?x.y", WORDING, context="", typed={"a": "z" * 5000, "b": "c3", "c": "?"})
    assert check_view(view, lambda _file: False) == []
    kinds = [block["element"]["type"] for block in view["blocks"]]
    assert kinds == ["plain_text_input", "static_select", "radio_buttons"]
    assert view["blocks"][1]["element"]["initial_option"]["value"] == "c3"
    assert "initial_option" not in view["blocks"][2]["element"]


def test_words_are_cut_between_words_only() -> None:
    assert shortened("un deux trois", 10) == "un deux…"
    assert shortened("x" * 12, 10) == "x" * 9 + "…"
    assert shortened("court", 10) == "court"
    assert blocks(Text("")) == ()


def test_a_poll_alone_is_one_message_and_a_closed_one_only_its_words() -> None:
    assert len(render(Message(Text(""), poll=POLL), TEAM)) == 1
    (part,) = render(Message(Text("Clos."), poll=replace(POLL, closed=True)), TEAM)
    assert part["text"] == "Clos."
    assert [block["type"] for block in part["blocks"]] == ["rich_text"]


def test_the_words_beside_a_file_carry_its_row() -> None:
    assert check_blocks(sharing("agenda <3.ics", "41", -1), lambda _: False) == []
    assert sharing("agenda.ics", "41", -1)[0]["block_id"] == "amicale_outbox:-1:41"
    assert "block_id" not in sharing("agenda.ics")[0]
