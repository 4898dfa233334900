"""In which language and on which clock somebody reads of an event."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from core.attention import choices
from core.chat.actions import Action, Link, OpenForm
from core.chat.messages import Button, Style, Text
from core.engine.scene import Dialogue, Scene, Speaker
from core.engine.texts import Texts


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: one person, or everybody in a channel."""

    texts: Texts
    language: str
    zone: ZoneInfo
    now: datetime

    def say(self, key: str, *, count: int | None = None, **values: object) -> Text:
        """A text in their language."""
        return self.texts.say(key, self.language, count=count, **values)

    def label(self, key: str, *, count: int | None = None, **values: object) -> str:
        """A plain text in their language."""
        return self.texts.label(key, self.language, count=count, **values)

    def button(
        self, key: str, does: Action | OpenForm | Link, style: Style = Style.SECONDARY
    ) -> Button:
        """A button in their language."""
        return Button(self.label(key), does, style)

    def day(self, moment: datetime) -> str:
        """That day on their clock, with its year when it is another one."""
        local = moment.astimezone(self.zone)
        if local.year == self.now.astimezone(self.zone).year:
            return self.label("gatherings.day", day=local.date())
        return self.label("gatherings.day_year", day=local.date(), year=local.year)

    def moment(self, at: datetime) -> str:
        """A day and an hour on their clock."""
        return self.label("gatherings.at", day=self.day(at), hour=at.astimezone(self.zone).time())

    def when(self, starts: datetime, ends: datetime) -> str:
        """From when to when on their clock, and which clock that is."""
        return self.label(
            "gatherings.when",
            day=self.day(starts),
            start=starts.astimezone(self.zone).time(),
            end=ends.astimezone(self.zone).time(),
            city=self.zone.key.rpartition("/")[2].replace("_", " "),
        )


def everybody(scene: Scene) -> Reader:
    """Who reads in the channels: the community's language and clock."""
    return Reader(scene.texts, scene.community.language, scene.zone, scene.now)


async def reading(dialogue: Dialogue) -> Reader:
    """Who acts, as a reader."""
    known = await choices.zones([dialogue.who.member])
    return reader(dialogue, dialogue.who, known)


def reader(scene: Scene, who: Speaker, known: dict[int, ZoneInfo]) -> Reader:
    """One person, on the clock they chose."""
    return Reader(scene.texts, who.language, known.get(who.member, scene.zone), scene.now)
