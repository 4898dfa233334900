from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.chat.actions import Action, Field, Form, OpenForm, unpack
from core.chat.adapter import Permanent, RateLimited
from core.chat.events import HomeOpened
from core.chat.identity import (
    Account,
    Channel,
    MessageRef,
    Platform,
    Role,
    Workspace,
    allows,
)

NAMES = st.from_regex(r"[a-z]{1,12}\.[a-z_]{1,12}", fullmatch=True)


@given(NAMES, st.text(max_size=8))
def test_what_a_button_does_is_packed_and_read_back(name: str, argument: str) -> None:
    for does in (Action(name, argument), OpenForm(name, argument)):
        assert unpack(does.packed) == does


def test_a_button_that_would_not_fit_is_refused_when_it_is_made() -> None:
    with pytest.raises(ValueError, match="limited to 64 bytes"):
        Action("charter.accept", "é" * 30)


@pytest.mark.parametrize("data", ["", "?", ":3", "?:3"])
def test_unreadable_button_data_is_refused(data: str) -> None:
    with pytest.raises(ValueError, match="no action"):
        unpack(data)


@pytest.mark.parametrize(
    ("held", "required", "allowed"),
    [
        (set(), None, True),
        ({Role.EXPERT}, Role.EXPERT, True),
        ({Role.ADMIN}, Role.MODERATOR, True),
        ({Role.MODERATOR}, Role.BUILDER, False),
        ({Role.ADMIN}, Role.EXPERT, False),
        ({Role.DPO}, Role.MODERATOR, False),
    ],
)
def test_staff_roles_include_those_below(
    held: set[Role],
    required: Role | None,
    allowed: bool,  # noqa: FBT001  the expected answer
) -> None:
    assert allows(held, required) is allowed


def test_an_event_without_a_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        HomeOpened(
            delivery_id="1",
            at=datetime(2026, 1, 1),  # noqa: DTZ001  the point
            workspace=Workspace(Platform.SLACK, "T1"),
            account=None,
        )


def test_a_form_says_what_no_platform_could_show() -> None:
    field = Field("a", "Libellé")
    for title, fields in (("Titre", ()), ("Titre", (field,) * 6), ("T" * 25, (field,))):
        with pytest.raises(ValueError, match="form f"):
            Form("f", title, fields)
    with pytest.raises(ValueError, match="45 characters"):
        Form("f", "Titre", (Field("a", "l" * 46),))


def test_a_message_has_one_key_in_or_out_of_its_thread() -> None:
    inside = MessageRef(Channel(Platform.SLACK, "T1", "C1", thread="7"), "9")
    assert inside.key == MessageRef(Channel(Platform.SLACK, "T1", "C1"), "9").key


def test_an_account_knows_its_workspace_and_failures_their_reason() -> None:
    assert Account(Platform.SLACK, "T1", "U1").home == Workspace(Platform.SLACK, "T1")
    assert str(Permanent("50007", "direct messages are refused")).startswith("50007: ")
    assert RateLimited(1.5).retry_after == 1.5
