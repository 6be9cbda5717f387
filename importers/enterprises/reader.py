"""The reading of lists of enterprises, as jobs of the API ask for it (ADR 13, ADR 21)."""

from collections.abc import Mapping

from api.domain.errors import Fault, InvalidInput
from api.imports.drafts import Chosen, Note, Reading
from api.imports.schemas import ListForm
from api.reference.service import Reference
from importers.enterprises import annotate
from importers.enterprises.mapping import EnterpriseMapping, read_mapping, shipped_mapping
from importers.enterprises.parse import read_enterprises
from importers.enterprises.tables import Format, heading_key


class EnterpriseLists:
    """Reads lists of enterprises, and writes them back with notes."""

    def source_of(self, chosen: Chosen) -> str | None:
        """Check the mapping, and give the name of its list; JSON lines have none."""
        mapping = _mapping(chosen)
        return None if mapping is None else mapping.source

    def read(self, content: bytes, chosen: Chosen, known: Reference) -> Reading:
        """Read a list row by row."""
        form = Format(chosen.form.value)
        return read_enterprises(content, form, _mapping(chosen), _areas(known))

    def annotated(self, content: bytes, chosen: Chosen, notes: Mapping[int, Note]) -> bytes:
        """Give a table back with two more columns."""
        mapping = _mapping(chosen)
        expected = () if mapping is None else mapping.columns
        write = annotate.csv_file if chosen.form is ListForm.CSV else annotate.xlsx_file
        return write(content, expected, notes)


def _mapping(chosen: Chosen) -> EnterpriseMapping | None:
    """Read the mapping: a table needs one, JSON lines take none."""
    given = (chosen.mapping_name is not None) + (chosen.mapping is not None)
    if chosen.form is ListForm.JSON_LINES:
        if given and chosen.mapping_name is not None:
            raise InvalidInput(Fault("unexpected-mapping", "JSON lines need no mapping", "mapping"))
        return None if chosen.mapping is None else read_mapping(chosen.mapping)
    if given != 1:
        detail = "a table is read by one mapping: name a shipped one, or send your own"
        raise InvalidInput(Fault("missing-mapping", detail, "mapping"))
    if chosen.mapping is not None:
        return read_mapping(chosen.mapping)
    return shipped_mapping(chosen.mapping_name or "")


def _areas(known: Reference) -> Mapping[str, str]:
    """Give the code for every spelling of every area."""
    names: dict[str, str] = {}
    for code, entry in known.nuts.items():
        names[heading_key(entry.name)] = entry.successor or code
    for code, spellings in known.spellings.items():
        names |= {heading_key(spelling): code for spelling in spellings}
    return names
