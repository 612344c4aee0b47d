"""What is missing after pieces came in: against the roster, against work that was begun, and of what was given."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from exportmanager.core.arrivals import About, State
from exportmanager.core.course import AssignmentId, StudentId
from exportmanager.core.export import counted
from exportmanager.core.report import Gap
from exportmanager.core.source import KnownCourse
from exportmanager.sources.arriving.people import Entry
from exportmanager.sources.arriving.pieces import Piece
from exportmanager.sources.arriving.plan import Matched

_Pair = tuple[AssignmentId, StudentId]
_INACTIVE = "the platform leaves out who was inactive for more than 90 days"


def missing(
    pieces: Sequence[Piece],
    matched: Matched,
    known: KnownCourse | None,
    *,
    begun: Collection[_Pair],
    told: Collection[StudentId],
    not_taken: Mapping[str, int],
    workspaces: Collection[_Pair],
    projects: Collection[AssignmentId],
) -> Iterator[Gap]:
    """Everything that is known to be missing. Pairs are of an assignment and a student; the library's count too.

    `told` are those of whom a table told any result, `not_taken` counts rows by their table's name.
    """
    yield from given(pieces)
    yield from not_settled(matched)
    for name, rows in not_taken.items():
        why = "they are about nobody, or about a student or assignment that did not come in"
        yield Gap(what=counted(rows, "row"), who=name, why=why)
    files = {*workspaces, *(known.workspaces if known else ())}
    started = {*begun, *(known.begun if known else ())}
    yield from _people(matched, known)
    if files:
        yield from _workspaces(matched, started, files)
        yield from _absent(matched, {student for _, student in (*started, *files)} | {*told, *_told(known)})
    if projects:
        yield from _projects(matched, known, projects)
    yield from _still_missing(known, workspaces)


def given(pieces: Sequence[Piece]) -> Iterator[Gap]:
    """What was given and is not taken in, whole or in part."""
    for piece in pieces:
        if piece.problem:
            yield Gap(what=piece.name, why=piece.problem)
        for finding in piece.findings:
            yield Gap(what=piece.name, why=finding)


def not_settled(matched: Matched) -> Iterator[Gap]:
    """Who and what was left out by hand, or is still open."""
    what = {About.STUDENT: "student", About.ASSIGNMENT: "assignment", About.LAYOUT: "files"}
    for link in matched.links.values():
        if link.state is State.LEFT_OUT:
            yield Gap(what=what[link.about], who=link.label, why="it was left out by hand", chosen=True)
        elif link.state is State.OPEN:
            why = f"{link.why}; what it means was not settled, and it did not come in"
            yield Gap(what=what[link.about], who=link.label, why=why)


def _people(matched: Matched, known: KnownCourse | None) -> Iterator[Gap]:
    """People whom only answers, events or folders name, where there is a roster."""
    entries = matched.people.entries
    if not any(entry.on_roster or (entry.student and entry.student.on_roster) for entry in entries):
        return
    for entry in entries:
        if entry.student is None and not entry.on_roster and not entry.is_teacher:
            why = "no list of students names this person; kept, and marked as not on the roster"
            yield Gap(what="roster entry", who=f"{entry.name} ({entry.id})", why=why)


def _place(matched: Matched, assignment: AssignmentId, entry: Entry) -> str:
    titled = matched.titles.of_id(assignment)
    return f"{entry.name} ({entry.id}), {titled.title if titled else assignment}"


def _workspaces(matched: Matched, started: set[_Pair], files: set[_Pair]) -> Iterator[Gap]:
    """Work that was begun and of which there are no files."""
    order = {titled.id: number for number, titled in enumerate(matched.titles.entries)}
    people = {entry.id: entry for entry in matched.people.entries}
    for assignment, student in sorted(started - files, key=lambda pair: (order.get(pair[0], 0), pair[1])):
        entry = people.get(student)
        if entry is None or entry.is_teacher:
            continue
        yield Gap(
            what="workspace",
            who=_place(matched, assignment, entry),
            why="it was begun, but there are no files of it in what came in",
            student_id=student,
            assignment_id=assignment,
        )


def _told(known: KnownCourse | None) -> Collection[StudentId]:
    return known.told if known else ()


def _absent(matched: Matched, seen: set[StudentId]) -> Iterator[Gap]:
    """Students of whom there is nothing at all, so that nobody can say whether they began anything."""
    for entry in matched.people.entries:
        is_enrolled = entry.on_roster or (entry.student is not None and entry.student.on_roster)
        if is_enrolled and not entry.is_teacher and entry.id not in seen:
            why = f"there are no files and no answers of this student; {_INACTIVE}"
            yield Gap(what="student's work", who=f"{entry.name} ({entry.id})", why=why, student_id=entry.id)


def _projects(matched: Matched, known: KnownCourse | None, projects: Collection[AssignmentId]) -> Iterator[Gap]:
    have = {*projects, *(known.published if known else ())}
    for titled in matched.titles.entries:
        if titled.id not in have:
            why = "the course sources that came in do not hold it"
            yield Gap(what="published project", who=titled.title, why=why, assignment_id=titled.id)


def _still_missing(known: KnownCourse | None, workspaces: Collection[_Pair]) -> Iterator[Gap]:
    """What an earlier import could not read, and did not come now either."""
    for gap in known.gaps if known else ():
        pair = (AssignmentId(gap.assignment_id), StudentId(gap.student_id))
        was_unreadable = gap.what == "workspace" and "it was begun, but" not in gap.why
        if gap.student_id and gap.assignment_id and was_unreadable and pair not in workspaces:
            yield gap
