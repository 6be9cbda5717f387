"""The faults, one scenario each. Every one ends with the same questions (`checks`)."""

import os
import random
import shutil
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import msgspec

from importers.engines import free_port
from tests.faults.checks import Harm, harm_done, ready, settle, wait_until
from tests.faults.proxy import Proxy
from tests.faults.seeding import seed
from tests.faults.world import PATIENCE_SECONDS, PYTHON, ROOT, World
from tests.faults.writers import Booker, Caller, Enterer, Importer, Keyed, Matcher, Seeded

VICTIMS: Final = ("api", "api-2", "worker", "worker-2", "meilisearch", "postgres", "rebuild")
CALLERS: Final = (Enterer, Importer, Booker, Keyed, Matcher)
FAKETIME: Final = Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1")
SMALL_DISK: Final = "12m"


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What a scenario came to."""

    scenario: str
    seed: int
    faults: dict[str, int] = {}
    acknowledged: dict[str, int] = {}
    retried: int = 0
    harm: Harm = {}
    strange: tuple[str, ...] = ()
    skipped: str = ""
    seconds: float = 0.0
    figures: dict[str, int] = {}
    """Counts that are neither good nor bad."""

    def with_more(self, harm: Harm, figures: dict[str, int]) -> "Outcome":
        """Add what a scenario looks at by itself."""
        return msgspec.structs.replace(self, harm=self.harm | harm, figures=figures)


class Stage:
    """A world with callers at work, and the count of what was done to it."""

    def __init__(self, world: World, seeded: Seeded, name: str, seed_number: int) -> None:
        self.world, self.seeded = world, seeded
        self.name, self.seed = name, seed_number
        self.faults: Counter[str] = Counter()
        self.untrue: Counter[str] = Counter()
        self.callers: list[Caller] = [kind(world, seeded) for kind in CALLERS]
        self.began = time.monotonic()

    def work(self) -> None:
        """Let the callers begin."""
        for one in self.callers:
            one.start()

    def ended(self) -> Outcome:
        """Let the callers finish, and ask what was harmed."""
        for one in self.callers:
            one.enough.set()
        deadline = time.monotonic() + PATIENCE_SECONDS
        while any(one.is_alive() for one in self.callers) and time.monotonic() < deadline:
            self.world.revive()
            time.sleep(0.5)
        settle(self.world)
        waiting = sum(one.is_alive() for one in self.callers)
        harm = harm_done(self.world, self.seeded, self.callers)
        return Outcome(
            scenario=self.name,
            seed=self.seed,
            faults=dict(self.faults),
            acknowledged={type(one).__name__: len(one.acknowledged) for one in self.callers},
            retried=sum(one.retried for one in self.callers),
            harm=harm | {"callers never served": waiting} | dict(self.untrue),
            strange=tuple(line for one in self.callers for line in one.strange)[:10],
            seconds=round(time.monotonic() - self.began, 1),
        )

    def expect(self, claim: str, true: bool) -> None:  # noqa: FBT001  a claim and whether it holds
        """Count a claim that did not hold."""
        self.untrue[f"untrue: {claim}"] += not true


@contextmanager
def stage(name: str, seed_number: int, **settings: str) -> Iterator[Stage]:
    """Hold a world for one scenario."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        world = World(Path(folder), **settings)
        try:
            seeded = seed(world)
            world.start_all()
            wait_until(world, 200, search=True)
            yield Stage(world, seeded, name, seed_number)
        finally:
            world.close()
            _keep_logs(world, f"{name}-{seed_number}")


def _keep_logs(world: World, name: str) -> None:
    """Copy what the processes wrote to where FAULT_LOGS says, for whoever looks for a cause."""
    kept = os.environ.get("FAULT_LOGS")
    if kept is not None:
        Path(kept).mkdir(parents=True, exist_ok=True)
        for one in world.folder.glob("*.log"):
            shutil.copy(one, Path(kept) / f"{name}-{one.name}")


def kills(seed_number: int, number: int) -> Outcome:
    """End processes at random, `number` times, while everything is at work."""
    chance = random.Random(seed_number)
    with stage("kills", seed_number) as on:
        on.work()
        for _ in range(number):
            time.sleep(chance.uniform(0.2, 1.6))
            kill_and_start(on, chance.choice(VICTIMS), chance)
        return on.ended()


def kill_and_start(on: Stage, victim: str, chance: random.Random) -> None:
    """End one of the processes at once, and start it again after a moment."""
    on.faults[victim] += 1
    if victim == "rebuild":
        _killed_rebuild(on.world, chance.uniform(0.5, 2.5))
        return
    with suppress(OSError, IndexError):  # it ended by itself, and is started again below
        on.world.kill(victim)
    time.sleep(chance.uniform(0.0, 0.4))
    on.world.start(victim)
    on.world.revive()


def _killed_rebuild(world: World, after: float) -> None:
    """Begin a rebuild of the index and end it half way."""
    building = _rebuild(world, world.search_line)
    time.sleep(after)
    building.kill()
    building.wait(PATIENCE_SECONDS)


def _rebuild(world: World, line: Proxy) -> subprocess.Popen[bytes]:
    """Begin a rebuild of the index over a line of its own."""
    return subprocess.Popen(
        [PYTHON, "-m", "importers", "reindex"],
        cwd=ROOT,
        env=world.env | {"MEILISEARCH_URL": f"http://127.0.0.1:{line.port}"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def lost_locks(seed_number: int, number: int = 8) -> Outcome:
    """Take the database from slow rebuilds near their end: they lose their lock, and go on.

    The others, on quick lines, have long followed what came in when such a rebuild swaps.
    """
    chance = random.Random(seed_number)
    with stage("lost_locks", seed_number) as on:
        slow = Proxy(free_port(), on.world.search_port)
        on.work()
        for _ in range(number):
            slow.mend()
            building = _rebuild(on.world, slow)
            while building.poll() is None and not on.world.documents("perceel_offerings_next"):
                time.sleep(0.02)
            slow.delay = 0.05  # for each 64 kB, both ways
            time.sleep(chance.uniform(0.0, 3.0))
            on.faults["lock lost"] += building.poll() is None
            on.world.database_line.cut()
            on.world.database_line.mend()
            building.wait(PATIENCE_SECONDS)
        slow.close()
        return on.ended()


def lines(seed_number: int, number: int = 12) -> Outcome:
    """Cut and slow the lines to both engines while everything is at work."""
    chance = random.Random(seed_number)
    with stage("lines", seed_number) as on:
        on.work()
        for _ in range(number):
            time.sleep(chance.uniform(0.5, 1.5))
            name = chance.choice(("database", "search"))
            line = on.world.database_line if name == "database" else on.world.search_line
            if chance.random() < 0.5:
                on.faults[f"{name} cut"] += 1
                line.cut()
            else:
                on.faults[f"{name} slow"] += 1
                line.delay = chance.uniform(0.05, 0.5)
            time.sleep(chance.uniform(0.5, 3.0))
            line.mend()
        return on.ended()


def truth(seed_number: int, _: int = 0) -> Outcome:
    """Take each engine away for a while: readiness must say so, and say when it is back."""
    with stage("truth", seed_number) as on:
        on.work()
        for name, line in (
            ("search", on.world.search_line),
            ("database", on.world.database_line),
        ):
            time.sleep(3)
            on.faults[f"{name} away"] += 1
            line.cut()
            if name == "search":
                on.expect("search away is told", wait_until(on.world, 200, search=False))
            else:
                on.expect("database away is told", wait_until(on.world, 503))
            line.mend()
            on.expect(f"{name} back is told", wait_until(on.world, 200, search=True))
        return on.ended()


def disk_full(seed_number: int, _: int = 0) -> Outcome:
    """Let the disk of the search engine run full; nothing is lost, and the index catches up."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        disk = Path(folder) / "meilisearch"
        disk.mkdir()
        if not _mounted(disk, SMALL_DISK):
            return Outcome(scenario="disk_full", seed=seed_number, skipped="may not mount here")
        world = World(Path(folder))
        try:
            on = Stage(world, seed(world), "disk_full", seed_number)
            world.start_all()
            wait_until(world, 200)
            on.work()
            deadline = time.monotonic() + PATIENCE_SECONDS
            while not _full(disk) and time.monotonic() < deadline:
                time.sleep(1)
            on.faults["disk full"] += _full(disk)
            on.expect("the disk ran full", _full(disk))
            time.sleep(5)  # callers go on while it is full
            on.expect("the API goes on without the index", ready(world)[0] == 200)
            _mounted(disk, "2g", "remount,")
            return on.ended()
        finally:
            world.close()
            subprocess.run(["umount", "-l", str(disk)], check=False)


def _mounted(disk: Path, size: str, more: str = "") -> bool:
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"{more}size={size}", "tmpfs", str(disk)],
        capture_output=True,
        check=False,
    )
    return done.returncode == 0


def _full(disk: Path) -> bool:
    """Tell whether under a tenth is left: the engine needs more than that for a step."""
    done = subprocess.run(
        ["df", "--output=pcent", str(disk)], capture_output=True, text=True, check=True
    )
    return int(done.stdout.split()[-1].rstrip("%")) > 90


def clock_steps(seed_number: int, number: int = 8) -> Outcome:
    """Step the clocks of all our processes, forth and back, while everything is at work."""
    if not FAKETIME.is_file():
        return Outcome(
            scenario="clock_steps", seed=seed_number, skipped="the package libfaketime is not here"
        )
    chance = random.Random(seed_number)
    with tempfile.NamedTemporaryFile("w") as clock:
        settings = {
            "LD_PRELOAD": str(FAKETIME),
            "FAKETIME_TIMESTAMP_FILE": clock.name,
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }
        Path(clock.name).write_text("+0")
        with stage("clock_steps", seed_number, **settings) as on:
            on.work()
            for _ in range(number):
                seconds = chance.choice((-7_200, -90, 90, 7_200))
                on.faults["step back" if seconds < 0 else "step forth"] += 1
                Path(clock.name).write_text(f"{seconds:+d}")
                time.sleep(chance.uniform(1.0, 2.5))
            Path(clock.name).write_text("+0")
            return on.ended()


def deliveries(seed_number: int, number: int = 60) -> Outcome:
    """Deliver the same lists twice and in another order, to both processes at once."""
    chance = random.Random(seed_number)
    with stage("deliveries", seed_number) as on:
        again: list[Caller] = [kind(on.world, on.seeded) for kind in (Importer, Enterer, Booker)]
        for one in again:
            one.chance = chance
        on.callers += again
        on.work()
        time.sleep(number / 4)
        on.faults["callers doubled"] = len(again)
        return on.ended()


SCENARIOS: Final[dict[str, Callable[[int, int], Outcome]]] = {
    "kills": kills,
    "lost_locks": lost_locks,
    "lines": lines,
    "truth": truth,
    "disk_full": disk_full,
    "clock_steps": clock_steps,
    "deliveries": deliveries,
}
