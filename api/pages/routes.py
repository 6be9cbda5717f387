"""The pages as one router."""

from typing import Any

from litestar import Router

from api.pages import assets, finding

HANDLERS: list[Any] = [
    assets.asset,
    finding.start,
    finding.choose_language,
    finding.find,
    finding.profile,
]
router = Router("/", route_handlers=HANDLERS, include_in_schema=False)
