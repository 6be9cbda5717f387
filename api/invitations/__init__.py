"""The funnel: who was invited for a lot, in which wave, and what each enterprise answered."""
