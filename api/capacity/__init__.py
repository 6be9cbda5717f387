"""Reservations of capacity: two plans never count the same hands."""
