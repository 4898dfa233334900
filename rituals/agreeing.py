"""Who answers the buttons of what is given to a ritual: its giver, and the moderators."""

from core.charter import handlers as charter_gate
from core.chat.actions import row_named
from core.chat.adapter import Answer
from core.chat.events import ButtonPressed
from core.chat.identity import Role
from core.engine.errors import Refused
from core.engine.routes import Routes
from core.engine.scene import Dialogue, Scene
from rituals import contributions, giving
from rituals.models import Contribution, ContributionState

routes = Routes("rituals")


@routes.button("rituals.consent")
async def consent(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """It may be published as it was shown."""
    row = await contributions.mine(dialogue, event.action.argument)
    if closed := await charter_gate.keep(dialogue, {}):
        return closed
    return await giving.consents(dialogue, row)


@routes.button("rituals.take_back")
async def take_back(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """It is not to be published after all."""
    await giving.takes_back(await contributions.mine(dialogue, event.action.argument))
    return dialogue.reply("rituals.withdrawn", edits=True)


async def _read(dialogue: Dialogue, event: ButtonPressed) -> Contribution:
    """What a moderator read. Raises Refused when it is gone, or was written otherwise since."""
    row = await contributions.named(dialogue, event.action.argument.partition(":")[0])
    if contributions.as_read(row) != event.action.argument:
        raise Refused("rituals.rewritten")
    return row


@routes.button("rituals.let_pass", role=Role.MODERATOR)
async def let_pass(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """It may be published."""
    return await giving.let_pass(dialogue, await _read(dialogue, event))


@routes.button("rituals.send_back", role=Role.MODERATOR)
async def send_back(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """It should be written otherwise."""
    return await giving.send_back(dialogue, await _read(dialogue, event))


@routes.guard("rituals.waits_check")
async def waits_check(scene: Scene, argument: str) -> bool:
    """Whether what a moderator would read still waits for one."""
    rows = Contribution.filter(ritual__community=scene.community)
    row = await rows.get_or_none(id=row_named(argument.partition(":")[0]))
    consented = ContributionState.CONSENTED
    return row is not None and row.state is consented and contributions.as_read(row) == argument


@routes.job(giving.KEEP)
async def keep(scene: Scene, key: str) -> None:
    """May what was shown be found again?"""
    await giving.keep(scene, key)
