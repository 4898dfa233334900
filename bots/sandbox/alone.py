"""The stand-ins by themselves, so that any bot can be tried on them."""

import asyncio
import signal
import sys
import tempfile
from pathlib import Path

from bots.sandbox.people import World
from bots.sandbox.towns import Towns


async def stand(discord_port: int, slack_port: int, telegram_port: int) -> None:
    """Run until interrupted; print what to put into the environment of a bot."""
    towns = Towns.build(
        World(), discord_port=discord_port, slack_port=slack_port, telegram_port=telegram_port
    )
    await towns.start()
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, told.set)
    try:
        with tempfile.TemporaryDirectory(prefix="amicale-") as folder:
            config = Path(folder) / "community.toml"
            config.write_text(towns.community_toml(), encoding="utf-8")
            variables = {**towns.environment(), "AMICALE_CONFIG": str(config)}
            lines = "\n".join(f"export {name}='{value}'" for name, value in variables.items())
            sys.stdout.write(f"{lines}\n\n# Three platforms are listening; Ctrl-C stops them.\n")
            sys.stdout.flush()
            await told.wait()
    finally:
        await towns.stop()
