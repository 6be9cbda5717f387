"""Loads lists of codes and areas: our own small tables, or the full ones of an operator."""

import tomllib
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Final, TypeVar

import msgspec

from api.accounts.service import SYSTEM
from api.domain.errors import Fault, InvalidInput
from api.domain.profile.marks import MarkScheme
from api.domain.tendering.notice import Rejected
from api.enterprises import service as enterprises
from api.reference import service
from importers.reference import parse
from importers.reference.records import CpvEntry, MunicipalityEntry, NutsEntry

SHIPPED: Final = Path(__file__).parent / "data"
Entry = TypeVar("Entry", CpvEntry, MunicipalityEntry, NutsEntry)


async def load_shipped(now: datetime) -> None:
    """Load the tables that come with the product, where none is loaded yet."""
    if "mark-schemes" not in await service.loaded_lists():
        await load_mark_schemes(shipped("mark_schemes.toml"), "shipped", now)
    if await service.is_loaded():
        return
    await load_cpv(shipped("cpv.csv"), "shipped", now, complete=False)
    await load_municipalities(shipped("municipalities.csv"), "shipped", now, complete=False)
    await load_nuts(shipped("nuts.csv"), "shipped", now)


async def replace(kind: str, content: bytes, source: str, now: datetime, *, complete: bool) -> int:
    """Load a list of an operator in place of the present one; gives its rows.

    New municipalities move the areas of offerings, so every coverage is worked out anew.
    """
    if kind == "cpv":
        return await load_cpv(content, source, now, complete=complete)
    if kind == "nuts":
        return await load_nuts(content, source, now)
    rows = await load_municipalities(content, source, now, complete=complete)
    await enterprises.refresh_reach(SYSTEM, now)
    return rows


def shipped(name: str) -> bytes:
    """Give a table that comes with the product."""
    return (SHIPPED / name).read_bytes()


async def load_cpv(content: bytes, source: str, now: datetime, *, complete: bool) -> int:
    """Load a list of CPV codes; a complete one makes every other code unknown."""
    entries = [
        service.CpvEntry(one.code, one.label_nl, one.label_en, one.social_service)
        for one in _sound(parse.cpv_codes(content))
    ]
    await service.replace_cpv(entries, complete=complete, source=source, now=now)
    return len(entries)


async def load_municipalities(content: bytes, source: str, now: datetime, *, complete: bool) -> int:
    """Load a list of municipalities."""
    entries = [
        service.SpelledMunicipality(one.municipality, one.spellings)
        for one in _sound(parse.municipalities(content))
    ]
    await service.replace_municipalities(entries, complete=complete, source=source, now=now)
    return len(entries)


async def load_nuts(content: bytes, source: str, now: datetime) -> int:
    """Load the NUTS areas; the codes that NUTS 2024 superseded always come along."""
    read = [*_sound(parse.nuts(shipped("nuts_2021.csv"))), *_sound(parse.nuts(content))]
    entries = {one.code: service.NutsEntry(one.code, one.name, one.successor) for one in read}
    await service.replace_nuts(list(entries.values()), source=source, now=now)
    return len(entries)


async def load_mark_schemes(content: bytes, source: str, now: datetime) -> int:
    """Load the kinds of quality marks."""
    raw = tomllib.loads(content.decode())
    named = [{"code": code, "levels": [], "longest_months": None} | raw[code] for code in raw]
    entries = [_scheme(one) for one in named]
    await service.replace_mark_schemes(entries, source=source, now=now)
    return len(entries)


def _scheme(raw: dict[str, object]) -> MarkScheme:
    fields = msgspec.structs.fields(MarkScheme)
    return msgspec.convert({one.encode_name: raw[one.name] for one in fields}, MarkScheme)


def _sound(read: Iterable[Entry | Rejected]) -> list[Entry]:
    """Refuse a list with any fault: half a list would make the missing codes unknown."""
    entries: list[Entry] = []
    faults: list[Fault] = []
    for one in read:
        if isinstance(one, Rejected):
            faults.append(Fault(one.code, one.detail, one.place))
        else:
            entries.append(one)
    if faults:
        raise InvalidInput(*faults)
    return entries
