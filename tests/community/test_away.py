"""A suite that stops for a week: one message about it, and no flood when it is back."""

from datetime import timedelta

from core.chat.identity import Platform
from core.engine.database import transaction
from core.engine.models import OutboxMessage
from core.watch import service as watch
from rituals.runner import materialise
from tests.rituals import MONDAY, enters
from tests.village import Village, seen


async def starts(place: Village) -> None:
    """What the suite does when it starts."""
    async with transaction():
        await watch.opens(place.app.scene(), [Platform.TELEGRAM])
        await materialise(place.app.scene())
    await place.app.settle()


async def test_a_week_away_is_one_message_and_nothing_late_in_the_channels(place: Village) -> None:
    people = [await enters(place, name) for name in ("Alice", "Bob")]
    people.append(await enters(place, "Chloé", "telegram"))
    newcomer = place.person("Nadia")
    await newcomer.joins()
    mona = place.moderator("Mona")
    await starts(place)
    before = await OutboxMessage.all().count()
    public = {
        p: [m for m in a.messages if not m.channel.private] for p, a in place.adapters.items()
    }
    private = {person.name: len(person.sees()) for person in [*people, newcomer]}
    place.clock.move_to(MONDAY + timedelta(hours=30))
    await starts(place)
    for _ in range(3):
        await place.passes(minutes=2)
    (told,) = seen(mona, "J’étais arrêté")
    assert "« Lundi Astuce » du lundi 23 novembre" in told.text
    assert "l’accueil (" in told.text
    assert not seen(mona, "Tout n’est pas parti")
    for platform, adapter in place.adapters.items():
        late = [m for m in adapter.messages if not m.channel.private][len(public[platform]) :]
        assert {m.channel.id for m in late} <= {"modération", "administration"}
    for person in [*people, newcomer]:
        assert len(person.sees()) - private[person.name] <= 1
    assert await OutboxMessage.all().count() - before <= 12
