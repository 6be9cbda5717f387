"""What people may ask about their own data, who saw an address, and what is not kept."""
