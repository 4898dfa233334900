"""Who stands at the group's door: requests to join, members, and the gate."""

import asyncio
from collections import OrderedDict

from bots.telegram.delivery import Delivery
from bots.telegram.membership import present
from bots.telegram.places import Places
from core.chat.adapter import DeliveryError, Permanent

OPEN_SECONDS = 300.0
"""How long a join request lets us write first (https://core.telegram.org/bots/api#chatjoinrequest)."""
REMEMBERED = 10_000
"""People whose membership is remembered rather than asked again."""

NO_REQUEST = {"no_request", "user_not_found"}
"""What Telegram says when nobody of that name waits."""

PERMISSIONS = (
    "can_send_messages",
    "can_send_audios",
    "can_send_documents",
    "can_send_photos",
    "can_send_videos",
    "can_send_video_notes",
    "can_send_voice_notes",
    "can_send_polls",
    "can_send_other_messages",
    "can_add_web_page_previews",
)
"""What a person stood before the gate may not do (https://core.telegram.org/bots/api#chatpermissions)."""


class Doors:
    """Remembers who asked to join since the start; the rest is asked from Telegram."""

    def __init__(self, delivery: Delivery, places: Places) -> None:
        self._delivery = delivery
        self._places = places
        self._open: dict[str, tuple[str, float]] = {}
        self._waiting: set[str] = set()
        self._inside: OrderedDict[str, bool] = OrderedDict()
        self._started: OrderedDict[str, None] = OrderedDict()

    def asked(self, person: str, chat: str) -> None:
        """Somebody asks to join; we may write to them through `chat` for five minutes."""
        now = asyncio.get_running_loop().time()
        self._open = {who: door for who, door in self._open.items() if door[1] > now}
        self._open[person] = (chat, now + OPEN_SECONDS)
        self._waiting.add(person)

    def chat(self, person: str) -> str | None:
        """The chat their request opened, while it is."""
        chat, until = self._open.get(person, ("", 0.0))
        return chat if until > asyncio.get_running_loop().time() else None

    async def may_go_on(self, person: str) -> bool:
        """Whether we may still write to somebody in private once their request is settled.

        Another process may have heard the request, so Telegram is asked: whoever never pressed
        Start refuses even the sign that we are typing. Where it does not say, they did.
        """
        if self.chat(person) is not None:
            return False
        if person in self._started:
            return True
        try:
            if not await self.is_inside(person):
                return False
            await self._delivery.call("sendChatAction", person, {"action": "typing"})
        except Permanent:
            return False
        except DeliveryError:
            return True
        self._started[person] = None
        while len(self._started) > REMEMBERED:
            self._started.popitem(last=False)
        return True

    async def is_inside(self, person: str) -> bool:
        """Whether somebody is in the group. Raises DeliveryError."""
        if not self._inside.get(person):
            self.stands(person, inside=present(await self._member(person)))
        return self._inside[person]

    def stands(self, person: str, *, inside: bool) -> None:
        """Somebody is in the group, or is not any more."""
        self._inside[person] = inside
        self._inside.move_to_end(person)
        if inside:
            self._waiting.discard(person)
            self._open.pop(person, None)
        while len(self._inside) > REMEMBERED:
            self._inside.popitem(last=False)

    def left(self, person: str) -> None:
        """Somebody is gone, and would have to ask again."""
        self._waiting.discard(person)

    async def knows(self, person: str) -> bool:
        """Whether somebody is a member or asks to be; when Telegram cannot tell, they are."""
        if person in self._waiting or self._inside.get(person):
            return True
        try:
            return await self.is_inside(person)
        except Permanent as refusal:
            return refusal.code != "user_not_found"
        except DeliveryError:
            return True

    async def let_in(self, person: str) -> None:
        """Approve a request to join, else lift the restrictions. Raises DeliveryError."""
        workspace = self._places.workspace
        try:
            await self._delivery.call("approveChatJoinRequest", workspace, {"user_id": int(person)})
        except Permanent as refusal:
            if refusal.code not in NO_REQUEST:
                raise
        else:
            self._waiting.discard(person)
            return
        if (await self._member(person))["status"] == "restricted":
            chat = await self._delivery.call("getChat", workspace, {})
            granted = chat.get("permissions", {}) if isinstance(chat, dict) else {}
            await self._restrict(person, {**dict.fromkeys(PERMISSIONS, True), **granted})

    async def keep_out(self, person: str) -> None:
        """Let somebody read and not write; one who waits stays waiting. Raises DeliveryError."""
        if (await self._member(person))["status"] in {"member", "restricted"}:
            await self._restrict(person, dict.fromkeys(PERMISSIONS, False))

    async def _restrict(self, person: str, permissions: dict[str, bool]) -> None:
        data = {
            "user_id": int(person),
            "permissions": permissions,
            "use_independent_chat_permissions": True,
        }
        await self._delivery.call("restrictChatMember", self._places.workspace, data)

    async def _member(self, person: str) -> dict[str, object]:
        member = await self._delivery.call(
            "getChatMember", self._places.workspace, {"user_id": int(person)}
        )
        if not isinstance(member, dict):
            raise Permanent("no_member", "getChatMember answered without a member")
        return member
