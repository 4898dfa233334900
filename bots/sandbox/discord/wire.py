"""The JSON objects Discord sends, drawn from the state each time they are needed."""

import unicodedata
from datetime import datetime

from bots.sandbox.discord.permissions import Permission
from bots.sandbox.discord.state import (
    APPLICATION_ID,
    GUILD_ID,
    Channel,
    Event,
    Json,
    Member,
    Message,
    Role,
    State,
    User,
)


def moment(at: datetime | None) -> str | None:
    """ISO 8601 as Discord writes it."""
    return None if at is None else at.isoformat()


def user_json(user: User) -> Json:
    """Docs: Resources / User."""
    plain = unicodedata.normalize("NFKD", user.name).encode("ascii", "ignore").decode()
    return {
        "id": user.id,
        "username": "".join(c for c in plain.lower() if c.isalnum() or c in "._") or user.id,
        "discriminator": "0",
        "global_name": None if user.bot else user.name,
        "avatar": None,
        "bot": user.bot,
        "public_flags": 0,
    } | ({"username": user.name} if user.bot else {})


def member_json(member: Member, *, with_user: bool = True) -> Json:
    """Docs: Resources / Guild, "Guild Member Object"."""
    own = {"user": user_json(member.user)} if with_user else {}
    return own | {
        "nick": None,
        "avatar": None,
        "roles": sorted(member.roles),
        "joined_at": moment(member.joined_at),
        "premium_since": None,
        "deaf": False,
        "mute": False,
        "pending": False,
        "flags": 0,
    }


def role_json(role: Role) -> Json:
    """Docs: Topics / Permissions, "Role Object"."""
    colors = {"primary_color": 0, "secondary_color": None, "tertiary_color": None}
    return {
        "id": role.id,
        "name": role.name,
        "color": 0,
        "colors": colors,
        "hoist": False,
        "icon": None,
        "unicode_emoji": None,
        "position": role.position,
        "permissions": str(int(role.permissions)),
        "managed": role.managed,
        "mentionable": False,
        "flags": 0,
    } | ({"tags": {"bot_id": APPLICATION_ID}} if role.managed else {})


def channel_json(channel: Channel) -> Json:
    """Docs: Resources / Channel; a thread, a direct message or a text channel."""
    if channel.recipient is not None:
        return {
            "id": channel.id,
            "type": channel.type,
            "last_message_id": channel.last_message_id,
            "recipients": [user_json(channel.recipient)],
            "flags": 0,
        }
    shared = {
        "id": channel.id,
        "type": channel.type,
        "name": channel.name,
        "guild_id": GUILD_ID,
        "parent_id": channel.parent.id if channel.parent else None,
        "last_message_id": channel.last_message_id,
        "rate_limit_per_user": 0,
        "flags": 0,
    }
    return shared | (_thread_part(channel) if channel.is_thread else _text_part(channel))


def _text_part(channel: Channel) -> Json:
    overwrites = [
        {"id": id_, "type": 0, "allow": str(int(o.allow)), "deny": str(int(o.deny))}
        for id_, o in channel.overwrites.items()
    ]
    return {
        "position": channel.position,
        "permission_overwrites": overwrites,
        "nsfw": False,
        "topic": channel.topic,
    }


def _thread_part(channel: Channel) -> Json:
    metadata: Json = {
        "archived": channel.archived,
        "auto_archive_duration": channel.auto_archive,
        "archive_timestamp": moment(channel.archived_at or channel.created_at),
        "locked": channel.locked,
        "create_timestamp": moment(channel.created_at),
    }
    if channel.type == 12:
        metadata["invitable"] = channel.invitable
    return {
        "owner_id": channel.owner_id,
        "thread_metadata": metadata,
        "message_count": 0,
        "total_message_sent": 0,
        "member_count": len(channel.members),
    }


def thread_member_json(state: State, channel: Channel, user_id: str) -> Json:
    """Docs: Resources / Channel, "Thread Member Object"."""
    joined = moment(state.now())
    return {"id": channel.id, "user_id": user_id, "join_timestamp": joined, "flags": 0}


def message_json(state: State, message: Message, *, viewer: str = APPLICATION_ID) -> Json:
    """Docs: Resources / Message, with reactions counted for `viewer`."""
    told: Json = {
        "id": message.id,
        "channel_id": message.channel.id,
        "author": user_json(message.author),
        "content": message.content,
        "timestamp": moment(message.at),
        "edited_timestamp": moment(message.edited_at),
        "tts": False,
        "mention_everyone": message.mention_everyone,
        "mentions": [user_json(state.users[user]) for user in message.mentions],
        "mention_roles": list(message.mention_roles),
        "attachments": list(message.attachments),
        "embeds": message.embeds,
        "components": message.components,
        "pinned": False,
        "type": message.type,
        "flags": message.flags,
        "reactions": [
            {
                "count": len(users),
                "count_details": {"burst": 0, "normal": len(users)},
                "me": viewer in users,
                "me_burst": False,
                "emoji": {"id": None, "name": emoji},
                "burst_colors": [],
            }
            for emoji, users in message.reactions.items()
        ],
    }
    return told | _optional_parts(state, message, viewer)


def poll_json(message: Message, poll: Json, viewer: str) -> Json:
    """Docs: Resources / Poll, with its votes counted for `viewer`."""
    counts = [
        {"id": answer, "count": len(users), "me_voted": viewer in users}
        for answer, users in message.votes.items()
    ]
    told = {key: poll[key] for key in ("question", "answers", "allow_multiselect", "layout_type")}
    results = {"is_finalized": bool(poll.get("ended")), "answer_counts": counts}
    return {**told, "expiry": moment(poll["ends"]), "results": results}


def _optional_parts(state: State, message: Message, viewer: str) -> Json:
    told: Json = {}
    if message.poll is not None:
        told["poll"] = poll_json(message, message.poll, viewer)
    if message.nonce is not None:
        told["nonce"] = message.nonce
    if message.webhook:
        told["webhook_id"] = told["application_id"] = APPLICATION_ID
    if message.interaction is not None:
        told["interaction_metadata"] = message.interaction
    if message.type == 19:
        told["referenced_message"] = None
        if message.reference is not None:
            target = message.reference
            told["message_reference"] = {
                "type": 0,
                "message_id": target.id,
                "channel_id": target.channel.id,
                "guild_id": None if target.channel.recipient else GUILD_ID,
            }
            if target.id in state.messages:
                shown = message_json(state, target)
                shown.pop("referenced_message", None)
                told["referenced_message"] = shown
    return told


def message_event(state: State, message: Message) -> Json:
    """MESSAGE_CREATE and MESSAGE_UPDATE (docs: Events / Gateway Events)."""
    told = message_json(state, message)
    if message.channel.recipient is None:
        told["guild_id"] = GUILD_ID
        member = state.members.get(message.author.id)
        if member is not None and not message.webhook:
            told["member"] = member_json(member, with_user=False)
    return told


def without_content(told: Json) -> Json:
    """The message as an app without the MESSAGE_CONTENT intent receives it.

    Docs: Events / Gateway, "Message Content Intent": empty, save in direct messages, in the
    app's own messages and in those that mention it.
    """
    own = told["author"]["id"] == APPLICATION_ID
    mentioned = any(user["id"] == APPLICATION_ID for user in told["mentions"])
    if own or mentioned or "guild_id" not in told:
        return told
    return told | {"content": "", "embeds": [], "attachments": [], "components": []}


def guild_json(state: State) -> Json:
    """Docs: Resources / Guild."""
    ranked = sorted(state.roles.values(), key=lambda role: role.position)
    return {
        "id": GUILD_ID,
        "name": "Amicale",
        "icon": None,
        "splash": None,
        "discovery_splash": None,
        "owner_id": state.owner.id,
        "afk_channel_id": None,
        "afk_timeout": 300,
        "verification_level": 0,
        "default_message_notifications": 1,
        "explicit_content_filter": 0,
        "roles": [role_json(role) for role in ranked],
        "emojis": [],
        "features": [],
        "mfa_level": 0,
        "application_id": None,
        "system_channel_id": None,
        "system_channel_flags": 0,
        "rules_channel_id": None,
        "public_updates_channel_id": None,
        "safety_alerts_channel_id": None,
        "max_members": 500000,
        "vanity_url_code": None,
        "description": None,
        "banner": None,
        "premium_tier": 0,
        "preferred_locale": "fr",
        "nsfw_level": 0,
        "stickers": [],
        "premium_progress_bar_enabled": False,
    }


def guild_create_json(state: State) -> Json:
    """GUILD_CREATE: the guild with its channels, visible threads and members."""
    channels = [c for c in state.channels.values() if c.recipient is None]
    threads = [c for c in channels if c.is_thread and not c.archived]
    bot = state.members[state.bot.id]
    return guild_json(state) | {
        "joined_at": moment(bot.joined_at),
        "large": False,
        "unavailable": False,
        "member_count": len(state.members),
        "members": [member_json(member) for member in state.members.values()],
        "channels": [channel_json(c) for c in channels if not c.is_thread],
        "threads": [
            channel_json(c) | {"member": thread_member_json(state, c, state.bot.id)}
            for c in threads
            if state.can_see(state.bot.id, c)
        ],
        "presences": [],
        "voice_states": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
    }


def event_json(event: Event, now: datetime) -> Json:
    """Docs: Resources / Guild Scheduled Event; status 1 is scheduled, 2 active."""
    return {
        "id": event.id,
        "guild_id": GUILD_ID,
        "channel_id": None,
        "creator_id": event.creator.id,
        "creator": user_json(event.creator),
        "name": event.name,
        "description": event.description or None,
        "scheduled_start_time": moment(event.starts),
        "scheduled_end_time": moment(event.ends),
        "privacy_level": 2,
        "status": 1 if event.starts > now else 2,
        "entity_type": 3,
        "entity_id": None,
        "entity_metadata": {"location": event.location},
        "recurrence_rule": None,
        "image": None,
        "user_count": 0,
    }


def application_json(state: State, intents_allowed: int) -> Json:
    """Docs: Resources / Application; flags say which privileged intents are switched on."""
    return {
        "id": APPLICATION_ID,
        "name": state.bot.name,
        "icon": None,
        "description": "",
        "summary": "",
        "bot_public": False,
        "bot_require_code_grant": False,
        "verify_key": "0" * 64,
        "flags": privileged_flags(intents_allowed),
        "team": None,
        "owner": user_json(state.owner),
        "bot": user_json(state.bot),
        "integration_types_config": {"0": {}},
    }


def privileged_flags(intents_allowed: int) -> int:
    """Application flags for an app in fewer than 100 guilds: the "_LIMITED" ones."""
    pairs = {1 << 8: 1 << 13, 1 << 1: 1 << 15, 1 << 15: 1 << 19}
    return sum(flag for intent, flag in pairs.items() if intents_allowed & intent)


def permission_text(granted: Permission) -> str:
    """A permission set as the decimal string Discord sends; everything is all known bits."""
    return str(int(granted) & ((1 << 53) - 1))
