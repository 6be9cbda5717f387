"""Keeping who was chosen and found, with reasons: shortlists, saved searches and their locks."""
