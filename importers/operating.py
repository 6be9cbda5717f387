"""Commands of whoever keeps an installation: keys, backups, and what must verify."""

import asyncio
import logging
import os
import sys
from datetime import datetime
from pathlib import Path
from typing import Final
from uuid import UUID

import click
import msgspec

from api.settings import settings
from importers.engines import embedded_engines
from importers.shell import FILE, connected, console, quiet, with_engines


@click.command("verify-ledger")
@click.argument("obligations", nargs=-1, type=click.UUID)
def verify_ledger(obligations: tuple[UUID, ...]) -> None:
    """Verify the ledgers of OBLIGATIONS, or all; exit 1 where one does not hold."""
    from api.ledgers import service
    from api.ledgers.schemas import VerificationOut

    async def verify(_: datetime) -> list[VerificationOut]:
        if not obligations:
            return await service.verify_all()
        return [await service.verify(one) for one in obligations]

    found = with_engines(verify)
    for one in found:
        if one.tampering is not None:
            reason = one.tampering.reason
            console.print(f"{one.obligation_id}: entry {one.tampering.number}: {reason.detail}")
    broken = sum(not one.intact for one in found)
    console.print(f"{len(found)} ledgers verified, {broken} do not hold.")
    sys.exit(1 if broken else 0)


@click.command("rotate-secrets")
@click.option("--give-up", is_flag=True, help="What no key opens is given up; see docs/operating.")
def rotate_secrets(*, give_up: bool) -> None:
    """Seal kept secrets under the newest key, those kept in clear too; exit 1 where one can't."""
    from api import rekeying

    async def rotate(now: datetime) -> rekeying.Rotated:
        return await rekeying.rotate(now, give_up=give_up)

    done = with_engines(rotate)
    what = "given up" if give_up else "can't be read"
    console.print(f"{done.sealed} secrets sealed anew, {done.unreadable} {what}.")
    sys.exit(1 if done.unreadable and not give_up else 0)


@click.command()
def retain() -> None:
    """Delete personal and passing data that is kept no longer (docs/privacy.md); run it daily."""
    from api.privacy import service

    for what, number in with_engines(service.retain).items():
        console.print(f"{what}: {number}")


@click.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup_database(file: Path) -> None:
    """Write the database to FILE, as it is at one moment; nobody has to stop."""
    from importers.backup import backup

    with embedded_engines(settings().data_dir, quiet):
        backup(settings().database_url or "", file)
    console.print(
        f"{file}: {file.stat().st_size:,} bytes. Keep PSEUDONYM_KEY and SECRETS_KEY, apart."
    )


@click.command("restore")
@click.argument("file", type=FILE)
def restore_database(file: Path) -> None:
    """Put the backup in FILE into an empty database, then build the index from it."""
    from api import indexing
    from importers.backup import restore

    async def follow(_: datetime) -> int:
        from api.audit.service import go_on_after_restore

        await go_on_after_restore()
        return await indexing.rebuild()

    with embedded_engines(settings().data_dir, quiet):
        restore(settings().database_url or "", file)
        documents = asyncio.run(connected(follow))
    console.print(f"Restored; {documents} documents indexed.")


@click.command("chain-heads")
def publish_heads() -> None:
    """Tell the heads of the chains in the log, and add them to CHAIN_HEADS_FILE if it is set."""
    from api import chain_heads
    from api.audit.service import seal
    from api.logs import configure_logging

    file = settings().chain_heads_file

    async def publish(now: datetime) -> chain_heads.Heads:
        while await seal(now):
            pass
        former = file.read_bytes() if file is not None and file.exists() else b""
        return await chain_heads.heads(now, chain_heads.read_heads(former))

    made = with_engines(publish)
    if file is not None:
        with file.open("ab") as kept:
            kept.write(msgspec.json.encode(made) + b"\n")
            kept.flush()
            os.fsync(kept.fileno())
    configure_logging()
    head = {} if made.audit is None else msgspec.structs.asdict(made.audit)
    logging.getLogger(__name__).info("chain-heads", extra=head | {"ledgers": len(made.ledgers)})


@click.command("verify-audit")
@click.option("--heads", type=FILE, help="Compare with heads that were kept elsewhere, too.")
def verify_audit(heads: Path | None) -> None:
    """Verify every event of the audit trail and its chain; exit 1 where it does not hold."""
    from api import chain_heads
    from api.audit import service

    published = [] if heads is None else chain_heads.read_heads(heads.read_bytes())

    async def verify(now: datetime) -> tuple[service.Verified, list[str]]:
        while await service.seal(now):
            pass
        return await service.verify(), await chain_heads.faults(published)

    found, elsewhere = with_engines(verify)
    for fault in (*found.faults, *elsewhere):
        console.print(fault, style="red")
    faults = len(found.faults) + len(elsewhere)
    console.print(f"{found.events} events in {found.links} links verified, {faults} faults.")
    sys.exit(1 if faults else 0)


COMMANDS: Final = (
    verify_ledger,
    rotate_secrets,
    retain,
    backup_database,
    restore_database,
    verify_audit,
    publish_heads,
)
