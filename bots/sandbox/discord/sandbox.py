"""The stand-in for Discord: composition, settings to break it, and faults it can be told."""

from bots.sandbox.discord.acts import Acts
from bots.sandbox.discord.drafts import Writer
from bots.sandbox.discord.gateway import Gateway
from bots.sandbox.discord.interactions import Interactions
from bots.sandbox.discord.limits import Limit, Limits
from bots.sandbox.discord.people import DiscordPerson
from bots.sandbox.discord.permissions import BOT, Intent, Permission
from bots.sandbox.discord.routing import House
from bots.sandbox.discord.server import API, Server
from bots.sandbox.discord.state import GUILD_ID, State
from bots.sandbox.people import Seen, World

TOKEN = "sandbox.discord.token"  # noqa: S105  opens nothing but this stand-in


class DiscordSandbox:
    """A Discord on loopback: REST v10, gateway, and the people of one guild.

    Settings, all of them ways to get a set-up wrong: `members_intent` and `content_intent`
    (privileged intents switched on for the app), `bot_permissions`, `bot_role_position` (1
    puts the bot level with the role Membre, so that it can no longer grant it),
    `absent_channels` (names), `commands_scope=False` (installed without applications.commands),
    `right_token=False` (hand out a token that is refused).
    `answer_seconds` is the interaction window, `per_second` the size of every rate-limit
    bucket; with `limits=True` Discord's own limits are enforced instead, their windows `scale`
    times shorter, and `refused` counts what was over them.
    """

    platform = "discord"

    def __init__(  # noqa: PLR0913  one keyword per way to get a set-up wrong
        self,
        world: World,
        *,
        port: int = 0,
        right_token: bool = True,
        members_intent: bool = True,
        content_intent: bool = True,
        presences_intent: bool = False,
        bot_permissions: Permission = BOT,
        bot_role_position: int = 2,
        absent_channels: tuple[str, ...] = (),
        commands_scope: bool = True,
        answer_seconds: float = 3.0,
        per_second: int = 1000,
        limits: bool = False,
        scale: float = 1,
    ) -> None:
        self._port = port
        self._right_token = right_token
        self._complaints: list[str] = []
        self._people: dict[str, DiscordPerson] = {}
        self.state = State(
            world.now,
            bot_permissions=bot_permissions,
            bot_role_position=bot_role_position,
            absent_channels=absent_channels,
            commands_scope=commands_scope,
        )
        allowed = Intent(0)
        for intent, on in (
            (Intent.GUILD_MEMBERS, members_intent),
            (Intent.MESSAGE_CONTENT, content_intent),
            (Intent.GUILD_PRESENCES, presences_intent),
        ):
            allowed |= intent if on else Intent(0)
        complain = self._complaints.append
        self._gateway = Gateway(self.state, token=TOKEN, allowed=allowed, complain=complain)
        self._acts = Acts(self.state, self._gateway, world)
        writer = Writer(self.state)
        self._interactions = Interactions(self._acts, writer, window=answer_seconds)
        self._house = House(self.state, self._acts, self._interactions, writer, allowed)
        self._limits = Limits(per_second=per_second, published=limits, scale=scale)
        self._server = Server(
            self._house, self._gateway, token=TOKEN, limits=self._limits, complain=complain
        )

    async def start(self) -> None:
        """Listen on loopback, on a free port unless one was given."""
        await self._server.start(self._port)
        self._port = self._server.port
        host = f"127.0.0.1:{self._port}"
        self._house.writer.base = f"http://{host}"
        self._house.gateway_url = self._gateway.address = f"ws://{host}/gateway/"

    async def stop(self) -> None:
        """Close every socket."""
        self._interactions.close()
        self._gateway.close()
        await self._server.stop()

    def environment(self) -> dict[str, str]:
        """The variables that make the suite speak to this server."""
        return {
            "AMICALE_DISCORD_TOKEN": TOKEN if self._right_token else f"{TOKEN}-revoked",
            "AMICALE_DISCORD_API_URL": f"{self._house.writer.base}{API}",
            "AMICALE_DISCORD_GATEWAY_URL": self._house.gateway_url,
        }

    @property
    def guild_id(self) -> str:
        """The workspace id for community.toml."""
        return GUILD_ID

    # -- people

    def person(self, name: str) -> DiscordPerson:
        """The person of that name; Nadia is already a member, and owns the guild."""
        if name not in self._people:
            user = self.state.user(name)
            self._people[name] = DiscordPerson(user, self._acts, self._interactions)
        return self._people[name]

    def make_moderator(self, name: str) -> None:
        """Give the role Modération, letting the person join first when they had not."""
        self._promote(name, "Modération")

    def make_admin(self, name: str) -> None:
        """Give the role Administration, letting the person join first when they had not."""
        self._promote(name, "Administration")

    def _promote(self, name: str, role: str) -> None:
        user = self.state.user(name)
        if user.id not in self.state.members:
            self._acts.join(user)
        member = self.state.members[user.id]
        self._acts.set_roles(member, member.roles | {self.state.role_named(role).id})

    def roles(self, name: str) -> tuple[str, ...]:
        """The names of a person's roles, lowest first."""
        member = self.state.members.get(self.state.user(name).id)
        held = [self.state.roles[role] for role in member.roles] if member else []
        return tuple(role.name for role in sorted(held, key=lambda role: role.position))

    def open_channel(self, name: str) -> str:
        """Make a text channel that everybody sees; its id."""
        return self._acts.open_channel(name).id

    def transcript(self) -> tuple[Seen, ...]:
        """Everything anybody could see, in order; an edit is a further entry."""
        return tuple(self._acts.transcript)

    def complaints(self) -> tuple[str, ...]:
        """Requests and frames that broke the documented protocol."""
        return tuple(self._complaints)

    @property
    def connected(self) -> int:
        """How many gateway sessions have a live connection."""
        return sum(1 for s in self._gateway.sessions.values() if s.line is not None)

    @property
    def refused(self) -> int:
        """How many requests were over a limit, those that `limit` ordered apart."""
        return self._limits.refused

    # -- faults

    def limit(self, route: str, times: int, retry_after: float) -> None:
        """Answer 429 to the next `times` requests of a route.

        The route is a template (`POST /channels/{channel_id}/messages`) or the start of a real
        one (`POST /channels/9`); `retry_after` is in seconds.
        """
        self._limits.ordered.append(Limit(route, times, retry_after))

    def drop(self) -> None:
        """Cut the gateway connections without a closing word."""
        self._gateway.drop()

    def ask_reconnect(self) -> None:
        """Ask clients to reconnect and resume (op 7)."""
        self._gateway.ask_reconnect()

    def invalidate_session(self) -> None:
        """End every session: clients must identify again (op 9)."""
        self._gateway.invalidate()

    def deliver_twice(self, times: int) -> None:
        """Send each of the next `times` events twice."""
        self._gateway.twice = times

    def delay(self, seconds: float) -> None:
        """Deliver events that much later from now on; 0 ends it."""
        self._gateway.late = seconds

    def shuffle(self, count: int) -> None:
        """Hold the next `count` events and release them the newest first."""
        self._gateway.hold(count)

    def down(self) -> None:
        """Refuse everything: 503, and connections cut."""
        self._server.is_down = True
        self._gateway.drop()

    def up(self) -> None:
        """Answer again; state and sessions are as they were."""
        self._server.is_down = False
