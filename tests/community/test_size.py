"""What a moderator asks for takes no more queries in a large community than in a small one."""

import logging

import pytest

from core.charter import service as charter
from core.members.models import Member, MemberAccount
from core.onboarding.models import Journey
from core.reports import service as reports
from tests.village import START, Village


async def arrive(place: Village, number: int) -> None:
    community = place.app.community
    for _ in range(number):
        member = await Member.create(community=community, name="Quelqu’un", joined_at=START)
        await MemberAccount.create(
            community=community,
            member=member,
            platform="discord",
            workspace="discord-1",
            user=f"u{member.id}",
            name=member.name,
            active_at=START,
        )
        await Journey.create(member=member, greeted_at=START)


async def test_a_digest_and_a_status_ask_as_much_of_forty_as_of_four(
    place: Village, caplog: pytest.LogCaptureFixture
) -> None:
    await charter.current(place.app.scene())
    asked = []
    await reports.digest(place.app.scene(), "2026-W47")  # the weeks before it are added up once
    for number in (4, 36):
        await arrive(place, number)
        with caplog.at_level(logging.DEBUG, logger="tortoise.db_client"):
            caplog.clear()
            figures = await reports.digest(place.app.scene(), "2026-W47")
            status = await charter.status(place.app.scene())
            asked.append(len(caplog.records))
    assert figures.newcomers.arrived == len(status.waiting) == 40
    assert asked[0] == asked[1] > 10
