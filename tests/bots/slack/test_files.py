"""Files people send with a command's words, since Slack's slash commands carry none."""

from collections.abc import AsyncIterator

import pytest

from bots.sandbox.people import World
from bots.sandbox.slack import SlackSandbox
from bots.sandbox.slack.server import SCOPES
from bots.slack.incoming import shared
from bots.slack.settings import SlackSettings
from bots.slack.web import SlackWeb
from core.chat.actions import Choice
from core.chat.adapter import Command, Option, Permanent
from core.chat.events import DOCUMENT_BYTES, Attachment, CommandInvoked, MessagePosted
from core.chat.messages import Message, Reply, Text
from tests.bots.slack.stage import Stage, StageMenu, stage

KEPT = {
    "id": "F0RDC39U1",
    "name": "membres.csv",
    "mimetype": "text/csv",
    "size": 24,
    "url_private": "https://files.slack.com/files-pri/T1-F0RDC39U1/membres.csv",
    "url_private_download": "https://files.slack.com/files-pri/T1-F0RDC39U1/download/membres.csv",
}
CSV = "nom;formation\nÉlodie;Python\n".encode()


class ImportMenu(StageMenu):
    """The same menu with a command that wants a file."""

    def commands(self, language: str) -> tuple[Command, ...]:
        options = (
            Option("mode", "comment", required=False, choices=(Choice("all", "tout"),)),
            Option("fichier", "le fichier", file=True),
        )
        wants = Command("importer", "importer", "Importer des membres", options, staff=True)
        return (*super().commands(language), wants)


def test_the_first_file_that_slack_keeps_is_read() -> None:
    elsewhere = {**KEPT, "name": "drive", "is_external": True}
    hidden = {"id": "F2", "file_access": "check_file_info"}
    found = shared({"files": [hidden, elsewhere, KEPT]})
    assert found == Attachment("membres.csv", 24, "text/csv", KEPT["url_private_download"])  # type: ignore[arg-type]  # one of its texts


@pytest.mark.parametrize("message", [{}, {"files": None}, {"files": [{"id": "F2"}]}])
def test_a_message_without_a_file(message: dict[str, object]) -> None:
    assert shared(message) is None


@pytest.fixture
async def slack() -> AsyncIterator[Stage]:
    async with stage(SlackSandbox(World()), ImportMenu()) as here:
        yield here


@pytest.mark.e2e
async def test_words_in_private_with_a_file_are_the_command(slack: Stage) -> None:
    lea = await slack.person("Léa")
    slack.core.on(CommandInvoked, Reply(Message(Text("Deux lignes lues"))))
    await lea.shares("membres.csv", CSV, text="Importer tout")
    invoked = await slack.core.one(CommandInvoked)
    assert (invoked.path, invoked.arguments) == ("importer", {"mode": "all"})
    assert invoked.document.content == CSV
    assert (await slack.sees(lea, "Deux lignes lues")).private_to == "Léa"
    assert slack.core.of(MessagePosted) == []


@pytest.mark.e2e
async def test_a_slash_command_without_its_file_is_for_the_core_to_explain(slack: Stage) -> None:
    lea = await slack.person("Léa")
    await lea.runs("/amicale importer", channel="entraide")
    assert (await slack.core.one(CommandInvoked)).file is None


@pytest.mark.e2e
@pytest.mark.parametrize(
    ("text", "channel"), [("Voici la liste", None), ("parcours", None), ("importer", "entraide")]
)
async def test_any_other_file_comes_with_a_message(
    slack: Stage, text: str, channel: str | None
) -> None:
    lea = await slack.person("Léa")
    await lea.shares("membres.csv", CSV, text=text, channel=channel)
    assert (await slack.core.one(MessagePosted)).text == text
    assert slack.core.of(CommandInvoked) == []


@pytest.mark.e2e
async def test_without_the_scope_the_file_stays_unread() -> None:
    scopes = frozenset(SCOPES) - {"files:read"}
    async with stage(SlackSandbox(World(), scopes=scopes), ImportMenu()) as slack:
        lea = await slack.person("Léa")
        await lea.shares("membres.csv", CSV, text="importer")
        assert isinstance((await slack.core.one(CommandInvoked)).file, Attachment)


@pytest.mark.e2e
async def test_no_more_is_read_than_was_said(slack: Stage) -> None:
    lea = await slack.person("Léa")
    await lea.shares("membres.csv", bytes(DOCUMENT_BYTES + 1), text="importer")
    [file] = slack.sandbox.workspace.files.values()
    address = f"{slack.sandbox.workspace.address}/files-pri/{file.id}/membres.csv"
    with pytest.raises(Permanent, match="too_large"):
        await slack.adapter.fetch(Attachment("membres.csv", 3, "text/csv", address))


@pytest.mark.parametrize(
    "address",
    [
        "https://files.example.org/membres.csv",
        "https://files.slack.com.example.org/membres.csv",
        "http://files.slack.com/membres.csv",
        "file:///etc/passwd",
    ],
)
async def test_our_token_goes_to_slack_only(address: str) -> None:
    async with SlackWeb(SlackSettings(bot_token="xoxb-1", workspace="T1")) as web:
        with pytest.raises(Permanent, match="foreign_file"):
            await web.download(address, DOCUMENT_BYTES)
