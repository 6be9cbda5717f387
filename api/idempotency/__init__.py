"""Answers that were given under an Idempotency-Key, kept for a day."""
