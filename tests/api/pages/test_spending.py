"""Spend on pages: a list taken in, suppliers told apart, and the share by category."""

import pytest
from httpx import AsyncClient
from litestar import Litestar

from api.clock import legal_day, now
from tests.access_builders import a_person, signed_in
from tests.api.pages.reading import faults_of, text_of
from tests.builders import PAINTING, a_kvk_number, stored

pytestmark = pytest.mark.usefixtures("db")
YEAR = legal_day(now()).year
HEAD = "Leverancier;KvK-nummer;Bedrag excl. btw;Factuurdatum;CPV;Factuurnummer"


async def _sent(officer: AsyncClient, *rows: str) -> str:
    """The address of a list that was taken in."""
    body = "\n".join((HEAD, *rows)).encode()
    made = await officer.post("/uitgaven", files={"list": ("inkoop.csv", body, "text/csv")})
    assert made.status_code == 303, text_of(made)
    return str(made.headers["Location"])


async def test_a_list_is_taken_in_and_its_share_is_told(app: Litestar, desk: AsyncClient) -> None:
    kvk = a_kvk_number()
    await stored(desk, name="De Kwast", kvkNumber=kvk)
    officer = await signed_in(app, await a_person("officer"))

    address = await _sent(
        officer,
        f"De Kwast;{kvk};1.000,00;01-02-{YEAR};{PAINTING};A1",
        f"Ander;99999999;3.000,00;01-02-{YEAR};{PAINTING};A2",
        f"Fout;99999999;veel;01-02-{YEAR};{PAINTING};A3",
    )
    told = await officer.get(address)
    page = await officer.get("/uitgaven")
    file = await officer.get(f"/uitgaven/{YEAR}/bestand/csv")

    assert "Tellen mee 2" in text_of(told)
    assert "Niet gelezen 1" in text_of(told)
    assert "Deel sociaal 25,0 %" in text_of(page)
    assert "4000;1000;" in file.content.decode("utf-8-sig").replace(",00", "")
    again = await _sent(
        officer,
        f"De Kwast;{kvk};1.000,00;01-02-{YEAR};{PAINTING};A1",
        f"Ander;99999999;3.000,00;01-02-{YEAR};{PAINTING};A2",
        f"Fout;99999999;veel;01-02-{YEAR};{PAINTING};A3",
    )
    assert "al ingelezen" in text_of(await officer.get(again))


async def test_a_file_that_cannot_be_read_is_told_at_the_field(app: Litestar) -> None:
    officer = await signed_in(app, await a_person("officer"))

    for name, body in (("foto.jpg", b"x"), ("leeg.csv", b""), ("kop.csv", b"Naam\n")):
        page = await officer.post("/uitgaven", files={"list": (name, body)})
        assert page.status_code == 400
        assert faults_of(page) == {"list"}, name


async def test_somebody_says_who_a_supplier_is(app: Litestar, desk: AsyncClient) -> None:
    firm = await stored(desk, name="Schildersbedrijf De Kwast", kvkNumber=a_kvk_number())
    officer = await signed_in(app, await a_person("officer"))
    await _sent(officer, f"Schildersbedrijf De Kwast BV;;500,00;01-02-{YEAR};{PAINTING};A1")
    page = await officer.get("/uitgaven")
    assert "Wie is dit?" in text_of(page)
    [supplier] = {
        part.partition('"')[0] for part in page.text.split('action="/uitgaven/leveranciers/')[1:]
    }

    unchosen = await officer.post(f"/uitgaven/leveranciers/{supplier}", data={})
    await officer.post(f"/uitgaven/leveranciers/{supplier}", data={"enterprise": firm["id"]})
    words = text_of(await officer.get("/uitgaven"))

    assert faults_of(unchosen) == {f"enterprise-{supplier}"}
    assert "Deel sociaal 100,0 %" in words
    assert "Wie is dit?" not in words


async def test_a_list_is_taken_back_and_others_never_see_it(app: Litestar) -> None:
    officer = await signed_in(app, await a_person("officer"))
    stranger = await signed_in(app, await a_person("officer"))
    address = (await _sent(officer, f"Ander;99999999;1,00;01-02-{YEAR};;A1")).partition("?")[0]

    assert (await stranger.get(address)).status_code == 404
    assert (await stranger.post(f"{address}/weg")).status_code == 404
    gone = await officer.post(f"{address}/weg")
    assert "De lijst is weggehaald" in text_of(await officer.get(gone.headers["Location"]))
