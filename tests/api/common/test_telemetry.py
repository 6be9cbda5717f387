"""Figures on a port of their own, traces where they were asked for; neither by default."""

import urllib.request
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest
from httpx import AsyncClient

from api import telemetry
from api.settings import settings
from importers.engines import free_port


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Any:
    chosen = free_port()
    monkeypatch.setenv("METRICS_PORT", str(chosen))
    settings.cache_clear()
    yield chosen
    monkeypatch.delenv("METRICS_PORT")
    settings.cache_clear()


async def test_the_api_itself_shows_no_figures(client: AsyncClient) -> None:
    for path in ("/metrics", "/v1/metrics"):
        assert (await client.get(path)).status_code == 404


async def test_figures_tell_routes_never_paths(client: AsyncClient, port: int) -> None:
    await client.get("/v1/enterprises/not-an-id/marks?secret=jan")
    await client.get("/v1/health/live")

    with telemetry.exposed():
        asked = urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics")  # noqa: ASYNC210  our own port
        told = asked.read().decode()

    assert 'route="/v1/health/live",status="200"' in told
    assert "not-an-id" not in told
    assert "jan" not in told


def test_nothing_listens_by_default() -> None:
    assert settings().metrics_port is None
    assert settings().otel_exporter_otlp_endpoint is None


async def test_a_trace_goes_on_below_the_one_that_was_sent(
    client: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    got: list[bytes] = []

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Collector)
    thread = Thread(target=server.serve_forever)
    thread.start()
    endpoint = f"http://127.0.0.1:{server.server_port}"
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint)
    settings.cache_clear()
    trace_id = "4bf92f3577b34da6a3ce929d0e0e4736"
    await client.get(
        "/v1/health/live?secret=jan",
        headers={"traceparent": f"00-{trace_id}-00f067aa0ba902b7-01"},
    )
    telemetry.flush()
    monkeypatch.delenv("OTEL_EXPORTER_OTLP_ENDPOINT")
    settings.cache_clear()
    server.shutdown()
    server.server_close()
    thread.join()

    [sent] = got
    assert bytes.fromhex(trace_id) in sent
    assert b"GET /v1/health/live" in sent
    assert b"jan" not in sent
