from pathlib import Path
from typing import get_args

from pydantic import BaseModel

from config.community import CommunityConfig
from config.settings import Settings

GUIDE = (Path(__file__).parents[2] / "docs" / "operator.md").read_text(encoding="utf-8")


def keys(kind: type[BaseModel]) -> set[str]:
    found = set(kind.model_fields)
    for field in kind.model_fields.values():
        for inner in (field.annotation, *get_args(field.annotation)):
            if isinstance(inner, type) and issubclass(inner, BaseModel):
                found |= keys(inner)
    return found


def test_the_operators_guide_has_every_variable() -> None:
    for name in Settings.model_fields:
        assert f"| `AMICALE_{name.upper()}` |" in GUIDE


def test_the_operators_guide_has_every_key_of_the_configuration() -> None:
    wanted = keys(CommunityConfig)
    assert {"grace_days", "hashtag", "send_to", "start"} <= wanted
    written = ("`{}`", "[{}", ".{}]")  # a key of a table, a table, a table within another
    assert not {key for key in wanted if not any(w.format(key) in GUIDE for w in written)}


def test_the_operators_guide_knows_what_the_check_says() -> None:
    rooms = Path(__file__).parents[2] / "bots"
    files = [rooms / "checking.py", rooms / "tenants.py", *rooms.glob("*/check.py")]
    said = " ".join(" ".join(file.read_text(encoding="utf-8").split()) for file in files)
    for words in (
        "no platform has a token",
        "is not a variable we know",
        "there is no way to receive events",
        "the database does not open",
        "Discord refuses this token",
        "stands above the bot's own role",
        "the bot is not in #",
        "the token belongs to workspace",
        "the bot is not an administrator",
        "telegram privacy mode",
        "the group became a supergroup and has a new id",
    ):
        assert words in said, words
        assert words in GUIDE, words
