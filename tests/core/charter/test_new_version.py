import pytest

from core.charter import publishing, service
from core.charter.models import CharterAcceptance, CharterDraft, CharterVersion
from core.charter.rules import Standing
from core.chat.actions import Action
from core.members.models import Member
from tests.core.charter.acting import NEW, REVISED, accepts, gate, jumps, publishes
from tests.core.charter.conftest import ENGLISH, FRENCH
from tests.village import Village, latest, seen


async def test_a_new_version_is_previewed_then_asked_of_everyone_again(place: Village) -> None:
    alice, bob, carl = (
        place.person(n, p)
        for n, p in (("Alice", "slack"), ("Bob", "telegram"), ("Carl", "discord"))
    )
    await accepts(alice)
    await accepts(bob)
    await carl.runs("/charte lire")
    ada = place.admin("Ada")
    await ada.runs("/charte publier")
    await ada.presses("Ouvrir le formulaire")
    await ada.fills(NEW)
    preview = latest(ada)
    assert "Rien n’est encore publié" in preview.text
    assert "La publicité est exclue aussi." in preview.text
    assert preview.buttons == ("Publier", "Réécrire", "Abandonner")
    assert await CharterVersion.all().count() == 1
    await ada.presses("Publier")
    assert "2 personnes à qui la proposer" in latest(ada).text
    for person in (alice, bob):
        asked = latest(person)
        assert asked.private_to == person.name
        assert "Notre charte évolue : version 2" in asked.text
        assert asked.text.index("La publicité est exclue") < asked.text.index("Ce qui est ajouté")
        assert "• Ni démarchage, ni publicité." in asked.text
        assert "• Pas de démarchage." in asked.text
        assert "jusqu’au lundi 30 novembre, 09:00" in asked.text
        assert gate(person) is True
    assert not seen(carl, "évolue")


async def test_after_the_grace_the_gate_closes_until_it_is_accepted(place: Village) -> None:
    alice, bob = place.person("Alice", "slack"), place.person("Bob", "telegram")
    await accepts(alice)
    await accepts(bob)
    await publishes(place)
    await bob.presses("J’accepte la charte")
    assert "Vous avez accepté la version 2" in latest(bob).text
    await jumps(place, days=13.9)
    assert gate(alice) is True
    await jumps(place, days=0.1)
    assert gate(alice) is False
    assert gate(bob) is True
    assert "Vos accès sont en pause" in latest(alice).text
    assert not seen(bob, "en pause")
    await alice.presses("J’accepte la charte")
    assert gate(alice) is True


async def test_the_text_in_force_then_says_that_the_time_is_over(place: Village) -> None:
    alice = place.person("Alice")
    await accepts(alice)
    await publishes(place)
    await jumps(place, days=14)
    await alice.does(Action("charter.accept", "1"))
    assert "Le délai pour l’accepter est passé" in latest(alice).text


async def test_the_button_of_an_older_version_shows_the_one_in_force(place: Village) -> None:
    alice, bob = place.person("Alice"), place.person("Bob")
    await accepts(bob)
    await alice.runs("/charte lire")
    await publishes(place)
    await alice.presses("J’accepte la charte")
    assert "la version 2" in latest(alice).text
    assert "évolue" not in latest(alice).text
    assert gate(alice) is None
    await alice.presses("J’accepte la charte")
    assert gate(alice) is True
    await bob.does(Action("charter.accept", "1"))
    assert "Ni démarchage, ni publicité." in latest(bob).text


async def test_a_version_that_is_no_longer_in_force_closes_nothing(place: Village) -> None:
    alice = place.person("Alice")
    await accepts(alice)
    await publishes(place)
    await jumps(place, days=10)
    await publishes(place, {"fr": FRENCH, "summary": "On revient au texte d’avant."})
    await jumps(place, days=5)
    assert gate(alice) is True
    await jumps(place, days=9)
    assert gate(alice) is False


async def test_who_left_is_not_asked_and_who_cannot_be_reached_holds_nothing(
    place: Village,
) -> None:
    zed, alice, bob = (
        place.person("Zed"),
        place.person("Alice", "slack"),
        place.person("Bob", "telegram"),
    )
    for person in (zed, alice, bob):
        await accepts(person)
    await alice.leaves()
    del place.app.adapters[bob.town.platform]
    ada = await publishes(place)
    assert "2 personnes à qui la proposer" in latest(ada).text
    assert seen(zed, "évolue")
    assert not seen(alice, "évolue")
    await jumps(place, days=14)
    assert await service.standing_of(place.app.scene(), (await Member.get(name="Bob")).id) is (
        Standing.WAITING
    )


async def test_a_large_community_is_asked_batch_by_batch(
    place: Village, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publishing, "BATCH", 2)
    people = [place.person(f"P{n}") for n in range(5)]
    for person in people:
        await accepts(person)
    await publishes(place)
    assert all(len(seen(person, "évolue")) == 1 for person in people)
    await jumps(place, days=14)
    assert all(gate(person) is False for person in people)


async def test_each_reads_the_change_in_a_language_both_versions_have(place: Village) -> None:
    bob = place.person("Bob", locale="en")
    await bob.runs("/charter read")
    await bob.presses("I accept the charter")
    await publishes(place)
    assert "Our charter moves on: version 2" in latest(bob).text
    assert "Ni démarchage, ni publicité." in latest(bob).text
    assert "We speak kindly" not in latest(bob).text
    await bob.presses("I accept the charter")
    rows = await service.proof(place.app.scene())
    assert [(row.version, row.language) for row in rows] == [(1, "en"), (2, "fr")]


async def test_both_languages_are_previewed_and_published(place: Village) -> None:
    bob = place.person("Bob", locale="en")
    await bob.runs("/charter read")
    await bob.presses("I accept the charter")
    english = ENGLISH.replace("No canvassing.", "No canvassing, no advertising.")
    ada = await publishes(place, {**NEW, "en": english, "summary_en": "No advertising either."})
    assert not seen(ada, "Sans texte anglais")
    assert "No advertising either." in latest(bob).text
    assert "• No canvassing, no advertising." in latest(bob).text


async def test_a_change_of_form_alone_says_so(place: Village) -> None:
    alice = place.person("Alice")
    await accepts(alice)
    await publishes(place, {"fr": FRENCH.replace("**", "*"), "summary": "Plus lisible."})
    assert "Seule la présentation change" in latest(alice).text


async def test_a_long_change_is_shown_in_part_and_says_so(place: Village) -> None:
    alice = place.person("Alice")
    await accepts(alice)
    longer = FRENCH + "".join(f"\nEngagement {n}.\n" for n in range(20))
    await publishes(place, {"fr": longer, "summary": "Beaucoup de choses."})
    assert "et 8 autres lignes" in latest(alice).text


@pytest.mark.parametrize(
    ("answers", "problem"),
    [
        ({"fr": FRENCH, "en": ENGLISH, "summary": "Rien"}, "mot pour mot"),
        ({"fr": f"{FRENCH} [Bob](account:x)", "summary": "Bob"}, "retirez le lien"),
        ({"fr": "Trop court", "summary": "Bref"}, "un peu court"),
        ({"fr": REVISED, "summary": ""}, "nécessaire"),
    ],
)
async def test_what_cannot_be_published_is_said_beside_the_answer(
    place: Village, answers: dict[str, str], problem: str
) -> None:
    ada = place.admin("Ada")
    await ada.runs("/charte publier")
    await ada.presses("Ouvrir le formulaire")
    await ada.fills(answers)
    assert ada.form is not None
    assert problem in " ".join(ada.form.errors.values())
    assert await CharterDraft.all().count() == 0


async def test_a_hostile_summary_is_shown_as_it_was_typed(place: Village) -> None:
    alice = place.person("Alice")
    await accepts(alice)
    await publishes(place, {**NEW, "summary": "**@everyone** [cliquez](https://x.example) <b>"})
    assert "**@everyone** [cliquez](https://x.example) <b>" in latest(alice).text


async def test_a_preview_can_be_rewritten_or_dropped(place: Village) -> None:
    ada = place.admin("Ada")
    await ada.runs("/charte publier")
    await ada.presses("Ouvrir le formulaire")
    await ada.fills(NEW)
    first = latest(ada)
    await ada.presses("Réécrire")
    await ada.fills({**NEW, "summary": "Autrement dit."})
    await ada.presses("Publier", on=first)
    assert "n’attend plus" in latest(ada).text
    assert await CharterVersion.all().count() == 1
    second = next(m for m in ada.sees() if "Autrement dit." in m.text)
    await ada.presses("Abandonner", on=second)
    assert "la charte en vigueur ne change pas" in "".join(m.text for m in ada.sees())
    await ada.does(Action("charter.discard", "1"))
    assert "n’attend plus" in latest(ada).text


async def test_pressing_publish_twice_publishes_once(place: Village) -> None:
    ada = await publishes(place)
    await ada.does(Action("charter.confirm", "1"))
    assert "n’attend plus" in latest(ada).text
    await ada.does(Action("charter.confirm", "x"))
    assert await CharterVersion.all().count() == 2


async def test_nobody_publishes_over_a_version_they_have_not_seen(place: Village) -> None:
    ada, zoe = place.admin("Ada"), place.admin("Zoé", "slack")
    await zoe.runs("/charte publier")
    await zoe.presses("Ouvrir le formulaire")
    await zoe.fills({"fr": f"{FRENCH}\nUn point de plus.", "summary": "Un point."})
    await publishes(place)
    await zoe.presses("Publier")
    assert "Une autre version vient d’être publiée" in latest(zoe).text
    assert "version 3" in latest(zoe).text
    assert "• Ni démarchage, ni publicité." in latest(zoe).text
    await zoe.presses("Publier")
    assert await CharterVersion.all().count() == 3
    assert ada.name == "Ada"


async def test_only_a_community_builder_publishes(place: Village) -> None:
    mona = place.moderator("Mona")
    await mona.runs("/charte publier")
    assert mona.form is None
    assert "réservée à l’équipe" in latest(mona).text
    await mona.opens("charter.publish")
    await mona.fills(NEW)
    assert "réservée à l’équipe" in latest(mona).text
    ada = place.admin("Ada")
    await ada.runs("/charte publier")
    await ada.presses("Ouvrir le formulaire")
    await ada.fills(NEW)
    draft = await CharterDraft.get()
    await mona.does(Action("charter.confirm", str(draft.id)))
    assert "réservée à l’équipe" in latest(mona).text
    zoe = place.admin("Zoé")
    await zoe.does(Action("charter.confirm", str(draft.id)))
    assert "n’attend plus" in latest(zoe).text
    assert await CharterVersion.all().count() == 1


async def test_a_builder_on_telegram_writes_field_by_field(place: Village) -> None:
    alice = place.person("Alice")
    await accepts(alice)
    ada = place.admin("Ada", "telegram")
    await ada.runs("/charte publier")
    await ada.presses("Ouvrir le formulaire")
    await ada.fills({"Le texte complet, en français": REVISED, "Ce qui change, en deux": "Pub."})
    await ada.presses("Publier")
    assert "évolue" in latest(alice).text
    assert await CharterAcceptance.all().count() == 1


async def test_a_point_that_goes_is_shown_as_removed_alone(place: Village) -> None:
    alice = place.person("Alice")
    await accepts(alice)
    await publishes(place, {"fr": FRENCH.replace("2. Pas de démarchage.", ""), "summary": "Bref."})
    assert "Ce qui est retiré :\n• Pas de démarchage." in latest(alice).text
    assert "ajouté" not in latest(alice).text
