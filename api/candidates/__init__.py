"""Who may do a lot: rows of the directory as the facts that rules compare."""
