"""Taking the directory along: files with the filters of a search, linked data, and the feed."""
