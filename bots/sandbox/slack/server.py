"""The listening stand-in for Slack, and the faults it can be told to have."""

from collections.abc import Collection, Sequence

from aiohttp import web

from bots.sandbox.people import Seen, World

from . import (
    methods_chat,
    methods_conversations,
    methods_files,
    methods_identity,
    methods_views,
)
from .calls import METHODS, Args, Refused, check_names, missing_scope, values_of
from .delivery import Delivery, Parcel
from .interactions import Interactions
from .kit import names
from .limits import Published, TooMany
from .payloads import callback
from .people import SlackPerson
from .state import BOT_USER, Json, Kind, User
from .workspace import Workspace

SCOPES = names(
    "app_mentions:read channels:history channels:join channels:manage channels:read "
    "chat:write chat:write.customize commands files:read files:write groups:history "
    "groups:read groups:write im:history im:read im:write metadata.message:read "
    "reactions:read reactions:write team:read usergroups:read users:read"
)
EVENTS = names(
    "app_home_opened app_mention member_joined_channel member_left_channel "
    "message.channels message.groups message.im reaction_added reaction_removed team_join "
    "user_change"
)
PUBLIC = ("accueil", "présentations", "entraide", "rituels")
STAFF, OWNERS = "modération", "administration"
LOADED = (
    methods_chat,
    methods_conversations,
    methods_files,
    methods_identity,
    methods_views,
)  # fill METHODS


class SlackSandbox:
    """One Slack workspace, "Amicale", on loopback; Nadia owns it and the bot is installed.

    `scopes`, `app_scopes` and `events` are what the app's manifest grants; leave some out to
    break things. `without` names default channels that do not exist, `absent_from` those the bot
    is not in. `members_channel` adds the private channel `membres`, entered by invitation only.
    `join_messages` is the workspace setting that writes "X a rejoint le canal" in channels.
    `messages_tab=False` closes direct messages with the app (messages_tab_disabled). With
    `events_url` the app is reached by signed HTTP requests instead of Socket Mode. `retries` are
    the seconds before each redelivery of an unacknowledged event. With `limits` the published
    limits are enforced, in a time that runs `scale` times faster; `refusals` counts who exceeded.
    """

    platform = "slack"

    def __init__(  # noqa: PLR0913  each is one setting of a workspace or app
        self,
        world: World,
        *,
        port: int = 0,
        commands: Sequence[str] = ("/amicale",),
        should_escape: bool = True,
        scopes: Collection[str] = SCOPES,
        app_scopes: Collection[str] = ("connections:write",),
        events: Collection[str] = EVENTS,
        without: Collection[str] = (),
        absent_from: Collection[str] = (),
        members_channel: bool = False,
        join_messages: bool = False,
        messages_tab: bool = True,
        events_url: str | None = None,
        retries: Sequence[float] = (0.0, 60.0, 300.0),
        response_seconds: float = 1800.0,
        limits: bool = False,
        scale: float = 1.0,
    ) -> None:
        self.world = world
        self.commands = tuple(commands)
        self.should_escape = should_escape
        self.bot_token = "xoxb-sandbox-bot"  # noqa: S105  opens nothing but this stand-in
        self.app_token = "xapp-1-sandbox-app"  # noqa: S105  same
        self.signing_secret = "sandbox-signing-secret"  # noqa: S105  same
        self._app_scopes = frozenset(app_scopes)
        self._port = port
        self._runner: web.AppRunner | None = None
        self._people: dict[str, SlackPerson] = {}
        self._limits: dict[str, tuple[int, int]] = {}
        self._published = Published(scale) if limits else None
        self.workspace = Workspace(world, scopes, events)
        self.workspace.outlet = self._outlet
        self.delivery = Delivery(
            self.workspace, events_url=events_url, secret=self.signing_secret, retries=retries
        )
        self.interactions = Interactions(self.workspace, self.delivery, response_seconds)
        self._furnish(without, absent_from, members_channel=members_channel)
        self.workspace.join_messages = join_messages
        self.workspace.messages_tab = messages_tab

    def _furnish(
        self, without: Collection[str], absent_from: Collection[str], *, members_channel: bool
    ) -> None:
        """The default world: Nadia, the channels, the bot in them; told to nobody."""
        ws = self.workspace
        nadia = ws.user_named("Nadia")
        nadia.here = nadia.is_admin = nadia.is_owner = nadia.is_primary_owner = True
        rooms: list[tuple[str, Kind]] = [(name, "channel") for name in PUBLIC]
        rooms += [(STAFF, "private"), (OWNERS, "private")]
        rooms += [("membres", "private")] if members_channel else []
        for name, kind in rooms:
            if name not in without:
                channel = ws.create(name, kind, nadia.id)
                channel.members = [nadia.id] + ([BOT_USER] if name not in absent_from else [])

    def _outlet(self, event: Json, event_id: str, seconds: int) -> None:
        if self._runner is not None:
            self.delivery.submit(Parcel("events_api", callback(event, event_id, seconds)))

    # Being there

    async def start(self) -> None:
        """Listen on a free loopback port."""
        app = web.Application(client_max_size=20_000_000)
        app.router.add_route("*", "/api/{method}", self._api)
        app.router.add_post("/upload/v1/{file}", self._upload)
        app.router.add_get("/files-pri/{file}/{name}", self._download)
        app.router.add_post("/response/{hook}", self._respond)
        app.router.add_get("/link/", self._link)
        app.router.add_route("*", "/{path:.*}", self._nowhere)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        self._port = self._runner.addresses[0][1]
        self.workspace.address = f"http://127.0.0.1:{self._port}"
        self.delivery.start()

    async def stop(self) -> None:
        """Close every socket."""
        if self._runner is not None:
            await self.delivery.stop()
            await self._runner.cleanup()
            self._runner = None

    def environment(self) -> dict[str, str]:
        """The AMICALE_SLACK_* variables that make the suite speak to this server."""
        return {
            "AMICALE_SLACK_BOT_TOKEN": self.bot_token,
            "AMICALE_SLACK_APP_TOKEN": self.app_token,
            "AMICALE_SLACK_SIGNING_SECRET": self.signing_secret,
            "AMICALE_SLACK_API_URL": f"{self.workspace.address}/api/",
        }

    # People

    def person(self, name: str) -> SlackPerson:
        """The person of that name, made known when new (not yet in the workspace)."""
        if name not in self._people:
            user = self.workspace.user_named(name)
            self._people[name] = SlackPerson(self, user)
        return self._people[name]

    def make_moderator(self, name: str) -> SlackPerson:
        """Make somebody a workspace admin, in the staff's private channel."""
        return self._promote(name, (STAFF,), owner=False)

    def make_admin(self, name: str) -> SlackPerson:
        """Make somebody a workspace owner, in both private channels."""
        return self._promote(name, (STAFF, OWNERS), owner=True)

    def make_group(self, handle: str, *people: str) -> None:
        """Put people in the user group `@handle`; the workspace then has a plan with groups."""
        self.workspace.groups[handle] = [self.person(name).id for name in people]

    def _promote(self, name: str, rooms: Sequence[str], *, owner: bool) -> SlackPerson:
        person = self.person(name)
        self.workspace.promote(person.user, owner=owner)
        if person.user.here:
            self.enter_rooms(person.user, rooms)
        return person

    def enter_rooms(self, user: User, rooms: Sequence[str]) -> None:
        """Membership of these channels, those that exist."""
        for room in rooms:
            channel = self.workspace.channel_named(room)
            if channel:
                self.workspace.enter(channel, user.id)

    def rooms_of(self, user: User) -> list[str]:
        """The channels somebody finds themselves in on arriving."""
        staff = [STAFF] if user.is_admin else []
        return [*PUBLIC, *staff, *([OWNERS] if user.is_owner else [])]

    def transcript(self) -> tuple[Seen, ...]:
        """Every message as first shown, each edit as another entry."""
        return tuple(self.workspace.record)

    def complaints(self) -> tuple[str, ...]:
        """Requests and answers that broke the documented protocol."""
        return tuple(self.workspace.complaints)

    @property
    def mass_mentions(self) -> tuple[str, ...]:
        """Every time everyone was notified, as `@channel in entraide: …`."""
        return tuple(self.workspace.mass_mentions)

    @property
    def connections(self) -> int:
        """How many sockets the app holds open."""
        return len([link for link in self.delivery.links if not link.socket.closed])

    @property
    def refusals(self) -> int:
        """How many calls exceeded the published limits."""
        return self._published.refusals if self._published else 0

    # Faults

    def limit(self, method: str, times: int = 1, retry_after: int = 1) -> None:
        """Answer the next `times` calls of a method (or `response_url`) with 429."""
        self._limits[method] = (times, retry_after)

    def drop(self) -> None:
        """Tear every WebSocket without a closing frame."""
        self.delivery.cut()

    async def ask_reconnect(self, reason: str = "refresh_requested") -> None:
        """Send `disconnect` (refresh_requested, warning or link_disabled) on every socket."""
        await self.delivery.ask_to_leave(reason)

    async def invalidate_session(self) -> None:
        """Close every socket; addresses not yet used are void, a new one must be asked for."""
        await self.delivery.close_all()

    def deliver_twice(self, times: int = 1) -> None:
        """Send each of the next `times` events twice, as Slack does when it doubts."""
        self.delivery.faults.twice += times

    def delay(self, seconds: float, times: int = 1) -> None:
        """Send the next `times` deliveries late."""
        self.delivery.faults.seconds, self.delivery.faults.late = seconds, times

    def shuffle(self, count: int) -> None:
        """Hold the next `count` deliveries, then send them out of order."""
        self.delivery.faults.hold = count

    def down(self) -> None:
        """Refuse everything: 503, closed sockets. State is kept."""
        self.delivery.is_down = True
        self.delivery.cut()

    def up(self) -> None:
        """Be back."""
        self.delivery.is_down = False
        if self.delivery.events_url:
            self.delivery.resume()

    # Listening

    def _barred(self, name: str) -> web.Response | None:
        """What a server that is down, or a limit, answers instead."""
        if self.delivery.is_down:
            return web.Response(status=503, text="Service Unavailable")
        times, after = self._limits.get(name, (0, 0))
        if times <= 0:
            return None
        self._limits[name] = (times - 1, after)
        return _too_many(after)

    async def _api(self, request: web.Request) -> web.Response:
        name = request.match_info["method"]
        barred = self._barred(name)
        if barred is not None:
            return barred
        headers = {"X-Slack-Req-Id": self.workspace.fresh("req")}
        try:
            answer = await self._call(request, name, headers)
        except TooMany as limit:
            return _too_many(limit.retry_after)
        except Refused as refusal:
            if refusal.wrong:
                self.workspace.complain(refusal.wrong)
            answer = {"ok": False, "error": refusal.error, **refusal.more}
        return web.json_response(answer, headers=headers)

    async def _call(self, request: web.Request, name: str, headers: dict[str, str]) -> Json:
        what = METHODS.get(name)
        if what is None:
            wrong = f"{name}: no such method, or not one this stand-in knows"
            raise Refused("unknown_method", wrong=wrong, req_method=name)
        values, token = await values_of(request, what)
        scopes = self._scopes_of(token, what.token)
        headers["X-OAuth-Scopes"] = ",".join(sorted(scopes))
        headers["X-Accepted-OAuth-Scopes"] = ",".join(what.scopes)
        if what.scopes and not scopes & set(what.scopes):
            raise missing_scope(what.scopes[0], scopes)
        args = Args(name, values)
        check_names(what, args)
        if self._published:
            self._published.count(name, args.text("channel"))
        return {"ok": True} | what.handler(self.workspace, args)

    def _scopes_of(self, token: str, kind: str) -> frozenset[str]:
        """The scopes of a token of the right kind."""
        if not token:
            raise Refused("not_authed")
        if token == self.bot_token and kind == "bot":
            return self.workspace.scopes
        if token == self.app_token and kind == "app":
            return self._app_scopes
        known = token in (self.bot_token, self.app_token)
        raise Refused("not_allowed_token_type" if known else "invalid_auth")

    async def _upload(self, request: web.Request) -> web.Response:
        barred = self._barred("upload")
        if barred is not None:
            return barred
        file = self.workspace.files.get(request.match_info["file"])
        body = await request.read()
        if file is None or file.content is not None or len(body) != file.length:
            self.workspace.complain(f"upload: {len(body)} bytes for {request.path}")
            return web.Response(status=400, text="upload refused")
        file.content = body
        return web.Response(text=f"OK - {len(body)}")

    async def _download(self, request: web.Request) -> web.Response:
        """A file's bytes, for the bot's token (`url_private`)."""
        file = self.workspace.files.get(request.match_info["file"])
        bearer = request.headers.get("Authorization", "").removeprefix("Bearer").strip()
        if "files:read" not in self.workspace.scopes:
            raise web.HTTPFound("/signin")  # where a browser would be asked who it is
        if file is None or not file.complete or bearer != self.bot_token:
            return web.Response(status=404, text="not found")
        return web.Response(body=file.content)

    async def _respond(self, request: web.Request) -> web.Response:
        return self._barred("response_url") or await self.interactions.respond(request)

    async def _link(self, request: web.Request) -> web.StreamResponse:
        return self._barred("link") or await self.delivery.accept(request)

    async def _nowhere(self, request: web.Request) -> web.Response:
        self.workspace.complain(f"{request.method} {request.path}: no such address")
        return web.Response(status=404, text="not found")


def _too_many(retry_after: int) -> web.Response:
    body = {"ok": False, "error": "ratelimited"}
    return web.json_response(body, status=429, headers={"Retry-After": str(retry_after)})
