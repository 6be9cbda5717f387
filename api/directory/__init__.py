"""Finding enterprises in the directory by words, codes, places and marks."""
