"""Rules that join a lot to enterprises: facts, eligibility, score."""
