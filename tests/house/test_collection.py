"""The collection for Postman and Bruno holds every operation, ready to be sent."""

import json
from typing import Any

import pytest

from api.collection import collection_of
from api.document import described
from importers.asgi import app

DOCUMENT = described(app)
FOLDERS = collection_of(DOCUMENT)["item"]
REQUESTS = [one["request"] for folder in FOLDERS for one in folder["item"]]


def test_every_operation_is_there_once() -> None:
    operations = sum(len(item) for item in DOCUMENT["paths"].values())

    assert len(REQUESTS) == operations


@pytest.mark.parametrize(
    "request_", REQUESTS, ids=lambda one: f"{one['method']} {one['url']['raw']}"
)
def test_a_request_can_be_sent_as_it_is(request_: dict[str, Any]) -> None:
    url, body = request_["url"], request_.get("body")

    names = {part[1:] for part in url["path"] if part.startswith(":")}
    assert names == {one["key"] for one in url["variable"]}
    if isinstance(body, dict) and body["mode"] == "raw":
        json.loads(body["raw"])
