"""Fulfilments (invulling) of an obligation: planned, booked, confirmed, verified."""
