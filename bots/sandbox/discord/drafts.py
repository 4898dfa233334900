"""From a request body to a message: content, components, files and flags checked together."""

from dataclasses import dataclass
from datetime import timedelta
from mimetypes import guess_type
from typing import TypeVar

from bots.sandbox.discord.acts import Draft
from bots.sandbox.discord.components import check_message, flat, numbered
from bots.sandbox.discord.refusals import FormErrors, Refused
from bots.sandbox.discord.state import COMPONENTS_V2, EPHEMERAL, Channel, Json, Message, State

SUPPRESS_EMBEDS, SUPPRESS_NOTIFICATIONS = 1 << 2, 1 << 12
SENDABLE = SUPPRESS_EMBEDS | SUPPRESS_NOTIFICATIONS | COMPONENTS_V2
_T = TypeVar("_T")
MOST_BYTES = 10 * 1024 * 1024  # docs: Reference, "Uploading Files": 10 MiB by default


@dataclass(frozen=True, slots=True)
class Upload:
    """One file of a multipart request."""

    filename: str
    content: bytes
    kind: str


class Writer:
    """Turns checked bodies into drafts; keeps uploaded files where they can be fetched."""

    def __init__(self, state: State) -> None:
        self._state = state
        self.base = ""  # http://127.0.0.1:PORT

    def draft(
        self,
        body: Json,
        files: dict[int, Upload],
        channel: Channel,
        *,
        before: Message | None = None,
        ephemeral: bool = False,
    ) -> Draft:
        """The message described by a body (on top of `before` when editing).

        Raises Refused 50035 (what is wrong, field by field) or 50006 (nothing to show).
        """
        errors = FormErrors()
        flags = self._flags(body, before, errors, ephemeral=ephemeral)
        v2 = bool(flags & COMPONENTS_V2)
        if v2:
            self._no_legacy_fields(body, errors)
        attachments = self._attachments(body, files, channel, before, errors)
        components = body.get("components")
        if components is None:
            components = before.components if before and "components" not in body else []
        names = {attachment["filename"] for attachment in attachments}
        check_message(components, errors, v2=v2, files=names)
        poll = self._poll(body, attachments, errors)
        errors.raise_any()
        draft = Draft(
            content=_kept(body, "content", before.content if before else "") or "",
            components=self._served(numbered(components), attachments),
            embeds=_kept(body, "embeds", before.embeds if before else []) or [],
            attachments=attachments,
            flags=flags,
            allowed_mentions=body.get("allowed_mentions"),
            poll=poll,
        )
        if v2 and before is not None and not before.flags & COMPONENTS_V2:
            draft.content, draft.embeds = "", []
        if not (draft.content.strip() or draft.components or draft.embeds or attachments or poll):
            raise Refused(50006)
        return draft

    def _poll(self, body: Json, attachments: list[Json], errors: FormErrors) -> Json | None:
        """What Discord makes of a poll: answers numbered from 1, and the time when it ends."""
        asked = body.get("poll")
        if not isinstance(asked, dict):
            return None
        if attachments:
            said = "A poll cannot be combined with attachments"
            errors.add(("poll",), "MESSAGE_POLL_WITH_ATTACHMENTS", said)
        answers = [{**each, "answer_id": n} for n, each in enumerate(asked["answers"], 1)]
        ends = self._state.now() + timedelta(hours=asked.get("duration") or 24)
        fixed = {"layout_type": 1, "allow_multiselect": bool(asked.get("allow_multiselect"))}
        return {**fixed, "question": asked["question"], "answers": answers, "ends": ends}

    @staticmethod
    def _flags(body: Json, before: Message | None, errors: FormErrors, *, ephemeral: bool) -> int:
        asked = body.get("flags") or 0
        sendable = SENDABLE | (EPHEMERAL if ephemeral else 0)
        if asked & ~sendable:
            said = f"Flags {asked & ~sendable} cannot be set here."
            errors.add(("flags",), "MESSAGE_FLAGS_INVALID", said)
        kept = 0 if before is None else before.flags
        return int(kept | asked)

    @staticmethod
    def _no_legacy_fields(body: Json, errors: FormErrors) -> None:
        for key in ("content", "embeds", "poll"):
            if body.get(key):
                said = f"The '{key}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2"
                code = "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2"
                errors.add((key,), code, said)

    def _attachments(
        self,
        body: Json,
        files: dict[int, Upload],
        channel: Channel,
        before: Message | None,
        errors: FormErrors,
    ) -> list[Json]:
        described = {str(a.get("id")): a for a in body.get("attachments") or []}
        kept = list(before.attachments) if before else []
        if "attachments" in body:
            kept = [a for a in kept if a["id"] in described]
        known = {a["id"] for a in kept} | {str(index) for index in files}
        for number in described.keys() - known:
            said = f"Attachment {number} is neither uploaded nor kept"
            errors.add(("attachments",), "MESSAGE_ATTACHMENT_NOT_FOUND", said)
        for index, upload in files.items():
            if len(upload.content) > MOST_BYTES:
                raise Refused(40005)
            kept.append(self._store(upload, described.get(str(index), {}), channel))
        return kept

    def keep(self, name: str, content: bytes, channel: Channel) -> Json:
        """The attachment that a file of somebody's becomes."""
        kind = guess_type(name)[0] or "application/octet-stream"
        return self._store(Upload(name, content, kind), {}, channel)

    def _store(self, upload: Upload, description: Json, channel: Channel) -> Json:
        number = self._state.snowflake()
        name = description.get("filename") or upload.filename
        self._state.files[number] = (upload.content, upload.kind)
        url = f"{self.base}/attachments/{channel.id}/{number}/{name}"
        told: Json = {
            "id": number,
            "filename": name,
            "size": len(upload.content),
            "url": url,
            "proxy_url": url,
            "content_type": upload.kind,
        }
        if description.get("description"):
            told["description"] = description["description"]
        return told

    @staticmethod
    def _served(components: list[Json], attachments: list[Json]) -> list[Json]:
        """Replace `attachment://name` by the address Discord answers with."""
        urls = {f"attachment://{a['filename']}": a["url"] for a in attachments}
        for component in flat(components):
            holders = component.get("items") or [component]
            for holder in holders:
                for key in ("media", "file"):
                    media = holder.get(key)
                    if isinstance(media, dict) and media.get("url") in urls:
                        url = urls[media["url"]]
                        holder[key] = {"url": url, "proxy_url": url, "loading_state": 2}
        return components


def _kept(body: Json, key: str, before: _T) -> _T:
    value: _T = body.get(key, before)
    return value
