"""What is shown of questions: in their conversation, to the team, and in the lists."""

from collections.abc import Sequence

from core.chat.actions import Action, OpenForm
from core.chat.identity import Account
from core.chat.markup import bullets, join, mention, quote
from core.chat.messages import Button, Message, Style, Text
from core.engine.scene import Dialogue, Scene, Speaker
from core.members.models import Member, MemberProfile
from core.questions.counting import Figures, age, duration
from core.questions.models import Question
from core.questions.rules import ONGOING, QuestionsSettings, QuestionState, expert_after

STATES = {
    QuestionState.OPEN: "questions.state_open",
    QuestionState.ASKED_EXPERT: "questions.state_asked",
    QuestionState.ANSWERED: "questions.state_answered",
}
AGES = {
    "minutes": "questions.age_minutes",
    "hours": "questions.age_hours",
    "days": "questions.age_days",
}
DURATIONS = {
    "minutes": "questions.for_minutes",
    "hours": "questions.for_hours",
    "days": "questions.for_days",
}
LISTED = 15
USEFUL = 5
AT_HOME = 5


def say(scene: Scene, key: str, *, count: int | None = None, **values: object) -> Text:
    """A text for everybody, in the community's language."""
    return scene.texts.say(key, scene.community.language, count=count, **values)


def _button(scene: Scene, key: str, does: Action, style: Style = Style.SECONDARY) -> Button:
    return Button(scene.texts.label(key, scene.community.language), does, style)


def post(scene: Scene, asker: Speaker, question: Question, details: str) -> Message:
    """A question asked by form, as it stands in the help channel."""
    who = mention(asker.account, asker.name)
    head = say(scene, "questions.post", who=who, title=question.title)
    about = (
        say(scene, "questions.about", topics=", ".join(question.topics))
        if question.topics
        else Text()
    )
    said = quote(details) if details.strip() else Text()
    return Message(join([head, said, about]), mentions=(asker.account,))


def card(scene: Scene, question: Question) -> Message:
    """Our acknowledgement, as the question now stands."""
    if question.state is QuestionState.SOLVED:
        return Message(say(scene, "questions.card_solved"))
    if question.state not in ONGOING:
        return Message(say(scene, "questions.card_withdrawn"))
    noted = (
        say(scene, "questions.noted", topics=", ".join(question.topics))
        if question.topics
        else say(scene, "questions.noted_bare")
    )
    number = str(question.id)
    buttons = (
        _button(scene, "questions.solved", Action("questions.solved", number), Style.PRIMARY),
        _button(scene, "questions.withdraw", Action("questions.withdraw", number)),
    )
    return Message(join([noted, _next(scene)]), buttons)


def _next(scene: Scene) -> Text:
    """What happens while nobody answers."""
    wait = expert_after(scene.settings(QuestionsSettings).waits)
    if wait is None:
        return say(scene, "questions.next_bare")
    return say(scene, "questions.next", minutes=int(wait.total_seconds() // 60))


def solved(scene: Scene, question: Question, helper: Member | None) -> Message:
    """The end, with thanks by name and a way back."""
    text = (
        say(scene, "questions.thanks", name=helper.name)
        if helper
        else say(scene, "questions.solved_alone")
    )
    again = _button(scene, "questions.reopen", Action("questions.reopen", str(question.id)))
    return Message(text, (again,))


def bump(scene: Scene) -> Message:
    """A word in the conversation, to nobody by name."""
    return Message(say(scene, "questions.bump"))


def tag(
    scene: Scene,
    question: Question,
    solicitation: int,
    account: Account,
    name: str,
    topics: Sequence[str],
) -> Message:
    """One person is asked, and told why it is them."""
    text = say(
        scene,
        "questions.tag",
        who=mention(account, name),
        asker=question.member.name,
        topics=", ".join(topics),
        number=question.id,
    )
    number = str(solicitation)
    buttons = (
        _button(scene, "questions.take", Action("questions.take", number), Style.PRIMARY),
        pass_button(scene, solicitation),
        _button(scene, "questions.not_mine", Action("questions.not_mine", number)),
    )
    return Message(text, buttons, mentions=(account,))


def pass_button(scene: Scene, solicitation: int) -> Button:
    """The way out, always there."""
    return _button(scene, "questions.pass", Action("questions.pass", str(solicitation)))


def for_team(scene: Scene, question: Question) -> Message:
    """What the team needs to find a question nobody could be asked about."""
    since = scene.local(question.asked_at)
    platform = question.platform.title()
    topics = ", ".join(question.topics) or "-"
    text = say(
        scene,
        "questions.for_team",
        title=question.title,
        asker=question.member.name,
        topics=topics,
        since=since,
        platform=platform,
    )
    return Message(text)


def team_told(scene: Scene) -> Message:
    """The conversation is told that the team knows."""
    return Message(say(scene, "questions.team_told"))


def listing(dialogue: Dialogue, questions: Sequence[Question], limit: int = LISTED) -> Message:
    """What is not solved, for one reader; theirs are marked."""
    ask = dialogue.button("questions.ask", OpenForm("questions.ask"), Style.PRIMARY)
    if not questions:
        return Message(dialogue.say("questions.none"), (ask,))
    lines = bullets([_line(dialogue, question) for question in questions[:limit]])
    more = len(questions) - limit
    rest = dialogue.say("questions.more", count=more) if more > 0 else Text()
    title = dialogue.say("questions.title", count=len(questions))
    return Message(join([title, lines, rest]), (ask,))


def _line(dialogue: Dialogue, question: Question) -> Text:
    unit, count = age(question.asked_at, dialogue.now)
    key = "questions.line" if question.topics else "questions.line_bare"
    line = dialogue.say(
        key,
        number=question.id,
        title=question.title,
        topics=", ".join(question.topics),
        age=dialogue.label(AGES[unit], count=count),
        state=dialogue.label(STATES[question.state]),
    )
    mine = question.member_id == dialogue.who.member
    return join([line, dialogue.say("questions.yours")], " ") if mine else line


def figures(
    dialogue: Dialogue, counted: Figures, waiting: Sequence[Question], days: int
) -> Message:
    """How well questions were answered; `waiting` are named when the reader may see them."""
    values = {"answered": counted.answered, "solved": counted.solved}
    lines = [dialogue.say("questions.figures_asked", count=counted.asked, **values)]
    if counted.percent is not None:
        lines.append(dialogue.say("questions.figures_rate", percent=counted.percent))
    if counted.median_minutes is not None:
        time = _lasting(dialogue, counted.median_minutes)
        lines.append(dialogue.say("questions.figures_median", time=time))
    if counted.ninetieth_minutes is not None:
        time = _lasting(dialogue, counted.ninetieth_minutes)
        lines.append(dialogue.say("questions.figures_ninetieth", time=time))
    if counted.topics:
        topics = ", ".join(f"{t.name} ({t.solved}/{t.asked})" for t in counted.topics[:USEFUL])
        lines.append(dialogue.say("questions.figures_topics", topics=topics))
    lines.append(dialogue.say("questions.figures_waiting", count=counted.waiting))
    named = bullets([_line(dialogue, question) for question in waiting[:LISTED]])
    title = dialogue.say("questions.figures", days=days)
    return Message(join([title, bullets(lines), named]))


def _lasting(dialogue: Dialogue, minutes: int) -> str:
    unit, count = duration(minutes)
    return dialogue.label(DURATIONS[unit], count=count)


def experts(dialogue: Dialogue, profiles: Sequence[MemberProfile], topic: str) -> Message:
    """Who can help, with what."""
    if not profiles:
        nobody = (
            dialogue.say("questions.no_expert_for", topic=topic)
            if topic
            else dialogue.say("questions.no_expert")
        )
        return Message(nobody)
    lines = [
        dialogue.say("questions.expert", name=p.member.name, topics=", ".join(p.topics))
        for p in profiles[:LISTED]
    ]
    more = len(profiles) - LISTED
    rest = dialogue.say("questions.more_experts", count=more) if more > 0 else Text()
    return Message(join([dialogue.say("questions.experts"), bullets(lines), rest]))


def expertise(dialogue: Dialogue, profile: MemberProfile) -> Message:
    """What somebody offers to help with, and how to change it."""
    topics = ", ".join(profile.topics)
    shown = (
        dialogue.say("questions.expertise", topics=topics)
        if profile.topics
        else dialogue.say("questions.expertise_none")
    )
    paused = Text() if profile.available else dialogue.say("questions.paused")
    suggested = ", ".join(dialogue.settings(QuestionsSettings).topics)
    how = dialogue.say("questions.expertise_how", suggested=suggested)
    return Message(join([shown, paused, how]))
