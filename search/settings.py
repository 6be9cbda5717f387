"""The settings of the index as code, and the hash that tells when it must be rebuilt."""

import hashlib
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import msgspec

ONE_TYPO_FROM: Final = 7
TWO_TYPOS_FROM: Final = 11
"""Letters. Of the six-letter stems in the CPV 30 % are one letter from another one (ADR 15)."""
CUTOFF_MS: Final = 30_000
"""Beyond the client's timeout: the engine would silently give half an answer when it cuts off."""
MOST_ENTERPRISES: Final = 1_000_000
MOST_FACET_VALUES: Final = 500
HASH_MARK: Final = "settingshash"

EQUAL: Final = (
    "id",
    "enterpriseId",
    "enterpriseMode",
    "cpvLineage",
    "serviceMode",
    "areaFull",
    "areaPartial",
    "nationwide",
    "targetGroups",
    "targetGroupShare",
    "reservedEligible",
    "terms",
    "titleTerms",
    "productTerms",
    "categoryTerms",
    "nameTerms",
    "called",
    "speaks",
    "speaksForMode",
    "provinces",
    "provincesLocal",
    "reachesAlone",
    "reachesToo",
    "alone",
    "aloneInMode",
    "othersLineage",
    "othersModes",
    "othersReaches",
    "othersTerms",
)
COMPARED: Final = (
    *("reliableCapacityCents", "marksFrom.*", "marksUntil.*"),
    *("lot", "sortName", "updatedAt"),
)
SEARCHED: Final = ("terms",)
"""Where words like a misspelt one are looked for; nothing else is asked of it (ADR 45)."""


def settings() -> dict[str, Any]:
    """Give the settings of the index, in the engine's own terms."""
    return {
        "searchableAttributes": list(SEARCHED),
        "filterableAttributes": [
            _filterable(EQUAL, compared=False),
            _filterable(COMPARED, compared=True),
            "_geo",
        ],
        "sortableAttributes": ["sortName", "updatedAt", "lot", "_geo"],
        "rankingRules": [
            *("sort", "words", "typo", "tieBreak:asc"),
        ],
        "distinctAttribute": "enterpriseId",
        "proximityPrecision": "byAttribute",
        "typoTolerance": {
            "minWordSizeForTypos": {"oneTypo": ONE_TYPO_FROM, "twoTypos": TWO_TYPOS_FROM},
            "disableOnNumbers": True,
        },
        "prefixSearch": "disabled",
        "facetSearch": False,
        "faceting": {"maxValuesPerFacet": MOST_FACET_VALUES},
        "pagination": {"maxTotalHits": MOST_ENTERPRISES},
        "searchCutoffMs": CUTOFF_MS,
    }


@cache
def settings_hash() -> str:
    """Give 16 hex digits that change with whatever changes the index: settings, lists, code."""
    digest = hashlib.blake2b(digest_size=8)
    digest.update(msgspec.json.encode(settings(), order="sorted"))
    digest.update(f"{version('snowballstemmer')} {version('wordfreq')}".encode())
    for path in _sources():
        digest.update(path.read_bytes())
    return digest.hexdigest()


def marked(wanted: dict[str, Any], hashed: str) -> dict[str, Any]:
    """Write the hash into the settings, where it moves along when indexes are swapped.

    Behind it stands the build, where there is one. It stands as a synonym of a word that
    nobody uses. (In the engine's own dictionary, one entry made every search 2 ms slower.)
    """
    return wanted | {"synonyms": {HASH_MARK: [hashed]}}


def mark_of(synonyms: dict[str, list[str]]) -> str | None:
    """Read the hash back; `None` if the index was not made by us."""
    return next(iter(synonyms.get(HASH_MARK, ())), None)


def _sources() -> list[Path]:
    """Give the files that decide what a document holds."""
    room = Path(__file__).parent
    modules = ("compounds", "documents", "dutch", "folding", "lexicon", "stems")
    return [room / f"{name}.py" for name in modules] + sorted((room / "data").glob("*.txt"))


def _filterable(fields: tuple[str, ...], *, compared: bool) -> dict[str, Any]:
    """Ask for no more than is used: each feature costs the engine time and space."""
    features = {"facetSearch": False, "filter": {"equality": True, "comparison": compared}}
    return {"attributePatterns": list(fields), "features": features}
