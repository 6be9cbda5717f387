"""What holds a message back is found at once, however many wait about the same thing."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from api.piccolo_conf import DB

ID = "2026-11-28T18:46:30:000000"
VERSION = "1.38.0"
DESCRIPTION = "index of messages that hold others back"


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="perceel", description=DESCRIPTION)

    async def run():
        connection = DB.current_transaction.get().connection
        await connection.execute(
            "CREATE INDEX webhook_delivery_holding ON webhook_delivery (webhook, subject, number)"
            " WHERE state = 'pending' AND last_error IS NULL"
        )

    manager.add_raw(run)
    return manager
