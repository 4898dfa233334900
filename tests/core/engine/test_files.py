"""A command that wants a file: what it is given, and what people are told when it cannot be."""

from dataclasses import replace

import pytest

from core.chat.adapter import Transient
from core.chat.events import DOCUMENT_BYTES, Attachment, Document
from core.chat.identity import Platform
from tests.village import Village, latest


async def test_the_handler_is_given_what_was_sent(place: Village) -> None:
    alice = place.person("Alice")
    await alice.runs("/déposer", file=("membres.csv", "nom;Élodie".encode()))
    assert latest(alice).text.endswith("nom;Élodie")


async def test_a_command_without_its_file_says_how_to_send_it(place: Village) -> None:
    alice = place.person("Alice")
    await alice.runs("/déposer")
    assert latest(alice).text.startswith("Il me faut un fichier.")
    assert "avec /déposer comme légende" in latest(alice).text


async def test_a_file_that_is_too_large_is_refused_with_the_limit(place: Village) -> None:
    alice = place.person("Alice")
    await alice.runs("/déposer", file=("membres.csv", bytes(DOCUMENT_BYTES + 1)))
    assert latest(alice).text == "Ce fichier est trop lourd : 1024 Kio au plus."


async def test_a_platform_that_sends_more_than_it_said_is_not_believed(place: Village) -> None:
    alice, discord = place.person("Alice"), place.adapters[Platform.DISCORD]
    kept = discord.keeps("membres.csv", bytes(DOCUMENT_BYTES + 1))
    discord.keeps = lambda *_: replace(kept, size=1)  # type: ignore[method-assign]  # it lies
    await alice.runs("/déposer", file=("membres.csv", b""))
    assert latest(alice).text.startswith("Ce fichier est trop lourd")


async def test_a_file_that_cannot_be_read_is_asked_for_again(place: Village) -> None:
    async def away(_: Attachment) -> bytes:
        raise Transient("the platform is down")

    alice, discord = place.person("Alice"), place.adapters[Platform.DISCORD]
    discord.fetch = away  # type: ignore[method-assign,assignment]  # the platform is down
    await discord.start(place.app.handle)
    await alice.runs("/déposer", file=("membres.csv", b"nom"))
    assert latest(alice).text.startswith("Je n’ai pas pu lire ce fichier.")


@pytest.mark.parametrize(
    "file", [Attachment("a.csv", 3, "text/csv", "secret:12"), Document("a.csv", b"secret")]
)
def test_what_was_sent_is_never_written_in_a_log(file: Attachment | Document) -> None:
    assert "secret" not in repr(file)
