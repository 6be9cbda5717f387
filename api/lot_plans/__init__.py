"""Lot plans: ways to divide a tender, what they change, and which one is adopted."""
