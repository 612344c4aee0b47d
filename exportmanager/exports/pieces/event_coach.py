"""The table of coach logs: the documented columns, and those of the source's own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from exportmanager.core.course import Course
from exportmanager.core.events import CoachLog, Wanted
from exportmanager.core.report import Gap
from exportmanager.core.retention import zone_of
from exportmanager.exports.pieces.event_choice import Chosen, Titles
from exportmanager.exports.pieces.event_table import header_of, more_cells, privacy_notes_of
from exportmanager.exports.pieces.names import Names
from exportmanager.exports.pieces.sheets import at
from exportmanager.formats.csv import Cell, CsvWriter

COLUMNS = (
    "Assignment_name", "Assessment_id", "User_email", "User_id", "Time", "Question", "Context_guides",
    "Context_error", "Context_files", "Response",
)  # fmt: skip
_REPLACED, _FREE = COLUMNS[2:4], COLUMNS[5:]


class CoachTable:
    """Implements `EventTable`."""

    things = "coach logs"

    def __init__(self, course: Course, chosen: Chosen, names: Names) -> None:
        self._course = course
        self._names = names
        self._titles = Titles(course)
        self._zone = zone_of(course.info)
        self._of_source = course.coach_columns(chosen.wanted)
        self._more = () if names.is_pseudonymous else self._of_source
        self.chosen = chosen
        self.header = header_of(COLUMNS, self._more)

    def rows(self, wanted: Wanted) -> Iterator[CoachLog]:
        """The questions, by time."""
        return self._course.coach_logs(wanted)

    def cells(self, row: CoachLog) -> list[Cell]:
        """A cell for each column."""
        called = self._names.of(row.user_id)
        return [
            self._titles.of(row.assignment_id), row.assessment_id, called.email, called.id, at(row.at, self._zone),
            row.question, row.context_guides, row.context_error, row.context_files, row.response,
            *more_cells(row.extra, self._more),
        ]  # fmt: skip

    def writing(self, writer: CsvWriter) -> Callable[[Iterable[CoachLog]], None]:
        """What writes rows."""

        def write(rows: Iterable[CoachLog]) -> None:
            for row in rows:
                writer.row(self.cells(row))

        return write

    def gaps(self) -> Sequence[Gap]:
        """Assignments that the course does not have."""
        return self._titles.gaps(self.chosen.wanted, self._course.coach_span)

    def privacy_notes(self) -> Sequence[str]:
        """Which columns were replaced, and which hold what people wrote."""
        return privacy_notes_of(self._names, _REPLACED, _FREE, self._of_source)
