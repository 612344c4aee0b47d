"""The window: it shows and asks; every rule is in the core."""
