"""REST: commands, and what the app answers to interactions."""

from bots.sandbox.discord.commands import check_all
from bots.sandbox.discord.refusals import Refused, wrong
from bots.sandbox.discord.routing import Answer, Call, House, endpoint, only_guild
from bots.sandbox.discord.shapes import CALLBACK, EDIT_MESSAGE, FOLLOWUP, anything
from bots.sandbox.discord.state import APPLICATION_ID, EPHEMERAL, LOADING, Json, Message
from bots.sandbox.discord.wire import message_json

_APPLICATION = "/applications/{application_id}"
_GUILD = _APPLICATION + "/guilds/{guild_id}"
_WEBHOOK = "/webhooks/{application_id}/{token}"
_ANSWER = _WEBHOOK + "/messages/{message_id}"
MOST_SLASH_COMMANDS = 100  # docs: Application Commands, "Registering a Command"


def _scope(house: House, call: Call) -> tuple[str | None, dict[str, Json]]:
    if call.values["application_id"] != APPLICATION_ID:
        raise Refused(20012)
    guild = call.values.get("guild_id")
    if guild is not None:
        only_guild(guild)
        if not house.state.commands_scope:  # docs: Application Commands, "Authorizing"
            raise Refused(50001)
    return guild, house.state.commands.setdefault(guild, {})


def _register(house: House, guild: str | None, command: Json, known: dict[str, Json]) -> Json:
    kind = command.get("type", 1)
    same = (c for c in known.values() if c["name"] == command["name"] and c["type"] == kind)
    before = next(same, None)
    own = {"guild_id": guild} if guild else {}
    nullable = ("name_localizations", "description_localizations", "default_member_permissions")
    asked = command.get("default_member_permissions")
    return {
        **dict.fromkeys(nullable),
        "description": "",
        "options": [],
        "dm_permission": True,
        "contexts": None,
        "integration_types": [0],
        "nsfw": False,
        **command,
        **own,
        "default_member_permissions": None if asked is None else str(asked),
        "id": before["id"] if before else house.state.snowflake(),
        "application_id": APPLICATION_ID,
        "version": house.state.snowflake(),
        "type": kind,
    }


@endpoint("GET", _APPLICATION + "/commands", query=("with_localizations",))
@endpoint("GET", _GUILD + "/commands", query=("with_localizations",))
def list_commands(house: House, call: Call) -> Answer:
    """The registered commands, global or of the guild."""
    _, known = _scope(house, call)
    return list(known.values())


@endpoint("PUT", _APPLICATION + "/commands", body=anything)
@endpoint("PUT", _GUILD + "/commands", body=anything)
def overwrite_commands(house: House, call: Call) -> Answer:
    """Replace them all."""
    guild, known = _scope(house, call)
    check_all(call.body)
    if sum(1 for c in call.body if c.get("type", 1) == 1) > MOST_SLASH_COMMANDS:
        raise Refused(30032)
    fresh = [_register(house, guild, command, known) for command in call.body]
    house.state.commands[guild] = {command["id"]: command for command in fresh}
    return fresh


@endpoint("POST", _APPLICATION + "/commands", body=anything)
@endpoint("POST", _GUILD + "/commands", body=anything)
def create_command(house: House, call: Call) -> Answer:
    """Add one, replacing its namesake."""
    guild, known = _scope(house, call)
    check_all([call.body])
    fresh = _register(house, guild, call.body, known)
    known[fresh["id"]] = fresh
    return fresh


@endpoint("DELETE", _APPLICATION + "/commands/{command_id}")
@endpoint("DELETE", _GUILD + "/commands/{command_id}")
def delete_command(house: House, call: Call) -> Answer:
    """Remove one."""
    _, known = _scope(house, call)
    if known.pop(call.values["command_id"], None) is None:
        raise Refused(10063)
    return None


# -- answers


@endpoint(
    "POST",
    "/interactions/{interaction_id}/{token}/callback",
    body=CALLBACK,
    query=("with_response",),
    files=True,
    open_to_all=True,
)
def callback(house: House, call: Call) -> Answer:
    """The first answer, within three seconds."""
    values = call.values
    interaction = house.interactions.find(values["interaction_id"], values["token"])
    house.interactions.answer(interaction, call.body, call.files)
    if call.query.get("with_response") not in {"1", "true"}:
        return None
    message = interaction.original
    told: Json = {"id": interaction.id, "type": interaction.kind}
    resource: Json = {"type": call.body["type"]}
    if message is not None:
        told["response_message_id"] = message.id
        told["response_message_loading"] = bool(message.flags & LOADING)
        told["response_message_ephemeral"] = bool(message.flags & EPHEMERAL)
        resource["message"] = _told(house, message)
    return {"interaction": told, "resource": resource}


def _told(house: House, message: Message) -> Json:
    return message_json(house.state, message)


@endpoint(
    "POST",
    _WEBHOOK,
    body=FOLLOWUP,
    query=("wait", "thread_id", "with_components"),
    files=True,
    open_to_all=True,
)
def follow_up(house: House, call: Call) -> Answer:
    """A further message, within fifteen minutes."""
    interaction = house.interactions.by_token(call.values["token"])
    _own(call)
    return _told(house, house.interactions.follow_up(interaction, call.body, call.files))


def _own(call: Call) -> None:
    if call.values["application_id"] != APPLICATION_ID:
        raise Refused(10015)


def _answer(house: House, call: Call) -> Message:
    interaction = house.interactions.by_token(call.values["token"])
    _own(call)
    number = call.values["message_id"]
    if number == "@original":
        message = interaction.original
    else:
        if not number.isdigit():
            raise wrong(("message_id",), "NUMBER_TYPE_COERCE", f'"{number}" is not snowflake.')
        message = house.state.messages.get(number)
    if message is None or message.id not in house.state.messages:
        raise Refused(10008)
    own = (message.interaction or {}).get("id") == interaction.id
    if not own and message is not interaction.source:
        raise Refused(10008)
    return message


@endpoint("GET", _ANSWER, query=("thread_id",), open_to_all=True)
def get_answer(house: House, call: Call) -> Answer:
    """An answer as it stands."""
    return _told(house, _answer(house, call))


@endpoint(
    "PATCH",
    _ANSWER,
    body=EDIT_MESSAGE,
    query=("thread_id", "with_components"),
    files=True,
    open_to_all=True,
)
def edit_answer(house: House, call: Call) -> Answer:
    """Change an answer, ephemeral ones included."""
    message = _answer(house, call)
    return _told(house, house.interactions.revise(message, call.body, call.files))


@endpoint("DELETE", _ANSWER, query=("thread_id",), open_to_all=True)
def delete_answer(house: House, call: Call) -> Answer:
    """Take an answer away."""
    house.acts.delete(_answer(house, call))
    return None
