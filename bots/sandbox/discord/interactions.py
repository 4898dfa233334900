"""Interactions: the three-second window, the one answer, the fifteen-minute token."""

import asyncio
from dataclasses import dataclass, field

from bots.sandbox.discord.acts import Acts, Draft
from bots.sandbox.discord.components import check_modal, numbered
from bots.sandbox.discord.drafts import Upload, Writer
from bots.sandbox.discord.refusals import Refused, wrong
from bots.sandbox.discord.shapes import CALLBACK_CHOICES, CALLBACK_MESSAGE, check
from bots.sandbox.discord.state import (
    APPLICATION_ID,
    EPHEMERAL,
    GUILD_ID,
    LOADING,
    Channel,
    Json,
    Message,
    User,
)
from bots.sandbox.discord.wire import (
    channel_json,
    member_json,
    message_json,
    permission_text,
    user_json,
)

COMMAND, COMPONENT, AUTOCOMPLETE, MODAL_SUBMIT = 2, 3, 4, 5
PONG, MESSAGE, DEFERRED, DEFERRED_UPDATE, UPDATE, CHOICES, MODAL = 1, 4, 5, 6, 7, 8, 9
TOKEN_SECONDS = 900.0  # docs: Receiving and Responding, "Followup Messages": 15 minutes
FAILURE = "Échec de l'interaction"


@dataclass(slots=True, eq=False)
class Interaction:
    """One press, command or submitted form, and what became of it.

    `answered` is the callback type the app gave, None until then; `failed` says that the
    window closed without one; `over` is set in either case.
    """

    id: str
    token: str
    kind: int
    user: User
    channel: Channel
    born: float
    source: Message | None = None
    answered: int | None = None
    failed: bool = False
    original: Message | None = None
    modal: Json | None = None
    choices: tuple[str, ...] = ()
    over: asyncio.Event = field(default_factory=asyncio.Event)


class Interactions:
    """Every interaction since the start, and the answers to them."""

    def __init__(self, acts: Acts, writer: Writer, *, window: float) -> None:
        self._acts = acts
        self._state = acts.state
        self._writer = writer
        self._window = window
        self._by_id: dict[str, Interaction] = {}
        self._by_token: dict[str, Interaction] = {}
        self._timers: set[asyncio.TimerHandle] = set()

    def close(self) -> None:
        """Stop waiting for answers."""
        for timer in self._timers:
            timer.cancel()

    # -- from people to the bot

    def upload(self, channel: Channel, name: str, content: bytes) -> Json:
        """A file put into a command's option; the attachment it becomes."""
        return self._writer.keep(name, content, channel)

    def emit(
        self, kind: int, user: User, channel: Channel, data: Json, source: Message | None = None
    ) -> Interaction:
        """Send an interaction to the bot and start its window."""
        loop = asyncio.get_running_loop()
        number = self._state.snowflake()
        interaction = Interaction(
            number, f"token-{number}", kind, user, channel, loop.time(), source
        )
        self._by_id[number] = self._by_token[interaction.token] = interaction
        self._timers.add(loop.call_later(self._window, self._expire, interaction))
        self._acts.gateway.dispatch("INTERACTION_CREATE", self._payload(interaction, data))
        return interaction

    def _payload(self, interaction: Interaction, data: Json) -> Json:
        channel, user = interaction.channel, interaction.user
        in_guild = channel.recipient is None
        granted = permission_text(self._state.permissions(user.id, channel))
        told: Json = {
            "id": interaction.id,
            "application_id": APPLICATION_ID,
            "type": interaction.kind,
            "data": data,
            "channel_id": channel.id,
            "channel": channel_json(channel) | {"permissions": granted},
            "token": interaction.token,
            "version": 1,
            "app_permissions": permission_text(self._state.permissions(APPLICATION_ID, channel)),
            "locale": user.locale,
            "entitlements": [],
            "authorizing_integration_owners": {"0": GUILD_ID if in_guild else "0"},
            "context": 0 if in_guild else 1,
            "attachment_size_limit": 10 * 1024 * 1024,
        }
        if in_guild:
            member = member_json(self._state.members[user.id])
            told["guild"] = {"id": GUILD_ID, "features": [], "locale": "fr"}
            told |= {"guild_id": GUILD_ID, "guild_locale": "fr"}
            told["member"] = member | {"permissions": granted}
        else:
            told["user"] = user_json(user)
        if interaction.source is not None:
            told["message"] = message_json(self._state, interaction.source)
        return told

    def _expire(self, interaction: Interaction) -> None:
        if interaction.answered is not None:
            return
        interaction.failed = True
        interaction.over.set()
        if interaction.kind != AUTOCOMPLETE:
            said = FAILURE if interaction.kind == COMPONENT else f"{FAILURE} : pas de réponse"
            notice = Draft(content=said, flags=EPHEMERAL, only_for=interaction.user.id)
            self._acts.post(self._state.system, interaction.channel, notice)
        self._acts.world.touch()

    # -- from the bot to people

    def find(self, number: str, token: str) -> Interaction:
        """The interaction to answer; raises Refused 10062 (unknown or late) or 40060."""
        interaction = self._by_id.get(number)
        if interaction is None or interaction.token != token or interaction.failed:
            raise Refused(10062)
        if interaction.answered is not None:
            raise Refused(40060)
        return interaction

    def was_late(self, number: str) -> bool:
        """Whether this interaction existed and its window has closed."""
        return number in self._by_id and self._by_id[number].failed

    def by_token(self, token: str) -> Interaction:
        """The answered interaction of a token; raises Refused 50027 or 10015."""
        interaction = self._by_token.get(token)
        loop = asyncio.get_running_loop()
        if interaction is None or loop.time() - interaction.born > TOKEN_SECONDS:
            raise Refused(50027)
        if interaction.answered is None:
            raise Refused(10015)
        return interaction

    def answer(self, interaction: Interaction, body: Json, files: dict[int, Upload]) -> None:
        """Apply a callback; raises Refused 50035 for one that does not fit the interaction."""
        kind, data = body["type"], body.get("data") or {}
        if kind not in self._fitting(interaction):
            said = "This callback type is invalid for this interaction"
            raise wrong(("type",), "INTERACTION_CALLBACK_TYPE_INVALID", said)
        if kind == MESSAGE:
            interaction.original = self._say(interaction, data, files)
        elif kind == DEFERRED:
            interaction.original = self._think(interaction, data)
        elif kind == UPDATE and interaction.source is not None:
            check(CALLBACK_MESSAGE, data)
            interaction.original = interaction.source
            self.revise(interaction.source, data, files)
        elif kind == DEFERRED_UPDATE:
            interaction.original = interaction.source
        elif kind == CHOICES:
            check(CALLBACK_CHOICES, data)
            interaction.choices = tuple(choice["name"] for choice in data["choices"])
        elif kind == MODAL:
            check_modal(data)
            interaction.modal = {**data, "components": numbered(data["components"])}
        interaction.answered = kind
        interaction.over.set()
        self._acts.world.touch()

    @staticmethod
    def _fitting(interaction: Interaction) -> set[int]:
        if interaction.kind == AUTOCOMPLETE:
            return {CHOICES}
        fitting = {MESSAGE, DEFERRED}
        if interaction.kind != MODAL_SUBMIT:
            fitting.add(MODAL)
        if interaction.source is not None:
            fitting |= {DEFERRED_UPDATE, UPDATE}
        return fitting

    def _say(self, interaction: Interaction, data: Json, files: dict[int, Upload]) -> Message:
        check(CALLBACK_MESSAGE, data)
        draft = self._writer.draft(data, files, interaction.channel, ephemeral=True)
        return self._publish(interaction, draft)

    def _think(self, interaction: Interaction, data: Json) -> Message:
        check(CALLBACK_MESSAGE, data)
        flags = (data.get("flags") or 0) & EPHEMERAL
        return self._publish(interaction, Draft(flags=flags | LOADING))

    def _publish(self, interaction: Interaction, draft: Draft) -> Message:
        if draft.flags & EPHEMERAL:
            draft.only_for = interaction.user.id
        draft.webhook = True
        draft.interaction = {
            "id": interaction.id,
            "type": interaction.kind,
            "user": user_json(interaction.user),
            "authorizing_integration_owners": {"0": GUILD_ID},
        }
        return self._acts.post(self._state.bot, interaction.channel, draft)

    def follow_up(self, interaction: Interaction, body: Json, files: dict[int, Upload]) -> Message:
        """A further message; the first one after a deferral takes the deferred one's place."""
        original = interaction.original
        if original is not None and original.flags & LOADING:
            body = {**body, "flags": (body.get("flags") or 0) & ~EPHEMERAL}
            return self.revise(original, body, files)
        draft = self._writer.draft(body, files, interaction.channel, ephemeral=True)
        return self._publish(interaction, draft)

    def revise(self, message: Message, body: Json, files: dict[int, Upload]) -> Message:
        """Edit an answer in place; raises Refused 10008 when it is gone."""
        if message.id not in self._state.messages:
            raise Refused(10008)
        draft = self._writer.draft(body, files, message.channel, before=message)
        draft.flags &= ~LOADING
        self._acts.edit(message, draft)
        return message
