"""How an enterprise can be reached: told on asking, and every telling is kept."""
