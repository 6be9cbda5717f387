"""Rules of procurement: codes, places, lots and legal regimes."""
