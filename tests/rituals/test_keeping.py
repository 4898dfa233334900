from datetime import timedelta

from core.library.models import Entry
from rituals.models import Tip
from tests.rituals import MONDAY, THURSDAY, TIP, gives, private, reaches, trio
from tests.village import Village

TUESDAY = MONDAY + timedelta(days=1, hours=1)


async def test_the_day_after_its_author_is_asked_whether_a_tip_may_be_kept(place: Village) -> None:
    alice, bob, _ = await trio(place)
    await reaches(place, THURSDAY)
    await gives(alice, link="https://exemple.fr/raccourcis")
    await reaches(place, MONDAY)
    assert not private(alice, "Peut-on garder ceci")
    await reaches(place, TUESDAY)
    (asked,) = private(alice, "Peut-on garder ceci")
    assert all(part in asked.text for part in (TIP, "https://exemple.fr/raccourcis", "Alice"))
    assert not private(bob, "Peut-on garder ceci")


async def test_a_tip_that_is_gone_is_not_asked_about(place: Village) -> None:
    alice, _, _ = await trio(place)
    await reaches(place, THURSDAY)
    await gives(alice)
    await reaches(place, MONDAY)
    await Tip.all().delete()
    await reaches(place, TUESDAY)
    assert await Entry.all() == []
