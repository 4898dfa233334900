"""The pretend Telegram put together: its default community, its faults, its driver."""

from bots.sandbox.people import Seen, World
from bots.sandbox.telegram.events import Events
from bots.sandbox.telegram.feed import Feed
from bots.sandbox.telegram.floods import Floods
from bots.sandbox.telegram.groups import Groups
from bots.sandbox.telegram.people import TelegramPerson
from bots.sandbox.telegram.posting import Posting
from bots.sandbox.telegram.profile import Profile
from bots.sandbox.telegram.server import Server
from bots.sandbox.telegram.state import (
    CREATOR,
    MEMBER,
    Chat,
    Membership,
    Post,
    State,
    Topic,
    User,
)
from bots.sandbox.telegram.topics import Topics
from bots.sandbox.telegram.vocabulary import RIGHTS

BOT_ID = 7_000_000_001
TOPICS = ("présentations", "entraide", "rituels")
STAFF = ("modération", "administration")
MODERATES = RIGHTS - {"can_promote_members", "can_change_info"}


class TelegramSandbox:
    """A Bot API server on loopback with one community on it.

    A supergroup `Amicale` (forum topics unless `forum=False`) and two groups for staff; the bot
    `@amicale_bot` is administrator with `bot_rights` unless `bot_admin=False`; Nadia owns all.
    As on the platform, an administrator bot reads every message even in `privacy_mode`.
    `token` is the bot's; `handed_token` is what `environment()` gives instead (a wrong one).
    `absent` names channels that do not exist. `asks_to_join` makes joining a request.
    `query_seconds` is how long a pressed button may go unanswered before its query is too old;
    the platform does not document its own figure. `limits` enforces the published limits, in
    windows `scale` times shorter; without it nothing said is too much.
    """

    platform = "telegram"

    def __init__(  # noqa: PLR0913  each is a way a real set-up differs
        self,
        world: World,
        *,
        port: int = 0,
        token: str = "7000000001:AAE-sandbox-of-the-Amicale-community",  # noqa: S107  opens nothing
        handed_token: str | None = None,
        forum: bool = True,
        basic_group: bool = False,
        asks_to_join: bool = True,
        bot_admin: bool = True,
        bot_rights: frozenset[str] = RIGHTS,
        privacy_mode: bool = False,
        anonymous_reactions: bool = False,
        absent: frozenset[str] = frozenset(),
        query_seconds: float = 60.0,
        webhook_backoff: float = 0.1,
        limits: bool = False,
        scale: float = 1.0,
    ) -> None:
        self.world = world
        bot = User(BOT_ID, "Amicale", "amicale_bot", is_bot=True, known=True)
        self.state = State(world, bot, users={BOT_ID: bot})
        self._port = port
        self._handed = handed_token or token
        self._people: dict[str, TelegramPerson] = {}
        self._bot_standing = MEMBER
        if bot_admin:
            self._bot_standing = Membership("administrator", bot_rights, present=True)
        self.feed = Feed(world, self._answer_webhook, webhook_backoff)
        self.events = Events(
            self.state, self.feed, reads_all=not privacy_mode, anonymous=anonymous_reactions
        )
        self.groups = Groups(self.state, self.events)
        self.topics = Topics(self.state, self.groups)
        self.profile = Profile(self.state, self.feed, reads_all=not privacy_mode)
        self.posting = Posting(self.state, query_seconds, self._follow)
        self.server = Server(
            self.state,
            token,
            (self.posting, self.groups, self.topics, self.profile),
            Floods(scale) if limits else None,
        )
        self._absent = absent
        self.owner = self.state.user("Nadia")
        self.owner.known = True
        kind = "group" if basic_group else "supergroup"
        self.main = self._found("Amicale", "accueil", kind, asks=asks_to_join)
        self.main.last_id = 1  # the General topic
        self.main.is_forum = forum and not basic_group
        for name in TOPICS if self.main.is_forum else ():
            self._given_topic(name)
        self._staff = {
            name: self._found(name, name, "supergroup") for name in STAFF if name not in absent
        }

    def _found(self, title: str, channel: str, kind: str, *, asks: bool = False) -> Chat:
        number = len([c for c in self.state.chats.values() if c.kind != "private"]) + 1
        chat_id = -4_000_000 - number if kind == "group" else -1_001_000_000_000 - number
        chat = Chat(chat_id, kind, title, channel, asks_to_join=asks)
        chat.members = {self.owner.id: CREATOR, BOT_ID: self._bot_standing}
        self.state.chats[chat_id] = chat
        self.groups.link(chat, self.owner, primary=True)
        return chat

    def _given_topic(self, name: str) -> None:
        if name not in self._absent:
            number = self.main.last_id = self.main.last_id + 1
            self.main.topics[number] = Topic(number, name, given=True)
            opening = {"forum_topic_created": {"name": name, "icon_color": 7322096}}
            self.main.posts[number] = Post(
                self.main, number, 0, self.world.now(), self.owner, topic=number, service=opening
            )

    # --- the Sandbox protocol

    async def start(self) -> None:
        """Listen on loopback."""
        await self.server.start(self._port)

    async def stop(self) -> None:
        """Close every socket."""
        await self.feed.close()
        await self.server.stop()

    def environment(self) -> dict[str, str]:
        """The addresses as python-telegram-bot takes them, the token, and the pace to keep."""
        address = f"http://127.0.0.1:{self.server.port}"
        pace = {"AMICALE_TELEGRAM_GROUP_PER_MINUTE": "0"} if self.server.floods is None else {}
        return {
            "AMICALE_TELEGRAM_TOKEN": self._handed,
            "AMICALE_TELEGRAM_API_URL": f"{address}/bot",
            "AMICALE_TELEGRAM_FILE_URL": f"{address}/file/bot",
            **pace,
        }

    def person(self, name: str) -> TelegramPerson:
        """The person of that name; unknown to the bot until they do something."""
        if name not in self._people:
            user = self.state.user(name)
            self._people[name] = TelegramPerson(self, user)
        return self._people[name]

    def transcript(self) -> tuple[Seen, ...]:
        """Every message as first shown, and every edit of one."""
        return tuple(self.state.transcript)

    def complaints(self) -> tuple[str, ...]:
        """Requests that broke the documented protocol."""
        return tuple(self.state.complaints)

    @property
    def is_connected(self) -> bool:
        """Whether a bot waits for updates: what happens before follows its last allowed_updates."""
        return self.feed.is_heard

    @property
    def workspace_id(self) -> str:
        """The main group's id, for the configuration."""
        return str(self.main.id)

    @property
    def channel_ids(self) -> dict[str, str]:
        """Channel name -> `chat_id` or `chat_id/topic_id`, for the configuration."""
        found = {"accueil": str(self.main.id)}
        for name in TOPICS:
            topic = self.main.topic_named(name)
            if topic is not None:
                found[name] = f"{self.main.id}/{topic.id}"
            elif not self.main.is_forum and name not in self._absent:
                found[name] = str(self.main.id)
        return found | {name: str(chat.id) for name, chat in self._staff.items()}

    # --- what the people in charge do

    def make_moderator(self, name: str) -> None:
        """Administrator entitled `Modération`, who appoints nobody, and in that staff group."""
        standing = Membership("administrator", MODERATES, present=True, title="Modération")
        self._appoint(name, standing, STAFF[:1])

    def make_admin(self, name: str) -> None:
        """Administrator entitled `Administration`, with every right, and in both staff groups.

        A Telegram group has one creator only, Nadia.
        """
        standing = Membership("administrator", RIGHTS, present=True, title="Administration")
        self._appoint(name, standing, STAFF)

    def _appoint(self, name: str, standing: Membership, staff: tuple[str, ...]) -> None:
        user = self.state.user(name)
        if user is self.owner:
            return
        self.groups.change(self.main, user, standing, by=self.owner)
        for chat in (self._staff[one] for one in staff if one in self._staff):
            self.groups.change(chat, user, MEMBER, by=self.owner)

    def admit(self, name: str) -> None:
        """Nadia lets in somebody who asked to join, without the bot."""
        self.groups.admit(self.main, self.state.user(name), by=self.owner)

    def set_bot_standing(self, standing: Membership) -> None:
        """Nadia changes what the bot may do in the main group, or removes it."""
        self.groups.change(self.main, self.state.bot, standing, by=self.owner)

    def upgrade_group(self) -> str:
        """The basic group becomes a supergroup with a new id, which is returned.

        Both chats get their service message (migrate_to_chat_id, migrate_from_chat_id).
        """
        old = self.main
        if old.kind != "group" or old.upgraded_to:
            raise ValueError("only a basic group can be upgraded, and once")
        new = self._found(old.title, old.channel, "supergroup", asks=old.asks_to_join)
        new.members, new.last_id = dict(old.members), self.state.account_messages
        self.groups.service(old, self.owner, {"migrate_to_chat_id": new.id}, "Groupe mis à niveau")
        old.upgraded_to = new.id
        self.main = new
        self.groups.service(
            new, self.owner, {"migrate_from_chat_id": old.id}, "Groupe mis à niveau"
        )
        return str(new.id)

    # --- faults

    def limit(self, method: str, times: int = 1, retry_after: int = 1) -> None:
        """Answer 429 with retry_after (seconds) to the next `times` calls (`*`: of any method)."""
        self.server.limit(method, times, retry_after)

    @property
    def refusals(self) -> int:
        """How often something came faster than `limits` allow."""
        return self.server.floods.refusals if self.server.floods else 0

    def lose_answers(self, method: str, times: int = 1) -> None:
        """Do what the next `times` calls of `method` ask, and cut the line instead of answering."""
        self.server.lose_answers(method, times)

    def drop(self) -> None:
        """Cut every open connection abruptly."""
        self.server.drop()

    def ask_reconnect(self) -> None:
        """End the long poll now with an empty answer: all that Telegram has of a reconnect."""
        self.feed.end_polls()

    def deliver_twice(self, times: int = 1) -> None:
        """The next `times` updates come twice under the same update_id."""
        self.feed.deliver_twice(times)

    def delay(self, seconds: float) -> None:
        """Updates from now on come that late."""
        self.feed.delay(seconds)

    def shuffle(self, count: int) -> None:
        """Hold the next `count` updates and release them last first."""
        self.feed.shuffle(count)

    def down(self) -> None:
        """Answer 502 to everything and deliver nothing; nothing is lost."""
        self.server.is_down = self.feed.paused = True
        self.feed.end_polls()

    def up(self) -> None:
        """Back, with all that happened meanwhile."""
        self.server.is_down = self.feed.paused = False
        self.feed.resume()

    def _answer_webhook(self, method: str, values: dict[str, object]) -> None:
        self.server.call_quietly(method, values)

    def _follow(self, user: User, url: str) -> None:
        self.person(user.name).open(url)
