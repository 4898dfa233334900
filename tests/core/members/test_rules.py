from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from core.chat.identity import Platform, Role
from core.members.rules import (
    ALPHABET,
    DOOR,
    TOPIC_LENGTH,
    TOPICS,
    MembersSettings,
    door_reopens,
    roles_from,
    topics_in,
    written_code,
)

NOW = datetime(2026, 11, 16, tzinfo=UTC)


@given(st.text(alphabet=ALPHABET, min_size=8, max_size=8))
def test_a_code_may_be_typed_with_spaces_hyphens_or_small_letters(code: str) -> None:
    assert written_code(f" {code[:4].lower()}-{code[4:]} ") == code


@given(st.lists(st.integers(0, 10_000)))
def test_the_door_is_closed_only_after_five_wrong_codes_in_an_hour(minutes: list[int]) -> None:
    wrong = [NOW - timedelta(minutes=m) for m in minutes]
    reopens = door_reopens(wrong, NOW)
    assert (reopens is not None) == (sum(m < 60 for m in minutes) >= 5)
    assert reopens is None or NOW < reopens <= NOW + DOOR


@given(st.text(max_size=500))
def test_topics_are_few_short_and_each_once(written: str) -> None:
    found = topics_in(written)
    assert len(found) <= TOPICS
    assert len(set(found)) == len(found)
    assert all(0 < len(topic) <= TOPIC_LENGTH for topic in found)


def test_topics_are_read_as_people_write_them() -> None:
    assert topics_in("Excel, #RGPD ; gestion de projet et Excel") == [
        "excel",
        "rgpd",
        "gestion de projet",
    ]


def test_a_platforms_roles_mean_what_the_configuration_says() -> None:
    settings = MembersSettings(roles={Platform.DISCORD: {"anim": Role.BUILDER}})
    assert roles_from(Platform.DISCORD, {"ANIM", "owner", "autre"}, settings) == {
        Role.BUILDER,
        Role.ADMIN,
    }
    assert roles_from(Platform.SLACK, {"anim", "member"}, settings) == frozenset()
