"""Changes that the index has yet to follow."""
