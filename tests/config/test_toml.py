import json
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.toml import line_of

PROGRAMME = '''\
# a comment = "is no key"
[community]
name = """
[discord]
workspace = "a text that looks like a table"
"""
"fuseau horaire" = 'x'

[discord.channels]
help = "entraide"  # so is this: rituals = 1
matrix = [
  ["a"],
  ["b"]
]
after = 1
roles."Chef d'équipe".rank = 2

[[rituals.programme]]
slug = "un"
[rituals.programme.texts]
fr = "Bonjour"
[[rituals.programme]]
slug = "deux"
[[rituals.programme.days]]
at = 1
[[rituals.programme.days]]
at = 2
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (["community"], 2),
        (["community", "name"], 3),
        (["community", "fuseau horaire"], 7),
        (["community", "timezone"], 2),
        (["discord", "workspace"], 1),
        (["discord", "channels", "help"], 10),
        (["discord", "channels", "rituals"], 9),
        (["discord", "channels", "matrix", 1, 0], 11),
        (["discord", "channels", "after"], 15),
        (["discord", "channels", "roles", "Chef d'équipe", "rank"], 16),
        (["rituals", "programme", 0, "slug"], 19),
        (["rituals", "programme", 0, "texts", "fr"], 21),
        (["rituals", "programme", 1, "slug"], 23),
        (["rituals", "programme", 1, "days", 0, "at"], 25),
        (["rituals", "programme", 1, "days", 1, "at"], 27),
        (["rituals", "programme", 1, "days", 1, "on"], 26),
        (["nowhere"], 1),
    ],
)
def test_a_key_is_found_where_it_stands(path: list[str | int], line: int) -> None:
    tomllib.loads(PROGRAMME)
    assert line_of(PROGRAMME, path) == line


def test_lines_count_alike_with_the_line_ends_of_windows() -> None:
    text = PROGRAMME.replace("\n", "\r\n")
    assert line_of(text, ["rituals", "programme", 1, "slug"]) == 23


VALUES = st.sampled_from(
    ['"x"', "1", "true", '"""a\nb = 1\n[c]\n"""', "[\n  1,\n  2\n]", "{ b = 1 }"]
)
NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=6)
KEYS = st.lists(st.tuples(NAMES, VALUES), max_size=4, unique_by=lambda pair: pair[0])
FILES = st.lists(st.tuples(NAMES, KEYS), max_size=4)


@given(
    tables=FILES,
    several=st.booleans(),
    between=st.lists(st.sampled_from(["", "# [n] = 1", "  "]), max_size=2),
)
def test_every_key_of_any_file_is_found(
    *, tables: list[tuple[str, list[tuple[str, str]]]], several: bool, between: list[str]
) -> None:
    lines: list[str] = []
    expected: list[tuple[list[str | int], int]] = []
    counts: dict[str, int] = {}
    for name, keys in tables:
        if not several and name in counts:
            continue
        index = counts[name] = counts.get(name, -1) + 1
        table: list[str | int] = [name, index] if several else [name]
        header = f"[{json.dumps(name, ensure_ascii=False)}]"
        lines += [*between, f"[{header}]" if several else header]
        expected.append((table, len(lines)))
        for key, value in keys:
            lines += between
            expected.append(([*table, key], len(lines) + 1))
            lines += f"  {json.dumps(key, ensure_ascii=False)} = {value}".split("\n")
    text = "\n".join(lines)
    tomllib.loads(text)
    assert [line_of(text, path) for path, _ in expected] == [line for _, line in expected]
