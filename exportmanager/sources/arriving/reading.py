"""Gives what the pieces hold, as they were matched, to the library's writer: one course, all of it or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar
from zoneinfo import ZoneInfo

from exportmanager.core.arrivals import PieceKind
from exportmanager.core.course import (
    Assignment,
    AssignmentId,
    Blueprint,
    CourseInfo,
    Module,
    ModuleId,
    Role,
    Student,
    StudentId,
)
from exportmanager.core.meter import Meter
from exportmanager.core.report import Gap, ImportReport
from exportmanager.core.report import Piece as ReportPiece
from exportmanager.core.source import CourseWriter, KnownCourse
from exportmanager.core.trees import Findings
from exportmanager.formats.guides import assessments_of, files_of_tree, read_guide
from exportmanager.sources.arriving import layout as lay
from exportmanager.sources.arriving.gaps import missing
from exportmanager.sources.arriving.people import Entry
from exportmanager.sources.arriving.pieces import BlueprintsPiece, FilesPiece, Piece, ProjectPiece, TablePiece
from exportmanager.sources.arriving.plan import Matched
from exportmanager.sources.arriving.questions import Questions
from exportmanager.sources.arriving.table_rows import TableRows
from exportmanager.sources.arriving.words import new_id, same

_P = TypeVar("_P", bound=Piece)
_ALL = "Assignments"


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
        self._workspaces: set[tuple[AssignmentId, StudentId]] = set()
        self._projects: set[AssignmentId] = set()

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
        self._guides(questions)
        zone = ZoneInfo(self._info.time_zone)
        rows = TableRows(self._matched, self._by_id, self._people, questions, zone, writer, self._meter)
        for piece in self._of(TablePiece):
            rows.read(piece)
        rows.finish()
        self._blueprints()
        self._files()
        for gap in missing(
            self._all_pieces,
            self._matched,
            self._known,
            begun=rows.begun,
            told=rows.told,
            not_taken=rows.not_taken,
            workspaces=self._workspaces,
            projects=self._projects,
        ):
            writer.gap(gap)
        return writer.finish()

    def _of(self, kind: type[_P]) -> list[_P]:
        return [piece for piece in self._pieces if isinstance(piece, kind)]

    def _kind(self, piece: Piece) -> PieceKind:
        """What a piece is, after it was settled."""
        _, layout = self._matched.layouts.get(id(piece), (None, ""))
        return PieceKind.SOURCES if lay.PROJECTS in layout else piece.kind

    # Who and what

    def _assignments(self) -> None:
        """Those that the course does not have yet, in modules that folders name, else in one for all."""
        known = {module.title: module.id for module in self._known.modules} if self._known else {}
        modules = {same(title): module for title, module in known.items()}
        position = len(self._known.assignments) if self._known else 0
        only = next(iter(modules.values())) if len(modules) == 1 else None
        for titled in self._matched.titles.entries:
            if titled.assignment is not None:
                continue
            title = titled.module or _ALL
            module = modules.get(same(title)) or (only if not titled.module else None)
            if module is None:
                module = ModuleId(new_id(title, {*modules.values()}.__contains__, "module"))
                self._writer.module(Module(module, title, len(modules)))
                modules[same(title)] = module
            made = Assignment(id=titled.id, module_id=module, title=titled.title, position=position)
            self._by_id[made.id] = made
            self._writer.assignment(made)
            position += 1

    def _students(self) -> None:
        """Those who are new, and what is new about the others."""
        is_roster = any(entry.on_roster for entry in self._matched.people.entries)
        for position, entry in enumerate(self._matched.people.entries):
            student = _student_of(entry, position, is_on_roster=entry.on_roster or not is_roster)
            self._people[student.id] = student
            if student != entry.student:
                self._writer.student(student)

    # What they hold

    def _guides(self, questions: Questions) -> None:
        for piece in self._of(ProjectPiece):
            if titled := self._matched.assignment(piece.label):
                self._project(titled.id, titled.title, piece, questions)
        for files in self._of(FilesPiece):
            shape, layout = self._matched.layouts[id(files)]
            if lay.PROJECTS in layout:
                for root in shape.roots:
                    if titled := self._matched.assignment(root.labels[-1]):
                        self._project(titled.id, titled.title, files.project(root), questions)

    def _project(self, assignment: AssignmentId, title: str, piece: ProjectPiece, questions: Questions) -> None:
        findings = Findings(check=lambda: self._meter.advance(0))
        self._projects.add(assignment)
        guide = read_guide(files_of_tree(piece.tree(), findings))
        if guide is not None:
            questions.guide(assignment, assessments_of(guide, assignment))
            for gap in guide.gaps:
                self._writer.gap(gap.model_copy(update={"who": title, "assignment_id": assignment}))
        self._writer.published(assignment, None, None, piece.tree(), f"{title}, published project")

    def _blueprints(self) -> None:
        """They are added, and never replace one: another one of the same name gets a number."""
        kept = {blueprint.name: blueprint for blueprint in self._known.blueprints} if self._known else {}
        for piece in self._of(BlueprintsPiece):
            for blueprint in piece.blueprints:
                named = _beside(blueprint, kept)
                if named.name not in kept:
                    kept[named.name] = replace(named, position=len(kept))
                    self._writer.blueprint(kept[named.name])

    def _files(self) -> None:
        for files in self._of(FilesPiece):
            shape, layout = self._matched.layouts[id(files)]
            if lay.STUDENT not in layout and lay.ASSIGNMENT not in layout:
                continue
            self._meter.stage(f"Reading {files.name}", len(shape.roots))
            for root in shape.roots:
                names = dict(zip(layout.split("/"), root.labels, strict=True))
                student = self._matched.student(names.get(lay.STUDENT, files.label))
                titled = self._matched.assignment(names.get(lay.ASSIGNMENT, files.label))
                if student and titled:
                    self._workspace(student, titled.id, titled.title, files, root)

    def _workspace(
        self, student: Entry, assignment: AssignmentId, title: str, files: FilesPiece, root: lay.Root
    ) -> None:
        place = f"{student.name} ({student.id}), {title}"
        if (assignment, student.id) in self._workspaces:
            why = f"{files.name} holds a second workspace ({root.path}); the first that came is the one kept"
            self._writer.gap(Gap(what="workspace", who=place, why=why, student_id=student.id, assignment_id=assignment))
            return
        self._workspaces.add((assignment, student.id))
        self._writer.workspace(student.id, assignment, files.tree(root), place)


def _student_of(entry: Entry, position: int, *, is_on_roster: bool) -> Student:
    """Somebody with all that is known of them; what the library has and the rows do not say stays."""
    facts = entry.facts
    extra = {name: value for name in ("user_id", "hashed_id", "lti_id") if (value := getattr(facts, name))}
    if extra.get("user_id") == entry.id:
        del extra["user_id"]
    first, last = facts.first_name, facts.last_name
    if not first and not last:
        first, _, last = facts.name.rpartition(" ") if " " in facts.name else ("", "", facts.name)
    known = entry.student or Student(id=entry.id, position=position, on_roster=is_on_roster)
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


def _beside(blueprint: Blueprint, kept: dict[str, Blueprint]) -> Blueprint:
    """The blueprint under a name that is free, or that has this very content."""
    name, number = blueprint.name, 2
    while name in kept and (kept[name].content, dict(kept[name].layout)) != (blueprint.content, dict(blueprint.layout)):
        name, number = f"{blueprint.name} ({number})", number + 1
    return replace(blueprint, name=name)
