"""What an operator must mend before the bot can work: everything at once."""

import re
from collections.abc import AsyncIterator, Iterator

from bots.telegram.api import JSON, Api
from bots.telegram.botfather import RIGHTS
from bots.telegram.errors import Moved
from bots.telegram.places import Setting, setting
from bots.telegram.settings import TelegramSettings
from core.chat.adapter import DeliveryError, Permanent, Problem, Transient

ADMINISTRATORS = "in the group: Manage group > Administrators > the bot"
FIND_TOPIC = (
    "write chat_id/topic_id: copy the link of a message in the topic, the topic id is the number "
    "before the last (https://t.me/c/1234567890/<topic_id>/<message>)"
)
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}\Z")


async def diagnose(settings: TelegramSettings) -> list[Problem]:
    """Ask Telegram all that can be asked; nothing is shown in the group but «typing»."""
    problems = list(_written(settings))
    if not settings.token:
        return [_token(), *problems]
    api = Api(settings)
    await api.open()
    try:
        me = await api.call("getMe")
    except Permanent:
        return [_token(), *problems]
    except Transient as error:
        return [
            Problem(
                "Telegram",
                f"the server at AMICALE_TELEGRAM_API_URL does not answer ({error})",
                "check the address and the network, then run the check again",
                fatal=False,
            ),
            *problems,
        ]
    else:
        return [*problems, *await _Doctor(api, settings, me).examine()]
    finally:
        await api.close()


def _token() -> Problem:
    return Problem(
        "AMICALE_TELEGRAM_TOKEN",
        "the token is missing, or Telegram refuses it",
        "copy it from @BotFather: /mybots > the bot > API Token",
    )


def _written(settings: TelegramSettings) -> Iterator[Problem]:
    """What is wrong before anything is asked."""
    if not re.fullmatch(r"-\d+", settings.workspace):
        yield Problem(
            "telegram workspace",
            f"{settings.workspace!r} is no group's chat id",
            "write the group's id, a number that begins with -100",
        )
    if settings.webhook_url and not settings.webhook_url.startswith("https://"):
        yield Problem(
            "telegram webhook",
            "Telegram calls https addresses only",
            "give a public https address, on port 443, 80, 88 or 8443",
            fatal=settings.api_url.startswith("https://"),
        )
    if settings.webhook_secret and not _SECRET.match(settings.webhook_secret):
        yield Problem(
            "telegram webhook",
            "the secret has characters Telegram refuses",
            "use 1 to 256 letters, digits, _ and -, or leave it empty",
        )


class _Doctor:
    def __init__(self, api: Api, settings: TelegramSettings, me: JSON) -> None:
        self._api = api
        self._settings = settings
        self._me = me

    async def examine(self) -> list[Problem]:
        if not re.fullmatch(r"-\d+", self._settings.workspace):
            return []
        try:
            chat = await self._api.call("getChat", {"chat_id": int(self._settings.workspace)})
        except Moved as refusal:
            return [
                Problem(
                    "telegram workspace",
                    "the group became a supergroup and has a new id",
                    f"write {refusal.to} instead of {self._settings.workspace}",
                    fatal=False,
                )
            ]
        except DeliveryError as error:
            return [
                Problem(
                    "telegram workspace",
                    f"group {self._settings.workspace} is unknown to the bot ({error})",
                    "add the bot to the group, and check the id",
                )
            ]
        member = await self._member(self._settings.workspace)
        return [
            *self._standing(chat, member),
            *[problem async for problem in self._channels(chat)],
        ]

    async def _member(self, chat: str) -> JSON:
        data = {"chat_id": int(chat), "user_id": self._me["id"]}
        try:
            member: JSON = await self._api.call("getChatMember", data)
        except DeliveryError:
            return {"status": "left"}
        return member

    def _standing(self, chat: JSON, member: JSON) -> Iterator[Problem]:
        administers = member["status"] in {"administrator", "creator"}
        if chat["type"] != "supergroup":
            yield Problem(
                "telegram workspace",
                f"the group is a {chat['type']}: nobody can be held at the gate",
                "turn it into a supergroup: Manage group > Topics, or make its history visible",
                fatal=chat["type"] != "group",
            )
        if not administers:
            yield Problem(
                "telegram administrator",
                "the bot is not an administrator: reactions, arrivals and requests to join "
                "do not reach it, and the gate cannot be kept",
                f"{ADMINISTRATORS}, with «Add users» and «Ban users»",
            )
            if not self._me.get("can_read_all_group_messages"):
                yield Problem(
                    "telegram privacy mode",
                    "the bot reads only commands and answers to itself",
                    "in @BotFather: /setprivacy > the bot > Disable, then remove the bot from "
                    "the group and add it again; or make it an administrator",
                )
            return
        for right, (switch, reason) in RIGHTS.items():
            if member["status"] != "creator" and not member.get(right):
                yield Problem(
                    f"telegram right {right}",
                    f"missing, and needed to {reason}",
                    f"{ADMINISTRATORS} > turn on «{switch}»",
                )

    def _places(self) -> list[tuple[str, Setting]]:
        return [
            (purpose.value, setting(written, self._settings.workspace))
            for purpose, written in self._settings.channels.items()
        ]

    async def _channels(self, group: JSON) -> AsyncIterator[Problem]:
        for purpose, place in self._places():
            where = f"telegram channel {purpose}"
            if place.name:
                yield Problem(
                    where,
                    f"topic {place.name!r}: Telegram lets no bot look a topic up by its name",
                    FIND_TOPIC,
                )
                continue
            if (
                place.thread
                and place.chat == self._settings.workspace
                and not group.get("is_forum")
            ):
                yield Problem(
                    where,
                    f"topic {place.thread}: the group has no topics",
                    "turn topics on: Manage group > Topics; or leave the topic out",
                )
                continue
            problem = await self._writes(where, place)
            if problem:
                yield problem

    async def _writes(self, where: str, place: Setting) -> Problem | None:
        chat = place.chat if place.chat.startswith("@") else int(place.chat)
        shown = f"{place.chat}/{place.thread}" if place.thread else place.chat
        try:
            await self._api.call("sendChatAction", {"chat_id": chat, "action": "typing"})
            if place.thread and not await self._opened(chat, place.thread):
                return Problem(where, f"{shown}: no such topic in the group", FIND_TOPIC)
        except Permanent as refusal:
            remedy = {
                "no_right": f"{ADMINISTRATORS}: let it write",
            }.get(refusal.code, "add the bot to that group, and check the id")
            return Problem(where, f"{shown} cannot be written to: {refusal.reason}", remedy)
        except DeliveryError as error:
            return Problem(
                where, f"{shown} could not be checked ({error})", "try again", fatal=False
            )
        return None

    async def _opened(self, chat: int | str, topic: str) -> bool:
        """Whether a topic is there, without a word in it.

        A topic's id is that of the message that opened it; taking back a reaction that was never
        given changes nothing, and needs that message. `sendChatAction` says yes to any topic
        (https://github.com/tdlib/telegram-bot-api/issues/732).
        """
        data: JSON = {"chat_id": chat, "message_id": int(topic), "reaction": []}
        try:
            await self._api.call("setMessageReaction", data)
        except Permanent as refusal:
            return refusal.code != "message_not_found"
        return True
