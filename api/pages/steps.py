"""The steps in which an enterprise fills in its profile: which fields, and how each is read."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec

from api.domain.directory import DevelopmentPhase, LegalForm, ShareBucket, TargetGroup
from api.domain.profile.statement import ProfitPolicy, SupportKind, ValueBucket
from api.enterprises.schemas import EnterpriseOut
from api.moderation.schemas import OwnContact
from api.pages.forms import Form
from api.pages.offerings import euros
from api.pages.texts import Texts
from api.reference.service import Reference

TRI: Final = ("true", "false")
REFERENCE: Final = ("client", "work", "year", "value")
"""The fields of work that was done for a client."""
MIX: Final = ("marketPercent", "subsidyPercent", "giftPercent", "otherPercent")


class Field(msgspec.Struct, frozen=True):
    """A field of a step."""

    name: str
    """As in the API."""
    kind: str
    codes: tuple[str, ...] = ()
    """What can be chosen."""
    labels: str = ""
    """Where the words for the codes stand in the catalogue."""

    def options(self, t: Texts) -> list[tuple[str, str]]:
        """Give the codes with their words."""
        return [(code, t.label(self.labels, code)) for code in self.codes]


STEPS: Final[Mapping[str, tuple[Field, ...]]] = {
    "basis": (
        Field("name", "text"),
        Field("mission", "prose"),
        Field("legalForm", "choice", tuple(LegalForm), "legal"),
        Field("phase", "choice", tuple(DevelopmentPhase), "phase"),
        Field("foundedOn", "day"),
        Field("website", "text"),
        Field("email", "text"),
        Field("phone", "text"),
    ),
    "plaats": (
        Field("street", "text"),
        Field("postcode", "text"),
        Field("town", "text"),
        Field("municipality", "municipality"),
    ),
    "mensen": (
        Field("targetGroups", "several", tuple(TargetGroup), "group"),
        Field("targetGroupShare", "choice", tuple(ShareBucket), "share"),
        Field("mainAimIntegration", "yesno", TRI, "yesno"),
    ),
    "ervaring": (Field("references", "references", tuple(ValueBucket), "bucket"),),
    "impact": (
        Field("url", "text"),
        Field("year", "whole"),
        Field("supportNeeds", "needs", tuple(SupportKind), "need"),
    ),
    "geld": (
        Field("turnoverCents", "cents"),
        Field("governmentSharePercent", "whole"),
        Field("profitPolicy", "choice", tuple(ProfitPolicy), "profit"),
        Field("missionInStatutes", "yesno", TRI, "yesno"),
        Field("stakeholderDialogueYear", "whole"),
        *(Field(name, "whole") for name in MIX),
    ),
}
"""Steps whose fields are those of a patch; offerings and marks have pages of their own."""
OTHERS: Final = ("aanbod", "keurmerken")
ORDER: Final = (
    *("basis", "plaats", "aanbod", "mensen"),
    *("ervaring", "keurmerken", "impact", "geld"),
)
STEP_OF: Final[Mapping[str, str]] = {
    field.name: step for step, fields in STEPS.items() for field in fields
} | {
    "kvkNumber": "basis",
    "lat": "plaats",
    "incomeMix": "geld",
    "impactReport": "impact",
    "offerings": "aanbod",
    "reliableCapacityCents": "aanbod",
    "marks": "keurmerken",
    "shareVerifiedOn": "mensen",
    "references": "ervaring",
}
"""Where a missing answer is filled in."""


def stands(step: str, profile: EnterpriseOut, reached: OwnContact, known: Reference) -> Form:
    """Fill the form of a step with what stands."""
    if step == "ervaring":
        return _references(profile)
    there = msgspec.to_builtins(profile)
    code = profile.municipality
    mix, report = there.get("incomeMix") or {}, there.get("impactReport") or {}
    shown = there | mix | report | msgspec.structs.asdict(reached) | _needs(profile)
    shown["municipality"] = None if code is None else known.area_name(code)
    shown["turnoverCents"] = euros(profile.turnover_cents)
    for name in ("mainAimIntegration", "missionInStatutes"):
        shown[name] = None if there[name] is None else str(there[name]).lower()
    return Form.filled(**{name: one for name, one in shown.items() if not isinstance(one, dict)})


def _references(profile: EnterpriseOut) -> Form:
    stand = [msgspec.to_builtins(one) for one in profile.references]
    return Form.filled(**{name: [one[name] or "" for one in stand] for name in REFERENCE})


def _needs(profile: EnterpriseOut) -> dict[str, Any]:
    """Give what is needed by kind; several words about one kind stand under each other."""
    words: dict[str, list[str]] = {}
    for one in profile.support_needs:
        words.setdefault(one.kind, []).append(one.text)
    texts = {f"need-{kind}": "\n".join(filter(None, said)) for kind, said in words.items()}
    return texts | {"supportNeeds": list(words)}


def patch_of(step: str, form: Form, known: Reference) -> dict[str, Any]:
    """Read a step as the fields of a patch; what was left empty becomes unknown."""
    read: dict[str, Any] = {
        field.name: _READERS[field.kind](form, field.name, known) for field in STEPS[step]
    }
    if step == "geld":
        mix = {name: read.pop(name) for name in MIX}
        given = any(one is not None for one in mix.values())
        read["incomeMix"] = {name: one or 0 for name, one in mix.items()} if given else None
    if step == "impact":
        read["impactReport"] = _report(form, read.pop("url"), read.pop("year"))
    if step == "basis":
        read["mission"] = read["mission"] or ""
        form.needs("name")
    if step == "plaats" and read["municipality"] in known.geography.municipalities:
        centre = known.geography.municipalities[read["municipality"]].centre
        read |= {"lat": centre.lat, "lon": centre.lon}
    return read


def _report(form: Form, url: str | None, year: int | None) -> dict[str, Any] | None:
    """Read where a report stands, which takes both its address and its year."""
    if url is None and year is None:
        return None
    form.needs("url", *(() if form.text("year") else ("year",)))
    return {"url": url, "year": year}


def _stated_needs(form: Form, name: str, _: Reference) -> list[dict[str, str]]:
    return [{"kind": kind, "text": form.text(f"need-{kind}")} for kind in form.several(name)]


def _stated_references(form: Form, _: str, __: Reference) -> list[dict[str, Any]]:
    return form.each(REFERENCE, _reference)


def _reference(row: Form) -> dict[str, Any]:
    row.needs("client", "work", "year")
    told = {"client": row.text("client"), "work": row.text("work")}
    return told | {"year": row.whole("year"), "value": row.word("value")}


def municipality_code(form: Form, name: str, known: Reference) -> str | None:
    """Read the name of a municipality, in any spelling."""
    typed = form.text(name)
    code = known.area_named(typed) if typed else None
    if typed and (code is None or not code.startswith("GM")):
        form.note("unknown-area", f"There is no municipality {typed!r}.", name)
    return code


_Read = Callable[[Form, str, Reference], Any]
_READERS: Final[Mapping[str, _Read]] = {
    "text": lambda form, name, _: form.word(name),
    "prose": lambda form, name, _: form.word(name),
    "choice": lambda form, name, _: form.word(name),
    "several": lambda form, name, _: form.several(name),
    "day": lambda form, name, _: form.day(name),
    "cents": lambda form, name, _: form.cents(name),
    "whole": lambda form, name, _: form.whole(name),
    "yesno": lambda form, name, _: {"true": True, "false": False}.get(form.text(name)),
    "municipality": municipality_code,
    "needs": _stated_needs,
    "references": _stated_references,
}
