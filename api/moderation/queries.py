"""Reads and writes of moderation, in SQL. No rule is decided here."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from api.database import Row, copy_rows, fetch, update_row
from api.domain.profile.merging import Listed
from api.moderation.tables import DuplicateRefusal, ProfileClaim

_CLAIM: Final = """
SELECT id, enterprise AS enterprise_id, organisation AS organisation_id, proof, reference,
       claimed_by, claimed_at, former_owner, owner_agrees, owner_reason, state, reason, decided_at
FROM profile_claim
"""
_REFUSALS: Final = """
SELECT r.id, r.first_enterprise AS first, a.name AS first_name, r.second_enterprise AS second,
       b.name AS second_name, r.first_compared, r.second_compared, r.reason, r.refused_by,
       r.refused_at
FROM duplicate_refusal r JOIN enterprise a ON a.id = r.first_enterprise
JOIN enterprise b ON b.id = r.second_enterprise
"""
_REVIEWS: Final = """
SELECT r.*, e.name AS enterprise_name FROM (
  SELECT id, 'change' AS kind, enterprise AS enterprise_id, at, actor AS by, fields, patch,
         NULL AS proof, NULL AS reference, NULL::boolean AS kvk_matches, NULL::uuid AS former_owner,
         NULL::boolean AS owner_agrees, NULL AS owner_reason
  FROM enterprise_revision WHERE state = 'pending'
  UNION ALL
  SELECT c.id, 'claim', c.enterprise, c.claimed_at, c.claimed_by, '{}', '{}'::jsonb,
         c.proof, c.reference, o.kvk_number = f.kvk_number, c.former_owner,
         c.owner_agrees, c.owner_reason
  FROM profile_claim c JOIN organisation o ON o.id = c.organisation
  JOIN enterprise f ON f.id = c.enterprise
  WHERE c.state = 'pending'
) r JOIN enterprise e ON e.id = r.enterprise_id AND e.state = 'published'
WHERE ($1::uuid IS NULL OR r.id > $1) AND ($3::uuid IS NULL OR r.id = $3)
ORDER BY r.id LIMIT $2
"""


async def insert_claim(row: Row) -> None:
    """Add a claim."""
    await copy_rows(ProfileClaim, [row])


async def update_claim(claim_id: UUID, values: Row) -> None:
    """Change columns of a claim."""
    await update_row("profile_claim", claim_id, values)


async def claim(claim_id: UUID) -> Mapping[str, Any] | None:
    """Give a claim, locked until the transaction ends."""
    rows = await fetch(f"{_CLAIM} WHERE id = $1 FOR UPDATE", claim_id)
    return rows[0] if rows else None


async def claims_of(organisation: UUID, after: UUID | None, limit: int) -> list[Row]:
    """Give the claims that an organisation made, or must answer as owner."""
    sql = f"""{_CLAIM} WHERE (organisation = $1 OR former_owner = $1)
    AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3"""
    return await fetch(sql, organisation, after, limit)


async def claim_is_pending(enterprise_id: UUID, organisation: UUID) -> bool:
    """Tell whether an organisation's claim on a profile waits already."""
    sql = """
    SELECT 1 FROM profile_claim WHERE enterprise = $1 AND organisation = $2 AND state = 'pending'
    """
    return bool(await fetch(sql, enterprise_id, organisation))


async def ask_new_owner(enterprise_id: UUID, owner: UUID) -> None:
    """Let the claims that still wait be answered by a new owner first."""
    sql = """
    UPDATE profile_claim SET former_owner = $2, owner_agrees = NULL, owner_reason = NULL
    WHERE enterprise = $1 AND state = 'pending'
    """
    await fetch(sql, enterprise_id, owner)


async def reviews(after: UUID | None, limit: int) -> list[Row]:
    """Give what waits for a decision, oldest first."""
    return await fetch(_REVIEWS, after, limit, None)


async def review(review_id: UUID) -> Row | None:
    """Give one thing that waits for a decision."""
    rows = await fetch(_REVIEWS, None, 1, review_id)
    return rows[0] if rows else None


async def history(enterprise_id: UUID, before: UUID | None, limit: int) -> list[Row]:
    """Give the revisions of a profile, newest first."""
    sql = """
    SELECT id, at, actor, source, fields, state, decided_by, decided_at, reason
    FROM enterprise_revision
    WHERE enterprise = $1 AND ($2::uuid IS NULL OR id < $2) ORDER BY id DESC LIMIT $3
    """
    return await fetch(sql, enterprise_id, before, limit)


async def provenance(enterprise_id: UUID) -> list[Row]:
    """Give, for every field that was ever stated, the last applied statement."""
    sql = """
    SELECT DISTINCT ON (field) field, r.source, r.at AS stated_at,
      CASE WHEN r.decided_by IS NOT NULL THEN r.decided_at END AS approved_at
    FROM enterprise_revision r, unnest(r.fields) AS field
    WHERE r.enterprise = $1 AND r.state = 'applied'
    ORDER BY field, coalesce(r.decided_at, r.at) DESC, r.id DESC
    """
    return await fetch(sql, enterprise_id)


async def listed(municipality: str | None, ids: Sequence[UUID] | None = None) -> list[Listed]:
    """Give every published profile as far as it is compared; of these ids alone, if given."""
    sql = """
    SELECT id::text, name, kvk_number, municipality, postcode, identifier_scheme, identifier
    FROM enterprise WHERE state = 'published' AND ($1::text IS NULL OR municipality = $1)
    AND ($2::uuid[] IS NULL OR id = ANY($2))
    """
    return [_listed(row) for row in await fetch(sql, municipality, ids)]


async def refused_pairs() -> list[Row]:
    """Give every pair that somebody keeps apart, with what was compared then."""
    sql = """
    SELECT id, first_enterprise::text AS first, second_enterprise::text AS second,
           first_compared, second_compared FROM duplicate_refusal
    """
    return await fetch(sql)


async def refusals(after: UUID | None, limit: int) -> list[Row]:
    """Give refusals of pairs in the order in which they were made."""
    sql = f"{_REFUSALS} WHERE ($1::uuid IS NULL OR r.id > $1) ORDER BY r.id LIMIT $2"
    return await fetch(sql, after, limit)


async def refusal(refusal_id: UUID) -> Row | None:
    """Give a refusal of a pair, locked until the transaction ends."""
    rows = await fetch(f"{_REFUSALS} WHERE r.id = $1 FOR UPDATE OF r", refusal_id)
    return rows[0] if rows else None


async def put_refusal(row: Row) -> None:
    """Store the refusal of a pair, in the place of an earlier one."""
    sql = "DELETE FROM duplicate_refusal WHERE first_enterprise = $1 AND second_enterprise = $2"
    await fetch(sql, row["first_enterprise"], row["second_enterprise"])
    await copy_rows(DuplicateRefusal, [row])


async def delete_refusal(refusal_id: UUID) -> None:
    """Drop the refusal of a pair."""
    await fetch("DELETE FROM duplicate_refusal WHERE id = $1", refusal_id)


async def move_to_successor(merged: UUID, successor: UUID) -> None:
    """Give what a merged profile had to its successor, and point its own predecessors there."""
    await fetch(
        """UPDATE offering SET enterprise = $2, position = position + (
             SELECT coalesce(max(position) + 1, 0) FROM offering WHERE enterprise = $2)
           WHERE enterprise = $1""",
        merged,
        successor,
    )
    # A certificate without holders named its own firm; that firm stays its holder.
    await fetch(
        """UPDATE quality_mark SET enterprise = $2, holder_kvk_numbers = CASE
             WHEN cardinality(holder_kvk_numbers) = 0 AND e.kvk_number IS NOT NULL
             THEN ARRAY[e.kvk_number::text] ELSE holder_kvk_numbers END
           FROM enterprise e WHERE e.id = $1 AND enterprise = $1""",
        merged,
        successor,
    )
    await fetch("UPDATE enterprise SET successor = $2 WHERE successor = $1", merged, successor)
    await fetch(
        "UPDATE profile_claim SET enterprise = $2 WHERE enterprise = $1 AND state = 'pending'",
        merged,
        successor,
    )


async def owned_by(organisation: UUID) -> UUID | None:
    """Give the published profile that an organisation keeps; the first, should it keep more."""
    sql = """
    SELECT id FROM enterprise WHERE owner = $1 AND state = 'published' ORDER BY created_at LIMIT 1
    """
    rows = await fetch(sql, organisation)
    return rows[0]["id"] if rows else None


async def drop_proposals(enterprise_id: UUID, values: tuple[object, ...]) -> None:
    """Refuse the changes that wait on a profile; values: decided at, by, reason."""
    sql = """
    UPDATE enterprise_revision SET state = 'refused', decided_at = $2, decided_by = $3, reason = $4
    WHERE enterprise = $1 AND state = 'pending'
    """
    await fetch(sql, enterprise_id, *values)


def _listed(row: Row) -> Listed:
    number = row["identifier"]
    identifier = None if number is None else (row["identifier_scheme"], number)
    names = ("id", "name", "kvk_number", "municipality", "postcode")
    return Listed(**{name: row[name] for name in names}, identifier=identifier)
