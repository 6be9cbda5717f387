"""A system of somebody else that is told of events, and what it was told."""

import json
import threading
import urllib.request
from collections import defaultdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from typing import Any

from standardwebhooks import Webhook, WebhookVerificationError


class Receiver:
    """Takes every message whose signature is right, and remembers them in their order."""

    def __init__(self) -> None:
        self._secret = ""
        self._known = threading.Event()
        self.got: list[tuple[str, dict[str, Any]]] = []
        self.forged = 0
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                body = self.rfile.read(length)
                if len(body) < length:
                    return  # who sent it was killed; nothing came
                self.send_response(204 if receiver.took(dict(self.headers), body) else 400)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/told"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def ask_for(self, port: int, key: str, events: list[str]) -> None:
        """Have this system told, at the API on a port."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}/v1/webhooks",
            json.dumps({"url": self.url, "events": events}).encode(),
            {"Authorization": f"Bearer {key}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310  an address of ours
            self._secret = json.loads(answer.read())["secret"]
        self._known.set()

    def took(self, headers: dict[str, str], body: bytes) -> bool:
        """Take a message if it is ours."""
        self._known.wait(5)
        try:
            told = Webhook(self._secret).verify(body, headers)
        except WebhookVerificationError:
            self.forged += 1
            return False
        self.got.append((headers["webhook-id"], told))
        return True

    def close(self) -> None:
        """Take no more."""
        self._server.shutdown()
        self._server.server_close()

    def first_arrivals(self) -> dict[str, list[dict[str, Any]]]:
        """Give what was told of each resource, every message once, in the order of arrival."""
        seen: set[str] = set()
        found: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for message, told in self.got:
            if message not in seen:
                seen.add(message)
                found[told["data"]["id"]].append(told["data"])
        return found

    def doubled(self) -> int:
        """Give how many messages came again."""
        return len(self.got) - len({message for message, _ in self.got})


def gaps(told: list[dict[str, Any]]) -> int:
    """Count versions that no message told of: each names the one before it."""
    known = {one["version"] for one in told}
    return sum(one["formerVersion"] not in known for one in told) - 1


def out_of_order(told: list[dict[str, Any]]) -> int:
    """Count messages that did not follow upon the one that they name as before them."""
    pairs = pairwise(told)
    return sum(after["formerVersion"] != before["version"] for before, after in pairs)
