"""Import of 50,000 enterprises with 120,000 offerings, and the index with it; asserts nothing.

`--index beside` (the default) lets the index follow while rows are stored, as a worker does, and
tells how long it lags after the last; `after` begins then; `no` leaves it. `--again` imports the
list once more with every mission changed. The engines are its own.
"""

import argparse
import asyncio
import csv
import io
import json
import os
import random
import resource
import sys
import tempfile
import warnings
from collections.abc import Coroutine, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Any, Final
from uuid import UUID

import msgspec
import psutil

sys.path.insert(0, str(Path(__file__).parents[2]))
FOLDER: Final = "perceel-bench-import-"
ENGINES: Final = frozenset(("postgres", "meilisearch"))
NOW: Final = datetime(2026, 11, 24, tzinfo=UTC)
LISTS: Final = Path(__file__).parents[3] / "shared" / "data" / "reference"
OFFERINGS_OF: Final = (1, 2, 2, 3, 4)
"""Cycled: 2.4 on average, so 120,000 for 50,000 enterprises."""
CODES: Final = (
    *("15811000", "18530000", "31500000", "34430000", "39130000", "44112000", "45442100"),
    *("50110000", "55300000", "55520000", "60100000", "63121000", "64120000", "72500000"),
    *("77310000", "77340000", "79500000", "79800000", "85312000", "90910000", "98310000"),
)
WORDS: Final = (
    *("groenonderhoud", "schilderwerk", "kantoorschoonmaak", "lunchpakketten", "verpakken"),
    *("metaalbewerking", "fietsreparatie", "wasserij", "drukwerk", "kerstpakketten"),
    *("postbezorging", "catering", "montage", "timmerwerk", "tuinaanleg", "archiefbeheer"),
    *("vergaderlunch", "bedrijfskleding", "bestrating", "sloopwerk", "meubelmakerij"),
)
MODES: Final = ("goods", "service", "hiring-in", "assembly-on-site")
TOWNS: Final = ("Utrecht", "Zwolle", "Breda", "Assen", "Leiden", "Tilburg", "Almere")


def enterprises(count: int, places: list[str]) -> Iterator[dict[str, Any]]:
    """Make enterprises of a seeded world, as JSON lines hold them."""
    chance = random.Random(7)
    for n in range(count):
        yield {
            "externalId": str(n + 1),
            "kvkNumber": f"{10_000_000 + n:08}",
            "name": f"{chance.choice(WORDS).title()} {chance.choice(TOWNS)} {n}",
            "legalForm": "stichting",
            "mission": " ".join(chance.choices(WORDS, k=12)),
            "town": chance.choice(TOWNS),
            "municipality": chance.choice(places),
            "lat": round(chance.uniform(51.3, 53.2), 5),
            "lon": round(chance.uniform(4.2, 6.8), 5),
            "targetGroups": chance.sample(["wajong", "wia", "ww", "banenafspraak"], 2),
            "targetGroupShare": chance.choice(["<15", "15-29", "30-49", "50-74", "75+"]),
            "turnoverCents": chance.randrange(10**6, 10**9),
            "offerings": [_offering(chance, places) for _ in range(OFFERINGS_OF[n % 5])],
        }


def _offering(chance: random.Random, places: list[str]) -> dict[str, Any]:
    word = chance.choice(WORDS)
    shapes = (
        {"kind": "country"},
        {"kind": "places", "places": chance.sample(places, chance.randint(1, 5))},
        {
            "kind": "radius",
            "lat": round(chance.uniform(51.3, 53.2), 4),
            "lon": round(chance.uniform(4.2, 6.8), 4),
            "radiusKm": chance.choice([10, 25, 40]),
        },
    )
    return {
        "title": f"{word.title()} voor {chance.choice(WORDS)}",
        "description": " ".join(chance.choices(WORDS, k=10)),
        "products": chance.sample(WORDS, 3),
        "cpvCodes": chance.sample(CODES, chance.randint(1, 3)),
        "serviceMode": chance.choice(MODES),
        "coverage": chance.choices(shapes, (1, 4, 3))[0],
        "reliableCapacityCents": chance.randrange(10**6, 10**8),
    }


def as_lines(count: int, places: list[str]) -> bytes:
    """Write them as JSON lines."""
    return b"\n".join(json.dumps(one).encode() for one in enterprises(count, places))


def as_csv(count: int, places: list[str]) -> bytes:
    """Write them in our own layout; a row of it holds two offerings at most."""
    target = io.StringIO(newline="")
    rows = (_row(one) for one in enterprises(count, places))
    first = next(rows)
    writer = csv.DictWriter(target, list(first), delimiter=";", restval="")
    writer.writeheader()
    writer.writerow(first)
    for row in rows:
        writer.writerow({name: row.get(name, "") for name in first})
    return target.getvalue().encode()


def _row(one: dict[str, Any]) -> dict[str, str]:
    row = {
        "Nummer": one["externalId"],
        "KvK-nummer": one["kvkNumber"],
        "Naam": one["name"],
        "Missie": one["mission"],
        "Plaats": one["town"],
        "Gemeente": one["municipality"],
        "Breedtegraad": str(one["lat"]).replace(".", ","),
        "Lengtegraad": str(one["lon"]).replace(".", ","),
        "Doelgroepen": ";".join(one["targetGroups"]),
        "Aandeel doelgroep": one["targetGroupShare"],
    }
    for n, suffix in ((0, ""), (1, " 2")):
        offering = one["offerings"][n] if n < len(one["offerings"]) else None
        row |= _offering_cells(offering, suffix)
    return row


def _offering_cells(offering: dict[str, Any] | None, suffix: str) -> dict[str, str]:
    coverage = {} if offering is None else offering["coverage"]
    radius = "Straal (km)" if not suffix else "Straal 2 (km)"
    given = offering or {"title": "", "description": "", "products": (), "cpvCodes": ()}
    whole = "heel Nederland" if coverage.get("kind") == "country" else ""
    return {
        f"Aanbod{suffix}": given["title"],
        f"Omschrijving aanbod{suffix}": given["description"],
        f"Producten{suffix}": ";".join(given["products"]),
        f"CPV-codes{suffix}": ";".join(given["cpvCodes"]),
        f"Leveringswijze{suffix}": given.get("serviceMode", ""),
        f"Werkgebied{suffix}": whole or ";".join(coverage.get("places", ())),
        radius: str(coverage.get("radiusKm", "")),
    }


async def _prepare() -> list[str]:
    """Load codes and areas; give the municipalities."""
    from api import database, indexing
    from api.reference.service import reference
    from importers.reference import load

    await load.load_shipped(NOW)
    if LISTS.is_dir():
        full = (LISTS / "nl-gemeenten.csv").read_bytes()
        await load.replace("municipalities", full, "nl-gemeenten.csv", NOW, complete=True)
    await indexing.catch_up()
    await database.fetch("ANALYZE")
    return sorted((await reference()).geography.municipalities)


async def main(given: argparse.Namespace) -> None:
    """Import through a job, as the API does, and then bring the index up to date."""
    from api import database, index
    from api.accounts.service import SYSTEM
    from api.imports import service
    from api.imports.schemas import ImportMode, ImportRequest, ListForm
    from api.migrations.forward import migrate
    from importers.enterprises.reader import EnterpriseLists

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        await migrate()
    async with database.pool(8), index.engine():
        places = await _prepare()
        lines = given.form == "jsonl"
        asked = ImportRequest(
            form=ListForm(given.form),
            content=(as_lines if lines else as_csv)(given.enterprises, places),
            mode=ImportMode(given.mode),
            mapping_name=None if lines else "perceel",
            source="bench" if lines else None,
        )
        print(f"{given.form}: {len(asked.content) / 1e6:.0f} MB, {given.mode}")  # noqa: T201  a script
        job = await service.submit(asked, EnterpriseLists(), SYSTEM, NOW)
        await _work_off(given, job.id)
        if given.again:
            await _again(asked)


async def _work_off(given: argparse.Namespace, job_id: UUID) -> None:
    from api import indexing
    from api.accounts.service import SYSTEM
    from api.imports import service
    from importers.enterprises.reader import EnterpriseLists

    beside = [asyncio.create_task(indexing.drain_forever())] if given.index == "beside" else []
    await _time("import", given.enterprises, service.work_once(EnterpriseLists()))
    done = await service.read(job_id, SYSTEM)
    print(done.state, done.rows_created, "created,", done.rows_rejected, "rejected")  # noqa: T201  a script
    for task in beside:
        await _time("index, after the last row", given.enterprises, _followed())
        task.cancel()
    if given.index == "after":
        await _time("index", given.enterprises, indexing.catch_up())


async def _followed() -> None:
    """Wait until nothing is left for the index."""
    from api import database

    while await database.fetch("SELECT 1 FROM outbox LIMIT 1"):  # noqa: ASYNC110  nobody tells us
        await asyncio.sleep(0.2)


async def _again(asked: Any) -> None:
    """Import the list once more; every profile differs, no offering does."""
    from api.accounts.service import SYSTEM
    from api.imports import service
    from importers.enterprises.reader import EnterpriseLists

    content = asked.content.replace(b'"mission": "', b'"mission": "Wij doen ')
    newer = msgspec.structs.replace(asked, content=content)
    job = await service.submit(newer, EnterpriseLists(), SYSTEM, NOW)
    count = content.count(b"Wij doen ")
    await _time("the list again, changed", count, service.work_once(EnterpriseLists()))
    done = await service.read(job.id, SYSTEM)
    print(done.state, done.rows_updated, "updated")  # noqa: T201  a script


async def _time(what: str, count: int, work: Coroutine[Any, Any, Any]) -> None:
    """Time a piece of work, and tell the processor time of all processes: others may be busy."""
    began, used = perf_counter(), _used()
    await work
    seconds, after = perf_counter() - began, _used()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    shares = ", ".join(f"{name} {after[name] - used.get(name, 0.0):.1f} s" for name in after)
    rate = f"{count / seconds:.0f} enterprises/s"
    print(f"{what}: {seconds:.1f} s, {rate}, peak {peak:.0f} MB; processor: {shares}")  # noqa: T201  a script


def _used() -> dict[str, float]:
    """Give the seconds of processor time so far, by program; servers that ended are left out."""
    used: dict[str, float] = {}
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.pid == os.getpid():
                name = "python"
            elif ENGINES & {process.name()} and any(FOLDER in one for one in _lines(process)):
                name = process.name()
            else:
                continue
            times = process.cpu_times()
            used[name] = used.get(name, 0.0) + times.user + times.system
    return used


def _lines(process: psutil.Process) -> list[str]:
    """Give the command lines of a server process and of the one that started it."""
    parent = process.parent()
    return [*process.cmdline(), *(parent.cmdline() if parent is not None else ())]


def run(given: argparse.Namespace) -> None:
    """Hold engines of its own."""
    from importers.engines import embedded_engines

    with tempfile.TemporaryDirectory(prefix=FOLDER, ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        for name in ("DATABASE_URL", "MEILISEARCH_URL", "MEILISEARCH_KEY"):
            os.environ.pop(name, None)
        with embedded_engines(Path(folder) / "data", lambda _: None):
            asyncio.run(main(given))


if __name__ == "__main__":
    wanted = argparse.ArgumentParser(description=__doc__)
    wanted.add_argument("--enterprises", type=int, default=50_000)
    wanted.add_argument("--form", choices=["jsonl", "csv"], default="jsonl")
    wanted.add_argument("--mode", choices=["atomic", "skip"], default="skip")
    wanted.add_argument("--index", choices=["beside", "after", "no"], default="beside")
    wanted.add_argument("--again", action="store_true")
    run(wanted.parse_args())
