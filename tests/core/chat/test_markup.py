import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.chat.identity import Account, Platform
from core.chat.markup import blocks, bullets, inert, join, link, mention, plain, quote, split, words
from core.chat.messages import Text

HOSTILE = "**gras** <!channel> @everyone [a](http://b) &amp; <b> `code` # titre\n- liste 1. x"


@given(st.text(max_size=300))
@example(HOSTILE)
@example("\u202eabc")
@example("    code")
@example("a\\")
def test_what_somebody_wrote_is_read_as_one_inert_paragraph(written: str) -> None:
    read = blocks(Text(f"avant {plain(written)} après"))
    assert len(read) == 1
    assert all(not (s.strong or s.emphasis or s.code or s.url or s.account) for s in read[0].spans)
    expected = re.sub(r"\s+", "", inert(written))
    assert re.sub(r"\s+", "", read[0].text) == f"avant{expected}après"


@given(st.text(max_size=300))
@example(HOSTILE)
@example("a\n\nb\n# c")
def test_a_quotation_keeps_its_lines_and_nothing_else(written: str) -> None:
    read = blocks(quote(written))
    assert {b.kind for b in read} <= {"quote"}
    assert all(not (s.strong or s.emphasis or s.code or s.url) for b in read for s in b.spans)
    shown = re.sub(r"\s+", "", "".join(b.text for b in read))
    assert shown == re.sub(r"\s+", "", inert(written))


@given(st.text(max_size=60), st.from_regex(r"[a-z0-9]{1,10}", fullmatch=True))
def test_a_mention_is_read_back_whatever_the_name(name: str, user: str) -> None:
    account = Account(Platform.SLACK, "T1", user)
    spans = blocks(Text(f"Bonjour {mention(account, f'x{name}')} !"))[0].spans
    assert {s.account for s in spans if s.account} == {account}


def test_only_known_addresses_are_links() -> None:
    spans = blocks(Text("[a](javascript:alert) [b](https://exemple.fr)"))[0].spans
    assert [s.url for s in spans if s.url] == ["https://exemple.fr"]


def test_a_link_label_is_inert() -> None:
    spans = blocks(link("le [guide] *utile*", "https://exemple.fr/a b"))[0].spans
    assert ("".join(s.text for s in spans), spans[0].url) == (
        "le [guide] *utile*",
        "https://exemple.fr/a%20b",
    )


def test_every_kind_of_block_is_read() -> None:
    text = Text(
        "# Titre\n\n- un\n- deux\n\n1. a\n2. b\n\n> cité\n\n```\ncode\n```\n\nfin **f** *e* `c`"
    )
    assert [(b.kind, b.marker, b.text) for b in blocks(text)] == [
        ("heading", "", "Titre"),
        ("item", "•", "un"),
        ("item", "•", "deux"),
        ("item", "1.", "a"),
        ("item", "2.", "b"),
        ("quote", "", "cité"),
        ("code", "", "code"),
        ("paragraph", "", "fin f e c"),
    ]


def test_words_are_the_text_alone() -> None:
    assert (
        words(join([Text("**Bonjour**"), bullets([Text("a"), Text("b")])])) == "Bonjour\n• a\n• b"
    )


@given(
    st.lists(st.text(alphabet="abc é.", min_size=1, max_size=200), max_size=8), st.integers(20, 80)
)
def test_a_long_text_is_split_without_losing_a_word(paragraphs: list[str], limit: int) -> None:
    text = join([plain(p) for p in paragraphs])
    parts = split(text, limit)
    assert all(len(part) <= limit for part in parts)
    short = all(len(word) <= limit for word in text.split())
    assert not short or " ".join(parts).split() == text.split()


def test_a_cut_stands_between_paragraphs_and_never_in_a_link() -> None:
    address = link("un guide assez long", "https://exemple.fr/guide")
    text = join([Text("Un premier paragraphe."), Text(f"Puis {address} à lire.")])
    assert split(text, 55) == (
        "Un premier paragraphe.",
        f"Puis {address}",
        "à lire.",
    )


@pytest.mark.parametrize("limit", [10, 25])
def test_a_word_longer_than_the_limit_is_cut_as_the_last_resort(limit: int) -> None:
    assert "".join(split(Text("a" * 60), limit)) == "a" * 60


@pytest.mark.parametrize("limit", [2, 7, 10, 11])
def test_a_cut_never_parts_an_escaped_sign_or_leaves_a_line_break_behind(limit: int) -> None:
    assert "".join(words(part) for part in split(plain("a" + "*" * 40), limit)) == "a" + "*" * 40
    cut = split(quote("un deux\ntrois quatre\ncinq"), limit + 8)
    assert all(len(part) <= limit + 8 for part in cut)
    assert " ".join(words(part) for part in cut).split() == [
        "un",
        "deux",
        "trois",
        "quatre",
        "cinq",
    ]
    assert {block.kind for part in cut for block in blocks(part)} == {"quote"}
