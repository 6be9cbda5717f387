"""Pages over the directory that searches are tested on, and over a world of obligations."""

from tests.api.directory.conftest import directory
from tests.api.obligations.conftest import caller, secret_of_pseudonyms, world

__all__ = ["caller", "directory", "secret_of_pseudonyms", "world"]
