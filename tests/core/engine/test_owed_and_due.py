from datetime import timedelta

from core.chat.actions import Action
from core.chat.adapter import Permanent, RateLimited, Transient
from core.chat.identity import Destination, MessageRef, Platform, Purpose
from core.chat.messages import Message, Text
from core.engine.models import Job, OutboxMessage, State
from tests.core.engine.handlers import BROKEN, DONE
from tests.village import Village, seen


async def test_what_is_owed_is_delivered_everywhere_and_says_where_it_stands(
    place: Village,
) -> None:
    alice = place.person("Alice")
    await alice.runs("/devoir")
    for platform in Platform:
        assert seen(place.person("Bob", platform), "Cela ne se fait pas.")
    assert sorted(DONE) == ["Alice discord", "Alice slack", "Alice telegram"]


async def test_a_platform_that_is_down_holds_neither_of_the_others(place: Village) -> None:
    place.adapters[Platform.SLACK].failures = [Transient("down")] * 2
    await place.person("Alice").runs("/devoir")
    assert seen(place.person("Bob", "telegram"), "Cela ne se fait pas.")
    assert not seen(place.person("Bob", "slack"), "Cela ne se fait pas.")
    await place.passes(hours=1)
    assert len(seen(place.person("Bob", "slack"), "Cela ne se fait pas.")) == 1


async def test_a_limit_is_waited_for(place: Village) -> None:
    place.adapters[Platform.SLACK].failures = [RateLimited(90)]
    await place.person("Alice").runs("/devoir")
    row = await OutboxMessage.get(platform="slack")
    assert row.due_at - place.clock.now() == timedelta(seconds=90)


async def test_what_is_refused_for_good_is_kept_with_its_reason(place: Village) -> None:
    place.adapters[Platform.SLACK].failures = [Permanent("is_archived", "the channel is archived")]
    await place.person("Alice").runs("/devoir")
    row = await OutboxMessage.get(platform="slack")
    assert (row.state, row.problem) == (State.FAILED, "is_archived: the channel is archived")


async def test_order_in_a_channel_is_kept_when_one_fails(place: Village) -> None:
    slack = place.adapters[Platform.SLACK]
    slack.failures = [Transient("once")]
    scene = place.app.scene()
    target = next(p for p in scene.places(Purpose.HELP) if p.platform is Platform.SLACK)
    for text in ("un", "deux"):
        await scene.owe(Message(Text(text)), target)
    await place.app.settle()
    await place.passes(minutes=1)
    assert [m.text for m in place.person("Bob", "slack").sees()] == ["un", "deux"]


async def test_order_is_kept_however_long_the_first_one_waits(place: Village) -> None:
    place.adapters[Platform.SLACK].failures = [RateLimited(90)]
    scene = place.app.scene()
    target = next(p for p in scene.places(Purpose.HELP) if p.platform is Platform.SLACK)
    await scene.owe(Message(Text("un")), target)
    await place.app.settle()
    await scene.owe(Message(Text("deux")), target)
    await place.passes(minutes=1)
    bob = place.person("Bob", "slack")
    assert not bob.sees()
    await place.passes(minutes=1)
    assert [m.text for m in bob.sees()] == ["un", "deux"]
    assert [row.tries for row in await OutboxMessage.all().order_by("id")] == [2, 1]


async def test_what_is_meant_for_later_holds_nothing_back(place: Village) -> None:
    bob = place.person("Bob", "slack")
    scene = place.app.scene()
    await scene.owe_in_private(
        Message(Text("demain")), bob.account, at=scene.now + timedelta(days=1)
    )
    await scene.owe_in_private(Message(Text("maintenant")), bob.account)
    await place.app.settle()
    assert [m.text for m in bob.sees()] == ["maintenant"]


async def test_a_limit_of_no_time_is_waited_for_all_the_same(place: Village) -> None:
    slack = place.adapters[Platform.SLACK]
    slack.failures = [RateLimited(0)] * 3
    await place.app.scene().owe_in_private(
        Message(Text("un")), place.person("Bob", "slack").account
    )
    await place.app.settle()
    assert len(slack.failures) == 2


async def test_a_row_nobody_can_read_holds_only_its_own_lane(place: Village) -> None:
    bob = place.person("Bob", "slack")
    scene = place.app.scene()
    await scene.owe_in_private(Message(Text("illisible")), bob.account)
    await OutboxMessage.all().update(payload='{"message": 12}')
    await scene.owe_in_private(Message(Text("un")), place.person("Alice", "slack").account)
    await place.app.settle()
    assert seen(place.person("Alice", "slack"), "un")
    await scene.owe_in_private(Message(Text("deux")), bob.account)
    await place.passes(hours=10)
    assert [m.text for m in bob.sees()] == ["deux"]


async def test_what_stands_is_not_sent_again_when_noting_it_fails(place: Village) -> None:
    sent: list[str] = []
    slack = place.adapters[Platform.SLACK]
    original = slack.send

    async def counted(message: Message, to: Destination, *, key: str) -> MessageRef:
        sent.append(key)
        return await original(message, to, key=key)

    slack.send = counted  # type: ignore[method-assign]  # to count what is sent
    scene = place.app.scene()
    bob = place.person("Bob", "slack")
    await scene.owe_in_private(Message(Text("un")), bob.account, then=Action("no.such.route"))
    await scene.owe_in_private(Message(Text("deux")), bob.account)
    await place.passes(hours=1)
    assert len(sent) == 2
    row = await OutboxMessage.get(then="no.such.route")
    assert (row.state, row.problem) == (State.DONE, "no.such.route: KeyError")


async def test_a_platform_that_is_down_for_a_day_is_given_up(place: Village) -> None:
    place.adapters[Platform.SLACK].failures = [Transient("down")] * 999
    await place.app.scene().owe_in_private(
        Message(Text("un")), place.person("Bob", "slack").account
    )
    await place.passes(hours=23)
    assert (await OutboxMessage.get()).state is State.DUE
    await place.passes(hours=2)
    row = await OutboxMessage.get()
    assert (row.state, row.problem, row.payload) == (State.FAILED, "given up: down", "")


async def test_a_surprise_that_stays_the_same_is_given_up_after_ten_tries(place: Village) -> None:
    surprises: list[Exception] = [ValueError("bug")] * 99
    place.adapters[Platform.SLACK].failures = [Transient("down"), *surprises]  # type: ignore[list-item]  # a bug is no DeliveryError
    await place.app.scene().owe_in_private(
        Message(Text("un")), place.person("Bob", "slack").account
    )
    await place.passes(days=1)
    row = await OutboxMessage.get()
    assert (row.state, row.tries, row.problem) == (State.FAILED, 10, "given up: ValueError")
    assert row.payload == ""


async def test_a_surprise_in_one_delivery_is_tried_again_like_any_other(place: Village) -> None:
    place.adapters[Platform.SLACK].failures = [ValueError("bug")]  # type: ignore[list-item]  # a bug is no DeliveryError
    await place.person("Alice").runs("/devoir")
    await place.passes(minutes=1)
    assert len(seen(place.person("Bob", "slack"), "Cela ne se fait pas.")) == 1


async def test_edits_and_gates_are_owed_like_messages(place: Village) -> None:
    alice = place.person("Alice")
    scene = place.app.scene()
    await scene.owe_in_private(Message(Text("avant")), alice.account)
    await place.app.settle()
    shown = place.adapters[Platform.DISCORD].messages[-1]
    await scene.owe_edit(MessageRef(shown.channel, shown.id), Message(Text("après")))
    await scene.owe_gate(alice.account, is_open=True)
    await place.app.settle()
    assert shown.text == "après"
    assert place.adapters[Platform.DISCORD].gates == {alice.id: True}


async def test_a_delivery_whose_process_died_is_taken_over(place: Village) -> None:
    await place.app.scene().owe_in_private(Message(Text("un")), place.person("Alice").account)
    lease = place.clock.now() + timedelta(minutes=2)
    await OutboxMessage.all().update(state=State.CLAIMED, lease_until=lease)
    await place.app.settle()
    assert not place.person("Alice").sees()
    await place.passes(minutes=3)
    assert len(place.person("Alice").sees()) == 1


async def test_work_is_done_when_due_and_once(place: Village) -> None:
    await place.person("Alice").runs("/devoir")
    await place.person("Alice").runs("/devoir")
    DONE.clear()
    await place.passes(hours=2)
    assert DONE == ["Alice"]


async def test_work_that_fails_is_tried_again(place: Village) -> None:
    BROKEN.append("once")
    await place.person("Alice").runs("/devoir")
    DONE.clear()
    await place.passes(hours=2)
    assert DONE == ["Alice"]


async def test_work_that_always_fails_is_given_up(place: Village) -> None:
    BROKEN.extend(["always"] * 99)
    await place.person("Alice").runs("/devoir")
    await place.passes(hours=5)
    job = await Job.get(kind="work")
    assert (job.state, job.tries, job.problem) == (State.FAILED, 8, "RuntimeError")


async def test_work_that_is_too_late_is_skipped_and_so_is_what_was_taken_back(
    place: Village,
) -> None:
    scene = place.app.scene()
    for key in ("late", "back"):
        await scene.later("work", key, place.clock.now())
    await scene.later("nobody's", "x", place.clock.now())
    await scene.no_longer("work", "back")
    place.clock.advance(hours=4)
    await place.app.settle()
    assert {j.key: j.state for j in await Job.filter(kind__in=("work", "nobody's"))} == {
        "late": State.SKIPPED,
        "back": State.SKIPPED,
        "x": State.SKIPPED,
    }


async def test_what_recurs_falls_due_once_a_day_by_the_local_clock(place: Village) -> None:
    await place.passes(days=3)
    assert DONE == ["2026-11-16", "2026-11-17", "2026-11-18"]


async def test_two_claimants_never_do_the_same(place: Village) -> None:
    await place.app.scene().later("work", "x", place.clock.now())
    job = await Job.get(kind="work")
    await Job.filter(id=job.id).update(
        state=State.CLAIMED, lease_until=place.clock.now() + timedelta(minutes=2)
    )
    await place.app.settle()
    assert DONE == []
    await place.passes(minutes=3)
    assert DONE == ["x"]
