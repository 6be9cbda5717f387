"""The one Piccolo app: every table, one history."""

from pathlib import Path

from piccolo.conf.apps import AppConfig

from api.accounts.tables import ApiKey, Organisation
from api.audit.tables import AuditEvent
from api.enterprises.tables import Enterprise, Mark, Offering, Revision
from api.ledgers.tables import Claim, LedgerEntry, Obligation
from api.matches.tables import MatchRun, MatchVerdict
from api.outbox.tables import Change, OutboxRow
from api.reference.tables import Cpv, MarkSchemeRow, MunicipalityRow, Nuts, ReferenceList
from api.rule_books.tables import RuleBookVersion
from api.tenders.tables import Lot, Tender

APP_CONFIG = AppConfig(
    app_name="perceel",
    migrations_folder_path=str(Path(__file__).parent / "piccolo_migrations"),
    table_classes=[
        ReferenceList,
        Cpv,
        MunicipalityRow,
        Nuts,
        MarkSchemeRow,
        Organisation,
        ApiKey,
        AuditEvent,
        OutboxRow,
        Change,
        Enterprise,
        Offering,
        Mark,
        Revision,
        Tender,
        Lot,
        MatchRun,
        MatchVerdict,
        RuleBookVersion,
        Obligation,
        Claim,
        LedgerEntry,
    ],
)
