"""Linking accounts, giving roles, choosing a language: what members and moderators ask for."""

from collections.abc import Collection, Sequence

from core.chat.actions import Action, row_named
from core.chat.adapter import Answer
from core.chat.events import (
    ButtonPressed,
    CommandInvoked,
    Event,
    MemberJoined,
    MemberLeft,
    MessagePosted,
    ReactionAdded,
    WorkspaceMoved,
)
from core.chat.identity import STAFF, Role
from core.chat.messages import Button, Message, Reply, Style
from core.engine.routes import Routes, Wants
from core.engine.scene import Dialogue, Scene, Speaker
from core.members import linking, service
from core.members.models import LinkAttempt, Member
from core.members.rules import CODE_LIFE, door_reopens

routes = Routes("members")


@routes.command("lier", Wants("code", required=False))
async def link(dialogue: Dialogue, event: CommandInvoked) -> Answer:
    """Show a code, or take one that was shown on another platform."""
    typed = str(event.arguments.get("code", ""))
    if not typed:
        shown = await linking.show_code(dialogue, dialogue.who.member)
        minutes = int(CODE_LIFE.total_seconds()) // 60
        return dialogue.reply("members.code", code=shown.code, minutes=minutes)
    wrong = await LinkAttempt.filter(member_id=dialogue.who.member).values_list("at", flat=True)
    reopens = door_reopens(list(wrong), dialogue.now)  # type: ignore[arg-type]  # a flat list of times
    if reopens is not None:
        at = dialogue.local(reopens).time()
        return dialogue.reply("members.door_closed", at=at)
    owner = await linking.owner_of(dialogue, typed, dialogue.who.member)
    if owner is None:
        return dialogue.reply("members.code_unknown")
    if owner.id == dialogue.who.member:
        return dialogue.reply("members.code_own")
    return await _join(dialogue, owner)


async def _join(dialogue: Dialogue, owner: Member) -> Answer:
    """Link them, and tell every other account at once: whoever did not mean it can undo it.

    It does not go through `core.attention`, which is built upon this room and writes to the
    account that was last active only.
    """
    others = await service.accounts_of(owner.id)
    made = await linking.link(dialogue, owner.id, dialogue.who.member)
    undo = Action("members.unlink", str(made.id))
    for row in others:
        if row.account.home in dialogue.workspaces:
            other = await service.speaker(dialogue, row)
            said = dialogue.texts.say("members.linked", other.language, name=dialogue.who.name)
            label = dialogue.texts.label("members.unlink", other.language)
            message = Message(said, (Button(label, undo, Style.DANGER),))
            await dialogue.owe_in_private(message, row.account, member=made.member_id)
    button = dialogue.button("members.unlink", undo, Style.DANGER)
    return dialogue.reply("members.linked", button, name=others[0].name if others else owner.name)


@routes.button("members.unlink")
async def unlink(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """Part two accounts that were linked by mistake."""
    made = await linking.undo(dialogue, row_named(event.action.argument), dialogue.who.member)
    return dialogue.reply("members.unlinked" if made else "members.unlink_late", edits=bool(made))


@routes.command(
    "role",
    Wants("membre", person=True),
    Wants("rôle", choices=tuple(str(role) for role in Role)),
    Wants("action", required=False, choices=("donner", "retirer")),
    role=Role.MODERATOR,
)
async def give_role(dialogue: Dialogue, event: CommandInvoked) -> Answer:
    """Give somebody a role, or take it back; nobody gives a role above their own."""
    member = await service.find(dialogue, event.arguments["membre"])
    if member is None:
        return dialogue.reply("members.nobody", who=str(event.arguments["membre"]))
    role = Role(str(event.arguments["rôle"]))
    needed = role if role in STAFF else Role.ADMIN if role is Role.DPO else Role.MODERATOR
    if not dialogue.who.may(needed):
        return dialogue.reply("members.role_above")
    takes = event.arguments.get("action") == "retirer"
    changed = (
        await service.withdraw(dialogue, member.id, role)
        if takes
        else await service.grant(dialogue, member.id, role)
    )
    key = "members.role_taken" if takes else "members.role_given"
    label = dialogue.label(f"members.option.rôle.{role}")
    outcome = key if changed else "members.role_same"
    return dialogue.reply(outcome, name=member.name, role=label)


@routes.command("langue", Wants("langue", choices=("fr", "fr@tu", "en")))
async def choose_language(dialogue: Dialogue, event: CommandInvoked) -> Answer:
    """Choose the language, and between vous and tu."""
    language = str(event.arguments["langue"])
    await service.speak(dialogue, dialogue.who.member, language)
    return Reply(Message(dialogue.texts.say("members.language", language)))


@routes.on(MemberJoined)
async def came(dialogue: Dialogue, event: MemberJoined) -> Answer:
    """Somebody is back: they are no longer counted as gone."""
    await service.came_back(dialogue, dialogue.who.account)
    return None


async def gone(_scene: Scene, said: Sequence[tuple[Speaker, Event]]) -> Collection[int]:
    """What is done by who was last known to have left."""
    return [at for at, (who, _) in enumerate(said) if who.gone]


@routes.on(MessagePosted, concerns=gone)
@routes.on(ReactionAdded, concerns=gone)
async def speaks_again(dialogue: Dialogue, event: MessagePosted | ReactionAdded) -> Answer:
    """Somebody who came back while we were away is seen among the others."""
    if dialogue.who.gone and not event.message.channel.private:
        await service.came_back(dialogue, dialogue.who.account)
    return None


@routes.on(MemberLeft)
async def went(dialogue: Dialogue, event: MemberLeft) -> Answer:
    """Somebody left a workspace."""
    await service.left(dialogue, dialogue.who.account)
    return None


@routes.fact(WorkspaceMoved)
async def moved(scene: Scene, events: Sequence[WorkspaceMoved]) -> None:
    """A group changed its id: its people follow."""
    for event in events:
        await linking.moved(scene, event.workspace, event.to)
