"""What must be true after every fault: counts of harm, all of them zero."""

import json
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Final

import asyncpg

from tests.faults.seeding import ask
from tests.faults.world import PATIENCE_SECONDS, World
from tests.faults.writers import ROWS, Booker, Caller, Enterer, Importer, Keyed, Matcher, Seeded

Harm = dict[str, int]
_STUCK: Final = "SELECT count(*) FROM import_job WHERE state IN ('queued', 'running')"


def ready(world: World, name: str = "api") -> tuple[int, dict[str, Any]]:
    """Ask a process whether it is ready; status 0 when nothing answers."""
    url = f"http://127.0.0.1:{world.ports[name]}/v1/health/ready"
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        return error.code, {}
    except OSError:
        return 0, {}


def wait_until(world: World, wanted: int, search: bool | None = None) -> bool:  # noqa: FBT001  a state of the engine
    """Wait until readiness says this; tell whether it ever did."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        world.revive()
        status, body = ready(world)
        if status == wanted and (search is None or body.get("search") is search):
            return True
        time.sleep(0.2)
    return False


def settle(world: World) -> None:
    """Start what ended, and wait until nothing is under way."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        world.revive()
        answers = [ready(world, name) for name in world.ports]
        if all(status == 200 and body["search"] for status, body in answers) and not _busy(world):
            return
        time.sleep(0.5)


def _busy(world: World) -> int:
    async def count(database: asyncpg.Connection) -> int:
        waiting: int = await database.fetchval("SELECT count(*) FROM outbox")
        stuck: int = await database.fetchval(_STUCK)
        return waiting + stuck

    return ask(world, count)


def harm_done(world: World, seeded: Seeded, callers: Iterable[Caller]) -> Harm:
    """Count every way in which something acknowledged is not there once, or does not hold."""
    kept: dict[type[Caller], set[str]] = {type(one): one.acknowledged for one in callers}

    async def counted(database: asyncpg.Connection) -> Harm:
        return {
            "enterprises lost": await _lost(database, kept.get(Enterer, set())),
            "rows of lists lost": await _rows_lost(database, kept.get(Importer, set())),
            "enterprises without one trace": await _traceless(database),
            "purchases lost or doubled": await _miscounted(
                database, seeded, kept.get(Booker, set())
            ),
            "keyed requests without one effect": await _unkeyed(database, kept.get(Keyed, set())),
            "runs lost or torn": await _torn(database, kept.get(Matcher, set())),
            "imports stuck": await database.fetchval(_STUCK),
            "changes that never reached the index": await database.fetchval(
                "SELECT count(*) FROM outbox"
            ),
        }

    return ask(world, counted) | _ledgers(world) | _index(world)


async def _lost(database: asyncpg.Connection, kvk_numbers: set[str]) -> int:
    sql = "SELECT count(*) FROM enterprise WHERE kvk_number = ANY($1)"
    return len(kvk_numbers) - int(await database.fetchval(sql, sorted(kvk_numbers)))


async def _rows_lost(database: asyncpg.Connection, lists: set[str]) -> int:
    sql = "SELECT count(*) FROM enterprise WHERE source = ANY($1)"
    names = [f"list-{one}" for one in lists]
    return ROWS * len(lists) - int(await database.fetchval(sql, names))


async def _traceless(database: asyncpg.Connection) -> int:
    sql = """
    SELECT count(*) FROM (
      SELECT e.id FROM enterprise e LEFT JOIN audit_event a
        ON a.subject = e.id AND a.action = 'enterprise.stored'
      WHERE e.name LIKE 'Groenploeg %'
      GROUP BY e.id HAVING count(a.id) <> 1) odd
    """
    return int(await database.fetchval(sql))


async def _miscounted(database: asyncpg.Connection, seeded: Seeded, invoices: set[str]) -> int:
    sql = "SELECT basis_cents::text FROM fulfilment WHERE obligation = $1::uuid"
    rows = await database.fetch(sql, seeded.obligation)
    times = Counter(row["basis_cents"] for row in rows)
    return sum(number != 1 for number in times.values()) + len(invoices - set(times))


async def _unkeyed(database: asyncpg.Connection, made: set[str]) -> int:
    """Every name once, under the id that was answered."""
    rows = await database.fetch("SELECT name, id::text FROM shortlist WHERE name LIKE 'keyed %'")
    found = Counter(f"{row['name'].removeprefix('keyed ')} {row['id']}" for row in rows)
    names = Counter(row["name"] for row in rows)
    return sum(number != 1 for number in names.values()) + len(made - set(found))


async def _torn(database: asyncpg.Connection, runs: set[str]) -> int:
    sql = """
    SELECT count(*) FROM match_run r WHERE r.id = ANY($1::uuid[]) AND r.matched + r.near_misses
      = (SELECT count(*) FROM match_verdict v WHERE v.run = r.id)
    """
    return len(runs) - int(await database.fetchval(sql, sorted(runs)))


def _ledgers(world: World) -> Harm:
    printed = world.command("verify-ledger")
    numbers = [int(word) for word in printed.replace(",", " ").split() if word.isdigit()]
    return {"ledgers that do not hold": numbers[-1] if numbers else -1}


def _index(world: World) -> Harm:
    printed = world.command("verify-index")
    numbers = [int(word) for word in printed.replace(",", " ").split() if word.isdigit()]
    missing, surplus = numbers if len(numbers) == 2 else (-1, -1)
    return {"documents missing or old": missing, "documents surplus": surplus}


def bad(harm: Mapping[str, int]) -> bool:
    """Tell whether anything was harmed."""
    return any(harm.values())
