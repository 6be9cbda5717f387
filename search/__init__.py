"""The only door to Meilisearch."""
