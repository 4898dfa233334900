from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from core.questions.counting import FEW, Fact, Figures, Topic, age, figures
from core.questions.rules import WAITING, QuestionState

NOW = datetime(2026, 11, 16, 8, 0, tzinfo=UTC)
moments = st.integers(-2000, 2000).map(lambda m: NOW + timedelta(minutes=m))
facts = st.lists(
    st.builds(
        Fact,
        title=st.sampled_from("abc"),
        state=st.sampled_from(QuestionState),
        asked_at=moments,
        first_answer_at=st.none() | moments,
        solved_at=st.none() | moments,
        topics=st.sampled_from([(), ("cpf",), ("cpf", "emploi")]),
        asker=st.integers(1, 9),
    ),
    max_size=20,
)


@given(facts, moments, moments)
def test_figures_add_up(known: list[Fact], one: datetime, other: datetime) -> None:
    start, end = sorted((one, other))
    middle = start + (end - start) / 2
    whole = figures(known, start, end)
    assert 0 <= whole.answered <= whole.asked
    assert 0 <= whole.solved <= whole.asked
    assert whole.waiting == len(whole.unanswered)
    assert (whole.median_minutes is None) == (whole.answered == 0)
    assert (whole.percent is None) == (whole.asked < FEW)
    assert (whole.ninetieth_minutes is None) == (whole.answered < FEW)
    assert whole.ninetieth_minutes is None or whole.median_minutes is not None
    parts = figures(known, start, middle), figures(known, middle, end)
    assert sum(part.asked for part in parts) == whole.asked
    assert whole.waiting == sum(f.state in WAITING and f.asked_at < end for f in known)


def test_figures_of_nothing_are_nothing() -> None:
    assert figures([], NOW, NOW) == Figures()


@given(st.timedeltas(min_value=timedelta(), max_value=timedelta(days=400)))
def test_an_age_is_told_in_one_unit(since: timedelta) -> None:
    unit, count = age(NOW - since, NOW)
    assert count >= 1
    length = timedelta(**{unit: count})
    assert (
        length <= max(since, timedelta(minutes=1)) < length + timedelta(**{unit: 1}) or count == 1
    )


def asked(asker: int, minutes: int | None = None, *topics: str, solved: bool = False) -> Fact:
    answer = None if minutes is None else NOW + timedelta(minutes=minutes)
    state = QuestionState.OPEN if minutes is None else QuestionState.ANSWERED
    return Fact("?", state, NOW, answer, answer if solved else None, topics, asker)


def test_nine_in_ten_had_an_answer_within_what_the_ninth_waited() -> None:
    counted = figures([asked(n, 10 * n) for n in range(1, 11)], NOW, NOW + timedelta(days=1))
    assert (counted.median_minutes, counted.ninetieth_minutes) == (55, 90)
    assert counted.percent == 100


def test_few_answers_say_nothing_in_percent() -> None:
    counted = figures([asked(n, 10) for n in range(4)], NOW, NOW + timedelta(days=1))
    assert (counted.percent, counted.ninetieth_minutes) == (None, None)


def test_the_most_useful_topic_is_the_one_most_often_solved() -> None:
    known = [asked(n, 10, "cpf", solved=n < 2) for n in range(6)]
    known += [asked(n, 10, "emploi", solved=True) for n in range(5)]
    counted = figures(known, NOW, NOW + timedelta(days=1))
    assert counted.topics == (Topic("emploi", 5, 5), Topic("cpf", 6, 2))


def test_a_topic_of_fewer_than_five_people_is_not_told_apart() -> None:
    known = [asked(n % 4, 10, "santé", solved=True) for n in range(12)]
    assert figures(known, NOW, NOW + timedelta(days=1)).topics == ()
