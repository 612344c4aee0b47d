"""The files of a course folder: workspaces, published projects and the assessments in them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from exportmanager.core.course import Assignment, AssignmentId, Role, Student, StudentId
from exportmanager.core.errors import BadSource, MalformedFile
from exportmanager.core.meter import Meter
from exportmanager.core.report import Gap
from exportmanager.core.source import CourseWriter
from exportmanager.core.trees import Findings, Tree
from exportmanager.formats.archives import SUFFIXES, open_tree, printable
from exportmanager.formats.course_folder import checked_id
from exportmanager.formats.guides import assessments_of, files_of_tree, read_guide


class FolderFiles:
    """Finds the files below `folder` and gives them to `writer`.

    `know` is called with a student and where that id was found, before their workspace is given. `modified` (seconds
    since 1970), where not None, becomes the time of files in plain folders.
    """

    def __init__(
        self,
        folder: Path,
        writer: CourseWriter,
        meter: Meter,
        *,
        students: Mapping[StudentId, Student],
        assignments: Mapping[AssignmentId, Assignment],
        know: Callable[[StudentId, str], None],
        modified: int | None,
    ) -> None:
        self._folder = folder
        self._writer = writer
        self._meter = meter
        self._students = students
        self._assignments = assignments
        self._know = know
        self._modified = modified

    def read(self, started: set[tuple[AssignmentId, StudentId]]) -> None:
        """Give everything; whoever `started` an assignment and has no workspace is a gap."""
        workspaces = list(self._found_workspaces())
        published = [a for a in self._assignments.values() if a.version is not None]
        self._meter.stage("Reading workspaces", len(workspaces) + len(published))
        for assignment in published:
            self._published(assignment)
        for assignment_id, student_id, path in workspaces:
            place = self._place(assignment_id, student_id)
            self._writer.workspace(student_id, assignment_id, open_tree(path), place, self._time_of(path))
            started.discard((assignment_id, student_id))
        for assignment_id, student_id in sorted(started):
            if self._students[student_id].role is Role.STUDENT:
                self._writer.gap(
                    Gap(
                        what="workspace",
                        who=self._place(assignment_id, student_id),
                        why="it was begun, but there are no files of it in the data that came in",
                        student_id=student_id,
                        assignment_id=assignment_id,
                    )
                )

    def _time_of(self, path: Path) -> int | None:
        return self._modified if path.is_dir() else None

    def _place(self, assignment: AssignmentId, student: StudentId) -> str:
        return f"{self._students[student].name} ({student}), {self._assignments[assignment].title}"

    def _found_workspaces(self) -> Iterator[tuple[AssignmentId, StudentId, Path]]:
        for folder in self._inside(self._folder / "workspaces"):
            assignment = AssignmentId(folder.name)
            if assignment not in self._assignments:
                why = "course.json has no assignment of this id; its workspaces were not taken in"
                self._writer.gap(Gap(what=f"workspaces/{printable(folder.name)}", why=why))
                continue
            seen: dict[str, str] = {}
            for path in self._inside(folder):
                if student := self._owner(path, assignment):
                    if earlier := seen.get(student.lower()):
                        names = f"{earlier} and {path.name}"
                        raise MalformedFile(f"workspaces/{assignment}", 0, f"{student} has two: {names}.", "Keep one.")
                    seen[student.lower()] = path.name
                    self._know(student, f"workspaces/{assignment}")
                    yield assignment, student, path

    def _inside(self, folder: Path) -> list[Path]:
        """What is in a folder of ours, sorted; a link is named, and not followed."""
        if link := self._link_on_the_way(folder):
            self._writer.gap(Gap(what=printable(link), why="it is a link, and was not followed"))
            return []
        if not folder.is_dir():
            return []
        found = []
        for path in sorted(folder.iterdir()):
            if path.is_symlink():
                where = path.relative_to(self._folder).as_posix()
                self._writer.gap(Gap(what=printable(where), why="it is a link, and was not followed"))
            else:
                found.append(path)
        return found

    def _link_on_the_way(self, folder: Path) -> str:
        """The first link between the course folder and `folder`; "" if there is none: then it lies inside."""
        inside = folder.relative_to(self._folder)
        steps = [*reversed(inside.parents), inside]
        return next((step.as_posix() for step in steps if step.parts and (self._folder / step).is_symlink()), "")

    def _owner(self, path: Path, assignment: AssignmentId) -> StudentId | None:
        """The student whose workspace lies at `path`."""
        name = path.name
        if not path.is_dir():
            suffix = next((suffix for suffix in SUFFIXES if name.lower().endswith(suffix)), "")
            name = name[: -len(suffix)] if suffix else ""
        try:
            return StudentId(checked_id(name))
        except ValueError:
            if not path.name.startswith("."):
                where = f"workspaces/{assignment}/{printable(path.name)}"
                self._writer.gap(Gap(what=where, why="it is neither a student's folder nor a student's archive"))
            return None

    def _published(self, assignment: Assignment) -> None:
        folder = self._folder / "assignments" / assignment.id
        link = self._link_on_the_way(folder)
        if link or not folder.is_dir():
            why = f"version {assignment.version} was published, but the folder holds no files of it"
            why += f": {link} is a link, and was not followed" if link else ""
            self._writer.gap(Gap(what="published project", who=assignment.title, why=why))
            return
        self._guide(assignment, open_tree(folder))
        assert assignment.version is not None, "only published assignments come here"
        self._writer.published(
            assignment.id,
            assignment.version,
            assignment.published_at,
            open_tree(folder),
            f"{assignment.title}, published project",
            self._modified,
        )

    def _guide(self, assignment: Assignment, project: Tree) -> None:
        """Give the assessments of a project's guide, in its order, and what is wrong with it."""
        try:
            guide = read_guide(files_of_tree(project, Findings(check=lambda: self._meter.advance(0))))
        except BadSource:
            return  # the files are given to the writer as well: why they cannot be read is said there
        if guide:
            for assessment in assessments_of(guide, assignment.id):
                self._writer.assessment(assessment)
            for gap in guide.gaps:
                self._writer.gap(gap.model_copy(update={"who": assignment.title}))
