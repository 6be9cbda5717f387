"""Plans that close what remains of an obligation."""
