"""Social-return obligations: what is owed, by which rules."""
