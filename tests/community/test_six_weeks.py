"""Six weeks of thirty people who do as they please: what must hold, whatever they do."""

import random
import re
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from bots import schema
from bots.rooms import ROOMS
from bots.sandbox.memory_people import MemoryPerson, Shown
from core.charter.models import CharterAcceptance
from core.chat.identity import Platform
from core.engagement import service as engagement
from core.engagement.rules import DONE, Kind
from core.engine.database import transaction
from core.engine.models import Job, State
from core.members.models import Member, MemberAccount
from core.questions.models import Question, Solicitation
from core.reports.handlers import routes as reports
from rituals.models import Turn, TurnPreference, TurnState
from rituals.runner import materialise
from tests.community.conftest import SETTINGS
from tests.rituals import TIP, reaches
from tests.village import START, Village, latest, village

WEEKS, PEOPLE, ACTS = 6, 30, 4
NAMES = (
    "*Étoile* {}",
    "](x) {}",
    "@everyone {}",
    "<b>{}</b>",
    "Zoé\u202e {}",
    "{} " + "long " * 15,
)
CHANNELS = ("accueil", "entraide", "rituels")
ANSWERS = ("Échanger", "Passer cette fois", "Je prends ce tour", "C’est résolu", "Je passe")
EMOJIS = ("👍", "🎉", "✅")


class Town:
    """Thirty people, some of whom are the same person twice."""

    def __init__(self, place: Village, seed: int) -> None:
        self.place = place
        self.random = random.Random(seed)  # noqa: S311  a story, not a secret
        self.to_come: list[MemoryPerson] = []
        self.here: list[MemoryPerson] = []
        self.away: list[MemoryPerson] = []
        self.linked: set[str] = set()
        self.greeted: Counter[str] = Counter()
        self.read: Counter[Platform] = Counter()
        for number in range(PEOPLE):
            name = NAMES[number % len(NAMES)].format(number)
            person = place.person(name, tuple(Platform)[number % 3])
            person.id = f"u{number}"
            self.to_come.append(person)

    def anybody(self) -> MemoryPerson:
        return self.random.choice(self.here)

    def readable(self, person: MemoryPerson) -> list[Shown]:
        return [m for m in person.town.messages if not m.gone and not m.channel.private]

    async def comes(self) -> None:
        if waiting := self.to_come or self.away:
            person = waiting.pop(0)
            await person.joins()
            self.here.append(person)
            self.reads()

    def reads(self) -> None:
        """Count the greetings among what is new, before a press replaces them."""
        for platform, adapter in self.place.adapters.items():
            for message in adapter.messages[self.read[platform] :]:
                self.greeted[message.private_to or ""] += message.text.startswith("Bienvenue")
            self.read[platform] = len(adapter.messages)

    async def goes(self) -> None:
        if len(self.here) > PEOPLE // 2:
            person = self.anybody()
            self.here.remove(person)
            self.away.append(person)
            await person.leaves()

    async def accepts(self) -> None:
        await self.tries("J’accepte la charte")

    async def tries(self, *labels: str) -> None:
        person = self.anybody()
        offered = [b for m in person.sees() for b in m.buttons if b in labels]
        if offered:
            await person.presses(self.random.choice(offered))

    async def speaks(self) -> None:
        person = self.anybody()
        await person.says("Bonjour", channel=self.random.choice(CHANNELS))

    async def asks(self) -> None:
        await self.anybody().says("Qui sait ? #QuestionTechnique", channel="entraide")

    async def replies(self) -> None:
        person = self.anybody()
        if told := self.readable(person):
            about = self.random.choice(told[-30:])
            seen = next((m for m in person.sees() if m.id == about.id), None)
            if seen is not None:
                await person.says("Moi aussi", reply_to=seen)

    async def reacts(self) -> None:
        person = self.anybody()
        seen = [m for m in person.sees() if m.private_to is None][-30:]
        if seen:
            message, emoji = self.random.choice(seen), self.random.choice(EMOJIS)
            mine = person.name in person.town.shown(message.id).reactions.get(emoji, set())
            await (person.unreacts if mine else person.reacts)(message, emoji)

    async def deletes(self) -> None:
        person = self.anybody()
        mine = {m.id for m in self.readable(person) if m.user == person.id}
        if written := [m for m in person.sees() if m.id in mine]:
            await person.deletes(self.random.choice(written))

    async def helps(self) -> None:
        await self.anybody().runs("/expertise technique")

    async def links(self) -> None:
        one, other = self.anybody(), self.anybody()
        if one.town is other.town or {one.name, other.name} & self.linked:
            return
        self.linked |= {one.name, other.name}
        await one.runs("/lier")
        code = re.search(r"Votre code : (\w{8})", latest(one).text)
        assert code
        await other.runs(f"/lier {code[1]}")

    async def gives(self) -> None:
        for person in self.random.sample(self.here, len(self.here)):
            if any("Avec plaisir" in m.buttons for m in person.sees()):
                await person.presses("Avec plaisir")
                await person.fills({"tip": TIP} if person.form else {"L’astuce": TIP})
                return

    async def answers(self) -> None:
        await self.tries(*ANSWERS)

    async def acts(self) -> None:
        acts: dict[Callable[[], Awaitable[None]], int] = {
            self.comes: 2, self.goes: 1, self.accepts: 5, self.speaks: 3, self.asks: 2,
            self.replies: 4, self.reacts: 6, self.deletes: 1, self.helps: 1, self.links: 1,
            self.gives: 1, self.answers: 3,
        }  # fmt: skip
        (act,) = self.random.choices(list(acts), list(acts.values()))
        await act()
        self.reads()


@pytest.mark.parametrize("seed", [2, 3])
async def test_whatever_thirty_people_do_for_six_weeks_these_hold(seed: int) -> None:
    rooms = [room for room in ROOMS if room is not reports]
    async with village(schema.MODULES, rooms, SETTINGS) as place:
        async with transaction():
            await materialise(place.app.scene())
        town = Town(place, seed)
        for _ in range(12):
            await town.comes()
        for _ in range(WEEKS * 7):
            for _ in range(ACTS):
                await reaches(place, place.clock.now() + timedelta(hours=24 / ACTS))
                await town.acts()
        await reaches(place, place.clock.now() + timedelta(days=1))
        assert not await Job.filter(state=State.FAILED).exists()
        greeted_once(town)
        one_tip_a_date(town)
        await nobody_was_asked_too_often(town)
        await turns_were_fair(town)
        await the_gate_stands_open(town)
        await every_count_is_what_is_seen(town)


def greeted_once(town: Town) -> None:
    for person in (*town.here, *town.away):
        assert town.greeted[person.name] == 1, person.name


def one_tip_a_date(town: Town) -> None:
    for adapter in town.place.adapters.values():
        days = Counter(
            town.place.app.scene().local(m.at).date()
            for m in adapter.messages
            if m.channel.id == "rituels" and m.user is None and TIP in m.text
        )
        assert max(days.values(), default=0) <= 1
        assert all(day.weekday() == 0 for day in days)


async def nobody_was_asked_too_often(town: Town) -> None:
    assert await Question.all().count() > 5
    for person in await Member.exclude(name__in=town.linked):
        times = [s.at for s in await Solicitation.filter(member_id=person.id).order_by("at")]
        for first, fourth in zip(times, times[3:], strict=False):
            assert fourth - first >= timedelta(days=7)


async def turns_were_fair(town: Town) -> None:
    done = await Turn.filter(state=TurnState.DONE).select_related("member")
    assert done
    served = Counter(t.member_id for t in done if t.member.name not in town.linked)
    out = {p.member_id for p in await TurnPreference.filter(opted_out=True)}
    came = CharterAcceptance.filter(at__lt=START + timedelta(days=3))
    waiting = {
        a.member_id for a in await came.filter(member__left_at=None, member__absorbed_by=None)
    }
    # Whoever passed, or gave no answer, let others go first.
    asked = {t.member_id for t in await Turn.exclude(state=TurnState.DONE)}
    least = min((served[member] for member in waiting - out - asked), default=0)
    assert max(served.values(), default=0) <= least + 1


async def the_gate_stands_open(town: Town) -> None:
    accepted = {a.member_id for a in await CharterAcceptance.all()}
    assert accepted
    for row in await MemberAccount.filter(member_id__in=list(accepted), left_at=None):
        assert town.place.adapters[row.platform].gates[row.user], row.name


def seen_counts(town: Town, of: dict[tuple[Platform, str], int]) -> Counter[tuple[int, Kind]]:
    """What anybody who reads every channel would count, by member."""
    counted: Counter[tuple[int, Kind]] = Counter()
    for platform, adapter in town.place.adapters.items():
        for message in adapter.messages:
            if message.gone or message.channel.private:
                continue
            author = of.get((platform, message.user or ""), 0)
            counted[author, Kind.REPLY if message.channel.thread else Kind.MESSAGE] += 1
            names = [name for people in message.reactions.values() for name in people]
            givers = [of[platform, adapter.people[name].id] for name in names]
            for giver in givers:
                counted[giver, Kind.REACTION_GIVEN] += giver != author
                counted[author, Kind.REACTION_RECEIVED] += giver != author
    return counted


async def every_count_is_what_is_seen(town: Town) -> None:
    rows = await MemberAccount.all()
    counted = seen_counts(town, {(row.platform, row.user): row.member_id for row in rows})
    community = town.place.app.community
    people = {row.member_id for row in rows}
    for member in people:
        found = await engagement.figures(community, member)
        for kind in (*DONE[:3], Kind.REACTION_RECEIVED):
            assert found.of(kind) == counted[member, kind], (member, kind)
    assert sum(counted[member, Kind.REACTION_GIVEN] for member in people) > 10
    end = town.place.clock.now() + timedelta(days=1)
    active = await engagement.active_members(community, START - timedelta(days=1), end)
    assert active >= {m for (m, kind), n in counted.items() if m and n and kind in DONE}
