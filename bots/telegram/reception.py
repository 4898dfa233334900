"""From an update to its answer: what is learnt, who is heard, what the core is told."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from functools import partial

import structlog

from bots.telegram.again import Again
from bots.telegram.answering import Answering, Turn
from bots.telegram.api import JSON, Api
from bots.telegram.commands import Commands
from bots.telegram.delivery import Delivery
from bots.telegram.doors import Doors
from bots.telegram.incoming import read
from bots.telegram.lanes import Lanes, Task, Then, Work
from bots.telegram.membership import moved, roles
from bots.telegram.places import Places
from bots.telegram.reading import Arrival, Here, Hint
from core.chat.adapter import Answer, DeliveryError, Handle, Menu, Untaken
from core.chat.events import Event, FormOpened, MemberLeft, MessagePosted, WorkspaceMoved
from core.chat.markup import plain
from core.chat.messages import Message, Reply
from core.engine.errors import trace

PLAIN = frozenset({"member"})
"""The roles of whoever administers nothing: remembered only of those who once did."""
SPINNER_SECONDS = 2
"""How long a pressed button may spin before it is acknowledged without an answer."""

log = structlog.get_logger(__name__)


class Reception:
    """Takes updates in hand, one person's in order.

    `me` is what `getMe` says of us; `now` dates what Telegram does not date (a press).
    """

    def __init__(
        self,
        api: Api,
        places: Places,
        doors: Doors,
        menu: Menu,
        now: Callable[[], datetime],
    ) -> None:
        self._api = api
        self._places = places
        self._doors = doors
        self._menu = menu
        self._now = now
        self._lanes = Lanes()
        self._commands = Commands.of(menu)
        self._me: JSON = {}
        self._administers = True
        self._roles: dict[str, frozenset[str]] = {}
        self._answering: Answering | None = None
        self._handle: Handle | None = None
        self._known: Here | None = None
        self._again = Again()

    def open(self, handle: Handle, delivery: Delivery, me: JSON) -> None:
        """Know whom to tell, and who we are."""
        self._handle = handle
        self._me = me
        self._known = None
        self._again.open()
        username = str(me.get("username", ""))
        self._answering = Answering(
            self._api, delivery, self._doors, self._places, self._menu, username
        )

    async def close(self, seconds: float) -> None:
        """Finish what is in hand, or give it up after so many seconds."""
        self._again.close()
        await self._lanes.drain(seconds)

    async def take(self, update: JSON) -> Task:
        """Take an update in hand, once there is room; the task ends when it is handled.

        Nothing passes a group that changes its id.
        """
        await self._lanes.room()
        arrival = read(update, self._here(), self._now())
        self._learn(arrival)
        if arrival.counted:
            return self._lanes.count(
                arrival.lane, partial(_about, arrival), partial(self._counted, arrival)
            )
        change = next((e for e in arrival.events if isinstance(e, WorkspaceMoved)), None)
        if change is not None:
            await self._lanes.drain()
            task = self._lanes.enter("", partial(self._moving, change))
            await asyncio.wait({task})
            return task
        work: Work = self._refresh if arrival.rights else partial(self._work, arrival)
        return self._lanes.enter(arrival.lane, work)

    async def learn_rights(self) -> None:
        """Who administers the group, and whether we do. Raises DeliveryError."""
        group = {"chat_id": int(self._places.workspace)}
        administrators = await self._api.call("getChatAdministrators", group)
        self._roles = {str(member["user"]["id"]): roles(member) for member in administrators}
        ours = await self._api.call("getChatMember", {**group, "user_id": self._me["id"]})
        self._administers = ours["status"] in {"administrator", "creator"}
        self._known = None

    async def group_moved(self, old: str, new: str) -> None:
        """Go on under a group's new id, and tell the core when it is the community's own."""
        ours = self._places.move(old, new)
        self._known = None
        if not ours:
            return
        log.info("telegram.workspace_moved", old=old, new=new)
        if self._handle is not None:
            await self._told(self._handle, moved(old, new, self._now()))

    def _here(self) -> Here:
        """What updates are read against; the same until something of it changes."""
        if self._known is None:
            self._known = Here(
                workspace=self._places.workspace,
                chats=self._places.chats,
                username=str(self._me.get("username", "")),
                commands=self._commands,
                administers=self._administers,
                roles=self._roles,
            )
        return self._known

    def _learn(self, arrival: Arrival) -> None:
        if arrival.topic:
            self._places.learn(*arrival.topic)
        if arrival.door:
            self._doors.asked(arrival.lane, arrival.door)
        if arrival.standing:
            person, status, held = arrival.standing
            self._doors.stands(person, inside=status != "left")
            if person in self._roles or held - PLAIN:
                self._roles[person] = held

    async def _refresh(self) -> None:
        try:
            await self.learn_rights()
        except DeliveryError as error:
            log.warning("telegram.rights_unknown", reason=str(error))
        if not self._administers:
            log.warning("telegram.not_administrator")

    async def _moving(self, change: WorkspaceMoved) -> None:
        await self.group_moved(change.workspace.id, change.to.id)

    async def _counted(self, arrival: Arrival) -> Then | None:
        """Hand over what nobody waits for; the core rarely has an answer to it."""
        answering, handle = self._answering, self._handle
        if answering is None or handle is None:
            return None
        answers: list[tuple[Event, Answer]] = []
        for event in arrival.events:
            answer = await self._told(handle, event)
            if answer is not None:
                answers.append((event, answer))
        if not answers:
            return None
        turn = Turn(arrival, self._menu.language(arrival.locale))
        return partial(_show, answering, turn, answers)

    async def _work(self, arrival: Arrival) -> Then | None:
        """Hand over an update's events; returns what shows the answers."""
        answering, handle = self._answering, self._handle
        if answering is None or handle is None:
            return None
        turn = Turn(arrival, self._menu.language(arrival.locale))
        hint = arrival.hint or await self._refusal(arrival) or self._outdated(arrival, turn)
        if hint is not None:
            return partial(answering.say, turn, hint.key, **hint.values)
        answers: list[tuple[Event, Answer]] = []
        for event in arrival.events:
            if arrival.callback:
                answers.append((event, await self._in_time(handle, event, turn, answering)))
            else:
                answers.append((event, await self._told(handle, event)))
            if isinstance(event, MemberLeft):
                self._doors.left(arrival.lane)
        return partial(_show, answering, turn, answers) if answers else None

    async def _refusal(self, arrival: Arrival) -> Hint | None:
        """What is said to somebody who writes in private and is not of the group.

        A press passes: whoever has one of our buttons was written to by us.
        """
        source = arrival.source
        if source is None or not source.channel.private or arrival.callback:
            return None
        known = await self._doors.knows(arrival.lane)
        return None if known else Hint("adapter_telegram.not_member")

    def _outdated(self, arrival: Arrival, turn: Turn) -> Hint | None:
        """What is said of a form that an older version knew."""
        for event in arrival.events:
            if isinstance(event, FormOpened):
                try:
                    self._menu.form(event.form, turn.language)
                except KeyError:
                    return Hint("error.outdated")
        return None

    async def _in_time(
        self, handle: Handle, event: Event, turn: Turn, answering: Answering
    ) -> Answer:
        """Handle an event; a press that takes long is acknowledged before."""
        task = asyncio.ensure_future(self._told(handle, event))
        try:
            await asyncio.wait({task}, timeout=SPINNER_SECONDS)
            if not task.done():
                await answering.acknowledge(turn)
            return await task
        finally:
            task.cancel()

    async def _told(self, handle: Handle, event: Event) -> Answer:
        """Tell the core; again and again while it cannot take it. Raises Untaken at the end."""
        waited = False
        while True:
            try:
                answer = await handle(event)
            except Untaken:
                waited = True
                self._lanes.stuck()
                await self._again.wait()
            except Exception as error:  # noqa: BLE001  the others go on
                return self._apology(event, error)
            else:
                if waited:
                    self._again.taken()
                return answer

    def _apology(self, event: Event, error: Exception) -> Answer:
        reference, kind = event.delivery_id, type(event).__name__
        log.error("telegram.handler_failed", reference=reference, kind=kind, trace=trace(error))
        language = self._menu.language(event.profile.locale if event.profile else None)
        words = self._menu.say("error.unexpected", language, reference=reference)
        return Reply(Message(plain(words)))


def _about(arrival: Arrival) -> set[str]:
    """The messages a fact is about: what is said of one stays in order, whoever says it."""
    found = {arrival.source.key} if arrival.source else set()
    for event in arrival.events:
        if isinstance(event, MessagePosted) and event.reply_to:
            found.add(event.reply_to.key)
    return found


async def _show(answering: Answering, turn: Turn, answers: list[tuple[Event, Answer]]) -> None:
    for event, answer in answers:
        await answering.answer(turn, event, answer)
