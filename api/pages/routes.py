"""The pages as one router."""

from typing import Any

from litestar import Router

from api.pages import (
    account,
    assets,
    enterprise,
    finding,
    importing,
    obligations,
    overview,
    tendering,
)
from api.pages.rendering import greet

HANDLERS: list[Any] = [
    assets.asset,
    finding.start,
    finding.choose_language,
    finding.find,
    finding.profile,
    account.ask_who,
    account.sign_in,
    account.sign_out,
    account.account,
    account.switch,
    account.change_password,
    tendering.list_tenders,
    tendering.upload,
    tendering.show_tender,
    tendering.match_tender,
    tendering.match_lot,
    tendering.show_run,
    tendering.invite,
    tendering.why,
    tendering.show_funnel,
    tendering.answer,
    obligations.list_obligations,
    obligations.show_obligation,
    obligations.ask_fulfilment,
    obligations.take_fulfilment,
    obligations.show_fulfilment,
    obligations.decide,
    obligations.confirm,
    obligations.withdraw,
    obligations.queue,
    enterprise.home,
    enterprise.show_step,
    enterprise.save_step,
    enterprise.claim_mark,
    enterprise.ask_offering,
    enterprise.show_offering,
    enterprise.add_offering,
    enterprise.save_offering,
    enterprise.answer,
    enterprise.to_confirm,
    enterprise.ask_claim,
    enterprise.claim,
    overview.overview,
    importing.list_imports,
    importing.start_import,
    importing.show_import,
]
router = Router("/", route_handlers=HANDLERS, include_in_schema=False, guards=[greet])
