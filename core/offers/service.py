"""An offer's life: written, looked at by the team, shown, filled or gone; and who hears of it."""

from collections.abc import Sequence
from datetime import datetime

from core.attention import service as attention
from core.attention.service import Priority, Wish
from core.chat.actions import Action, Answers, row_named
from core.chat.identity import Purpose
from core.chat.markup import inert
from core.engine.errors import Refused
from core.engine.scene import Dialogue, Scene
from core.members.models import Member
from core.members.rules import topics_in
from core.offers import pages, rules
from core.offers.models import Offer, OfferAlert
from core.offers.rules import Filled, Kind, OffersSettings, Standing, State

# -- writing one -------------------------------------------------------------------------------


async def begin(dialogue: Dialogue, answers: Answers) -> Offer:
    """Keep what somebody wrote of an offer; what else they had begun is dropped."""
    await Offer.filter(member_id=dialogue.who.member, state=State.DRAFT).delete()
    return await Offer.create(
        community=dialogue.community,
        member_id=dialogue.who.member,
        kind=Kind(answers["kind"]),
        title=_line(answers["title"]),
        place=_line(answers["place"]),
        contact=_line(answers["contact"]),
        words=inert(answers["words"]).strip(),
        at=dialogue.now,
    )


def _line(written: str) -> str:
    return " ".join(inert(written).split())


async def mine(dialogue: Dialogue, named: str, *states: State) -> Offer:
    """An offer of whoever acts, in one of these states, which nobody else changes meanwhile.

    Raises Refused when it is not theirs, or no longer so.
    """
    row = await _locked(dialogue, named)
    if row is None or row.member_id != dialogue.who.member:
        raise Refused("offers.not_yours")
    if row.state not in states:
        raise Refused("offers.moved_on")
    return row


async def _locked(scene: Scene, named: str) -> Offer | None:
    rows = Offer.filter(id=row_named(named), community=scene.community)
    return await rows.select_for_update(no_key=True).first()


async def propose(dialogue: Dialogue, offer: Offer, topic: str, cpf: str) -> None:
    """Say what it is about and hand it to the team."""
    offer.topic = _line(topic).lower()
    offer.cpf = rules.payable(cpf, offer.title, offer.words, offer.topic)
    offer.state, offer.at = State.PROPOSED, dialogue.now
    await offer.save(update_fields=["topic", "cpf", "state", "at"])
    page = pages.to_review(dialogue, dialogue.community.language, offer, dialogue.who.name)
    for place in dialogue.places(Purpose.MODERATORS):
        await dialogue.owe(page, place, member=dialogue.who.member)


# -- the team ----------------------------------------------------------------------------------


async def waiting(scene: Scene) -> list[Offer]:
    """What the team has not looked at, the oldest first, `member` loaded."""
    rows = Offer.filter(community=scene.community, state=State.PROPOSED)
    return await rows.order_by("at", "id").select_related("member")


async def proposed(dialogue: Dialogue, named: str) -> Offer:
    """An offer the team has to look at. Raises Refused when somebody did, or it was taken back."""
    row = await _locked(dialogue, named)
    if row is None or row.state is not State.PROPOSED:
        raise Refused("offers.looked_at")
    return row


async def publish(dialogue: Dialogue, offer: Offer) -> None:
    """It stands from now on; its author is told."""
    offer.state, offer.published_at = State.PUBLISHED, dialogue.now
    offer.expires_at = dialogue.now + dialogue.settings(OffersSettings).life
    await offer.save(update_fields=["state", "published_at", "expires_at"])
    await attention.tell(dialogue, offer.member_id, pages.published(dialogue, offer), patient=True)


async def refuse(dialogue: Dialogue, offer: Offer, reason: str) -> None:
    """It is not shown; its author is told why."""
    offer.state, offer.reason, offer.closed_at = State.REFUSED, _line(reason), dialogue.now
    await offer.save(update_fields=["state", "reason", "closed_at"])
    await attention.tell(dialogue, offer.member_id, pages.refused(dialogue, offer), patient=True)


# -- what stands -------------------------------------------------------------------------------


async def standing(scene: Scene, topic: str = "") -> list[Offer]:
    """What can be had now, the newest first; on one topic when it is given."""
    rows = Offer.filter(
        community=scene.community,
        state=State.PUBLISHED,
        expires_at__gt=scene.now,
        member__left_at=None,
    )
    found = await rows.order_by("-published_at", "-id")
    return [row for row in found if not topic or rules.concerns(topic, row.topic, row.title)]


async def topics(scene: Scene) -> list[str]:
    """What the offers that stand are about, in the order of the alphabet."""
    return sorted({row.topic for row in await standing(scene)})


async def readable(dialogue: Dialogue, named: str) -> Offer:
    """An offer that stands. Raises Refused when it no longer does."""
    number = row_named(named)
    found = next((row for row in await standing(dialogue) if row.id == number), None)
    if found is None:
        raise Refused("offers.gone")
    return found


async def name_of(offer: Offer) -> str:
    """What who offers it is called."""
    return (await Member.get(id=offer.member_id)).name


async def of_member(dialogue: Dialogue) -> list[Offer]:
    """What somebody offers: what waits, stands or ran out, the newest first."""
    open_ones = (State.PROPOSED, State.PUBLISHED, State.EXPIRED)
    rows = Offer.filter(member_id=dialogue.who.member, community=dialogue.community)
    return await rows.filter(state__in=open_ones).order_by("-id").limit(rules.LISTED)


async def renew(dialogue: Dialogue, offer: Offer) -> datetime:
    """It stands for as long again, from now on; says until when."""
    until = dialogue.now + dialogue.settings(OffersSettings).life
    await Offer.filter(id=offer.id).update(state=State.PUBLISHED, closed_at=None, expires_at=until)
    return until


async def close(dialogue: Dialogue, offer: Offer, state: State, *, here: bool | None) -> None:
    """It is filled, `here` or elsewhere, or withdrawn."""
    offer.state, offer.here, offer.closed_at = state, here, dialogue.now
    await offer.save(update_fields=["state", "here", "closed_at"])


async def filled(scene: Scene) -> Filled:
    """How many were filled these twelve months."""
    rows = Offer.filter(
        community=scene.community, state=State.FILLED, closed_at__gt=scene.now - rules.YEAR
    )
    return Filled(await rows.count(), await rows.filter(here=True).count())


# -- what time does ----------------------------------------------------------------------------


async def tidy(scene: Scene) -> None:
    """Forget what was begun, end what ran out, ask whether what is about to still stands."""
    rows = Offer.filter(community=scene.community)
    await rows.filter(state=State.DRAFT, at__lt=scene.now - rules.DRAFT_LIFE).delete()
    shown = rows.filter(state=State.PUBLISHED)
    await shown.filter(expires_at__lte=scene.now).update(state=State.EXPIRED, closed_at=scene.now)
    soon = scene.now + scene.settings(OffersSettings).notice
    for offer in await shown.filter(expires_at__lte=soon).order_by("id"):
        wish = Wish(
            kind="offers.renew",
            key=f"{offer.id}:{offer.expires_at:%Y-%m-%d}",
            say=pages.to_renew(scene, offer),
            guard=Action("offers.stands", str(offer.id)),
            until=offer.expires_at,
        )
        await attention.solicit(scene, offer.member_id, wish)


async def still_stands(scene: Scene, named: str) -> bool:
    """Whether an offer still stands."""
    rows = Offer.filter(id=row_named(named), community=scene.community, state=State.PUBLISHED)
    return await rows.filter(expires_at__gt=scene.now).exists()


# -- who hears of it ---------------------------------------------------------------------------


async def wish(dialogue: Dialogue, written: str) -> list[str]:
    """Hear of new offers on these topics from now on; of none when nothing is written."""
    chosen = topics_in(inert(written))
    if not chosen:
        await OfferAlert.filter(member_id=dialogue.who.member).delete()
        return []
    alert, made = await OfferAlert.get_or_create(
        {"topics": chosen, "told_at": dialogue.now}, member_id=dialogue.who.member
    )
    if not made:
        alert.topics = chosen
        await alert.save(update_fields=["topics"])
    return chosen


async def alert(scene: Scene, day: str) -> None:
    """Tell who asked for it what is new, in one list a week."""
    shown = {row.id: row for row in await standing(scene)}
    looked = [
        Standing(row.id, row.member_id, row.title, row.topic, row.published_at, row.cpf)
        for row in shown.values()
        if row.published_at is not None
    ]
    rows = OfferAlert.filter(
        member__community=scene.community, member__left_at=None, member__absorbed_by=None
    )
    for row in await rows.order_by("id"):
        found = rules.to_tell(looked, row.topics, row.member_id, row.told_at)
        if found:
            await _tell(scene, row, [shown[number] for number in found], day)


async def _tell(scene: Scene, row: OfferAlert, offers: Sequence[Offer], day: str) -> None:
    asked = Wish(
        kind="offers.alert",
        key=day,
        say=pages.alert(scene, offers),
        priority=Priority.LOW,
        then=Action("offers.told", str(row.id)),
        guard=Action("offers.new", str(row.id)),
        until=scene.now + rules.ALERT_LIFE,
    )
    told = [offer.id for offer in offers]
    await OfferAlert.filter(id=row.id).update(told=told)
    await attention.solicit(scene, row.member_id, asked)


async def told(scene: Scene, named: str) -> None:
    """A list was read: what is newer than it is new; one that never left is told the next week."""
    row = await OfferAlert.get_or_none(id=row_named(named), member__community=scene.community)
    newest = await Offer.filter(id__in=row.told).order_by("-published_at").first() if row else None
    if row is not None and newest is not None and newest.published_at is not None:
        await OfferAlert.filter(id=row.id).update(told_at=newest.published_at)


async def still_new(scene: Scene, named: str) -> bool:
    """Whether somebody still wishes to hear of what waits to be told, and any of it stands."""
    row = await OfferAlert.get_or_none(id=row_named(named), member__community=scene.community)
    if row is None:
        return False
    return any(offer.id in row.told and not offer.cpf for offer in await standing(scene))
