from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns.base import OnDelete
from piccolo.columns.base import OnUpdate
from piccolo.columns.column_types import ForeignKey
from piccolo.columns.column_types import UUID
from piccolo.columns.indexes import IndexMethod
from piccolo.constraints import Unique
from piccolo.table import Table


class Organisation(Table, tablename="organisation", schema=None):
    id = UUID(
        default=None,
        null=False,
        primary_key=True,
        unique=False,
        index=False,
        index_method=IndexMethod.btree,
        choices=None,
        db_column_name=None,
        secret=False,
    )


ID = "2026-11-28T16:04:10:076887"
VERSION = "1.38.0"
DESCRIPTION = "work of a buyer belongs to an organisation"


async def forwards():
    manager = MigrationManager(
        migration_id=ID, app_name="perceel", description=DESCRIPTION
    )

    manager.add_column(
        table_class_name="MatchRun",
        tablename="match_run",
        column_name="organisation",
        db_column_name="organisation",
        column_class_name="ForeignKey",
        column_class=ForeignKey,
        params={
            "references": Organisation,
            "on_delete": OnDelete.restrict,
            "on_update": OnUpdate.cascade,
            "target_column": None,
            "null": True,
            "primary_key": False,
            "unique": False,
            "index": True,
            "index_method": IndexMethod.btree,
            "choices": None,
            "db_column_name": None,
            "secret": False,
        },
        schema=None,
    )

    manager.add_column(
        table_class_name="BuyerExclusion",
        tablename="buyer_exclusion",
        column_name="organisation",
        db_column_name="organisation",
        column_class_name="ForeignKey",
        column_class=ForeignKey,
        params={
            "references": Organisation,
            "on_delete": OnDelete.restrict,
            "on_update": OnUpdate.cascade,
            "target_column": None,
            "null": True,
            "primary_key": False,
            "unique": False,
            "index": True,
            "index_method": IndexMethod.btree,
            "choices": None,
            "db_column_name": None,
            "secret": False,
        },
        schema=None,
    )

    manager.add_column(
        table_class_name="Wave",
        tablename="wave",
        column_name="organisation",
        db_column_name="organisation",
        column_class_name="ForeignKey",
        column_class=ForeignKey,
        params={
            "references": Organisation,
            "on_delete": OnDelete.restrict,
            "on_update": OnUpdate.cascade,
            "target_column": None,
            "null": True,
            "primary_key": False,
            "unique": False,
            "index": True,
            "index_method": IndexMethod.btree,
            "choices": None,
            "db_column_name": None,
            "secret": False,
        },
        schema=None,
    )

    manager.drop_constraint(
        table_class_name="BuyerExclusion",
        tablename="buyer_exclusion",
        constraint_name="buyer_exclusion_per_tender",
        schema=None,
    )

    manager.drop_constraint(
        table_class_name="Wave",
        tablename="wave",
        constraint_name="invitation_wave_number",
        schema=None,
    )

    manager.drop_constraint(
        table_class_name="Invitation",
        tablename="invitation",
        constraint_name="invitation_once_per_lot",
        schema=None,
    )

    manager.add_constraint(
        table_class_name="BuyerExclusion",
        tablename="buyer_exclusion",
        constraint_name="buyer_exclusion_per_organisation",
        constraint_class=Unique,
        params={
            "columns": ["tender", "enterprise", "organisation"],
            "nulls_distinct": False,
        },
        schema=None,
    )

    manager.add_constraint(
        table_class_name="Wave",
        tablename="wave",
        constraint_name="wave_number",
        constraint_class=Unique,
        params={
            "columns": ["lot", "organisation", "number"],
            "nulls_distinct": False,
        },
        schema=None,
    )

    manager.add_constraint(
        table_class_name="Invitation",
        tablename="invitation",
        constraint_name="invitation_once_per_wave",
        constraint_class=Unique,
        params={"columns": ["wave", "enterprise"], "nulls_distinct": True},
        schema=None,
    )

    return manager
