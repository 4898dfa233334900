"""Who answers the buttons of what is given to a ritual: its giver, and the moderators."""

from core.charter import handlers as charter_gate
from core.chat.adapter import Answer
from core.chat.events import ButtonPressed
from core.chat.identity import Role
from core.engine.routes import Routes
from core.engine.scene import Dialogue, Scene
from rituals import contributions, giving

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


@routes.button("rituals.let_pass", role=Role.MODERATOR)
async def let_pass(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """It may be published."""
    return await giving.let_pass(dialogue, await giving.read(dialogue, event.action.argument))


@routes.button("rituals.send_back", role=Role.MODERATOR)
async def send_back(dialogue: Dialogue, event: ButtonPressed) -> Answer:
    """It should be written otherwise."""
    return await giving.send_back(dialogue, await giving.read(dialogue, event.action.argument))


@routes.guard("rituals.waits_check")
async def waits_check(scene: Scene, argument: str) -> bool:
    """Whether something still waits for a moderator."""
    return await giving.waits_check(scene, argument)


@routes.job(giving.KEEP)
async def keep(scene: Scene, key: str) -> None:
    """May what was shown be found again?"""
    await giving.keep(scene, key)
