"""A course for a teacher about to delete it: what is here, against what should be, and whether that is all of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from exportmanager.core.course import CourseInfo, Role
from exportmanager.core.overview import CourseOverview
from exportmanager.core.report import Change, Gap, ImportReport
from exportmanager.ui.words import counted, day, moment, number, size, tr


@dataclass(frozen=True, slots=True)
class Fact:
    """How many of one thing are here, and a note; its colour never tells what the words do not."""

    title: str
    value: str
    note: str = ""
    colour: str = "muted"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether all of a course is here, with the icon and the colour that go with it."""

    icon: str
    colour: str
    text: str


def gaps_of(report: ImportReport | None, *, chosen: bool) -> tuple[Gap, ...]:
    """What the last import left out on purpose, or what is not here although nobody chose that."""
    return tuple(gap for gap in report.gaps if gap.chosen is chosen) if report else ()


def verdict_of(overview: CourseOverview) -> Verdict:
    """Whether anything is missing, as far as the last import can tell."""
    report = overview.report
    if report is None:
        return Verdict("info", "muted", tr("No import of this course is known, so nothing can be compared."))
    if count := len(gaps_of(report, chosen=False)):
        text = counted(
            count,
            "Not complete: the last import left 1 gap. It is listed below.",
            "Not complete: the last import left %Ln gaps. They are listed below.",
        )
        return Verdict("gap", "warning", text)
    if any(change.expected is not None for change in report.changes):
        return Verdict("done", "good", tr("Complete: everything that the source declares is here."))
    text = tr("No gaps are known. The source declares no numbers, so nothing could be compared.")
    return Verdict("info", "muted", text)


def facts_of(overview: CourseOverview) -> Iterator[Fact]:
    """What is in a course, each number against the one that its source declared."""
    students = [person for person in overview.students if person.student.role is Role.STUDENT]
    inactive = inactive_students(overview)
    activity = tr("{active} active, {inactive} inactive", active=number(len(students) - inactive),
                  inactive=number(inactive))  # fmt: skip
    yield _fact(overview, tr("Students"), len(students), "students", activity if students else "")
    yield _fact(overview, tr("Teachers"), len(overview.students) - len(students), "teachers")
    yield _fact(overview, tr("Assignments"), len(overview.assignments), "assignments")
    yield _fact(overview, tr("Workspaces"), overview.workspaces, "workspaces")
    yield Fact(tr("Files in workspaces"), number(overview.files), size(overview.bytes))
    yield _fact(overview, tr("Answers"), overview.answers, "answers")
    yield _fact(overview, tr("Access events"), overview.access_events, "access")
    yield _fact(overview, tr("Coach questions"), overview.coach_logs, "coach_logs")
    yield _fact(overview, tr("Blueprints"), overview.blueprints, "blueprints")


def inactive_students(overview: CourseOverview) -> int:
    """How many students are inactive."""
    people = overview.students
    return sum(person.student.role is Role.STUDENT and person.inactive_days is not None for person in people)


def _fact(overview: CourseOverview, title: str, here: int, thing: str, note: str = "") -> Fact:
    change = overview.report.of(thing) if overview.report else Change(thing=thing)
    said = [part for part in (_declared(change), note, _kept(change)) if part]
    is_off = change.expected is not None and change.read != change.expected
    return Fact(title, number(here), "; ".join(said), "warning" if is_off else "muted")


def _declared(change: Change) -> str:
    if change.expected is None:
        return ""
    if change.read == change.expected:
        return tr("as many as declared")
    read, expected = number(change.read), number(change.expected)
    if change.read < change.expected:
        return tr("{read} of {expected} declared", read=read, expected=expected)
    return tr("{read} came, {expected} declared", read=read, expected=expected)


def _kept(change: Change) -> str:
    return tr("{number} from earlier imports", number=number(change.kept)) if change.kept else ""


def about(overview: CourseOverview, source: str) -> Iterator[tuple[str, str]]:
    """What a course says of itself, and where it came from: pairs of a name and a text. `source` is a title."""
    info = overview.info
    yield tr("Code"), info.code
    yield tr("Term"), info.term
    yield tr("Period"), _period(info)
    yield tr("Time zone"), info.time_zone
    yield tr("Data taken on"), day(info.taken_on)
    if overview.imported_at:
        came = tr("{moment}, from: {source}", moment=moment(overview.imported_at), source=source)
        yield tr("Taken in"), came if source else moment(overview.imported_at)
    yield tr("LMS"), tr("Connected by LTI") if info.lti_enabled else tr("Not connected by LTI")
    yield tr("Made from"), _parent(info)
    yield tr("Other courses"), _family(info)


def _period(info: CourseInfo) -> str:
    if info.starts_on and info.ends_on:
        return tr("{first} to {last}", first=day(info.starts_on), last=day(info.ends_on))
    if info.starts_on:
        return tr("from {first}", first=day(info.starts_on))
    return tr("until {last}", last=day(info.ends_on)) if info.ends_on else ""


def _parent(info: CourseInfo) -> str:
    if info.child_of is None:
        return ""
    title = info.child_of.title
    return tr("{course}, a licensed master", course=title) if info.child_of.licensed_master else title


def _family(info: CourseInfo) -> str:
    said = [tr("this one is a licensed master")] if info.licensed_master else []
    if info.has_children:
        said.append(tr("others were made from it"))
    return "; ".join(said)
