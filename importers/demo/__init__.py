"""Fictitious directory and notices for a first look."""
