"""What a search for lots compared is packed: fourteen megabytes of JSON at 50,000 enterprises."""

import zlib

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns.column_types import JSONB, Bytea

from api.piccolo_conf import DB

ID = "2026-11-28T22:08:07:520959"
VERSION = "1.38.0"
DESCRIPTION = "inputs of lot plans, packed"


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="perceel", description=DESCRIPTION)

    async def pack():
        """Leave packed bytes under the former name; below they get their own."""
        connection = DB.current_transaction.get().connection
        await connection.execute("ALTER TABLE split_run ADD COLUMN packed bytea")
        for row in await connection.fetch("SELECT id FROM split_run"):
            inputs = await connection.fetchval(
                "SELECT inputs::text FROM split_run WHERE id = $1", row["id"]
            )
            await connection.execute(
                "UPDATE split_run SET packed = $2 WHERE id = $1",
                row["id"],
                zlib.compress(inputs.encode()),
            )
        await connection.execute("ALTER TABLE split_run ALTER COLUMN packed SET NOT NULL")
        await connection.execute("ALTER TABLE split_run DROP COLUMN inputs")
        await connection.execute("ALTER TABLE split_run RENAME COLUMN packed TO inputs")

    manager.add_raw(pack)
    manager.rename_column(
        table_class_name="LotPlanRun",
        tablename="split_run",
        old_column_name="inputs",
        new_column_name="compared",
        old_db_column_name="inputs",
        new_db_column_name="compared",
        schema=None,
    )
    manager.alter_column(
        table_class_name="LotPlanRun",
        tablename="split_run",
        column_name="inputs",  # as the differ knows it still; the database renames first
        db_column_name="compared",
        params={},
        old_params={},
        column_class=Bytea,
        old_column_class=JSONB,
        schema=None,
    )
    return manager
