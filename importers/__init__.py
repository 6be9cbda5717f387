"""The outermost ring: sources read into the API's services, and the composed application."""
