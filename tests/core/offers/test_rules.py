from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.offers.rules import ALERTED, Standing, concerns, payable, to_tell

NOW = datetime(2026, 11, 16, 8, tzinfo=UTC)
OFFER = Standing(1, 7, "Coach en reconversion", "coaching", NOW, cpf=False)


@pytest.mark.parametrize(
    "text",
    [
        "Payable en CPF",
        "mon compte formation",
        "moncompteformation",
        "compte personnel de formation",
    ],
)
def test_an_offer_whose_words_speak_of_the_cpf_is_payable_with_it(text: str) -> None:
    assert payable("no", "Un titre", text)


def test_an_author_is_believed() -> None:
    assert payable("yes", "Un titre")
    assert not payable("no", "Un poste à la CPFR", "dans le Nord")


@pytest.mark.parametrize(
    ("wish", "heard"),
    [
        ("coaching", True),
        ("Coachings", True),
        ("reconversions", True),
        ("coaching reconversion", True),
        ("tout", True),
        ("all", True),
        ("excel", False),
        ("coaching excel", False),
        ("", False),
        ("de la", False),
    ],
)
def test_every_word_of_a_wish_is_there_whatever_its_ending(wish: str, *, heard: bool) -> None:
    assert concerns(wish, OFFER.topic, OFFER.title) is heard


OFFERS = st.lists(
    st.builds(
        Standing,
        id=st.integers(1, 99),
        author=st.sampled_from([7, 8]),
        title=st.just("Un poste"),
        topic=st.sampled_from(["coaching", "excel"]),
        published_at=st.sampled_from([NOW - timedelta(days=9), NOW, NOW + timedelta(hours=1)]),
        cpf=st.booleans(),
    ),
    unique_by=lambda offer: offer.id,
)


@given(OFFERS, st.sampled_from([["tout"], ["coaching"], ["excel", "coaching"], []]))
def test_nobody_hears_of_a_cpf_of_their_own_of_the_past_or_of_another_topic(
    offers: list[Standing], wishes: list[str]
) -> None:
    told = to_tell(offers, wishes, 8, NOW - timedelta(days=1))
    by = {offer.id: offer for offer in offers}
    assert len(told) <= ALERTED
    assert not [n for n in told if by[n].cpf or by[n].author == 8 or by[n].published_at < NOW]
    assert all(any(w in ("tout", by[n].topic) for w in wishes) for n in told)


def test_the_newest_come_first() -> None:
    offers = [replace(OFFER, id=n, published_at=NOW + timedelta(hours=n)) for n in range(1, 7)]
    assert to_tell(offers, ["tout"], 8, NOW) == [6, 5, 4, 3]
