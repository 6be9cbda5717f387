"""How much a caller may ask, counted in the database for all replicas together."""
