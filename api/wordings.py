"""What stands in paths, and how operations end, in plain words for the OpenAPI document."""

from collections.abc import Mapping
from typing import Final

PLACES: Final[Mapping[str, str]] = {
    "award_id": "Id of an award in the register of art. 77.",
    "batch_id": "Id of a job that matches all lots of a tender.",
    "claim_id": "Id of a fulfilment, or of the claim on a profile.",
    "delivery_id": "Id of a message to a webhook.",
    "enterprise_id": "Id of an enterprise in the directory.",
    "file_id": "Id of an uploaded list of purchases.",
    "import_id": "Id of an import of enterprises.",
    "invitation_id": "Id of an invitation.",
    "item_id": "Id of a work item of a draft.",
    "key_id": "Id of an API key; not the key itself.",
    "lock_id": "Id of a frozen result of a saved search.",
    "lot_id": "Id of a lot of a tender.",
    "mark_id": "Id of a quality mark of an enterprise.",
    "name": "Which picture: one of those that the plan names.",
    "obligation_id": "Id of a social-return obligation.",
    "offering_id": "Id of an offering of an enterprise.",
    "organisation_id": "Id of an organisation that takes part.",
    "person_id": "Id of somebody who signs in.",
    "plan_id": "Id of a plan.",
    "refusal_id": "Id of the decision that two profiles are two firms.",
    "reservation_id": "Id of a reservation of capacity.",
    "review_id": "Id of a proposed change that waits for a moderator.",
    "run_id": "Id of a run.",
    "search_id": "Id of a saved search.",
    "shortlist_id": "Id of a shortlist.",
    "supplier_id": "Id of somebody who was paid, as the lists of purchases name them.",
    "table": "Which table of the report the picture is of.",
    "tender_id": "Id of a tender, or of a draft of one.",
    "token": "The token of the link in a mail.",
    "version_id": "Id of one version of a rule book.",
    "webhook_id": "Id of a webhook.",
    "year": "A calendar year, in four digits.",
}
"""By name of the parameter; a new one is put here, or the document is not made."""
ANSWERS: Final[Mapping[str, str]] = {
    "200": "Done; the answer is in the body.",
    "201": "Made; what was made is in the body.",
    "202": "Taken on; it goes on after this answer.",
    "204": "Done; there is no body.",
}
