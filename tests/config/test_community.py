from datetime import time
from pathlib import Path

import pytest

from config.community import ConfigurationError, load
from config.settings import FOLDER
from core.chat.identity import Platform, Purpose, Role
from rituals.kinds import kind

GOOD = """\
[community]
name = "Les anciens"

[discord]
workspace = "900000000000000001"
gate_role = "Membre"
[discord.channels]
help = "entraide"
[discord.roles]
"Modération" = "moderator"

[slack]
workspace = "T0000000001"
gate_channels = ["membres"]

[telegram]
workspace = "-1001"
[telegram.channels]
rituals = "-1001/4"
"""

BAD = """\
[community]
timezone = "Paris"
language = "de"
slug = "Les Anciens"
colour = "blue"

[discord]
gate_role = 7
[discord.channels]
wellcome = "accueil"
help = 12
[discord.roles]
"Chef" = "king"

[slack]
workspace = ""
gate_channels = "membres"

[mastodon]
workspace = "x"

[charter]
grace_days = 0

[onboarding]
reminder_days = [2, 2]
goal_days = "a week"

[[rituals.programme]]
slug = "astuce"
title = "Astuce"
hashtag = "#Astuce"
[[rituals.programme]]
slug = "idée"
title = "Idée"
hashtag = "Idée"
at = "dawn"
"""


def faults(folder: Path, text: str) -> dict[int, tuple[str, str]]:
    path = folder / "community.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError) as refused:
        load(path)
    assert refused.value.path == path
    return {fault.line: (fault.what, fault.remedy) for fault in refused.value.faults}


def test_a_whole_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "community.toml"
    path.write_text("\ufeff" + GOOD, encoding="utf-8")
    config = load(path)
    assert config.discord is not None
    assert config.discord.channels == {Purpose.HELP: "entraide"}
    assert config.slack is not None
    assert config.slack.gate_channels == ("membres",)
    assert config.telegram is not None
    assert (config.community.timezone, config.community.language) == ("Europe/Paris", "fr")
    assert config.members.roles[Platform.DISCORD] == {"modération": Role.MODERATOR}
    assert config.rituals.programme[0].at == time(9)


def test_the_file_we_ship_is_right() -> None:
    """Whatever an operator adds to it: it is read, and all it names is there."""
    config = load(FOLDER / "community.toml")
    assert config.charter.texts[config.community.language.split("@", maxsplit=1)[0]].strip()
    assert config.rituals.programme
    assert all(type(ritual) is kind(ritual.kind).settings for ritual in config.rituals.programme)


def test_the_charter_beside_the_file_is_the_one_that_counts(tmp_path: Path) -> None:
    path = tmp_path / "community.toml"
    path.write_text(GOOD, encoding="utf-8")
    assert load(path).charter.texts.keys() == {"fr", "en"}
    (tmp_path / "charter").mkdir()
    (tmp_path / "charter" / "fr.md").write_text("Soyons curieux.", encoding="utf-8")
    assert load(path).charter.texts == {"fr": "Soyons curieux."}


def test_every_mistake_is_named_at_once_with_its_line_and_its_remedy(tmp_path: Path) -> None:
    found = faults(tmp_path, BAD)
    expected = {
        1: ("community.name: is missing", "add it"),
        2: ("'Paris' is no time zone; write one like Europe/Paris", ""),
        3: ("'de' is not spoken here; choose one of fr, fr@tu, en", ""),
        4: ("community.slug: takes small letters", "write it like"),
        5: ("community.colour: is not a setting we know", "remove it, or correct its spelling"),
        7: ("discord.workspace: is missing", "add it"),
        8: ("discord.gate_role: is not a text", 'put it in quotes: "7"'),
        10: ("discord.channels.wellcome: is none of 'welcome', 'introductions'", "one of these"),
        11: ("discord.channels.help: is not a text", 'put it in quotes: "12"'),
        13: ("discord.roles.Chef: is none of 'learner'", "write one of these"),
        16: ("slack.workspace: is empty", "write it in 1 or more characters"),
        17: ("slack.gate_channels: is not a list", 'brackets: ["membres"]'),
        19: ("mastodon: is not a setting we know", "remove it"),
        23: ("charter.grace_days: is too small", "write 1 or more"),
        26: ("reminder_days are different numbers of days", ""),
        27: ("onboarding.goal_days: is not a whole number", "like 7"),
        34: ("rituals.programme.1.slug: takes small letters", 'like "lundi-astuce"'),
        36: ("rituals.programme.1.hashtag: is no hashtag", 'like "#LundiAstuce"'),
        37: ("rituals.programme.1.at: is no hour", "write it like 09:00:00"),
    }
    assert expected.keys() == found.keys()
    for line, (what, remedy) in expected.items():
        assert what in found[line][0], line
        assert remedy in found[line][1], line
    assert all(remedy for _, remedy in found.values())


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ('[community]\nname = "a"\nname = "b"\n', 3, "Cannot overwrite a value"),
        ("[community]\nname = Les anciens\n", 2, "Invalid value"),
        ('[community]\nname = "Les anciens\n', 2, "Illegal character"),
        ('[community]\nname = """Les anciens\n', 2, "Unterminated string"),
    ],
)
def test_what_is_not_toml_is_named_by_its_line(
    tmp_path: Path, text: str, line: int, what: str
) -> None:
    found = faults(tmp_path, text)
    assert list(found) == [line]
    assert f"this is not TOML: {what}" in found[line][0]
    assert "quotes" in found[line][1]


def test_what_is_no_hour_is_named_wherever_it_stands(tmp_path: Path) -> None:
    text = """\
[community]
name = "Les anciens"
[onboarding]
reminder_at = 10
[questions.waking]
start = 9
end = "20:00Z"
[[rituals.programme]]
slug = "un"
title = "Un"
hashtag = "#Un"
[[rituals.programme]]
slug = "deux"
title = "Deux"
hashtag = "#Deux"
notice_at = 9.5
"""
    found = faults(tmp_path, text)
    assert found.keys() == {4, 6, 7, 16}
    assert found[16] == (
        "rituals.programme.1.notice_at: is no hour of the community's own time",
        "write it like 09:00:00",
    )


def test_an_empty_file_misses_what_it_must_have(tmp_path: Path) -> None:
    assert faults(tmp_path, "") == {1: ("community: is missing", "add it")}


def test_a_section_that_is_no_table_is_named(tmp_path: Path) -> None:
    found = faults(tmp_path, 'charter = 5\n[community]\nname = "A"\n')
    assert found[1][0] == "charter: is not a table"
    assert found[1][1].startswith("write [charter] on a line of its own")


def test_files_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as refused:
        load(tmp_path / "absent.toml")
    assert "No such file" in refused.value.faults[0].what
    assert "AMICALE_CONFIG" in refused.value.faults[0].remedy
    path = tmp_path / "community.toml"
    path.write_bytes('[community]\nname = "école"\n'.encode("latin-1"))
    with pytest.raises(ConfigurationError, match="1 mistake"):
        load(path)
    path.write_text(GOOD, encoding="utf-8")
    (tmp_path / "charter").mkdir()
    (tmp_path / "charter" / "fr.md").write_bytes("école".encode("latin-1"))
    with pytest.raises(ConfigurationError) as refused:
        load(path)
    assert "UTF-8" in refused.value.faults[0].remedy
