"""Loads the fictitious directory and notices, through the same services as real data."""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Final
from uuid import UUID

import msgspec

from api.accounts.service import SYSTEM
from api.enterprises import service as enterprises
from api.enterprises.drafts import Stored, StoreState
from api.enterprises.schemas import EnterpriseIn
from api.tenders import service as tenders
from api.tenders.schemas import NoticeReport
from importers.eforms import parse as eforms

SOURCE: Final = "demo"
_HERE: Final = Path(__file__).parent
ENTERPRISES: Final = _HERE / "data" / "enterprises.jsonl"
NOTICES: Final = _HERE / "notices"
SHOWN: Final = "groen-schoonmaak-lingedaal"
"""The notice of the main job."""


class Verified(msgspec.Struct, frozen=True, rename="camel"):
    """A mark of which the certificate was seen."""

    scheme: str
    level: str | None
    verified_on: date


class DemoEnterprise(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """One line of the demo directory."""

    enterprise: EnterpriseIn
    verified_marks: tuple[Verified, ...] = ()
    share_verified_on: date | None = None


def demo_enterprises() -> Iterator[DemoEnterprise]:
    """Read the demo directory."""
    decoder = msgspec.json.Decoder(DemoEnterprise)
    for line in ENTERPRISES.read_bytes().splitlines():
        yield decoder.decode(line)


async def load_enterprises(now: datetime) -> int:
    """Load the demo directory; what was changed since by hand stays. Gives the number new."""
    lines = list(demo_enterprises())
    records = [_with_external_id(line.enterprise) for line in lines]
    outcomes = await enterprises.store_batch(records, SOURCE, SYSTEM, now)
    made = 0
    for line, outcome in zip(lines, outcomes, strict=True):
        if outcome.state is StoreState.CREATED:
            await _verify(line, outcome, now)
            made += 1
    return made


def notice_files() -> list[Path]:
    """Give the files of the demo notices."""
    return sorted(NOTICES.glob("*.xml"))


async def load_notices(now: datetime) -> UUID:
    """Load the demo notices; gives the tender that the main job shows."""
    stored: dict[str, NoticeReport] = {}
    for file in notice_files():
        records = list(eforms.notices(file.read_bytes()))
        stored[file.stem] = await tenders.store_records(records, SYSTEM, now)
    [outcome] = stored[SHOWN].notices
    if outcome.tender_id is None:
        raise RuntimeError(f"the notice {SHOWN} was not stored")
    return outcome.tender_id


def _with_external_id(record: EnterpriseIn) -> EnterpriseIn:
    return msgspec.structs.replace(record, external_id=record.external_id or record.kvk_number)


async def _verify(line: DemoEnterprise, outcome: Stored, now: datetime) -> None:
    if outcome.enterprise_id is None:
        return
    seen = [(one.scheme, one.level, one.verified_on) for one in line.verified_marks]
    await enterprises.record_verification(
        outcome.enterprise_id, seen, line.share_verified_on, SYSTEM, now
    )
