"""Audit events and the links of their chain are never changed or deleted."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from api.piccolo_conf import DB

ID = "2026-11-28T16:12:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "append-only audit trail"

TRIGGER = """
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
FOR EACH ROW EXECUTE FUNCTION refuse_change()
"""


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="perceel", description=DESCRIPTION)

    async def run():
        connection = DB.current_transaction.get().connection
        for table in ("audit_event", "audit_seal"):
            await connection.execute(TRIGGER.format(table=table))

    manager.add_raw(run)
    return manager
