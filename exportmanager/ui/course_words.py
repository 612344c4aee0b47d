"""What stands in a course, in the teacher's words: states, roles, times, who is inactive since when."""

from __future__ import annotations

from datetime import date

from exportmanager.core.course import AssignmentKind, Role, State, Student
from exportmanager.core.events import AccessType
from exportmanager.core.report import Gap
from exportmanager.ui.words import counted, day, number, tr

_KINDS = {AssignmentKind.PROJECT: "Project", AssignmentKind.BOOK: "Book"}
_ROLES = {Role.STUDENT: "Student", Role.TEACHER: "Teacher"}
_STATES = {State.NOT_STARTED: "Not started", State.STARTED: "Started", State.COMPLETED: "Completed"}
_ACCESS = {
    AccessType.LOG_IN: "Logged in",
    AccessType.LOG_OUT: "Logged out",
    AccessType.PROJECT_OPEN: "Opened a project",
    AccessType.PROJECT_CLOSE: "Closed a project",
}


def kind_of(kind: AssignmentKind) -> str:
    """A kind of assignment."""
    return tr(_KINDS[kind])


def role_of(role: Role) -> str:
    """What somebody is in the course."""
    return tr(_ROLES[role])


def progress_of(state: State) -> str:
    """How far somebody is with an assignment."""
    return tr(_STATES[state])


def access_of(kind: AccessType) -> str:
    """What an access event says."""
    return tr(_ACCESS[kind])


def correctness(correct: bool | None) -> str:
    """Whether an answer is right; "" where nobody judged it."""
    return "" if correct is None else tr("Correct") if correct else tr("Wrong")


def activity(student: Student, inactive_days: int | None, last_active_on: date | None) -> str:
    """Whether somebody is active; since when not, and whether the roster knows of them."""
    said = []
    if inactive_days is not None:
        days = counted(inactive_days, "1 day", "%Ln days")
        said.append(tr("Inactive since {day} ({days})", day=day(last_active_on), days=days))
    elif last_active_on is not None:
        said.append(tr("Active"))
    if not student.on_roster:
        said.append(tr("Not on the roster"))
    return ", ".join(said) or tr("No activity known")


def percent(value: float | None) -> str:
    """A grade: "64.4 %"; "" for None."""
    if value is None:
        return ""
    rounded = round(value, 1)
    return tr("{number} %", number=number(rounded, 0 if rounded.is_integer() else 1))


def points(value: float | None) -> str:
    """Points, with as many decimals as they need, at most two; "" for None."""
    if value is None:
        return ""
    decimals = next(n for n in range(3) if n == 2 or round(value, 2) == round(value, n))
    return number(float(value), decimals)


def duration(seconds: int | None) -> str:
    """A time that was spent: "2 h 48 min"; "" for None."""
    if seconds is None:
        return ""
    hours, minutes = divmod(round(seconds / 60), 60)
    if hours:
        return tr("{hours} h {minutes} min", hours=number(hours), minutes=number(minutes))
    if seconds >= 60:
        return tr("{minutes} min", minutes=number(minutes))
    return tr("{seconds} s", seconds=number(seconds))


def gap_words(gap: Gap) -> str:
    """A gap in one line: what, of whom, and why."""
    what = tr("{what} of {who}", what=tr(gap.what), who=gap.who) if gap.who else tr(gap.what)
    return tr("{what}: {why}", what=what, why=tr(gap.why))


def in_sentence(title: str) -> str:
    """The title of a kind of export within a sentence: "coursework data"; an abbreviation stays as it is."""
    return tr(title if title[1:2].isupper() else title[:1].lower() + title[1:])
