"""What the Slack stand-in refuses, over raw HTTP, in the words Slack documents."""

import copy
from collections.abc import Iterable, Iterator
from typing import Any

import aiohttp
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bots.sandbox.people import CannotDo, World
from bots.sandbox.slack import SlackPerson, SlackSandbox, forms
from bots.sandbox.slack.reading import read
from bots.sandbox.slack.shapes import check_view, completed
from bots.sandbox.slack.state import View
from tests.bots.sandbox.slack_stage import CHOICES, HOME, MODAL, button, call, channel_id, section


async def test_tokens_scopes_and_unknown_methods_are_refused_as_documented() -> None:
    slack = SlackSandbox(World(), scopes=("chat:write",), app_scopes=())
    await slack.start()
    try:
        assert (await call(slack, "auth.test", token=""))["error"] == "not_authed"
        assert (await call(slack, "auth.test", token="xoxb-no"))["error"] == "invalid_auth"
        wrong_kind = await call(slack, "auth.test", token=slack.app_token)
        assert wrong_kind["error"] == "not_allowed_token_type"
        no_socket = await call(slack, "apps.connections.open", token=slack.app_token)
        assert (no_socket["error"], no_socket["needed"]) == ("missing_scope", "connections:write")
        refused = await call(slack, "conversations.join", channel="C1")
        assert (refused["error"], refused["needed"], refused["provided"]) == (
            "missing_scope",
            "channels:join",
            "chat:write",
        )
        assert slack.complaints() == ()
        unknown = await call(slack, "chat.sing")
        assert (unknown["error"], unknown["req_method"]) == ("unknown_method", "chat.sing")
        extra = await call(slack, "chat.postMessage", channel="C1", text="x", colour="red")
        assert extra["error"] == "invalid_arg_name"
        assert (await call(slack, "chat.postMessage"))["error"] == "invalid_arguments"
        assert len(slack.complaints()) == 3
        with pytest.raises(CannotDo):
            await slack.person("Nadia").runs("/parcours")
    finally:
        await slack.stop()


async def test_channels_refuse_a_bot_that_is_not_there() -> None:
    slack = SlackSandbox(World(), absent_from=("rituels", "modération"), messages_tab=False)
    await slack.start()
    try:
        answers = [
            (await call(slack, "chat.postMessage", channel=channel, text="x"))["error"]
            for channel in (
                "C0NOWHERE",
                channel_id(slack, "rituels"),
                channel_id(slack, "modération"),
                slack.person("Nadia").id,
            )
        ]
        assert answers == [
            "channel_not_found",
            "not_in_channel",
            "channel_not_found",
            "messages_tab_disabled",
        ]
        joined = await call(slack, "conversations.join", channel=channel_id(slack, "rituels"))
        assert joined["channel"]["is_member"] is True
        archived = slack.workspace.channel_named("rituels")
        assert archived is not None
        archived.archived = True
        refused = await call(slack, "chat.postMessage", channel=archived.id, text="x")
        assert refused["error"] == "is_archived"
        assert slack.complaints() == ()
    finally:
        await slack.stop()


LONG = [
    ([section("x" * 3001)], "must be less than 3001 characters [json-pointer:/blocks/0/text/text]"),
    (
        [button("x" * 76, "v")],
        "must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]",
    ),
    (
        [button("x", "v" * 2001)],
        "must be less than 2001 characters [json-pointer:/blocks/0/elements/0/value]",
    ),
    (
        [button("x", "v", "a" * 256)],
        "must be less than 256 characters [json-pointer:/blocks/0/elements/0/action_id]",
    ),
    ([{"type": "divider"}] * 51, "no more than 50 items allowed [json-pointer:/blocks]"),
    (
        [{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}],
        "unsupported type: mrkdwn [json-pointer:/blocks/0/text/type]",
    ),
    (
        [{"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}],
        "must be less than 151 characters [json-pointer:/blocks/0/text/text]",
    ),
    ([section("")], "must be more than 0 characters [json-pointer:/blocks/0/text/text]"),
    ([{"type": "sing"}], "unsupported type: sing [json-pointer:/blocks/0/type]"),
    (
        [{"type": "image", "image_url": "https://exemple.fr/x.png"}],
        "missing required field: alt_text [json-pointer:/blocks/0]",
    ),
    (
        [{"type": "divider", "colour": "red"}],
        "invalid additional property: colour [json-pointer:/blocks/0]",
    ),
    (
        [{"type": "actions", "elements": [*button("a", "1")["elements"]] * 2}],
        '`action_id` "go" already exists [json-pointer:/blocks/0/elements/1/action_id]',
    ),
]


@pytest.mark.parametrize(("blocks", "fault"), LONG, ids=[fault[:40] for _blocks, fault in LONG])
async def test_malformed_blocks_are_refused_with_the_place_of_the_fault(
    slack: SlackSandbox, blocks: list[dict[str, Any]], fault: str
) -> None:
    channel = channel_id(slack, "accueil")
    refused = await call(slack, "chat.postMessage", channel=channel, text="x", blocks=blocks)
    assert refused["error"] == "invalid_blocks"
    assert refused["errors"] == [fault]
    assert refused["response_metadata"]["messages"] == [f"[ERROR] {fault}"]
    assert len(slack.complaints()) == 1
    assert slack.transcript() == ()


async def test_too_long_too_empty_or_too_loud_texts_do_not_pass_unnoticed(
    slack: SlackSandbox,
) -> None:
    channel = channel_id(slack, "accueil")
    long = await call(slack, "chat.postMessage", channel=channel, text="x" * 40_001)
    assert long["error"] == "msg_too_long"
    assert (await call(slack, "chat.postMessage", channel=channel))["error"] == "no_text"
    meta = await call(
        slack, "chat.postMessage", channel=channel, text="x", metadata={"event_type": 3}
    )
    assert meta["error"] == "invalid_metadata_format"
    await call(slack, "chat.postMessage", channel=channel, text="&lt;!channel&gt; inerte")
    assert list(slack.mass_mentions) == []
    await call(slack, "chat.postMessage", channel=channel, text="<!channel> debout")
    await call(slack, "chat.postMessage", channel=channel, text="x", blocks=[section("<!here>")])
    assert [m.split(" ")[0] for m in slack.mass_mentions] == ["@channel", "@here"]
    assert slack.person("Nadia").sees()[-2].text == "@channel debout"


async def test_a_modal_needs_a_trigger_a_short_title_and_a_submit_button(
    slack: SlackSandbox, lea: SlackPerson
) -> None:
    never = await call(slack, "views.open", trigger_id="1.2.3", view=MODAL)
    assert never["error"] == "invalid_trigger_id"
    title = {"type": "plain_text", "text": "x" * 25}
    bad = {k: v for k, v in MODAL.items() if k != "submit"} | {"title": title}
    trigger = slack.interactions.trigger(lea.id)
    refused = await call(slack, "views.open", trigger_id=trigger, view=bad)
    assert refused["error"] == "invalid_arguments"
    assert refused["response_metadata"]["messages"] == [
        "[ERROR] must be less than 25 characters [json-pointer:/view/title/text]",
        "[ERROR] missing required field: submit [json-pointer:/view]",
    ]
    assert lea.form is None
    assert (await call(slack, "views.open", trigger_id=trigger, view=MODAL))["ok"] is True
    assert lea.form is not None


async def test_private_channels_are_entered_by_invitation() -> None:
    slack = SlackSandbox(World(), members_channel=True)
    await slack.start()
    try:
        lea = slack.person("Léa")
        await lea.joins()
        with pytest.raises(CannotDo, match="accueil"):
            await lea.says("toc toc", channel="membres")
        channel = channel_id(slack, "membres")
        for _ in range(2):
            answer = await call(slack, "conversations.invite", channel=channel, users=lea.id)
        assert answer["error"] == "already_in_channel"
        assert (await lea.says("merci", channel="membres")).channel == "membres"
        slack.make_moderator("Léa")
        info = await call(slack, "users.info", user=lea.id)
        assert info["error"] == "invalid_post_type"  # a method that takes no JSON
        assert lea.user.is_admin
        assert (await lea.says("ici", channel="modération")).channel == "modération"
    finally:
        await slack.stop()


async def test_a_thread_needs_a_parent_and_its_parent_not_a_reply(
    slack: SlackSandbox, lea: SlackPerson
) -> None:
    channel = channel_id(slack, "entraide")
    never = await call(slack, "chat.postMessage", channel=channel, text="x", thread_ts="1.000001")
    assert never["error"] == "cannot_reply_to_message"
    parent = await lea.says("question", channel="entraide")
    reply = await lea.says("précision", reply_to=parent)
    answer = await call(slack, "chat.postMessage", channel=channel, text="oui", thread_ts=reply.id)
    assert answer["message"]["thread_ts"] == parent.id
    assert [m.thread for m in lea.sees()] == [None, "question", "question"]
    assert len(slack.complaints()) == 2
    for method in ("chat.update", "chat.delete"):
        refused = await call(slack, method, channel=channel, ts=parent.id, **NEW_TEXT[method])
        assert refused["error"] == f"cant_{method.removeprefix('chat.')}_message"
    with pytest.raises(CannotDo, match="Léa"):
        await slack.person("Nadia").edits(parent, "autre chose")
    with pytest.raises(CannotDo):
        await slack.person("Nadia").unreacts(parent, "👍")


NEW_TEXT: dict[str, dict[str, str]] = {"chat.update": {"text": "y"}, "chat.delete": {}}


async def test_hooks_expire_and_bad_answers_are_refused(
    slack: SlackSandbox, lea: SlackPerson
) -> None:
    channel = slack.workspace.channel_named("accueil")
    assert channel is not None
    address = slack.interactions.response_url(lea.id, channel, None)

    async def send(body: dict[str, Any]) -> tuple[int, str]:
        async with aiohttp.ClientSession() as session, session.post(address, json=body) as response:
            return response.status, str((await response.json()).get("error", ""))

    assert await send({"blocks": [section("x" * 3001)]}) == (400, "invalid_blocks")
    assert await send({"texte": "x"}) == (400, "invalid_arguments")
    assert await send({"text": "à tous", "response_type": "in_channel"}) == (200, "")
    assert slack.person("Nadia").sees()[-1].text == "à tous"
    assert len(slack.complaints()) == 2
    slack.interactions.response_seconds = -1
    address = slack.interactions.response_url(lea.id, channel, None)
    assert await send({"text": "trop tard"}) == (404, "expired_url")
    slack.limit("response_url")
    assert (await send({"text": "x"}))[0] == 429


def places(thing: object, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every value inside a JSON structure."""
    pairs: Iterable[tuple[Any, Any]] = thing.items() if isinstance(thing, dict) else []
    pairs = enumerate(thing) if isinstance(thing, list) else pairs
    for key, value in pairs:
        yield (*at, key)
        yield from places(value, (*at, key))


JUNK = [None, 3, "x", "", [], {}, [1], {"type": "x"}, True, -1]


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_whatever_is_malformed_is_refused_and_what_is_taken_can_be_read(
    data: st.DataObject,
) -> None:
    view = copy.deepcopy(data.draw(st.sampled_from([MODAL, CHOICES, HOME])))
    *path, last = data.draw(st.sampled_from(list(places(view))))
    place: Any = view
    for key in path:
        place = place[key]
    place[last] = data.draw(st.sampled_from(JUNK))
    if check_view(view, lambda _file: True):
        return
    view["blocks"] = completed(view["blocks"], lambda: "fresh")
    read(view["blocks"], lambda _what, ident: ident)
    shape = View("V1", "U1", view, "hash", "V1")
    assert isinstance(forms.state_values(shape), dict)
    if view["type"] == "modal":
        assert forms.shown(shape).title == view["title"]["text"]


async def test_arguments_of_the_wrong_type_are_refused_not_fatal(slack: SlackSandbox) -> None:
    channel = channel_id(slack, "accueil")
    answers = [
        await call(slack, "chat.postMessage", channel=channel, text="x", attachments=["x"]),
        await call(slack, "chat.postMessage", channel=channel, text="x", blocks="{"),
        await call(slack, "chat.postMessage", channel=channel, text="x", blocks={"a": 1}),
        await call(slack, "chat.postMessage", channel=3, text="x"),
        await call(slack, "files.completeUploadExternal", files=["F1"]),
        await call(slack, "files.completeUploadExternal", files=[]),
        await call(slack, "views.open", trigger_id=["x"], view="[1]"),
        await call(slack, "views.publish", user_id=slack.person("Nadia").id, view=[]),
    ]
    assert [answer["error"] for answer in answers] == [
        "invalid_attachments",
        "invalid_blocks_format",
        "invalid_blocks_format",
        "channel_not_found",
        "invalid_arguments",
        "invalid_arguments",
        "invalid_arguments",
        "invalid_arguments",
    ]
