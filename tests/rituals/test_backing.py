"""Voices: each person counts once, and who has the most is found whatever the order."""

import random
from collections import Counter
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from rituals.backing import Voice, counted, first

START = datetime(2026, 11, 16, tzinfo=UTC)
VOICES = st.lists(
    st.builds(
        Voice,
        st.integers(1, 5),
        st.integers(1, 4),
        st.integers(0, 500).map(lambda minutes: START + timedelta(minutes=minutes)),
    ),
    unique_by=lambda voice: voice.at,
)


@given(VOICES)
def test_one_voice_a_person_and_it_is_the_last(voices: list[Voice]) -> None:
    counts = counted(voices, single=True)
    assert counts.total() == len({voice.member for voice in voices})
    for voice in voices:
        later = [one for one in voices if one.member == voice.member and one.at > voice.at]
        assert later or counts[voice.contribution]


@given(VOICES, st.randoms())
def test_the_order_in_which_voices_are_read_does_not_matter(
    voices: list[Voice], chance: random.Random
) -> None:
    shuffled = list(voices)
    chance.shuffle(shuffled)
    assert counted(shuffled, single=True) == counted(voices, single=True)


@given(st.dictionaries(st.integers(1, 9), st.integers(0, 4)), st.integers(1, 5))
def test_nobody_left_out_has_more_than_somebody_chosen(counts: dict[int, int], seats: int) -> None:
    chosen = first(Counter(counts), seats)
    voted = [one for one, count in counts.items() if count]
    assert len(chosen) >= min(seats, len(voted))
    assert all(counts[one] for one in chosen)
    left_out = [counts[one] for one in counts if one not in chosen]
    assert max(left_out, default=0) < min((counts[one] for one in chosen), default=1)
