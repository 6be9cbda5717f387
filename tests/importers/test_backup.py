"""A backup is worth what it restores: every row of every table, and a trail that goes on."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import msgspec
import pytest

from api import chain_heads
from api.chain_heads import Head
from api.embedded import postgres
from importers.backup import BackupFailed, backup, restore

ROOT = Path(__file__).parents[2]
ENGINES = ("DATABASE_URL", "MEILISEARCH_URL", "MEILISEARCH_KEY")


def _ended(data_dir: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    given = {name: value for name, value in os.environ.items() if name not in ENGINES}
    return subprocess.run(
        [sys.executable, "-m", "importers", *arguments],
        cwd=ROOT,
        env=given | {"DATA_DIR": str(data_dir)} | more,
        capture_output=True,
        text=True,
        check=False,
    )


def _perceel(data_dir: Path, *arguments: str) -> str:
    done = _ended(data_dir, *arguments)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A folder that the user of the embedded server can reach, whoever runs tests beside us."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as made:
        Path(made).chmod(0o755)
        yield Path(made)


@pytest.fixture(scope="module")
def restored(folder: Path) -> tuple[Path, Path, Path]:
    """An installation with the demo in it, its backup, and one that was restored from it."""
    source, file, copy = folder / "source", folder / "perceel.backup", folder / "copy"
    _perceel(source, "run", "--once")
    _perceel(source, "verify-audit")
    _perceel(source, "backup", str(file))
    _perceel(copy, "restore", str(file))
    return source, file, copy


async def _rows(dsn: str) -> dict[str, list[str]]:
    connection = await asyncpg.connect(dsn)
    try:
        tables = await connection.fetch(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
        )
        found = {}
        for table in (row["tablename"] for row in tables):
            rows = await connection.fetch(f'SELECT one::text AS row FROM "{table}" one')  # noqa: S608  names of our own
            found[table] = sorted(row["row"] for row in rows)
        return found
    finally:
        await connection.close()


async def test_what_is_restored_equals_the_source_row_by_row(
    restored: tuple[Path, Path, Path],
) -> None:
    source, file, copy = restored
    with postgres(source / "postgres") as before, postgres(copy / "postgres") as after:
        ours, theirs = await _rows(before), await _rows(after)
        with pytest.raises(BackupFailed, match="already exists"):
            restore(before, file)
        assert await _rows(before) == ours, "a database in use is left alone"

    for rows in (ours, theirs):
        rows.pop("audit_offset")
        rows.pop("index_build")  # a restore builds the index anew, and notes that build
    assert ours == theirs
    assert len(ours) > 40
    assert sum(map(len, ours.values())) > 1_000


def test_the_index_of_the_copy_is_that_of_its_database(restored: tuple[Path, Path, Path]) -> None:
    told = _perceel(restored[2], "verify-index")

    assert "0 missing or old, 0 surplus" in told


async def test_the_audit_trail_holds_and_goes_on_after_a_restore(
    restored: tuple[Path, Path, Path],
) -> None:
    _, _, copy = restored
    before = int(_perceel(copy, "verify-audit").split(" events")[0])

    more = copy.parent / "more.jsonl"
    more.write_text('{"name": "After the restore", "externalId": "after-1"}', encoding="utf-8")
    _perceel(copy, "import", "enterprises", str(more))

    told = _perceel(copy, "verify-audit")
    assert int(told.split(" events")[0]) > before
    assert " 0 faults" in told


def test_heads_that_are_told_and_kept_are_compared(restored: tuple[Path, Path, Path]) -> None:
    source, _, copy = restored
    kept, other = source.parent / "heads.jsonl", source.parent / "other.jsonl"

    told = [_ended(source, "chain-heads", CHAIN_HEADS_FILE=str(kept)) for _ in range(2)]
    first, second = chain_heads.read_heads(kept.read_bytes())
    changed = msgspec.structs.replace(first, audit=Head(1, "0" * 64))
    other.write_bytes(msgspec.json.encode(changed))
    right = _ended(copy, "verify-audit", "--heads", str(kept))
    wrong = _ended(copy, "verify-audit", "--heads", str(other))

    lines = [msgspec.json.decode(one) for one in told[0].stderr.splitlines()]
    [line] = [one for one in lines if one["logger"] == "importers.operating"]
    assert [one.returncode for one in told] == [0, 0]
    assert first.audit is not None
    assert (line["event"], line["number"]) == ("chain-heads", first.audit.number)
    assert (line["hash"], line["ledgers"]) == (first.audit.hash, len(first.ledgers))
    assert len(first.ledgers) >= 1
    assert second.ledgers == {}, "only what moved is told again"
    assert right.returncode == 0, right.stdout
    assert wrong.returncode == 1
    assert "link 1 of the audit chain is not what was published" in wrong.stdout


@pytest.fixture
def empty(folder: Path) -> Iterator[str]:
    with postgres(folder / "empty" / "postgres") as dsn:
        yield dsn


async def test_a_backup_that_is_cut_off_is_refused_whole(
    restored: tuple[Path, Path, Path], empty: str
) -> None:
    content = restored[1].read_bytes()
    cut = restored[1].with_name("cut.backup")
    cut.write_bytes(content[: len(content) // 2])

    with pytest.raises(BackupFailed):
        restore(empty, cut)

    assert await _rows(empty) == {}


def test_a_backup_that_fails_leaves_the_former_one(tmp_path: Path) -> None:
    former = tmp_path / "perceel.backup"
    former.write_bytes(b"the former one")

    with pytest.raises(BackupFailed):
        backup("postgresql://nobody:secret-word@127.0.0.1:1/none", former)

    assert former.read_bytes() == b"the former one"
    assert [one.name for one in tmp_path.iterdir()] == [former.name]


def test_the_word_of_the_database_stands_in_no_argument_and_no_message(tmp_path: Path) -> None:
    with pytest.raises(BackupFailed) as failed:
        backup("postgresql://nobody:secret-word@127.0.0.1:1/none", tmp_path / "x")

    assert "secret-word" not in str(failed.value)
