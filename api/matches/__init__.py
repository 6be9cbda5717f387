"""Match runs: who was found for a lot, who was not, and why."""
