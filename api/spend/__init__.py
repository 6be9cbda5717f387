"""Purchase analysis: what a buyer spent with social enterprises, and where it could have."""
