"""An entry gives up the details of a placement two years after the contract, and nothing else."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from api.piccolo_conf import DB

ID = "2026-11-28T18:50:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "retention of what ledgers know of persons"

REFUSE = r"""
CREATE FUNCTION refuse_change_of_entry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - 'details' = to_jsonb(OLD) - 'details'
    AND OLD.details::jsonb ->> 'kind' = 'placement'
    AND NEW.details ~ '^{"kind":"placement","facts":{},"lines":\[\],"anonymisedOn":"[0-9-]{10}"}$'
    AND EXISTS (SELECT FROM obligation o
      WHERE o.id = OLD.obligation AND o.due_on + interval '2 years' <= now())
  THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION '% is never changed or deleted', TG_TABLE_NAME
    USING ERRCODE = 'restrict_violation';
END $$
"""
ENTRIES = """
CREATE OR REPLACE TRIGGER ledger_entry_append_only BEFORE UPDATE OR DELETE ON ledger_entry
FOR EACH ROW EXECUTE FUNCTION refuse_change_of_entry()
"""


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="perceel", description=DESCRIPTION)

    async def run():
        connection = DB.current_transaction.get().connection
        for statement in (REFUSE, ENTRIES):
            await connection.execute(statement)

    manager.add_raw(run)
    return manager
