"""What is shown of arrivals: a file's effect, passports, how far people come, who greets whom."""

from collections.abc import Sequence

from core.arrivals.models import ImportDraft, Trained
from core.arrivals.reading import Fault, Wrong
from core.arrivals.rules import SHOWN_FAULTS, Funnel, Person, Plan
from core.arrivals.service import Looked
from core.attention.service import Say
from core.chat.actions import Action
from core.chat.markup import bullets, join, mention
from core.chat.messages import Button, File, Message, Style, Text
from core.engine.scene import Dialogue, Scene, Speaker

WRONG = {
    Wrong.NAME: "arrivals.wrong_name",
    Wrong.UNKNOWN: "arrivals.wrong_unknown",
    Wrong.EMAIL: "arrivals.wrong_email",
    Wrong.DATE: "arrivals.wrong_date",
    Wrong.LONG: "arrivals.wrong_long",
    Wrong.TWICE: "arrivals.wrong_twice",
}
FIELDS = {
    "name": "arrivals.field_name",
    "email": "arrivals.field_email",
    "training": "arrivals.field_training",
    "cohort": "arrivals.field_cohort",
    "ends": "arrivals.field_ends",
    "certification": "arrivals.field_certification",
}
SHOWN = 5
"""People named as an example of what changes."""

CELL = 60
"""Characters of a cell that is shown."""

ICEBREAKERS = (
    "arrivals.icebreaker_moment",
    "arrivals.icebreaker_surprise",
    "arrivals.icebreaker_tool",
    "arrivals.icebreaker_next",
    "arrivals.icebreaker_advice",
)


# -- a file ------------------------------------------------------------------------------------


def looked(dialogue: Dialogue, found: Looked, draft: ImportDraft | None) -> Message:
    """What a file would change, line by line where it is wrong, and the button that does it."""
    parts = [
        dialogue.say("arrivals.dry_run" if draft else "arrivals.nothing_new"),
        bullets(_counts(dialogue, found.plan)),
        _changes(dialogue, found.plan),
        _faults(dialogue, found.faults),
    ]
    if found.ignored:
        names = ", ".join(found.ignored)[:200]
        parts.append(dialogue.say("arrivals.ignored", count=len(found.ignored), names=names))
    if draft is None:
        return Message(join(parts))
    number = str(draft.id)
    return Message(
        join(parts),
        (
            dialogue.button("arrivals.import", Action("arrivals.import", number), Style.PRIMARY),
            dialogue.button("arrivals.drop", Action("arrivals.drop", number)),
        ),
    )


def _counts(dialogue: Dialogue, plan: Plan) -> list[Text]:
    return [
        dialogue.say("arrivals.new", count=len(plan.new)),
        dialogue.say("arrivals.changed", count=len(plan.changed)),
        dialogue.say("arrivals.same", count=plan.same),
    ]


def _changes(dialogue: Dialogue, plan: Plan) -> Text:
    """The first people who are told otherwise, and in what."""
    if not plan.changed:
        return Text()
    lines = [
        dialogue.say("arrivals.change", name=after.name, what=_differences(dialogue, before, after))
        for before, after in plan.changed[:SHOWN]
    ]
    return join([dialogue.say("arrivals.changes"), bullets(lines)])


def _differences(dialogue: Dialogue, before: Person, after: Person) -> str:
    return ", ".join(
        dialogue.label(key)
        for name, key in FIELDS.items()
        if getattr(before, name) != getattr(after, name)
    )


def _faults(dialogue: Dialogue, faults: Sequence[Fault]) -> Text:
    """The lines that are left out, and why."""
    if not faults:
        return Text()
    lines = [
        dialogue.say(
            "arrivals.fault",
            number=fault.number,
            why=dialogue.say(WRONG[fault.why], cell=fault.cell[:CELL]),
        )
        for fault in faults[:SHOWN_FAULTS]
    ]
    if more := len(faults) - SHOWN_FAULTS:
        lines += [dialogue.say("arrivals.more_faults", count=more)] if more > 0 else []
    return join([dialogue.say("arrivals.faults", count=len(faults)), bullets(lines)])


def imported(dialogue: Dialogue, plan: Plan) -> Message:
    """What was imported, and what comes next."""
    parts = [dialogue.say("arrivals.imported"), bullets(_counts(dialogue, plan))]
    return Message(join([*parts, dialogue.say("arrivals.then_passports")]))


# -- passports and figures ---------------------------------------------------------------------


def passports(dialogue: Dialogue, rows: Sequence[Trained], kept: File) -> Message:
    """The codes of who has not joined, as a file."""
    return Message(dialogue.say("arrivals.passports", count=len(rows)), files=(kept,))


def welcome(dialogue: Dialogue, row: Trained) -> Message:
    """Whoever showed their passport: what we know of them now."""
    about = [
        dialogue.say(key, value=value)
        for key, value in (
            ("arrivals.your_training", row.training),
            ("arrivals.your_cohort", row.cohort),
            ("arrivals.your_end", row.ends),
            ("arrivals.your_certification", row.certification),
        )
        if value
    ]
    said = dialogue.say("arrivals.passport_shown", name=row.name)
    return Message(join([said, bullets(about), dialogue.say("arrivals.passport_wrong")]))


def figures(dialogue: Dialogue, whole: Funnel, cohorts: Sequence[tuple[str, Funnel]]) -> Message:
    """How far people come, all together and by cohort."""
    if not whole.trained:
        return Message(dialogue.say("arrivals.nobody"))
    parts = [dialogue.say("arrivals.funnel"), bullets(_steps(dialogue, whole))]
    if cohorts:
        lines = [
            dialogue.say(
                "arrivals.cohort",
                cohort=name,
                joined=found.joined,
                trained=found.trained,
                share=found.share,
            )
            for name, found in cohorts
        ]
        parts += [dialogue.say("arrivals.by_cohort"), bullets(lines)]
    return Message(join(parts))


def _steps(dialogue: Dialogue, found: Funnel) -> list[Text]:
    return [
        dialogue.say("arrivals.step_trained", count=found.trained),
        dialogue.say("arrivals.step_invited", count=found.invited),
        dialogue.say("arrivals.step_joined", count=found.joined, share=found.share),
        dialogue.say("arrivals.step_accepted", count=found.accepted),
        dialogue.say("arrivals.step_posted", count=found.posted),
    ]


# -- guides ------------------------------------------------------------------------------------


def to_greet(scene: Scene, call: str, name: str) -> Say:
    """Ask a guide whether they greet somebody."""

    def say(who: Speaker) -> Message:
        text = scene.texts.say("arrivals.to_greet", who.language, name=name)
        label = scene.texts.label("arrivals.greet", who.language)
        return Message(text, (Button(label, Action("arrivals.greet", call), Style.PRIMARY),))

    return say


def your_guide(scene: Scene, guide: Speaker, greeting: int) -> Say:
    """Tell a newcomer who greets them, with a question to begin with."""

    def say(who: Speaker) -> Message:
        name = mention(guide.account, guide.name)
        text = scene.texts.say("arrivals.your_guide", who.language, guide=name)
        return Message(join([text, icebreaker(scene, who.language, greeting)]))

    return say


def greeting(dialogue: Dialogue, number: int, name: Text) -> Message:
    """Tell a guide how to reach who they greet, with the same question."""
    text = dialogue.say("arrivals.your_newcomer", name=name)
    return Message(join([text, icebreaker(dialogue, dialogue.who.language, number)]))


def icebreaker(scene: Scene, language: str, number: int) -> Text:
    """A question to break the ice, the same for both."""
    return scene.texts.say(ICEBREAKERS[number % len(ICEBREAKERS)], language)
