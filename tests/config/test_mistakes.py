"""Every kind of wrong value is said in plain words: what it is, and what to write instead."""

from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from pydantic import BaseModel

from config.community import CommunityConfig, ConfigurationError, load
from config.mistakes import PATTERNS

NAMED = '[community]\nname = "Les anciens"\n'
RITUAL = '[[rituals.programme]]\nslug = "un"\ntitle = "Un"\nhashtag = "#Un"\n'
NO_HOUR = ("is no hour of the community's own time", "write it like 09:00:00")
NO_NUMBER = ("is not a whole number", "write a whole number, like 7")
NOT_PLAIN = ("pydantic", "Input should", "String should", "valid", "pattern", "instance")


def fault(folder: Path, text: str) -> tuple[str, str]:
    """The one mistake of a file, without the name of what is wrong."""
    path = folder / "community.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError) as refused:
        load(path)
    [found] = refused.value.faults
    assert not any(word in found.what + found.remedy for word in NOT_PLAIN), found
    return found.what.partition(": ")[2], found.remedy


@pytest.mark.parametrize(
    ("line", "what", "remedy"),
    [
        ("workspace = 12", "is not a text", 'put it in quotes: "12"'),
        ("workspace = -1001234567890", "is not a text", 'put it in quotes: "-1001234567890"'),
        ("workspace = true", "is not a text", 'put it in quotes: "true"'),
        ("workspace = 2026-11-16", "is not a text", 'put it in quotes: "2026-11-16"'),
        ('workspace = ["T1"]', "is not a text", "write one text, in quotes"),
        ('workspace = ""', "is empty", "write it in 1 or more characters"),
        ('workspace = "T1"\ngate_channels = 7', "is not a list", "write it between brackets: [7]"),
        (
            'workspace = "T1"\ngate_channels = {a = 1}',
            "is not a list",
            "write it between brackets: […, …]",
        ),
        (
            'workspace = "T1"\nchannels = "accueil"',
            "is not a table",
            "write [slack.channels] on a line of its own, and its settings below",
        ),
    ],
)
def test_what_is_wrong_with_a_platform(tmp_path: Path, line: str, what: str, remedy: str) -> None:
    assert fault(tmp_path, f"{NAMED}[slack]\n{line}\n") == (what, remedy)


@pytest.mark.parametrize(
    ("line", "what", "remedy"),
    [
        ('name = ""', "is empty", "write it in 1 or more characters"),
        (f'name = "{"a" * 121}"', "is longer than 120 characters", "shorten it"),
        (f'name = "A"\nslug = "{"a" * 65}"', "is longer than 64 characters", "shorten it"),
        ('name = "A"\nslug = ""', "is empty", "write it in 1 or more characters"),
        (
            'name = "A"\nslug = "Été 26"',
            "takes small letters without accents, figures and hyphens",
            'write it like "lundi-astuce"',
        ),
        ('name = "A"\ntimezone = 1', "is not a text", 'put it in quotes: "1"'),
    ],
)
def test_what_is_wrong_with_the_community(
    tmp_path: Path, line: str, what: str, remedy: str
) -> None:
    assert fault(tmp_path, f"[community]\n{line}\n") == (what, remedy)


@pytest.mark.parametrize("written", ['"8h30"', '"dawn"', "9", "[9]", "true", '""'])
def test_what_is_no_hour_is_told_how_hours_are_written(tmp_path: Path, written: str) -> None:
    assert fault(tmp_path, f"{NAMED}[reports]\nat = {written}\n") == NO_HOUR


@pytest.mark.parametrize("written", ['"a week"', "1.5", "[1]", "inf", "2026-11-16"])
def test_what_is_no_whole_number_is_told_so(tmp_path: Path, written: str) -> None:
    assert fault(tmp_path, f"{NAMED}[onboarding]\ngoal_days = {written}\n") == NO_NUMBER


@pytest.mark.parametrize(
    ("text", "what", "remedy"),
    [
        ("[charter]\ngrace_days = 0", "is too small", "write 1 or more"),
        ("[charter]\ngrace_days = 999", "is too large", "write 365 or less"),
        ('[reports]\nsend_to = "all"', "is none of 'channel' or 'private'", "write one of these"),
        ("[rituals]\nprogramme = 3", "is not a list", "write it between brackets: [3]"),
        (
            "[rituals]\nprogramme = [3]",
            "is not a table",
            "write [[rituals.programme]] on a line of its own, and its settings below",
        ),
        ('[questions.waking]\nweekdays = "monday"', "is not a list", '["monday"]'),
        (f'{RITUAL}weekday = "lundi"', "is none of 'monday', 'tuesday'", "write one of these"),
        (
            RITUAL.replace("#Un", "Un"),
            "is no hashtag: # and 2 to 40 letters or figures, without spaces",
            'write it like "#LundiAstuce"',
        ),
        (RITUAL.replace('"Un"', '""'), "is empty", "write it in 1 or more characters"),
        (RITUAL.replace('"un"', '"un-"'), "takes small letters", 'write it like "lundi-astuce"'),
    ],
)
def test_what_is_wrong_further_down(tmp_path: Path, text: str, what: str, remedy: str) -> None:
    found = fault(tmp_path, f"{NAMED}{text}\n")
    assert what in found[0]
    assert remedy in found[1]


def test_whatever_has_a_fixed_form_has_its_example() -> None:
    fixed = set(_patterns(CommunityConfig))
    assert fixed == set(PATTERNS)


def _patterns(model: type[BaseModel]) -> Iterator[str]:
    for name, field in model.model_fields.items():
        if any(getattr(rule, "pattern", None) for rule in field.metadata):
            yield name
        for kind in (field.annotation, *get_args(field.annotation)):
            if isinstance(kind, type) and issubclass(kind, BaseModel):
                yield from _patterns(kind)
