"""A whole course out, verified, certified, and back in."""
