from core.chat.identity import Platform
from core.engagement import service as engagement
from core.members.models import Member
from tests.core.recognition.acting import helps, linked, member, points, public, thanks
from tests.village import Village, latest


async def takes_part(place: Village, name: str, day: str, key: str) -> None:
    who = await Member.get(name=name)
    scene = place.app.scene()
    await engagement.record_ritual(scene, who.id, Platform.DISCORD, "lundi-astuce", day, key)


async def test_everyone_sees_their_own_figures_in_their_language(place: Village) -> None:
    alice, bob = place.person("Alice"), place.person("Bob", "telegram", "en")
    said = await alice.says("Bonjour", channel="entraide")
    await place.passes(days=7)
    await alice.says("Encore", channel="entraide")
    await alice.says("Moi aussi", channel="entraide", reply_to=said)
    await alice.runs("/moi")
    shown = latest(alice)
    assert shown.private_to == "Alice"
    assert "Messages : 1 cette semaine, 2 en tout." in shown.text
    assert "Par plateforme : Discord 2." in shown.text
    assert "Réponses : 1 cette semaine" in shown.text
    assert "Vos points : 0." in shown.text
    await alice.runs("/langue fr@tu")
    await alice.runs("/moi")
    assert "Toi seul·e vois cette page" in latest(alice).text
    await bob.runs("/me")
    assert "Messages: 0 this week, 0 in all." in latest(bob).text
    assert "Alice" not in latest(bob).text


async def test_help_and_solved_questions_are_worth_points(place: Village) -> None:
    alice, bob = place.person("Alice"), place.person("Bob")
    await helps(alice, bob)
    assert "Aide : 5 points." in await points(alice)
    await helps(alice, bob, solved=True)
    shown = await points(alice)
    assert "Vos points : 21." in shown
    assert "Aide : 10 points." in shown
    assert "Compté : 2 × 5 = 10" in shown
    assert "Réponses retenues : 10 points." in shown
    await alice.runs("/moi")
    assert "Niveau : Curiosité (à partir de 10 points)." in latest(alice).text
    assert "Aide : 0 point." in await points(bob)


async def test_the_first_answer_counts_when_a_button_says_solved(place: Village) -> None:
    alice, bob, chloe = place.person("Alice"), place.person("Bob"), place.person("Chloé")
    asked = await bob.says("#ConseilCPF Comment faire ?", channel="entraide")
    for helper in (alice, chloe):
        await helper.says("Comme ceci.", channel="entraide", reply_to=asked)
    await bob.presses("C’est résolu")
    assert "Réponses retenues : 10 points." in await points(alice)
    assert "Réponses retenues : 0 point." in await points(chloe)


async def test_points_fade(place: Village) -> None:
    alice, bob = place.person("Alice"), place.person("Bob")
    await helps(alice, bob, solved=True)
    place.clock.advance(days=56)
    assert "Vos points : 8." in await points(alice)
    place.clock.advance(days=320)
    assert "Vos points : 0." in await points(alice)


async def test_a_ritual_counts_once_a_date(place: Village) -> None:
    alice = place.person("Alice")
    await alice.runs("/moi")
    for day, key in (("2026-11-09", "a"), ("2026-11-16", "b"), ("2026-11-16", "c")):
        await takes_part(place, "Alice", day, key)
    assert "Rendez-vous : 6 points." in await points(alice)


async def test_reactions_count_once_a_day_a_person_and_never_ones_own(place: Village) -> None:
    alice, bob, chloe = place.person("Alice"), place.person("Bob"), place.person("Chloé")
    said = await alice.says("Bonjour", channel="entraide")
    for emoji in ("👍", "🎉", "❤️"):
        await bob.reacts(said, emoji)
    await chloe.reacts(said, "👍")
    await alice.reacts(said, "👍")
    shown = await points(alice)
    assert "Réactions reçues : 2 points." in shown
    assert "2 de la même personne le même jour." in shown


async def test_applause_that_only_goes_round_is_not_counted(place: Village) -> None:
    alice, bob, chloe = place.person("Alice"), place.person("Bob"), place.person("Chloé")
    for _ in range(5):
        for giver, author in ((alice, bob), (bob, alice)):
            said = await author.says("Voilà", channel="entraide")
            await giver.reacts(said, "👏")
    await chloe.reacts(await alice.says("Un lien utile", channel="entraide"), "👍")
    shown = await points(alice)
    assert "Réactions reçues : 1 point." in shown
    assert "5 échangées en cercle, non comptées." in shown


async def test_a_ring_of_five_is_seen(place: Village) -> None:
    people = [place.person(name) for name in ("Alice", "Bob", "Chloé", "David", "Emma")]
    for n, giver in enumerate(people):
        for _ in range(5):
            said = await people[(n + 1) % 5].says("Voilà", channel="entraide")
            await giver.reacts(said, "👏")
    assert "5 échangées en cercle, non comptées." in await points(people[0])


async def test_thanks_and_reactions_together_make_a_ring(place: Village) -> None:
    alice, bob = await member(place, "Alice"), await member(place, "Bob")
    for n in range(5):
        await thanks(alice, "Bob", f"raison {n}")
        await thanks(bob, "Alice", f"raison {n}")
    shown = await points(alice)
    assert "Mercis reçus : 0 point." in shown
    assert "5 échangées en cercle" in shown


async def test_above_the_days_limit_nothing_counts(place: Village) -> None:
    alice, bob = place.person("Alice"), place.person("Bob")
    for _ in range(7):
        await helps(alice, bob)
    shown = await points(alice)
    assert "Aide : 30 points." in shown
    assert "1 au-delà de la limite du jour." in shown


async def test_where_less_goes_on_points_count_more(place: Village) -> None:
    discord = [place.person(name) for name in ("Bob", "Chloé", "David")]
    slack = [place.person(name, "slack") for name in ("Alice", "Emma", "Farid")]
    for crowd, times in ((discord, 4), (slack, 2)):
        first = await crowd[0].says("Qui vient ?", channel="entraide")
        for _ in range(times):
            for person in crowd[1:]:
                await person.says("Moi", channel="entraide", reply_to=first)
    await helps(slack[0], slack[1])
    shown = await points(slack[0])
    assert "Slack × 2" in shown
    assert "Aide : 10 points." in shown


async def test_points_of_two_accounts_are_one_persons(place: Village) -> None:
    alice, bob = place.person("Alice"), place.person("Bob")
    other = place.person("Alice B", "slack")
    emma = place.person("Emma", "slack")
    await helps(alice, bob)
    await helps(other, emma)
    await linked(alice, other)
    assert "Aide : 10 points." in await points(other)


async def test_who_is_discreet_has_no_level(place: Village) -> None:
    alice, bob = place.person("Alice"), place.person("Bob")
    await helps(alice, bob, solved=True)
    await alice.runs("/moi")
    await alice.presses("Rester discret·e")
    await alice.runs("/moi")
    shown = latest(alice)
    assert "ni mention publique, ni niveau" in shown.text
    assert "Niveau :" not in shown.text
    await alice.presses("Redevenir visible")
    await alice.runs("/moi")
    await alice.presses("D’où viennent mes points")
    assert "Formule n° 1" in latest(alice).text


async def test_who_is_discreet_is_not_named_for_having_helped(place: Village) -> None:
    alice, bob = place.person("Alice"), place.person("Bob")
    await helps(alice, bob, solved=True)
    assert public(bob, "Merci à Alice pour son aide")
    await alice.runs("/moi discret")
    await helps(alice, bob, solved=True)
    assert len(public(bob, "Question résolue.")) == 2
    assert len(public(bob, "Merci à Alice")) == 1


async def test_a_quiet_wish_counts_for_both_accounts(place: Village) -> None:
    alice, other = place.person("Alice"), place.person("Alice B", "slack")
    for person in (alice, other):
        await person.runs("/moi")
    await alice.runs("/moi visible")
    await other.runs("/moi discret")
    await linked(alice, other)
    await alice.runs("/moi")
    assert "ni mention publique, ni niveau" in latest(alice).text
    await alice.runs("/moi visible")
    await other.runs("/moi")
    assert "ni mention publique" not in latest(other).text


async def test_a_year_ago_is_read_no_more(place: Village) -> None:
    alice, bob = place.person("Alice"), place.person("Bob")
    await helps(alice, bob)
    place.clock.advance(days=365)
    assert "Aide : 0 point." in await points(alice)
