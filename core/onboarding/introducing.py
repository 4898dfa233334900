"""The introduction: written, seen exactly as it will be, then posted and still correctable."""

from core.chat.actions import Action, Answers
from core.chat.identity import Account, MessageRef, Place, Purpose
from core.engine.errors import Refused
from core.engine.scene import Dialogue
from core.members import service as members
from core.onboarding import pages
from core.onboarding.models import Introduction


async def write(dialogue: Dialogue, answers: Answers) -> Introduction:
    """Keep an introduction in hand; what stands in the channel stays until it is published."""
    row, _ = await Introduction.update_or_create(
        {
            "story": answers["story"].strip(),
            "today": answers.get("today", "").strip(),
            "likes": answers.get("likes", "").strip(),
            "fresh": True,
        },
        member_id=dialogue.who.member,
    )
    return row


async def of(member: int) -> Introduction | None:
    """A member's introduction, published or not."""
    return await Introduction.get_or_none(member_id=member)


async def signed_by(dialogue: Dialogue, row: Introduction) -> Account | None:
    """The account under whose name it stands: here, or where it was posted first."""
    if row.ref is None:
        return dialogue.who.account
    where = (row.ref.channel.platform, row.ref.channel.workspace)
    accounts = [found.account for found in await members.accounts_of(dialogue.who.member)]
    return next((a for a in accounts if (a.platform, a.workspace) == where), None)


async def publish(dialogue: Dialogue, row: Introduction) -> None:
    """Post it on the platform its author is on; once posted, change what stands there.

    Raises Refused while the first posting is still on its way.
    """
    page = pages.introduction(dialogue, row, dialogue.who.name, await signed_by(dialogue, row))
    first = await Introduction.filter(id=row.id, published_at=None).update(
        published_at=dialogue.now
    )
    if first:
        home = dialogue.who.account.home
        await dialogue.owe(
            page,
            Place(home.platform, home.id, Purpose.INTRODUCTIONS),
            then=Action("onboarding.introduced", str(row.id)),
            member=dialogue.who.member,
        )
    elif row.ref is not None:
        await dialogue.owe_edit(row.ref, page)
    else:
        raise Refused("onboarding.being_posted")
    await Introduction.filter(id=row.id).update(fresh=False)


async def posted(argument: str, ref: MessageRef) -> None:
    """Remember where it stands."""
    await Introduction.filter(id=int(argument)).update(
        platform=ref.channel.platform,
        workspace=ref.channel.workspace,
        channel=ref.channel.id,
        thread=ref.channel.thread or "",
        message=ref.id,
    )
