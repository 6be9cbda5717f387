"""How much waits for the worker, told to Prometheus by the worker itself."""

import asyncio
import logging
from typing import Final

from asyncpg import PostgresError

from api.database import AWAY, fetch
from api.domain.errors import Unavailable
from api.telemetry import WAITING

logger = logging.getLogger(__name__)

SECONDS: Final = 15.0
_WAITING: Final = """
SELECT (SELECT count(*) FROM outbox) AS index,
  (SELECT count(*) FROM webhook_delivery WHERE state = 'pending') AS webhooks,
  (SELECT count(*) FROM webhook_delivery WHERE state = 'dead') AS dead_webhooks
"""


async def count_forever() -> None:
    """Count until stopped; survive whatever the database does."""
    while True:
        try:
            for queue, waiting in (await fetch(_WAITING))[0].items():
                WAITING.labels(queue).set(waiting)
        except (*AWAY, PostgresError, Unavailable) as error:
            logger.warning("nothing could be counted: %s", error)
        await asyncio.sleep(SECONDS)
