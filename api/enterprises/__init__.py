"""The directory: enterprises with their offerings, marks and search."""
