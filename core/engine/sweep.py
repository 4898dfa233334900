"""What only grows is swept away at night: deliveries seen, work done, forms left unfinished."""

from datetime import time, timedelta
from typing import Any

import structlog
from tortoise.queryset import QuerySet

from core.engine.hearing import FURTHEST, SLACK
from core.engine.models import FormDraft, Heard, Job, OutboxMessage, SeenDelivery, State
from core.engine.routes import Routes
from core.engine.scene import Scene
from core.engine.schedule import EVERY_DAY, Weekly

SEEN = timedelta(days=7)
"""Platforms deliver again for hours at most: Telegram keeps an update for 24 h
(https://core.telegram.org/bots/api#getting-updates). What a history may still tell again is kept
longer: where nothing happens its mark stands still."""

ENDED = timedelta(days=30)
"""How long what was done or skipped can be looked up when something went wrong."""

UNFINISHED = timedelta(days=7)
"""After which a private message is no answer to a question asked before."""

AT_NIGHT = Weekly(EVERY_DAY, time(4, 10))

routes = Routes("engine")
log = structlog.get_logger()


@routes.job("engine.sweep", recurs=lambda _scene: AT_NIGHT)
async def sweep(scene: Scene, _day: str) -> None:
    """Delete what nobody will ask for again; what failed or still waits is kept."""
    quiet = await Heard.filter(community=scene.community).order_by("until").first()
    told = min(scene.now - SEEN, quiet.until - SLACK) if quiet else scene.now - SEEN
    seen = max(told, scene.now - FURTHEST)
    ours, ended = scene.community, {"state__in": (State.DONE, State.SKIPPED)}
    gone: dict[str, QuerySet[Any]] = {
        "seen": SeenDelivery.filter(community=ours, at__lt=seen),
        "owed": OutboxMessage.filter(community=ours, due_at__lt=scene.now - ENDED, **ended),
        "jobs": Job.filter(community=ours, due_at__lt=scene.now - ENDED, **ended),
        "drafts": FormDraft.filter(community=ours, at__lt=scene.now - UNFINISHED),
    }
    log.info("swept", **{what: await rows.delete() for what, rows in gone.items()})
