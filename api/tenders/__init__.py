"""Tenders and their lots."""
