"""Figures for Prometheus and traces for OpenTelemetry; both off unless the settings say so."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from prometheus_client import Counter, Gauge, Histogram, start_http_server

from api.settings import settings

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Tracer

REQUESTS: Final = Counter("perceel_requests", "Requests answered.", ["method", "route", "status"])
SECONDS: Final = Histogram("perceel_request_seconds", "Time to answer.", ["method", "route"])
WAITING: Final = Gauge("perceel_waiting", "What waits for the worker.", ["queue"])
"""Labels are templates of routes, never paths: ids would make a series each."""


@contextmanager
def exposed() -> Iterator[None]:
    """Serve the figures as long as the process serves."""
    port = settings().metrics_port
    running = None if port is None else start_http_server(port, settings().metrics_host)
    try:
        yield
    finally:
        flush()
        if running is not None:
            server, thread = running
            server.shutdown()
            server.server_close()
            thread.join()


def count(method: str, route: str, status: int, seconds: float) -> None:
    """Count an answer."""
    REQUESTS.labels(method, route, str(status)).inc()
    SECONDS.labels(method, route).observe(seconds)


def span(method: str, traceparent: str | None) -> AbstractContextManager[Any]:
    """Open a span for a request, below the caller's where one was sent."""
    endpoint = settings().otel_exporter_otlp_endpoint
    if endpoint is None:
        return nullcontext()
    from opentelemetry.trace import SpanKind
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    sent = {} if traceparent is None else {"traceparent": traceparent}
    context = TraceContextTextMapPropagator().extract(sent)
    return _tracer(endpoint).start_as_current_span(method, context, SpanKind.SERVER)


def describe(span: Any, method: str, route: str, status: int) -> None:  # noqa: ANN401  a span or none
    """Say what the request was, once that is known; no path, query, body or address."""
    if span is not None:
        span.update_name(f"{method} {route}")
        span.set_attribute("http.request.method", method)
        span.set_attribute("http.route", route)
        span.set_attribute("http.response.status_code", status)


def flush() -> None:
    """Send the spans that wait; for the end of a process."""
    endpoint = settings().otel_exporter_otlp_endpoint
    if endpoint is not None:
        _provider(endpoint).force_flush()


def _tracer(endpoint: str) -> "Tracer":
    return _provider(endpoint).get_tracer("perceel")


@cache
def _provider(endpoint: str) -> "TracerProvider":
    # The exporter and what it brings along are loaded where traces are wanted (ADR 49).
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider(resource=Resource.create({"service.name": "perceel"}))
    exporter = OTLPSpanExporter(f"{endpoint.rstrip('/')}/v1/traces")
    provider.add_span_processor(BatchSpanProcessor(exporter))
    return provider
