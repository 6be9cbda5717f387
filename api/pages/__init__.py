"""Pages for people: templates around the services of the slices; they decide nothing (ADR 39)."""
