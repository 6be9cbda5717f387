"""What Piccolo looks for: the engine and the one app. Set `PICCOLO_CONF=api.piccolo_conf`."""

from contextlib import suppress
from types import TracebackType

from asyncpg import InterfaceError, PostgresError
from piccolo.conf.apps import AppRegistry
from piccolo.engine.postgres import PostgresEngine, PostgresTransaction

from api.settings import settings


class Transaction(PostgresTransaction):
    """A transaction that gives its connection back, however it ends.

    Piccolo's own keeps it when the server dies under it: each time the pool loses a
    connection, and a task that goes on finds itself in the dead transaction for ever.
    """

    async def begin(self) -> None:
        """Begin, or give the connection back."""
        try:
            await super().begin()  # type: ignore[no-untyped-call]  # Piccolo leaves it bare
        except BaseException:
            await self._give_back()
            raise

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        """Commit, or roll back after an error, which is then raised itself."""
        if self._parent is not None:
            return error is None
        try:
            if error is not None and not self._rolled_back:
                with suppress(OSError, InterfaceError, PostgresError):
                    await self.rollback()  # type: ignore[no-untyped-call]  # Piccolo leaves it bare
            elif not self._committed and not self._rolled_back:
                await self.commit()  # type: ignore[no-untyped-call]  # Piccolo leaves it bare
        finally:
            self.engine.current_transaction.reset(self.context)
            await self._give_back()
        return error is None

    async def _give_back(self) -> None:
        if self.engine.pool is None:
            await self.connection.close()
        else:
            await self.engine.pool.release(self.connection)


class Engine(PostgresEngine):
    """Piccolo's engine, without the connection that it would make while being imported."""

    def transaction(self, allow_nested: bool = True) -> Transaction:  # noqa: FBT001, FBT002  Piccolo's signature
        """Open a transaction, or join the one that is open."""
        return Transaction(engine=self, allow_nested=allow_nested)

    async def check_version(self) -> None:
        """Leave the version to the operator (docs/settings.md)."""

    async def prep_database(self) -> None:
        """Make no extension: none is used, and the embedded server has none."""


DB = Engine(config={"dsn": settings().database_url})
APP_REGISTRY = AppRegistry(apps=["api.migrations.piccolo_app"])
