"""Whom a buyer leaves out of a tender, with the reason on record."""
