"""A digest as people read it: one screen of words, in one language."""

from collections.abc import Sequence
from datetime import timedelta

from core.chat.actions import Action
from core.chat.identity import Platform
from core.chat.markup import bullets, join
from core.chat.messages import Button, Image, Message, Text
from core.engine.texts import Texts
from core.onboarding.rules import Step
from core.reports.advice import Suggestion, Thing, suggestions
from core.reports.rules import Digest, Gathering, Total, change

TITLES, TITLE = 2, 60
"""How many waiting questions are named, and how many characters of each."""

STEPS: dict[Step | None, str] = {
    Step.CHARTER: "reports.at.charter",
    Step.PROFILE: "reports.at.profile",
    Step.PREFERENCES: "reports.at.preferences",
    Step.GOAL: "reports.at.goal",
    Step.INTRODUCTION: "reports.at.introduction",
    None: "reports.at.finished",
}

THINGS = {
    Thing.ANSWER: "reports.do.answer",
    Thing.REPAIR: "reports.do.repair",
    Thing.GATE: "reports.do.gate",
    Thing.ACCOMPANY: "reports.do.accompany",
    Thing.RITUAL: "reports.do.ritual",
    Thing.RELIEVE: "reports.do.relieve",
    Thing.HASTEN: "reports.do.hasten",
    Thing.REVIVE: "reports.do.revive",
    Thing.WELCOME: "reports.do.welcome",
    Thing.THANK_HELPERS: "reports.do.thank_helpers",
    Thing.OPEN_QUESTION: "reports.do.open_question",
    Thing.THANK: "reports.do.thank",
    Thing.INVITE: "reports.do.invite",
    Thing.TELL: "reports.do.tell",
}

HOUR, DAY = 60, 24 * 60


def message(figures: Digest, texts: Texts, language: str, image: Image | None = None) -> Message:
    """The digest, with every definition one press away."""
    return Page(texts, language).message(figures, image)


def definitions(texts: Texts, language: str, zone: str) -> Message:
    """What each figure counts, out of what, and what it cannot see."""
    return Message(texts.say("reports.definitions", language, zone=zone))


class Page:
    """A digest being written in one language."""

    def __init__(self, texts: Texts, language: str) -> None:
        self._texts = texts
        self._language = language

    def message(self, figures: Digest, image: Image | None) -> Message:
        """The whole message."""
        ideas = [self._idea(one) for one in suggestions(figures)]
        text = join(
            [
                self._title(figures),
                bullets([line for line in self._lines(figures) if line]),
                self._say("reports.ideas"),
                Text("\n".join(f"{n}. {idea}" for n, idea in enumerate(ideas, 1))),
                self._masked(figures),
            ]
        )
        label = self._texts.label("reports.how", self._language)
        return Message(text, (Button(label, Action("reports.definitions")),), image)

    def _say(self, key: str, *, count: int | None = None, **values: object) -> Text:
        return self._texts.say(key, self._language, count=count, **values)

    def _title(self, figures: Digest) -> Text:
        week = figures.week
        if not figures.over:
            return self._say("reports.title_going", week=week.name, start=week.monday)
        return self._say("reports.title", week=week.name, start=week.monday, end=week.sunday)

    def _lines(self, figures: Digest) -> Sequence[Text]:
        return (
            self._active(figures),
            self._newcomers(figures),
            self._say("reports.gate", count=figures.gate) if figures.gate else Text(),
            self._trained(figures),
            self._questions(figures),
            *(self._gathering(one) for one in figures.gatherings),
            self._total("reports.messages", figures.messages),
            self._total("reports.reactions", figures.reactions),
            self._lost(figures),
        )

    def _active(self, figures: Digest) -> Text:
        said = self._say("reports.active", count=figures.active, change=self._change(figures))
        if not figures.several:
            return said
        return join([said, self._say("reports.several", count=figures.several)], " ")

    def _change(self, figures: Digest) -> Text:
        if not figures.over:
            return self._say("reports.not_compared")
        if figures.before is None:
            return self._say("reports.first_week")
        moved = change(figures.active, figures.before)
        if moved.difference == 0:
            return self._say("reports.same")
        key = "reports.more" if moved.difference > 0 else "reports.fewer"
        said = self._say(key, number=abs(moved.difference))
        if moved.percent is None:
            return said
        percent = f"{moved.percent:+}".replace("-", "−")
        return self._say("reports.percent", change=said, percent=percent)

    def _newcomers(self, figures: Digest) -> Text:
        new = figures.newcomers
        if not new.arrived:
            return self._say("reports.nobody_new")
        where = [
            self._say(key, number=new.stands[step])
            for step, key in STEPS.items()
            if new.stands.get(step)
        ]
        if new.left:
            where.append(self._say("reports.at.left", count=new.left))
        return self._say("reports.newcomers", count=new.arrived, where=join(where, ", "))

    def _trained(self, figures: Digest) -> Text:
        known = figures.trained
        if not known.trained:
            return Text()
        return self._say(
            "reports.trained",
            count=known.trained,
            invited=known.invited,
            joined=known.joined,
            share=known.share,
            accepted=known.accepted,
            posted=known.posted,
        )

    def _questions(self, figures: Digest) -> Text:
        asked = figures.questions
        if not asked.asked and not asked.waiting:
            return self._say("reports.no_question")
        values = {"answered": asked.answered, "waiting": asked.waiting}
        said = [self._say("reports.questions", count=asked.asked, **values)]
        if asked.median_minutes is not None:
            time = self._duration(asked.median_minutes)
            said.append(self._say("reports.median", count=asked.answered, time=time))
        if asked.ninetieth_minutes is not None:
            time = self._duration(asked.ninetieth_minutes)
            said.append(self._say("reports.ninetieth", time=time))
        if asked.unanswered:
            titles = [self._quoted(title) for title in asked.unanswered[:TITLES]]
            said.append(self._say("reports.unanswered", titles=join(titles, ", ")))
        return join(said, " ")

    def _quoted(self, title: str) -> Text:
        shown = title if len(title) <= TITLE else title[: TITLE - 1].rstrip() + "…"
        return self._say("reports.quoted", title=shown)

    def _duration(self, minutes: float) -> Text:
        whole = max(1, round(minutes))
        if whole < HOUR:
            return self._say("reports.minutes", number=whole)
        if whole < 2 * DAY:
            return self._say("reports.hours", hours=whole // HOUR, minutes=f"{whole % HOUR:02}")
        return self._say("reports.days", number=round(whole / DAY))

    def _gathering(self, one: Gathering) -> Text:
        parts = [self._say("reports.ritual", count=one.taken_part.count, ritual=named(one.ritual))]
        if one.usual is not None:
            parts.append(self._say("reports.usual", usual=one.usual))
        return join([join(parts, " "), self._shares(one.taken_part)], " ")

    def _total(self, key: str, total: Total) -> Text:
        return join([self._say(key, count=total.count), self._shares(total)], " ")

    def _shares(self, total: Total) -> Text:
        if not total.count or not total.shares:
            return Text()
        shown = ", ".join(f"{listed(share.platforms)} {share.count}" for share in total.shares)
        return self._say("reports.shares", shown=shown)

    def _lost(self, figures: Digest) -> Text:
        parts = []
        lost = sum(figures.failed.values())
        if lost:
            where = ", ".join(f"{p.title()} {n}" for p, n in figures.failed.items())
            parts.append(self._say("reports.failed", count=lost, where=where))
        if figures.missed:
            parts.append(self._say("reports.missed", count=figures.missed))
        if figures.away:
            minutes = round(sum(figures.away, timedelta()) / timedelta(minutes=1))
            time = f"{minutes} min" if minutes < 2 * HOUR else f"{round(minutes / HOUR)} h"
            parts.append(self._say("reports.away", count=len(figures.away), time=time))
        return join(parts, " ")

    def _masked(self, figures: Digest) -> Text:
        if not figures.few:
            return Text()
        shown = ", ".join(platform.title() for platform in figures.few)
        return self._say("reports.masked", count=len(figures.few), platforms=shown)

    def _idea(self, idea: Suggestion) -> Text:
        values = dict(idea.values)
        if "ritual" in values:
            values["ritual"] = named(str(values["ritual"]))
        return self._say(THINGS[idea.thing], count=idea.count, **values)


def named(slug: str) -> str:
    """A ritual as people read it: `lundi-astuce` is Lundi astuce."""
    return slug.replace("-", " ").capitalize()


def listed(platforms: Sequence[Platform]) -> str:
    """Platforms as people name them: `Slack + Telegram`."""
    return " + ".join(platform.title() for platform in platforms)
