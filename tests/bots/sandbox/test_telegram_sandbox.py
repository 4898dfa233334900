"""The pretend Telegram as people and python-telegram-bot live it."""

import asyncio

import pytest
from telegram import (
    BotCommand,
    ChatPermissions,
    InputMediaPhoto,
    LinkPreviewOptions,
    Message,
    MessageEntity,
    ReactionTypeEmoji,
    ReplyParameters,
)
from telegram.constants import ChatAction, ReactionEmoji, UpdateType
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
)

from bots.sandbox.people import CannotDo, Person, Sandbox, World, eventually
from bots.sandbox.telegram import TelegramSandbox
from bots.sandbox.telegram.posting import plain_emoji
from bots.sandbox.telegram.state import MEMBER, Membership
from bots.sandbox.telegram.vocabulary import ACTIONS, KINDS, REACTIONS, RIGHTS
from tests.bots.sandbox.telegram_bot import (
    application,
    keyboard,
    member,
    png,
    polling,
    started,
)

pytestmark = pytest.mark.e2e


@pytest.fixture(autouse=True)
def durations_are_timedeltas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "true")


def test_the_sandbox_keeps_the_fixed_vocabulary() -> None:
    sandbox: Sandbox = TelegramSandbox(World())
    person: Person = sandbox.person("Claire")
    assert person.id == TelegramSandbox(World()).person("Claire").id
    assert {kind.value for kind in UpdateType} == KINDS
    assert set(REACTIONS) == {plain_emoji(emoji.value) for emoji in ReactionEmoji}
    assert {action.value for action in ChatAction} == ACTIONS


async def test_a_join_request_lets_the_bot_write_until_it_is_approved() -> None:
    async with started() as sandbox, polling(sandbox) as bot:
        claire = sandbox.person("Claire")
        await claire.joins()
        with pytest.raises(CannotDo, match="already asked"):
            await claire.joins()
        asked = await bot.last("chat_join_request")
        assert (asked.from_user.first_name, asked.chat.id) == ("Claire", sandbox.main.id)
        await bot.bot.send_message(
            asked.user_chat_id, "Acceptez-vous la charte ?", reply_markup=keyboard(Oui="charter:3")
        )
        shown = await eventually(sandbox.world, claire, "la charte")
        assert (shown.channel, shown.private_to, shown.buttons) == ("privé", "Claire", ("Oui",))
        await claire.presses("Oui")
        pressed = await bot.last("callback_query")
        assert (pressed.data, claire.waiting) == ("charter:3", ("Oui",))
        await pressed.answer("Merci !")
        assert claire.waiting == ()
        assert (await eventually(sandbox.world, claire, "Merci !")).channel == "notification"
        await pressed.edit_message_text("Charte acceptée")
        edited = await eventually(sandbox.world, claire, "Charte acceptée")
        assert (edited.edited, edited.buttons, edited.id) == (True, (), shown.id)
        await asked.approve()
        assert (await bot.last("chat_member")).new_chat_member.status == "member"
        assert (await bot.last("message")).new_chat_members[0].id == int(claire.id)
        with pytest.raises(Forbidden, match="can't initiate conversation"):
            await bot.bot.send_message(int(claire.id), "Et maintenant ?")
        with pytest.raises(BadRequest, match="User_already_participant"):
            await asked.approve()
        assert [m.text for m in sandbox.transcript() if m.private_to == "Claire"] == [
            "Acceptez-vous la charte ?",
            "Merci !",
            "Charte acceptée",
        ]
        assert sandbox.complaints() == ()


async def test_private_chat_opens_with_start_and_closes_with_a_block() -> None:
    async with started() as sandbox, polling(sandbox) as bot:
        claire = sandbox.person("Claire")
        with pytest.raises(BadRequest, match="Chat not found"):
            await bot.bot.send_message(int(claire.id), "Bonjour")
        await claire.follows("https://t.me/amicale_bot?start=profil-1")
        started_with = await bot.last("message")
        assert started_with.text == "/start profil-1"
        assert started_with.from_user.language_code == "fr"
        assert started_with.entities[0].type == "bot_command"
        await started_with.reply_text("Bienvenue")
        await claire.says("Bonjour")
        assert (await bot.last("message", 2)).text == "Bonjour"
        await claire.refuses_direct_messages()
        assert (await bot.last("my_chat_member")).new_chat_member.status == "kicked"
        with pytest.raises(Forbidden, match="bot was blocked by the user"):
            await bot.bot.send_message(int(claire.id), "Encore moi")
        with pytest.raises(CannotDo, match="blocked"):
            await claire.says("Allô")
        await claire.refuses_direct_messages(refuses=False)
        await bot.bot.send_message(int(claire.id), "Encore moi")
        assert [m.text for m in claire.sees()][-1] == "Encore moi"
        assert sandbox.complaints() == ()


async def test_topics_threads_and_replies() -> None:
    async with started() as sandbox, polling(sandbox) as bot:
        await member(sandbox, "Claire")
        claire, chat = sandbox.person("Claire"), sandbox.main.id
        place, _, topic = sandbox.channel_ids["entraide"].partition("/")
        assert int(place) == chat
        said = await claire.says("#Question comment citer ?", channel="entraide")
        heard = await bot.last("message", 2)
        assert (heard.message_thread_id, heard.is_topic_message) == (int(topic), True)
        assert heard.reply_to_message.message_id == int(topic)  # the opening of the topic
        assert heard.entities[0].type == "hashtag"
        await heard.reply_text(
            "C'est noté", do_quote=True, link_preview_options=LinkPreviewOptions(is_disabled=True)
        )
        answer = await eventually(sandbox.world, claire, "C'est noté")
        assert (answer.channel, answer.thread) == ("entraide", None)
        await claire.says("Bonjour", channel="accueil")
        hello = await bot.last("message", 3)
        assert (hello.message_thread_id, hello.is_topic_message) == (None, None)
        with pytest.raises(BadRequest, match="Message thread not found"):
            await bot.bot.send_message(chat, "Général", message_thread_id=1)
        with pytest.raises(BadRequest, match="Message to be replied not found"):
            await bot.bot.send_message(chat, "?", reply_parameters=ReplyParameters(999))
        opened = await bot.bot.create_forum_topic(chat, "Citer ses sources")
        await bot.bot.send_message(chat, "Ici", message_thread_id=opened.message_thread_id)
        here = await eventually(sandbox.world, claire, "Ici")
        assert (here.channel, here.thread) == ("Citer ses sources", "Citer ses sources")
        await bot.bot.close_forum_topic(chat, opened.message_thread_id)
        with pytest.raises(CannotDo, match="closed"):
            await claire.says("Trop tard", channel="Citer ses sources")
        reply = await claire.says("Au fait", reply_to=said)
        assert reply.channel == "entraide"
        with pytest.raises(CannotDo, match="is not in"):
            await claire.says("Coucou", channel="modération")
        assert sandbox.complaints() == ()


async def test_replies_in_a_plain_supergroup_form_a_thread() -> None:
    async with started(forum=False) as sandbox, polling(sandbox) as bot:
        await member(sandbox, "Claire")
        claire = sandbox.person("Claire")
        asked = await claire.says("Qui vient jeudi ?", channel="entraide")
        await (await bot.last("message", 2)).reply_text("Moi", do_quote=True)
        answer = await eventually(sandbox.world, claire, "Moi")
        assert answer.thread == "Qui vient jeudi ?"
        await claire.says("Chouette", reply_to=answer)
        assert (await bot.last("message", 3)).message_thread_id == int(asked.id)
        assert set(sandbox.channel_ids) >= {"accueil", "présentations", "entraide", "rituels"}


async def test_reactions_come_to_administrators_only_and_one_replaces_another() -> None:
    async with started() as sandbox, polling(sandbox) as bot:
        await member(sandbox, "Claire")
        claire = sandbox.person("Claire")
        said = await claire.says("Astuce du lundi", channel="rituels")
        await claire.reacts(said, "👍")
        await claire.reacts(said, "❤️")
        second = await bot.last("message_reaction", 2)
        assert [r.emoji for r in second.old_reaction] == ["👍"]
        assert [r.emoji for r in second.new_reaction] == ["❤"]
        await claire.unreacts(said, "❤️")
        assert (await bot.last("message_reaction", 3)).new_reaction == ()
        with pytest.raises(CannotDo, match="does not offer ✅"):
            await claire.reacts(said, "✅")
        heard = await bot.last("message", 2)
        await heard.set_reaction(ReactionTypeEmoji("👀"))
        assert claire.sees()[-1].reactions == (("👀", 1),)
        sandbox.set_bot_standing(MEMBER)
        await claire.reacts(said, "🔥")
        await claire.says("fin", channel="rituels")
        await bot.last("message", 3)
        assert len([u for u in bot.updates if u.message_reaction]) == 3


async def test_anonymous_reactions_come_as_counts() -> None:
    async with started(anonymous_reactions=True) as sandbox, polling(sandbox) as bot:
        nadia = sandbox.person("Nadia")
        said = await nadia.says("Bonjour", channel="accueil")
        await nadia.reacts(said, "👍")
        counted = await bot.last("message_reaction_count")
        assert [(c.type.emoji, c.total_count) for c in counted.reactions] == [("👍", 1)]
        assert not [u for u in bot.updates if u.message_reaction]


async def test_edits_deletions_and_departures() -> None:
    async with started(asks_to_join=False) as sandbox, polling(sandbox) as bot:
        claire, nadia = sandbox.person("Claire"), sandbox.person("Nadia")
        await claire.joins()
        said = await claire.says("Bonjur", channel="présentations")
        await claire.edits(said, "Bonjour")
        assert (await bot.last("edited_message")).text == "Bonjour"
        assert [m.text for m in nadia.sees()][-1] == "Bonjour"
        with pytest.raises(CannotDo, match="Claire's"):
            await nadia.edits(said, "Bonsoir")
        await claire.deletes(said)
        assert "Bonjour" not in [m.text for m in nadia.sees()]
        await claire.leaves()
        assert (await bot.last("chat_member", 2)).new_chat_member.status == "left"
        assert (await bot.last("message", 3)).left_chat_member.id == int(claire.id)
        assert claire.sees() == ()
        assert [m.edited for m in sandbox.transcript()] == [False, False, True, False]


async def test_restrictions_bans_and_rights() -> None:
    async with started(asks_to_join=False) as sandbox, polling(sandbox) as bot:
        claire, chat = sandbox.person("Claire"), sandbox.main.id
        await claire.joins()
        await bot.last("chat_member")
        await bot.bot.restrict_chat_member(chat, int(claire.id), ChatPermissions.no_permissions())
        assert (await bot.bot.get_chat_member(chat, int(claire.id))).status == "restricted"
        with pytest.raises(CannotDo, match="may not write"):
            await claire.says("Bonjour", channel="accueil")
        await bot.bot.restrict_chat_member(chat, int(claire.id), ChatPermissions.all_permissions())
        await claire.says("Bonjour", channel="accueil")
        await bot.bot.ban_chat_member(chat, int(claire.id))
        with pytest.raises(CannotDo, match="kicked"):
            await claire.joins()
        await bot.bot.unban_chat_member(chat, int(claire.id), only_if_banned=True)
        await claire.joins()
        sandbox.make_moderator("Paul")
        admins = await bot.bot.get_chat_administrators(chat)
        assert {a.user.first_name: (a.status, a.to_dict().get("custom_title")) for a in admins} == {
            "Nadia": ("creator", None),
            "Paul": ("administrator", "Modération"),
        }
        await sandbox.person("Paul").says("Vu", channel="modération")
        with pytest.raises(BadRequest, match="User is an administrator"):
            await bot.bot.ban_chat_member(chat, int(sandbox.person("Paul").id))
        weak = Membership("administrator", RIGHTS - {"can_restrict_members"}, present=True)
        sandbox.set_bot_standing(weak)
        with pytest.raises(BadRequest, match="Not enough rights to restrict"):
            await bot.bot.ban_chat_member(chat, int(claire.id))
        assert sandbox.complaints() == ()


async def test_commands_menu_and_what_people_run() -> None:
    async with started(privacy_mode=True, bot_admin=False) as sandbox, polling(sandbox) as bot:
        nadia = sandbox.person("Nadia")
        with pytest.raises(CannotDo, match="no command /rituel"):
            await nadia.runs("/rituel aperçu", channel="rituels")
        await bot.bot.set_my_commands([BotCommand("rituel", "Le rituel")], language_code="fr")
        assert (await bot.bot.get_my_commands(language_code="fr"))[0].command == "rituel"
        assert await bot.bot.get_my_commands() == ()
        await nadia.says("Personne ne m'entend", channel="rituels")
        await nadia.runs("/rituel aperçu", channel="rituels")
        heard = await bot.last("message")
        assert (heard.text, heard.entities[0].length) == ("/rituel aperçu", 7)
        assert not (await bot.bot.get_me()).can_read_all_group_messages
        with pytest.raises(BadRequest, match="Bot_command_invalid"):
            await bot.bot.set_my_commands([BotCommand("Rituel", "x")])
        assert sandbox.complaints() == ("setMyCommands: 400 Bad Request: BOT_COMMAND_INVALID",)


async def test_questions_are_answered_one_by_one() -> None:
    async with started() as sandbox, polling(sandbox) as bot:
        claire = sandbox.person("Claire")
        await claire.starts("profil")

        async def interview() -> None:
            asked = (await bot.last("message")).chat
            await asked.send_message("Votre formation ?")
            assert (await bot.last("message", 2)).text == "Développement web"
            skip = keyboard(Oui="a", Passer="b")
            await asked.send_message("Une photo ?", reply_markup=skip)
            assert (await bot.last("callback_query")).data == "b"
            await asked.send_message("Votre niveau ?", reply_markup=keyboard(Débutant="d"))
            assert (await bot.last("callback_query", 2)).data == "d"
            await asked.send_message("Merci, c'est enregistré.")

        asking = asyncio.create_task(interview())
        await claire.fills({"votre formation": "Développement web", "Votre niveau": "Débutant"})
        await asking
        assert claire.form is None


async def test_photos_documents_and_their_files() -> None:
    async with started() as sandbox, polling(sandbox) as bot:
        nadia, chat = sandbox.person("Nadia"), sandbox.main.id
        sent = await bot.bot.send_photo(chat, png(), caption="<b>Semaine</b> 47", parse_mode="HTML")
        assert (sent.photo[0].width, sent.photo[0].height) == (4, 3)
        assert nadia.sees()[-1].images == ("Semaine 47",)
        file = await bot.bot.get_file(sent.photo[0].file_id)
        assert bytes(await file.download_as_bytearray()) == png()
        await bot.bot.edit_message_caption(chat, sent.message_id, caption="Semaine 48")
        newer = InputMediaPhoto(png(width=6), caption="Semaine 49")
        changed = await bot.bot.edit_message_media(newer, chat, sent.message_id)
        assert isinstance(changed, Message)
        assert (changed.caption, changed.photo[0].width) == ("Semaine 49", 6)
        document = await bot.bot.send_document(chat, b"a;b", filename="chiffres.csv")
        assert document.document is not None
        assert document.document.file_name == "chiffres.csv"
        with pytest.raises(BadRequest, match="There is no text in the message to edit"):
            await bot.bot.edit_message_text("x", chat, sent.message_id)
        with pytest.raises(BadRequest, match="Message caption is too long"):
            await bot.bot.send_photo(chat, png(), caption="x" * 1025)
        with pytest.raises(BadRequest, match="Image_process_failed"):
            await bot.bot.send_photo(chat, b"no picture")
        with pytest.raises(BadRequest, match="Photo_invalid_dimensions"):
            await bot.bot.send_photo(chat, png(width=300, height=2))


async def test_an_upgraded_group_has_a_new_id() -> None:
    async with started(basic_group=True, asks_to_join=False) as sandbox, polling(sandbox) as bot:
        old = sandbox.main.id
        await sandbox.person("Claire").joins()
        new = int(sandbox.upgrade_group())
        assert (await bot.last("message", 2)).migrate_to_chat_id == new
        assert (await bot.last("message", 3)).migrate_from_chat_id == old
        with pytest.raises(ChatMigrated) as moved:
            await bot.bot.send_message(old, "Bonjour")
        assert moved.value.new_chat_id == new
        await bot.bot.send_message(new, "Bonjour")
        assert sandbox.person("Claire").sees()[-1].text == "Bonjour"
        assert sandbox.channel_ids["accueil"] == str(new)


async def test_a_mention_by_name_reads_as_one() -> None:
    async with started() as sandbox, application(sandbox) as app:
        nadia = sandbox.person("Nadia")
        await app.bot.send_message(
            sandbox.main.id, f'👋 <a href="tg://user?id={nadia.id}">Nadia</a>, une idée ?', "HTML"
        )
        assert nadia.sees()[-1].text == "👋 @Nadia, une idée ?"
        sent = await app.bot.send_message(
            sandbox.main.id,
            "\u202eNadia, encore ?\u202c",
            entities=[MessageEntity("bold", 0, 5)],
        )
        assert sent.text == "Nadia, encore ?"
