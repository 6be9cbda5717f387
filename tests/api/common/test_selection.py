"""`fields` chooses parts of an answer, on every operation that answers JSON to GET."""

import json
from collections.abc import Iterator
from typing import Any, Final

import msgspec
from httpx import AsyncClient, Response
from hypothesis import given
from hypothesis import strategies as st

from api.accounts.service import SCOPES, create_key
from api.clock import now
from api.description import Document
from api.document import described
from api.enterprises.schemas import EnterpriseOut
from api.fulfilments.schemas import FulfilmentOut
from api.pagination import Page
from api.permissions import Permission, permissions
from api.selection import choice_of, cut, names_of
from importers.asgi import app as composed
from tests.access_builders import an_organisation
from tests.api.common.test_tenancy import Theirs, theirs
from tests.api.obligations.conftest import World, caller, secret_of_pseudonyms, world
from tests.builders import stored

__all__ = ["World", "caller", "secret_of_pseudonyms", "theirs", "world"]
DOCUMENT: Final = described(composed)
NOBODY: Final = "01a20e4c-0000-7000-8000-000000000000"
NOTHING_HERE: Final = {
    "getPlan": "no plan of fulfilment was made in this world",
    "getSearchLock": "a lock needs the search engine",
    "compareSearchLock": "a lock needs the search engine",
    "getUnsubscription": "a token stands in a mail only",
    "getMission": "nothing was stated in this world",
}
"""Operations that have nothing to answer here, each with the reason."""
MOVING: Final = {"getReadiness", "listWhiteSpots"}
"""Answers that hold the present moment."""
ACTING: Final = {
    "listOrganisations": "platform",
    "listToConfirm": "supplier",
}
"""Who asks what neither the authority nor its administrator may."""
PERIOD: Final = {"since": "2026-01-01", "until": "2027-01-01"}
ALSO: Final = {"analyseSpend": PERIOD, "listExposure": PERIOD}
"""Parameters that an operation needs."""


NEED_A_RUN: Final = {"compareMatchRuns": "since", "proposeWave": "runId"}


def offering() -> Iterator[Permission]:
    """Every operation that takes `fields`, by the document."""
    for one in permissions(composed):
        operation = DOCUMENT["paths"][one.path.removeprefix("/v1")][one.method.lower()]
        if any(each["name"] == "fields" for each in operation.get("parameters", ())):
            yield one


SELECTING: Final = list(offering())


def test_every_get_of_json_takes_fields_with_an_example_of_its_own() -> None:
    for path, item in DOCUMENT["paths"].items():
        for method, operation in item.items():
            told = [one for one in operation.get("parameters", ()) if one["name"] == "fields"]
            content = operation["responses"].get("200", {}).get("content", {})
            schema = content.get("application/json", {}).get("schema", {"type": "string"})
            structured = method == "get" and schema.get("type") != "string"
            assert len(told) == int(structured), path
            assert not told or told[0]["example"].split(",")[0] in str(fields_of(schema)), path


def fields_of(schema: Document) -> set[str]:
    """The names in a schema of the document, those of its items in a list."""
    while "$ref" in schema or schema.get("type") == "array":
        named = schema.get("$ref", "").rpartition("/")[2]
        schema = DOCUMENT["components"]["schemas"][named] if named else schema["items"]
    properties = schema["properties"]
    return (
        fields_of(properties["items"])
        if {"items", "nextCursor"} <= set(properties)
        else {*properties}
    )


def picked(answer: Any, names: set[str]) -> Any:
    """What should come, worked out from the whole answer."""
    if isinstance(answer, list):
        return [picked(one, names) for one in answer]
    if {"items", "nextCursor"} <= set(answer):
        return answer | {"items": picked(answer["items"], names)}
    return {name: value for name, value in answer.items() if name in names | {"id"}}


async def asked(theirs: Theirs, one: Permission, fields: str | None) -> Response:
    """Ask as whose it is: a person about people and keys, else a key, mostly the authority's."""
    own = "/organisations/" in one.path or "api-keys" in one.path or one.people_only
    client, who = theirs.browser if own else theirs.world.client, ACTING.get(one.operation)
    path = one.path.format_map({"token": "x"}) if "token" in one.path else theirs.path(one)
    given = ALSO.get(one.operation, {}) | ({} if fields is None else {"fields": fields})
    if one.operation in NEED_A_RUN:
        given |= {NEED_A_RUN[one.operation]: theirs.ids["run_id"]}
    key = {"Authorization": f"Bearer {theirs.world.keys[who]}"} if who else theirs.owner
    return await client.get(path, params=given, headers={} if own else key)


def example_for(one: Permission) -> str:
    parameters = DOCUMENT["paths"][one.path.removeprefix("/v1")]["get"]["parameters"]
    return str(next(each["example"] for each in parameters if each["name"] == "fields"))


async def platform_key(theirs: Theirs) -> None:
    home = await an_organisation("platform")
    made = await create_key("platform", SCOPES, now=now(), organisation_id=home)
    theirs.world.keys["platform"] = made.secret


async def test_every_operation_gives_what_was_chosen_and_no_more(theirs: Theirs) -> None:
    await platform_key(theirs)
    unread, wrong, smaller = {}, {}, 0
    for one in SELECTING:
        whole = await asked(theirs, one, None)
        if whole.status_code != 200:
            unread[one.operation] = f"{whole.status_code} {whole.text[:200]}"
            continue
        part = await asked(theirs, one, example_for(one))
        expected = picked(whole.json(), set(example_for(one).split(",")))
        smaller += len(part.content) < len(whole.content)
        same = (
            part.json().keys() == expected.keys()
            if one.operation in MOVING
            else (part.json() == expected)
        )
        if not same or part.headers["Content-Length"] != str(len(part.content)):
            wrong[one.operation] = part.text[:300]

    assert wrong == {}
    assert unread.keys() <= NOTHING_HERE.keys(), unread
    assert smaller > len(SELECTING) // 2


async def test_every_operation_refuses_an_unknown_name_and_tells_the_known_ones(
    theirs: Theirs,
) -> None:
    await platform_key(theirs)
    told = {}
    for one in SELECTING:
        answer = await asked(theirs, one, f"{example_for(one)},nonsense")
        problem = answer.json()
        found = [(fault["code"], fault["place"]) for fault in problem.get("errors", ())]
        known = example_for(one).split(",")[0] in problem["detail"]
        if (answer.status_code, found, known) != (400, [("unknown-field", "fields")], True):
            told[one.operation] = answer.text[:300]

    assert told == {}


async def test_fields_are_nested_with_dots_and_ids_stay(desk: AsyncClient, db: None) -> None:  # noqa: ARG001
    made = await stored(desk)
    path = f"/v1/enterprises/{made['id']}"

    part = (await desk.get(path, params={"fields": "name,offerings.cpvCodes"})).json()

    offerings = [{"id": one["id"], "cpvCodes": one["cpvCodes"]} for one in made["offerings"]]
    assert offerings
    assert part == {"id": made["id"], "name": made["name"], "offerings": offerings}


async def test_faults_come_all_at_once_each_with_its_place(desk: AsyncClient, db: None) -> None:  # noqa: ARG001
    path = f"/v1/enterprises/{(await stored(desk))['id']}"
    names = "nome,offerings.nope,name.first,offerings.area.x,"

    answer = await desk.get(path, params={"fields": names, "misspelt": "1"})

    faults = answer.json()["errors"]
    assert [fault["code"] for fault in faults] == ["unknown-parameter", *["unknown-field"] * 5]
    assert "'nope' in 'offerings'; known: title, " in faults[2]["detail"]
    assert faults[3]["detail"] == "There is no field 'first' in 'name'; known: none."


async def test_the_tag_is_of_what_was_chosen(desk: AsyncClient, db: None) -> None:  # noqa: ARG001
    path = f"/v1/enterprises/{(await stored(desk))['id']}"
    whole = (await desk.get(path)).headers["ETag"]
    part = (await desk.get(path, params={"fields": "name"})).headers["ETag"]

    again = await desk.get(path, params={"fields": "name"}, headers={"If-None-Match": part})
    other = await desk.get(path, params={"fields": "vatId"}, headers={"If-None-Match": part})
    await desk.patch(path, json={"name": "Anders"}, headers={"If-Match": part})

    assert (whole != part, again.status_code, other.status_code) == (True, 304, 200)
    assert (await desk.get(path)).json()["name"] == "Anders"


async def test_what_is_written_and_files_take_no_fields(desk: AsyncClient, db: None) -> None:  # noqa: ARG001
    body = {"name": "Lunches", "department": "x", "purpose": "y"}
    for answer in (
        await desk.post("/v1/shortlists", params={"fields": "name"}, json=body),
        await desk.get("/v1/exports/enterprises.csv", params={"fields": "name"}),
    ):
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (
            *(400, "unknown-parameter"),
        )


async def test_problems_are_not_cut(desk: AsyncClient, db: None) -> None:  # noqa: ARG001
    answer = await desk.get(f"/v1/enterprises/{NOBODY}", params={"fields": "name"})

    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")


def test_a_whole_swallows_its_parts() -> None:
    both, faults = choice_of("offerings.title,offerings,offerings.cpvCodes", EnterpriseOut)

    assert (both, faults) == (choice_of("offerings", EnterpriseOut)[0], [])


def test_tags_that_tell_kinds_apart_stay() -> None:
    body = {"id": "1", "facts": {}, "details": {"facts": {"kind": "purchase", "x": 1}}}
    choice, faults = choice_of("details.kind", FulfilmentOut)

    assert faults == []
    assert json.loads(cut(msgspec.json.encode(body), choice)) == {"id": "1", "details": {}}


def test_a_name_that_is_too_long_is_refused() -> None:
    [fault] = choice_of("name," * 500, EnterpriseOut)[1]

    assert fault.code == "invalid-value"


NAMES: Final = st.sets(st.sampled_from(names_of(EnterpriseOut)), min_size=1)


@given(NAMES, st.dictionaries(st.sampled_from(names_of(EnterpriseOut)), st.integers()))
def test_a_choice_of_wholes_is_the_intersection(names: set[str], body: dict[str, int]) -> None:
    choice, faults = choice_of(",".join(names), EnterpriseOut)
    page, _ = choice_of(",".join(names), Page[EnterpriseOut])
    listed = {"items": [body], "nextCursor": None}

    part = {name: value for name, value in body.items() if name in names | {"id"}}

    assert faults == []
    assert json.loads(cut(msgspec.json.encode(body), choice)) == part
    assert json.loads(cut(msgspec.json.encode(listed), page)) == listed | {"items": [part]}
