"""Shows what happened: logins and opened projects day by day, and conversations with the coach."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from exportmanager.archive.course import ArchivedCourse
from exportmanager.archive.reader.markup import counted, label, moment, text, told, written
from exportmanager.archive.reader.people import Everybody
from exportmanager.archive.reader.pieces import Pieces
from exportmanager.core.course import AssignmentId, StudentId
from exportmanager.core.events import AccessType, CoachLog, Wanted, told_in
from exportmanager.core.meter import Meter
from exportmanager.core.retention import zone_of

_DID: Mapping[str, tuple[str, str]] = {
    AccessType.LOG_IN: ("Logged in", "login"),
    AccessType.LOG_OUT: ("Logged out", "logout"),
    AccessType.PROJECT_OPEN: ("Opened a project", "project opened"),
    AccessType.PROJECT_CLOSE: ("Closed a project", "project closed"),
}
"""What somebody did, and how it is counted."""
_REMEMBERED = 1 << 16


@dataclass(slots=True)
class _Day:
    """What somebody did on a day, so far."""

    day: str
    first: str
    last: str = ""
    lines: list[str] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)

    def html(self) -> str:
        """The day in a sentence, with all of it behind that."""
        kinds = "".join(f" · {_counted(self.kinds[kind], kind)}" for kind in sorted(self.kinds, key=_place))
        span = self.first if self.first == self.last else f"{self.first} to {self.last}"
        return (
            f'<details class="day"><summary><time>{self.day}</time> · {span}{kinds}</summary>'
            f"<ul>{''.join(self.lines)}</ul></details>\n"
        )


def _place(kind: str) -> int:
    return list(_DID).index(kind) if kind in _DID else len(_DID)


def _counted(number: int, kind: str) -> str:
    noun, _, rest = _DID[kind][1].partition(" ") if kind in _DID else (kind, "", "")
    return f"{counted(number, text(noun))} {rest}".rstrip()


class Access:
    """Takes events by time, a million of them if need be, and gives each person's days to `pieces`."""

    def __init__(self, people: Everybody, zone: ZoneInfo, pieces: Pieces) -> None:
        self._people, self._zone, self._pieces = people, zone, pieces
        self._days: dict[StudentId, _Day] = {}
        self._told: dict[str, tuple[str, str]] = {}

    def take(self, course: ArchivedCourse, meter: Meter) -> None:
        """Take all events of those who have a page."""
        known = local = ""
        for at, who, what in course.access_rows(Wanted()):
            meter.advance(0)
            if who not in self._people.people:
                continue
            if at[:16] != known:
                known, local = at[:16], _local(at[:16], self._zone)
            self._add(who, local, at[17:19], self._what(what))
        for who, day in self._days.items():
            self._pieces.add(who, day.html())

    def _add(self, who: StudentId, minute: str, second: str, told: tuple[str, str]) -> None:
        day, time = minute[:10], minute[11:]
        now = self._days.get(who)
        if now is None or now.day != day:
            if now:
                self._pieces.add(who, now.html())
            now = self._days[who] = _Day(day, time)
        now.last = time
        now.kinds[told[0]] += 1
        now.lines.append(f"<li><time>{time}:{second}</time> {told[1]}</li>")

    def _what(self, what: str) -> tuple[str, str]:
        found = self._told.get(what)
        if found is None:
            if len(self._told) >= _REMEMBERED:
                self._told.clear()
            found = self._told[what] = self._drawn(what)
        return found

    def _drawn(self, what: str) -> tuple[str, str]:
        """The kind of an event, and the event as HTML but for its time."""
        kind, assignment, _, path, ip, extra = told_in(what)
        did = _DID[kind][0] if kind in _DID else text(kind)
        title = title_of(self._people, assignment)
        more = "".join(f" <small>{text(name)}: {text(value)}</small>" for name, value in extra.items())
        place = f" <code>{label(path)}</code>" if path else ""
        return kind, f"{did}{': ' if title else ''}{title}{place}{f' <small>{label(ip)}</small>' if ip else ''}{more}"


def _local(minute: str, zone: ZoneInfo) -> str:
    """A minute of UTC (``2026-03-02 14:05``) in `zone`."""
    return moment(datetime.fromisoformat(f"{minute}+00:00"), zone)


def title_of(people: Everybody, assignment: AssignmentId | None) -> str:
    """What an assignment is called, as HTML; its id where the course does not have it, "" for none."""
    if assignment is None:
        return ""
    known = people.titles.get(assignment)
    return label(known.assignment.title if known else assignment)


def coach(course: ArchivedCourse, people: Everybody, pieces: Pieces, meter: Meter) -> None:
    """Give each person's conversations with the coach to `pieces`, by time."""
    zone = zone_of(course.info)
    for log in course.coach_logs(Wanted()):
        meter.advance(0)
        if log.user_id in people.people:
            pieces.add(log.user_id, _talk(log, title_of(people, log.assignment_id), zone))


def _talk(log: CoachLog, title: str, zone: ZoneInfo) -> str:
    about = " · ".join(filter(None, (moment(log.at, zone), title, label(log.assessment_id or ""))))
    given = (("Guide", log.context_guides), ("Error message", log.context_error), ("Files", log.context_files))
    shown = "".join(f"<h4>{name}</h4>{written(value)}" for name, value in given if value)
    context = f"<details><summary>What the coach was given</summary>{shown}</details>" if shown else ""
    return (
        f'<section class="talk"><h3>{about}</h3>\n<p>Asked:</p>{told(log.question)}{context}'
        f"<p>The coach:</p>{told(log.response)}</section>\n"
    )
