"""Telling people by e-mail what waits for them: one digest a working day at most."""
