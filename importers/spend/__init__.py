"""Purchases of a buyer, from the tables that financial systems export."""
