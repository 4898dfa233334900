"""Answering what somebody asked of the bot directly, always within Discord's three seconds."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

import structlog

from bots.discord.forms import Typed, modal
from bots.discord.interactions import Asked, Completing, Outdated
from bots.discord.lanes import Lanes, keys
from bots.discord.outgoing import EPHEMERAL, Part, render
from bots.discord.rest import Rest
from core.chat.actions import OpenForm
from core.chat.adapter import Answer, Handle, Menu, Permanent
from core.chat.events import CommandInvoked, Event
from core.chat.markup import bullets, join, plain
from core.chat.messages import Button, Invalid, Message, Reply, Style
from core.engine.errors import trace

MESSAGE, THINKING, WORKING, UPDATE, SUGGEST, MODAL = 4, 5, 6, 7, 8, 9
"""Callback types: a message, «thinking», an update announced, an update, suggestions, a modal.
https://docs.discord.com/developers/interactions/receiving-and-responding"""

QUICK = 2.0
"""Seconds we wait for the core before announcing that an answer will come (Discord: 3 s)."""

TOO_LATE = {"10062", "40060"}
"""Refusals after which no other answer can be given."""

REMEMBERED = 1000
"""Interactions kept in mind, so that one replayed when the gateway resumes is answered once."""

_WEBHOOK = "/webhooks/{webhook_id}/{webhook_token}"
_ORIGINAL = "/webhooks/{webhook_id}/{webhook_token}/messages/@original"
_log = structlog.get_logger(__name__)


def _guarded(
    handle: Handle, event: Event, failure: Callable[[], Answer]
) -> Callable[[], Awaitable[Answer]]:
    """Work that hands an event to the core and answers `failure()` if the core breaks its word."""

    async def work() -> Answer:
        try:
            return await handle(event)
        except Exception as error:  # noqa: BLE001  the boundary: the person must be answered whatever broke
            _broken("discord.handle.failed", error, delivery_id=event.delivery_id)
            return failure()

    return work


def _broken(what: str, error: Exception, **about: object) -> None:
    """Log a failure by its kind and place; its message may quote what somebody wrote."""
    _log.error(what, trace=trace(error), **about)


class Responder:
    """Answers interactions; keeps what was last typed in refused forms, and whom it answered."""

    def __init__(self, rest: Rest, menu: Menu, lanes: Lanes, *, quick: float = QUICK) -> None:
        self._rest = rest
        self._menu = menu
        self._lanes = lanes
        self._quick = quick
        self._typed = Typed()
        self._met: deque[str] = deque(maxlen=REMEMBERED)

    async def answer(self, asked: Asked, handle: Handle) -> None:
        """Give `asked` its answer, once. Failures are logged: there is nobody else to tell."""
        if asked.id in self._met:
            _log.info("discord.interaction.replayed", id=asked.id)
            return
        self._met.append(asked.id)
        try:
            await self._answer(asked, handle)
        except Permanent as error:
            _log.warning("discord.answer.refused", id=asked.id, code=error.code)
        except Exception as error:  # noqa: BLE001  the boundary: a task nobody awaits must not die silently
            _broken("discord.answer.failed", error, id=asked.id)

    async def _answer(self, asked: Asked, handle: Handle) -> None:
        wants = asked.wants
        if isinstance(wants, Completing):
            await self._complete(asked, wants)
        elif isinstance(wants, OpenForm):
            await self._open(asked, wants)
        elif isinstance(wants, Outdated):
            await self._direct(asked, self._say(asked, "error.outdated"))
        elif isinstance(wants, CommandInvoked) and wants.path not in self._paths():
            await self._direct(asked, self._say(asked, "error.unknown_command", command=wants.path))
        else:
            await self._handled(asked, wants, handle)

    def _paths(self) -> set[str]:
        return {command.path for command in self._menu.commands(self._menu.languages[0])}

    async def _handled(self, asked: Asked, event: Event, handle: Handle) -> None:
        def failure() -> Answer:
            return self._say(asked, "error.unexpected", reference=asked.id)

        task = self._lanes.put(keys(event), _guarded(handle, event, failure))
        done, _ = await asyncio.wait({task}, timeout=self._quick)
        if done:
            await self._direct(asked, self._shown(asked, event, task.result()))
            return
        await self._announce(asked)
        answer = await task
        await self._later(asked, self._shown(asked, event, answer))

    async def _complete(self, asked: Asked, wants: Completing) -> None:
        try:
            async with asyncio.timeout(self._quick):
                found = await self._menu.complete(wants.event, wants.option, wants.typed)
        except Exception as error:  # noqa: BLE001  no suggestion is better than a broken field
            about = {"path": wants.event.path, "option": wants.option}
            _broken("discord.complete.failed", error, **about)
            found = ()
        choices = [{"name": c.label[:100], "value": c.value[:100]} for c in found[:25]]
        await self._rest.respond(asked.id, asked.token, SUGGEST, {"choices": choices})

    async def _open(self, asked: Asked, opened: OpenForm) -> None:
        try:
            form = self._menu.form(opened.form, self._language(asked))
            native = modal(form, opened, self._typed.of(asked.account.user, opened))
        except KeyError:
            await self._direct(asked, self._say(asked, "error.outdated"))
            return
        except ValueError as error:
            _broken("discord.form.impossible", error, form=opened.form)
            await self._direct(asked, self._say(asked, "error.unexpected", reference=asked.id))
            return
        await self._rest.respond(asked.id, asked.token, MODAL, native)

    def _shown(self, asked: Asked, event: Event, answer: Answer) -> Reply | None:
        """The answer as a reply; a refused form is explained and can be opened again."""
        opened = asked.opened
        if opened is None or not isinstance(answer, Invalid):
            if opened is not None:
                self._typed.forget(asked.account.user, opened)
            return None if isinstance(answer, Invalid) else answer
        typed = getattr(event, "answers", {})
        self._typed.keep(asked.account.user, opened, typed)
        return self._explained(asked, opened, answer)

    def _explained(self, asked: Asked, opened: OpenForm, invalid: Invalid) -> Reply:
        language = self._language(asked)
        try:
            labels = {f.name: f.label for f in self._menu.form(opened.form, language).fields}
        except KeyError:
            return self._say(asked, "error.outdated")
        wrong = [
            plain(f"{labels.get(field, field)} : {what}") for field, what in invalid.errors.items()
        ]
        title = plain(self._menu.say("adapter_discord.invalid", language))
        again = Button(
            self._menu.say("adapter_discord.correct", language), opened, style=Style.PRIMARY
        )
        return Reply(Message(join([title, bullets(wrong)]), buttons=(again,)))

    async def _direct(self, asked: Asked, reply: Reply | None) -> None:
        """Answer at once, with the interaction's first response."""
        if reply is None:
            await self._silently(asked)
            return
        first, *more = self._parts(asked, reply)
        if reply.edits and asked.on is not None:
            try:
                await self._rest.respond(asked.id, asked.token, UPDATE, first.replacing())
            except Permanent as error:
                if error.code in TOO_LATE:
                    raise
                await self._rest.respond(asked.id, asked.token, MESSAGE, first.ephemeral())
        else:
            await self._rest.respond(asked.id, asked.token, MESSAGE, self._seen(first, reply))
        await self._follow(asked, reply, more)

    async def _silently(self, asked: Asked) -> None:
        await self._announce(asked)
        if asked.on is None:
            await self._rest.delete(_ORIGINAL, **self._hook(asked))

    async def _announce(self, asked: Asked) -> None:
        """Acknowledge: an update of the button's message, else «thinking» for that person."""
        if asked.on is not None:
            await self._rest.respond(asked.id, asked.token, WORKING, {})
        else:
            await self._rest.respond(asked.id, asked.token, THINKING, {"flags": EPHEMERAL})

    async def _later(self, asked: Asked, reply: Reply | None) -> None:
        """Answer after `_announce`."""
        hook = self._hook(asked)
        if reply is None:
            if asked.on is None:
                await self._rest.delete(_ORIGINAL, **hook)
            return
        first, *more = self._parts(asked, reply)
        if asked.on is not None:
            if reply.edits:
                await self._rest.patch_part(_ORIGINAL, first, **hook)
            else:
                more.insert(0, first)
            await self._follow(asked, reply, more)
            return
        await self._rest.patch_part(_ORIGINAL, first, **hook)
        if reply.private or reply.edits:
            await self._follow(asked, reply, more)
            return
        # «Thinking» was private and stays so: what is for all follows it, then it goes. It has
        # to be filled first, since a follow-up to a bare announcement becomes the announcement.
        await self._follow(asked, reply, [first, *more])
        await self._rest.delete(_ORIGINAL, **hook)

    async def _follow(self, asked: Asked, reply: Reply, parts: list[Part]) -> None:
        for part in parts:
            await self._rest.post_part(_WEBHOOK, self._seen(part, reply), **self._hook(asked))

    def _parts(self, asked: Asked, reply: Reply) -> list[Part]:
        return list(render(reply.message, asked.account.home))

    def _seen(self, part: Part, reply: Reply) -> Part:
        return part.ephemeral() if reply.private or reply.edits else part

    def _hook(self, asked: Asked) -> dict[str, str]:
        return {"webhook_id": asked.application, "webhook_token": asked.token}

    def _language(self, asked: Asked) -> str:
        return self._menu.language(asked.locale, asked.account)

    def _say(self, asked: Asked, key: str, **values: object) -> Reply:
        return Reply(Message(plain(self._menu.say(key, self._language(asked), **values))))
