"""Measurements against other programs, as ratios: `python3 dev.py bench`."""
