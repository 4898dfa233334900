"""Shows an answer where the person acted: privately, publicly, or in place of the button."""

from typing import Any

import structlog

from bots.slack.channels import Channels
from bots.slack.delivery import post
from bots.slack.outgoing import home, render, sharing, whole
from bots.slack.scene import Scene
from bots.slack.web import SlackWeb, asked
from core.chat.adapter import DeliveryError
from core.chat.messages import Message, Reply

Json = dict[str, Any]

log = structlog.get_logger(__name__)


class Answers:
    """Every way Slack has to answer an act, the best first and the next when it fails."""

    def __init__(self, web: SlackWeb, channels: Channels, workspace: str) -> None:
        self._web = web
        self._channels = channels
        self._workspace = workspace

    async def show(self, reply: Reply, scene: Scene) -> None:
        """Show `reply` to whom it is for. Raises DeliveryError when no way is left."""
        message = reply.message
        image = await self._image(message)
        if scene.home and (reply.edits or scene.opened):
            await self._publish(message, image, scene)
        elif reply.edits and await self._replaced(message, image, scene):
            return
        elif reply.private or reply.edits:
            await self._whisper(message, image, scene)
        else:
            await self._say(message, image, scene)

    async def private(self, message: Message, scene: Scene) -> None:
        """Say something of ours to the person alone. Raises DeliveryError."""
        await self._whisper(message, await self._image(message), scene)

    async def _image(self, message: Message) -> str | None:
        """The uploaded image; without it the answer still goes out, with its words."""
        if message.image is None:
            return None
        try:
            return await self._web.upload(message.image)
        except DeliveryError as error:
            log.warning("slack.image_refused", reason=str(error))
            return None

    async def _publish(self, message: Message, image: str | None, scene: Scene) -> None:
        view = home(message, self._workspace, image)
        await asked(self._web.client.views_publish(user_id=scene.user, view=view))

    async def _replaced(self, message: Message, image: str | None, scene: Scene) -> bool:
        """Replace the message whose button was pressed; False when that cannot be done."""
        part = whole(message, self._workspace, image)
        if scene.message is None or scene.channel is None:
            return False
        if scene.response_url and await self._responded(scene, {**part, "replace_original": True}):
            return True
        if scene.ephemeral:
            return False
        update = self._web.client.chat_update
        try:
            await asked(update(channel=scene.channel, ts=scene.message, **part))
        except DeliveryError as error:
            log.info("slack.not_replaced", reason=str(error))
            return False
        return True

    async def _responded(self, scene: Scene, payload: Json) -> bool:
        """Answer through the response URL; False when it does not lead anywhere any more."""
        try:
            await self._web.respond(scene.response_url or "", payload)
        except DeliveryError as error:
            log.info("slack.response_url_refused", reason=str(error))
            return False
        return True

    async def _whisper(self, message: Message, image: str | None, scene: Scene) -> None:
        for part in render(message, self._workspace, image):
            if not await self._whispered(part, scene):
                await self._write(part, scene)
        if message.files:  # what one person alone sees in a channel holds none
            await self._share(message, scene.channel if scene.private else None, scene)

    async def _share(self, message: Message, channel: str | None, scene: Scene) -> None:
        """Put the files in a conversation, else in the one with the person."""
        place = channel or await self._channels.direct(scene.user, ahead=True)
        thread = (scene.under or scene.thread) if channel else None
        for file in message.files:
            async with self._web.speaking(place, ahead=True):
                await self._web.share(file, place, thread, sharing(file.name))

    async def _whispered(self, part: Json, scene: Scene) -> bool:
        """Show one part to the person alone, where they are; False when only a DM is left."""
        if scene.private or scene.channel is None:
            return False
        ephemeral = {**part, "response_type": "ephemeral", "replace_original": False}
        if scene.response_url and not scene.thread and await self._responded(scene, ephemeral):
            return True
        call = self._web.client.chat_postEphemeral
        try:
            await asked(
                call(channel=scene.channel, user=scene.user, thread_ts=scene.thread, **part)
            )
        except DeliveryError as error:
            log.info("slack.not_shown_in_channel", reason=str(error))
            return False
        return True

    async def _write(self, part: Json, scene: Scene) -> None:
        """Post one part in the conversation with the person."""
        inside = scene.private and scene.channel
        channel = scene.channel if inside else await self._channels.direct(scene.user, ahead=True)
        sent = {**part, "channel": channel, "thread_ts": scene.thread if inside else None}
        await self._post(sent)

    async def _say(self, message: Message, image: str | None, scene: Scene) -> None:
        for part in render(message, self._workspace, image):
            public = {**part, "response_type": "in_channel", "replace_original": False}
            if scene.command and scene.response_url and await self._responded(scene, public):
                continue
            if scene.channel is None:
                await self._write(part, scene)
            else:
                thread = scene.under or scene.thread
                await self._post({**part, "channel": scene.channel, "thread_ts": thread})
        await self._share(message, scene.channel, scene)

    async def _post(self, sent: Json) -> None:
        has_image = any(block["type"] == "image" for block in sent["blocks"])
        async with self._web.speaking(sent["channel"], ahead=True):
            await self._web.when_ready(lambda: post(self._web.client, sent), image=has_image)
