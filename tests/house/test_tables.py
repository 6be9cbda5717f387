"""What Piccolo would do in silence is said aloud."""

from typing import Any

import pytest
from piccolo.apps.migrations.auto import MigrationManager  # noqa: F401  loads the registry
from piccolo.apps.migrations.commands.new import AutoMigrationManager
from piccolo.columns import Column, ForeignKey, OnDelete, Serial
from piccolo.columns.column_types import BigSerial
from piccolo.table import Table

from api.migrations.piccolo_app import APP_CONFIG

TABLES = APP_CONFIG.table_classes
COLUMNS = [(table, column) for table in TABLES for column in table._meta.columns]


def _name(value: object) -> str | None:
    if isinstance(value, Column):
        return value._meta.name
    return value.__name__ if isinstance(value, type) else None


@pytest.mark.parametrize(("table", "column"), COLUMNS, ids=_name)
def test_no_column_has_a_default_that_nobody_wrote(table: type[Table], column: Column) -> None:
    assert column._meta.table is table
    if isinstance(column, (Serial, BigSerial)):
        return
    assert column.get_default_value() is None


@pytest.mark.parametrize(
    ("table", "column"),
    [(table, column) for table, column in COLUMNS if isinstance(column, ForeignKey)],
    ids=_name,
)
def test_every_foreign_key_is_indexed_and_refuses_deletion(
    table: type[Table], column: ForeignKey[Any]
) -> None:
    assert column._meta.table is table
    assert column._meta.index
    assert column._foreign_key_meta.on_delete == OnDelete.restrict


async def test_no_migration_is_missing() -> None:
    statements = await AutoMigrationManager().get_alter_statements(APP_CONFIG)

    assert [one.statements for one in statements if one.statements] == []
