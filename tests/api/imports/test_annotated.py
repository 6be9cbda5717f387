"""The file comes back with two more columns, and no cell of it runs."""

import csv
import io

from httpx import AsyncClient
from openpyxl import Workbook, load_workbook

from api import database
from tests.api.imports.lists import (
    HEADINGS,
    LINES,
    XLSX,
    a_csv,
    a_row,
    sent,
    some_lines,
    worked_off,
)


def an_xlsx(*rows: dict[str, str]) -> bytes:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(list(HEADINGS))
    for row in rows:
        sheet.append([row[name] for name in HEADINGS])
        for cell in sheet[sheet.max_row]:
            cell.data_type = "s"
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


async def test_a_csv_comes_back_with_the_state_of_each_row(sender: AsyncClient) -> None:
    rows = [a_row(1), a_row(2, **{"KvK-nummer": "12"}), a_row(3, Plaats='=HYPERLINK("x")')]
    job = await worked_off(sender, a_csv(*rows), mode="skip")

    answer = await sender.get(f"/v1/imports/{job['id']}/annotated")

    assert answer.headers["Content-Type"].startswith("text/csv")
    assert answer.headers["Content-Disposition"] == (
        f'attachment; filename="import-{job["id"]}.csv"'
    )
    back = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert back[0] == [*HEADINGS, "Importstatus", "Bevindingen"]
    assert [row[-2] for row in back[1:]] == ["opgenomen", "afgewezen", "opgenomen"]
    assert back[2][-1].startswith("KvK-nummer: ")
    assert "invalid-kvk" in back[2][-1]
    assert back[3][3] == '\'=HYPERLINK("x")'


async def test_an_xlsx_comes_back_and_its_formulas_are_text(sender: AsyncClient) -> None:
    rows = [a_row(1, Plaats='=HYPERLINK("x")'), a_row(2, Naam="")]
    job = await worked_off(sender, an_xlsx(*rows), XLSX)
    assert job["state"] == "failed"

    answer = await sender.get(f"/v1/imports/{job['id']}/annotated")

    sheet = load_workbook(io.BytesIO(answer.content)).worksheets[0]
    back = list(sheet.iter_rows())
    assert [cell.value for cell in back[0]][-2:] == ["Importstatus", "Bevindingen"]
    assert (back[1][3].value, back[1][3].data_type) == ('=HYPERLINK("x")', "s")
    assert [row[-2].value for row in back[1:]] == ["opgenomen", "afgewezen"]


async def test_json_lines_have_no_columns_to_add_to(sender: AsyncClient) -> None:
    job = await worked_off(sender, some_lines(1), LINES)
    answer = await sender.get(f"/v1/imports/{job['id']}/annotated")
    assert (answer.status_code, answer.json()["code"]) == (409, "not-a-table")


async def test_an_unfinished_import_gives_no_file_and_an_old_one_no_more(
    sender: AsyncClient,
) -> None:
    job = await sent(sender, a_csv(a_row(1)))
    answer = await sender.get(f"/v1/imports/{job['id']}/annotated")
    assert (answer.status_code, answer.json()["code"]) == (409, "import-not-finished")

    old = "UPDATE import_job SET state = 'done', finished_at = now() - interval '31 days'"
    await database.fetch(old)
    await sent(sender, a_csv(a_row(2)))
    assert (await sender.get(f"/v1/imports/{job['id']}/annotated")).status_code == 410
