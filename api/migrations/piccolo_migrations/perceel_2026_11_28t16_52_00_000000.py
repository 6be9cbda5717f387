"""Counters of limits need not survive a crash: without a log, counting waits for no disk."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from api.piccolo_conf import DB

ID = "2026-11-28T16:52:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "counters of limits are not logged"


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="perceel", description=DESCRIPTION)

    async def run():
        connection = DB.current_transaction.get().connection
        await connection.execute("ALTER TABLE rate_window SET UNLOGGED")

    manager.add_raw(run)
    return manager
