"""The three stand-ins side by side, with the configuration and environment that fit them."""

from dataclasses import dataclass

from bots.sandbox.discord import DiscordSandbox
from bots.sandbox.people import Person, Sandbox, Seen, World
from bots.sandbox.slack import SlackSandbox
from bots.sandbox.slack.state import TEAM
from bots.sandbox.telegram import TelegramSandbox
from core.chat.identity import Platform, Purpose

PLACES = {
    Purpose.WELCOME: "accueil",
    Purpose.INTRODUCTIONS: "présentations",
    Purpose.HELP: "entraide",
    Purpose.RITUALS: "rituels",
    Purpose.MODERATORS: "modération",
    Purpose.ADMINS: "administration",
}


@dataclass(slots=True)
class Towns:
    """Discord, Slack and Telegram on loopback."""

    world: World
    discord: DiscordSandbox
    slack: SlackSandbox
    telegram: TelegramSandbox

    @classmethod
    def build(
        cls, world: World, *, discord_port: int = 0, slack_port: int = 0, telegram_port: int = 0
    ) -> "Towns":
        """The default community on each; port 0 is any free one."""
        return cls(
            world,
            DiscordSandbox(world, port=discord_port),
            SlackSandbox(world, port=slack_port, members_channel=True),
            TelegramSandbox(world, port=telegram_port),
        )

    @property
    def all(self) -> dict[Platform, Sandbox]:
        """Each stand-in by its platform."""
        return {
            Platform.DISCORD: self.discord,
            Platform.SLACK: self.slack,
            Platform.TELEGRAM: self.telegram,
        }

    async def start(self) -> None:
        """Listen on loopback."""
        for sandbox in self.all.values():
            await sandbox.start()

    async def stop(self) -> None:
        """Close every socket."""
        for sandbox in self.all.values():
            await sandbox.stop()

    def person(self, name: str, platform: Platform) -> Person:
        """Somebody on one of the platforms."""
        return self.all[platform].person(name)

    def environment(self) -> dict[str, str]:
        """The AMICALE_* variables that make the suite speak to these servers."""
        found = {"AMICALE_TELEGRAM_GROUP_PER_MINUTE": "0", "AMICALE_SLACK_CHANNEL_PER_SECOND": "50"}
        for sandbox in self.all.values():
            found |= sandbox.environment()
        return found

    def transcript(self) -> list[Seen]:
        """Everything anybody could see on the three, in the order of the clock."""
        shown = [seen for sandbox in self.all.values() for seen in sandbox.transcript()]
        return sorted(shown, key=lambda seen: seen.at)

    def complaints(self) -> list[str]:
        """Requests that broke a documented protocol, by platform."""
        return [
            f"{platform}: {complaint}"
            for platform, sandbox in self.all.items()
            for complaint in sandbox.complaints()
        ]

    def community_toml(self) -> str:
        """A configuration for these workspaces."""
        names = {purpose: dict.fromkeys(Platform, place) for purpose, place in PLACES.items()}
        for purpose, place in PLACES.items():
            names[purpose][Platform.TELEGRAM] = self.telegram.channel_ids[place]
        discord, slack, telegram = (
            "\n".join(f'{purpose} = "{names[purpose][platform]}"' for purpose in PLACES)
            for platform in (Platform.DISCORD, Platform.SLACK, Platform.TELEGRAM)
        )
        group = self.telegram.channel_ids["accueil"].partition("/")[0]
        return f"""\
[community]
name = "Les anciens de l’école"
slug = "demo"
timezone = "Europe/Paris"
language = "fr"

[discord]
workspace = "{self.discord.guild_id}"
gate_role = "Membre"
[discord.channels]
{discord}
[discord.roles]
"modération" = "moderator"
"administration" = "admin"

[slack]
workspace = "{TEAM}"
gate_channels = ["membres"]
[slack.channels]
{slack}

[telegram]
workspace = "{group}"
[telegram.channels]
{telegram}
"""
