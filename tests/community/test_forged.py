"""Buttons and forms that nobody was given: permission is read from rows, never from a button."""

import pytest

from core.chat.actions import LARGEST_ROW, Action, OpenForm, row_named
from core.chat.events import ButtonPressed, FormSubmitted
from core.chat.messages import Invalid, Reply
from tests.village import Village

ARGUMENTS = ("", "abc", "0", "-1", "1:2", "t1", "²", "٣", "1 or 1", str(LARGEST_ROW + 1), "9" * 30)


@pytest.mark.parametrize("role", ["member", "administrator", "owner"])
async def test_whatever_a_button_says_it_is_answered_kindly(place: Village, role: str) -> None:
    person = place.person("Mallory")
    person.roles = frozenset({"member", role})
    failed = place.app.texts.say("error.unexpected", "fr", reference="").split(":")[0]
    for name in place.app.routes.buttons:
        for argument in (*ARGUMENTS, f"{'9' * 25}:done"):
            event = ButtonPressed(
                delivery_id=place.adapters[person.town.platform].next_id(),
                at=place.clock.now(),
                workspace=person.town.workspace,
                account=person.account,
                profile=person.profile,
                channel=person.private,
                action=Action(name, argument),
            )
            answer = await place.app.handle(event)
            assert isinstance(answer, Reply), (name, argument)
            assert failed not in answer.message.text, (name, argument)


async def test_whatever_a_form_says_it_answers_it_is_taken_or_refused(place: Village) -> None:
    person = place.admin("Mallory")
    failed = place.app.texts.say("error.unexpected", "fr", reference="").split(":")[0]
    for name, route in place.app.routes.forms.items():
        for argument in ARGUMENTS:
            answers = {
                ask.name: ask.choices[0] if ask.choices else "x" * ask.max_length
                for ask in route.asks
            }
            event = FormSubmitted(
                delivery_id=place.adapters[person.town.platform].next_id(),
                at=place.clock.now(),
                workspace=person.town.workspace,
                account=person.account,
                profile=person.profile,
                channel=person.private,
                form=name,
                argument=OpenForm(name, argument).argument,
                answers=answers,
            )
            answer = await place.app.handle(event)
            assert isinstance(answer, Reply | Invalid), (name, argument)
            if isinstance(answer, Reply):
                assert failed not in answer.message.text, (name, argument)


def test_only_a_row_is_a_row() -> None:
    assert row_named("12") == 12
    assert row_named(str(LARGEST_ROW)) == LARGEST_ROW
    assert {row_named(argument) for argument in ARGUMENTS if argument != "0"} == {0}
