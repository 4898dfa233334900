import pytest

from core.chat.actions import Action
from core.members.models import Member
from core.members.service import profile_of
from core.onboarding.models import JourneyStep
from tests.core.onboarding.acting import PROFILE, arrives, links, opens, skips, told
from tests.village import Village, latest, seen


@pytest.mark.parametrize("platform", ["discord", "slack", "telegram"])
async def test_the_whole_way_from_the_door_to_being_at_home(place: Village, platform: str) -> None:
    alice = place.person("Alice", platform)
    await arrives(alice)
    assert seen(alice, "La suite arrive en message privé")
    assert latest(alice).private_to == "Alice"
    assert latest(alice).buttons == ("Remplir mon profil", "Passer cette étape")
    await opens(alice, "Remplir mon profil", PROFILE)
    assert "votre profil est noté" in latest(alice).text
    assert "Vos sujets : excel, rgpd, python." in latest(alice).text
    await opens(
        alice,
        "Choisir mes préférences",
        {"Comment je vous parle": "En français, avec tu", "Vous solliciter": "Pas en ce moment"},
    )
    assert "je te parlerai ainsi" in latest(alice).text
    await opens(alice, "Me fixer un objectif", {"Une action concrète": "Tester un quiz"})
    assert "Tester un quiz" in latest(alice).text
    assert "Tu verras exactement" in latest(alice).text
    await opens(alice, "Écrire ma présentation", {"Qui es-tu": "Je viens de Lyon."})
    await alice.presses("Publier")
    assert "Tout est en place" in told(alice).text
    about = await profile_of((await Member.get(name="Alice")).id)
    assert (about.training, about.cohort) == ("Formateur pour adultes", "printemps 2026")
    assert about.topics == ["excel", "rgpd", "python"]
    assert about.hopes == "De l’entraide"
    assert about.available is False


async def test_the_next_step_follows_where_the_charter_was_accepted(place: Village) -> None:
    alice, other = place.person("Alice"), place.person("Alice T", "telegram")
    await alice.joins()
    await links(alice, other)
    await other.says("bonjour")
    await alice.presses("J’accepte la charte")
    assert "Votre profil." in latest(alice).text
    assert not seen(other, "Votre profil.")


async def test_what_waited_for_somebody_to_write_is_not_said_twice(place: Village) -> None:
    alice = place.person("Alice", "telegram")
    await alice.joins()
    alice.refuses = True  # who never wrote to the bot cannot be written to
    await alice.presses("J’accepte la charte")
    assert not seen(alice, "Votre profil.")
    alice.refuses = False
    await alice.runs("/parcours", channel="entraide")
    await alice.runs("/parcours")
    await place.app.settle()
    shown = [m for m in seen(alice, "Votre profil.") if "Passer cette étape" in m.buttons]
    assert [m.channel == "entraide" for m in shown] == [True, False]


async def test_what_waited_is_said_to_who_writes_anything_else(place: Village) -> None:
    alice = place.person("Alice", "telegram")
    await alice.joins()
    alice.refuses = True
    await alice.presses("J’accepte la charte")
    alice.refuses = False
    await alice.says("bonjour")
    await place.app.settle()
    assert len(seen(alice, "Votre profil.")) == 1


async def test_when_that_platform_is_gone_the_next_step_follows_elsewhere(place: Village) -> None:
    alice, other = place.person("Alice"), place.person("Alice T", "telegram")
    await alice.joins()
    await links(alice, other)
    town = alice.town
    town.after = None  # the suite stops right after the answer, and starts again without Discord
    await alice.presses("J’accepte la charte")
    del place.app.adapters[town.platform]
    await place.app.settle()
    assert "Votre profil." in latest(other).text


async def test_nobody_reachable_holds_nothing(place: Village) -> None:
    alice = place.person("Alice")
    await alice.joins()
    town = alice.town
    town.after = None
    await alice.presses("J’accepte la charte")
    del place.app.adapters[town.platform]
    await place.app.settle()
    assert not seen(alice, "Votre profil.")


async def test_a_new_version_accepted_does_not_start_the_journey_again(place: Village) -> None:
    alice, ada = place.person("Alice", "slack"), place.admin("Ada")
    await arrives(alice)
    await ada.runs("/charte publier")
    await ada.presses("Ouvrir le formulaire")
    await ada.fills({"fr": "# Charte\n\n1. On se parle bien.\n2. On s’écoute.", "summary": "Ici."})
    await ada.presses("Publier")
    await alice.runs("/parcours")
    assert "À faire : la charte" in latest(alice).text
    offers = len(seen(alice, "Votre profil."))
    await alice.presses("J’accepte la charte")
    assert "Vous avez accepté la version 2" in latest(alice).text
    assert len(seen(alice, "Votre profil.")) == offers


async def test_every_step_can_be_passed_over_and_taken_up_again(place: Village) -> None:
    alice = place.person("Alice")
    await arrives(alice)
    await skips(alice, 4)
    assert "Tout est en place" in latest(alice).text
    await alice.runs("/parcours")
    text = latest(alice).text
    assert "Fait : la charte" in text
    assert text.count("Passé : ") == 4
    assert "Vous pouvez les reprendre" in text
    assert latest(alice).buttons == (
        "Remplir mon profil",
        "Choisir mes préférences",
        "Me fixer un objectif",
        "Écrire ma présentation",
    )
    await opens(alice, "Remplir mon profil", {"Votre formation": "Formateur"})
    await alice.runs("/parcours")
    assert "Fait : votre profil" in latest(alice).text


async def test_the_journey_resumes_on_another_platform_and_in_english(place: Village) -> None:
    alice, other = place.person("Alice"), place.person("Alice S", "slack", "en")
    await arrives(alice)
    await skips(alice)
    await links(alice, other)
    await other.runs("/journey")
    text = latest(other).text
    assert "Done: the charter" in text
    assert "Skipped: your profile" in text
    assert "To do: your preferences" in text
    assert "Choose my preferences" in latest(other).buttons


async def test_passing_over_twice_or_what_is_done_changes_nothing(place: Village) -> None:
    alice = place.person("Alice")
    await arrives(alice)
    await opens(alice, "Remplir mon profil", {"Votre formation": "Formateur"})
    await alice.does(Action("onboarding.skip", "profile"))
    await alice.does(Action("onboarding.skip", "preferences"))
    await alice.does(Action("onboarding.skip", "preferences"))
    assert await JourneyStep.all().count() == 2
    await alice.runs("/parcours")
    assert "Fait : votre profil" in latest(alice).text


@pytest.mark.parametrize("argument", ["charter", "", "else"])
async def test_a_step_that_cannot_be_passed_over_shows_the_checklist(
    place: Village, argument: str
) -> None:
    alice = place.person("Alice")
    await alice.does(Action("onboarding.skip", argument))
    assert "Votre parcours" in latest(alice).text
    assert await JourneyStep.all().count() == 0


async def test_before_the_charter_the_charter_comes_first(place: Village) -> None:
    alice = place.person("Alice")
    await alice.does(Action("onboarding.skip", "goal"))
    assert "notre charte" in latest(alice).text
    await alice.runs("/parcours")
    assert "Passé : un premier objectif" in latest(alice).text
    assert latest(alice).buttons[:3] == ("J’accepte la charte", "Lire d’abord", "Plus tard")
    assert latest(alice).buttons[3] == "Me fixer un objectif"


async def test_the_home_page_holds_the_checklist_and_the_profile(place: Village) -> None:
    alice = place.person("Alice", "slack")
    await arrives(alice)
    shown = await alice.opens_home()
    assert "À faire : votre profil" in shown
    assert "On peut vous solliciter" in shown
    await opens(alice, "Remplir mon profil", PROFILE)
    shown = await alice.opens_home()
    assert "Fait : votre profil" in shown
    assert "Formation : Formateur pour adultes" in shown
    assert "Sujets maîtrisés : excel, rgpd, python" in shown


async def test_a_profile_is_seen_and_changed_anywhere(place: Village) -> None:
    bob = place.person("Bob", "telegram", "en")
    await bob.runs("/profile")
    assert "You may be asked about your topics" in latest(bob).text
    await bob.presses("Change my profile")
    await bob.fills({"Your course": "<b>Adults</b> @everyone"})
    await bob.runs("/profile")
    assert "Course: <b>Adults</b> @everyone" in latest(bob).text
    await bob.presses("Change my preferences")
    await bob.fills({"How I speak to you": "In English", "May we ask you": "Not at the moment"})
    await bob.runs("/profile")
    assert "You are not asked at the moment" in latest(bob).text


async def test_an_answer_that_cannot_be_taken_is_said_beside_it(place: Village) -> None:
    alice = place.person("Alice")
    await arrives(alice)
    await opens(alice, "Remplir mon profil", {"Votre formation": "x" * 121})
    assert alice.form is not None
    assert "121 caractères" in alice.form.errors["Votre formation"]
    await alice.fills({"Votre formation": "😀" * 60})
    assert alice.form is None
