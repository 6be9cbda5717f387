"""What can go wrong at the door to the engine. None of it is ever answered by an empty list."""


class SearchError(Exception):
    """Base of the errors of this room."""


class EngineMissing(SearchError):
    """There is no engine to start on this machine."""


class EngineUnavailable(SearchError):
    """The engine does not answer, or not in time, or says that it is broken."""


class EngineRefused(SearchError):
    """The engine understood, and refused; its `code` is from the error list of Meilisearch."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{detail} ({code})")
        self.code = code


class WrongPosition(SearchError):
    """A walk can't go on from a position of another kind of list."""


class TooDeep(SearchError):
    """A page was asked beyond the depth to which results are ranked."""
