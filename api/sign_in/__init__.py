"""Signing in with e-mail address, password and, where wanted, a second factor."""
