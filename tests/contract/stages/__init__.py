"""The four stages of the contract: the double in memory, and the three platforms."""

from tests.contract.stage import Stage
from tests.contract.stages.discord import DiscordStage
from tests.contract.stages.memory import MemoryStage
from tests.contract.stages.slack import SlackStage
from tests.contract.stages.telegram import TelegramStage

STAGES: dict[str, type[Stage]] = {
    "memory": MemoryStage,
    "discord": DiscordStage,
    "slack": SlackStage,
    "telegram": TelegramStage,
}
