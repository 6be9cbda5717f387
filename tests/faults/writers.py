"""Callers that send again until they are acknowledged, and remember what was."""

import itertools
import json
import random
import threading
import time
import urllib.error
import urllib.request
from typing import Any, Final, NamedTuple

from tests.faults.world import World

TIMEOUT_SECONDS: Final = 20
PAUSE_SECONDS: Final = 0.1
ROWS: Final = 40
"""Enterprises in one imported list."""
JSON: Final = "application/json"
LINES: Final = "application/x-ndjson"


class Answer(NamedTuple):
    """What came back; status 0 when nothing did."""

    status: int
    body: Any


class Seeded(NamedTuple):
    """What there is before the faults begin."""

    desk: str
    contractor: str
    obligation: str
    supplier: str
    lots: list[str]
    desks: list[str]
    """Other keys of the desk, for callers that shall not share a limit."""
    greedy: str
    """A key of its own that asks as fast as it can."""
    modest: str
    told: str
    """A key of the contractor that may have a webhook."""


class Caller(threading.Thread):
    """Does one thing after another, each until it is acknowledged, at either API process."""

    def __init__(self, world: World, seeded: Seeded) -> None:
        super().__init__(daemon=True)
        self.world, self.seeded = world, seeded
        self.enough = threading.Event()
        self.chance = random.Random(type(self).__name__)
        self.acknowledged: set[str] = set()
        self.retried = 0
        self.limited = 0
        """Answers that told to wait, where limits are on."""
        self.strange: list[str] = []
        """Answers that no fault explains."""

    def run(self) -> None:
        """Go on until it is enough; what was begun is brought to its end."""
        for number in itertools.count():
            if self.enough.is_set():
                return
            while (kept := self.attempt(number)) is None:
                self.retried += 1
                time.sleep(PAUSE_SECONDS)
            self.acknowledged.add(kept)

    def attempt(self, number: int) -> str | None:
        """Try once; give what was acknowledged, or `None`."""
        raise NotImplementedError

    def send(
        self,
        method: str,
        path: str,
        key: str,
        body: bytes | None = None,
        kind: str = JSON,
        **more: str,
    ) -> Answer:
        """Send a request; a refusal by us is remembered when no fault explains it."""
        port = self.chance.choice(list(self.world.ports.values()))
        headers = {"Authorization": f"Bearer {key}", "Content-Type": kind, **more}
        url = f"http://127.0.0.1:{port}/v1{path}"
        request = urllib.request.Request(url, body, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310  an address of ours
                return Answer(answer.status, json.loads(answer.read()))
        except urllib.error.HTTPError as error:
            body_of = error.read()
            if error.code == 429 and self.world.limited:
                self._wait(error.headers["Retry-After"])
            elif error.code not in (409, 503):
                self.strange.append(f"{method} {path}: {error.code} {body_of[:300]!r}")
            return Answer(error.code, json.loads(body_of or b"{}"))
        except (OSError, ValueError, EOFError):
            return Answer(0, {})

    def _wait(self, seconds: str) -> None:
        """Wait as long as the answer told."""
        self.limited += 1
        time.sleep(int(seconds))


class Enterer(Caller):
    """Enters enterprises one by one; 409 says that an earlier try was stored."""

    def attempt(self, number: int) -> str | None:
        """Enter one."""
        kvk = f"8{number:07d}"
        body = json.dumps(an_enterprise(kvk)).encode()
        answer = self.send("POST", "/enterprises", self.seeded.desk, body)
        return kvk if answer.status in (201, 409) else None


class Importer(Caller):
    """Sends lists in, and waits until each job is done."""

    def attempt(self, number: int) -> str | None:
        """Send one list; a job that came back is followed to its end."""
        rows = [
            an_enterprise(f"7{number:04d}{row:03d}") | {"externalId": f"{number}-{row}"}
            for row in range(ROWS)
        ]
        body = "\n".join(json.dumps(row) for row in rows).encode()
        path = f"/imports?source=list-{number}"
        answer = self.send("POST", path, self.seeded.desk, body, LINES)
        if answer.status != 202:
            return None
        return self._followed(answer.body["id"], number)

    def _followed(self, job: str, number: int) -> str:
        while True:
            found = self.send("GET", f"/imports/{job}", self.seeded.desk)
            if found.status == 200 and found.body["state"] == "done":
                return str(number)
            if found.status == 200 and found.body["state"] == "failed":
                self.strange.append(f"import {job} failed: {found.body['faults']}")
                return str(number)
            time.sleep(PAUSE_SECONDS)


class Booker(Caller):
    """Books purchases on one obligation; each invoice counts once."""

    def attempt(self, number: int) -> str | None:
        """Book one; `counted-twice` says that an earlier try was stored."""
        fulfilment = {
            "kind": "purchase",
            "supplierId": self.seeded.supplier,
            "invoiceNumber": f"F-{number}",
            "invoicedOn": "2026-10-01",
            "invoiceCents": 10_000 + number,
        }
        body = json.dumps({"fulfilment": fulfilment}).encode()
        path = f"/obligations/{self.seeded.obligation}/fulfilments"
        answer = self.send("POST", path, self.seeded.contractor, body)
        stored = answer.status == 201 or answer.body.get("code") == "counted-twice"
        return str(10_000 + number) if stored else None


class Keyed(Caller):
    """Makes shortlists, which nothing but an Idempotency-Key keeps from being made twice."""

    def attempt(self, number: int) -> str | None:
        """Make one, and ask for it once more: the answer must be the same."""
        made = self._once(number)
        return None if made is None or self._once(number) != made else f"{number} {made}"

    def _once(self, number: int) -> str | None:
        named = {"name": f"keyed {number}", "department": "x", "purpose": "y"}
        body, key = json.dumps(named).encode(), {"Idempotency-Key": f"keyed-{number}"}
        answer = self.send("POST", "/shortlists", self.seeded.desk, body, **key)
        return str(answer.body["id"]) if answer.status == 201 else None


class Matcher(Caller):
    """Runs matches; every run that was acknowledged must be there, whole."""

    def attempt(self, number: int) -> str | None:
        """Match one lot; a seed of its own makes it a run of its own."""
        lot = self.seeded.lots[number % len(self.seeded.lots)]
        body = json.dumps({"seed": f"seed-{number}"}).encode()
        answer = self.send("POST", f"/lots/{lot}/match-runs", self.seeded.desk, body)
        return str(answer.body["id"]) if answer.status == 201 else None


def an_enterprise(kvk: str) -> dict[str, Any]:
    """Give one of many."""
    offering = {
        "title": "Groenonderhoud",
        "cpvCodes": ["77310000"],
        "serviceMode": "service",
        "coverage": {"kind": "country"},
    }
    return {"name": f"Groenploeg {kvk}", "kvkNumber": kvk, "offerings": [offering, offering]}
