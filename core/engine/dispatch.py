"""Who answers an event: its route, whether this person may, and what they are told else."""

from dataclasses import dataclass, replace

from core.chat.actions import Answers, OpenForm
from core.chat.adapter import Answer, Command
from core.chat.events import (
    DOCUMENT_BYTES,
    Attachment,
    ButtonPressed,
    CommandInvoked,
    Event,
    FormOpened,
    FormSubmitted,
    HomeOpened,
    MessagePosted,
)
from core.chat.markup import join
from core.chat.messages import Invalid, Message, Reply, Style
from core.engine import forms
from core.engine.database import transaction
from core.engine.errors import Refused
from core.engine.menu import command
from core.engine.routes import FormRoute, Routes
from core.engine.scene import Dialogue, Scene, Speaker


def because(scene: Scene, event: Event) -> Scene:
    """The same scene, where an event is what everything comes from."""
    return replace(scene, cause=f"{event.workspace.platform}:{event.delivery_id}")


def joined(scene: Scene, who: Speaker, event: Event) -> Dialogue:
    """The same scene, where somebody does something."""
    here = because(scene, event)
    return Dialogue(
        here.community,
        here.now,
        here.texts,
        here.workspaces,
        here.settings_by_kind,
        here.cause,
        here.guards,
        who=who,
    )


@dataclass(frozen=True, slots=True)
class Dispatch:
    """The way from an event to its handler, inside the event's transaction."""

    routes: Routes

    async def answer(self, dialogue: Dialogue, event: Event) -> Answer:
        """Hand the event to whoever answers it. Raises Refused when a room says no."""
        match event:
            case CommandInvoked():
                return await self._command(dialogue, event)
            case ButtonPressed():
                return await self._button(dialogue, event)
            case FormSubmitted():
                return await self._submitted(dialogue, event)
            case FormOpened():
                return await self._opened(dialogue, event)
            case HomeOpened():
                return await self._home(dialogue)
            case MessagePosted() if event.message.channel.private:
                return await self._private(dialogue, event)
        return await self._observe(dialogue, event)

    async def _button(self, dialogue: Dialogue, event: ButtonPressed) -> Answer:
        if event.action.name in forms.ACTIONS:
            return await self._questionnaire(dialogue, event)
        button = self.routes.buttons.get(event.action.name)
        if button is None:
            return dialogue.reply("error.outdated")
        if not dialogue.who.may(button.role):
            return dialogue.reply("error.not_allowed")
        return await button.handler(dialogue, event)

    async def _opened(self, dialogue: Dialogue, event: FormOpened) -> Answer:
        form = self.routes.forms.get(event.form)
        if form is None:
            return dialogue.reply("error.outdated")
        if not dialogue.who.may(form.role):
            return dialogue.reply("error.not_allowed")
        return await self._begin(dialogue, form, event.argument)

    async def _begin(self, dialogue: Dialogue, form: FormRoute, argument: str) -> Reply:
        if closed := await self._stopped(dialogue, form, {}):
            return closed
        built = forms.build(form, dialogue.texts, dialogue.who.language)
        return await forms.begin(dialogue, built, argument)

    async def _stopped(self, dialogue: Dialogue, form: FormRoute, answers: Answers) -> Reply | None:
        for keeper in self.routes.gatekeepers if form.inside else ():
            if closed := await keeper(dialogue, answers):
                return closed
        return None

    async def _command(self, dialogue: Dialogue, event: CommandInvoked) -> Answer:
        route = self.routes.commands.get(event.path)
        if route is None:
            return dialogue.reply("error.unknown_command", command=event.path)
        if not dialogue.who.may(route.role):
            return dialogue.reply("error.not_allowed")
        known = command(route, dialogue.texts, dialogue.who.language)
        for option in known.options:
            if option.file:
                if unread := _unread(dialogue, event, required=option.required):
                    return unread
                continue
            given = event.arguments.get(option.name)
            if option.required and not given:
                said = option.description
                return dialogue.reply("error.argument_needed", command=known.name, option=said)
            if given and option.choices and given not in {c.value for c in option.choices}:
                labels = ", ".join(choice.label for choice in option.choices)
                return dialogue.reply("error.argument_choice", command=known.name, choices=labels)
        if route.handler is None:
            assert route.opens is not None  # noqa: S101  a command answers or opens a form
            return _offered(dialogue, known, OpenForm(route.opens))
        return await route.handler(dialogue, event)

    async def _submitted(self, dialogue: Dialogue, event: FormSubmitted) -> Answer:
        route = self.routes.forms.get(event.form)
        if route is None:
            return dialogue.reply("error.outdated")
        if not dialogue.who.may(route.role):
            return dialogue.reply("error.not_allowed")
        form = forms.build(route, dialogue.texts, dialogue.who.language)
        wrong = forms.problems(form, event.answers, dialogue.texts, dialogue.who.language)
        if wrong:
            return Invalid(wrong)
        closed = await self._stopped(dialogue, route, event.answers)
        return closed or await route.handler(dialogue, event)

    async def _private(self, dialogue: Dialogue, event: MessagePosted) -> Answer:
        if await forms.open_draft(dialogue):
            return await self._questionnaire(dialogue, event)
        return await self._observe(dialogue, event) or dialogue.reply("help.private")

    async def _questionnaire(
        self, dialogue: Dialogue, event: MessagePosted | ButtonPressed
    ) -> Answer:
        draft = await forms.open_draft(dialogue)
        route = self.routes.forms.get(draft.form) if draft else None
        cancels = isinstance(event, ButtonPressed) and event.action.name == forms.CANCEL
        if draft is None or route is None or cancels:
            return await forms.cancel(dialogue, draft)
        form = forms.build(route, dialogue.texts, dialogue.who.language)
        step = await forms.answered(dialogue, draft, form, event)
        if not isinstance(step, FormSubmitted):
            return step
        try:
            async with transaction():
                answer = await self._submitted(dialogue, step)
        except Refused as refusal:
            answer = dialogue.reply(refusal.key, **refusal.values)
        return await forms.settle(dialogue, draft, form, answer)

    async def _observe(self, dialogue: Dialogue, event: Event) -> Answer:
        answer: Answer = None
        for observer in self.routes.observers:
            if isinstance(event, observer.kind):
                said = await observer.handler(dialogue, event)
                answer = answer or said
        return answer

    async def _home(self, dialogue: Dialogue) -> Reply:
        parts = [part for home in self.routes.homes if (part := await home(dialogue))]
        text = join([part.text for part in parts])
        return Reply(Message(text, tuple(b for part in parts for b in part.buttons)))


def _offered(dialogue: Dialogue, known: Command, opens: OpenForm) -> Reply:
    """The form of a command that is not everybody's, a button away."""
    write = dialogue.button("form.open", opens, Style.PRIMARY)
    return dialogue.reply("form.ready", write, what=known.description)


def _unread(dialogue: Dialogue, event: CommandInvoked, *, required: bool) -> Reply | None:
    """Why a command's file cannot be used, None when it can, or none is needed."""
    if event.file is None and required:
        return dialogue.reply("error.file_needed", command=event.path)
    if not isinstance(event.file, Attachment):
        return None
    if event.file.size > DOCUMENT_BYTES:
        return dialogue.reply("error.file_too_large", limit=DOCUMENT_BYTES >> 10)
    return dialogue.reply("error.file_unread")
