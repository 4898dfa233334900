import csv
import io
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.arrivals.reading import (
    MOST,
    Fault,
    Line,
    Roll,
    Unreadable,
    Wrong,
    clean,
    day_of,
    folded_date,
    read,
)

HEAD = "Nom;E-mail;Formation;Promotion;Date de fin;Certification"
ALICE = "Alice Durand;alice@exemple.fr;Bilan de compétences;2025-A;30/06/2025;RS5555"


def understood(written: str) -> date | None:
    return day_of(folded_date(written))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("31/12/2026", date(2026, 12, 31)),
        ("3/4/2025", date(2025, 4, 3)),
        ("03.04.25", date(2025, 4, 3)),
        ("2025-04-03", date(2025, 4, 3)),
        ("2025/04/03", date(2025, 4, 3)),
        ("2025-04-03 00:00:00", date(2025, 4, 3)),
        ("1er mars 2026", date(2026, 3, 1)),
        ("vendredi 4 juillet 2025", date(2025, 7, 4)),
        ("le 5 août 2024", date(2024, 8, 5)),
        ("12 déc. 2024", date(2024, 12, 12)),
        ("Sept. 5, 2024", date(2024, 9, 5)),
    ],
)
def test_a_whole_date_is_understood_as_people_write_it(written: str, meant: date) -> None:
    assert understood(written) == meant


@pytest.mark.parametrize(
    "written",
    [
        "",
        "2026",
        "12",
        "décembre 2026",
        "29/02/2026",
        "2026-02-30",
        "31/12/1815",
        "1815-12-31",
        "bientôt",
        "99999999999999999999",
    ],
)
def test_what_is_no_whole_date_is_not_completed(written: str) -> None:
    assert understood(written) is None


@given(st.dates(date(1950, 1, 1), date(2100, 12, 31)), st.sampled_from(["%d/%m/%Y", "%Y-%m-%d"]))
def test_every_day_is_read_back(day: date, form: str) -> None:
    assert understood(day.strftime(form)) == day


@given(st.text(max_size=40))
def test_whatever_stands_for_a_date_is_a_day_or_nothing(written: str) -> None:
    assert isinstance(understood(written), date | None)


@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "latin-1", "utf-16"])
def test_separators_and_encodings_are_recognised(separator: str, encoding: str) -> None:
    text = f"{HEAD}\r\n{ALICE}\r\n".replace(";", separator)
    expected = Line(
        2,
        "Alice Durand",
        "alice@exemple.fr",
        "Bilan de compétences",
        "2025-A",
        date(2025, 6, 30),
        "RS5555",
    )
    assert read(text.encode(encoding)) == Roll((expected,))


def test_bytes_no_code_page_knows_are_letters_all_the_same() -> None:
    assert read(b"Nom;Formation\n\x81\xe9;Bilan\n").lines[0].name == "é"


def test_columns_are_known_by_many_names_in_any_order() -> None:
    roll = read(b"Course,Surname,First name,Shoe size\nCoaching,Lovelace,Ada,38\n")
    assert roll == Roll((Line(2, "Ada Lovelace", training="Coaching"),), ignored=("Shoe size",))


def test_a_first_name_stands_before_the_family_name() -> None:
    roll = read("Nom;Prénom;Mail\nDURAND;Zoé;ZOE@Exemple.fr\n".encode())
    assert roll.lines == (Line(2, "Zoé DURAND", "zoe@exemple.fr"),)


def test_wrong_lines_are_told_with_their_place_and_the_others_are_kept() -> None:
    rows = [
        HEAD,
        ALICE,
        ";seule@exemple.fr;;;;",
        "Bob;pas une adresse;;;;",
        "Carol;carol@exemple.fr;;;un jour;",
        "",
        "Dan;;;;;",
        f"{'É' * 121};e@exemple.fr;;;;",
        "Fanny;fanny@exemple.fr",
    ]
    roll = read("\n".join(rows).encode())
    assert [line.name for line in roll.lines] == ["Alice Durand", "Fanny"]
    assert roll.faults == (
        Fault(3, Wrong.NAME),
        Fault(4, Wrong.EMAIL, "pas une adresse"),
        Fault(5, Wrong.DATE, "un jour"),
        Fault(7, Wrong.UNKNOWN, "Dan"),
        Fault(8, Wrong.LONG, "É" * 121),
    )


def test_a_cell_of_several_lines_counts_the_lines_after_it() -> None:
    roll = read(b'Nom;Formation\n"Alice\nDurand";Bilan\nBob;\n')
    assert (roll.lines[0].name, roll.faults[0].number) == ("Alice Durand", 4)


@pytest.mark.parametrize(
    "content", [b"", b"\n\n", b"prix;stock\n1;2\n", b"\x00\x01", b"E-mail\na@b.fr"]
)
def test_what_names_nobody_is_no_list_of_people(content: bytes) -> None:
    with pytest.raises(Unreadable):
        read(content)


def test_a_cell_no_table_holds_is_not_read() -> None:
    with pytest.raises(Unreadable):
        read(b"Nom;Formation\n" + b"a" * 140_000)


def test_a_file_without_end_is_refused() -> None:
    with pytest.raises(Unreadable):
        read(b"Nom;Formation\n" + b"A;B\n" * (MOST + 1))


CELL = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=40).map(clean)


@given(
    st.lists(st.tuples(CELL.filter(bool), CELL.filter(bool)), min_size=1, max_size=8),
    st.sampled_from(";,\t"),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_what_a_spreadsheet_wrote_is_read_as_it_was(
    people: list[tuple[str, str]], separator: str, encoding: str
) -> None:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator)
    writer.writerows([("Nom", "Formation"), *people])
    roll = read(out.getvalue().encode(encoding))
    assert [(line.name, line.training) for line in roll.lines] == people


@given(st.binary(max_size=400))
def test_whatever_is_sent_is_read_or_refused(content: bytes) -> None:
    try:
        roll = read(b"Nom;E-mail;Fin\n" + content)
    except Unreadable:
        return
    assert all(line.name and line.number > 1 for line in roll.lines)
