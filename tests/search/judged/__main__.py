"""Print how well the judged queries are answered, ours beside the plain engine."""

import asyncio
import os
import sys
import tempfile
import warnings
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from api.database import pool
from api.migrations.forward import migrate
from importers.engines import embedded_engines
from importers.reference.load import load_shipped
from tests.search.judged.engines import Ranking, rankings
from tests.search.judged.measure import Judgement, halves, judge, ours, plain, worst

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


async def _ranked(texts: Sequence[str]) -> Mapping[str, Ranking]:
    with warnings.catch_warnings():
        # Generated migrations repeat names that Piccolo itself then warns about.
        warnings.simplefilter("ignore")
        await migrate()
    async with pool(2):
        await load_shipped(NOW)
        key = os.environ.get("MEILISEARCH_KEY")
        return await rankings(texts, os.environ["MEILISEARCH_URL"], key, NOW)


def report(name: str, judgements: Sequence[Judgement]) -> list[str]:
    """Write the lines on one half."""
    both = (("analyser", ours(judgements)), ("plain engine", plain(judgements)))
    lines = [f"{name}: {len(judgements)} queries"]
    lines += [f"  {who:12}  nDCG@10 {it.ndcg:.3f}  recall@50 {it.recall:.3f}" for who, it in both]
    lines.append("  worst ten (analyser, plain engine):")
    return lines + [f"    {one.ours:.3f}  {one.plain:.3f}  {one.text}" for one in worst(judgements)]


def main() -> None:
    """Measure both halves."""
    tuning, held_out = halves()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        with embedded_engines(Path(folder), lambda _: None):
            found = asyncio.run(_ranked([*tuning, *held_out]))
    for name, half in (("tuning half", tuning), ("held-out half", held_out)):
        sys.stdout.write("\n".join(report(name, judge(half, found))) + "\n")


if __name__ == "__main__":
    main()
