"""The composed application: the API with every reader of files. Serve `importers.asgi:app`."""

from typing import Final

from api.app import Readers, create_app
from importers.eforms import parse as eforms
from importers.enterprises.reader import EnterpriseLists
from importers.entries.reader import EntryFiles
from importers.ocds import parse as ocds
from importers.rule_books.parse import parse_rule_book
from importers.spend.parse import read_spend
from importers.tenderned import parse as tenderned
from importers.work_items.read import read_items

READERS: Final = Readers(
    notice_readers={
        "application/json": ocds.notices,
        "application/xml": eforms.notices,
        "text/csv": tenderned.notices,
        "text/xml": eforms.notices,
    },
    rule_book_reader=parse_rule_book,
    list_reader=EnterpriseLists(),
    work_item_reader=read_items,
    spend_reader=read_spend,
    entry_reader=EntryFiles(),
)

app = create_app(READERS)
