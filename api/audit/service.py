"""Writing the audit trail, always inside the transaction of the change itself."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from api.audit.tables import AuditEvent
from api.clock import new_id
from api.database import as_json, copy_rows


async def record(
    action: str, subjects: Iterable[UUID], actor: str, now: datetime, **detail: object
) -> None:
    """Record that `actor` did `action` to each subject."""
    rows = [
        {
            "id": new_id(),
            "at": now,
            "actor": actor,
            "action": action,
            "subject": subject,
            "request_id": None,
            "detail": as_json(detail),
        }
        for subject in subjects
    ]
    await copy_rows(AuditEvent, rows)
