"""What an enterprise can find: lots that fit it, obligations that buying from it fulfils."""
