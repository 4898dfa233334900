from datetime import timedelta

from core.chat.actions import Action
from core.chat.messages import Message, Text
from core.engine import sweep
from core.engine.models import Community, FormDraft, Job, OutboxMessage, SeenDelivery, State
from core.engine.routes import Routes
from tests.core.engine.test_intake import says
from tests.village import Village


async def keys(community: Community) -> list[str]:
    return [job.key for job in await Job.filter(community=community, kind="work").order_by("id")]


async def test_what_is_old_is_swept_at_night_and_nothing_else(place: Village) -> None:
    place.app.routes = Routes.of([place.app.routes, sweep.routes])
    other = await Community.create(slug="b", name="B", timezone="Europe/Paris", language="fr")
    now = place.clock.now()
    for community in (place.app.community, other):
        for key, state in (("done", State.DONE), ("failed", State.FAILED)):
            old = now - timedelta(days=30)
            await Job.create(community=community, kind="work", key=key, state=state, due_at=old)
        await SeenDelivery.create(community=community, key="old", at=now - timedelta(days=7))
    bob = place.person("Bob", "telegram")
    await bob.runs("/fiche")
    await place.app.scene().owe_in_private(Message(Text("un")), bob.account)
    await place.app.settle()
    await place.passes(days=1)
    assert await keys(place.app.community) == ["failed"]
    assert await keys(other) == ["done", "failed"]
    assert await OutboxMessage.all().count() == 1
    assert await FormDraft.exists()
    assert not await SeenDelivery.filter(community=place.app.community, key="old").exists()
    assert await SeenDelivery.filter(community=place.app.community).exists()
    place.clock.advance(days=31)
    await place.app.settle()
    assert not await OutboxMessage.exists()
    assert not await FormDraft.exists()
    assert not await SeenDelivery.filter(community=place.app.community).exists()


async def test_a_parked_message_is_kept_until_they_write(place: Village) -> None:
    place.app.routes = Routes.of([place.app.routes, sweep.routes])
    bob = place.person("Bob")
    bob.refuses = True
    await place.app.scene().owe_in_private(Message(Text("un")), bob.account)
    for _ in range(2):
        await place.app.settle()
        place.clock.advance(days=40)
    await place.app.settle()
    bob.refuses = False
    await bob.does(Action("nowhere"))
    assert [m.text for m in bob.sees() if m.text == "un"] == ["un"]


async def test_what_a_quiet_workspace_may_tell_again_is_still_known(place: Village) -> None:
    place.app.routes = Routes.of([place.app.routes, sweep.routes])
    alice = place.person("Alice")
    await place.app.catch_up(alice.account.platform)
    await place.app.handle(said := says(alice, "bonjour"))
    await place.app.drain()
    await place.passes(days=9)
    discord = place.adapters[alice.account.platform]
    discord.missed = [said]
    assert await place.app.catch_up(alice.account.platform) == 0
    place.clock.advance(days=31)
    await place.app.settle()
    assert not await SeenDelivery.exists()
