"""Lists of fulfilments, and purchase invoices in UBL."""
