"""Telling systems of others what changed, in the form of Standard Webhooks."""
