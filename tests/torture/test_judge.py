"""The judge sees what is missing and what is too much, and is not fooled by the hour."""

from tests.torture.judge import Account, Seen, compare

HELLO = Seen("slack", "accueil", "Bonjour à 10:15")
ASKED = Seen("discord", "Ana 0", "C’est votre tour", private=True)
ANSWER = Seen("discord", "Ana 0", "Vos chiffres : 3", private=True, owed=False)


def test_the_same_month_at_another_minute_is_good() -> None:
    later = Seen("slack", "accueil", "Bonjour à 10:17")
    assert compare(Account((HELLO, ASKED)), Account((ASKED, later))).good


def test_what_is_missing_is_lost_and_what_came_again_is_twice() -> None:
    verdict = compare(Account((HELLO, ASKED)), Account((ASKED, ASKED)))
    assert verdict.lost == ("slack | accueil | Bonjour à hh:mm",)
    assert verdict.twice == ("discord | Ana 0 | C’est votre tour",)
    assert not verdict.good


def test_an_answer_may_come_again_with_other_figures_but_must_come() -> None:
    again = Seen("discord", "Ana 0", "Vos chiffres : 4", private=True, owed=False)
    assert compare(Account((ANSWER,)), Account((ANSWER, again))).good
    assert compare(Account((ANSWER,)), Account()).lost


def test_what_was_owed_is_counted_although_the_killed_process_never_said_that_it_was() -> None:
    unknown = Seen("discord", "Ana 0", "C’est votre tour", private=True, owed=False)
    assert compare(Account((ASKED,)), Account((unknown,))).good
    assert compare(Account((ASKED,)), Account((unknown, unknown))).twice


def test_a_figure_that_is_less_is_lost_and_one_that_is_more_is_twice() -> None:
    calm = Account(figures={"Ana 0 / message": "3", "door": "open"})
    fire = Account(figures={"Ana 0 / message": "4"})
    verdict = compare(calm, fire)
    assert verdict.twice == ("Ana 0 / message: 4 instead of 3",)
    assert verdict.lost == ("door: none instead of open",)
