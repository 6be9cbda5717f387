"""Ledger entries are never changed or deleted; a published rule book is never changed."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from api.piccolo_conf import DB

ID = "2026-11-24T15:58:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "append-only ledgers, frozen rule books"

REFUSE = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is never changed or deleted', TG_TABLE_NAME
    USING ERRCODE = 'restrict_violation';
END $$
"""
ENTRIES = """
CREATE TRIGGER ledger_entry_append_only BEFORE UPDATE OR DELETE ON ledger_entry
FOR EACH ROW EXECUTE FUNCTION refuse_change()
"""
RULE_BOOKS = """
CREATE TRIGGER rule_book_frozen BEFORE UPDATE OR DELETE ON rule_book
FOR EACH ROW WHEN (OLD.published_at IS NOT NULL) EXECUTE FUNCTION refuse_change()
"""


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="perceel", description=DESCRIPTION)

    async def run():
        connection = DB.current_transaction.get().connection
        for statement in (REFUSE, ENTRIES, RULE_BOOKS):
            await connection.execute(statement)

    manager.add_raw(run)
    return manager
