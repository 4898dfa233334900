"""Questionnaires: built from the routes, checked in one place, asked one by one where needed."""

from typing import Any

from core.chat.actions import Action, Answers, Choice, Field, Form, Kind
from core.chat.adapter import Answer
from core.chat.events import ButtonPressed, FormSubmitted, MessagePosted
from core.chat.identity import Account, Channel, Workspace
from core.chat.markup import inert, join
from core.chat.messages import Button, Invalid, Message, Reply
from core.engine.models import Community, FormDraft
from core.engine.routes import Ask, FormRoute
from core.engine.scene import Dialogue
from core.engine.texts import Texts

SKIP, CANCEL, PICK = ACTIONS = "form.skip", "form.cancel", "form.pick"


def build(route: FormRoute, texts: Texts, language: str) -> Form:
    """The form in somebody's language. Raises LookupError when a word is missing."""
    prefix = f"{route.room}.form.{route.name.split('.', 1)[1]}"

    def field(ask: Ask) -> Field:
        words = f"{prefix}.{ask.name}"
        return Field(
            ask.name,
            texts.label(words, language),
            ask.kind,
            texts.label(f"{words}.hint", language)
            if texts.knows(f"{words}.hint", language)
            else "",
            ask.required,
            ask.min_length,
            ask.max_length,
            tuple(Choice(v, texts.label(ask.key(words, v), language)) for v in ask.choices),
        )

    return Form(route.name, texts.label(prefix, language), tuple(field(a) for a in route.asks))


def problems(form: Form, answers: Answers, texts: Texts, language: str) -> dict[str, str]:
    """Field name to what is wrong with its answer; empty when the answers can be taken."""
    found = {}
    for field in form.fields:
        problem = _problem(field, answers.get(field.name, ""))
        if problem:
            key, values = problem
            found[field.name] = texts.label(key, language, **values)
    return found


def _problem(field: Field, answer: str) -> tuple[str, dict[str, Any]] | None:
    length = len(answer.strip())
    if not inert(answer).strip():
        return ("form.needed", {}) if field.required else None
    if field.kind is Kind.CHOICE:
        known = {choice.value for choice in field.choices}
        return None if answer in known else ("form.choose", {})
    if length > field.max_length:
        return "form.too_long", {"limit": field.max_length, "length": length}
    if length < field.min_length:
        return "form.too_short", {"limit": field.min_length, "length": length}
    return None


async def begin(dialogue: Dialogue, form: Form, argument: str) -> Reply:
    """Ask the first question, in private; an unfinished form of the same person gives way."""
    await FormDraft.filter(
        community=dialogue.community, account=key_of(dialogue.who.account)
    ).delete()
    await FormDraft.create(
        community=dialogue.community,
        account=key_of(dialogue.who.account),
        form=form.name,
        argument=argument,
        answers={},
        asked=form.fields[0].name,
        at=dialogue.now,
    )
    return _ask(dialogue, form, form.fields[0])


async def open_draft(dialogue: Dialogue) -> FormDraft | None:
    """The form this person is filling, if any."""
    return await FormDraft.get_or_none(
        community=dialogue.community, account=key_of(dialogue.who.account)
    )


async def answered(
    dialogue: Dialogue, draft: FormDraft, form: Form, event: MessagePosted | ButtonPressed
) -> FormSubmitted | Answer:
    """Take the answer to the question in hand: the next question, or the whole form.

    A button names its question: one of an earlier question, or pressed twice, answers nothing.
    """
    field = next((f for f in form.fields if f.name == draft.asked), form.fields[0])
    if isinstance(event, ButtonPressed):
        about, _, answer = event.action.argument.partition(":")
        if about != field.name:
            return _ask(dialogue, form, field)
    else:
        answer = _chosen(field, event.text)
    wrong = _problem(field, answer)
    if wrong:
        key, values = wrong
        return _ask(dialogue, form, field, problem=dialogue.label(key, **values))
    draft.answers = {**draft.answers, field.name: answer.strip()}
    rest = form.fields[form.fields.index(field) + 1 :]
    if rest:
        draft.asked = rest[0].name
        await draft.save()
        return _ask(dialogue, form, rest[0])
    return submission(draft, event)


def submission(draft: FormDraft, event: MessagePosted | ButtonPressed) -> FormSubmitted:
    """The filled form, as the platforms that have forms report it."""
    channel: Channel = event.message.channel if isinstance(event, MessagePosted) else event.channel
    return FormSubmitted(
        delivery_id=event.delivery_id,
        at=event.at,
        workspace=event.workspace,
        account=event.account,
        channel=channel,
        form=draft.form,
        argument=draft.argument,
        answers=draft.answers,
    )


async def settle(dialogue: Dialogue, draft: FormDraft, form: Form, answer: Answer) -> Answer:
    """Close the draft when its answers were taken; ask again what was not."""
    if not isinstance(answer, Invalid):
        await draft.delete()
        return answer
    field = next(f for f in form.fields if f.name in answer.errors)
    draft.asked = field.name
    await draft.save()
    return _ask(dialogue, form, field, problem=answer.errors[field.name])


async def cancel(dialogue: Dialogue, draft: FormDraft | None) -> Reply:
    """Stop asking; nothing was sent anywhere."""
    if draft is None:
        return dialogue.reply("form.none", edits=True)
    await draft.delete()
    return dialogue.reply("form.cancelled", edits=True)


def _ask(dialogue: Dialogue, form: Form, field: Field, problem: str = "") -> Reply:
    number = form.fields.index(field) + 1
    step = dialogue.say(
        "form.question", title=form.title, number=number, total=len(form.fields), label=field.label
    )
    hint = dialogue.say("form.hint", hint=field.hint) if field.hint else dialogue.say("form.type")
    wrong = [dialogue.say("form.problem", problem=problem)] if problem else []
    buttons = [Button(c.label, Action(PICK, f"{field.name}:{c.value}")) for c in field.choices]
    if not field.required:
        buttons.append(dialogue.button("form.skip", Action(SKIP, field.name)))
    buttons.append(dialogue.button("form.cancel", Action(CANCEL)))
    shown = [] if field.choices else [hint]
    return Reply(Message(join([*wrong, step, *shown]), tuple(buttons)))


def _chosen(field: Field, text: str) -> str:
    for choice in field.choices:
        if text.strip().casefold() in {choice.label.casefold(), choice.value.casefold()}:
            return choice.value
    return text


async def moved(community: Community, workspace: Workspace, to: Workspace) -> None:
    """A workspace changed its id: what is being asked there is asked on."""
    old, new = (f"{w.platform}:{w.id}:" for w in (workspace, to))
    for draft in await FormDraft.filter(community=community, account__startswith=old):
        account = f"{new}{draft.account.removeprefix(old)}"
        if await FormDraft.exists(community=community, account=account):
            await draft.delete()
        else:
            draft.account = account
            await draft.save(update_fields=["account"])


def key_of(account: Account) -> str:
    """Whose draft it is."""
    return f"{account.platform}:{account.workspace}:{account.user}"
