"""Rule books of social return, one YAML file each."""
