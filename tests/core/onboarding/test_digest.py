from core.onboarding import service
from tests.core.onboarding.acting import arrives, jumps, links, opens, skips
from tests.village import Village


async def test_where_the_newcomers_of_the_week_stand(place: Village) -> None:
    early = place.person("Early")
    await arrives(early)
    await jumps(place, days=7)
    names = ("Alice", "Bob", "Carl", "Dora", "Emma")
    alice, bob, carl, dora, emma = (place.person(name, "slack") for name in names)
    await alice.joins()
    for person in (bob, carl, dora, emma):
        await arrives(person)
    await opens(carl, "Remplir mon profil", {"Votre formation": "Formateur"})
    await skips(dora, 4)
    await emma.leaves()
    await place.person("Frank").says("Bonjour", channel="entraide")
    assert await service.standing(place.app.scene()) == {
        "newcomers": 4,
        "charter": 1,
        "profile": 1,
        "preferences": 1,
        "goal": 0,
        "introduction": 0,
        "finished": 1,
    }
    assert await service.waiting_at_gate(place.app.scene()) == 1  # Alice


async def test_a_linked_newcomer_counts_once(place: Village) -> None:
    alice, other = place.person("Alice"), place.person("Alice T", "telegram")
    await arrives(alice)
    await other.joins()
    await links(alice, other)
    found = await service.standing(place.app.scene())
    assert (found["newcomers"], found["profile"]) == (1, 1)
