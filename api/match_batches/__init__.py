"""All lots of a tender matched in one go, as a job."""
