"""Opens forms at once, says what is wrong in them, and keeps what was typed until it is taken."""

from collections import OrderedDict

from bots.slack.forms import Wording, modal
from bots.slack.incoming import Json
from bots.slack.people import People
from bots.slack.scene import Scene
from bots.slack.web import SlackWeb, asked
from core.chat.actions import Answers, Form, Kind, OpenForm
from core.chat.adapter import Menu
from core.chat.events import FormSubmitted
from core.chat.markup import bullets, join, plain
from core.chat.messages import Button, Invalid, Message, Style

DRAFTS = 500
"""Forms whose answers are remembered until the core takes them; the oldest go first."""


class Asking:
    """The forms of one workspace."""

    def __init__(self, web: SlackWeb, menu: Menu, people: People) -> None:
        self._web = web
        self._menu = menu
        self._people = people
        self._drafts: OrderedDict[tuple[str, str], Answers] = OrderedDict()

    async def open(
        self, opens: OpenForm, scene: Scene, trigger: str, language: str, *, first: str
    ) -> None:
        """Open a form without asking the core: its trigger lives three seconds.

        `first` was typed after the command and begins the first text field. Raises KeyError for
        a form of another version, DeliveryError when Slack refuses.
        """
        form = self._menu.form(opens.form, language)
        typed = self._drafts.get((scene.user, opens.packed)) or _begun_with(form, first)
        wording = Wording(
            self._menu.say("adapter_slack.submit", language),
            self._menu.say("adapter_slack.close", language),
        )
        view = modal(form, opens.packed, wording, context=scene.packed, typed=typed)
        await asked(self._web.client.views_open(trigger_id=trigger, view=view))

    def keep(self, event: FormSubmitted, user: str) -> None:
        """Remember what was typed, in case the core does not take it."""
        name = _name(event, user)
        self._drafts[name] = event.answers
        self._drafts.move_to_end(name)
        if len(self._drafts) > DRAFTS:
            self._drafts.popitem(last=False)

    def forget(self, event: FormSubmitted, user: str) -> None:
        """The core took it."""
        self._drafts.pop(_name(event, user), None)

    async def errors(self, wrong: Invalid, event: FormSubmitted, user: str) -> Json:
        """What is wrong, beside each field; what belongs to no field stands by the first.

        Source: https://docs.slack.dev/surfaces/modals#displaying_errors
        """
        first = next(iter(event.answers))
        errors: dict[str, str] = {}
        for name, said in wrong.errors.items():
            shown = name if name in event.answers else first
            errors[shown] = f"{errors[shown]} {said}" if shown in errors else said
        if not errors:
            language = await self._people.language(user)
            errors = {first: self._menu.say("adapter_slack.to_correct", language)}
        return {"response_action": "errors", "errors": errors}

    async def again(self, wrong: Invalid, event: FormSubmitted, user: str) -> Message:
        """What to say when the form had to close before it was refused: it opens filled again."""
        language = await self._people.language(user)
        intro = plain(self._menu.say("adapter_slack.to_correct", language))
        said = bullets([plain(error) for error in wrong.errors.values()])
        label = self._menu.say("adapter_slack.correct", language)
        opens = OpenForm(event.form, event.argument)
        return Message(join([intro, said]), (Button(label, opens, Style.PRIMARY),))


def _name(event: FormSubmitted, user: str) -> tuple[str, str]:
    return user, OpenForm(event.form, event.argument).packed


def _begun_with(form: Form, first: str) -> Answers:
    wanted = next((field for field in form.fields if field.kind is not Kind.CHOICE), None)
    return {wanted.name: first} if wanted and first else {}
