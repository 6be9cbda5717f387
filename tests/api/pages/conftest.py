"""Pages over the directory that searches are tested on."""

from tests.api.directory.conftest import directory

__all__ = ["directory"]
