"""What somebody is shown of what we ask of them: what was sent, what waits, what was dropped."""

from collections.abc import Mapping, Sequence

from core.attention import choices, waiting
from core.attention.models import Nudge, NudgeState
from core.attention.rules import WEEK, Person, Reason
from core.chat.actions import Action, OpenForm
from core.chat.markup import bullets, join
from core.chat.messages import Button, Message, Style, Text
from core.engine.scene import Dialogue

LISTED = 10
FITS = 40
"""Characters of a button."""

OFFERED = 4
"""Buttons that take a refusal back, at most: a message stays readable."""

LEAVES: Mapping[str, int] = {
    "attention.leave_week": 7,
    "attention.leave_two_weeks": 14,
    "attention.leave_month": 30,
}

WHY: Mapping[Reason, str] = {
    Reason.LATER: "attention.why_later",
    Reason.AWAY: "attention.why_away",
    Reason.BUDGET: "attention.why_budget",
    Reason.TODAY: "attention.why_today",
    Reason.QUIET: "attention.why_quiet",
    Reason.EVENING: "attention.why_evening",
    Reason.REFUSED: "attention.why_refused",
    Reason.EXPIRED: "attention.why_expired",
    Reason.NONE: "attention.why_none",
    Reason.SETTLED: "attention.why_settled",
    Reason.REPLACED: "attention.why_replaced",
    Reason.GONE: "attention.why_gone",
}


def kind(dialogue: Dialogue, name: str) -> str:
    """What a kind of solicitation is called."""
    return dialogue.label(f"attention.kind.{name.replace('.', '_')}")


async def reminders(dialogue: Dialogue) -> Message:
    """Everything that was, is and will be asked of them, and what they can change."""
    member = dialogue.who.member
    person = await choices.person_of(dialogue, member)
    nudges = await waiting.mine(dialogue, member)
    refused = await choices.refusals(member)
    parts = [
        rhythm(dialogue, person),
        *_section(dialogue, "attention.sent", _lately(dialogue, nudges)),
        *_section(dialogue, "attention.waiting", _those(dialogue, nudges, NudgeState.WAITING)),
        *_section(dialogue, "attention.dropped", _those(dialogue, nudges, NudgeState.DROPPED)),
        *_section(
            dialogue, "attention.refused", [Text(_plain(dialogue, name)) for name in refused]
        ),
    ]
    if len(parts) == 1:
        parts.append(dialogue.say("attention.nothing"))
    return Message(join(parts), _buttons(dialogue, person, refused))


def rhythm(dialogue: Dialogue, person: Person) -> Text:
    """How often and when they may be asked, and until when they are on leave."""
    if person.per_week == 0:
        said = dialogue.say("attention.rhythm_none")
    else:
        said = dialogue.say(
            "attention.rhythm",
            count=person.per_week,
            start=person.hours.start,
            end=person.hours.end,
            zone=person.zone.key,
        )
    if person.away_until is None or person.away_until <= dialogue.now:
        return said
    back = person.away_until.astimezone(person.zone).date()
    return join([dialogue.say("attention.away", back=back), said])


def _section(dialogue: Dialogue, title: str, lines: Sequence[Text]) -> list[Text]:
    """A title and its lines, the newest ones; nothing when there are none."""
    return [dialogue.say(title), bullets(list(lines[-LISTED:]))] if lines else []


def _plain(dialogue: Dialogue, name: str) -> Text:
    return dialogue.say("attention.line", kind=kind(dialogue, name))


def _lately(dialogue: Dialogue, nudges: Sequence[Nudge]) -> list[Text]:
    """What counts in the budget now."""
    since, lines = dialogue.now - WEEK, []
    for nudge in nudges:
        if nudge.sent_at is not None and nudge.sent_at > since:
            passed = nudge.reason is Reason.PASSED
            key = "attention.line_passed" if passed else "attention.line_sent"
            at = dialogue.local(nudge.sent_at)
            lines.append(dialogue.say(key, kind=kind(dialogue, nudge.kind), at=at))
    return lines


def _those(dialogue: Dialogue, nudges: Sequence[Nudge], state: NudgeState) -> list[Text]:
    return [_why(dialogue, nudge) for nudge in nudges if nudge.state is state]


def _why(dialogue: Dialogue, nudge: Nudge) -> Text:
    """What it is, what it waits for or why it was dropped, and how long it makes sense."""
    what = kind(dialogue, nudge.kind)
    why = dialogue.label(WHY[nudge.reason])
    if nudge.state is NudgeState.DROPPED:
        return dialogue.say("attention.line_dropped", kind=what, why=why)
    until = dialogue.local(nudge.until)
    return dialogue.say("attention.line_waiting", kind=what, why=why, until=until)


def _buttons(dialogue: Dialogue, person: Person, refused: Sequence[str]) -> tuple[Button, ...]:
    change = dialogue.button("attention.change", OpenForm("attention.choices"), Style.PRIMARY)
    away = person.away_until is not None and person.away_until > dialogue.now
    leave = (
        dialogue.button("attention.leave_over", Action("attention.leave", "0"))
        if away
        else dialogue.button("attention.leave_ask", Action("attention.leave"))
    )
    again = [again_button(dialogue, name) for name in refused[:OFFERED]]
    return (change, leave, *again)


def again_button(dialogue: Dialogue, name: str) -> Button:
    """Take a refusal back."""
    does = Action("attention.again", name)
    label = dialogue.label("attention.again", kind=kind(dialogue, name))
    return Button(label if len(label) <= FITS else f"{label[: FITS - 1]}…", does)


def leave_buttons(dialogue: Dialogue) -> tuple[Button, ...]:
    """How long a leave may be, for who did not say."""
    return tuple(
        dialogue.button(key, Action("attention.leave", str(days))) for key, days in LEAVES.items()
    )
