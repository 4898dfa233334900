"""The command menu, as Telegram shows it behind the «/» button."""

from collections.abc import Iterator

from bots.telegram.api import JSON, Api
from bots.telegram.commands import fold
from core.chat.adapter import Command, Menu

DESCRIPTION_LIMIT = 256
"""https://core.telegram.org/bots/api#botcommand."""
COMMANDS_LIMIT = 100
"""https://core.telegram.org/bots/api#setmycommands."""


def listed(menu: Menu, language: str, *, staff: bool) -> list[JSON]:
    """The menu in a language: one entry a first word, its second words in the description."""
    groups: dict[str, list[Command]] = {}
    for command in menu.commands(language):
        if staff or not command.staff:
            groups.setdefault(fold(command.name.split()[0]), []).append(command)
    return [
        {"command": name, "description": _description(menu, language, commands)}
        for name, commands in groups.items()
        if name
    ][:COMMANDS_LIMIT]


def _description(menu: Menu, language: str, commands: list[Command]) -> str:
    alone = next((command for command in commands if " " not in command.name.strip()), None)
    if alone or len(commands) == 1:
        command = alone or commands[0]
        return command.description[:DESCRIPTION_LIMIT] or command.name
    seconds = ", ".join(command.name.split()[-1] for command in commands)
    return menu.say("adapter_telegram.subcommands", language, choices=seconds)[:DESCRIPTION_LIMIT]


def publications(menu: Menu, workspace: str) -> Iterator[JSON]:
    """The parameters of each `setMyCommands`: everybody's menu, then the administrators'.

    The first language serves whoever has no menu in theirs.
    """
    everybody = {"type": "default"}
    administrators = {"type": "chat_administrators", "chat_id": int(workspace)}
    for scope, staff in ((everybody, False), (administrators, True)):
        for index, language in enumerate(menu.languages):
            code = {"language_code": language} if index else {}
            yield {"commands": listed(menu, language, staff=staff), "scope": scope, **code}


async def publish(api: Api, menu: Menu, workspace: str) -> None:
    """Tell Telegram our commands. Raises DeliveryError."""
    for publication in publications(menu, workspace):
        await api.call("setMyCommands", publication)
