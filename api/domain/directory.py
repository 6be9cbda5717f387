"""The vocabulary of the directory of social enterprises. Codes are stable; labels are Dutch."""

from datetime import date, timedelta
from enum import StrEnum

import msgspec

from api.domain.values import Period


class LegalForm(StrEnum):
    """Legal form (rechtsvorm)."""

    BV = "bv"
    NV = "nv"
    STICHTING = "stichting"
    VERENIGING = "vereniging"
    COOPERATIE = "cooperatie"
    VOF = "vof"
    CV = "cv"
    MAATSCHAP = "maatschap"
    EENMANSZAAK = "eenmanszaak"
    """Sole trader, zzp included: a natural person, so its VAT id may embed a BSN."""
    PUBLIC_LAW = "publiekrechtelijk"
    """A public body, such as a joint arrangement that runs sheltered work."""
    FOREIGN = "buitenlands"


class ServiceMode(StrEnum):
    """How an offering is delivered (leveringswijze)."""

    GOODS = "goods"
    """Levering van producten."""
    SERVICE = "service"
    """Dienst: the enterprise does the work."""
    HIRING_IN = "hiring-in"
    """Inhuur or detachering: people work under the client's direction."""
    ASSEMBLY_ON_SITE = "assembly-on-site"
    """Werk op locatie: the client's own production, at the client's place."""


class ShareBucket(StrEnum):
    """Published share of staff from a target group (design decision 12); never a count."""

    UNDER_15 = "<15"
    FROM_15 = "15-29"
    FROM_30 = "30-49"
    FROM_50 = "50-74"
    FROM_75 = "75+"

    @property
    def at_least(self) -> int:
        """The lowest percentage in the bucket (own choice: design decision 12)."""
        return 0 if self is ShareBucket.UNDER_15 else int(self.value[:2])


class TargetGroup(StrEnum):
    """Groups with a distance to the labour market (doelgroepen), after the Dutch acts."""

    JOB_AGREEMENT = "banenafspraak"
    SHELTERED = "beschut-werk"
    WSW = "wsw"
    PARTICIPATION_ACT = "participatiewet"
    WAJONG = "wajong"
    WIA = "wia"
    WW = "ww"
    NO_BENEFIT = "nug"
    SPECIAL_EDUCATION = "vso-pro"
    REFUGEE = "statushouder"
    EX_OFFENDER = "ex-gedetineerd"
    MENTAL_HEALTH = "ggz"
    HOMELESS = "dakloos"
    YOUTH = "jongeren-zonder-startkwalificatie"


class DevelopmentPhase(StrEnum):
    """Life-cycle phase (ontwikkelfase), which decides what support fits."""

    IDEA = "idee"
    START = "start"
    GROWTH = "groei"
    MATURE = "volwassen"


class MarkState(StrEnum):
    """State of a quality mark on a day. Derived from dates, never stored."""

    CLAIMED = "claimed"
    VERIFIED = "verified"
    LAPSED = "lapsed"
    REVOKED = "revoked"


class QualityMark(msgspec.Struct, frozen=True, rename="camel"):
    """A quality mark (keurmerk) as held. Only a verified one ever counts (design decision 7)."""

    scheme: str
    level: str | None
    issued_on: date | None
    valid_until: date | None
    """The last day on which the mark is valid, as certificates print it."""
    verified_on: date | None = None
    revoked_on: date | None = None

    @property
    def validity(self) -> Period:
        """The days on which the mark is valid, half-open (ADR 10)."""
        day_after = None if self.valid_until is None else self.valid_until + timedelta(days=1)
        ends = [day for day in (day_after, self.revoked_on) if day is not None]
        starts_on = self.issued_on
        ends_on = min(ends, default=None)
        if starts_on and ends_on and ends_on < starts_on:
            return Period(starts_on, starts_on)
        return Period(starts_on, ends_on)

    def state(self, today: date) -> MarkState:
        """Derive the state on a day (design decision 7: a lapsed mark never counts)."""
        if self.revoked_on is not None and self.revoked_on <= today:
            return MarkState.REVOKED
        if self.valid_until is not None and self.valid_until < today:
            return MarkState.LAPSED
        return MarkState.CLAIMED if self.verified_on is None else MarkState.VERIFIED


def reserved_eligible(
    share: ShareBucket | None,
    share_verified_on: date | None,
    *,
    main_aim: bool | None,
    percent: int,
) -> bool | None:
    """Tell whether a firm may take part in a lot reserved under art. 20; `None` is unknown.

    Needs a verified share of at least `percent` and integration as main aim; the verdict
    for one lot, with its reasons, is of the matching rules. Source: Dir. 2014/24 art. 20(1).
    """
    if main_aim is False or (share is not None and share.at_least < percent):
        return False
    if share is None or share_verified_on is None or main_aim is None:
        return None
    return True
