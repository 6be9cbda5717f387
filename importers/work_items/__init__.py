"""Work items out of a spreadsheet."""
