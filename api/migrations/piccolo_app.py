"""The one Piccolo app: every table, one history."""

from pathlib import Path

from piccolo.conf.apps import AppConfig

from api.accounts.tables import ApiKey, Membership, Organisation, Person
from api.art77.tables import Art77Award, PublicServiceMission
from api.audit.tables import AuditEvent, AuditOffset, AuditSeal
from api.capacity.tables import CapacityReservation
from api.enterprises.tables import Enterprise, Mark, Offering, Revision
from api.entry_imports.tables import ImportedEntry
from api.fulfilment_plans.tables import FulfilmentPlan
from api.idempotency.tables import KeptAnswer
from api.imports.tables import ImportBatch, ImportFinding, ImportJob
from api.invitations.tables import Invitation, InvitationEvent, Wave
from api.ledgers.tables import Claim, LedgerEntry, Obligation
from api.limits.tables import RateWindow
from api.longlists.tables import LonglistLock
from api.lot_adoptions.tables import LotDeclaration, LotPlanAdoption
from api.lot_plans.tables import LotPlan, LotPlanRun
from api.match_batches.tables import MatchBatch
from api.matches.tables import BuyerExclusion, MatchRun, MatchVerdict
from api.moderation.tables import DuplicateRefusal, ProfileClaim
from api.notifications.tables import (
    MailDigest,
    MailRound,
    NotificationPreference,
    SearchWatch,
    ToldItem,
)
from api.oidc.tables import ExternalIdentity, OidcFlow
from api.outbox.tables import Change, IndexBuild, OutboxRow
from api.people.tables import MemberInvitation
from api.reference.tables import Cpv, MarkSchemeRow, MunicipalityRow, Nuts, ReferenceList
from api.rule_books.tables import RuleBookVersion
from api.sessions.tables import Session
from api.shortlists.tables import (
    SavedSearch,
    SearchLock,
    SearchLockEntry,
    Shortlist,
    ShortlistEntry,
)
from api.sign_in.tables import PasswordReset
from api.spend.tables import SpendFile, SpendLine, SpendSupplier
from api.tenders.tables import Lot, Tender
from api.webhooks.tables import Webhook, WebhookDelivery, WebhookPlace
from api.work_items.tables import ProcedurePolicyRow, WorkItem

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
        Person,
        Membership,
        MemberInvitation,
        PasswordReset,
        Session,
        ExternalIdentity,
        OidcFlow,
        RateWindow,
        KeptAnswer,
        AuditEvent,
        AuditSeal,
        AuditOffset,
        OutboxRow,
        Change,
        IndexBuild,
        Enterprise,
        Offering,
        Mark,
        Revision,
        ProfileClaim,
        DuplicateRefusal,
        CapacityReservation,
        ImportJob,
        ImportBatch,
        ImportFinding,
        Tender,
        Lot,
        WorkItem,
        ProcedurePolicyRow,
        LotPlanRun,
        LotPlan,
        LotDeclaration,
        LotPlanAdoption,
        Art77Award,
        PublicServiceMission,
        MatchRun,
        MatchVerdict,
        LonglistLock,
        BuyerExclusion,
        MatchBatch,
        SpendFile,
        SpendSupplier,
        SpendLine,
        Wave,
        Invitation,
        InvitationEvent,
        RuleBookVersion,
        Obligation,
        Claim,
        LedgerEntry,
        FulfilmentPlan,
        ImportedEntry,
        Shortlist,
        ShortlistEntry,
        SavedSearch,
        SearchLock,
        SearchLockEntry,
        Webhook,
        WebhookDelivery,
        WebhookPlace,
        NotificationPreference,
        MailRound,
        MailDigest,
        ToldItem,
        SearchWatch,
    ],
)
