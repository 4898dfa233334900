"""A small bot on the unmodified discord.py, for trying the Discord stand-in."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any, cast

import aiohttp
import discord
import yarl
from discord import app_commands, ui
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bots.sandbox.discord import DiscordSandbox
from bots.sandbox.people import World


class Charter(ui.Modal, title="Charte"):
    why: ui.Label[Any] = ui.Label(
        text="Pourquoi venir ?",
        component=ui.TextInput(custom_id="why", max_length=40, style=discord.TextStyle.paragraph),
    )
    level: ui.Label[Any] = ui.Label(
        text="Niveau",
        component=ui.RadioGroup(
            custom_id="level",
            options=[
                discord.RadioGroupOption(label="Débutant", value="b"),
                discord.RadioGroupOption(label="Expert", value="e"),
            ],
        ),
    )
    topics: ui.Label[Any] = ui.Label(
        text="Sujets",
        component=ui.CheckboxGroup(
            custom_id="topics",
            required=False,
            options=[
                discord.CheckboxGroupOption(label="Python", value="py"),
                discord.CheckboxGroupOption(label="SQL", value="sql"),
            ],
        ),
    )
    agreed: ui.Label[Any] = ui.Label(text="J'accepte", component=ui.Checkbox(custom_id="ok"))
    size: ui.Label[Any] = ui.Label(
        text="Taille",
        component=ui.Select(
            custom_id="size",
            options=[discord.SelectOption(label="Petit", value="s", default=True)],
        ),
    )

    async def on_submit(self, interaction: discord.Interaction) -> None:
        kept = [
            cast("ui.TextInput[Any]", self.why.component).value,
            str(cast("ui.RadioGroup[Any]", self.level.component).value),
            *cast("ui.CheckboxGroup[Any]", self.topics.component).values,
            str(cast("ui.Checkbox[Any]", self.agreed.component).value),
            *cast("ui.Select[Any]", self.size.component).values,
        ]
        await interaction.response.send_message("reçu " + " ".join(kept), ephemeral=True)


class Gate(ui.LayoutView):
    """A Components V2 message whose buttons exercise every way of answering."""

    def __init__(self) -> None:
        super().__init__(timeout=None)
        row: ui.ActionRow[Any] = ui.ActionRow()
        for label in ("Formulaire", "Modifier", "Plus tard", "Deux fois", "Jamais"):
            row.add_item(ui.Button(label=label, custom_id=f"gate:{label}"))
        link: ui.ActionRow[Any] = ui.ActionRow()
        link.add_item(ui.Button(label="Éteint", custom_id="off", disabled=True))
        link.add_item(ui.Button(label="Le site", url="https://example.org/"))
        said = "# Charte\nÊtre **gentil** avec <@{}> et *tous*"
        self.add_item(ui.Container(ui.TextDisplay(said.format(user_id("Zoé"))), row, link))


def user_id(name: str) -> str:
    return DiscordSandbox(World()).state.user(name).id


class Bot(discord.Client):
    """A small bot written as discord.py's documentation teaches."""

    def __init__(self, intents: discord.Intents) -> None:
        super().__init__(intents=intents, max_messages=None, guild_ready_timeout=0.1)
        self.tree = app_commands.CommandTree(self)
        self.heard: list[str] = []
        self.refusals: list[dict[str, Any]] = []
        self.resumes = 0
        self._commands()

    def _commands(self) -> None:
        @self.tree.command(name="rituel", description="Un rituel")
        async def rituel(interaction: discord.Interaction, nom: str) -> None:
            await interaction.response.defer(ephemeral=True)
            await interaction.followup.send(f"rituel {nom} ({interaction.locale})")
            await interaction.edit_original_response(content=f"rituel {nom} prêt")

        @rituel.autocomplete("nom")
        async def names(_: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
            known = ("astuce", "atelier", "bilan")
            return [app_commands.Choice(name=n, value=n) for n in known if n.startswith(typed)]

        group = app_commands.Group(name="charte", description="La charte")
        self.tree.add_command(group)

        @group.command(name="statut", description="Qui a accepté")
        async def status(interaction: discord.Interaction, membre: discord.Member) -> None:
            await interaction.response.send_message(f"statut de {membre.mention}")

    async def setup_hook(self) -> None:
        await self.tree.sync()

    async def on_message(self, message: discord.Message) -> None:
        if not message.author.bot:
            self.heard.append(message.content)

    async def on_raw_reaction_add(self, payload: discord.RawReactionActionEvent) -> None:
        self.heard.append(f"+{payload.emoji}")

    async def on_raw_reaction_remove(self, payload: discord.RawReactionActionEvent) -> None:
        self.heard.append(f"-{payload.emoji}")

    async def on_raw_message_edit(self, payload: discord.RawMessageUpdateEvent) -> None:
        if not payload.message.author.bot:
            self.heard.append(f"edit {payload.message.content}")

    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        self.heard.append(f"delete {payload.message_id}")

    async def on_member_join(self, member: discord.Member) -> None:
        self.heard.append(f"join {member.display_name}")

    async def on_raw_member_remove(self, payload: discord.RawMemberRemoveEvent) -> None:
        self.heard.append(f"leave {payload.user.display_name}")

    async def on_resumed(self) -> None:
        self.resumes += 1

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        if interaction.type is not discord.InteractionType.component:
            return
        data: Any = interaction.data
        match data["custom_id"].removeprefix("gate:"):
            case "Formulaire":
                await interaction.response.send_modal(Charter())
            case "Modifier":
                view: ui.LayoutView = ui.LayoutView()
                view.add_item(ui.TextDisplay("Accepté"))
                await interaction.response.edit_message(view=view)
            case "Plus tard":
                await interaction.response.defer()
                await interaction.followup.send("à plus tard", ephemeral=True)
            case "Deux fois":
                await interaction.response.send_message("une fois", ephemeral=True)
                path = f"/interactions/{interaction.id}/{interaction.token}/callback"
                async with self.session.post(Route.BASE + path, json={"type": 5}) as answer:
                    self.refusals.append(await answer.json())

    @property
    def session(self) -> aiohttp.ClientSession:
        return self.http._HTTPClient__session  # type: ignore[attr-defined,no-any-return]  # name-mangled

    @property
    def guild(self) -> discord.Guild:
        return self.guilds[0]

    def room(self, name: str) -> discord.TextChannel:
        found = discord.utils.get(self.guild.text_channels, name=name)
        assert found is not None
        return found


@contextlib.asynccontextmanager
async def connected(
    sandbox: DiscordSandbox, intents: discord.Intents | None = None
) -> AsyncIterator[Bot]:
    env = sandbox.environment()
    base, gateway = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    Route.BASE = env["AMICALE_DISCORD_API_URL"]
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(env["AMICALE_DISCORD_GATEWAY_URL"])
    bot = Bot(intents or discord.Intents(513 | 1 << 1 | 1 << 10 | 1 << 12 | 1 << 13 | 1 << 15))
    running = asyncio.create_task(bot.start(env["AMICALE_DISCORD_TOKEN"]))
    ready = asyncio.create_task(bot.wait_until_ready())
    try:
        await asyncio.wait({running, ready}, return_when=asyncio.FIRST_COMPLETED, timeout=10)
        if running.done():
            running.result()
        yield bot
    finally:
        ready.cancel()
        await bot.close()
        with contextlib.suppress(discord.DiscordException):
            await running
        Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = base, gateway


async def heard(world: World, bot: Bot, what: str) -> None:
    assert await world.until(lambda: what in bot.heard), bot.heard
