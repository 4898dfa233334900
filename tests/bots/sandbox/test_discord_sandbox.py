"""The Discord stand-in as the unmodified discord.py meets it: what people do, see and fill."""

import io
from typing import Any

import discord
import pytest
from discord import ui

from bots.sandbox.people import CannotDo, World, eventually
from tests.bots.sandbox.discord_requests import Start
from tests.bots.sandbox.discord_stage import Gate, connected, heard

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 32


@pytest.mark.e2e
async def test_a_bot_hears_everything_people_do(start_discord: Start, world: World) -> None:
    sandbox = await start_discord()
    zoe, ali = sandbox.person("Zoé"), sandbox.person("Ali")
    async with connected(sandbox) as bot:
        assert [c.name for c in bot.guild.text_channels][:3] == [
            "accueil",
            "présentations",
            "entraide",
        ]
        await zoe.joins()
        await ali.joins()
        await heard(world, bot, "join Zoé")
        with pytest.raises(CannotDo, match="accueil"):
            await zoe.says("déjà là ?", channel="entraide")
        said = await zoe.says("bonjour", channel="accueil")
        await zoe.edits(said, "bonsoir")
        await ali.reacts(said, "👍")
        await ali.unreacts(said, "👍")
        with pytest.raises(CannotDo, match="Zoé"):
            await ali.edits(said, "pirate")
        await zoe.deletes(said)
        await zoe.says("en privé")
        await zoe.leaves()
        for what in ("bonjour", "edit bonsoir", "+👍", "-👍", f"delete {said.id}", "en privé"):
            await heard(world, bot, what)
        await heard(world, bot, "leave Zoé")
        assert ali.sees() == ()
    assert [m.text for m in sandbox.transcript()] == ["bonjour", "bonsoir", "en privé"]
    assert sandbox.transcript()[2].private_to == "Zoé"
    assert sandbox.complaints() == ()


@pytest.mark.e2e
async def test_a_role_opens_the_channels(start_discord: Start) -> None:
    sandbox = await start_discord()
    zoe = sandbox.person("Zoé")
    await zoe.joins()
    async with connected(sandbox) as bot:
        member = bot.guild.get_member(int(zoe.id))
        role = discord.utils.get(bot.guild.roles, name="Membre")
        staff = discord.utils.get(bot.guild.roles, name="Modération")
        assert member is not None
        assert role is not None
        assert staff is not None
        await member.add_roles(role)
        assert sandbox.roles("Zoé") == ("Membre",)
        await zoe.says("me voilà", channel="entraide")
        with pytest.raises(discord.Forbidden) as refused:
            await member.add_roles(staff)
        assert refused.value.code == 50013
        with pytest.raises(CannotDo):
            await zoe.says("coucou", channel="modération")
    assert sandbox.complaints() == ()


@pytest.mark.e2e
async def test_components_are_shown_and_answered(start_discord: Start, world: World) -> None:
    sandbox = await start_discord()
    zoe, ali = sandbox.person("Zoé"), sandbox.person("Ali")
    for person in (zoe, ali):
        await person.joins()
    async with connected(sandbox) as bot:
        await bot.room("accueil").send(view=Gate(), allowed_mentions=discord.AllowedMentions.none())
        gate = await eventually(world, zoe, "Charte")
        assert gate.text == "Charte\nÊtre gentil avec @Zoé et tous"
        assert gate.buttons[:2] == ("Formulaire", "Modifier")
        assert "Éteint" not in gate.buttons
        assert zoe.notifications() == ()
        with pytest.raises(CannotDo, match="Formulaire"):
            await zoe.presses("Éteint")
        await zoe.presses("Plus tard")
        private = await eventually(world, zoe, "à plus tard")
        assert private.private_to == "Zoé"
        assert all("à plus tard" not in m.text for m in ali.sees())
        await ali.presses("Modifier", on=gate)
        await eventually(world, ali, "Accepté")
        assert [m.text for m in ali.sees()] == ["Accepté"]
    assert [m.edited for m in sandbox.transcript() if m.text == "Accepté"] == [True]
    assert sandbox.complaints() == ()


@pytest.mark.e2e
async def test_a_form_is_filled_as_the_client_allows(start_discord: Start, world: World) -> None:
    sandbox = await start_discord()
    zoe = sandbox.person("Zoé")
    await zoe.joins()
    async with connected(sandbox) as bot:
        await bot.room("accueil").send(view=Gate())
        await eventually(world, zoe, "Charte")
        await zoe.presses("Formulaire")
        assert await world.until(lambda: zoe.form is not None)
        form = zoe.form
        assert form is not None
        assert form.labels[0] == "Pourquoi venir ?"
        assert form.values == {"Taille": "Petit"}
        with pytest.raises(CannotDo, match="40"):
            await zoe.fills({"Pourquoi": "x" * 41, "Niveau": "Expert"})
        with pytest.raises(CannotDo, match="Niveau"):
            await zoe.fills({"Pourquoi": "apprendre"})
        await zoe.fills(
            {"why": "apprendre", "niv": "Expert", "Sujets": "Python, SQL", "J'accepte": "oui"}
        )
        await eventually(world, zoe, "reçu apprendre e py sql True s")
        assert (zoe.form, zoe.answered) == (None, True)
    assert sandbox.complaints() == ()


@pytest.mark.e2e
async def test_commands_are_typed_completed_and_answered(
    start_discord: Start, world: World
) -> None:
    sandbox = await start_discord()
    zoe = sandbox.person("Zoé")
    zoe.locale = "en-US"
    await zoe.joins()
    async with connected(sandbox) as bot:
        del bot
        assert await zoe.completes("/rituel a") == ("astuce", "atelier")
        await zoe.runs("/rituel astuce du lundi")
        ready = await eventually(world, zoe, "rituel astuce du lundi prêt")
        assert ready.private_to == "Zoé"
        await zoe.runs("/charte statut membre:@Nadia", channel="accueil")
        await eventually(world, zoe, "statut de @Nadia")
        with pytest.raises(CannotDo, match="/charte, /rituel"):
            await zoe.runs("/inconnue")
        with pytest.raises(CannotDo, match="nom"):
            await zoe.runs("/rituel")
    shown = [m.text for m in sandbox.transcript()]
    assert shown[:2] == ["rituel astuce du lundi (en-US)", "rituel astuce du lundi prêt"]
    assert sandbox.complaints() == ()


@pytest.mark.e2e
async def test_one_answer_within_the_window(start_discord: Start, world: World) -> None:
    sandbox = await start_discord(answer_seconds=0.5)
    zoe = sandbox.person("Zoé")
    await zoe.joins()
    async with connected(sandbox) as bot:
        await bot.room("accueil").send(view=Gate())
        await eventually(world, zoe, "Charte")
        await zoe.presses("Deux fois")
        assert await world.until(lambda: bool(bot.refusals))
        assert bot.refusals[0]["code"] == 40060
        assert zoe.answered is True
        await zoe.presses("Jamais")
        failed = await eventually(world, zoe, "Échec de l'interaction")
        assert (failed.author, failed.private_to, zoe.answered) == ("Discord", "Zoé", False)
    assert len(sandbox.complaints()) == 1
    assert "40060" in sandbox.complaints()[0]


@pytest.mark.e2e
async def test_direct_messages_can_be_refused(start_discord: Start, world: World) -> None:
    sandbox = await start_discord()
    zoe = sandbox.person("Zoé")
    await zoe.joins()
    async with connected(sandbox) as bot:
        member = bot.guild.get_member(int(zoe.id))
        assert member is not None
        await member.send("bienvenue")
        assert (await eventually(world, zoe, "bienvenue")).channel == "privé"
        await zoe.refuses_direct_messages()
        with pytest.raises(discord.Forbidden) as refused:
            await member.send("encore")
        assert refused.value.code == 50007
        thread = await bot.room("accueil").create_thread(name="Pour Zoé")
        await thread.add_user(member)
        await thread.send("par ici")
        assert (await eventually(world, zoe, "par ici")).thread == "Pour Zoé"
        ali = sandbox.person("Ali")
        await ali.joins()
        assert ali.sees() == ()
    assert sandbox.complaints() == ()


@pytest.mark.e2e
async def test_threads_files_and_safe_resends(start_discord: Start, world: World) -> None:
    sandbox = await start_discord()
    nadia = sandbox.person("Nadia")
    async with connected(sandbox) as bot:
        asked = await nadia.says("une **question** ?", channel="entraide")
        await heard(world, bot, "une **question** ?")
        question = await bot.room("entraide").fetch_message(int(asked.id))
        thread = await question.create_thread(name="Question de Nadia")
        await thread.send("j'arrive")
        reply = await nadia.says("merci", reply_to=asked)
        assert (reply.thread, reply.channel) == ("Question de Nadia", "entraide")
        await thread.edit(archived=True)
        view: ui.LayoutView = ui.LayoutView()
        gallery: ui.MediaGallery[Any] = ui.MediaGallery()
        gallery.add_item(media="attachment://chart.png", description="Une courbe")
        view.add_item(gallery)
        shown = await bot.room("rituels").send(
            view=view, file=discord.File(io.BytesIO(PNG), "chart.png"), nonce="outbox-1"
        )
        assert (await bot.room("rituels").send("double", nonce="outbox-1")).id == shown.id
        assert nadia.sees()[-1].images == ("Une courbe",)
        assert nadia.opens("chart.png") == PNG
        with pytest.raises(CannotDo, match="no file"):
            nadia.opens("autre.png")
        media: Any = shown.components[0]
        async with bot.session.get(media.items[0].media.url) as answer:
            assert await answer.read() == PNG
        newest = [m.id async for m in bot.room("entraide").history(limit=5, oldest_first=False)]
        assert newest == [question.id]
        await shown.add_reaction("🎉")
        assert nadia.sees()[-1].reactions == (("🎉", 1),)
        with pytest.raises(discord.HTTPException) as refused:
            await shown.add_reaction("abc")
        assert refused.value.code == 10014
    assert sandbox.complaints() == ()
