from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from core.questions.matching import fold, matches, told_by
from core.questions.rules import (
    TITLE,
    WAITING,
    Asked,
    Candidate,
    Fact,
    Figures,
    QuestionsSettings,
    QuestionState,
    Waking,
    age,
    choose_expert,
    figures,
    title_of,
    topics_of,
)

NOW = datetime(2026, 11, 16, 8, 0, tzinfo=UTC)
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


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Excel", "excel avancé"),
        ("technique", "Techniques"),
        ("finance", "financer"),
        ("prise de parole", "la prise de parole"),
        ("métier", "METIERS"),
        ("l’emploi", "emploi"),
        ("c++", "C++"),
        ("css", "CSS"),
    ],
)
def test_topics_match_however_they_are_written(one: str, other: str) -> None:
    assert matches(one, other)
    assert matches(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("java", "javascript"),
        ("excel", "excellence"),
        ("cpf", "cpam"),
        ("c", "c++"),
        ("de la", "de la couture"),
        ("", "excel"),
        ("recherche emploi", "recherche scientifique"),
    ],
)
def test_other_topics_do_not(one: str, other: str) -> None:
    assert not matches(one, other)
    assert not matches(other, one)


def test_a_title_may_name_a_topic() -> None:
    assert told_by("excel", "Une RECHERCHEV dans Excel ?")
    assert told_by("tableaux croisés", "Mon tableau croisé est vide")
    assert not told_by("c", "C’est quoi ?")
    assert not told_by("excel avancé", "Excel ?")


@given(st.text(max_size=30))
def test_folding_is_stable(text: str) -> None:
    assert fold(fold(text)) == fold(text)


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


# -- the choice of an expert ------------------------------------------------------------------

topic = st.sampled_from(["excel", "cpf", "python", "emploi", "couture"])
training = st.sampled_from(["", "web", "données"])
candidates = st.lists(
    st.builds(
        Candidate,
        member=st.integers(1, 12),
        topics=st.lists(topic, min_size=1, max_size=3, unique=True).map(tuple),
        training=training,
        asked_this_week=st.integers(0, 4),
        last_asked=st.none() | st.integers(0, 30).map(lambda d: NOW - timedelta(days=d)),
    ),
    max_size=8,
    unique_by=lambda c: c.member,
)
questions = st.builds(
    Asked,
    id=st.integers(1, 99),
    asker=st.integers(1, 12),
    topics=st.lists(topic, max_size=2, unique=True).map(tuple),
    title=st.sampled_from(["", "Avec Python ?", "Pour l’emploi"]),
    training=training,
)


@given(questions, candidates, st.sets(st.integers(1, 12), max_size=4))
def test_the_choice_is_allowed_explained_and_does_not_depend_on_order(
    question: Asked, known: list[Candidate], already: set[int]
) -> None:
    chosen = choose_expert(question, known, already)
    assert chosen == choose_expert(question, known[::-1], already)
    allowed = [
        c
        for c in known
        if c.member != question.asker
        and c.member not in already
        and c.asked_this_week < 3
        and (
            set(c.topics) & set(question.topics)
            or any(told_by(t, question.title) for t in c.topics)
        )
    ]
    assert (chosen is None) == (not allowed)
    if chosen:
        picked = next(c for c in allowed if c.member == chosen.member)
        assert chosen.topics
        assert set(chosen.topics) <= set(picked.topics)
        common = len(set(picked.topics) & set(question.topics))
        assert common == max(len(set(c.topics) & set(question.topics)) for c in allowed)


def _choose(*known: Candidate, training: str = "", limit: int = 3, number: int = 1) -> int | None:
    question = Asked(number, 99, ("cpf",), "Financer avec Excel ?", training)
    chosen = choose_expert(question, known, set(), limit)
    return chosen.member if chosen else None


def test_what_counts_first_counts_first() -> None:
    about, named = Candidate(1, ("cpf",)), Candidate(2, ("excel",))
    assert _choose(about, named) == 1
    assert _choose(Candidate(3, ("cpf", "excel"), asked_this_week=2), about) == 3
    assert _choose(about, Candidate(4, ("CPF",), "Wéb", 2), training="web") == 4
    assert _choose(Candidate(5, ("cpf",), asked_this_week=1), about) == 1
    recent, long_ago = (
        Candidate(n, ("cpf",), last_asked=NOW - timedelta(days=d)) for n, d in ((6, 8), (7, 30))
    )
    assert _choose(recent, long_ago) == 7
    assert _choose(recent, long_ago, about) == 1
    assert _choose(Candidate(8, ("couture",))) is None
    assert _choose(Candidate(9, ("cpf",), asked_this_week=1), limit=1) is None


def test_ties_favour_nobody() -> None:
    equals = [Candidate(n, ("cpf",)) for n in range(4)]
    drawn = [_choose(*equals, number=number) for number in range(200)]
    assert all(drawn.count(n) > 25 for n in range(4))


# -- figures ----------------------------------------------------------------------------------

moments = st.integers(-2000, 2000).map(lambda m: NOW + timedelta(minutes=m))
facts = st.lists(
    st.builds(
        Fact,
        title=st.sampled_from("abc"),
        state=st.sampled_from(QuestionState),
        asked_at=moments,
        first_answer_at=st.none() | moments,
        solved_at=st.none() | moments,
    ),
    max_size=12,
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
