"""Who may call the API: keys and scopes."""
