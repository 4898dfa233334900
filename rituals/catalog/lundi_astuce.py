"""#LundiAstuce: every Monday somebody gives the others a tip, in turn."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import Field, model_validator

from core.chat.actions import Action, OpenForm
from core.chat.markup import join, link, mention, plain, quote
from core.chat.messages import Button, Message, Style
from core.engine.schedule import at_local
from core.engine.texts import Texts
from rituals import asking
from rituals.asking import NOTICE, SUBSTITUTE
from rituals.calendar import FROM, HORIZON, WEEKDAYS, Weekday, planned
from rituals.kinds import By, Gift, Kind, Occasion
from rituals.rules import RitualSettings

UTC = ZoneInfo("UTC")


class LundiAstuce(RitualSettings):
    """When somebody learns that it is their turn, and by when they answer."""

    kind: Literal["lundi_astuce"] = "lundi_astuce"
    notice_weekday: Weekday = Field(
        default="thursday", description="the day whoever's turn it is learns it, the week before"
    )
    notice_at: time = time(10)
    substitute_weekday: Weekday = Field(
        default="saturday", description="the day by which they answer, or somebody else is asked"
    )
    substitute_at: time = time(10)

    @model_validator(mode="after")
    def _in_order(self) -> "LundiAstuce":
        day = next(planned(self.days, FROM, FROM + HORIZON))
        notice, substitute = self._asked(day, UTC)
        if not notice < substitute < at_local(day, self.at, UTC):
            raise ValueError(
                f"{self.slug}: the notice comes first, then the deadline for an answer, then the "
                "publication, all within a week"
            )
        return self

    def moments(self, day: date, opens: datetime, zone: ZoneInfo) -> Mapping[str, datetime]:
        """The notice and the deadline for an answer, each on its own day in the zone.

        Where a date was moved so that they would come in another order, half of the time that is
        left after the notice is for the answer.
        """
        notice, substitute = self._asked(day, zone)
        if not notice < substitute < opens:
            substitute = notice + (opens - notice) / 2
        return {NOTICE: notice, SUBSTITUTE: substitute}

    def _asked(self, day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
        return (
            at_local(_before(day, self.notice_weekday), self.notice_at, zone),
            at_local(_before(day, self.substitute_weekday), self.substitute_at, zone),
        )


def _before(day: date, weekday: Weekday) -> date:
    """The last such weekday before a date, at most seven days earlier."""
    return day - timedelta(days=(day.weekday() - WEEKDAYS.index(weekday) - 1) % 7 + 1)


class Says:
    """What is said of it."""

    def notice(
        self, texts: Texts, language: str, occasion: Occasion, turn: int, *, substitute: bool
    ) -> Message:
        """It is your turn, if you like."""
        key = "rituals.notice_substitute" if substitute else "rituals.notice"
        text = texts.say(
            key,
            language,
            hashtag=occasion.hashtag,
            publish=occasion.publish,
            deadline=occasion.deadline,
        )
        argument = str(turn)
        gladly = texts.label("rituals.gladly", language)
        return Message(
            text,
            (
                Button(gladly, OpenForm("rituals.tip", argument), Style.PRIMARY),
                Button(texts.label("rituals.swap", language), Action("rituals.swap", argument)),
                Button(texts.label("rituals.pass", language), Action("rituals.pass", argument)),
                Button(texts.label("rituals.never", language), Action("rituals.never", argument)),
                Button(texts.label("rituals.why", language), Action("rituals.why", argument)),
            ),
        )

    def reminder(self, texts: Texts, language: str, occasion: Occasion, turn: int) -> Message:
        """You said yes: your tip is awaited."""
        text = texts.say(
            "rituals.reminder", language, hashtag=occasion.hashtag, publish=occasion.publish
        )
        write = OpenForm("rituals.tip", str(turn))
        passes = Action("rituals.pass", str(turn))
        return Message(
            text,
            (
                Button(texts.label("rituals.write", language), write, Style.PRIMARY),
                Button(texts.label("rituals.pass", language), passes),
            ),
        )

    def proposal(
        self, texts: Texts, language: str, occasion: Occasion, turn: int, name: str
    ) -> Message:
        """Somebody would like you to take their turn."""
        text = texts.say(
            "rituals.proposal",
            language,
            name=name,
            hashtag=occasion.hashtag,
            publish=occasion.publish,
        )
        take, refuse = Action("rituals.take", str(turn)), Action("rituals.refuse", str(turn))
        return Message(
            text,
            (
                Button(texts.label("rituals.take", language), take, Style.PRIMARY),
                Button(texts.label("rituals.refuse", language), refuse),
            ),
        )

    def published(self, texts: Texts, language: str, occasion: Occasion, gift: Gift) -> Message:
        """The tip, credited, with a question that invites the others in."""
        who = mention(gift.account, gift.name) if gift.account else plain(gift.name)
        title = texts.say(
            "rituals.published",
            language,
            title=occasion.title,
            author=who,
            hashtag=occasion.hashtag,
        )
        words = [plain(occasion.text)] if occasion.text else []
        parts = [title, *words, quote(gift.text)]
        if gift.link:
            parts.append(link(gift.link, gift.link))
        parts.append(texts.say("rituals.question", language))
        return Message(join(parts), mentions=(gift.account,) if gift.account else ())

    def open_call(self, texts: Texts, language: str, occasion: Occasion) -> Message:
        """Everybody is invited to give one."""
        called = texts.say(
            "rituals.open_call", language, title=occasion.title, hashtag=occasion.hashtag
        )
        words = [plain(occasion.text)] if occasion.text else []
        give = OpenForm("rituals.tip", occasion.named)
        text = join([*words, called])
        return Message(text, (Button(texts.label("rituals.give", language), give, Style.PRIMARY),))


KIND = Kind(
    settings=LundiAstuce,
    shown=asking.shown,
    opens=asking.publish,
    steps={NOTICE: asking.give_notice, SUBSTITUTE: asking.ask_substitute},
    takes_part=frozenset(By),
    skipped=asking.skipped,
    restored=asking.restored,
    moved=asking.moved,
    in_turn=Says(),
)
