"""Modals of the Slack stand-in beyond the first: pushed, updated, cleared, closed, mis-answered."""

from functools import partial
from typing import Any

import pytest
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient

from bots.sandbox.people import CannotDo, Person, Sandbox, World, eventually
from bots.sandbox.slack import SlackPerson, SlackSandbox
from tests.bots.sandbox.slack_stage import (
    CHOICES,
    MODAL,
    Bot,
    arrives,
    button,
    call,
    channel_id,
    plain,
    section,
)


def shows(person: SlackPerson, title: str | None) -> bool:
    return (person.form.title if person.form else None) == title


@pytest.fixture
async def asked(slack: SlackSandbox, bot: Bot, lea: SlackPerson) -> list[dict[str, Any]]:
    """Léa has the choices in front of her; what the app hears of views is noted."""
    heard: list[dict[str, Any]] = []

    @bot.app.command("/amicale")
    async def opens(ack: AsyncAck, command: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        await client.views_open(trigger_id=command["trigger_id"], view=CHOICES)

    @bot.app.view_closed("choices")
    async def closed(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        heard.append(body)

    await lea.runs("/amicale")
    await arrives(slack, lambda: lea.form is not None)
    return heard


def test_it_is_a_sandbox_of_persons() -> None:
    sandbox: Sandbox = SlackSandbox(World())
    person: Person = sandbox.person("Léa")
    assert (sandbox.platform, person.name) == ("slack", "Léa")


@pytest.mark.e2e
async def test_choices_are_ticked_by_their_words_and_sent_as_options(
    slack: SlackSandbox, bot: Bot, lea: SlackPerson, asked: list[dict[str, Any]]
) -> None:
    values: list[Any] = []

    @bot.app.view("choices")
    async def submit(ack: AsyncAck, view: dict[str, Any]) -> None:
        values.append(view["state"]["values"])
        await ack(response_action="update", view=MODAL)

    assert lea.form is not None
    assert lea.form.values == {"Sujets": "SQL", "Rythme": ""}
    with pytest.raises(CannotDo, match="Rythme"):
        await lea.fills({"Sujets": "Python"})
    await lea.fills({"Sujets": "python, Docker", "rythme": "Vif"})
    await arrives(slack, lambda: bool(lea.form and lea.form.title == "Présentation"))
    assert [o["value"] for o in values[0]["topics"]["v"]["selected_options"]] == [
        "python",
        "docker",
    ]
    assert values[0]["pace"]["v"]["selected_option"]["value"] == "vif"
    assert asked == []
    assert slack.complaints() == ()


@pytest.mark.e2e
async def test_views_are_stacked_then_cleared_at_once(
    slack: SlackSandbox, bot: Bot, lea: SlackPerson, asked: list[dict[str, Any]]
) -> None:
    @bot.app.view("choices")
    async def first(ack: AsyncAck) -> None:
        await ack(response_action="push", view=MODAL)

    @bot.app.view("presentation")
    async def second(ack: AsyncAck, view: dict[str, Any]) -> None:
        hope = view["state"]["values"]["hope"]["v"]["value"]
        if hope == "tout":
            await ack(response_action="clear")
        else:
            await ack()

    for hope, left in (("rien", "Préférences"), ("tout", None)):
        await lea.fills({"Rythme": "Doux"})
        await arrives(slack, lambda: bool(lea.form and lea.form.title == "Présentation"))
        await lea.fills({"hope": hope})
        await arrives(slack, partial(shows, lea, left))
    assert asked == []


@pytest.mark.e2e
async def test_closing_is_told_to_an_app_that_asked(
    slack: SlackSandbox, lea: SlackPerson, asked: list[dict[str, Any]]
) -> None:
    await lea.closes_form()
    await arrives(slack, lambda: len(asked) == 1)
    assert asked[0]["view"]["callback_id"] == "choices"
    with pytest.raises(CannotDo):
        await lea.fills({"Rythme": "Doux"})


@pytest.mark.e2e
async def test_errors_on_a_field_that_is_not_there_are_a_complaint(
    slack: SlackSandbox, bot: Bot, lea: SlackPerson, asked: list[dict[str, Any]]
) -> None:
    @bot.app.view("choices")
    async def submit(ack: AsyncAck) -> None:
        await ack(response_action="errors", errors={"nowhere": "?"})

    await lea.fills({"Rythme": "Doux"})
    await arrives(slack, lambda: lea.answered is False)
    assert lea.form is not None
    assert "connexion" in lea.form.errors[""]
    assert "nowhere" in slack.complaints()[0]
    assert asked == []


@pytest.mark.e2e
async def test_a_button_inside_a_modal_updates_it(
    slack: SlackSandbox, bot: Bot, lea: SlackPerson, asked: list[dict[str, Any]]
) -> None:
    @bot.app.action("go")
    async def go(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        view = body["view"]
        await client.views_update(view_id=view["id"], hash=view["hash"], view=CHOICES)

    view_id = slack.workspace.stacks[lea.id][-1].id
    shown = {"type": "modal", "title": plain("Aperçu"), "blocks": [section("?"), button("Ok", "1")]}
    await bot.client.views_update(view_id=view_id, view=shown)
    with pytest.raises(CannotDo):
        await lea.fills({})
    await lea.presses("Ok")
    await arrives(slack, lambda: bool(lea.form and lea.form.title == "Préférences"))
    assert asked == []


async def test_a_deleted_question_with_answers_leaves_a_tombstone(
    slack: SlackSandbox, bot: Bot, lea: SlackPerson
) -> None:
    question = await lea.says("qui sait ?", channel="entraide")
    await slack.person("Nadia").says("moi", reply_to=question)
    await lea.deletes(question)
    await arrives(slack, lambda: "message_changed" in bot.kinds())
    event = next(e for e in bot.events if e.get("subtype") == "message_changed")
    assert event["message"]["subtype"] == "tombstone"
    assert event["previous_message"]["ts"] == question.id
    assert [m.text for m in lea.sees()] == ["moi"]


async def test_people_who_come_and_go_are_written_in_channels_when_the_workspace_says_so() -> None:
    slack = SlackSandbox(World(), join_messages=True, without=("rituels",))
    await slack.start()
    try:
        lea = slack.person("Léa")
        await lea.joins()
        await lea.leaves_channel("entraide")
        nadia = [(m.channel, m.text) for m in slack.person("Nadia").sees()]
        assert nadia[0] == ("accueil", "@Léa a rejoint le canal.")
        assert nadia[-1] == ("entraide", "@Léa a quitté le canal.")
        await lea.joins_channel("entraide")
        with pytest.raises(CannotDo, match="accueil"):
            await lea.joins_channel("rituels")
        await call(
            slack,
            "chat.postMessage",
            channel=channel_id(slack, "accueil"),
            text="@here réveil",
            link_names=True,
        )
        assert slack.mass_mentions == ("@here in accueil: <!here> réveil",)
    finally:
        await slack.stop()


async def test_emoji_and_rich_text_are_read_as_signs_and_words(
    slack: SlackSandbox, lea: SlackPerson
) -> None:
    said = await lea.says("bravo 🧑‍💻 👍🏽 à 10:30:45", channel="entraide")
    assert said.text == "bravo 🧑‍💻 👍🏽 à 10:30:45"
    assert slack.workspace.posts[said.id].text == (
        "bravo :technologist: :+1::skin-tone-4: à 10:30:45"
    )
    await lea.reacts(said, "👍🏽")
    assert slack.workspace.posts[said.id].reactions == {"+1::skin-tone-4": [lea.id]}
    assert lea.sees()[-1].reactions == (("👍🏽", 1),)
    with pytest.raises(CannotDo):
        await lea.reacts(said, "ok")
    words = {"type": "rich_text_section", "elements": [{"type": "text", "text": ":tada: *a*"}]}
    blocks = [
        {"type": "rich_text", "elements": [words]},
        {
            "type": "rich_text",
            "elements": [
                {
                    "type": "rich_text_list",
                    "style": "ordered",
                    "offset": 1,
                    "elements": [
                        {
                            "type": "rich_text_section",
                            "elements": [
                                {"type": "user", "user_id": lea.id},
                                {"type": "text", "text": " : "},
                                {"type": "link", "url": "https://exemple.fr", "text": "ici"},
                                {"type": "emoji", "name": "tada"},
                            ],
                        }
                    ],
                }
            ],
        },
    ]
    channel = channel_id(slack, "entraide")
    await call(slack, "chat.postMessage", channel=channel, text="x", blocks=blocks)
    assert lea.sees()[-1].text == ":tada: *a*\n2. @Léa : ici🎉"
    words["elements"] = [{"type": "text", "text": ""}]
    refused = await call(slack, "chat.postMessage", channel=channel, text="x", blocks=blocks)
    assert refused["error"] == "invalid_blocks"


async def test_the_gate_is_closed_again_by_a_kick(slack: SlackSandbox, lea: SlackPerson) -> None:
    slack.make_moderator("Léa")
    channel = channel_id(slack, "modération")
    assert (await call(slack, "conversations.kick", channel=channel, user=lea.id))["ok"] is True
    with pytest.raises(CannotDo, match="accueil"):
        await lea.says("encore là ?", channel="modération")
    again = await call(slack, "conversations.kick", channel=channel, user=lea.id)
    assert again["error"] == "not_in_channel"
    general = channel_id(slack, "accueil")
    refused = await call(slack, "conversations.kick", channel=general, user=lea.id)
    assert refused["error"] == "cant_kick_from_general"


@pytest.mark.e2e
async def test_a_command_may_be_answered_in_its_acknowledgement(
    slack: SlackSandbox, bot: Bot, lea: SlackPerson
) -> None:
    @bot.app.command("/amicale")
    async def command(ack: AsyncAck, command: dict[str, Any]) -> None:
        if command["text"] == "mal":
            await ack(text="x", blocks=[section("x" * 3001)])
        else:
            await ack(f"*{command['text']}*")

    await lea.runs("/aide", channel="accueil")
    answer = await eventually(slack.world, lea, "aide")
    assert (answer.text, answer.channel, answer.private_to) == ("aide", "accueil", "Léa")
    assert slack.complaints() == ()
    await lea.runs("/amicale mal")
    notice = await eventually(slack.world, lea, "invalid_command_response")
    assert (notice.author, lea.answered) == ("Slack", False)
    assert "must be less than 3001" in slack.complaints()[0]
    await lea.runs("/aide encore")  # the connection lives on
    assert await eventually(slack.world, lea, "aide encore")
