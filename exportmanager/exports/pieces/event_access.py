"""The table of access data: the documented columns, and rows put together from parts that come again and again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from exportmanager.core.course import Course, Role, StudentId
from exportmanager.core.events import AccessLine, AccessType, Wanted, told_in
from exportmanager.core.report import Gap
from exportmanager.core.retention import zone_of
from exportmanager.exports.pieces.event_choice import Chosen, Titles
from exportmanager.exports.pieces.event_table import header_of, more_cells, privacy_notes_of
from exportmanager.exports.pieces.names import Names
from exportmanager.exports.pieces.sheets import at
from exportmanager.formats.csv import END, Cell, CsvWriter, text_of

COLUMNS = (
    "Username", "Users registered email address", "First name", "Last name", "Date/time when user logged in",
    "Access type", "Assignment name", "Role in course", "Project path", "IP address",
)  # fmt: skip
_REPLACED = (*COLUMNS[:4], *COLUMNS[8:])

_TYPES: Mapping[str, str] = {
    AccessType.LOG_IN: "Log In",
    AccessType.LOG_OUT: "Log Out",
    AccessType.PROJECT_OPEN: "Project Open",
    AccessType.PROJECT_CLOSE: "Project Close",
}
_ROLES = {Role.STUDENT: "Student", Role.TEACHER: "Teacher"}
_SPELT = {role.value: name for role, name in _ROLES.items()}
_WHOLE = ".000000"
_REMEMBERED = 1 << 16


class AccessTable:
    """Implements `EventTable`. Roles that no event tells are those of the list of people."""

    things = "access events"

    def __init__(self, course: Course, chosen: Chosen, names: Names) -> None:
        self._course = course
        self._names = names
        self._titles = Titles(course)
        self._roles = {student.id: _ROLES[student.role] for student in course.students()}
        self._zone = zone_of(course.info)
        self._of_source = course.access_columns(chosen.wanted)
        self._more = () if names.is_pseudonymous else self._of_source
        self.chosen = chosen
        self.header = header_of(COLUMNS, self._more)

    def rows(self, wanted: Wanted) -> Iterator[AccessLine]:
        """The events, by time."""
        return self._course.access_rows(wanted)

    def cells(self, row: AccessLine) -> list[Cell]:
        """A cell for each column."""
        moment, who, what = row
        known, start, end = _around(moment, self._zone)
        time = f"{start}{moment.removeprefix(known).removesuffix(_WHOLE)}{end}"
        return [*self._person(who), time, *self._told(what, self._roles[who])]

    def _person(self, who: StudentId) -> list[Cell]:
        called = self._names.of(who)
        return [called.username, called.email, called.first_name, called.last_name]

    def _told(self, what: str, usual_role: str) -> list[Cell]:
        kind, assignment, role, path, ip, extra = told_in(what)
        return [
            _TYPES[kind], self._titles.of(assignment), _SPELT.get(role.lower(), role) or usual_role,
            self._names.path(path), self._names.ip(ip), *more_cells(extra, self._more),
        ]  # fmt: skip

    def writing(self, writer: CsvWriter) -> Callable[[Iterable[AccessLine]], None]:
        """What writes rows, a million in seconds: whoever it was, and whatever it was, is made into text once."""
        of_role = {role: _Told(role, self._told, writer) for role in _ROLES.values()}
        between, zone = writer.delimiter, self._zone
        people = {
            who: (f"{writer.joined(self._person(who))}{between}", of_role[role]) for who, role in self._roles.items()
        }

        def lines(rows: Iterable[AccessLine]) -> Iterator[str]:
            known = start = end = "?"
            for moment, who, what in rows:
                if not moment.startswith(known):
                    known, start, end = _around(moment, zone)
                    cut = len(known)
                person, told = people[who]
                yield f"{person}{start}{moment[cut:].removesuffix(_WHOLE)}{end}{told[what]}"

        return lambda rows: writer.lines("".join(lines(rows)))

    def gaps(self) -> Sequence[Gap]:
        """Assignments that the course does not have."""
        return self._titles.gaps(self.chosen.wanted, self._course.access_span)

    def privacy_notes(self) -> Sequence[str]:
        """Which columns were replaced."""
        return privacy_notes_of(self._names, _REPLACED, (), self._of_source)


class _Told(dict[str, str]):
    """The ends of lines, by the text in an `AccessLine` of what people of a role did; the last 65,536 at most."""

    def __init__(self, role: str, cells: Callable[[str, str], list[Cell]], writer: CsvWriter) -> None:
        super().__init__()
        self._role, self._cells, self._writer = role, cells, writer

    def __missing__(self, what: str) -> str:
        if len(self) >= _REMEMBERED:
            self.clear()
        writer = self._writer
        text = self[what] = f"{writer.delimiter}{writer.joined(self._cells(what, self._role))}{END}"
        return text


def _around(moment: str, zone: ZoneInfo) -> tuple[str, str, str]:
    """The beginning of a time in UTC, for all times with that beginning the same in `zone`, and what ends those.

    It is the hour, or the minute where the zone changes in that hour, or is no whole hours away. The times of a million
    events are so made of a few thousand hours.
    """
    hour, minute = moment[:13], moment[:16]
    first, last = _local(f"{hour}:00", zone), _local(f"{hour}:59", zone)
    if (first[14:16], last[14:16]) == ("00", "59") and first[19:] == last[19:]:
        return hour, first[:13], first[19:]
    there = _local(minute, zone)
    return minute, there[:16], there[19:]


def _local(minute: str, zone: ZoneInfo) -> str:
    """A minute of UTC (``2026-03-02 14:05``) in `zone`, as ISO 8601."""
    moment = datetime.fromisoformat(f"{minute}+00:00")
    away = (at(moment, zone) or moment).utcoffset() or timedelta()
    whole = timedelta(minutes=away // timedelta(minutes=1))  # zones of long ago had seconds, ISO 8601 has none
    return text_of(moment.astimezone(timezone(whole)))
