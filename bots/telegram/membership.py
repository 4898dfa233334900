"""Who is in the group: arrivals, departures, requests to join, and the group that moves."""

from dataclasses import replace
from datetime import datetime

from bots.telegram.reading import JSON, NOTHING, Arrival, Here, at_of, facts_of
from core.chat.events import Event, MemberJoined, MemberLeft, WorkspaceMoved
from core.chat.identity import Platform, Workspace


def roles(member: JSON) -> frozenset[str]:
    """What a ChatMember says somebody is: `member` and what is above, and their custom title."""
    held = {
        "creator": {"owner", "administrator"},
        "administrator": {"administrator"},
    }.get(str(member["status"]), set())
    title = str(member.get("custom_title") or "").strip().lower()
    if present(member):
        held = held | {"member"}
    return frozenset(held | {title}) - {""}


def present(member: JSON) -> bool:
    """Whether a ChatMember is in the group."""
    status = member["status"]
    return status in {"creator", "administrator", "member"} or (
        status == "restricted" and bool(member["is_member"])
    )


def changed(delivery: str, change: JSON, here: Here, _now: datetime) -> Arrival:
    """Somebody became or ceased to be a member, or an administrator."""
    old, new = change["old_chat_member"], change["new_chat_member"]
    user = new["user"]
    if str(change["chat"]["id"]) != here.workspace or user["is_bot"]:
        return NOTHING
    person = str(user["id"])
    arrival = Arrival(
        lane=person,
        locale=user.get("language_code"),
        standing=(person, str(new["status"]) if present(new) else "left", roles(new)),
    )
    if present(old) == present(new):
        return arrival
    known = replace(here, roles={**here.roles, person: roles(new)})
    facts = facts_of(delivery, at_of(change["date"]), user, known)
    event = MemberJoined(**facts) if present(new) else MemberLeft(**facts)
    return replace(arrival, events=(event,))


def own(_delivery: str, change: JSON, here: Here, _now: datetime) -> Arrival:
    """Our own rights changed somewhere."""
    return replace(NOTHING, rights=str(change["chat"]["id"]) in here.chats)


def waiting(delivery: str, request: JSON, here: Here, _now: datetime) -> Arrival:
    """Somebody asks to join, and may be written to for five minutes (bots/api#chatjoinrequest)."""
    user = request["from"]
    if str(request["chat"]["id"]) != here.workspace or user["is_bot"]:
        return NOTHING
    facts = facts_of(delivery, at_of(request["date"]), user, here)
    return Arrival(
        (MemberJoined(**facts, waiting=True),),
        str(user["id"]),
        user.get("language_code"),
        door=str(int(request["user_chat_id"])),
    )


def service(delivery: str, message: JSON, here: Here) -> Arrival:
    """Arrivals and departures told by service messages, where nothing better reaches us."""
    if here.administers or str(message["chat"]["id"]) != here.workspace:
        return NOTHING
    at = at_of(message["date"])
    events: list[Event] = [
        MemberJoined(**facts_of(f"{delivery}:{user['id']}", at, user, here))
        for user in message.get("new_chat_members", ())
        if not user["is_bot"]
    ]
    gone = message.get("left_chat_member")
    if gone and not gone["is_bot"]:
        events.append(MemberLeft(**facts_of(delivery, at, gone, here)))
    return Arrival(tuple(events), str(message["from"]["id"]))


def moved_of(message: JSON, here: Here) -> Arrival | None:
    """The group became a supergroup; told twice, once in each."""
    if "migrate_to_chat_id" in message:
        old, new = str(message["chat"]["id"]), str(int(message["migrate_to_chat_id"]))
    elif "migrate_from_chat_id" in message:
        old, new = str(int(message["migrate_from_chat_id"])), str(message["chat"]["id"])
    else:
        return None
    if old not in here.chats:
        return NOTHING
    return Arrival((moved(old, new, at_of(message["date"])),))


def moved(old: str, new: str, at: datetime) -> WorkspaceMoved:
    """The event of a group that changed its id, however it was learnt."""
    return WorkspaceMoved(
        delivery_id=f"moved:{old}:{new}",
        at=at,
        workspace=Workspace(Platform.TELEGRAM, old),
        account=None,
        to=Workspace(Platform.TELEGRAM, new),
    )
