"""Opens polls, takes votes from every platform, and closes them."""

from collections.abc import Iterable
from typing import Any

from pydantic import TypeAdapter

from core.chat.actions import Action
from core.chat.events import PollVoted
from core.chat.identity import Account, MessageRef, Public
from core.chat.messages import Message, Poll
from core.engine.errors import Refused
from core.engine.scene import Dialogue, Scene
from core.polls import pages, rules
from core.polls.models import OpenPoll, PollPost, PollVote
from core.polls.rules import Result, Vote

_REF: TypeAdapter[MessageRef] = TypeAdapter(MessageRef)


async def open_poll(
    scene: Scene,
    message: Message,
    places: Iterable[Public],
    *,
    then: Action | None = None,
) -> bool:
    """Ask `message.poll` in each place, once for its key; False when it was asked already.

    It closes by itself at `poll.closes`. Then the job `then` is due (keyed by its argument), so
    that its room says what came of it; without one, the result is said where the poll stands.
    """
    poll = message.poll
    assert poll is not None  # noqa: S101  what the caller opens
    _, new = await OpenPoll.get_or_create(
        {
            "question": poll.question,
            "choices": list(poll.choices),
            "several": poll.several,
            "then": then.name if then else "",
            "argument": then.argument if then else "",
            "closes_at": poll.closes,
        },
        community=scene.community,
        key=poll.key,
    )
    if not new:
        return False
    for place in places:
        stands = Action("polls.stands", poll.key)
        await scene.owe(message, place, then=stands, until=poll.closes)
    if poll.closes is not None:
        await scene.later("polls.close", poll.key, poll.closes)
    return True


async def stands(scene: Scene, key: str, ref: MessageRef) -> None:
    """Note where a poll stands; where it was closed meanwhile, it ends there too."""
    row = await _row(scene, key)
    if row is None:
        return
    told = {"ref": _REF.dump_python(ref, mode="json"), "native": ref.poll}
    about = {"platform": ref.channel.platform}
    await PollPost.update_or_create({**told, **about}, poll=row, key=ref.key[:200])
    if row.closed:
        await _end(scene, row, ref)


async def vote(dialogue: Dialogue, event: PollVoted) -> None:
    """Take a native vote; one in a poll that is not ours, or is closed, changes nothing."""
    posts = PollPost.filter(poll__community=dialogue.community, native=event.poll)
    post = await posts.filter(platform=event.workspace.platform).select_related("poll").first()
    if post is None or post.poll.closed:
        return
    row = post.poll
    held = await _held(row, dialogue.who.account)
    there = range(len(row.choices))
    chosen = [number for number in event.chosen if number in there]
    now = rules.changed(held, chosen, event.dropped, several=row.several)
    if list(now) != held:  # one that is told again, after an absence, is no newer for it
        await _keep(dialogue, row, now)


async def press(dialogue: Dialogue, argument: str) -> tuple[str, ...]:
    """Take a vote given by a button; says what is chosen now. Raises Refused."""
    key, number = rules.named(argument)
    row = await _row(dialogue, key)
    if row is None or not 0 <= number < len(row.choices):
        raise Refused("polls.gone")
    if row.closed:
        raise Refused("polls.closed")
    held = await _held(row, dialogue.who.account)
    chosen = rules.pressed(held, number, several=row.several)
    await _keep(dialogue, row, chosen)
    return tuple(row.choices[each] for each in chosen)


async def close(scene: Scene, key: str) -> None:
    """End a poll wherever it stands; closing it twice changes nothing."""
    row = await _row(scene, key)
    open_still = OpenPoll.filter(id=row.id if row else 0, closed_at=None)
    if row is None or not await open_still.update(closed_at=scene.now):
        return
    for post in await PollPost.filter(poll=row).order_by("id"):
        await _end(scene, row, _REF.validate_python(post.ref))
    if row.then:
        await scene.later(row.then, row.argument or key, scene.now)


async def result(scene: Scene, key: str) -> Result | None:
    """How a poll stands, closed or not; None when there is none of that key."""
    row = await _row(scene, key)
    return None if row is None else await _result(row)


async def _end(scene: Scene, row: OpenPoll, ref: MessageRef) -> None:
    said = pages.result(scene.texts, scene.community.language, await _result(row))
    poll = Poll(row.key, row.question, tuple(row.choices), several=row.several, closed=True)
    await scene.owe_edit(ref, Message(said, poll=poll))
    if not row.then:
        await scene.owe(Message(said), ref.channel)


async def _row(scene: Scene, key: str) -> OpenPoll | None:
    return await OpenPoll.get_or_none(community=scene.community, key=key)


async def _result(row: OpenPoll) -> Result:
    votes = [
        Vote(each.member_id, each.at, tuple(each.chosen))
        for each in await PollVote.filter(poll_id=row.id).order_by("id")
    ]
    return Result(row.question, tuple(row.choices), rules.counted(votes), row.closed)


def _key(account: Account) -> str:
    return f"{account.platform}:{account.workspace}:{account.user}"


async def _held(row: OpenPoll, account: Account) -> list[int]:
    found = await PollVote.get_or_none(poll=row, account=_key(account))
    return found.chosen if found else []


async def _keep(dialogue: Dialogue, row: OpenPoll, chosen: tuple[int, ...]) -> None:
    kept: dict[str, Any] = {
        "chosen": list(chosen),
        "at": dialogue.now,
        "member_id": dialogue.who.member,
    }
    await PollVote.update_or_create(kept, poll=row, account=_key(dialogue.who.account))
