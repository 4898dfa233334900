"""The server's own events: what people come to, put there once, changed, taken off."""

from bots.discord.guild import Guild, Json
from bots.discord.rest import Rest
from core.chat.adapter import Permanent
from core.chat.identity import MessageRef, Platform, Workspace, agenda
from core.chat.messages import Gathering

NAME, DESCRIPTION, LOCATION = 100, 1000, 100
EXTERNAL, GUILD_ONLY = 3, 2
"""https://docs.discord.com/developers/resources/guild-scheduled-event"""

_EVENTS = "/guilds/{guild_id}/scheduled-events"
_EVENT = _EVENTS + "/{event_id}"
_GONE = "10070"


class Agenda:
    """The scheduled events of one server.

    Discord takes no nonce for one, and our own mark can only stand where people read it: the last
    line of the description carries the gathering's key. Before one is made it is looked for, among
    those that the bot made (a person who copies an event copies its description).
    """

    def __init__(self, rest: Rest, guild: Guild) -> None:
        self._rest = rest
        self._guild = guild

    async def put(self, gathering: Gathering) -> MessageRef:
        """Make the event, unless it is there; says which it is. Raises DeliveryError."""
        found = await self._found(gathering.key)
        if found is None:
            made = await self._rest.post(_EVENTS, _made(gathering), guild_id=self._guild.id)
            found = str(made["id"])
        return MessageRef(agenda(Workspace(Platform.DISCORD, self._guild.id)), found)

    async def change(self, event_id: str, gathering: Gathering) -> None:
        """Say anew what it is. Raises DeliveryError."""
        body = _described(gathering)
        await self._rest.patch(_EVENT, body, guild_id=self._guild.id, event_id=event_id)

    async def take_off(self, event_id: str) -> None:
        """Delete it, which Discord allows before, during and after. Raises DeliveryError."""
        try:
            await self._rest.delete(_EVENT, guild_id=self._guild.id, event_id=event_id)
        except Permanent as error:
            if error.code != _GONE:
                raise

    async def _found(self, key: str) -> str | None:
        events = await self._rest.listed(_EVENTS, guild_id=self._guild.id)
        ours = (e for e in events if e.get("creator_id") == self._guild.me)
        return next((e["id"] for e in ours if _last_line(e) == _mark(key)), None)


def address(guild: str, event_id: str) -> str:
    """What opens an event."""
    return f"https://discord.com/events/{guild}/{event_id}"


def _made(gathering: Gathering) -> Json:
    kind = {"entity_type": EXTERNAL, "privacy_level": GUILD_ONLY}
    return {**_described(gathering), **kind}


def _described(gathering: Gathering) -> Json:
    mark = f"\n\n{_mark(gathering.key)}"
    return {
        "name": _cut(gathering.title, NAME),
        "description": (_cut(gathering.text, DESCRIPTION - len(mark)) + mark).strip(),
        "scheduled_start_time": gathering.starts.isoformat(),
        "scheduled_end_time": gathering.ends.isoformat(),
        "entity_metadata": {"location": _cut(gathering.where, LOCATION)},
    }


def _mark(key: str) -> str:
    return f"— {key}"


def _last_line(event: Json) -> str:
    lines: list[str] = (event.get("description") or "").splitlines()
    return lines[-1] if lines else ""


def _cut(text: str, most: int) -> str:
    """The beginning of a text, which says so."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"
