"""Callers with limits on: one that asks as fast as it can, and one that asks now and then."""

import re
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from api.throttle import PORTIONS, WINDOW
from tests.faults.world import World

APART: Final = 10.0
"""Seconds by which ends of windows that are told differ when they are not the same window."""
BREATH: Final = 0.01


class Asked(NamedTuple):
    """One answer of a replica: what it told of the limit."""

    at: float
    status: int
    rule: str
    limit: int
    left: int
    ends: float


class Asking(threading.Thread):
    """Asks who it is under a key of its own, at both replicas in turn."""

    def __init__(self, world: World, key: str, pause: float) -> None:
        super().__init__(daemon=True)
        self._world, self._key, self._pause = world, key, pause
        self.enough = threading.Event()
        self.answers: list[Asked] = []

    def run(self) -> None:
        """Ask until it is enough; a replica that is away is asked again."""
        while not self.enough.wait(self._pause):
            for port in self._world.ports.values():
                self._ask(port)

    def _ask(self, port: int) -> None:
        headers = {"Authorization": f"Bearer {self._key}"}
        request = urllib.request.Request(f"http://127.0.0.1:{port}/v1/me", headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310  an address of ours
                self._note(answer.status, answer.headers)
        except urllib.error.HTTPError as error:
            self._note(error.code, error.headers)
        except OSError:
            return

    def _note(self, status: int, headers: Any) -> None:
        policy = re.fullmatch(r'"(\w+)";q=(\d+);w=\d+', headers["RateLimit-Policy"] or "")
        told = re.fullmatch(r'"\w+";r=(\d+);t=(\d+)', headers["RateLimit"] or "")
        if policy is None or told is None:
            return
        now = time.monotonic()
        rule, limit = policy[1], int(policy[2])
        self.answers.append(Asked(now, status, rule, limit, int(told[1]), now + int(told[2])))


class Window(NamedTuple):
    """What a key was served in one window, by all replicas together."""

    began: float
    ends: float
    limit: int
    served: int
    refused: int


def windows(answers: Sequence[Asked]) -> list[Window]:
    """Put answers under the rule of the key together by the end of the window that they tell."""
    ends: list[float] = []
    groups: list[list[Asked]] = []
    for one in sorted((one for one in answers if one.rule == "known"), key=lambda one: one.ends):
        if not ends or one.ends - ends[-1] > APART:
            groups.append([])
        ends.append(one.ends)
        groups[-1].append(one)
    return [_window(group) for group in groups]


def _window(group: Sequence[Asked]) -> Window:
    served = sum(one.status == 200 for one in group)
    refused = sum(one.status == 429 for one in group)
    ends = max(one.ends for one in group)
    return Window(min(one.at for one in group), ends, group[0].limit, served, refused)


def least(window: Window, killed: Sequence[float]) -> int:
    """Give what is due in a whole window: what killed replicas held of the limit is lost."""
    lost = sum(window.ends - WINDOW - 1 <= at <= window.ends for at in killed)
    return window.limit - (lost + 1) * max(1, window.limit // PORTIONS)
