"""What members give to a ritual: drafted, agreed to, checked by a moderator, shown once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.chat.actions import row_named
from core.chat.identity import Account, Workspace
from core.engine.errors import Refused
from core.engine.scene import Dialogue, Scene
from core.members import service as members
from core.members.models import Member
from rituals import participation
from rituals.kinds import Appointment
from rituals.models import Contribution, ContributionState, Ritual

PUBLISHABLE = (ContributionState.CONSENTED, ContributionState.CHECKED)
"""What may be shown where no moderator has to check it."""
OPEN = (ContributionState.AWAITED, ContributionState.DRAFT, *PUBLISHABLE)
"""What is not over: its author may correct it or take it back."""


@dataclass(frozen=True, slots=True)
class Given:
    """What somebody gives: words, an address, the answers of a form; any of them may be empty."""

    text: str = ""
    link: str = ""
    answers: Mapping[str, str] | None = None


async def give(
    scene: Scene,
    ritual: Ritual,
    member: int | None,
    given: Given,
    state: ContributionState = ContributionState.DRAFT,
    *,
    found: Appointment | None = None,
) -> Contribution:
    """Keep what somebody gives, for a date or for the reserve; None: it came from nobody."""
    return await Contribution.create(
        ritual=ritual,
        occurrence=found.row if found else None,
        member_id=member,
        state=state,
        text=given.text,
        link=given.link,
        answers=dict(given.answers or {}),
        given_at=scene.now,
    )


async def correct(scene: Scene, row: Contribution, given: Given, state: ContributionState) -> bool:
    """Put other words in the place of the first; False when it was shown or is over by now."""
    changed = await Contribution.filter(id=row.id, state__in=OPEN).update(
        text=given.text,
        link=given.link,
        answers=dict(given.answers or {}),
        given_at=scene.now,
        state=state,
    )
    await row.refresh_from_db()
    return bool(changed)


async def named(scene: Scene, argument: str) -> Contribution:
    """The one an argument names, its ritual and date loaded. Raises Refused when it is gone."""
    rows = Contribution.filter(id=row_named(argument), ritual__community=scene.community)
    row = await rows.select_related("ritual", "occurrence").first()
    if row is None:
        raise Refused("rituals.gone")
    return row


def as_read(row: Contribution) -> str:
    """What a moderator reads: the row, and when it was written so."""
    return f"{row.id}:{row.given_at:%Y%m%dT%H%M%S%f}"


async def mine(dialogue: Dialogue, argument: str) -> Contribution:
    """One of whoever acts. Raises Refused when it is not theirs, or was published."""
    row = await named(dialogue, argument)
    if row.member_id != dialogue.who.member:
        raise Refused("rituals.not_yours")
    if row.state is ContributionState.SHOWN:
        raise Refused("rituals.published_already")
    return row


async def moves(row: Contribution, *came_from: ContributionState, to: ContributionState) -> bool:
    """Change where one stands, if it still stands where it did."""
    moved = await Contribution.filter(id=row.id, state__in=came_from).update(state=to)
    if moved:
        row.state = to
    return bool(moved)


async def given_for(found: Appointment, *states: ContributionState) -> Sequence[Contribution]:
    """What was given for a date and stands so (what is not over, when none is named)."""
    rows = Contribution.filter(occurrence=found.row, state__in=states or OPEN)
    return await rows.order_by("given_at", "id")


async def ready(
    found: Appointment, states: Sequence[ContributionState] = PUBLISHABLE
) -> Contribution | None:
    """What would be shown now: what was given for the date, else the oldest in reserve."""
    for occurrence in (found.row, None):
        rows = Contribution.filter(
            ritual=found.ritual, occurrence=occurrence, state__in=states, shown_at=None
        )
        if row := await rows.order_by("given_at", "id").first():
            return row
    return None


async def show(scene: Scene, found: Appointment, row: Contribution) -> bool:
    """It is shown at that date, once and for good; whoever gave it took part.

    False when it was taken back, corrected or shown since it was read.
    """
    rows = Contribution.filter(id=row.id, state=row.state, given_at=row.given_at)
    if not await rows.update(
        state=ContributionState.SHOWN, shown_at=scene.now, occurrence_id=found.row.id
    ):
        return False
    row.state, row.shown_at, row.occurrence = ContributionState.SHOWN, scene.now, found.row
    giver = await members.reach(scene, row.member_id) if row.member_id else None
    if giver is not None:
        on = giver.account.platform
        await participation.took_part(scene, found, giver.member, on, f"gave:{row.id}")
    return True


async def giver(row: Contribution, home: Workspace) -> tuple[str, Account | None]:
    """Whose it is: their name, and whom to mention in that workspace if they are there."""
    if row.member_id is None:
        return "", None
    author = await Member.get(id=row.member_id)
    rows = await members.accounts_of(row.member_id)
    return author.name, next((one.account for one in rows if one.account.home == home), None)
