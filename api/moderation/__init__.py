"""Who keeps a profile, what waits for approval, which profiles are one: decided by people."""
