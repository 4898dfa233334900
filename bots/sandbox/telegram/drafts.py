"""What a request wants shown, checked against the documented limits: text, files, keyboards."""

import struct
from dataclasses import dataclass, field, replace
from urllib.parse import urlparse

from bots.sandbox.telegram.entities import clean, detect, looks_like_url, parse_html, trim, units
from bots.sandbox.telegram.refusals import Json, bad
from bots.sandbox.telegram.shapes import Call, Upload, check_object, malformed
from bots.sandbox.telegram.state import Media, Poll, State
from bots.sandbox.telegram.vocabulary import ACTIONS_OF_BUTTON, MARKS
from bots.sandbox.telegram.wire import user_json

TEXT_LIMIT = 4096  # https://core.telegram.org/bots/api#sendmessage
CAPTION_LIMIT = 1024  # https://core.telegram.org/bots/api#sendphoto
DATA_LIMIT = 64  # bytes, https://core.telegram.org/bots/api#inlinekeyboardbutton
BUTTON_LIMIT = 100  # a whole keyboard
QUESTION_LIMIT, OPTION_LIMIT, OPTIONS = 300, 100, 12  # https://core.telegram.org/bots/api#sendpoll
PHOTO_BYTES, PHOTO_SIDES, PHOTO_RATIO = 10_000_000, 10_000, 20


@dataclass(frozen=True, slots=True)
class Draft:
    """Words with their marks, and perhaps a file."""

    text: str
    entities: list[Json] = field(default_factory=list)
    media: Media | None = None
    poll: Poll | None = None


class Drafts:
    """Reads drafts out of calls; lengths are counted in UTF-16 units after parsing."""

    def __init__(self, state: State) -> None:
        self.state = state

    def text(self, call: Call) -> Draft:
        """The text of a message: 1 to 4096."""
        draft = self._words(call, "text", "entities")
        if not draft.text:
            raise malformed("message text is empty")
        if units(draft.text) > TEXT_LIMIT:
            edit = call.method.startswith("edit")
            raise malformed("MESSAGE_TOO_LONG" if edit else "message is too long")
        return draft

    def caption(self, call: Call) -> Draft:
        """The words under a file: 0 to 1024."""
        draft = self._words(call, "caption", "caption_entities")
        if units(draft.text) > CAPTION_LIMIT:
            raise malformed("message caption is too long")
        return draft

    def _words(self, call: Call, name: str, marks: str) -> Draft:
        text, mode = clean(call.text(name)), call.text("parse_mode")
        if mode.lower() == "html":
            text, entities = parse_html(text)
        elif mode:
            raise malformed("unsupported parse_mode")
        else:
            entities = [self._mark(e, units(text)) for e in call.values.get(marks) or []]
        text, entities = trim(text, [self._named(e) for e in entities])
        return Draft(text, detect(text, entities))

    def _mark(self, entity: Json, size: int) -> Json:
        if entity["type"] not in MARKS:
            raise malformed("can't parse MessageEntity: unsupported type specified")
        if entity["offset"] < 0 or entity["length"] <= 0:
            raise malformed("can't parse MessageEntity: wrong offset or length")
        if entity["offset"] + entity["length"] > size:
            raise malformed("entity beyond the end of the text")
        if entity["type"] == "text_mention":
            return entity | {"user_id": int((entity.get("user") or {}).get("id", 0))}
        return entity

    def _named(self, entity: Json) -> Json:
        if "user_id" not in entity:
            return entity
        user = self.state.users.get(entity["user_id"])
        kept = {key: value for key, value in entity.items() if key != "user_id"}
        return kept | ({"user": user_json(user)} if user else {"type": "bold"})

    # --- polls

    def poll(self, call: Call) -> Poll:
        """https://core.telegram.org/bots/api#sendpoll : quizzes are not part of this stand-in."""
        options = tuple(clean(option["text"]).strip() for option in call.values["options"])
        question = clean(call.text("question")).strip()
        if not 1 <= units(question) <= QUESTION_LIMIT:
            raise malformed("poll question length must be 1-300")
        if not 1 <= len(options) <= OPTIONS:
            raise malformed("poll must have 1-12 options")
        if not all(1 <= units(option) <= OPTION_LIMIT for option in options):
            raise malformed("poll options length must be 1-100")
        if call.text("type") not in {"", "regular"}:
            raise malformed("only regular polls are answered here")
        number = str(5_100_000_000_000_000_000 + self.state.next_order())
        anonymous = call.flag("is_anonymous") if "is_anonymous" in call.values else True
        several, revoting = call.flag("allows_multiple_answers"), call.flag("allows_revoting")
        return Poll(number, question, options, anonymous, several, revoting)

    # --- keyboards

    def keyboard(self, call: Call) -> list[list[Json]]:
        """The rows of an inline keyboard, or none."""
        markup = call.values.get("reply_markup") or {}
        rows = markup.get("inline_keyboard", [])
        if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
            raise malformed("can't parse inline keyboard: expected an Array of Arrays")
        read = [[self._button(button) for button in row] for row in rows if row]
        if sum(map(len, read)) > BUTTON_LIMIT:
            raise malformed("reply markup is too long")
        return read

    def _button(self, given: object) -> Json:
        button = check_object("InlineKeyboardButton", given)
        does = [key for key in button if key in ACTIONS_OF_BUTTON and button[key] != ""]
        if not str(button["text"]).strip():
            raise malformed('can\'t parse inline keyboard button: Field "text" must be non-empty')
        if not does:
            raise malformed(
                "can't parse inline keyboard button: "
                "Text buttons are unallowed in the inline keyboard"
            )
        if len(does) > 1:
            raise malformed(f"a button does exactly one thing, not {sorted(does)}")
        if len(button.get("callback_data", "").encode()) > DATA_LIMIT:
            raise malformed("BUTTON_DATA_INVALID")
        url = button.get("url", "")
        if url and not looks_like_url(url):
            raise malformed(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")
        return button

    # --- files

    def photo(self, call: Call) -> Media:
        """https://core.telegram.org/bots/api#sendphoto : 10 MB, sides 10000 in sum, ratio 20."""
        known, upload = self._file(call, "photo")
        if known is not None:
            return known
        width, height = picture_size(upload.content)
        if not width or not height:
            raise malformed("IMAGE_PROCESS_FAILED")
        sides = sorted((width, height))
        if sum(sides) > PHOTO_SIDES or sides[1] > PHOTO_RATIO * sides[0]:
            raise malformed("PHOTO_INVALID_DIMENSIONS")
        if len(upload.content) > PHOTO_BYTES:
            raise malformed("file is too big")
        return self.keep("photo", upload, width, height)

    def document(self, call: Call) -> Media:
        """https://core.telegram.org/bots/api#senddocument ."""
        known, upload = self._file(call, "document")
        return known or self.keep("document", upload)

    def media(self, call: Call) -> Draft:
        """https://core.telegram.org/bots/api#inputmedia : a photo or a document, with caption."""
        asked = call.values["media"]
        kind = asked["type"]
        if kind not in {"photo", "document"}:
            raise malformed(f'can\'t parse InputMedia: type "{kind}" is unsupported')
        inner = Call(call.method, asked | {kind: asked["media"]}, call.files)
        media = self.photo(inner) if kind == "photo" else self.document(inner)
        return replace(self.caption(inner), media=media)

    def _file(self, call: Call, name: str) -> tuple[Media | None, Upload]:
        upload = call.upload(name)
        if upload is not None:
            if not upload.content:
                raise malformed("file must be non-empty")
            return None, upload
        given = call.text(name)
        known = self.state.files.get(given)
        if known is not None:
            return known, Upload("", "", b"")
        if urlparse(given).scheme in {"http", "https"}:
            raise bad("failed to get HTTP URL content")  # nothing is fetched from loopback
        raise malformed("wrong file identifier/HTTP URL specified")

    def keep(self, kind: str, upload: Upload, width: int = 0, height: int = 0) -> Media:
        """Store a file that was sent."""
        file_id = f"AgACAgQAAxkB{kind[0].upper()}{len(self.state.files) + 1:012d}"
        media = Media(kind, file_id, upload.name, upload.mime, upload.content, width, height)
        self.state.files[file_id] = media
        return media


def picture_size(content: bytes) -> tuple[int, int]:
    """Width and height in pixels of a PNG or JPEG, (0, 0) for anything else."""
    if content.startswith(b"\x89PNG\r\n\x1a\n") and len(content) >= 24:
        width, height = struct.unpack(">II", content[16:24])
        return width, height
    at = 2 if content.startswith(b"\xff\xd8") else len(content)
    while at + 9 < len(content):
        marker, size = content[at + 1], int.from_bytes(content[at + 2 : at + 4])
        if 0xC0 <= marker <= 0xCF and marker not in {0xC4, 0xC8, 0xCC}:
            height, width = struct.unpack(">HH", content[at + 5 : at + 9])
            return width, height
        at += 2 + size
    return 0, 0
