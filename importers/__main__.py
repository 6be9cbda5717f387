"""The command line: `python -m importers`. Uses the embedded engines where none are set."""

import asyncio
import sys
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import click

from api.domain.errors import DomainError, InvalidInput
from api.embedded import PostgresMissing
from api.migrations import forward
from api.settings import SettingsError, secrets_keys, settings
from importers import operating
from importers.backup import BackupFailed
from importers.engines import EngineBusy, embedded_engines
from importers.run import run as run_job
from importers.run import serve as serve_api
from importers.shell import FILE, console, quiet, with_engines
from importers.working import until_told
from search.errors import SearchError


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
    """Serve the API; DATABASE_URL, MEILISEARCH_URL and SECRETS_KEY must be set."""
    secrets_keys()
    serve_api(console, settings().leave_seconds)


@perceel.command()
def migrate() -> None:
    """Bring the database to the version of this code."""
    with embedded_engines(settings().data_dir, quiet):
        asyncio.run(forward.migrate())


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

    made = with_engines(make)
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

    click.echo(with_engines(make).id)


@perceel.command()
@click.argument("email")
@click.option("--days", type=click.IntRange(1, 60), default=2, help="How long the token works.")
def administrator(email: str, days: int) -> None:
    """Invite EMAIL as administrator of the platform, which is made if need be; prints a token."""
    from api.people import service
    from api.people.schemas import NewInvitation

    async def invite(now: datetime) -> NewInvitation:
        return await service.invite_first(email, days, now)

    made = with_engines(invite)
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

    made = with_engines(issue)
    console.print("Use it with POST /v1/password-reset-uses: token, password.")
    click.echo(made.token)


@perceel.command("revoke-key")
@click.argument("prefix")
def revoke_key(prefix: str) -> None:
    """End a key at once; PREFIX is its second part."""
    from api.accounts import service

    async def revoke(now: datetime) -> None:
        await service.revoke_key(prefix, now)

    with_engines(revoke)
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

    sys.exit(0 if with_engines(load) else 1)


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

    console.print(f"{with_engines(replace)} rows loaded.")


@perceel.command()
def drain() -> None:
    """Keep the index up and work jobs off until stopped: the worker of a production set-up."""
    from api import rekeying, telemetry
    from api.app import jobs
    from api.audit.service import go_on_after_restore
    from api.heap import give_large_buffers_back
    from api.logs import configure_logging
    from importers.enterprises.reader import EnterpriseLists

    async def forever(_: datetime) -> None:
        configure_logging()
        give_large_buffers_back()
        await rekeying.check()
        await go_on_after_restore()
        with telemetry.exposed():
            await until_told(jobs(EnterpriseLists()))

    with_engines(forever)


@perceel.command()
def reindex() -> None:
    """Build the search index anew and swap it in."""
    from api import indexing

    async def build(_: datetime) -> int:
        return await indexing.rebuild()

    console.print(f"{with_engines(build)} documents indexed.")


@perceel.command("verify-index")
def verify_index() -> None:
    """Compare every document in the index with the database; exit 1 on a difference."""
    from api import indexing

    async def compare(_: datetime) -> indexing.Difference:
        await indexing.catch_up()
        return await indexing.compare()

    found = with_engines(compare)
    console.print(f"{len(found.missing)} missing or old, {len(found.surplus)} surplus.")
    sys.exit(1 if found.missing or found.surplus else 0)


@perceel.command("import-rule-books")
def import_rule_books() -> None:
    """Publish the rule books that come with the product, where they are not yet."""
    from importers.rule_books import load

    console.print(f"{with_engines(load.load_shipped)} rule books published.")


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
    with embedded_engines(settings().data_dir, quiet):
        console.print("The engines of this folder are stopped.")


for command in operating.COMMANDS:
    perceel.add_command(command)


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
        *(BackupFailed, forward.MigrationFailed),
    ) as error:
        console.print(str(error), style="red", highlight=False)
        sys.exit(1)


if __name__ == "__main__":
    main()
