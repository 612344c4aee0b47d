"""A weather diary."""
