"""People who try whatever there is: every command, button and form, as the routes declare them."""

from collections.abc import Iterator

from bots.sandbox.memory import MODAL, MemoryAdapter
from bots.sandbox.memory_people import MemoryPerson, Shown
from bots.sandbox.people import Seen, World
from core.chat.actions import Field, Form, Kind, Link, OpenForm
from core.chat.adapter import Capabilities, Command, Menu, Option
from core.chat.identity import Platform
from core.chat.messages import Button, Message

WORDS = {
    "durée": "2 semaines",
    "semaine": "2026-W46",
    "lien": "https://exemple.fr/replay",
    "raison": "pour les explications de mardi",
    "numéro": "1",
}
"""What is typed for an option; the others get SOMETHING."""
SOMETHING = "python"
SAMPLES = {
    "when": "jeudi 3 décembre 18h30-20h",
    "capacity": "12",
    "link": "https://exemple.fr/page",
    "place": "https://exemple.fr/salle",
    "source": "https://exemple.fr/page",
}
"""What is answered to a field; the others get a SENTENCE."""
SENTENCE = "Un mot simple, utile à qui commence. "


def lines(command: Command, colleague: str) -> Iterator[str]:
    """The command as people type it: with what it needs, with all it takes, with each choice."""
    options = [option for option in command.options if not option.file]
    needed = [option for option in options if option.required]
    yield _line(command, [_typed(option, colleague) for option in needed])
    if options != needed:
        yield _line(command, [_typed(option, colleague) for option in options])
    for number, option in enumerate(options):
        before = [_typed(earlier, colleague) for earlier in options[:number]]
        for choice in option.choices[1:]:
            yield _line(command, [*before, choice.label])


def _line(command: Command, typed: list[str]) -> str:
    return " ".join([f"/{command.name}", *typed])


def _typed(option: Option, colleague: str) -> str:
    if option.person:
        return colleague
    return option.choices[0].label if option.choices else WORDS.get(option.name, SOMETHING)


def answers(form: Form) -> dict[str, str]:
    """An answer to each of its fields, by label."""
    return {field.label: _answer(field) for field in form.fields}


def _answer(field: Field) -> str:
    if field.kind is Kind.CHOICE:
        return field.choices[0].label
    sample = SAMPLES.get(field.name, SENTENCE)
    if len(sample) < field.min_length:
        sample *= field.min_length // len(sample) + 1
    return sample[: field.max_length].strip()


class Remembering(MemoryAdapter):
    """The double, which keeps every message it was given to show."""

    def __init__(
        self, platform: Platform, menu: Menu, world: World, capabilities: Capabilities = MODAL
    ) -> None:
        super().__init__(platform, menu, world, capabilities)
        self.said: list[Message] = []

    def _fill(self, shown: Shown, message: Message) -> None:
        self.said.append(message)
        super()._fill(shown, message)


class Walker:
    """Somebody in the double who presses each kind of button once, and fills what opens."""

    def __init__(self, person: MemoryPerson, town: Remembering, language: str) -> None:
        self.person = person
        self.language = language
        self.pressed: set[str] = set()
        self._town = town

    async def comes(self) -> None:
        """Say which language they speak, and follow the first steps."""
        await self.person.runs(f"/langue {self.language}")
        await self.person.runs("/parcours")
        await self.looks()

    async def runs_everything(self, colleague: str) -> None:
        """Try every command in every way, and what is offered on the way."""
        for command in self._town.menu.commands(self.language):
            for line in lines(command, colleague):
                await self._runs(command, line)

    async def looks(self) -> None:
        """Press what was never pressed, as long as there is something new."""
        while found := next(self._untried(), None):
            seen, button = found
            self.pressed.add(kind(button))
            await self.person.presses(button.label, on=seen)
            if isinstance(button.does, OpenForm):
                await self._fills(self._town.menu.form(button.does.form, self._speaks()))
        if self._speaks() != self.language:
            await self.person.runs(f"/langue {self.language}")

    async def _runs(self, command: Command, line: str) -> None:
        before = len(self._town.said)
        await self.person.runs(line, channel="entraide")
        if command.opens:
            await self._fills(self._town.menu.form(command.opens, self._speaks()))
        refused = self.person.form and self.person.form.errors
        assert refused or len(self._town.said) > before, f"nothing answered {line}"
        await self.looks()

    async def _fills(self, form: Form) -> None:
        if self.person.form or form.title in self.person.sees()[-1].text:
            await self.person.fills(answers(form))

    def _speaks(self) -> str:
        return self._town.menu.language(self.person.locale, self.person.account)

    def _untried(self) -> Iterator[tuple[Seen, Button]]:
        shown = {message.id: message for message in self._town.messages}
        for seen in reversed(self.person.sees()):
            for button in shown[seen.id].buttons:
                if not isinstance(button.does, Link) and kind(button) not in self.pressed:
                    yield seen, button


def kind(button: Button) -> str:
    """What it does, whatever it does it to."""
    assert not isinstance(button.does, Link)
    return button.does.packed.partition(":")[0]
