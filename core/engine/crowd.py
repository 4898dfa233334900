"""What people say and do in the channels, recorded in groups: one transaction for hundreds."""

from asyncio import Future
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby

import structlog

from core.chat.adapter import Answer
from core.chat.events import (
    Event,
    MessageDeleted,
    MessageEdited,
    MessagePosted,
    ReactionAdded,
    ReactionRemoved,
)
from core.chat.identity import Account, Profile
from core.engine.database import atomically, insert_new, transaction
from core.engine.directory import Directory
from core.engine.dispatch import because, joined
from core.engine.errors import Refused
from core.engine.routes import Concerns, Observer, Routes
from core.engine.scene import Dialogue, Scene, Speaker

log = structlog.get_logger()

CROWD = (MessagePosted, MessageEdited, MessageDeleted, ReactionAdded, ReactionRemoved)


def of_the_crowd(event: Event) -> bool:
    """Whether an event is recorded in a group; what is written to us in private is not."""
    if isinstance(event, MessagePosted):
        return not event.message.channel.private
    return isinstance(event, CROWD)


def delivery(event: Event) -> str:
    """The key by which an event is known again when it is delivered twice."""
    return f"{event.workspace.platform}:{event.workspace.id}:{event.delivery_id}"[:200]


@dataclass(slots=True, eq=False)
class Fact:
    """An event in hand, and whoever waits until it is taken.

    `profile` is what is known of who did it, `asked` whether the platform was asked already;
    `since` is when it came, on the loop's clock. `new`: it was not handled before.
    """

    event: Event
    key: str
    taken: Future[Answer]
    since: float
    profile: Profile | None
    asked: bool = False
    new: bool = False


@dataclass(frozen=True, slots=True)
class Crowd:
    """The way of a group of events, in one transaction.

    `scene` is where work without a person stands; `spoke` learns the language of who acts;
    `stirred` is called after a commit from which something may be owed or due.
    """

    routes: Routes
    directory: Directory
    scene: Callable[[], Scene]
    spoke: Callable[[Account, str], None]
    stirred: Callable[[], None]

    async def strangers(self, accounts: Collection[Account]) -> set[Account]:
        """Those among them who were never met, or whose name is not known."""
        return await self.directory.strangers(self.scene(), accounts)

    async def record(self, facts: Sequence[Fact]) -> dict[Fact, Answer]:
        """Record a group, in its order; the answers to those that were not recorded before."""
        answers, concerned = await atomically(partial(self._record, facts))
        if len(answers) < len(facts):
            log.info("delivered twice", count=len(facts) - len(answers))
        if concerned:
            self.stirred()
        return answers

    async def _record(self, facts: Sequence[Fact]) -> tuple[dict[Fact, Answer], bool]:
        scene = self.scene()
        new = await self._unseen(scene, facts)
        answers: dict[Fact, Answer] = dict.fromkeys(new)
        concerned = False
        try:
            people = await self._people(scene, new)
            # A deletion takes back what was recorded before it, and nothing after it.
            for _, stretch in groupby(new, lambda fact: isinstance(fact.event, MessageDeleted)):
                together = list(stretch)
                concerned |= await self._witnessed(scene, together)
                said = await self._observed(scene, people, together)
                concerned |= bool(said)
                answers.update(said)
        except BaseException:
            self.directory.forget()
            raise
        return answers, concerned

    async def _unseen(self, scene: Scene, facts: Sequence[Fact]) -> list[Fact]:
        first: dict[str, Fact] = {}
        for fact in facts:
            first.setdefault(fact.key, fact)
        rows = [(scene.community.id, key, scene.now) for key in first]
        found = await insert_new("seen_delivery", ("community_id", "key", "at"), rows, "key")
        new = {row["key"] for row in found}
        return [fact for fact in facts if fact.key in new and first[fact.key] is fact]

    async def _people(self, scene: Scene, facts: Sequence[Fact]) -> dict[Account, Speaker]:
        whom = [(a, fact.profile) for fact in facts if (a := fact.event.account) is not None]
        people = await self.directory.recognise_many(scene, whom)
        for account, who in people.items():
            self.spoke(account, who.language)
        return people

    async def _witnessed(self, scene: Scene, facts: Sequence[Fact]) -> bool:
        """Tell the facts to those who hear them whoever did it; says whether there were any."""
        heard = False
        for kind, witness in self.routes.witnesses:
            events = [fact.event for fact in facts if isinstance(fact.event, kind)]
            if events:
                await witness(because(scene, events[0]), events)
                heard = True
        return heard

    async def _observed(
        self, scene: Scene, people: dict[Account, Speaker], facts: Sequence[Fact]
    ) -> dict[Fact, Answer]:
        """Let the rooms note what was done, then each handle what concerns it."""
        by = [fact for fact in facts if fact.event.account is not None]
        said = [(people[f.event.account], f.event) for f in by if f.event.account is not None]
        for kinds, note in self.routes.crowds:
            theirs = [one for one in said if isinstance(one[1], kinds)]
            if theirs:
                await note(scene, theirs)
        heard = await self._concerned(scene, said)
        return {
            by[at]: await self._answer(joined(scene, *said[at]), said[at][1], rooms)
            for at, rooms in sorted(heard.items())
        }

    async def _concerned(
        self, scene: Scene, said: Sequence[tuple[Speaker, Event]]
    ) -> dict[int, list[Observer]]:
        """Which observers hear which of these, by their places."""
        pointed: dict[Concerns, Collection[int]] = {}
        heard: dict[int, list[Observer]] = {}
        for observer in self.routes.observers:
            concerns = observer.concerns
            if concerns is not None and concerns not in pointed:
                pointed[concerns] = await self._pointed(scene, said, concerns)
            places = range(len(said)) if concerns is None else pointed[concerns]
            for at in places:
                if isinstance(said[at][1], observer.kind):
                    heard.setdefault(at, []).append(observer)
        return heard

    async def _pointed(
        self, scene: Scene, said: Sequence[tuple[Speaker, Event]], concerns: Concerns
    ) -> Collection[int]:
        kinds = tuple(o.kind for o in self.routes.observers if o.concerns is concerns)
        places = [at for at, (_, event) in enumerate(said) if isinstance(event, kinds)]
        if not places:
            return ()
        found = await concerns(scene, [said[at] for at in places])
        return [places[at] for at in found]

    async def _answer(
        self, dialogue: Dialogue, event: Event, observers: Sequence[Observer]
    ) -> Answer:
        """The first answer of those whom it concerns; a refusal undoes what they did."""
        answer: Answer = None
        try:
            async with transaction():
                for observer in observers:
                    said = await observer.handler(dialogue, event)
                    answer = answer or said
        except Refused as refusal:
            return dialogue.reply(refusal.key, **refusal.values)
        return answer
