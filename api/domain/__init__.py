"""The rules of the field: pure, synchronous, without I/O, clock or framework."""
