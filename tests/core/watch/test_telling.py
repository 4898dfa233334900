"""Who is told what, once: late, given up, away, and what `/statut` and `/envois` answer."""

from datetime import timedelta

import pytest

from core.chat.adapter import Permanent, Transient, Unreachable
from core.chat.identity import Platform, Purpose
from core.chat.messages import Message, Text
from core.engine.database import transaction
from core.engine.models import Job, OutboxMessage, State
from core.watch import looking, service
from core.watch.models import Absence, Awake, Incident
from core.watch.rules import Pulse, Pulses
from tests.core.watch.conftest import BROKEN
from tests.village import Village, latest, seen

SLACK = Platform.SLACK
WAITS = "attend sur Slack"


async def owes(place: Village, text: str = "un", on: Platform = SLACK) -> None:
    await place.app.scene().owe_in_private(Message(Text(text)), place.person("Bob", on).account)


def breaks(place: Village, platform: Platform = SLACK) -> None:
    place.adapters[platform].failures = [Transient("down")] * 999


async def mends(place: Village, platform: Platform = SLACK) -> None:
    place.adapters[platform].failures.clear()
    await place.passes(hours=1)


# -- owed for too long -------------------------------------------------------------------------


async def test_the_admins_hear_of_a_platform_elsewhere_once_and_when_it_is_over(
    place: Village,
) -> None:
    ada, slackers = place.admin("Ada"), place.admin("Sam", "slack")
    breaks(place)
    await owes(place)
    await place.app.settle()
    await place.passes(minutes=9)
    assert not seen(ada, WAITS)
    for _ in range(6):
        await place.passes(minutes=2)
    assert len(seen(ada, WAITS)) == 1
    await place.passes(hours=3)
    assert len(seen(ada, WAITS)) == 1
    await mends(place)
    assert len(seen(ada, "C’est fini sur Slack")) == 1
    assert not seen(slackers, WAITS)
    assert (await Incident.get()).over_at is not None


async def test_a_delivery_that_was_just_about_to_begin_alarms_nobody(place: Village) -> None:
    ada = place.admin("Ada")
    later = place.clock.now() + timedelta(minutes=5)
    await place.app.scene().owe_in_private(
        Message(Text("un")), place.person("Bob", "slack").account, at=later
    )
    place.clock.advance(minutes=30)
    await place.app.settle()
    await place.passes(hours=1)
    assert not seen(ada, WAITS)
    assert not await Incident.exists()


async def test_who_must_write_first_is_no_incident(place: Village) -> None:
    ada = place.admin("Ada")
    place.adapters[SLACK].failures = [Unreachable("closed", "write first")]
    await owes(place)
    await place.passes(hours=2)
    assert not seen(ada, WAITS)


async def test_when_every_platform_is_down_it_is_in_the_log(
    place: Village, capsys: pytest.CaptureFixture[str]
) -> None:
    for platform in Platform:
        breaks(place, platform)
        await owes(place, on=platform)
    await place.passes(hours=1)
    assert "nobody can be told" in capsys.readouterr().out


async def test_a_platform_known_to_be_down_is_not_told(place: Village) -> None:
    ada, tom = place.admin("Ada"), place.admin("Tom", "telegram")
    pulses = place.app.scene().settings(Pulses)
    discord = Platform.DISCORD
    pulses.by[discord] = Pulse(
        discord, up=False, since=place.clock.now(), reason="no route to host"
    )
    breaks(place)
    await owes(place)
    await place.passes(hours=1)
    assert (len(seen(ada, WAITS)), len(seen(tom, WAITS))) == (0, 1)


# -- given up ----------------------------------------------------------------------------------


async def test_moderators_hear_once_an_hour_at_most_what_was_given_up(place: Village) -> None:
    mona = place.moderator("Mona")
    archived = Permanent("is_archived", "the channel is archived")
    for n in range(3):
        place.adapters[SLACK].failures = [archived]
        await owes(place, f"{n}")
        await place.app.settle()
    await place.passes(minutes=2)
    (told,) = seen(mona, "Tout n’est pas parti")
    assert "3 messages refusés par Slack (is_archived: the channel is archived)" in told.text
    place.adapters[SLACK].failures = [archived]
    await owes(place, "encore")
    await place.passes(minutes=30)
    assert len(seen(mona, "Tout n’est pas parti")) == 1
    await place.passes(hours=1)
    assert len(seen(mona, "Tout n’est pas parti")) == 2
    await place.passes(days=1)
    assert len(seen(mona, "Tout n’est pas parti")) == 2


async def test_work_that_fails_for_good_and_what_cannot_be_read_are_told(place: Village) -> None:
    mona = place.moderator("Mona")
    BROKEN.extend(["always"] * 99)
    await place.app.scene().later("work", "x", place.clock.now())
    await owes(place)
    await OutboxMessage.filter(platform=SLACK).update(payload="{")
    await place.passes(hours=5)
    texts = " ".join(m.text for m in seen(mona, "Tout n’est pas parti"))
    assert "abîmé dans ma base" in texts
    assert "Un travail a échoué huit fois" in texts


async def test_a_channel_nobody_configured_is_a_choice(place: Village) -> None:
    mona = place.moderator("Mona")
    place.adapters[SLACK].failures = [Permanent("x", "no channel is configured for admins")]
    await owes(place)
    await place.passes(hours=2)
    assert not seen(mona, "Tout n’est pas parti")


async def test_the_watch_does_not_report_about_itself(
    place: Village, capsys: pytest.CaptureFixture[str]
) -> None:
    mona = place.moderator("Mona")
    place.adapters[SLACK].failures = [Permanent("gone", "no such channel")] * 99
    await owes(place)
    await place.passes(days=1)
    assert len(seen(mona, "Tout n’est pas parti")) == 1
    assert "the watch cannot tell" in capsys.readouterr().out


# -- away --------------------------------------------------------------------------------------


async def comes_back(place: Village) -> bool:
    """What the suite does when it starts."""
    async with transaction():
        return await service.opens(place.app.scene(), [Platform.TELEGRAM])


async def test_a_week_away_is_told_in_one_message(place: Village) -> None:
    mona = place.moderator("Mona")
    scene = place.app.scene()
    for n in range(20):
        await scene.later("work", f"{n}", scene.now + timedelta(days=n % 5 + 1))
    bob = place.person("Bob")
    await scene.owe_in_private(
        Message(Text("c’est demain")), bob.account, at=scene.now + timedelta(days=1),
        until=scene.now + timedelta(days=2),
    )  # fmt: skip
    place.clock.advance(days=7)
    assert await comes_back(place)
    await place.app.settle()
    async with transaction():
        await service.missed(place.app.scene(), "Le lundi", scene.now + timedelta(days=3))
        await service.recovered(place.app.scene(), SLACK, 12)
        await service.recovered(place.app.scene(), SLACK, 30)
    await place.passes(minutes=5)
    (told,) = seen(mona, "J’étais arrêté")
    assert "« Le lundi »" in told.text
    assert "42 événements sur Slack" in told.text
    assert "Telegram ne garde que 24 heures" in told.text
    assert "la vie du groupe (21)" in told.text
    assert not seen(bob, "c’est demain")
    await place.passes(days=2)
    assert len(seen(mona, "J’étais arrêté")) == 1
    assert not seen(mona, "Tout n’est pas parti")


async def test_a_restart_is_nobodys_concern_and_a_short_absence_is_kept_silently(
    place: Village,
) -> None:
    mona = place.moderator("Mona")
    place.clock.advance(minutes=5)
    assert not await comes_back(place)
    place.clock.advance(minutes=20)
    assert await comes_back(place)
    await place.passes(hours=1)
    assert not seen(mona, "J’étais arrêté")
    start = place.clock.now() - timedelta(days=1)
    kept = await service.absences(place.app.community, start, place.clock.now())
    assert [absence.end - absence.start for absence in kept] == [timedelta(minutes=20)]


async def test_a_first_start_is_no_absence(place: Village) -> None:
    await Awake.all().delete()
    assert not await comes_back(place)


async def test_what_is_read_again_without_an_absence_is_not_kept(place: Village) -> None:
    async with transaction():
        await service.recovered(place.app.scene(), SLACK, 12)
    assert not await Absence.exists()


async def test_an_absence_is_told_after_what_fell_due_meanwhile(place: Village) -> None:
    mona = place.moderator("Mona")
    scene = place.app.scene()
    await scene.later("work", "x", scene.now + timedelta(minutes=30))
    place.clock.advance(hours=8)
    await comes_back(place)
    place.clock.advance(minutes=2)
    async with transaction():
        await looking.look(place.app.scene())
    assert not seen(mona, "J’étais arrêté")
    for _ in range(2):
        await place.passes(minutes=2)
    assert "la vie du groupe (1)" in seen(mona, "J’étais arrêté")[0].text


async def test_a_missed_date_without_an_absence_is_told_all_the_same(place: Village) -> None:
    mona = place.moderator("Mona")
    async with transaction():
        await service.missed(place.app.scene(), "Le lundi", place.clock.now())
    await place.passes(minutes=2)
    assert "« Le lundi »" in seen(mona, "Tout n’est pas parti")[0].text


async def test_of_two_processes_one_looks(place: Village) -> None:
    ada = place.admin("Ada")
    breaks(place)
    await owes(place)
    await place.passes(minutes=12)
    for _ in range(3):
        async with transaction():
            await looking.look(place.app.scene())
    assert not seen(ada, WAITS)


# -- asked -------------------------------------------------------------------------------------


async def test_statut_when_all_is_well(place: Village) -> None:
    mona = place.moderator("Mona")
    pulses = place.app.scene().settings(Pulses)
    since = place.clock.now() - timedelta(hours=5)
    pulses.by[SLACK] = Pulse(SLACK, up=True, since=since)
    pulses.by[Platform.DISCORD] = Pulse(
        Platform.DISCORD, up=False, since=since, reason="no route to host"
    )
    await Job.create(
        community=place.app.community, kind="reports.digest", key="x", state=State.DONE,
        due_at=place.clock.now(),
    )  # fmt: skip
    await mona.runs("/statut")
    said = latest(mona).text
    assert "Slack : connecté depuis 5 heures" in said
    assert "Discord : injoignable depuis 5 heures (no route to host)" in said
    assert "Telegram : servi par un autre processus" in said
    assert "Rien n’attend" in said
    assert "Dernier bilan : lundi 16 novembre" in said


async def test_statut_and_envois_say_what_waits_and_since_when(place: Village) -> None:
    mona = place.moderator("Mona")
    breaks(place)
    await owes(place)
    await owes(place, "deux")
    await place.app.settle()
    place.adapters[Platform.DISCORD].failures = [Unreachable("closed", "write first")]
    await owes(place, on=Platform.DISCORD)
    scene = place.app.scene()
    await scene.later("work", "late", scene.now)
    place.clock.advance(hours=4)
    await place.app.settle()
    await mona.runs("/statut")
    assert "2 messages attendent, le plus ancien depuis 4 heures" in latest(mona).text
    assert "1 chose n’est pas partie aujourd’hui" in latest(mona).text
    await mona.runs("/envois")
    said = latest(mona).text
    assert "Discord : 1 personne doit d’abord m’écrire" in said
    assert "en attente sur Slack : la vie du groupe, pour" in said


async def test_envois_shows_what_was_given_up_and_no_more_than_ten_lines(place: Village) -> None:
    mona = place.moderator("Mona")
    await mona.runs("/envois")
    assert "Rien n’attend : tout est parti." in latest(mona).text
    place.adapters[SLACK].failures = [Permanent("gone", "no such channel")] * 15
    for n in range(15):
        await owes(place, f"{n}")
    await place.app.deliver(SLACK)
    await mona.runs("/envois")
    said = latest(mona).text
    assert "15 ne sont pas partis" in said
    assert said.count("abandonné sur Slack") == 10


async def test_envois_names_where_a_damaged_row_belongs_no_more(place: Village) -> None:
    mona = place.moderator("Mona")
    breaks(place)
    for purpose in Purpose:
        where = next(p for p in place.app.scene().places(purpose) if p.platform is SLACK)
        await place.app.scene().owe(Message(Text("un")), where)
    await place.app.deliver(SLACK)
    await place.passes(minutes=2)
    await OutboxMessage.filter(platform=SLACK, lane__contains="help").update(payload="{")
    breaks(place)
    await mona.runs("/envois")
    assert "dans le salon des rituels" in latest(mona).text


async def test_what_is_owed_is_counted_by_platform(place: Village) -> None:
    breaks(place)
    await owes(place)
    await place.app.deliver(SLACK)
    place.clock.advance(minutes=10)
    (one,) = await service.owed(place.app.community, place.clock.now())
    assert (one.platform, one.waiting, one.oldest) == (SLACK, 1, 600.0)
