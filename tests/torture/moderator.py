"""The moderator who is asked, on Telegram, whether a message arrived: they look, and settle it.

Of a message whose answer was lost we do not know the id, so that it can be followed no more: where
the moderator may erase it, they do, and have it sent again; in private they say that it arrived.
"""

import re
from dataclasses import dataclass, field

from bots.sandbox.people import CannotDo, Seen
from bots.sandbox.telegram.screen import channel_name, seen
from bots.sandbox.telegram.state import Post
from core.chat.identity import Platform
from tests.torture.place import Place
from tests.torture.screens import Words

NAME = "Nadia"
_ADDRESS = re.compile(r"\]\([^)]*\)")
_WORD = re.compile(r"\w{4,}")
ENOUGH = 6
"""Words by which a message is recognised on the screen."""


@dataclass(slots=True)
class Moderator:
    """Somebody who settles every doubt at once."""

    place: Place
    words: Words
    settled: dict[str, int] = field(default_factory=dict)

    async def looks(self) -> bool:
        """Answer whatever is asked; says whether there was something."""
        telegram = self.place.towns.telegram
        asked = [
            (post, button["callback_data"].partition(":")[2])
            for chat in telegram.state.chats.values()
            for post in chat.posts.values()
            for button in (b for row in post.keyboard for b in row)
            if button.get("callback_data", "").startswith("watch.resend:")
        ]
        for post, row in asked:
            if self.settled.get(f"{post.id}", 0) < 3:
                self.settled[f"{post.id}"] = self.settled.get(f"{post.id}", 0) + 1
                await self._settles(post, row)
                return True
        return False

    async def _settles(self, post: Post, row: str) -> None:
        shown = self._stands(row)
        arrived = shown is not None and not self._erases(shown)
        self.place.counts["doubts: arrived" if arrived else "doubts: sent again"] += 1
        label = self.words.label("watch.arrived" if arrived else "watch.resend")
        try:
            person = self.place.towns.person(NAME, Platform.TELEGRAM)
            await person.presses(label, on=seen(post, self.place.towns.telegram.state))
        except CannotDo:
            self.place.counts["doubts: could not"] += 1

    def _stands(self, row: str) -> Seen | None:
        """The message with words of that one that is on the screen since it was begun."""
        begun = self.place.begun.get(row)
        if begun is None:
            return None
        platform, text, since = begun
        words = _WORD.findall(_ADDRESS.sub("", text))[:ENOUGH]
        shown = self.place.towns.all[Platform(platform)].transcript()[since:]
        return next((one for one in shown if all(word in one.text for word in words)), None)

    def _erases(self, shown: Seen) -> bool:
        """Take it off the screen, in a group, as its owner may."""
        for chat in self.place.towns.telegram.state.chats.values():
            for post in chat.posts.values():
                is_it = (str(post.id), channel_name(post)) == (shown.id, shown.channel)
                if chat.kind != "private" and shown.private_to is None and is_it:
                    del chat.posts[post.id]
                    return True
        return False
