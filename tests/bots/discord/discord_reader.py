"""A reader of Discord's markdown written apart from our renderer: what shows, and what is active.

The rules are those of the client's documented syntax: https://support.discord.com (Markdown Text
101) and https://docs.discord.com/developers/reference#message-formatting. At each place the first
rule that matches wins; a backslash before anything but a letter, digit or space is an escape.
"""

import re

_RULES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(pattern, re.DOTALL))
    for name, pattern in (
        ("escape", r"\\([^0-9A-Za-z\s])"),
        ("code block", r"```.+?```"),
        ("code", r"(`+).*?[^`]\1(?!`)"),
        ("mention", r"<@[!&]?\d+>|<#\d+>|<id:\w+>|</[^>]+:\d+>"),
        ("mass mention", r"@everyone|@here"),
        ("emoji", r"<a?:\w+:\d+>"),
        ("timestamp", r"<t:-?\d+(?::[tTdDfFsSR])?>"),
        ("link", r"\[[^\]]+\]\(<?[a-z]+://?[^)]*\)"),
        ("address", r"<?(?:https?|steam|discord)://[^\s<]+[^<.,:;\"')\]\s]"),
        ("mail", r"<(?:mailto:)?[^\s<>@]+@[^\s<>@]+>|<\+\d+>"),
        ("strong", r"\*\*.+?\*\*(?!\*)"),
        ("underline", r"__.+?__(?!_)"),
        ("emphasis", r"\*(?=\S).+?\*(?!\*)|\b_.+?_\b"),
        ("strike", r"~~.+?~~(?!_)"),
        ("spoiler", r"\|\|.+?\|\|"),
    )
)
_LINE_START: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(pattern))
    for name, pattern in (
        ("quote", r" *>(?:>>)? "),
        ("heading", r" *#{1,3}\s+\S"),
        ("small", r" *-#\s+\S"),
        ("list", r" *(?:[-*]|\d+\.) +"),
    )
)


def read(source: str) -> tuple[str, list[str]]:
    """What is shown of a markdown source, and the names of the rules that were active in it."""
    shown: list[str] = []
    active: list[str] = []
    position = 0
    while position < len(source):
        if position == 0 or source[position - 1] == "\n":
            active += [name for name, rule in _LINE_START if rule.match(source, position)]
        matches = ((name, rule.match(source, position)) for name, rule in _RULES)
        name, found = next(((name, m) for name, m in matches if m), ("", None))
        if found is None:
            shown.append(source[position])
            position += 1
            continue
        if name == "escape":
            shown.append(found[1])
        else:
            active.append(name)
            shown.append(found[0])
        position = found.end()
    return "".join(shown), active
