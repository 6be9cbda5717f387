"""Rule books of social return: kept in versions, published by a second person."""
