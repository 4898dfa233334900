"""Presses that come at once: in turn on SQLite's one connection, truly so on PostgreSQL."""

import asyncio

from core.chat.actions import Action
from core.chat.events import ButtonPressed
from core.engine.app import App
from core.gatherings.models import Rsvp
from core.members.directory import MemberDirectory
from tests.core.gatherings.acting import announces, only
from tests.village import Village


async def test_the_last_seat_is_given_once_whoever_presses_at_the_same_moment(
    place: Village,
) -> None:
    await announces(place, capacity="2")
    people = [
        place.person(f"{on}{number}", on)
        for on in ("discord", "slack", "telegram")
        for number in range(3)
    ]
    for person in people:
        await person.says("bonjour")
    app = place.app
    twin = App(
        community=app.community,
        routes=app.routes,
        texts=app.texts,
        clock=app.clock,
        directory=MemberDirectory(),
        settings=app.settings,
        adapters=dict(app.adapters),
    )
    come = Action("gatherings.come", str((await only()).id))
    presses = [
        ButtonPressed(channel=person.private, action=come, **person._about())  # type: ignore[arg-type]  # the common fields
        for person in people
    ]
    apps = [app, twin] * len(people)
    await asyncio.gather(*(one.handle(event) for one, event in zip(apps, presses, strict=False)))
    rows = await Rsvp.all().order_by("turn")
    assert [row.standing for row in rows] == ["coming"] * 2 + ["waiting"] * 7
    assert [row.turn for row in rows] == list(range(1, 10))
