"""What an interaction carries (trigger, response_url) and what the app's answer does."""

import asyncio
from collections.abc import Callable

from aiohttp import web

from . import forms, payloads, shapes
from .calls import Refused, invalid, json_body
from .delivery import Delivery, Parcel
from .kit import names
from .methods_views import STACK_MAX, checked_view, placed, replace
from .signed import WINDOW
from .state import BOT_USER, Conversation, Json, ResponseHook, Trigger, View
from .workspace import Workspace

RESPONSE_USES = 5  # https://docs.slack.dev/interactivity/handling-user-interaction: 5 in 30 minutes
_RESPONSE_KEYS = names(
    "text blocks attachments response_type replace_original delete_original thread_ts "
    "mrkdwn unfurl_links unfurl_media metadata parse link_names"
)
Outcome = Callable[[bool], None]


class Interactions:
    """Sends what people do with the app, and honours its answers."""

    def __init__(self, ws: Workspace, delivery: Delivery, response_seconds: float) -> None:
        self.ws = ws
        self.delivery = delivery
        self.response_seconds = response_seconds

    def trigger(self, user_id: str, view: str | None = None) -> str:
        """A fresh trigger_id: three seconds, once."""
        ident = self.ws.fresh("trigger.")
        until = asyncio.get_running_loop().time() + WINDOW
        self.ws.triggers[ident] = Trigger(user_id, until, view)
        return ident

    def response_url(
        self, user_id: str, channel: Conversation, original: str | None, thread: str | None = None
    ) -> str:
        """A fresh response_url for this interaction."""
        ident = self.ws.fresh("hook")
        until = asyncio.get_running_loop().time() + self.response_seconds
        self.ws.hooks[ident] = ResponseHook(user_id, channel.id, original, until, thread)
        return f"{self.ws.address}/response/{ident}"

    def command(self, fields: Json, channel: Conversation, done: Outcome) -> None:
        """Send a slash command."""
        user_id = fields["user_id"]
        hook = self.response_url(user_id, channel, None)
        fields |= {"response_url": hook, "trigger_id": self.trigger(user_id)}

        def answer(said: Json) -> None:
            done(True)  # noqa: FBT003  the one thing told
            if not said:
                return
            try:
                self._say(self.ws.hooks[hook.rpartition("/")[2]], said, "slash command answer")
            except Refused as refusal:
                self.ws.complain(refusal.wrong or f"slash command answer: {refusal.error}")
                silence("invalid_command_response")

        def silence(reason: str) -> None:
            done(False)  # noqa: FBT003  the one thing told
            words = f"{fields['command']} a échoué avec l’erreur « {reason} »"
            self.ws.notice(user_id, channel, words)

        self.delivery.submit(Parcel("slash_commands", fields, answer, silence))

    def press(self, shape: Json, user_id: str, where: Conversation, done: Outcome) -> None:
        """Send block_actions."""

        def answer(said: Json) -> None:
            done(True)  # noqa: FBT003  the one thing told
            if said:
                self.ws.complain("block_actions: an acknowledgement takes no payload")

        def silence(reason: str) -> None:
            done(False)  # noqa: FBT003  the one thing told
            self.ws.notice(user_id, where, f"Échec de l’interaction ({reason})")

        self.delivery.submit(Parcel("interactive", shape, answer, silence))

    def submission(self, view: View, where: Conversation, done: Outcome) -> None:
        """Send view_submission; the answer closes, changes or keeps the modal."""
        user = self.ws.users[view.user]
        shape = payloads.interaction("view_submission", user) | {
            "trigger_id": self.trigger(user.id, view.id),
            "view": payloads.view_object(view),
            "response_urls": [],
        }

        def answer(said: Json) -> None:
            try:
                self._submitted(view, said)
            except Refused as refusal:
                self.ws.complain(refusal.wrong or f"view_submission: {refusal.error}")
                self._trouble(view, where)
                done(False)  # noqa: FBT003  the one thing told
            else:
                done(True)  # noqa: FBT003  the one thing told

        def silence(_reason: str) -> None:
            done(False)  # noqa: FBT003  the one thing told
            self._trouble(view, where)

        self.delivery.submit(Parcel("interactive", shape, answer, silence))

    def _trouble(self, view: View, where: Conversation) -> None:
        view.errors = {"": "Nous avons eu quelques problèmes de connexion. Réessayer ?"}
        self.ws.notice(view.user, where, "Échec de l’interaction : le formulaire n’est pas parti")

    def closed(self, view: View) -> None:
        """Send view_closed to an app that asked for it."""
        if view.payload.get("notify_on_close"):
            shape = payloads.interaction("view_closed", self.ws.users[view.user])
            shape |= {"view": payloads.view_object(view), "is_cleared": False}
            self.delivery.submit(
                Parcel("interactive", shape, lambda _said: None, lambda _reason: None)
            )

    def _submitted(self, view: View, said: Json) -> None:
        """Honour a `response_action` (https://docs.slack.dev/surfaces/modals/#updating_response)."""
        stack = self.ws.stacks.get(view.user, [])
        action = said.get("response_action")
        if view not in stack:
            return
        if not said:
            stack.remove(view)
        elif action == "clear":
            stack.clear()
        elif action == "errors":
            self._errors(view, said.get("errors"))
        elif action in ("update", "push"):
            payload = checked_view(self.ws, said.get("view"), "modal", "view_submission")
            if action == "update":
                replace(self.ws, view, payload)
            elif len(stack) >= STACK_MAX:
                raise Refused("push_limit_reached")
            else:
                stack.append(placed(self.ws, view.user, payload, view))
        else:
            raise Refused("invalid_arguments", wrong=f"view_submission: answered {said}")
        self.ws.world.touch()

    def _errors(self, view: View, errors: object) -> None:
        labels = {entry.block_id: entry.label for entry in forms.entries(view)}
        if not isinstance(errors, dict) or not errors or not errors.keys() <= labels.keys():
            wrong = f"view_submission: errors name no input block: {errors}"
            raise Refused("invalid_arguments", wrong=wrong)
        view.errors = {labels[block]: str(what) for block, what in errors.items()}

    # response_url

    async def respond(self, request: web.Request) -> web.Response:
        """A POST to a response_url."""
        try:
            hook = self._hook(request.match_info["hook"])
            self._say(hook, await json_body(request, "response_url"), "response_url")
        except Refused as refusal:
            if refusal.wrong:
                self.ws.complain(refusal.wrong)
            status = 404 if refusal.error.endswith("_url") else 400
            return web.json_response({"ok": False, "error": refusal.error}, status=status)
        return web.json_response({"ok": True})

    def _hook(self, ident: str) -> ResponseHook:
        """The live hook of that address, one use further."""
        hook = self.ws.hooks.get(ident)
        if hook is None:
            raise Refused("invalid_url", wrong="response_url: never given")
        if asyncio.get_running_loop().time() > hook.until:
            raise Refused("expired_url")
        if hook.uses >= RESPONSE_USES:
            raise Refused("used_url")
        hook.uses += 1
        return hook

    def _say(self, hook: ResponseHook, said: Json, where: str) -> None:
        """A message given as an answer: new, in place of the original, or removing it."""
        said = {name: value for name, value in said.items() if value is not None}
        if unknown := said.keys() - _RESPONSE_KEYS:
            raise Refused("invalid_arguments", wrong=f"{where}: unknown {sorted(unknown)}")
        original = self.ws.posts.get(hook.original or "")
        if said.get("delete_original"):
            if original:
                self.ws.delete(original)
            return
        if said.get("response_type", "ephemeral") not in ("ephemeral", "in_channel"):
            raise Refused("invalid_arguments", wrong=f"{where}: response_type")
        blocks = said.get("blocks") or []
        known = self.ws.files
        faults = shapes.check_blocks(blocks, lambda ident: ident in known and known[ident].complete)
        if faults:
            raise invalid("invalid_blocks", faults, where)
        text = str(said.get("text", ""))
        if not text and not blocks:
            raise Refused("no_text", wrong=f"{where}: neither text nor blocks")
        blocks = shapes.completed(blocks, lambda: self.ws.fresh("b"))
        if said.get("replace_original") and original and not original.deleted:
            self.ws.edit(original, text=text, blocks=blocks)
            return
        self.ws.post(
            self.ws.channels[hook.channel],
            BOT_USER,
            text,
            blocks=blocks,
            by_app=True,
            thread_ts=said.get("thread_ts") or hook.thread_ts,
            ephemeral_to=None if said.get("response_type") == "in_channel" else hook.user,
        )
