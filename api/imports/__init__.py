"""Imports: lists of enterprises, taken in as jobs (ADR 21)."""
