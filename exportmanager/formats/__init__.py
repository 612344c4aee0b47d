"""Bytes to values and back: zips, archives, CSV, JSON; no course policy, no database."""
