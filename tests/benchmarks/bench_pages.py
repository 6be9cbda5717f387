"""Server time of pages beside the call of the API that they stand on; asserts nothing.

On the demo data, one worker, one caller; needs no browser. `--size` names the calls of each.
"""

import argparse
import sys
import tempfile
from pathlib import Path
from time import perf_counter
from typing import Any, Final

import httpx

ROOT: Final = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))
ROUNDS: Final = 200
VERDICTS: Final = ("matches", "near-misses", "excluded")
FACETS: Final = "&".join(
    f"facets={name}"
    for name in ("province", "serviceMode", "mark", "targetGroup", "reservedEligible")
)


def p95(client: httpx.Client, path: str, rounds: int) -> float:
    """Give the 95th percentile in milliseconds."""
    taken: list[float] = []
    for _ in range(rounds):
        start = perf_counter()
        client.get(path).raise_for_status()
        taken.append((perf_counter() - start) * 1_000)
    return sorted(taken)[int(rounds * 0.95)]


def main() -> None:
    """Start the site, ask each pair, stop."""
    from tests.browser.site import running

    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--size", type=int, default=ROUNDS)
    rounds = asked.parse_args().size

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        with running(Path(folder)) as site:
            firm = site.get("/v1/enterprises?q=Laakmond")["items"][0]["id"]
            lot = site.get(f"/v1/tenders/{_tender(site)}")["lots"][0]["id"]
            run = site.post(f"/v1/lots/{lot}/match-runs")["id"]
            words = "q=groen&municipality=Utrecht"
            pairs = {
                f"/zoeken?{words}": [f"/v1/enterprises?{words}&{FACETS}"],
                f"/ondernemingen/{firm}": [f"/v1/enterprises/{firm}"],
                f"/zoekrondes/{run}": [
                    f"/v1/match-runs/{run}",
                    *(f"/v1/match-runs/{run}/{one}?limit=25" for one in VERDICTS),
                ],
                "/werkvoorraad": ["/v1/fulfilments?awaits=verification&limit=50"],
                "/overzicht": ["/v1/social-return-reports/2026"],
            }
            headers = {"Authorization": f"Bearer {site.key}"}
            with httpx.Client(base_url=site.address, headers=headers) as client:
                for page, calls in pairs.items():
                    here = p95(client, page, rounds)
                    there = sum(p95(client, one, rounds) for one in calls)
                    times = f"{here:7.1f} ms  API {there:7.1f} ms  x {here / there:.1f}"
                    print(f"{page[:36]:36} {times}")  # noqa: T201  the point of a benchmark


def _tender(site: Any) -> str:
    tenders = site.get("/v1/tenders")["items"]
    return str(next(one["id"] for one in tenders if one["lotCount"] > 1))


if __name__ == "__main__":
    main()
