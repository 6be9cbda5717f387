"""Art. 77 of Directive 2014/24: who got an award under it, and whose mission is established."""
