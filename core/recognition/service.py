"""What people wish about being named, and thanking somebody."""

from dataclasses import dataclass

from tortoise.expressions import Q

from core.chat.identity import Account
from core.engine.errors import Refused
from core.engine.models import Community
from core.engine.scene import Dialogue
from core.members import service as members
from core.members.models import Member
from core.recognition.festivities import Joy
from core.recognition.models import Thanks, ThanksGiven, Wishes
from core.recognition.rules import REASON, RecognitionSettings, reason_in

# -- what somebody wishes ---------------------------------------------------------------------


def _of(member: int) -> Q:
    # Both may have wished something before they were linked: the quieter wish counts.
    return Q(member_id=member) | Q(member__absorbed_by=member)


async def is_discreet(member: int) -> bool:
    """Whether somebody wants no mention and no rank."""
    return await Wishes.filter(_of(member), discreet=True).exists()


async def discreet(community: Community) -> set[int]:
    """Everybody who wants no mention and no rank."""
    rows = Wishes.filter(member__community=community, discreet=True)
    told = await rows.values_list("member_id", "member__absorbed_by")
    return {int(into or member) for member, into in told}


async def be_discreet(member: int, *, discreet: bool) -> None:
    """Remember whether somebody wants to be discreet."""
    rows = await Wishes.filter(_of(member)).values_list("id", flat=True)
    await Wishes.filter(id__in=list(rows)).update(discreet=discreet)
    await Wishes.update_or_create({"discreet": discreet}, member_id=member)


async def muted(member: int) -> frozenset[Joy]:
    """What somebody does not want celebrated."""
    rows = await Wishes.filter(_of(member))
    return frozenset(Joy(kind) for row in rows for kind in row.muted)


async def mute(member: int, joy: Joy, *, muted: bool) -> None:
    """Remember whether somebody wants that celebrated."""
    await Wishes.get_or_create(member_id=member)
    for row in await Wishes.filter(_of(member)):
        others = [kind for kind in row.muted if kind != joy]
        row.muted = [*others, joy.value] if muted else others
        await row.save(update_fields=["muted"])


# -- thanking ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Thanked:
    """Somebody was thanked: whom, for what, whether it may be read by all, how many are left."""

    member: Member
    reason: str
    in_public: bool
    left: int


async def thank(dialogue: Dialogue, who: str | Account, written: str) -> Thanked:
    """Thank somebody, at most so often a local day; the reason is not kept.

    Raises Refused for nobody, for oneself, for a reason too short or too long, or too often.
    """
    member = await members.find(dialogue, who)
    if member is None:
        if isinstance(who, Account):
            raise Refused("recognition.not_met")
        raise Refused("recognition.nobody", who=who)
    if member.id == dialogue.who.member:
        raise Refused("recognition.oneself")
    reason = reason_in(written)
    if reason is None:
        raise Refused("recognition.reason", least=REASON.start, most=REASON.stop - 1)
    number, most = await _number(dialogue), dialogue.settings(RecognitionSettings).thanks_a_day
    if number > most:
        raise Refused("recognition.enough", count=most)
    await _count(dialogue, member.id, number)
    return Thanked(member, reason, not await is_discreet(member.id), most - number)


async def _number(dialogue: Dialogue) -> int:
    today = dialogue.local(dialogue.now).date()
    rows = ThanksGiven.filter(member_id=dialogue.who.member, day=today)
    last = await rows.order_by("-number").first()
    return last.number + 1 if last else 1


async def _count(dialogue: Dialogue, member: int, number: int) -> None:
    today = dialogue.local(dialogue.now).date()
    given = await ThanksGiven.create(member_id=dialogue.who.member, day=today, number=number)
    await Thanks.create(
        community=dialogue.community,
        member_id=member,
        given=given,
        platform=dialogue.who.account.platform,
        at=dialogue.now,
    )
