"""What has to be clicked and said on Telegram before the bot can work: no call can do it."""

RIGHTS: dict[str, tuple[str, str]] = {
    "can_invite_users": ("Add users", "approve requests to join"),
    "can_restrict_members": ("Ban users", "keep the gate until the charter is accepted"),
}
"""A right as the Bot API names it, to its switch in the application and why we need it
(https://core.telegram.org/bots/api#chatadministratorrights)."""

_STEPS = """\
With @BotFather (https://t.me/BotFather):
  /newbot          a name people will see, then a user name that ends in "bot";
                   the token it gives goes into AMICALE_TELEGRAM_TOKEN
  /setprivacy      {bot} > Disable: else it reads only commands
  /setjoingroups   {bot} > Enable: until it is in your groups
  /setcommands     leave it: the menu is published at each start

In the group, as its owner:
  Edit > Group type, approve new members: on, so that the charter comes first
  Administrators > Add administrator > {bot}, with these rights on:
{rights}
  (an administrator also gets reactions and sees who comes and goes; «Manage topics» is only for
  channels that are topics closed to members: a closed topic takes nobody else's messages)

Then write the group's id as `workspace` under [telegram], and the channels below it. A
message's link tells them: https://t.me/c/1234567890/5/42 is in group -1001234567890, topic 5,
which is the channel "-1001234567890/5". A public group's links (https://t.me/name/42) hide its
id: docs/platforms/telegram.md says how to ask for it.

amicale check says whether all of it is right.
"""


def instructions(name: str = "") -> str:
    """The whole of it, in the order in which it is done; `name` is the bot's user name."""
    rights = [f"    «{switch}» to {reason}" for switch, reason in RIGHTS.values()]
    return _STEPS.format(rights="\n".join(rights), bot=f"@{name}" if name else "your bot")
