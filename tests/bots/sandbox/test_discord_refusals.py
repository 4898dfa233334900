"""What the Discord stand-in refuses in hand-made requests, with Discord's codes and shapes."""

from typing import Any

import pytest

from bots.sandbox.discord import DiscordSandbox
from tests.bots.sandbox.discord_requests import Raw


def room(sandbox: DiscordSandbox, name: str = "accueil") -> str:
    return next(c.id for c in sandbox.state.channels.values() if c.name == name)


def button(**changes: object) -> dict[str, Any]:
    return {"type": 2, "style": 1, "label": "Oui", "custom_id": "oui"} | changes


def row(*children: dict[str, Any]) -> dict[str, Any]:
    return {"type": 1, "components": list(children)}


V2 = 1 << 15


def poll(count: int = 2, length: int = 5, **changes: object) -> dict[str, Any]:
    answers = [{"poll_media": {"text": "x" * length}} for _ in range(count)]
    return {"poll": {"question": {"text": "?"}, "answers": answers} | changes}


WRONG_MESSAGES = {
    "too long": {"content": "x" * 2001},
    "misspelt": {"contents": "x"},
    "content beside v2": {
        "content": "x",
        "flags": V2,
        "components": [{"type": 10, "content": "y"}],
    },
    "v2 without flag": {"components": [{"type": 10, "content": "y"}]},
    "long label": {"content": "x", "components": [row(button(label="x" * 81))]},
    "long custom id": {"content": "x", "components": [row(button(custom_id="x" * 101))]},
    "same custom id": {"content": "x", "components": [row(button(), button())]},
    "six buttons": {
        "content": "x",
        "components": [row(*(button(custom_id=str(n)) for n in range(6)))],
    },
    "bare button": {"content": "x", "components": [button()]},
    "text input": {
        "content": "x",
        "components": [row({"type": 4, "custom_id": "t", "style": 1, "label": "t"})],
    },
    "too much text": {
        "flags": V2,
        "components": [{"type": 10, "content": "x" * 2500}, {"type": 10, "content": "x" * 2500}],
    },
    "41 components": {
        "flags": V2,
        "components": [
            {"type": 17, "components": [{"type": 14} for _ in range(20)]},
            {"type": 17, "components": [{"type": 14} for _ in range(20)]},
        ],
    },
    "no such file": {
        "flags": V2,
        "components": [{"type": 12, "items": [{"media": {"url": "attachment://a.png"}}]}],
    },
    "ephemeral in a channel": {"content": "x", "flags": 64},
    "both mention lists": {
        "content": "x",
        "allowed_mentions": {"parse": ["users"], "users": ["800000000000000001"]},
    },
    "long nonce": {"content": "x", "nonce": "x" * 26},
    "poll beside v2": {"flags": V2, "components": [{"type": 10, "content": "y"}], **poll()},
    "poll of eleven answers": poll(11),
    "poll of no answer": poll(0),
    "long answer": poll(2, 56),
    "long question": poll(question={"text": "x" * 301}),
    "long poll": poll(duration=769),
}


@pytest.mark.parametrize("fault", WRONG_MESSAGES)
async def test_a_malformed_message_is_refused(
    raw_discord: tuple[Raw, DiscordSandbox], fault: str
) -> None:
    client, sandbox = raw_discord
    path = f"/channels/{room(sandbox)}/messages"
    status, told = await client.ask("POST", path, WRONG_MESSAGES[fault])
    assert (status, told["code"]) == (400, 50035)
    assert told["errors"]
    assert len(sandbox.complaints()) == 1
    assert sandbox.transcript() == ()


async def test_a_poll_is_ended_once_and_never_changed(
    raw_discord: tuple[Raw, DiscordSandbox],
) -> None:
    client, sandbox = raw_discord
    here = f"/channels/{room(sandbox)}"
    _, made = await client.ask("POST", f"{here}/messages", poll(3, duration=1))
    assert [answer["answer_id"] for answer in made["poll"]["answers"]] == [1, 2, 3]
    assert made["poll"]["results"] == {"is_finalized": False, "answer_counts": []}
    changed = await client.ask("PATCH", f"{here}/messages/{made['id']}", {"content": "x"})
    assert changed[1]["code"] == 520003
    ends = f"{here}/polls/{made['id']}/expire"
    assert (await client.ask("POST", ends, {}))[1]["poll"]["results"]["is_finalized"]
    assert (await client.ask("POST", ends, {}))[1]["code"] == 520001
    _, words = await client.ask("POST", f"{here}/messages", {"content": "x"})
    assert (await client.ask("POST", f"{here}/polls/{words['id']}/expire", {}))[1]["code"] == 520006
    voters = f"{here}/polls/{words['id']}/answers/1"
    assert (await client.ask("GET", voters))[1]["code"] == 10008


async def test_what_is_unknown_fails_loudly(raw_discord: tuple[Raw, DiscordSandbox]) -> None:
    client, sandbox = raw_discord
    assert (await client.ask("GET", "/nowhere"))[0] == 404
    assert (await client.ask("PATCH", "/users/@me/channels"))[0] == 405
    assert (await client.ask("GET", f"/channels/{room(sandbox)}/messages?limite=3"))[0] == 400
    assert len(sandbox.complaints()) == 3
    status, told = await client.ask("GET", "/channels/1")
    assert (status, told) == (404, {"message": "Unknown Channel", "code": 10003})
    path = f"/channels/{room(sandbox)}/messages/1"
    assert (await client.ask("DELETE", path))[1]["code"] == 10008
    empty = await client.ask("POST", f"/channels/{room(sandbox)}/messages", {"content": " "})
    assert (empty[0], empty[1]["code"]) == (400, 50006)
    late = await client.ask("POST", "/interactions/1/jeton/callback", {"type": 5})
    assert (late[0], late[1]["code"]) == (404, 10062)
    gone = await client.ask("POST", "/webhooks/900000000000000002/jeton", {"content": "x"})
    assert (gone[0], gone[1]["code"]) == (401, 50027)


def command(**changes: object) -> dict[str, Any]:
    return {"name": "charte", "description": "La charte", "type": 1} | changes


def option(**changes: object) -> dict[str, Any]:
    return {"name": "nom", "description": "Un nom", "type": 3} | changes


WRONG_COMMANDS = {
    "capital": command(name="Charte"),
    "space": command(name="la charte"),
    "long description": command(description="x" * 101),
    "no description": command(description=""),
    "unknown locale": command(name_localizations={"fr-FR": "charte"}),
    "required after optional": command(
        options=[option(), option(name="deux", required=True)],
    ),
    "same option twice": command(options=[option(), option()]),
    "too many options": command(options=[option(name=f"n{n}") for n in range(26)]),
    "choices and autocomplete": command(
        options=[option(choices=[{"name": "a", "value": "a"}], autocomplete=True)]
    ),
    "values beside sub-commands": command(options=[option(), option(name="s", type=1)]),
    "misspelt": command(desciption="x"),
}


@pytest.mark.parametrize("fault", WRONG_COMMANDS)
async def test_a_malformed_command_is_refused(
    raw_discord: tuple[Raw, DiscordSandbox], fault: str
) -> None:
    client, _ = raw_discord
    path = "/applications/900000000000000002/commands"
    status, told = await client.ask("PUT", path, [WRONG_COMMANDS[fault]])
    assert (status, told["code"]) == (400, 50035)
    assert await client.ask("PUT", path, [command(), command(name="été")]) != (400, None)
    assert [c["name"] for c in (await client.ask("GET", path))[1]] == ["charte", "été"]


async def test_mentions_notify_only_when_allowed(raw_discord: tuple[Raw, DiscordSandbox]) -> None:
    client, sandbox = raw_discord
    nadia = sandbox.person("Nadia")
    path = f"/channels/{room(sandbox)}/messages"
    written = f"<@{nadia.id}> @everyone \\*brut\\* [lien](https://example.org)"
    silent = {"content": written, "allowed_mentions": {"parse": []}}
    assert (await client.ask("POST", path, silent))[1]["mentions"] == []
    assert nadia.notifications() == ()
    assert nadia.sees()[-1].text == "@Nadia @everyone *brut* lien"
    loud = (await client.ask("POST", path, {"content": written}))[1]
    assert loud["mention_everyone"] is False
    assert len(nadia.notifications()) == 1
