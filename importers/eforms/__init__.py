"""eForms notices (UBL 2.3 XML)."""
