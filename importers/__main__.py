"""The command line: `python -m importers`. Uses the embedded engines where none are set."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, TypeVar
from uuid import UUID

import click
from rich.console import Console

from api.domain.errors import DomainError, InvalidInput
from api.embedded import PostgresMissing
from api.settings import SettingsError, settings
from importers.backup import BackupFailed
from importers.engines import EngineBusy, embedded_engines
from importers.run import run as run_job
from importers.run import serve as serve_api
from search.errors import SearchError

console: Final = Console(width=None if sys.stdout.isatty() else 110)
Answer = TypeVar("Answer")
FILE: Final = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def perceel() -> None:
    """Perceel: social enterprises joined to procurement."""


@perceel.command()
@click.option("--once", is_flag=True, help="Stop after the main job.")
def run(*, once: bool) -> None:
    """Start the engines, run the main job on the demo data, then serve."""
    run_job(settings().data_dir, once=once, console=console)


@perceel.command()
def serve() -> None:
    """Serve the API; DATABASE_URL and MEILISEARCH_URL must be set."""
    serve_api(console)


@perceel.command()
def migrate() -> None:
    """Bring the database to the version of this code."""
    from api import database

    with embedded_engines(settings().data_dir, _quiet):
        asyncio.run(database.migrate())


@perceel.command()
@click.option("--name", required=True, help="Whose key it is.")
@click.option("--scope", "scopes", multiple=True, required=True, help="What it may do; repeat.")
@click.option("--days", type=click.IntRange(1, 3650), help="After how many days it expires.")
@click.option("--organisation", type=click.UUID, help="The organisation that it acts for.")
@click.option("--person", help="Label of who holds it, such as `coordinator-2`; never a name.")
def key(
    name: str,
    scopes: tuple[str, ...],
    days: int | None,
    organisation: UUID | None,
    person: str | None,
) -> None:
    """Make an API key; its secret is shown once."""
    from api.accounts import service

    async def make(now: datetime) -> service.NewKey:
        expires_at = None if days is None else now + timedelta(days=days)
        return await service.create_key(
            name,
            scopes,
            now=now,
            expires_at=expires_at,
            organisation_id=organisation,
            person=person,
        )

    made = _with_engines(make)
    click.echo(made.secret)


@perceel.command()
@click.option(
    "--kind",
    type=click.Choice(["authority", "contractor", "enterprise", "platform"]),
    required=True,
)
@click.option("--name", required=True)
@click.option("--kvk", help="Number in the business register; an enterprise confirms by it.")
@click.option("--municipality", "municipalities", multiple=True, help="GM code; repeat.")
def organisation(kind: str, name: str, kvk: str | None, municipalities: tuple[str, ...]) -> None:
    """Make an organisation that keys can act for; prints its id."""
    from api.accounts import service

    async def make(now: datetime) -> service.OrganisationRecord:
        wanted = service.OrganisationKind(kind)
        return await service.create_organisation(wanted, name, kvk, municipalities, now=now)

    click.echo(_with_engines(make).id)


@perceel.command()
@click.argument("email")
@click.option("--days", type=click.IntRange(1, 60), default=2, help="How long the token works.")
def administrator(email: str, days: int) -> None:
    """Invite EMAIL as administrator of the platform, which is made if need be; prints a token."""
    from api.people import service
    from api.people.schemas import NewInvitation

    async def invite(now: datetime) -> NewInvitation:
        return await service.invite_first(email, days, now)

    made = _with_engines(invite)
    console.print("Accept with POST /v1/member-invitation-acceptances: token, name, password.")
    click.echo(made.token)


@perceel.command("reset-password")
@click.argument("email")
def reset_password(email: str) -> None:
    """Print a token by which EMAIL sets a new password, once and within a day."""
    from api.sign_in import service
    from api.sign_in.schemas import ResetToken

    async def issue(now: datetime) -> ResetToken:
        return await service.issue_reset_for(email, now)

    made = _with_engines(issue)
    console.print("Use it with POST /v1/password-reset-uses: token, password.")
    click.echo(made.token)


@perceel.command("revoke-key")
@click.argument("prefix")
def revoke_key(prefix: str) -> None:
    """End a key at once; PREFIX is its second part."""
    from api.accounts import service

    async def revoke(now: datetime) -> None:
        await service.revoke_key(prefix, now)

    _with_engines(revoke)
    console.print(f"Key {prefix} no longer works.")


@perceel.command("import")
@click.argument("source", type=click.Choice(["eforms", "ocds", "tenderned", "enterprises"]))
@click.argument("files", nargs=-1, required=True, type=FILE)
@click.option("--mapping", type=FILE, help="For enterprises in CSV or XLSX: the mapping file.")
def import_files(source: str, files: tuple[Path, ...], mapping: Path | None) -> None:
    """Import notices or enterprises from FILES; the same file again changes nothing."""
    from importers import reports

    async def load(now: datetime) -> bool:
        return await reports.import_all(source, files, mapping, console, now)

    sys.exit(0 if _with_engines(load) else 1)


@perceel.command("import-reference")
@click.argument("kind", type=click.Choice(["cpv", "municipalities", "nuts"]))
@click.argument("file", type=FILE)
@click.option("--partial", is_flag=True, help="The list is not the whole one.")
def import_reference(kind: str, file: Path, *, partial: bool) -> None:
    """Load a full list of codes or areas in place of the shipped one."""
    from importers.reference import load

    content = file.read_bytes()

    async def replace(now: datetime) -> int:
        return await load.replace(kind, content, file.name, now, complete=not partial)

    console.print(f"{_with_engines(replace)} rows loaded.")


@perceel.command()
def drain() -> None:
    """Keep the index up and work jobs off until stopped: the worker of a production set-up."""
    from api import telemetry
    from api.app import jobs
    from api.audit.service import go_on_after_restore
    from api.logs import configure_logging
    from importers.enterprises.reader import EnterpriseLists

    async def forever(_: datetime) -> None:
        configure_logging()
        await go_on_after_restore()
        with telemetry.exposed():
            await asyncio.gather(*jobs(EnterpriseLists()))

    _with_engines(forever)


@perceel.command()
def reindex() -> None:
    """Build the search index anew and swap it in."""
    from api import indexing

    async def build(_: datetime) -> int:
        return await indexing.rebuild()

    console.print(f"{_with_engines(build)} documents indexed.")


@perceel.command("verify-index")
def verify_index() -> None:
    """Compare every document in the index with the database; exit 1 on a difference."""
    from api import indexing

    async def compare(_: datetime) -> indexing.Difference:
        await indexing.catch_up()
        return await indexing.compare()

    found = _with_engines(compare)
    console.print(f"{len(found.missing)} missing or old, {len(found.surplus)} surplus.")
    sys.exit(1 if found.missing or found.surplus else 0)


@perceel.command("import-rule-books")
def import_rule_books() -> None:
    """Publish the rule books that come with the product, where they are not yet."""
    from importers.rule_books import load

    console.print(f"{_with_engines(load.load_shipped)} rule books published.")


@perceel.command("verify-ledger")
@click.argument("obligations", nargs=-1, type=click.UUID)
def verify_ledger(obligations: tuple[UUID, ...]) -> None:
    """Verify the ledgers of OBLIGATIONS, or all; exit 1 where one does not hold."""
    from api.ledgers import service
    from api.ledgers.schemas import VerificationOut

    async def verify(_: datetime) -> list[VerificationOut]:
        if not obligations:
            return await service.verify_all()
        return [await service.verify(one) for one in obligations]

    found = _with_engines(verify)
    for one in found:
        if one.tampering is not None:
            reason = one.tampering.reason
            console.print(f"{one.obligation_id}: entry {one.tampering.number}: {reason.detail}")
    broken = sum(not one.intact for one in found)
    console.print(f"{len(found)} ledgers verified, {broken} do not hold.")
    sys.exit(1 if broken else 0)


@perceel.command()
def retain() -> None:
    """Delete personal and passing data that is kept no longer (docs/privacy.md); run it daily."""
    from api.privacy import service

    for what, number in _with_engines(service.retain).items():
        console.print(f"{what}: {number}")


@perceel.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup_database(file: Path) -> None:
    """Write the database to FILE, as it is at one moment; nobody has to stop."""
    from importers.backup import backup

    with embedded_engines(settings().data_dir, _quiet):
        backup(settings().database_url or "", file)
    console.print(f"{file}: {file.stat().st_size:,} bytes. Keep PSEUDONYM_KEY apart from it.")


@perceel.command("restore")
@click.argument("file", type=FILE)
def restore_database(file: Path) -> None:
    """Put the backup in FILE into an empty database, then build the index from it."""
    from api import indexing
    from importers.backup import restore

    async def follow(_: datetime) -> int:
        from api.audit.service import go_on_after_restore

        await go_on_after_restore()
        return await indexing.rebuild()

    with embedded_engines(settings().data_dir, _quiet):
        restore(settings().database_url or "", file)
        documents = asyncio.run(_connected(follow))
    console.print(f"Restored; {documents} documents indexed.")


@perceel.command("verify-audit")
def verify_audit() -> None:
    """Verify every event of the audit trail and its chain; exit 1 where it does not hold."""
    from api.audit import service

    async def verify(now: datetime) -> service.Verified:
        while await service.seal(now):
            pass
        return await service.verify()

    found = _with_engines(verify)
    for fault in found.faults:
        console.print(fault, style="red")
    faults = len(found.faults)
    console.print(f"{found.events} events in {found.links} links verified, {faults} faults.")
    sys.exit(1 if faults else 0)


@perceel.command()
def openapi() -> None:
    """Print the OpenAPI document."""
    import msgspec

    from api.document import described
    from importers.asgi import app

    encoded = msgspec.json.encode(described(app))
    click.echo(msgspec.json.format(encoded, indent=2))


@perceel.command()
def permissions() -> None:
    """Print docs/permissions.md."""
    from api.permissions import permissions_page
    from importers.asgi import app

    click.echo(permissions_page(app), nl=False)


@perceel.command()
def collection() -> None:
    """Print the collection of requests for Postman and Bruno."""
    import msgspec

    from api.collection import collection_of
    from api.document import described
    from importers.asgi import app

    click.echo(msgspec.json.format(msgspec.json.encode(collection_of(described(app))), indent=2))


@perceel.command()
def down() -> None:
    """Stop embedded engines that a killed run left behind."""
    with embedded_engines(settings().data_dir, _quiet):
        console.print("The engines of this folder are stopped.")


def _with_engines(job: Callable[[datetime], Awaitable[Answer]]) -> Answer:
    with embedded_engines(settings().data_dir, _quiet):
        return asyncio.run(_connected(job))


async def _connected(job: Callable[[datetime], Awaitable[Answer]]) -> Answer:
    from api import clock, database, index

    async with database.pool(settings().database_pool_size), index.engine():
        return await job(clock.now())


def _quiet(_: str) -> None:
    """Say nothing: these commands are quick."""


def main() -> None:
    """Run a command; what goes wrong is said in a sentence, never as a stack trace."""
    try:
        perceel()
    except InvalidInput as error:
        for fault in error.faults:
            console.print(f"{fault.place}: {fault.detail} ({fault.code})", style="red")
        sys.exit(1)
    except (
        *(DomainError, SettingsError, EngineBusy, PostgresMissing, SearchError),
        BackupFailed,
    ) as error:
        console.print(str(error), style="red", highlight=False)
        sys.exit(1)


if __name__ == "__main__":
    main()
