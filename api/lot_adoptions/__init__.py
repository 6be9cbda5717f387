"""Adopting a lot plan: the guard against displacement, the decision, and its undoing."""
