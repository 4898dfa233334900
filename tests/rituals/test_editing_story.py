"""A community builder moves, rewords, makes and undoes rituals in their own words."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bots.sandbox.memory_people import MemoryPerson
from core.chat.actions import Action
from core.members import linking
from core.members.models import Member
from rituals import catalog
from rituals.models import RitualChange
from rituals.rules import RitualSettings
from tests.rituals import MONDAY, THURSDAY, enters, gives, public, reaches
from tests.rituals.conftest import plays
from tests.rituals.test_catalog import QUESTION
from tests.rituals.test_meeting import COFFEE
from tests.village import LOCALES, Village, latest, seen


async def fills(person: MemoryPerson, **answers: str) -> None:
    await person.fills(answers)


async def test_one_date_is_moved_and_moved_back(place: Village) -> None:
    lea = place.admin("Léa")
    await lea.runs("/rituel déplacer lundi-astuce mardi 24 novembre 10h")
    assert "Lundi Astuce du lundi 23 novembre, 09:00 : déplacé au mardi 24 novembre, 10:00" in (
        latest(lea).text
    )
    await lea.runs("/rituel historique")
    assert "Léa : la date du lundi 23 novembre déplacée au mardi 24 novembre" in latest(lea).text
    await lea.runs("/rituel annuler")
    assert "revenir sur ce changement" in latest(lea).text
    await lea.presses("Revenir en arrière")
    assert "Prochaine date : lundi 23 novembre, 09:00" in latest(lea).text
    await lea.runs("/rituel historique")
    assert "(annulé le 16 novembre)" in latest(lea).text
    await lea.runs("/rituel annuler")
    assert "Aucun changement de « Lundi Astuce »" in latest(lea).text


async def test_a_rhythm_holds_for_good_and_the_list_shows_both(place: Village) -> None:
    lea = place.admin("Léa")
    await lea.runs("/rituel déplacer lundi-astuce chaque dimanche 10h")
    shown = latest(lea).text
    assert "Lundi Astuce : désormais chaque dimanche, 10:00" in shown
    assert "à partir de la prochaine date, dimanche 22 novembre, 10:00" in shown
    await lea.runs("/rituel liste")
    both = "chaque dimanche, 10:00 au lieu de chaque lundi, 09:00, par Léa le 16 novembre."
    assert both in latest(lea).text
    await lea.runs("/rituel historique")
    assert "16 novembre, Léa : désormais chaque dimanche, 10:00" in latest(lea).text
    await lea.runs("/rituel annuler")
    await lea.presses("Revenir en arrière")
    await lea.runs("/rituel liste")
    assert "au lieu de" not in latest(lea).text


async def test_a_moment_is_asked_for_where_none_was_written(place: Village) -> None:
    lea = place.admin("Léa")
    await lea.runs("/rituel déplacer")
    assert "chaque lundi, 09:00. Prochaine date : lundi 23 novembre" in latest(lea).text
    await lea.presses("Choisir un autre moment")
    await fills(lea, when="chaque mardi bleu")
    assert lea.form is not None
    [wrong] = lea.form.errors.values()
    assert wrong.startswith(
        "J’ai compris : chaque mardi. Je n’ai pas compris « bleu ». Il manque l’heure. Par exemple"
    )
    await fills(lea, when="chaque jour 9h")
    [wrong] = lea.form.errors.values()
    assert "Il manque le jour" in wrong
    await fills(lea, when="premier mardi 12:30")
    assert "désormais le premier mardi du mois, 12:30" in latest(lea).text


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("un de ces jours", "pas compris l’heure"),
        ("un beau jour 18:00", "pas compris le jour"),
        ("lundi 24 novembre 18:00", "ne vont pas ensemble"),
        ("1 novembre 2026 18:00", "déjà passé"),
        ("chaque jour 18:00", "Il manque le jour"),
        ("chaque vendredi bleu 18:00", "J’ai compris : chaque vendredi, 18:00. Je n’ai pas"),
        ("mardi et jeudi 18:00 chaque semaine", "qu’un jour à la fois"),
        ("le 13 du mois 10:00", "ne va pas avec les autres réglages"),
    ],
)
async def test_what_is_unclear_changes_nothing(place: Village, written: str, said: str) -> None:
    lea = place.admin("Léa")
    await lea.runs(f"/rituel déplacer lundi-astuce {written}")
    assert said in latest(lea).text
    assert "Rien n’est changé" in latest(lea).text
    assert not await RitualChange.exists()


async def test_other_words_are_said_from_the_next_date_on(place: Village) -> None:
    alice, lea = await enters(place, "Alice"), place.admin("Léa")
    await lea.runs("/rituel texte")
    assert "rien de plus que les mots habituels" in latest(lea).text
    await lea.presses("Changer le texte")
    await fills(lea, text="Cette saison : nos outils.")
    assert "S’applique à partir de la prochaine date, lundi 23 novembre" in latest(lea).text
    await lea.runs("/rituel texte")
    assert "Cette saison : nos outils." in latest(lea).text
    await lea.runs("/rituel liste")
    assert "Texte changé par Léa le 16 novembre." in latest(lea).text
    await reaches(place, MONDAY)
    assert public(alice, "Cette saison : nos outils.")
    await lea.runs("/rituel historique")
    assert "Léa : autre texte" in latest(lea).text


async def test_a_ritual_of_ones_own_takes_place_and_is_taken_back(place: Village) -> None:
    alice, lea = await enters(place, "Alice"), place.admin("Léa")
    whole = {"title": "Le cercle", "kind": "meeting", "when": "chaque lundi 18:00", "text": ""}
    await lea.runs("/rituel créer")
    await lea.presses("Inventer un rituel")
    await fills(lea, **{**whole, "when": "un jour"})
    assert lea.form is not None
    assert "Il manque le jour" in str(lea.form.errors)
    await fills(lea, **whole)
    assert seen(lea, "Le cercle est au programme : chaque lundi, 18:00")
    await lea.runs("/rituel liste")
    assert "Léa : ajouté au programme" in latest(lea).text
    await reaches(place, MONDAY + timedelta(hours=10))
    assert public(alice, "Le cercle")
    await lea.runs("/rituel annuler le-cercle")
    await lea.presses("Revenir en arrière")
    assert "« le-cercle » n’est plus au programme" in latest(lea).text


async def test_what_rested_when_it_was_taken_back_takes_place_when_made_again(
    place: Village,
) -> None:
    lea = place.admin("Léa")
    whole = {"title": "Le cercle", "kind": "meeting", "when": "chaque lundi 18:00", "text": ""}
    await lea.runs("/rituel créer")
    await lea.presses("Inventer un rituel")
    await fills(lea, **whole)
    await lea.runs("/rituel pause le-cercle")
    await lea.presses("Revenir en arrière")
    assert seen(lea, "n’est plus au programme")
    await lea.runs("/rituel créer")
    await lea.presses("Inventer un rituel")
    await fills(lea, **whole)
    await lea.runs("/rituel reprendre le-cercle")
    assert "n’était pas en pause" in latest(lea).text


async def test_a_tip_of_ones_own_falls_on_any_weekday(place: Village) -> None:
    lea = place.admin("Léa")
    await lea.runs("/rituel créer")
    await lea.presses("Inventer un rituel")
    await fills(lea, title="Le bilan", kind="lundi_astuce", when="chaque vendredi 9h", text="")
    assert "Le bilan est au programme : chaque vendredi, 09:00" in latest(lea).text


async def test_what_a_form_cannot_ask_is_named(place: Village) -> None:
    lea = place.admin("Léa")
    await lea.runs("/rituel créer")
    await lea.presses("Inventer un rituel")
    await fills(lea, title="Le vote", kind="poll", when="chaque mardi 9h", text="")
    assert lea.form is not None
    assert "il y faut aussi polls" in str(lea.form.errors)
    await fills(lea, title="Le tour", kind="lundi_astuce", when="le 13 du mois 9h", text="")
    assert "ne va pas avec les autres réglages" in str(lea.form.errors)


async def test_nothing_changed_is_said_so(place: Village) -> None:
    lea = place.admin("Léa")
    await lea.runs("/rituel historique")
    assert "il est comme le fichier le dit" in latest(lea).text


async def test_every_kind_of_change_is_told(place: Village) -> None:
    lea = place.admin("Léa")
    for command in ("passer", "pause", "reprendre"):
        await lea.runs(f"/rituel {command}")
    await lea.runs("/rituel historique")
    told = latest(lea).text
    assert "Léa : la date du lundi 23 novembre sautée" in told
    assert "Léa : mis en pause" in told
    assert "Léa : repris" in told


async def test_moderators_and_members_change_nothing(place: Village) -> None:
    bob, mona, lea = place.person("Bob"), place.moderator("Mona"), place.admin("Léa")
    await lea.runs("/rituel déplacer lundi-astuce chaque dimanche 10h")
    change = await RitualChange.get()
    for person in (bob, mona):
        for command in ("créer", "déplacer", "texte", "historique", "annuler", "liste"):
            await person.runs(f"/rituel {command}")
            assert "réservée à l’équipe" in latest(person).text
        await person.does(Action("rituals.undo", str(change.id)))
        assert "réservée à l’équipe" in latest(person).text
    await lea.does(Action("rituals.undo", "999"))
    assert "déjà annulé" in latest(lea).text
    await change.refresh_from_db()
    assert change.undone_at is None


async def test_a_change_is_exported_with_its_author_and_stays_without_their_name(
    place: Village,
) -> None:
    lea, mona = place.admin("Léa"), place.admin("Mona", "slack")
    await lea.runs("/rituel déplacer lundi-astuce chaque dimanche 10h")
    author = (await Member.get(name="Léa")).id
    (change,) = (await linking.export(author))["ritual_change"]
    assert "sunday" in str(change["value"])
    await linking.forget(author)
    await mona.runs("/rituel historique")
    assert "désormais chaque dimanche, 10:00" in latest(mona).text
    assert "Léa" not in latest(mona).text


@pytest.fixture
async def cafe() -> AsyncIterator[Village]:
    async with plays((COFFEE, QUESTION), LOCALES) as made:
        yield made


async def test_a_preview_names_the_buttons_that_will_be_there(cafe: Village) -> None:
    lea = cafe.admin("Léa")
    await lea.runs("/rituel aperçu")
    shown = latest(lea).text
    assert "Bouton : Je viens" in shown
    assert "https://visio.exemple.fr/cafe" in shown


async def test_a_preview_says_where_platforms_show_something_else(place: Village) -> None:
    alice = await enters(place, "Alice")
    lea = place.admin("Léa")
    await reaches(place, THURSDAY)
    await gives(alice)
    await lea.runs("/rituel aperçu")
    assert "Sur Discord" not in latest(lea).text
    assert latest(lea).text.count("Voici exactement") == 1


TOWN_CRIER = """
from typing import Literal

from core.chat.messages import Message, Text
from rituals.kinds import Kind
from rituals.rules import RitualSettings


class Crier(RitualSettings):
    kind: Literal["crier"] = "crier"


async def shown(scene, found, home):
    return Message(Text(f"Bonne gens de {home.platform}")) if home.platform != "slack" else None


KIND = Kind(Crier, shown)
"""


async def test_a_preview_tells_the_platforms_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "crier.py").write_text(TOWN_CRIER, encoding="utf-8")
    monkeypatch.setattr(catalog, "__path__", [*catalog.__path__, str(tmp_path)])
    table = {"kind": "crier", "slug": "cri", "title": "Le cri", "hashtag": "#Cri"}
    async with plays((RitualSettings.model_validate(table),)) as place:
        lea = place.admin("Léa")
        await lea.runs("/rituel aperçu")
        shown = latest(lea).text
    assert "Sur Discord\nVoici exactement ce qui sera publié :\nBonne gens de discord" in shown
    assert "Sur Slack\nRien ne sera publié à cette date." in shown
    assert "Sur Telegram\nVoici exactement" in shown
