"""Who was shown how often in match runs: a check on fairness."""
