"""Keys for machines, made by people for their own organisation."""
