from datetime import time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from core.questions.rules import (
    TITLE,
    QuestionsSettings,
    Stage,
    Waking,
    expert_after,
    next_stage,
    title_of,
    topics_of,
)

TAGS = {"QuestionTechnique": "technique", "#ConseilCPF": "CPF", "École": "école"}


@pytest.mark.parametrize(
    ("text", "topics"),
    [
        ("#ConseilCPF comment ?", ("cpf",)),
        ("comment ? #conseilcpf.", ("cpf",)),
        ("(#ConseilCPF), #QUESTIONTECHNIQUE!", ("cpf", "technique")),
        ("#QuestionTechnique #conseilCPF #questiontechnique", ("technique", "cpf")),
        ("#ecole", ("école",)),
        ("#E\u0301COLE", ("école",)),
        ("«#École»", ("école",)),
        ("#ConseilCPF@groupe", ("cpf",)),
        ("a#ConseilCPF", ()),
        ("##ConseilCPF", ()),
        ("https://exemple.fr/#ConseilCPF", ()),
        ("#ConseilCPFs #Conseil CPF # ConseilCPF", ()),
        ("#ConseilCPF_2", ()),
        ("", ()),
    ],
)
def test_hashtags_are_read_as_people_write_them(text: str, topics: tuple[str, ...]) -> None:
    assert topics_of(text, TAGS) == topics


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("#ConseilCPF Comment faire ?", "Comment faire ?"),
        ("#ConseilCPF : comment faire ?", "comment faire ?"),
        ("Comment\n\n faire ? #ConseilCPF", "Comment faire ?"),
        ("#ConseilCPF Et le #dispositif ?", "Et le #dispositif ?"),
        ("#ConseilCPF", "#ConseilCPF"),
        ("#ConseilCPF ?!", "?!"),
    ],
)
def test_a_title_is_what_was_asked(text: str, title: str) -> None:
    assert title_of(text, TAGS) == title


@given(st.text(max_size=400))
def test_a_title_is_one_short_line(text: str) -> None:
    title = title_of(text, TAGS)
    assert len(title) <= TITLE
    assert title == " ".join(title.split())
    assert bool(title) or not text.strip()


def test_a_long_title_is_cut_between_words() -> None:
    assert title_of("mot " * 50, TAGS) == " ".join(["mot"] * 29) + "…"
    assert title_of("é" * 200, TAGS) == "é" * 119 + "…"


def test_whether_an_emoji_solves_does_not_depend_on_its_look() -> None:
    settings = QuestionsSettings()
    assert all(settings.solves(e) for e in ("✅", "☑", "☑️", "✔", "✔️", "👌🏿", "💯"))
    assert not any(settings.solves(e) for e in ("👍", ":check:", "", "❌"))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"hashtags": {"deux mots": "x"}}, "is no hashtag"),
        ({"hashtags": {"": "x"}}, "is no hashtag"),
        ({"hashtags": {"Tag": " "}}, "takes 1 to 40 characters"),
        ({"hashtags": {"École": "a", "ecole": "b"}}, "differ only by case or accents"),
        ({"waking": {"start": "20:00", "end": "08:00"}}, "start must be earlier than end"),
        ({"waking": {"weekdays": []}}, "one or more numbers from 0"),
        ({"waking": {"weekdays": [7]}}, "one or more numbers from 0"),
        ({"delay_minutes": 0}, "greater than or equal to 1"),
        ({"delai": 30}, "Extra inputs"),
        ({"stages": {"bump": -1}}, "greater than or equal to 0"),
        ({"stages": {"relance": 5}}, "Extra inputs"),
    ],
)
def test_wrong_settings_say_what_is_wrong(wrong: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        QuestionsSettings.model_validate(wrong)


def test_settings_are_read_as_an_operator_writes_them() -> None:
    written = {"hashtags": {"#Aide": "aide"}, "waking": {"end": "18:30", "weekdays": [0, 1]}}
    settings = QuestionsSettings.model_validate(written)
    assert settings.waking == Waking(end=time(18, 30), weekdays=frozenset({0, 1}))
    assert settings.waking.hours.end == time(18, 30)
    assert topics_of("#aide !", settings.hashtags) == ("aide",)


# -- when nobody answers ----------------------------------------------------------------------


def waits(**written: object) -> dict[str, int]:
    settings = QuestionsSettings.model_validate(written)
    return {stage: int(wait.total_seconds() // 60) for stage, wait in settings.waits.items()}


def test_the_stages_follow_the_one_delay_of_old() -> None:
    assert waits() == {"bump": 15, "expert": 15, "substitute": 30, "team": 30}
    assert waits(delay_minutes=60) == {"bump": 30, "expert": 30, "substitute": 60, "team": 60}
    assert waits(delay_minutes=1) == {"expert": 1, "substitute": 1, "team": 1}


def test_each_stage_may_wait_as_long_as_one_likes_or_be_left_out() -> None:
    stages = {"bump": 0, "expert": 45, "substitute": 120, "team": 0}
    assert waits(stages=stages) == {"expert": 45, "substitute": 120}
    assert waits(stages={"bump": 50}) == {"bump": 50, "expert": 1, "substitute": 30, "team": 30}


minutes = st.none() | st.integers(0, 300)


@given(st.integers(1, 300), minutes, minutes, minutes, minutes)
def test_every_stage_there_is_comes_once_in_its_order(
    delay: int, bump: int | None, expert: int | None, substitute: int | None, team: int | None
) -> None:
    stages = {"bump": bump, "expert": expert, "substitute": substitute, "team": team}
    settings = QuestionsSettings.model_validate({"delay_minutes": delay, "stages": stages})
    gone_through: list[Stage] = []
    done: Stage | None = None
    while stage := next_stage(settings.waits, done):
        gone_through.append(stage)
        done = stage
    assert gone_through == list(settings.waits)


def test_what_is_promised_to_the_asker_is_what_the_stages_wait() -> None:
    def promised(**stages: int) -> timedelta | None:
        return expert_after(QuestionsSettings.model_validate({"stages": stages}).waits)

    assert promised() == timedelta(minutes=30)
    assert promised(bump=0) == timedelta(minutes=30)
    assert promised(expert=0) == timedelta(minutes=45)
    assert promised(expert=0, substitute=0) is None
