from datetime import UTC, datetime, timedelta

from core.chat.identity import Platform
from core.engagement import service as engagement
from core.engagement.models import Activity
from core.engagement.rules import Kind
from core.members.models import Member
from core.recognition import caring
from core.recognition.care import Group
from tests.core.recognition.acting import accepts, comes, helps, joined
from tests.village import START, Village, seen

MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)


async def was_active(place: Village, name: str, *weeks: int) -> None:
    """Somebody wrote something so many weeks ago."""
    who = await Member.get(name=name)
    for week in weeks:
        await Activity.create(
            community=place.app.community,
            member=who,
            platform=Platform.DISCORD,
            kind=Kind.MESSAGE,
            key=f"{name}{week}",
            at=START - timedelta(days=7 * week + 1),
        )


async def groups(place: Village) -> dict[Group, list[str]]:
    found = (await caring.concern(place.app.scene())).groups
    return {group: list(names) for group, names in found.items()}


async def test_who_never_wrote_is_named_after_two_weeks(place: Village) -> None:
    for name in ("Alice", "Bob", "Chloé"):
        await place.person(name).runs("/moi")
    await joined("Alice", 15)
    await joined("Bob", 13)
    await joined("Chloé", 30)
    await place.person("Chloé").says("Bonjour", channel="entraide")
    assert (await groups(place))[Group.NEVER_POSTED] == ["Alice"]


async def test_who_left_or_is_somebody_else_now_is_not_named(place: Village) -> None:
    for name in ("Alice", "Bob", "Chloé"):
        await place.person(name).runs("/moi")
        await joined(name, 30)
    await place.person("Alice").leaves()
    first = await Member.get(name="Chloé")
    await Member.filter(name="Bob").update(absorbed_by=first.id)
    assert (await groups(place))[Group.NEVER_POSTED] == ["Chloé"]


async def test_an_arrival_on_hold_is_named_once_and_only_there(place: Village) -> None:
    alice, bob = place.person("Alice"), place.person("Bob")
    for person in (alice, bob):
        await person.joins()
    await accepts(bob)
    await joined("Alice", 15)
    place.clock.advance(days=8)
    found = await groups(place)
    assert found[Group.STALLED] == ["Bob", "Alice"]
    assert found[Group.NEVER_POSTED] == []
    place.clock.advance(days=60)
    assert (await groups(place))[Group.STALLED] == []


async def test_who_used_to_be_there_and_is_not_any_more_is_named(place: Village) -> None:
    for name in ("Alice", "Bob", "Chloé"):
        await place.person(name).runs("/moi")
    await was_active(place, "Alice", 3, 4, 6, 8)
    await was_active(place, "Bob", 1, 3, 4, 6, 8)
    await was_active(place, "Chloé", 3, 4)
    assert (await groups(place))[Group.FADING] == ["Alice"]


async def test_the_builder_is_told_on_monday_with_words_to_copy(place: Village) -> None:
    ada, alice = place.admin("Ada"), place.person("Alice")
    for person in (ada, alice):
        await person.runs("/moi")
    await ada.says("Bonjour", channel="entraide")
    await joined("Alice", 30)
    await comes(place, MONDAY)
    (told,) = seen(ada, "À qui un mot ferait du bien")
    assert told.private_to == "Ada"
    assert "1 personne n’a jamais écrit : Alice." in told.text
    assert "une simple réaction sous l’astuce de lundi" in told.text
    assert not seen(alice, "astuce de lundi")


async def test_a_long_list_is_shortened(place: Village) -> None:
    ada = place.admin("Ada")
    await ada.says("Bonjour", channel="entraide")
    community, long_ago = place.app.community, START - timedelta(days=30)
    await Member.bulk_create(
        [Member(community=community, name=f"P{n}", joined_at=long_ago) for n in range(13)]
    )
    await comes(place, MONDAY)
    (told,) = seen(ada, "À qui un mot ferait du bien")
    assert "13 personnes n’ont jamais écrit : P12, P11" in told.text
    assert "Et 3 autres." in told.text


async def test_nothing_is_said_when_all_is_well(place: Village) -> None:
    ada = place.admin("Ada")
    await ada.says("Bonjour", channel="entraide")
    await comes(place, MONDAY)
    assert not seen(ada, "un mot ferait du bien")


async def test_who_carries_too_much_and_who_hosts_alone_is_seen(place: Village) -> None:
    ada, bob, chloe = place.admin("Ada"), place.person("Bob"), place.person("Chloé")
    for _ in range(5):
        await helps(bob, chloe)
    await helps(chloe, bob)
    await ada.says("Bonjour", channel="entraide")
    scene = place.app.scene()
    who = await Member.get(name="Ada")
    for day in ("2026-11-02", "2026-11-09", "2026-11-16"):
        await engagement.record_ritual(scene, who.id, Platform.DISCORD, "lundi-astuce", day, day)
    await comes(place, MONDAY)
    (told,) = seen(ada, "À qui un mot ferait du bien")
    assert "Bob porte 83\u00a0% des réponses (sur 6 en quatre semaines)" in told.text
    assert "lundi-astuce : Ada a tout fait seul·e" in told.text
