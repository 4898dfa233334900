"""Reads Discord's markup back into what a person wrote."""

import re

from bots.discord.guild import Guild, Json

_MENTION = re.compile(r"<(@!?|@&|#)(\d+)>|<a?(:\w+:)\d+>")


def readable(data: Json, guild: Guild) -> str:
    """The text with names in the place of ids, as the person who wrote it saw it."""
    text = data.get("content") or ""
    if "<" not in text:
        return text
    people = {
        user["id"]: (user.get("member") or {}).get("nick")
        or user.get("global_name")
        or user["username"]
        for user in data.get("mentions", ())
    }

    def named(found: re.Match[str]) -> str:
        sign, id_, emoji = found.groups()
        if emoji:
            return str(emoji)
        if sign == "#":
            thread = guild.threads.get(id_)
            name = guild.channels.get(id_) or (thread.name if thread else None)
            return f"#{name}" if name else found[0]
        if sign == "@&":
            return f"@{guild.roles[id_].name}" if id_ in guild.roles else found[0]
        return f"@{people[id_]}" if id_ in people else found[0]

    return _MENTION.sub(named, text)
