"""Matches for several firms or several lots at once: joint bids, allocations, opportunities."""
