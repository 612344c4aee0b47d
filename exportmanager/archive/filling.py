"""Fills the payload of an archive: coursework, earlier versions, projects, exports, and every row."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import islice

from exportmanager.archive.course import ArchivedCourse
from exportmanager.archive.exports_in import Included, add_exports
from exportmanager.archive.leaving_out import Without
from exportmanager.archive.names import ABOUT, COURSEWORK, DATA, EARLIER, FORMAT, LIBRARY, PROJECTS, TEACHERS, VERSION
from exportmanager.archive.options import ArchiveOptions
from exportmanager.archive.packages import Packages, Place, Witness
from exportmanager.core.course import Assignment, StudentId
from exportmanager.core.export import ExportKind
from exportmanager.core.meter import Meter
from exportmanager.core.names import unique_parts
from exportmanager.core.report import Count, Gap, Report
from exportmanager.exports.pieces.account import Found
from exportmanager.exports.pieces.archive import Archive
from exportmanager.exports.pieces.coursework_zip import CourseworkZip
from exportmanager.exports.pieces.fetching import IN_MEMORY, read_package
from exportmanager.exports.pieces.who import Person, Plan, plan
from exportmanager.exports.pieces.workspaces import copy_workspace
from exportmanager.formats.csv import DIALECTS
from exportmanager.formats.members import Within
from exportmanager.library.rows import OF_PACKAGES, TABLES
from exportmanager.library.schema import HEAD
from exportmanager.library.whole import Version

_AT_ONCE = 500


@dataclass
class Contents:
    """What went into an archive: for its certificate, its reader, and whoever made it."""

    plan: Plan
    cells: list[tuple[Assignment, Person, Found]]
    coursework: Report
    places: list[Place] = field(default_factory=list)
    included: list[Included] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)
    gaps: list[Gap] = field(default_factory=list)


class Filling:
    """Fills one payload; `archive` takes paths of the bag. Raises `Cancelled`."""

    def __init__(self, course: ArchivedCourse, archive: Archive, options: ArchiveOptions, meter: Meter) -> None:
        self._course, self._archive, self._options, self._meter = course, archive, options, meter

    def fill(self, kinds: Mapping[str, ExportKind]) -> Contents:
        """Put everything in."""
        chosen = plan(
            self._course,
            assignments=None,
            students=None,
            include_inactive=self._options.include_inactive,
            naming="names",
            may_be_empty=True,
        )
        with closing(Packages(self._course)) as packages:
            contents = self._files(chosen, packages)
            contents.gaps += self._not_asked_for()
            packages.add_to(self._archive)
            contents.places = packages.places
            self._exports(kinds, contents)
            self._rows(contents, packages)
        return contents

    def _files(self, chosen: Plan, packages: Packages) -> Contents:
        """Copy every version of workspaces and projects, and write the tables of coursework."""
        versions, projects = list(self._course.versions()), list(self._course.projects())
        others = [*self._other_workspaces(chosen, versions), *self._projects(chosen, projects)]
        self._meter.stage("Packing", _packed_bytes(chosen, versions, others))
        contents = self._coursework(chosen, packages)
        for version, folder in others:
            self._place(packages, version, folder, contents)
        return contents

    def _coursework(self, chosen: Plan, packages: Packages) -> Contents:
        """The same as the export gives."""
        witness = Witness(packages, COURSEWORK)
        inner = Archive(Within(self._archive.zip, COURSEWORK), self._note_within, self._archive.modified)
        writer = CourseworkZip(self._course, chosen, "assignment", DIALECTS["spreadsheets"], self._meter, witness)
        return Contents(chosen, witness.cells, writer.write_into(inner))

    def _note_within(self, lines: Iterable[str]) -> None:
        """Lines of a manifest (64 digits, two spaces, a path) of what lies in the folder of coursework."""
        self._archive.note(f"{line[:66]}{COURSEWORK}{line[66:]}" for line in lines)

    def _other_workspaces(self, chosen: Plan, versions: Sequence[Version]) -> Iterator[tuple[Version, str]]:
        """Those that are not coursework, and their folders: earlier versions, and what teachers have of their own."""
        learners = {person.student.id: person for person in chosen.people}
        teachers = self._teachers(learners)
        for version in versions:
            student = StudentId(version.student or "")
            person = learners.get(student)
            if person and (version.is_current or person.left_out):
                continue
            if version.is_current or self._options.earlier_versions:
                begin, folder = (EARLIER, person.folder) if person else (TEACHERS, teachers[student])
                yield version, f"{begin}{chosen.folders[version.assignment]}/{folder}/{version.number}"

    def _teachers(self, learners: Collection[StudentId]) -> dict[StudentId, str]:
        """The folder of everybody who is no student."""
        others = [student for student in self._course.students() if student.id not in learners]
        names = (f"{s.name[:40]} ({s.id[:40]})" if s.name != s.id else s.id[:40] for s in others)
        return {student.id: folder for student, folder in zip(others, unique_parts(names), strict=True)}

    def _projects(self, chosen: Plan, versions: Sequence[Version]) -> Iterator[tuple[Version, str]]:
        for version in versions:
            if version.is_current or self._options.earlier_versions:
                yield version, f"{PROJECTS}{chosen.folders[version.assignment]}/{version.number}"

    def _not_asked_for(self) -> Iterator[Gap]:
        """What an option leaves out."""
        wanted = self._options
        versions = (*self._course.versions(), *self._course.projects()) if not wanted.earlier_versions else ()
        if earlier := sum(not version.is_current for version in versions):
            why = f"they were not asked for: {earlier:,} of workspaces and projects"
            yield Gap(what="earlier versions", why=why, chosen=True)
        if not wanted.exports:
            yield Gap(what="tables, PDFs and course sources", why="they were not asked for", chosen=True)

    def _place(self, packages: Packages, version: Version, folder: str, contents: Contents) -> None:
        sha256 = version.package.sha256
        package = read_package(
            self._course.package_path(sha256), version.package, lambda: self._meter.advance(0), IN_MEMORY
        )
        if isinstance(package, str):
            contents.gaps.append(Gap(what=folder.removeprefix(DATA), why=package))
            return
        files = self._course.contents([sha256])[sha256]
        copied = copy_workspace(
            self._archive.zip, self._archive.note, folder, version.package, files, package, self._meter
        )
        packages.placed(version, folder, copied.changes, package)

    def _exports(self, kinds: Mapping[str, ExportKind], contents: Contents) -> None:
        if not self._options.exports:
            return
        self._meter.stage("Writing tables and documents")
        left_out = _left_out(contents)
        course = Without(self._course, left_out) if left_out else self._course
        contents.included = add_exports(self._archive, course, kinds, self._meter)
        # what a document could not show as it was meant is no gap of the archive, which holds what it was made from
        failed = (one.report for one in contents.included if one.report and not one.files)
        contents.gaps += [gap for report in failed for gap in report.unchosen_gaps]

    def _rows(self, contents: Contents, packages: Packages) -> None:
        self._meter.stage("Writing rows")
        for table in TABLES:
            contents.rows[table] = self._table(table, self._lines(table, contents, packages))
        info, options = self._course.info, self._options
        about = {
            "format": FORMAT,
            "version": VERSION,
            "schema": HEAD,
            "course": info.id,
            "title": info.title,
            "options": options.model_dump(mode="json"),
            "rows": contents.rows,
        }
        self._archive.json(f"{LIBRARY}{ABOUT}", about)

    def _lines(self, table: str, contents: Contents, packages: Packages) -> Iterator[str]:
        """The rows of a table; those of versions only where their files are in the archive."""
        lines = self._course.lines(table, _left_out(contents))
        return filter(packages.has_version, lines) if table in OF_PACKAGES else lines

    def _table(self, table: str, lines: Iterable[str]) -> int:
        count = 0
        with self._archive.bytes(f"{LIBRARY}{table}.jsonl") as write:
            rows = iter(lines)
            while some := list(islice(rows, _AT_ONCE)):
                write("".join(some).encode())
                self._meter.advance(0, table)
                count += len(some)
        return count


def _packed_bytes(chosen: Plan, versions: Sequence[Version], others: Sequence[tuple[Version, str]]) -> int:
    """How many bytes will be copied: current workspaces of those who are included, and the others."""
    people = {person.student.id for person in chosen.included}
    coursework = [version for version in versions if version.is_current and version.student in people]
    return sum(version.package.packed_bytes for version in (*coursework, *(version for version, _ in others)))


def _left_out(contents: Contents) -> frozenset[StudentId]:
    return frozenset(person.student.id for person in contents.plan.people if person.left_out)


def counts_of(contents: Contents) -> tuple[Count, ...]:
    """What was expected and what is there, for the certificate."""
    asked = [one for one in contents.included if not one.why_not or one.report]
    exports = Count(thing="exports", expected=len(asked), done=sum(bool(one.files) for one in asked))
    return (*contents.coursework.counts, exports) if asked else contents.coursework.counts
