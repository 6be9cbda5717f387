"""One linear, forward-only history of the database (ADR 10)."""
