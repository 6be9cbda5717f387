"""Ledgers of obligations: append-only, chained by hash, replayed."""
