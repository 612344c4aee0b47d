"""Gives what the pieces hold, as they were matched, to the library's writer: one course, all of it or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import TypeVar
from zoneinfo import ZoneInfo

from exportmanager.core.arrivals import PieceKind
from exportmanager.core.course import (
    Assignment,
    AssignmentId,
    CourseInfo,
    Role,
    Student,
    StudentId,
)
from exportmanager.core.errors import BadSource
from exportmanager.core.meter import Meter
from exportmanager.core.report import Gap, ImportReport
from exportmanager.core.report import Piece as ReportPiece
from exportmanager.core.source import CourseWriter, KnownCourse
from exportmanager.core.trees import Findings, Tree
from exportmanager.formats.guides import assessments_of, files_of_tree, read_guide
from exportmanager.formats.untrusted import printable
from exportmanager.sources.arriving import layout as lay
from exportmanager.sources.arriving.gaps import Came, missing
from exportmanager.sources.arriving.matched import Matched
from exportmanager.sources.arriving.modules import Modules
from exportmanager.sources.arriving.people import Entry
from exportmanager.sources.arriving.pieces import (
    BlueprintsPiece,
    FilesPiece,
    Piece,
    ProjectPiece,
    SourcesPiece,
    TablePiece,
)
from exportmanager.sources.arriving.questions import Questions
from exportmanager.sources.arriving.stored_answers import StoredAnswers
from exportmanager.sources.arriving.table_rows import TableRows
from exportmanager.sources.arriving.titles import Titled

_P = TypeVar("_P", bound=Piece)


class Reading:
    """One import of some pieces into one course, of which the library has `known`."""

    def __init__(
        self,
        pieces: Sequence[Piece],
        matched: Matched,
        known: KnownCourse | None,
        info: CourseInfo,
        writer: CourseWriter,
        meter: Meter,
    ) -> None:
        self._pieces = [piece for piece in pieces if not piece.problem]
        self._all_pieces = pieces
        self._matched = matched
        self._known = known
        self._info = info
        self._writer = writer
        self._meter = meter
        self._by_id: dict[AssignmentId, Assignment] = {a.id: a for a in known.assignments} if known else {}
        self._people: dict[StudentId, Student] = {}
        self._workspaces: dict[tuple[AssignmentId, StudentId], Piece] = {}
        self._places: set[str] = set()

    def run(self) -> ImportReport:
        """Give everything, and finish."""
        writer = self._writer
        writer.partial()
        writer.course(self._info)
        for piece in self._pieces:
            writer.piece(ReportPiece(kind=self._kind(piece).value, name=piece.name))
        self._assignments()
        self._students()
        questions = Questions(self._known.assessments if self._known else (), writer)
        projects = self._projects()
        self._guides(projects, questions)
        zone = ZoneInfo(self._info.time_zone)
        rows = TableRows(self._matched, self._by_id, self._people, questions, zone, writer, self._meter)
        for piece in self._of(TablePiece):
            rows.read(piece)
        rows.finish()
        self._blueprints()
        answers = StoredAnswers(questions, writer, zone)
        self._files(projects, answers)
        came = Came(
            begun=rows.begun | answers.begun,
            told=rows.told,
            not_taken=rows.not_taken,
            workspaces=self._workspaces.keys(),
            projects={titled.id for titled, _ in projects},
            places=self._places,
        )
        for gap in missing(self._all_pieces, self._matched, self._known, came):
            writer.gap(gap)
        return writer.finish()

    def _of(self, kind: type[_P]) -> list[_P]:
        return [piece for piece in self._pieces if isinstance(piece, kind)]

    def _kind(self, piece: Piece) -> PieceKind:
        """What a piece is, after it was settled."""
        if id(piece) in self._matched.works:
            return PieceKind.COURSEWORK
        _, layout = self._matched.layouts.get(id(piece), (None, ""))
        return PieceKind.SOURCES if lay.PROJECTS in layout else piece.kind

    # Who and what

    def _assignments(self) -> None:
        """Those that the course does not have yet."""
        modules = Modules(self._known, self._writer)
        position = len(self._known.assignments) if self._known else 0
        new = [titled for titled in self._matched.titles.entries if titled.assignment is None]
        for number, titled in enumerate(new, position):
            made = titled.made(modules.of(titled), number)
            self._by_id[made.id] = made
            self._writer.assignment(made)

    def _students(self) -> None:
        """Those who are new, and what is new about the others."""
        is_roster = any(entry.on_roster for entry in self._matched.entries)
        for position, entry in enumerate(self._matched.entries):
            student = _student_of(entry, position, is_on_roster=entry.on_roster or not is_roster)
            self._people[student.id] = student
            if student != entry.student:
                self._writer.student(student)

    # What they hold

    def _projects(self) -> list[tuple[Titled, ProjectPiece]]:
        """The projects that came, each with its assignment; of one assignment the newest last."""
        matched, works = self._matched, self._matched.works
        found = [(matched.assignment(p.label), p) for p in self._of(ProjectPiece) if id(p) not in works]
        for piece in self._pieces:
            if isinstance(piece, SourcesPiece):
                found += [(matched.listed[id(piece), one.id], piece.project(one)) for one in piece.there]
            elif isinstance(piece, FilesPiece):
                shape, layout = matched.layouts[id(piece)]
                for root in shape.roots if lay.PROJECTS in layout else ():
                    found.append((matched.assignment(root.labels[-1], _module(layout, root)), piece.project(root)))
        return [(titled, piece) for titled, piece in found if titled]

    def _points(self, titled: Titled, points: float) -> None:
        """An assignment for which nobody said the points has those of its guide."""
        known = self._by_id[titled.id]
        if points and known.points is None:
            self._by_id[titled.id] = replace(known, points=points)
            self._writer.assignment(self._by_id[titled.id])

    def _guides(self, projects: Sequence[tuple[Titled, ProjectPiece]], questions: Questions) -> None:
        self._meter.stage("Reading guides", len(projects))
        for titled, piece in projects:
            findings = Findings(check=lambda: self._meter.advance(0))
            try:
                guide = read_guide(files_of_tree(piece.tree(), findings))
            except BadSource:  # whoever packs the same files says so
                guide = None
            if guide is not None:
                questions.guide(titled.id, assessments_of(guide, titled.id))
                self._points(titled, guide.points)
                for gap in guide.gaps:
                    self._writer.gap(gap.model_copy(update={"who": titled.title, "assignment_id": titled.id}))
            self._meter.advance(1, titled.title)

    def _blueprints(self) -> None:
        """They are added, and never replace one: the library tells them apart by their names."""
        for piece in self._of(BlueprintsPiece):
            for blueprint in piece.blueprints:
                self._writer.blueprint(blueprint)

    def _files(self, projects: Sequence[tuple[Titled, ProjectPiece]], answers: StoredAnswers) -> None:
        """All that takes its time to be read, as one stage: each advances the meter when it is packed."""
        found = list(self._found_workspaces())
        self._meter.stage("Reading files", len(projects) + len(found))
        for titled, piece in projects:
            place = f"{titled.title}, published project"
            self._places.add(place)
            self._writer.published(titled.id, piece.version, piece.published_at, piece.tree(), place)
        for student, titled, tree in found:
            place = _place(student, titled)
            self._places.add(place)
            self._writer.workspace(student.id, titled.id, answers.watched(tree(), titled.id, student.id, place), place)
            answers.give()
        self._writer.read_files()
        answers.give()

    def _found_workspaces(self) -> Iterator[tuple[Entry, Titled, Callable[[], Tree]]]:
        """Every one that is somebody's. The newest archive of one comes last, but of two in one archive the first."""
        for piece, root, student, titled, tree in self._named_workspaces():
            if not student or not titled or student.is_left_out:
                continue
            key = (titled.id, student.id)
            if self._workspaces.get(key) is piece:
                why = f"{piece.name} holds a second one ({printable(root)}), and the first was kept"
                self._writer.gap(Gap(what="second workspace", who=_place(student, titled), why=why))
                continue
            self._workspaces[key] = piece
            yield student, titled, tree

    def _named_workspaces(self) -> Iterator[tuple[Piece, str, Entry | None, Titled | None, Callable[[], Tree]]]:
        """Each workspace: the piece and the path in it, whose and of what it is, and its files."""
        matched = self._matched
        for piece in self._pieces:
            if isinstance(piece, ProjectPiece) and (work := matched.works.get(id(piece))):
                yield piece, piece.top, matched.student(work[0]), matched.assignment(work[1]), piece.tree
            if not isinstance(piece, FilesPiece):
                continue
            shape, layout = matched.layouts[id(piece)]
            if lay.STUDENT not in layout and lay.ASSIGNMENT not in layout:
                continue
            rest = matched.abouts.get(id(piece), "")
            for root in shape.roots:
                names = dict(zip(layout.split("/"), root.labels, strict=True))
                titled = matched.assignment(names.get(lay.ASSIGNMENT, rest), _module(layout, root))
                student = matched.student(names.get(lay.STUDENT, rest))
                yield piece, root.path, student, titled, partial(piece.tree, root)


def _module(layout: str, root: lay.Root) -> str:
    """The module that the way to a root names; "" where it names none."""
    return dict(zip(layout.split("/"), root.labels, strict=True)).get(lay.MODULE, "")


def _place(student: Entry, titled: Titled) -> str:
    return f"{student.name} ({student.id}), {titled.title}"


def _student_of(entry: Entry, position: int, *, is_on_roster: bool) -> Student:
    """Somebody with all that is known of them; what the library has and the rows do not say stays."""
    facts = entry.facts
    extra = {name: value for name in ("user_id", "hashed_id", "lti_id") if (value := getattr(facts, name))}
    if extra.get("user_id") == entry.id:
        del extra["user_id"]
    first, last = facts.first_name, facts.last_name
    if not first and not last:
        first, last = _names_of(facts.name)
    known = entry.student or Student(id=entry.id, position=position, on_roster=is_on_roster)
    if entry.was_by_label and (first or last):
        known = replace(known, first_name="", last_name="")
    return replace(
        known,
        role=Role.TEACHER if entry.is_teacher else known.role,
        username=known.username or facts.username,
        email=known.email or facts.email,
        first_name=known.first_name or first,
        last_name=known.last_name or last,
        on_roster=known.on_roster or entry.on_roster,
        extra={**known.extra, **{name: value for name, value in extra.items() if name not in known.extra}},
    )


def _names_of(name: str) -> tuple[str, str]:
    """The first and the last name in a full one."""
    if "," in name:
        last, _, first = name.partition(",")
        return first.strip(), last.strip()
    first, _, last = name.rpartition(" ")
    return first, last
