"""The methods about the bot itself: who it is, its menu of commands, how it receives updates."""

import re
from urllib.parse import urlparse

from bots.sandbox.telegram import rules
from bots.sandbox.telegram.feed import Feed, Webhook
from bots.sandbox.telegram.refusals import Json
from bots.sandbox.telegram.shapes import Call, malformed
from bots.sandbox.telegram.state import State
from bots.sandbox.telegram.wire import user_json

# type -> the fields it needs; https://core.telegram.org/bots/api#botcommandscope
SCOPES = {
    "default": (),
    "all_private_chats": (),
    "all_group_chats": (),
    "all_chat_administrators": (),
    "chat": ("chat_id",),
    "chat_administrators": ("chat_id",),
    "chat_member": ("chat_id", "user_id"),
}
LIMITS = {"name": 64, "description": 512, "short_description": 120}


class Profile:
    """`reads_all` is what getMe says of privacy mode (can_read_all_group_messages)."""

    def __init__(self, state: State, feed: Feed, *, reads_all: bool) -> None:
        self.state = state
        self.feed = feed
        self.reads_all = reads_all

    def get_me(self, _call: Call) -> Json:
        """https://core.telegram.org/bots/api#getme ."""
        return user_json(self.state.bot) | {
            "can_join_groups": True,
            "can_read_all_group_messages": self.reads_all,
            "supports_inline_queries": False,
            "can_connect_to_business": False,
            "has_main_web_app": False,
        }

    # --- commands

    def set_my_commands(self, call: Call) -> bool:
        """https://core.telegram.org/bots/api#setmycommands .

        Up to 100; names of 1 to 32 lowercase letters, digits and underscores; descriptions of
        1 to 256 characters.
        """
        commands = call.values["commands"]
        if len(commands) > 100:
            raise malformed("BOT_COMMANDS_TOO_MUCH")
        for command in commands:
            if not re.fullmatch(r"[a-z0-9_]{1,32}", command["command"].removeprefix("/")):
                raise malformed("BOT_COMMAND_INVALID")
            if not command["description"].strip():
                raise malformed("command description must be non-empty")
            if len(command["description"]) > 256:
                raise malformed("BOT_COMMAND_DESCRIPTION_INVALID")
        self.state.commands[self._key(call)] = commands
        return True

    def get_my_commands(self, call: Call) -> list[Json]:
        """https://core.telegram.org/bots/api#getmycommands ."""
        return self.state.commands.get(self._key(call), [])

    def delete_my_commands(self, call: Call) -> bool:
        """https://core.telegram.org/bots/api#deletemycommands ."""
        self.state.commands.pop(self._key(call), None)
        return True

    def _key(self, call: Call) -> tuple[str, str]:
        scope = call.values.get("scope") or {"type": "default"}
        if scope["type"] not in SCOPES:
            raise malformed("can't parse BotCommandScope: Unsupported type specified")
        needs = SCOPES[scope["type"]]
        if missing := [name for name in needs if name not in scope]:
            raise malformed(f"can't parse BotCommandScope: Can't find field \"{missing[0]}\"")
        if needs:
            rules.readable(self.state, str(scope["chat_id"]))
        place = ":".join(str(scope[name]) for name in ("type", *needs))
        return place, self._language(call)

    def _language(self, call: Call) -> str:
        code = call.text("language_code")
        if code and not re.fullmatch(r"[a-z]{2}", code):
            raise malformed("invalid language code specified")
        return code

    # --- names

    def set_my_name(self, call: Call) -> bool:
        """https://core.telegram.org/bots/api#setmyname : up to 64 characters."""
        return self._set_text(call, "name")

    def get_my_name(self, call: Call) -> Json:
        """https://core.telegram.org/bots/api#getmyname ."""
        return self._get_text(call, "name", self.state.bot.name)

    def set_my_description(self, call: Call) -> bool:
        """https://core.telegram.org/bots/api#setmydescription : up to 512 characters."""
        return self._set_text(call, "description")

    def get_my_description(self, call: Call) -> Json:
        """https://core.telegram.org/bots/api#getmydescription ."""
        return self._get_text(call, "description")

    def set_my_short_description(self, call: Call) -> bool:
        """https://core.telegram.org/bots/api#setmyshortdescription : up to 120 characters."""
        return self._set_text(call, "short_description")

    def get_my_short_description(self, call: Call) -> Json:
        """https://core.telegram.org/bots/api#getmyshortdescription ."""
        return self._get_text(call, "short_description")

    def _set_text(self, call: Call, what: str) -> bool:
        text, code = call.text(what), self._language(call)
        if len(text) > LIMITS[what]:
            raise malformed(f"bot {what.replace('_', ' ')} is too long")
        self.state.texts[what, code] = text
        if what == "name" and not code and text:
            self.state.bot.name = text
        return True

    def _get_text(self, call: Call, what: str, default: str = "") -> Json:
        for code in (self._language(call), ""):
            if self.state.texts.get((what, code)):
                return {what: self.state.texts[what, code]}
        return {what: default}

    # --- updates

    async def get_updates(self, call: Call) -> list[Json]:
        """https://core.telegram.org/bots/api#getupdates ; at most 100, 50 s of waiting."""
        self._allow(call)
        limit = min(100, max(1, call.number("limit", 100)))
        return await self.feed.poll(call.number("offset"), limit, min(50, call.number("timeout")))

    def _allow(self, call: Call) -> None:
        for unknown in self.feed.allow(call.values.get("allowed_updates")):
            self.state.complain(
                f"{call.method}: unknown update type {unknown!r} in allowed_updates"
            )

    def set_webhook(self, call: Call) -> bool:
        """https://core.telegram.org/bots/api#setwebhook .

        Only loopback addresses, over HTTP or HTTPS: like a local Bot API server, which needs no
        certificate, and unlike the public one.
        """
        if not call.text("url"):
            return self.delete_webhook(call)
        url = urlparse(call.text("url"))
        if url.scheme not in {"http", "https"} or not url.hostname:
            raise malformed("bad webhook: An HTTPS URL must be provided for webhook")
        if url.hostname not in {"127.0.0.1", "localhost", "::1"}:
            raise malformed("bad webhook: Failed to resolve host: Name or service not known")
        secret = call.text("secret_token")
        if len(secret) > 256:
            raise malformed("secret token is too long")
        if not re.fullmatch(r"[A-Za-z0-9_-]*", secret):
            raise malformed("secret token contains unallowed characters")
        connections = call.number("max_connections", 40)
        if not 1 <= connections <= 100:
            raise malformed("max_connections must be between 1 and 100")
        self._allow(call)
        if call.flag("drop_pending_updates"):
            self.feed.forget()
        self.feed.set_webhook(Webhook(call.text("url"), secret, connections))
        return True

    def delete_webhook(self, call: Call) -> bool:
        """https://core.telegram.org/bots/api#deletewebhook ."""
        if call.flag("drop_pending_updates"):
            self.feed.forget()
        self.feed.set_webhook(None)
        return True

    def get_webhook_info(self, _call: Call) -> Json:
        """https://core.telegram.org/bots/api#getwebhookinfo ."""
        return self.feed.info()

    def published(self) -> set[str]:
        """The names of all commands in any menu."""
        return {
            command["command"].removeprefix("/")
            for menu in self.state.commands.values()
            for command in menu
        }
