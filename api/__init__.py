"""The application: rules, use cases, tables and HTTP."""
