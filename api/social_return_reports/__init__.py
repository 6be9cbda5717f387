"""Yearly reports of an authority on social return."""
