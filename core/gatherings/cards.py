"""Where an event stands: one card a workspace, and the platform's own agenda where it has one."""

from collections.abc import Sequence

from pydantic import TypeAdapter

from core.chat import messages
from core.chat.actions import Action, row_named
from core.chat.identity import MessageRef, Place, Workspace
from core.chat.markup import link
from core.chat.messages import Message
from core.engine.scene import Scene
from core.gatherings import pages, readers, rules, seats, telling
from core.gatherings.models import Gathering, GatheringPost
from core.gatherings.pages import Known
from core.gatherings.rules import GatheringsSettings, Standing, State

_REF = TypeAdapter(MessageRef)


async def known(row: Gathering) -> Known:
    """An event with everything its pages show."""
    entries = await seats.listed(row)
    hosts = tuple(member.name for member in await telling.hosts(row))
    registered = [e.member_id for e in entries if e.standing is Standing.COMING]
    figures = rules.participation(registered, await seats.there(row))
    tally = rules.tally([entry.standing for entry in entries], row.capacity)
    return Known(row, hosts, tally, figures)


async def put_up(scene: Scene, row: Gathering) -> None:
    """Owe its card to every workspace, and itself to every agenda."""
    for place in scene.places(scene.settings(GatheringsSettings).channel):
        await _put_up_in(scene, row, place)
    for workspace in scene.workspaces:
        then = Action("gatherings.native", f"{row.id}:{row.version}")
        await scene.owe_gathering(pages.agenda(row), workspace, then=then)


async def _put_up_in(scene: Scene, row: Gathering, place: Place) -> None:
    card = pages.card(readers.everybody(scene), await known(row))
    then = Action("gatherings.posted", f"{row.id}:{row.round}")
    await scene.owe(card, place, then=then, until=row.ends)


async def posted(scene: Scene, argument: str, ref: MessageRef) -> None:
    """A card stands: it is kept up to date, and redrawn if things went on meanwhile."""
    number, _, drawn = argument.partition(":")
    row = await seats.locked(scene, row_named(number))
    await _remember(row, ref, native=False)
    if str(row.round) != drawn:
        await seats.redraw(scene, row)


async def native(scene: Scene, argument: str, ref: MessageRef) -> None:
    """It stands on a platform's agenda; it may have changed meanwhile."""
    number, _, version = argument.partition(":")
    row = await seats.locked(scene, row_named(number))
    await _remember(row, ref, native=True)
    if str(row.version) != version:
        await scene.owe_gathering_change(ref, _as_it_is(row))


async def _remember(row: Gathering, ref: MessageRef, *, native: bool) -> None:
    kept = {
        "platform": ref.channel.platform,
        "workspace": ref.channel.workspace,
        "ref": _REF.dump_python(ref, mode="json"),
        "native": native,
    }
    await GatheringPost.get_or_create(kept, gathering_id=row.id, key=ref.key)


async def draw(scene: Scene, row: Gathering) -> None:
    """Show its cards as it is now; whatever drawing was due before is not done again."""
    row.round += 1
    await row.save(update_fields=["round"])
    card = pages.card(readers.everybody(scene), await known(row), closed=_closed(scene, row))
    for ref in await _stand(row, native=False):
        await scene.owe_edit(ref, card)


async def draw_due(scene: Scene, argument: str) -> None:
    """Show the new figures, unless its cards were drawn meanwhile."""
    number, _, drawn = argument.partition(":")
    row = await seats.locked(scene, row_named(number))
    if str(row.round) == drawn:
        await draw(scene, row)


def _closed(scene: Scene, row: Gathering) -> bool:
    """Whether its code is taken no more."""
    hours = scene.settings(GatheringsSettings).attend_hours
    begun = row.starts <= scene.now
    return begun and not rules.may_attend(row.starts, row.ends, scene.now, hours)


async def native_change(scene: Scene, row: Gathering) -> None:
    """Change it on the platforms' agendas, or take it off."""
    for ref in await _stand(row, native=True):
        await scene.owe_gathering_change(ref, _as_it_is(row))


def _as_it_is(row: Gathering) -> messages.Gathering | None:
    return None if row.state is State.CANCELLED else pages.agenda(row)


async def under(scene: Scene, row: Gathering) -> None:
    """Say under each card that it can be seen again."""
    said = readers.everybody(scene).say(
        "gatherings.replay_ready", title=row.title, link=link(row.replay, row.replay)
    )
    for ref in await _stand(row, native=False):
        await scene.owe(Message(said), ref)


async def _stand(row: Gathering, *, native: bool) -> list[MessageRef]:
    posts = GatheringPost.filter(gathering_id=row.id, native=native).order_by("id")
    return [_REF.validate_python(post.ref) for post in await posts]


async def gone(scene: Scene, refs: Sequence[MessageRef]) -> None:
    """Messages are gone: there is nothing to redraw there."""
    keys = [ref.key for ref in refs]
    rows = GatheringPost.filter(key__in=keys, gathering__community=scene.community)
    await GatheringPost.filter(id__in=[post.id for post in await rows]).delete()


async def moved(scene: Scene, workspace: Workspace, to: Workspace) -> None:
    """A group changed its id, and the ids of its messages: a new card stands in the new one."""
    rows = GatheringPost.filter(
        gathering__community=scene.community,
        platform=workspace.platform,
        workspace=workspace.id,
    )
    posts = await rows.select_related("gathering")
    await GatheringPost.filter(id__in=[post.id for post in posts]).delete()
    purpose = scene.settings(GatheringsSettings).channel
    for post in posts:
        if post.gathering.state is State.ANNOUNCED and post.gathering.ends > scene.now:
            await _put_up_in(scene, post.gathering, Place(to.platform, to.id, purpose))
