"""What CSV files are written for: a word that options, settings and the writer of CSV share."""

from typing import Literal

Preset = Literal["spreadsheets", "programs"]
