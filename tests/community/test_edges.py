"""What people may write at the very limit of what is asked is taken."""

from rituals.models import Tip
from tests.rituals import TIP, enters
from tests.village import Village


async def test_the_longest_link_without_its_scheme_is_taken(place: Village) -> None:
    alice = await enters(place, "Alice")
    asks = place.app.routes.forms["rituals.tip"].asks
    longest = next(ask.max_length for ask in asks if ask.name == "link")
    await alice.runs("/astuce")
    await alice.fills({"tip": TIP, "link": "exemple.fr/".ljust(longest, "a")})
    assert (await Tip.get()).link.startswith("https://exemple.fr/aaa")
