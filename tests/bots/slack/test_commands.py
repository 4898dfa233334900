"""What can be typed after /amicale, and what is said when it makes no sense."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bots.slack.commands import Misunderstood, Understood, explain, folded, help_text, understand
from bots.slack.incoming import Ourselves
from core.chat.identity import Account, Platform
from core.chat.markup import words
from tests.bots.slack.stage import StageMenu

US = Ourselves("T1", "UBOT")
MENU = StageMenu()
BOB = Account(Platform.SLACK, "T1", "U2")


def read(text: str, language: str = "fr") -> Understood | Misunderstood:
    return understand(text, MENU, language, US)


@pytest.mark.parametrize(
    ("text", "path", "arguments"),
    [
        ("parcours", "parcours", {}),
        ("  PARCOURS ", "parcours", {}),
        ("journey", "parcours", {}),
        ("lier K7WQ2M4P", "lier", {"code": "K7WQ2M4P"}),
        ("link  K7 WQ &amp; 2 ", "lier", {"code": "K7 WQ & 2"}),
        ("rituel apercu", "rituel aperçu", {}),
        ("Ritual  Preview le lundi", "rituel aperçu", {"nom": "le lundi"}),
        ("role <@U2|bob> mentor", "rôle", {"qui": BOB, "rang": "mentor"}),
        ("rôle éxpert <@U2>", "rôle", {"qui": BOB, "rang": "x"}),
        ("role @Bob Mentor", "rôle", {"qui": "Bob", "rang": "mentor"}),
        ("role Bob Mentor", "rôle", {"qui": "Bob", "rang": "mentor"}),
        ("role mentor Bob", "rôle", {"qui": "Bob", "rang": "mentor"}),
        ("role guide Bob", "rôle", {"qui": "Bob", "rang": "mentor"}),
        ("role « Bob Martin » mentor", "rôle", {"qui": "Bob Martin", "rang": "mentor"}),
        ('role "Bob Martin" mentor', "rôle", {"qui": "Bob Martin", "rang": "mentor"}),
        ("role D&amp;D mentor", "rôle", {"qui": "D&D", "rang": "mentor"}),
        ("saluer Bob", "saluer", {"qui": "Bob"}),
        ("saluer", "saluer", {}),
        ("expertise ajouter les « files »", "expertise", {"acte": "add", "sujet": "les « files »"}),
        ('expertise "ajouter" tri', "expertise", {"acte": "add", "sujet": "tri"}),
        ("question", "question", {}),
    ],
)
def test_commands_are_understood(text: str, path: str, arguments: dict[str, str | Account]) -> None:
    found = read(text)
    assert isinstance(found, Understood), found
    assert (found.command.path, found.arguments) == (path, arguments)


def test_what_follows_a_form_is_kept_for_it() -> None:
    found = read("question Comment trier &lt;ceci&gt; :tada: ?")
    assert isinstance(found, Understood)
    assert found.rest == "Comment trier <ceci> 🎉 ?"


@pytest.mark.parametrize(
    ("text", "language", "said"),
    [
        ("parcour", "fr", "Vouliez-vous dire ? /amicale parcours"),
        ("jurney", "en", "Did you mean: /amicale journey"),
        ("xyzzy **gras**", "fr", "Je ne connais pas « xyzzy **gras** »."),
        ("lier", "fr", "Il manque « code » (le code reçu)."),
        ("link", "en", "Write it like this: /amicale link <code>"),
        ("rôle <@U2|bob> roi", "fr", "Les choix : Mentor, Éxpert."),
        ("rôle mentor", "fr", "Par exemple : /amicale rôle @Camille Mentor"),
        ("expertise ajouter", "fr", "Par exemple : /amicale expertise ajouter mon texte"),
    ],
)
def test_what_is_not_understood_is_explained(text: str, language: str, said: str) -> None:
    found = read(text, language)
    assert isinstance(found, Misunderstood)
    assert said in words(explain(found, MENU, language).text)


def test_the_help_lists_every_command_with_its_usage() -> None:
    shown = words(help_text(MENU, "fr"))
    for command in MENU.commands("fr"):
        assert f"/amicale {command.name}" in shown
        assert command.description in shown
    assert shown.index("/amicale lier <code>") < shown.index("Pour l’équipe d’animation")
    assert shown.index("Pour l’équipe d’animation") < shown.index("/amicale rôle <qui> <rang>")


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=80) | st.text('rôle parcous<@U2>|"«» ', max_size=40))
def test_anything_typed_gets_an_answer(text: str) -> None:
    found = read(text)
    if isinstance(found, Misunderstood):
        assert words(explain(found, MENU, "en").text)
    else:
        assert found.command in MENU.commands("fr")
    assert folded(folded(text)) == folded(text)
