"""Export, import, export: the same bytes, in OCDS and in eForms, also for real notices."""

import json
from pathlib import Path

import jsonschema
import msgspec
import pytest

from api.domain.tendering.eforms_notice import skeleton_of
from api.domain.tendering.notice import Notice, Rejected
from api.domain.tendering.ocds_release import release_of
from importers.eforms import parse as eforms
from importers.ocds import parse as ocds
from tests.domain.tendering.notices import BARE, DAY, FULL, NOTICE
from tests.ocds_schema import RELEASE


def read_one(found: object) -> Notice:
    [one] = list(found)  # type: ignore[call-overload]
    assert isinstance(one, Notice), one
    return one


@pytest.mark.parametrize("notice", [NOTICE, BARE])
def test_a_release_comes_back_the_same(notice: Notice) -> None:
    given = msgspec.structs.replace(notice, notice_id="r-01")

    once = release_of(given, DAY)
    again = read_one(ocds.notices(once))

    jsonschema.validate(json.loads(once), RELEASE, format_checker=jsonschema.FormatChecker())
    assert release_of(again, DAY) == once
    if notice is NOTICE:
        bare = msgspec.structs.replace(FULL.places[0], municipality=None)
        assert again.lots[0] == msgspec.structs.replace(FULL, places=(bare,))


@pytest.mark.parametrize("notice", [NOTICE, BARE])
def test_a_skeleton_comes_back_the_same(notice: Notice) -> None:
    once = skeleton_of(notice, DAY)
    again = read_one(eforms.notices(once))

    assert skeleton_of(again, DAY) == once
    if notice is NOTICE:
        bare = msgspec.structs.replace(FULL.places[0], municipality=None)
        opened = msgspec.structs.replace(FULL, places=(bare,), planned=False)
        assert again.lots[0] == opened


def test_real_notices_come_back_the_same_in_both_forms(shared: Path) -> None:
    files = sorted((shared / "eforms").glob("*.xml"))
    read = [one for file in files for one in eforms.notices(file.read_bytes())]
    notices = [one for one in read if not isinstance(one, Rejected)]

    assert len(notices) >= 10
    for one in notices:
        release = release_of(one, DAY)
        jsonschema.validate(json.loads(release), RELEASE)
        assert release_of(read_one(ocds.notices(release)), DAY) == release
        skeleton = skeleton_of(one, DAY)
        assert skeleton_of(read_one(eforms.notices(skeleton)), DAY) == skeleton
