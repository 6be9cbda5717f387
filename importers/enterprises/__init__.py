"""Lists of enterprises: CSV, XLSX, JSON lines."""
