"""OCDS releases and packages (JSON)."""
