"""Imports of entries: lists of fulfilments, and purchase invoices."""
