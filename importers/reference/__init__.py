"""Reference data: CPV, NUTS, municipalities and postcodes."""
