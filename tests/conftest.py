"""Real engines for the tests: a database made by the migrations, a search engine beside it."""

import os
import tempfile
import warnings
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# Limits are tested where they are the subject; elsewhere tests ask as fast as they can.
os.environ.setdefault("RATE_LIMIT_ANONYMOUS", "0")
os.environ.setdefault("RATE_LIMIT_KNOWN", "0")
os.environ.setdefault("SECRETS_KEY", "only-for-the-tests-0123456789-0123456789")
# No test asserts a time: a shared machine may be slow for a while.
settings.register_profile("perceel", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("perceel")
SHARED = Path(__file__).parents[2] / "shared" / "data"
NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real notices and lists that lies beside the repository."""
    if not SHARED.is_dir():
        pytest.skip("the shared data is not here")
    return SHARED


@pytest.fixture(scope="session")
def database_url() -> Iterator[str]:
    """A database of our own, or one that TEST_DATABASE_URL names; its rows may be lost."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield given
        return
    from api.embedded import postgres

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        with postgres(Path(folder) / "postgres") as dsn:
            yield dsn


@pytest.fixture(scope="session")
async def migrated(database_url: str) -> AsyncIterator[None]:
    """The schema and the shipped reference tables, made once."""
    from api import database
    from api.migrations.forward import migrate
    from importers.reference import load

    database.use_database(database_url)
    with warnings.catch_warnings():
        # Generated migrations repeat names that Piccolo itself then warns about.
        warnings.simplefilter("ignore")
        await migrate()
    async with database.pool(8):
        await load.load_shipped(NOW)
        # Tests clear up their rows. Those of the audit trail switch the trigger on again.
        sql = "ALTER TABLE audit_event DISABLE TRIGGER audit_event_append_only"
        await database.fetch(sql)
        yield


@pytest.fixture
async def db(migrated: None) -> AsyncIterator[None]:  # noqa: ARG001  fixtures depend by name
    """A transaction around the test, rolled back after it."""
    from api.piccolo_conf import DB

    async with DB.transaction() as open_transaction:
        yield
        await open_transaction.rollback()  # type: ignore[no-untyped-call]  # Piccolo leaves it bare
