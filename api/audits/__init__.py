"""The audit trail, read by the organisation that it is about."""
