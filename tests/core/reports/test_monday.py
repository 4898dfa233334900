import re
from datetime import UTC, datetime

import pytest

from bots.sandbox.memory_people import MemoryPerson
from core.arrivals.models import Trained
from core.chat.actions import Action
from core.chat.adapter import Permanent
from core.chat.identity import Platform
from core.chat.messages import Image
from core.engagement import service as engagement
from core.engine.models import Job, OutboxMessage, State
from core.engine.scene import Scene
from core.members.models import Member
from core.questions import service as questions
from core.reports import service
from core.reports.rules import ReportsSettings, week_of
from tests.core.reports.conftest import Makes
from tests.village import START, Village, latest, seen

MONDAY = datetime(2026, 11, 23, 7, 30, tzinfo=UTC)
"""08:30 in Paris, a week after the start."""


def digests(person: MemoryPerson) -> list[str]:
    return [m.text for m in seen(person, "Bilan de la semaine")]


async def jumps(place: Village, moment: datetime) -> None:
    """Straight to a moment, by way of just before it so that what recurs is planned."""
    await place.app.settle()
    place.clock.advance(minutes=(moment - place.clock.now()).total_seconds() / 60)
    await place.app.settle()


async def links(one: MemoryPerson, other: MemoryPerson) -> None:
    await one.runs("/lier")
    code = re.search(r"Votre code : (\w{8})", latest(one).text)
    assert code
    await other.runs(f"/lier {code.group(1)}")


@pytest.mark.parametrize("platform", ["discord", "slack", "telegram"])
async def test_on_monday_the_admins_of_every_platform_read_the_week(
    place: Village, platform: str
) -> None:
    ada, bob = place.admin("Ada", platform), place.person("Bob", platform)
    await bob.says("Bonjour", channel="entraide")
    await jumps(place, MONDAY)
    (digest,) = digests(ada)
    assert "2026-W47, du lundi 16 novembre au dimanche 22 novembre" in digest
    assert "1 personne active, première semaine comptée" in digest
    assert "S47 1." in latest(ada).images[0]
    assert not digests(bob)
    await place.passes(hours=24)
    assert len(digests(ada)) == 1


async def test_the_week_tells_how_far_those_who_were_trained_have_come(place: Village) -> None:
    ada = place.admin("Ada")
    for name in ("Alice", "Bob", "Carol"):
        await Trained.create(
            community=place.app.community, identity=name, name=name, imported_at=START
        )
    await ada.says("Bonjour", channel="entraide")
    await Trained.filter(name="Alice").update(member=await Member.get(name="Ada"))
    await jumps(place, MONDAY)
    (digest,) = digests(ada)
    assert "3 personnes formées : 1 avec passeport, 1 ici (33\u00a0%), 0 avec la charte" in digest


async def test_the_chart_is_drawn_when_it_is_sent_and_left_out_when_nobody_can_draw(
    place: Village,
) -> None:
    ada = place.admin("Ada")
    await ada.says("Bonjour", channel="entraide")
    del place.app.routes.artists["reports.chart"]
    await jumps(place, MONDAY)
    assert digests(ada)
    assert not latest(ada).images


async def test_a_picture_that_cannot_be_drawn_takes_no_words_with_it(place: Village) -> None:
    async def breaks(_: Scene, __: Image) -> Image | None:
        raise ValueError("no ink")

    mona = place.moderator("Mona")
    place.app.routes.artists["reports.chart"] = breaks
    await mona.runs("/bilan 2026-w47")
    assert "Semaine 2026-W47" in latest(mona).text
    assert not latest(mona).images


async def test_it_goes_out_once_a_week_whatever_restarts(place: Village) -> None:
    ada = place.admin("Ada")
    await jumps(place, MONDAY)
    place.app._planned.clear()
    await place.passes(hours=30)
    assert len(digests(ada)) == 1
    assert await Job.filter(kind="reports.digest", key="2026-11-23").count() == 1


async def test_more_than_a_day_late_it_is_skipped_and_the_next_one_says_so(place: Village) -> None:
    ada = place.admin("Ada")
    await jumps(place, datetime(2026, 11, 24, 7, 31, tzinfo=UTC))
    assert not digests(ada)
    await jumps(place, datetime(2026, 11, 30, 7, 30, tzinfo=UTC))
    (digest,) = digests(ada)
    assert "2026-W48" in digest
    assert "1 tâche prévue n’a pas été faite à temps" in digest


async def test_admins_read_it_in_private_in_their_language_when_the_settings_say_so(
    makes: Makes,
) -> None:
    async with makes(ReportsSettings(send_to="private")) as place:
        ada, mona = place.admin("Ada"), place.moderator("Mona")
        amy = place.admin("Amy", "slack")
        amy.locale = "en"
        gone = place.admin("Gone", "telegram")
        for person in (ada, mona, amy, gone):
            await person.says("Bonjour", channel="entraide")
        await gone.leaves()
        await jumps(place, MONDAY)
        assert {m.private_to for m in seen(ada, "Bilan de la semaine")} == {None, "Ada"}
        assert [m.private_to for m in seen(amy, "Digest of week")] == ["Amy"]
        assert [m.private_to for m in seen(mona, "Bilan de la semaine")] == [None]
        assert all(m.private_to is None for m in seen(gone, "Bilan de la semaine"))


async def test_an_admin_out_of_reach_holds_nobody_up(makes: Makes) -> None:
    async with makes(ReportsSettings(send_to="private")) as place:
        far, ada = place.admin("Far", "telegram"), place.admin("Ada")
        for person in (far, ada):
            await person.says("Bonjour", channel="entraide")
        del place.app.adapters[Platform.TELEGRAM]
        await jumps(place, MONDAY)
        assert not digests(far)
        assert len(digests(ada)) == 2


@pytest.mark.parametrize("platform", ["discord", "slack", "telegram"])
async def test_a_moderator_sees_any_week_in_private(place: Village, platform: str) -> None:
    mona = place.moderator("Mona", platform)
    await mona.says("Bonjour", channel="entraide")
    await mona.runs("/bilan 2026-w47")
    shown = latest(mona)
    assert shown.private_to == "Mona"
    assert "Semaine 2026-W47, depuis le lundi 16 novembre : elle n’est pas finie" in shown.text
    assert shown.images
    await mona.runs("/bilan")
    assert "Bilan de la semaine 2026-W46" in latest(mona).text
    assert "0 personne active" in latest(mona).text


async def test_a_member_does_not(place: Village) -> None:
    bob = place.person("Bob")
    await bob.runs("/bilan")
    assert "réservée à l’équipe" in latest(bob).text


@pytest.mark.parametrize("written", ["47", "2026-W54", "2026-W48", "<@everyone> **x**" + "y" * 90])
async def test_a_bad_week_says_what_to_write(place: Village, written: str) -> None:
    mona = place.moderator("Mona")
    await mona.runs(f"/bilan {written}")
    assert f"« {written[:40]} » n’est pas une semaine" in latest(mona).text
    assert "/bilan 2026-W47" in latest(mona).text
    amy = place.moderator("Amy", "slack")
    amy.locale = "en"
    await amy.runs(f"/digest {written}")
    assert "/digest 2026-W47" in latest(amy).text


async def test_every_figure_opens_to_its_definition_in_the_readers_language(
    place: Village,
) -> None:
    ada, amy = place.admin("Ada"), place.admin("Amy")
    amy.locale = "en"
    await jumps(place, MONDAY)
    await ada.presses("Comment c’est compté")
    assert latest(ada).private_to == "Ada"
    assert "heure de Europe/Paris" in latest(ada).text
    await amy.presses("Comment c’est compté")
    assert "Not seen: reading, voice" in latest(amy).text
    await amy.does(Action("reports.definitions", "whatever"))
    assert "How this is counted" in latest(amy).text


async def test_one_person_on_two_platforms_counts_once(place: Village) -> None:
    alice, alice_b = place.person("Alice"), place.person("Alice B", "slack")
    await alice.says("Bonjour", channel="entraide")
    await alice_b.says("Hello", channel="entraide")
    scene = place.app.scene()
    assert (await service.digest(scene, "2026-W47")).active == 2
    await links(alice, alice_b)
    figures = await service.digest(scene, "2026-W47")
    assert (figures.active, figures.several) == (1, 1)
    assert figures.messages.count == 2
    assert figures.few == (Platform.DISCORD, Platform.SLACK)


async def test_newcomers_are_told_by_where_they_stand(place: Village) -> None:
    alice, bob, carl = (place.person(n, "telegram") for n in ("Alice", "Bob", "Carl"))
    for person in (alice, bob, carl):
        await person.joins()
    await bob.presses("J’accepte la charte")
    await carl.leaves()
    ada = place.admin("Ada")
    await jumps(place, MONDAY)
    (digest,) = digests(ada)
    assert "3 nouvelles personnes : 1 devant la charte, 1 au profil, 1 repartie." in digest
    assert "1 personne attend devant la charte" in digest
    figures = await service.digest(place.app.scene(), "2026-W48")
    assert figures.newcomers.arrived == 0
    assert figures.gate == 1


async def test_questions_are_counted_and_those_waiting_named(place: Village) -> None:
    alice, bob = place.person("Alice"), place.person("Bob")
    asked = await alice.says("#QuestionTechnique Comment exporter ?", channel="entraide")
    await place.passes(minutes=20)
    await bob.says("Par le menu", channel="entraide", reply_to=asked)
    await alice.says("Merci !", channel="entraide", reply_to=asked)
    await bob.says("#ConseilCPF Qui **paie** ? @everyone", channel="entraide")
    ada = place.admin("Ada")
    await jumps(place, MONDAY)
    (digest,) = digests(ada)
    assert "2 questions posées, 1 avec réponse ; 1 en attente aujourd’hui." in digest
    assert "Première réponse en 20 min (une seule à compter)." in digest
    assert "À reprendre : « Qui **paie** ? @everyone »." in digest
    assert "Confiez à quelqu’un de l’équipe la question qui attend" in digest
    week = week_of("2026-W47").bounds(place.app.community.zone)
    counted = await questions.figures(place.app.community, *week)
    figures = await service.digest(place.app.scene(), "2026-W47")
    assert (figures.questions.asked, figures.questions.waiting) == (counted.asked, counted.waiting)
    assert figures.questions.helped == (1,)


async def test_a_ritual_is_shown_by_platform_where_nobody_is_singled_out(place: Village) -> None:
    scene = place.app.scene()
    for platform, many in (("discord", 6), ("slack", 5), ("telegram", 2)):
        for n in range(many):
            name = f"{platform}{n}"
            await place.person(name, platform).says("Bonjour", channel="rituels")
            member = await Member.get(name=name)
            on = Platform(platform)
            await engagement.record_ritual(
                scene, member.id, on, "lundi-astuce", "2026-11-16", f"{n}"
            )
    ada = place.admin("Ada", "slack")
    await jumps(place, MONDAY)
    (digest,) = digests(ada)
    assert "Lundi astuce : 13 personnes. Discord 6, Slack + Telegram 7." in digest
    assert "13 messages et réponses. Discord 6, Slack + Telegram 7." in digest
    assert "Moins de cinq personnes sur Telegram" in digest


async def test_what_was_not_delivered_is_told_but_not_a_channel_left_out_on_purpose(
    place: Village,
) -> None:
    ada = place.admin("Ada")
    town = place.adapters[Platform.SLACK]
    town.failures += [
        Permanent("no_channel", "no Slack channel is configured for admins"),
        Permanent("channel_not_found", "gone"),
    ]
    alice = place.person("Alice", "slack")
    await alice.joins()
    place.person("Bob", "slack")
    await place.adapters[Platform.SLACK].person("Bob").joins()
    assert await OutboxMessage.filter(state=State.FAILED).count() == 2
    figures = await service.digest(place.app.scene(), "2026-W47")
    assert figures.failed == {Platform.SLACK: 1}
    await jumps(place, MONDAY)
    assert "1 envoi n’a pas abouti (Slack 1)." in digests(ada)[0]


async def test_work_taken_back_is_not_work_missed(place: Village) -> None:
    scene = place.app.scene()
    await scene.later("onboarding.ask_goal", "1", scene.now)
    await scene.no_longer("onboarding.ask_goal", "1")
    assert (await service.digest(scene, "2026-W47")).missed == 0


async def test_weeks_before_the_community_began_are_not_counted_as_empty(place: Village) -> None:
    await place.person("Alice").says("Bonjour", channel="entraide")
    await jumps(place, datetime(2026, 11, 30, 8, tzinfo=UTC))
    scene = place.app.scene()
    figures = await service.digest(scene)
    assert figures.week.name == "2026-W48"
    assert [people for _, people in figures.series] == [None] * 6 + [1, 0]
    assert (await service.digest(scene, "2026-W40")).series[-1][1] == 0


async def test_a_community_that_never_began_has_a_digest(place: Village) -> None:
    figures = await service.digest(place.app.scene())
    assert {people for _, people in figures.series[:-1]} == {None}
    assert figures.active == 0


async def test_a_week_to_come_is_refused(place: Village) -> None:
    with pytest.raises(ValueError, match="2026-W48 has not begun; the present week is 2026-W47"):
        await service.digest(place.app.scene(), "2026-W48")
    assert place.clock.now() == START
