"""Rules about profiles: marks, definitions of a social enterprise, completeness, duplicates."""
