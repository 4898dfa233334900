from datetime import timedelta

from core.chat.events import CommandInvoked, WorkspaceMoved
from core.chat.identity import Platform, Workspace
from core.members import linking
from core.members.models import Member, MemberAccount
from core.questions import conversation, service
from core.questions.counting import Figures
from core.questions.models import Question, QuestionMessage, Solicitation
from core.questions.rules import QuestionState
from tests.core.questions.acting import asks, can_help, linked, only, state, tagged
from tests.village import START, Village, latest, seen


async def test_the_list_shows_what_is_not_solved_and_marks_ones_own(place: Village) -> None:
    alice, bob = place.person("Alice"), place.person("Bob", "slack", "en")
    await alice.runs("/questions")
    assert latest(alice).text == "Aucune question en attente."
    first = await asks(alice)
    await place.passes(hours=3)
    await asks(bob, "#QuestionTechnique Which editor?")
    await bob.says("A good one", channel="entraide", reply_to=latest(bob))
    solved = await asks(alice, "#ConseilCPF Une autre ?")
    await alice.reacts(solved, "✅")
    await bob.says("Try this", channel="entraide")
    await alice.runs("/questions")
    shown = latest(alice).text
    assert "2 questions en cours" in shown
    assert "bilan de compétences ? (cpf), il y a 3 heures, sans réponse" in shown
    assert shown.count("(la vôtre)") == 1
    assert latest(alice).private_to == "Alice"
    await bob.runs("/questions")
    assert "Which editor? (technique), 1 minute ago, no answer yet (yours)" in latest(bob).text
    await alice.says("Par là", channel="entraide", reply_to=first)
    await place.passes(days=2)
    await alice.runs("/questions")
    assert "il y a 2 jours" in latest(alice).text


async def test_an_answered_one_comes_last_and_no_more_than_fifteen_are_shown(
    place: Village,
) -> None:
    alice, bob = place.person("Alice"), place.person("Bob")
    first = await asks(alice, "#ConseilCPF La toute première ?")
    await bob.says("Voilà", channel="entraide", reply_to=first)
    for number in range(16):
        await asks(alice, f"#ConseilCPF Question {number:02} ?")
    await alice.runs("/questions")
    lines = latest(alice).text.splitlines()
    assert lines[0] == "17 questions en cours"
    assert len([line for line in lines if line.startswith("•")]) == 15
    assert lines[-1] == "et 2 autres."
    assert "première" not in latest(alice).text


async def test_a_question_without_topics_is_listed_and_home_shows_five(place: Village) -> None:
    sam = place.person("Sam", "slack")
    assert "Aucune question en attente" in await sam.opens_home()
    await sam.runs("/question")
    await sam.fills({"Votre question": "Une question sans thème ?"})
    for number in range(5):
        await asks(sam, f"#ConseilCPF Question {number} ?")
    home = await sam.opens_home()
    assert "Une question sans thème ?, il y a 1 minute, sans réponse (la vôtre)" in home
    assert "et 1 autre." in home


async def test_who_can_help_and_with_what(place: Village) -> None:
    alice = place.person("Alice")
    await alice.runs("/experts")
    assert "Personne n’a encore proposé son aide" in latest(alice).text
    await can_help(place, "Eva", "Excel avancé, CPF")
    fil = await can_help(place, "Fil", "python", on="telegram")
    await alice.runs("/experts")
    assert "Eva : excel avancé, cpf" in latest(alice).text
    assert "Fil : python" in latest(alice).text
    await alice.runs("/experts excel")
    assert "Fil" not in latest(alice).text
    await alice.runs("/experts couture @everyone")
    assert "sur « couture @everyone »" in latest(alice).text
    await fil.runs("/expertise pause")
    await alice.runs("/experts python")
    assert "sur « python »" in latest(alice).text
    for number in range(16):
        await can_help(place, f"Personne{number}", "cpf")
    await alice.runs("/experts")
    assert "et 2 autres personnes" in latest(alice).text


async def test_a_linked_expert_is_listed_once(place: Village) -> None:
    sam, sam_d = await can_help(place, "Sam", on="slack"), await can_help(place, "Sam D")
    await linked(sam, sam_d)
    await sam.runs("/experts")
    assert latest(sam).text.count("cpf") == 1


async def test_saying_what_one_can_help_with(place: Village) -> None:
    eva = place.person("Eva")
    await eva.runs("/expertise")
    assert "pas encore dit sur quoi" in latest(eva).text
    await eva.runs("/expertise #Excel, RGPD ; Excel")
    assert "Vous proposez votre aide sur : excel, rgpd." in latest(eva).text
    await eva.runs("/expertise pause")
    assert "Vos thèmes sont gardés" in latest(eva).text
    await eva.runs("/expertise")
    assert "Vous êtes en pause" in latest(eva).text
    await eva.runs("/expertise reprendre")
    assert "Vous êtes en pause" not in latest(eva).text
    assert "excel, rgpd" in latest(eva).text
    await eva.runs("/expertise ,;")
    assert "Je n’y lis aucun thème" in latest(eva).text
    await eva.runs("/expertise aucun")
    assert "pas encore dit sur quoi" in latest(eva).text
    await eva.runs("/langue fr@tu")
    await eva.runs("/expertise cpf")
    assert "Tu proposes ton aide sur : cpf." in latest(eva).text


async def test_topics_are_suggested_while_typing(place: Village) -> None:
    await can_help(place, "Eva", "excel, élevage")
    alice = place.person("Alice")

    async def suggested(path: str, option: str, typed: str) -> list[str]:
        event = CommandInvoked(
            delivery_id="",
            at=place.clock.now(),
            workspace=alice.town.workspace,
            account=alice.account,
            profile=alice.profile,
            channel=alice.private,
            path=path,
        )
        return [c.value for c in await place.app.complete(event, option, typed)]

    assert await suggested("experts", "thème", "E") == ["élevage", "emploi", "excel"]
    assert (await suggested("expertise", "thèmes", ""))[:2] == ["pause", "reprendre"]
    assert await suggested("expertise", "thèmes", "fin") == ["financement"]


async def test_the_figures_of_a_week(place: Village) -> None:
    alice, bob = place.person("Alice"), place.person("Bob")
    for wait in (10, 20, 60):
        asked = await asks(alice, f"#ConseilCPF Attendre {wait} minutes ?")
        await place.passes(minutes=wait)
        await bob.says("Voilà", channel="entraide", reply_to=asked)
    await alice.reacts(asked, "✅")
    gone = await asks(alice, "#ConseilCPF Non, rien ?")
    await alice.deletes(gone)
    await asks(alice, "#ConseilCPF Personne ?")
    community = place.app.community
    week = START - timedelta(hours=9), START + timedelta(days=7, hours=-9)
    found = await service.figures(community, *week)
    assert found == Figures(4, 3, 1, 1, 20, ("Personne ?",))
    after = await service.figures(community, week[1], week[1] + timedelta(days=7))
    assert after == Figures(0, 0, 0, 1, None, ("Personne ?",))
    assert await service.figures(community, week[0] - timedelta(days=7), week[0]) == Figures()


async def test_everybody_sees_the_figures_and_the_team_who_waits(place: Village) -> None:
    people = [place.person(f"Personne {n}") for n in range(6)]
    helper, mona = place.person("Bob"), place.moderator("Mona")
    for person in people[:5]:
        asked = await asks(person)
        await place.passes(minutes=10)
        await helper.says("Voilà", channel="entraide", reply_to=asked)
    await people[4].reacts(asked, "✅")
    await asks(people[5], "#QuestionTechnique Et la mienne ?")
    await place.passes(minutes=1)
    await helper.runs("/questions chiffres")
    shown = latest(helper).text
    assert "6 questions posées ; avec une réponse : 5 ; résolues : 1" in shown
    assert "83 % ont reçu une réponse" in shown
    assert "vient en 10 minutes pour une question sur deux" in shown
    assert "et en 10 minutes pour neuf sur dix" in shown
    assert "(résolues/posées) : cpf (1/5)" in shown
    assert "technique" not in shown
    assert "1 question sans réponse en ce moment" in shown
    assert "Et la mienne" not in shown
    await mona.runs("/questions chiffres")
    assert "Et la mienne ? (technique), il y a 1 minute, sans réponse" in latest(mona).text


async def test_without_questions_the_figures_say_so(place: Village) -> None:
    alice = place.person("Alice")
    await alice.runs("/questions chiffres")
    assert "0 question posée ; avec une réponse : 0 ; résolue : 0" in latest(alice).text
    assert "pour une question sur deux" not in latest(alice).text


async def test_a_group_that_moves_takes_its_questions_along(place: Village) -> None:
    alice = place.person("Alice", "telegram")
    town = place.adapters[Platform.TELEGRAM]
    await asks(alice)
    old, new = town.workspace, Workspace(Platform.TELEGRAM, "-100200")
    event = WorkspaceMoved(
        delivery_id="moved", at=place.clock.now(), workspace=old, account=None, to=new
    )
    await Question.all().update(channel=old.id)
    await place.app.handle(event)
    assert await MemberAccount.exists(workspace=new.id)
    question = await only()
    place_now = conversation.place_of(question)
    assert (question.workspace, getattr(place_now, "id", "")) == (new.id, new.id)
    await service.withdraw(place.app.scene(), question)
    assert await state() is QuestionState.WITHDRAWN


async def test_forgetting_somebody_forgets_their_questions_and_answers(place: Village) -> None:
    alice = place.person("Alice")
    eva = await can_help(place, "Eva")
    await asks(alice)
    await place.passes(minutes=30)
    await eva.says("Par l’OPCO", channel="entraide", reply_to=tagged(eva)[0])
    await linking.forget((await Member.get(name="Eva")).id)
    assert not await Solicitation.exists()
    await alice.presses("C’est résolu")
    assert seen(alice, "Question résolue.")
    held = await linking.export((await Member.get(name="Alice")).id)
    assert held["question"]
    await linking.forget((await Member.get(name="Alice")).id)
    assert not await Question.exists()
    assert not await QuestionMessage.exists()
