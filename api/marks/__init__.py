"""Quality marks of enterprises: claimed, verified, revoked; and shares that were verified."""
