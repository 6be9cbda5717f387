"""The yearly TenderNed dataset: one row per lot."""
