"""What CSV files are written for: a word that options, settings and the writer of CSV share."""

from typing import Literal

Preset = Literal["spreadsheets", "programs"]
Separator = Literal["comma", "semicolon", "tab"]
"""What stands between cells in CSV for spreadsheets; for programs it is always a comma."""
