"""The list of permissions that is kept is the one that the code draws."""

from pathlib import Path

from api.permissions import permissions_page
from importers.asgi import app

KEPT = Path(__file__).parents[2] / "docs" / "permissions.md"


def test_the_kept_list_is_the_drawn_one() -> None:
    assert KEPT.read_text(encoding="utf-8") == permissions_page(app), "run `make permissions`"
