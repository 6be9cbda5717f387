"""The last run of a lot, and a run on the same facts, are found at once among thousands."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from api.piccolo_conf import DB

ID = "2026-11-28T20:54:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "indexes of match runs"


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="perceel", description=DESCRIPTION)

    async def run():
        connection = DB.current_transaction.get().connection
        await connection.execute("CREATE INDEX match_run_same ON match_run (fingerprint)")
        await connection.execute(
            "CREATE INDEX match_run_last ON match_run (lot, created_at DESC, id DESC)"
        )

    manager.add_raw(run)
    return manager
