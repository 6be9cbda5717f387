"""The longlist document of a match run: what an officer puts in the file."""
