"""The last event of a subject is found at once, however many events it has."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from api.piccolo_conf import DB

ID = "2026-11-28T23:52:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "index of the last event of a subject"


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="perceel", description=DESCRIPTION)

    async def run():
        connection = DB.current_transaction.get().connection
        await connection.execute(
            "CREATE INDEX audit_event_last"
            " ON audit_event (subject, transaction_id DESC NULLS LAST, id DESC)"
        )

    manager.add_raw(run)
    return manager
