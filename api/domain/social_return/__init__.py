"""Rules of social return: rule books, valuation, ledger and plan."""
