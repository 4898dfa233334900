"""The Slack stand-in as slack_bolt and people live it."""

import asyncio
from typing import Any

import pytest
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from bots.sandbox.people import CannotDo, eventually
from bots.sandbox.slack import SlackPerson, SlackSandbox
from tests.bots.sandbox.slack_stage import MODAL, Bot, arrives, button, channel_id, refusal, section


@pytest.mark.e2e
async def test_a_newcomer_is_announced_then_enters_the_default_channels(
    slack: SlackSandbox, bot: Bot
) -> None:
    await slack.person("Léa").joins()
    await arrives(slack, lambda: bot.kinds().count("member_joined_channel") == 4)

    assert bot.kinds()[0] == "team_join"
    user = bot.events[0]["user"]
    assert (user["id"], user["profile"]["display_name"], user["locale"]) == (
        "U00000LEA",
        "Léa",
        "fr-FR",
    )
    info = await bot.client.users_info(user=user["id"], include_locale=True)
    assert info["user"]["real_name"] == "Léa"
    await slack.person("Léa").leaves()
    await arrives(slack, lambda: "user_change" in bot.kinds())
    assert bot.events[-1]["user"]["deleted"] is True
    assert slack.person("Léa").sees() == ()
    assert slack.complaints() == ()


@pytest.mark.e2e
async def test_messages_replies_edits_deletions_and_reactions_reach_the_app(
    slack: SlackSandbox, bot: Bot, lea: SlackPerson
) -> None:
    said = await lea.says("Bonjour @Amicale & <tous> 👍", channel="entraide")
    await lea.says("une suite", reply_to=said)
    await lea.edits(said, "Bonjour à tous")
    await lea.reacts(said, "🎉")
    await lea.unreacts(said, "🎉")
    alone = await lea.says("à effacer", channel="entraide")
    await lea.deletes(alone)
    await lea.says("en privé")
    wanted = [
        "message",
        "message",
        "message_changed",
        "reaction_added",
        "reaction_removed",
        "message",
    ]
    wanted += ["message_deleted", "message"]

    def seen() -> list[str]:
        return [k for k in bot.kinds() if "team" not in k and "member" not in k]

    await arrives(slack, lambda: len(seen()) == len(wanted))
    events = [e for e in bot.events if e["type"] in ("message", "reaction_added")]
    assert sorted(seen()) == sorted(wanted)
    by_kind = {e.get("subtype") or e["type"]: e for e in events}
    first = next(e for e in events if e.get("ts") == said.id)
    assert first["text"] == "Bonjour <@U0AMICALE> &amp; &lt;tous&gt; :+1:"
    assert first["channel_type"] == "channel"
    assert said.text == "Bonjour @Amicale & <tous> 👍"
    assert by_kind["message_changed"]["message"]["text"] == "Bonjour à tous"
    assert by_kind["message_deleted"]["deleted_ts"] == alone.id
    assert by_kind["reaction_added"]["reaction"] == "tada"
    assert any(e.get("thread_ts") == said.id for e in events)
    assert any(e.get("channel_type") == "im" for e in events)
    now = next(m for m in lea.sees() if m.id == said.id)
    assert (now.text, now.edited, now.reactions) == ("Bonjour à tous", True, ())
    assert all(m.id != alone.id for m in lea.sees())


@pytest.mark.e2e
async def test_what_the_bot_posts_is_read_as_people_read_it(
    slack: SlackSandbox, bot: Bot, lea: SlackPerson
) -> None:
    blocks = [
        {"type": "header", "text": {"type": "plain_text", "text": ":wave: Bienvenue"}},
        section("*Bonjour* <@U00000LEA>, voir <https://exemple.fr|la charte> &amp; `code`"),
        {"type": "divider"},
        {"type": "context", "elements": [{"type": "mrkdwn", "text": "_petit_"}]},
        button("J’accepte", "charter.accept:3"),
    ]
    channel = channel_id(slack, "entraide")
    posted = await bot.client.chat_postMessage(channel=channel, text="repli", blocks=blocks)

    seen = await eventually(slack.world, lea, "Bienvenue")
    assert seen.text == "👋 Bienvenue\nBonjour @Léa, voir la charte & code\npetit"
    assert (seen.author, seen.buttons, seen.id) == ("Amicale", ("J’accepte",), posted["ts"])
    await bot.client.chat_update(channel=channel, ts=posted["ts"], text="Simplement <b>")
    again = await eventually(slack.world, lea, "Simplement")
    assert (again.id, again.buttons, again.edited) == (seen.id, (), True)
    assert [m.text for m in slack.transcript() if m.id == seen.id] == [seen.text, again.text]
    await bot.client.reactions_add(channel=channel, timestamp=seen.id, name="white_check_mark")
    assert (
        await refusal(bot.client.reactions_add(channel=channel, timestamp=seen.id, name="x" * 9))
    )["error"] == "invalid_name"
    assert lea.sees()[-1].reactions == (("✅", 1),)
    await bot.client.chat_delete(channel=channel, ts=posted["ts"])
    assert all(m.id != seen.id for m in lea.sees())


@pytest.mark.e2e
async def test_ephemerals_and_direct_messages_are_seen_by_one_person(
    slack: SlackSandbox, bot: Bot, lea: SlackPerson
) -> None:
    nadia = slack.person("Nadia")
    channel = channel_id(slack, "accueil")
    await bot.client.chat_postEphemeral(channel=channel, user=lea.id, text="pour toi")
    direct = await bot.client.conversations_open(users=lea.id)
    await bot.client.chat_postMessage(channel=direct["channel"]["id"], text="secret")
    whispers = [m for m in lea.sees() if m.text in ("pour toi", "secret")]
    assert [(m.channel, m.private_to) for m in whispers] == [("accueil", "Léa"), ("privé", "Léa")]
    assert nadia.sees() == ()
    outsider = slack.person("Inconnu")
    assert (await refusal(bot.client.conversations_open(users=outsider.id)))["error"] == (
        "user_not_found"
    )
    with pytest.raises(CannotDo):
        await lea.refuses_direct_messages()


@pytest.mark.e2e
async def test_a_command_opens_a_modal_whose_errors_keep_it_open(
    slack: SlackSandbox, bot: Bot, lea: SlackPerson
) -> None:
    got: list[Any] = []

    @bot.app.command("/amicale")
    async def command(ack: AsyncAck, command: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        got.append(command["text"])
        await client.views_open(trigger_id=command["trigger_id"], view=MODAL)
        error = await refusal(client.views_open(trigger_id=command["trigger_id"], view=MODAL))
        got.append(error["error"])

    @bot.app.view("presentation")
    async def submit(ack: AsyncAck, view: dict[str, Any]) -> None:
        values = view["state"]["values"]
        if values["hope"]["v"]["value"] == "bof":
            await ack(response_action="errors", errors={"hope": "Encore un effort"})
            return
        got.append(values)
        await ack()

    await lea.runs("/présentation @Nadia")
    await arrives(slack, lambda: len(got) == 2)
    assert got == ["présentation <@U000NADIA|nadia>", "exchanged_trigger_id"]
    assert lea.form is not None
    assert (lea.form.title, lea.form.labels) == ("Présentation", ("Ce que j’espère", "Promotion"))
    for hope in ("", "xx", "x" * 41):
        with pytest.raises(CannotDo):
            await lea.fills({"ce que": hope})
    with pytest.raises(CannotDo, match="Automne"):
        await lea.fills({"hope": "apprendre", "Promotion": "Été"})
    await lea.fills({"hope": "bof"})
    await arrives(slack, lambda: bool(lea.form and lea.form.errors))
    assert lea.form.errors == {"Ce que j’espère": "Encore un effort"}
    await lea.fills({"hope": "apprendre", "Promotion": "automne"})
    await arrives(slack, lambda: lea.form is None)
    assert got[-1]["hope"]["v"] == {"type": "plain_text_input", "value": "apprendre"}
    assert got[-1]["cohort"]["v"]["selected_option"]["value"] == "autumn"
    assert lea.answered is True
    with pytest.raises(CannotDo, match="valid command"):
        await lea.runs("bonjour")
    assert slack.complaints() == ()


@pytest.mark.e2e
async def test_a_pressed_button_may_replace_its_message_five_times(
    slack: SlackSandbox, bot: Bot, lea: SlackPerson
) -> None:
    statuses: list[int] = []

    @bot.app.action("go")
    async def pressed(ack: AsyncAck, respond: AsyncRespond, action: dict[str, Any]) -> None:
        await ack()
        for turn in range(6):
            answer = await respond(f"{action['value']} {turn}", replace_original=True)
            statuses.append(answer.status_code)

    channel = channel_id(slack, "accueil")
    await bot.client.chat_postEphemeral(
        channel=channel, user=lea.id, text="?", blocks=[section("Prêt ?"), button("Oui", "oui")]
    )
    with pytest.raises(CannotDo, match="Oui"):
        await lea.presses("Non")
    await lea.presses("Oui")
    await arrives(slack, lambda: len(statuses) == 6)
    assert statuses == [200] * 5 + [404]
    assert [m.text for m in lea.sees()] == ["oui 4"]
    with pytest.raises(CannotDo):
        await slack.person("Nadia").presses("Oui")


@pytest.mark.e2e
async def test_silence_of_three_seconds_fails_in_front_of_the_person(
    slack: SlackSandbox, bot: Bot, lea: SlackPerson
) -> None:
    late: list[str] = []

    @bot.app.action("go")
    async def pressed(body: dict[str, Any], client: AsyncWebClient) -> None:
        await asyncio.sleep(3.2)
        error = await refusal(client.views_open(trigger_id=body["trigger_id"], view=MODAL))
        late.append(error["error"])

    await bot.client.chat_postMessage(
        channel=channel_id(slack, "accueil"), text="?", blocks=[button("Oui", "oui")]
    )
    await lea.presses("Oui")
    notice = await eventually(slack.world, lea, "Échec de l’interaction")
    assert (notice.author, notice.private_to, lea.answered) == ("Slack", "Léa", False)
    await arrives(slack, lambda: late == ["expired_trigger_id"])


@pytest.mark.e2e
async def test_the_home_tab_is_published_and_its_buttons_work(
    slack: SlackSandbox, bot: Bot, lea: SlackPerson
) -> None:
    pressed: list[str] = []

    @bot.app.action("go")
    async def go(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        pressed.append(body["container"]["type"])

    await lea.opens_home()
    await arrives(slack, lambda: "app_home_opened" in bot.kinds())
    assert list(lea.home) == []
    view = {"type": "home", "blocks": [section("*Mon parcours*"), button("Continuer", "1")]}
    await bot.client.views_publish(user_id=lea.id, view=view)
    assert lea.home == ("Mon parcours", "Continuer")
    await lea.presses("Continuer")
    await arrives(slack, lambda: pressed == ["view"])


@pytest.mark.e2e
async def test_an_uploaded_chart_is_seen_by_its_alternative_text(
    slack: SlackSandbox, bot: Bot
) -> None:
    await bot.client.files_upload_v2(
        content=b"\x89PNG",
        filename="semaine.png",
        alt_txt="Membres actifs par semaine",
        channel=channel_id(slack, "administration"),
        initial_comment="Le bilan",
    )
    seen = slack.person("Nadia").sees()[-1]
    assert (seen.text, seen.images) == ("Le bilan", ("Membres actifs par semaine",))
    assert slack.complaints() == ()


@pytest.mark.e2e
async def test_catching_up_finds_messages_and_the_metadata_of_our_own(
    slack: SlackSandbox, bot: Bot, lea: SlackPerson
) -> None:
    channel = channel_id(slack, "entraide")
    meta = {"event_type": "amicale_outbox", "event_payload": {"id": "7"}}
    posted = await bot.client.chat_postMessage(channel=channel, text="1", metadata=meta)
    mine = await lea.says("2", channel="entraide")
    await lea.says("réponse", reply_to=mine)
    history = await bot.client.conversations_history(
        channel=channel, oldest=posted["ts"], inclusive=True, include_all_metadata=True
    )
    assert [m["text"] for m in history["messages"]] == ["2", "1"]
    assert history["messages"][1]["metadata"] == meta
    thread = await bot.client.conversations_replies(channel=channel, ts=mine.id)
    assert [m["text"] for m in thread["messages"]] == ["2", "réponse"]
    names: list[str] = []
    async for page in await bot.client.conversations_list(limit=3):
        names += [c["name"] for c in page["channels"]]
    assert names == ["accueil", "présentations", "entraide", "rituels"]
