"""Every reader of files, for a while, on real files that were harmed: refusals only, in bounds.

    python -m tests.faults.parsers [--seconds 60] [--seed 1] [--only eforms] [--keep FOLDER]

Each reader works in a process of its own with a bound on memory, and each file has a bound on
processor time. What may come out are items, or the errors of the field. Exit 1 at anything
else; the file is kept where `--keep` says.
"""

import argparse
import os
import random
import resource
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Final

import msgspec

from api.domain.errors import DomainError
from tests.faults.mutations import harmed
from tests.faults.readers import READERS, Reader

MEMORY_MB: Final = 700
"""What reading may add to what the process holds at its start."""
FILE_SECONDS: Final = 10.0
"""Of processor time, for one file."""
ROOT: Final = Path(__file__).parents[2]


class TooSlow(Exception):
    """A file took more processor time than it may."""


class Read(msgspec.Struct, kw_only=True):
    """How a reader fared."""

    reader: str
    files: int = 0
    refused: int = 0
    slowest_ms: float = 0.0
    """Of processor time."""
    grown_mb: float = 0.0
    """The most that the process held, above what it held at its start."""
    failures: dict[str, int] = {}
    """By where they were raised."""


def main() -> None:
    """Work every reader, and print how it fared."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--seconds", type=float, default=60.0)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--only", action="append", choices=list(READERS))
    arguments.add_argument("--keep", type=Path)
    arguments.add_argument("--here", choices=list(READERS), help=argparse.SUPPRESS)
    given = arguments.parse_args()
    if given.here:
        found = worked(given.here, given.seconds, given.seed, given.keep)
        sys.stdout.write(msgspec.json.encode(found).decode())
        return
    sys.stdout.write("| reader | files | refused | slowest, ms | memory, MB | failures |\n")
    sys.stdout.write("|---|---|---|---|---|---|\n")
    bad = False
    for name in given.only or READERS:
        found = apart(name, given.seconds, given.seed, given.keep)
        bad = bad or bool(found.failures)
        told = "; ".join(f"{count} x {where}" for where, count in found.failures.items())
        sys.stdout.write(
            f"| {name} | {found.files} | {found.refused} | {found.slowest_ms:.0f} "
            f"| {found.grown_mb:.0f} | {told or 'none'} |\n"
        )
        sys.stdout.flush()
    sys.exit(bad)


def apart(name: str, seconds: float, seed: int, keep: Path | None = None) -> Read:
    """Work a reader in a process of its own; one that dies is a failure too."""
    words = [sys.executable, "-m", "tests.faults.parsers", "--here", name]
    words += ["--seconds", str(seconds), "--seed", str(seed)]
    if keep is not None:
        words += ["--keep", str(keep.resolve())]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        last = done.stderr.strip().splitlines()[-1:]
        return Read(reader=name, failures={f"died ({done.returncode}): {''.join(last)}": 1})
    return msgspec.json.decode(done.stdout, type=Read)


def worked(name: str, seconds: float, seed: int, keep: Path | None) -> Read:
    """Work a reader here, in bounds of memory, until its time is over."""
    found = Read(reader=name)
    begun = tried(found, seed, keep)
    next(begun)
    before = _held_mb()
    _bound_memory()
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        next(begun)
    found.grown_mb = _held_mb() - before
    return found


def tried(found: Read, seed: int, keep: Path | None = None) -> Iterator[None]:
    """Read one file after the other, first a sound one; the same seed gives the same files."""
    reader, chance = READERS[found.reader], random.Random(f"{found.reader} {seed}")
    files = reader.files()
    _count(found, reader, files[0], None)
    if found.refused:
        found.failures["the sound file was refused"] = 1
    while True:
        yield
        _count(found, reader, harmed(chance.choice(files), reader.harm, chance), keep)


def _count(found: Read, reader: Reader, content: bytes, keep: Path | None) -> None:
    began = time.process_time()
    found.files += 1
    try:
        with _bounded():
            reader.read(content)
    except DomainError:
        found.refused += 1
    except Exception as error:  # noqa: BLE001  this is what is looked for
        where = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{type(error).__name__} at {Path(where.filename).name}:{where.lineno}"
        found.failures[place] = found.failures.get(place, 0) + 1
        if keep is not None and found.failures[place] == 1:
            keep.mkdir(parents=True, exist_ok=True)
            (keep / f"{found.reader}-{len(found.failures)}").write_bytes(content)
            (keep / f"{found.reader}-{len(found.failures)}.txt").write_text(traceback.format_exc())
    found.slowest_ms = max(found.slowest_ms, (time.process_time() - began) * 1000)


@contextmanager
def _bounded() -> Iterator[None]:
    """Raise in what takes more processor time than a file may."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise TooSlow

    signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, FILE_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _bound_memory() -> None:
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    most = pages * os.sysconf("SC_PAGE_SIZE") + MEMORY_MB * 2**20
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


def _held_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
