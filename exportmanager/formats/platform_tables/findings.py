"""What could not be read of a table, told with line and column, without end where a whole column is not readable."""

from __future__ import annotations

from exportmanager.formats.untrusted import printable

_LISTED = 20
_SHOWN = 40


class CellFindings:
    """Collects what could not be read: the first 20, and how many there are."""

    def __init__(self) -> None:
        self.number = 0
        self._listed: list[str] = []

    def note(self, line: int, column: str, text: str, why: str) -> None:
        """Note a cell, and `why`: what it is not, or what became of its row."""
        self.number += 1
        if len(self._listed) < _LISTED:
            self._listed.append(f"Line {line}, {printable(column, _SHOWN)}: “{printable(text, _SHOWN)}” {why}.")

    @property
    def sentences(self) -> list[str]:
        """Each of the first 20 in a sentence, and one for the rest."""
        more = self.number - len(self._listed)
        return [*self._listed, *([f"{more:,} more cells could not be read."] if more else [])]
