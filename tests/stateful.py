"""What stateful models need: a machine of Hypothesis is synchronous, our services are not.

MODEL_EXAMPLES sets how many walks a model takes; by default a dozen or so, for the suite.
"""

import asyncio
import os
from collections.abc import Coroutine
from concurrent.futures import Future
from typing import Any, Final, TypeVar

from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from api.database import connection
from api.domain.errors import DomainError
from api.piccolo_conf import DB

Answer = TypeVar("Answer")
Work = tuple[Coroutine[Any, Any, Any], "Future[Any]"]
EXAMPLES: Final = os.environ.get("MODEL_EXAMPLES")
PATIENCE_SECONDS: Final = 120
DONE: Final = "done"
"""What `outcome` says of an act that was not refused."""


class Walk:
    """One walk of a machine: its acts run on the loop of the tests, in one task.

    A walk that does not commit has one transaction around it, which is rolled back; each act
    in it stands behind a savepoint, so that a refused one leaves nothing behind, as a
    request would.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, *, commits: bool = False) -> None:
        self._loop = loop
        self._waiting: asyncio.Queue[Work | None] = asyncio.Queue()
        serve = self._serve_committing() if commits else self._serve()
        self._served = asyncio.run_coroutine_threadsafe(serve, loop)

    def run(self, act: Coroutine[Any, Any, Answer]) -> Answer:
        """Run an act to its end, from the thread of the machine."""
        answer: Future[Any] = Future()
        self._loop.call_soon_threadsafe(self._waiting.put_nowait, (act, answer))
        found: Answer = answer.result(PATIENCE_SECONDS)
        return found

    def outcome(self, act: Coroutine[Any, Any, Any]) -> str:
        """Give `done`, or the code of the rule that refused."""
        try:
            self.run(act)
        except DomainError as error:
            return error.code
        return DONE

    def end(self) -> None:
        """Roll back, and wait for that."""
        self._loop.call_soon_threadsafe(self._waiting.put_nowait, None)
        self._served.result(PATIENCE_SECONDS)

    async def _serve(self) -> None:
        async with DB.transaction() as opened:
            while (work := await self._waiting.get()) is not None:
                act, answer = work
                try:
                    async with connection().transaction():
                        found = await act
                except BaseException as error:  # noqa: BLE001  it is raised in the machine's thread
                    answer.set_exception(error)
                else:
                    answer.set_result(found)
            await opened.rollback()  # type: ignore[no-untyped-call]  # Piccolo leaves it bare

    async def _serve_committing(self) -> None:
        while (work := await self._waiting.get()) is not None:
            act, answer = work
            try:
                answer.set_result(await act)
            except BaseException as error:  # noqa: BLE001  it is raised in the machine's thread
                answer.set_exception(error)


async def walked(
    machine: type[RuleBasedStateMachine], *, examples: int, steps: int = 30, **given: object
) -> None:
    """Let a machine take its walks in a thread of its own, beside the loop.

    Besides the loop, the machine finds what is `given` as attributes of its class.
    """
    chosen = settings(
        max_examples=int(EXAMPLES or examples),
        stateful_step_count=steps,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    attributes = {"loop": asyncio.get_running_loop(), **given}
    here = type(machine.__name__, (machine,), attributes)
    await asyncio.to_thread(run_state_machine_as_test, here, settings=chosen)
