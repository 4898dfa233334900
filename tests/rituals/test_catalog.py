"""A kind of ritual is one file and its words: the simplest one, and one that somebody makes up."""

import shutil
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.chat.identity import Platform
from core.engagement import service as engagement
from rituals import catalog
from rituals.catalog.open_question import OpenQuestion
from rituals.models import Occurrence, OccurrenceState, StepDone
from rituals.rules import RitualSettings
from tests.rituals import MONDAY, enters, public, reaches
from tests.rituals.conftest import plays
from tests.village import LOCALES, Village, latest

QUESTION = OpenQuestion(
    slug="question",
    title="La question",
    hashtag="#LaQuestion",
    questions=("Quel outil vous manque ?",),
    text="Une minute suffit.",
)
DATE = ("question", "2026-11-23")


@pytest.mark.parametrize("place", [(QUESTION,)], indirect=True)
async def test_an_open_question_is_asked_answered_and_thanked_for(place: Village) -> None:
    alice = await enters(place, "Alice")
    bob = await enters(place, "Bob", "slack")
    mona = place.admin("Mona", "telegram")
    await mona.runs("/rituel aperçu")
    shown = latest(mona).text
    await reaches(place, MONDAY)
    asked = public(mona, "Quel outil vous manque ?")[0]
    assert shown.endswith(asked.text)
    assert "Une minute suffit." in asked.text
    await alice.says("Un tableau partagé. #LaQuestion", channel="entraide")
    await bob.says("Un agenda commun.", reply_to=public(bob, "Quel outil")[0])
    await bob.reacts(public(bob, "Quel outil")[0], "👍")
    about = (place.app.community, *DATE)
    assert (await engagement.participation_in(*about)).people == 2
    await reaches(place, MONDAY + timedelta(days=4))
    assert len(public(alice, "Merci ! 2 personnes ont répondu à « La question ».")) == 1
    await alice.reacts(public(alice, "Quel outil")[0], "🎉")
    assert (await engagement.participation_in(*about)).by.get(Platform.SLACK) == 1
    assert (await Occurrence.get(date="2026-11-23")).state is OccurrenceState.CLOSED


@pytest.mark.parametrize("place", [(QUESTION,)], indirect=True)
async def test_nobody_answered_and_nothing_is_remarked(place: Village) -> None:
    alice = await enters(place, "Alice")
    await reaches(place, MONDAY + timedelta(days=5))
    assert public(alice, "Quel outil")
    assert not public(alice, "Merci")
    assert await StepDone.filter(step="closes").count() == 1


@pytest.mark.parametrize("place", [(QUESTION,)], indirect=True)
async def test_a_tip_has_nowhere_to_go_without_a_ritual_in_turn(place: Village) -> None:
    alice = await enters(place, "Alice")
    await alice.runs("/astuce")
    await alice.fills({"tip": "Une astuce pour rien, hélas."})
    assert "Je ne connais pas de rituel" in latest(alice).text


INVENTED = '''
"""A toast: announced the day before, raised on the day, by whoever presses the button."""

from datetime import timedelta
from typing import Literal

from core.chat.actions import Action
from core.chat.messages import Button, Message
from core.engine.routes import Routes
from rituals import dates, participation, runner
from rituals.kinds import Kind
from rituals.rules import RitualSettings

routes = Routes("toast")


class Toast(RitualSettings):
    kind: Literal["toast"] = "toast"
    drink: str = "thé"

    def moments(self, day, opens, zone):
        return {"prepares": opens - timedelta(days=1)}


async def prepares(scene, found):
    said = scene.texts.say("toast.tomorrow", scene.community.language, drink=found.settings.drink)
    await runner.announce(scene, found, Message(said))


async def shown(scene, found, home):
    language = scene.community.language
    said = scene.texts.say("toast.now", language, drink=found.settings.drink)
    label = scene.texts.label("toast.raise", language)
    return Message(said, (Button(label, Action("toast.raise", str(found.row.id))),))


@routes.button("toast.raise")
async def raises(dialogue, event):
    found = await dates.reread(dialogue, int(event.action.argument))
    who = dialogue.who
    await participation.took_part(dialogue, found, who.member, who.account.platform, "toast")
    return dialogue.reply("toast.raised")


KIND = Kind(Toast, shown, steps={"prepares": prepares}, takes_part=frozenset(), routes=routes)
'''
WORDS = {
    "toast.kind": "Un toast",
    "toast.tomorrow": "Demain, on lève un {drink}.",
    "toast.now": "À la vôtre ! Un {drink} ?",
    "toast.raise": "Santé !",
    "toast.raised": "À la vôtre.",
}


@pytest.fixture
async def inventive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Village]:
    """A village in which somebody put one file into the catalogue, and its words."""
    (tmp_path / "kinds").mkdir()
    (tmp_path / "kinds" / "toast.py").write_text(INVENTED, encoding="utf-8")
    monkeypatch.setattr(catalog, "__path__", [*catalog.__path__, str(tmp_path / "kinds")])
    shutil.copytree(LOCALES, tmp_path / "locales")
    words = "\n\n".join(f'msgid "{key}"\nmsgstr "{text}"' for key, text in WORDS.items())
    path = tmp_path / "locales" / "fr" / "LC_MESSAGES" / "toast.po"
    header = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'
    path.write_text(f"{header}{words}\n", encoding="utf-8")
    table = {"kind": "toast", "slug": "sante", "title": "Santé", "hashtag": "#Santé"}
    ritual = RitualSettings.model_validate({**table, "weekday": "friday", "drink": "café"})
    async with plays((ritual,), locales=tmp_path / "locales") as made:
        yield made


async def test_a_ritual_of_ones_own_invention_takes_one_file_and_its_words(
    inventive: Village,
) -> None:
    alice = await enters(inventive, "Alice")
    thursday = datetime(2026, 11, 19, 8, tzinfo=UTC)
    await reaches(inventive, thursday)
    assert public(alice, "Demain, on lève un café.")
    await reaches(inventive, thursday + timedelta(days=1))
    await alice.presses("Santé !")
    assert "À la vôtre." in latest(alice).text
    about = (inventive.app.community, "sante", "2026-11-20")
    assert (await engagement.participation_in(*about)).people == 1


async def test_a_kind_of_ones_own_invention_is_offered_in_chat(inventive: Village) -> None:
    lea = inventive.admin("Léa")
    await lea.runs("/rituel créer")
    await lea.presses("Inventer un rituel")
    await lea.fills({"title": "L’apéro", "kind": "Un toast", "when": "chaque jeudi 18:00"})
    assert "L’apéro est au programme : chaque jeudi, 18:00" in latest(lea).text
    assert "À la vôtre ! Un thé ?" in latest(lea).text
