"""What is missing after pieces came in: against the roster, against work that was begun, and of what was given."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from exportmanager.core.arrivals import About, State
from exportmanager.core.course import AssignmentId, StudentId
from exportmanager.core.export import counted
from exportmanager.core.report import Gap
from exportmanager.core.source import KnownCourse
from exportmanager.sources.arriving.matched import Matched
from exportmanager.sources.arriving.people import Entry
from exportmanager.sources.arriving.pieces import FilesPiece, Piece, left_over_words
from exportmanager.sources.arriving.words import same

_Pair = tuple[AssignmentId, StudentId]
_INACTIVE = "the platform leaves out who was inactive for more than 90 days"
_BEGUN = "it was begun, but there are no files of it in what came in"
_ROSTER, _WORK, _PROJECT = "roster entry", "student's work", "published project"
_WHAT = {About.STUDENT: "student", About.ASSIGNMENT: "assignment", About.LAYOUT: "files"}


@dataclass(frozen=True, kw_only=True)
class Came:
    """What came in now. Pairs are of an assignment and a student; of whom a table told any result is `told`.

    `places` are what gaps call the workspaces and projects that came. `not_taken` counts rows, by their table's name
    and whether they were left out by hand.
    """

    begun: Collection[_Pair]
    told: Collection[StudentId]
    not_taken: Mapping[tuple[str, bool], int]
    workspaces: Collection[_Pair]
    projects: Collection[AssignmentId]
    places: Collection[str]


def missing(pieces: Sequence[Piece], matched: Matched, known: KnownCourse | None, came: Came) -> Iterator[Gap]:
    """Everything that is known to be missing, also since earlier imports."""
    yield from given(pieces)
    yield from _left_over(pieces, matched)
    yield from not_settled(matched)
    for (name, is_chosen), rows in came.not_taken.items():
        why = "they are about somebody or something that was left out by hand"
        if not is_chosen:
            why = "they say no time, or are about nobody, or about somebody or something that was not settled"
        yield Gap(what=counted(rows, "row"), who=name, why=why, chosen=is_chosen)
    files = {*came.workspaces, *(known.workspaces if known else ())}
    started = {*came.begun, *(known.begun if known else ())}
    yield from _people(matched)
    if files:
        yield from _workspaces(matched, started, files)
        told = {*came.told, *(known.told if known else ())}
        yield from _absent(matched, {student for _, student in (*started, *files)} | told)
    yield from _projects(matched, {*came.projects, *(known.published if known else ())})
    yield from _still_missing(pieces, matched, known, came)


def given(pieces: Sequence[Piece]) -> Iterator[Gap]:
    """What was given and is not taken in, whole or in part."""
    for piece in pieces:
        if piece.problem:
            yield Gap(what=piece.name, why=piece.problem)
        for finding in piece.findings:
            yield Gap(what=piece.name, why=finding)


def _left_over(pieces: Sequence[Piece], matched: Matched) -> Iterator[Gap]:
    """Files in an archive that lie in no workspace of it."""
    for piece in pieces:
        if isinstance(piece, FilesPiece):
            shape, layout = matched.layouts[id(piece)]
            for sentence in left_over_words(shape.left_over) if layout else ():
                yield Gap(what=piece.name, why=sentence)


def not_settled(matched: Matched) -> Iterator[Gap]:
    """Who and what was left out by hand, or is still open."""
    for link in matched.links.values():
        if link.state is State.LEFT_OUT:
            yield Gap(what=_WHAT[link.about], who=link.label, why="it was left out by hand", chosen=True)
        elif link.state is State.OPEN:
            why = f"{link.why}; what it means was not settled, and it did not come in"
            yield Gap(what=_WHAT[link.about], who=link.label, why=why)


def _people(matched: Matched) -> Iterator[Gap]:
    """People whom only answers, events or folders name, where there is a roster."""
    is_roster = any(map(_is_enrolled, matched.entries))
    for entry in matched.entries if is_roster else ():
        if not _is_enrolled(entry) and not entry.is_teacher:
            why = "no list of students names this person; kept, and marked as not on the roster"
            yield Gap(what=_ROSTER, who=_name(entry), why=why)


def _is_enrolled(entry: Entry) -> bool:
    return entry.on_roster or (entry.student is not None and entry.student.on_roster)


def _workspaces(matched: Matched, started: set[_Pair], files: set[_Pair]) -> Iterator[Gap]:
    """Work that was begun and of which there are no files."""
    titles = {titled.id: (number, titled.title) for number, titled in enumerate(matched.titles.entries)}
    people = {entry.id: entry for entry in matched.entries}
    pairs = [pair for pair in started - files if pair[0] in titles and pair[1] in people]
    for assignment, student in sorted(pairs, key=lambda pair: (titles[pair[0]], pair[1])):
        entry = people[student]
        if not entry.is_teacher:
            who = f"{_name(entry)}, {titles[assignment][1]}"
            yield Gap(what="workspace", who=who, why=_BEGUN, student_id=student, assignment_id=assignment)


def _absent(matched: Matched, seen: set[StudentId]) -> Iterator[Gap]:
    """Students of whom there is nothing at all, so that nobody can say whether they began anything."""
    for entry in matched.entries:
        if _is_enrolled(entry) and not entry.is_teacher and entry.id not in seen:
            why = f"there are no files and no answers of this student; {_INACTIVE}"
            yield Gap(what=_WORK, who=_name(entry), why=why, student_id=entry.id)


def _name(entry: Entry) -> str:
    return f"{entry.name} ({entry.id})"


def _projects(matched: Matched, have: Collection[AssignmentId]) -> Iterator[Gap]:
    """Where any published project came, those of other assignments."""
    for titled in matched.titles.entries if have else ():
        if titled.id not in have:
            why = "the course sources that came in do not hold it"
            yield Gap(what=_PROJECT, who=titled.title, why=why, assignment_id=titled.id)


def _still_missing(pieces: Sequence[Piece], matched: Matched, known: KnownCourse | None, came: Came) -> Iterator[Gap]:
    """What an earlier import said of the course, and what came now did not mend.

    Not what it said of files that are no part of a course, and not what is counted anew each time.
    """
    mended = {*came.places, *(piece.name for piece in pieces)}
    settled = {(_WHAT[link.about], same(link.label)) for link in matched.links.values()}
    for gap in known.gaps if known else ():
        pair = (AssignmentId(gap.assignment_id), StudentId(gap.student_id))
        is_counted_anew = gap.what in {_ROSTER, _WORK, _PROJECT} or gap.why == _BEGUN
        is_mended = (
            gap.who in mended
            or (gap.what, same(gap.who)) in settled
            or (pair in came.workspaces if gap.student_id else pair[0] in came.projects)
        )
        if gap.who and not is_counted_anew and not is_mended:
            yield gap
