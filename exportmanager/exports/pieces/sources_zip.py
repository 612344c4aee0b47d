"""The zip of course sources: a tar in zstandard for each published project, and a list of what they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, BinaryIO

from exportmanager.core.course import Assignment, AssignmentId, Course, Published
from exportmanager.core.meter import Meter
from exportmanager.core.names import unique_parts, utf16_units
from exportmanager.core.report import Count, Gap, Report
from exportmanager.exports.pieces.archive import archive_in, modified_on
from exportmanager.exports.pieces.project_packing import packed_projects
from exportmanager.exports.pieces.sources_readme import sources_readme
from exportmanager.formats.course_sources import FORMAT, LIST, SUFFIX, VERSION

_TITLE_UNITS = 80
"""Of UTF-16: with the suffix, no more than the 255 bytes that a name may have."""
_COURSE = ("id", "title", "taken_on", "code", "term", "description", "starts_on", "ends_on", "time_zone")
_NEVER = "it has no published version"
_NOT_HERE = "there is a published version, but the data that came in do not hold it"
_REFUSED = "published"
"""What an import's gap calls a published project that it could not take in."""


class SourcesZip:
    """Writes one zip, the same for the same projects: nothing in it tells when it was made, or of whom a course is."""

    def __init__(
        self, course: Course, assignments: Sequence[Assignment], projects: Sequence[Published], level: int, meter: Meter
    ) -> None:
        self._course, self._assignments, self._projects = course, assignments, projects
        self._level, self._meter = level, meter
        names = unique_parts(_short(assignment.title) for assignment in assignments)
        pairs = zip(assignments, names, strict=True)
        self._files = {assignment.id: f"{name}{SUFFIX}" for assignment, name in pairs}
        self._lost: dict[AssignmentId, str] = {}

    def write(self, out: BinaryIO) -> Report:
        """Write it all; what came of it."""
        with archive_in(out, modified_on(self._course.info.taken_on)) as archive:
            for project, packed in packed_projects(self._course, self._projects, self._level, self._meter):
                if isinstance(packed, str):
                    self._lost[project.assignment_id] = packed
                else:
                    archive.stored(self._files[project.assignment_id], packed, lambda _: self._meter.advance(0))
            there = {p.assignment_id: p for p in self._projects if p.assignment_id not in self._lost}
            listed = [self._listed(assignment, there.get(assignment.id)) for assignment in self._assignments]
            archive.json(LIST, self._list(listed))
            archive.text("README.txt", sources_readme(self._course.info, listed))
        return self._report(there)

    def _list(self, listed: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
        used = {assignment.module_id for assignment in self._assignments}
        modules = [{"id": m.id, "title": m.title} for m in self._course.modules() if m.id in used]
        course = {name: _json(getattr(self._course.info, name)) for name in _COURSE}
        return {"format": FORMAT, "version": VERSION, "course": course, "modules": modules, "assignments": listed}

    def _listed(self, assignment: Assignment, project: Published | None) -> Mapping[str, Any]:
        told = project or assignment
        return {
            "id": assignment.id,
            "module": assignment.module_id,
            "title": assignment.title,
            "kind": assignment.kind.value,
            "stack": assignment.stack,
            "version": told.version,
            "published_at": _json(told.published_at),
            "file": self._files[assignment.id] if project else None,
            "gaps": [{"what": gap.what, "why": gap.why} for gap in project.gaps] if project else [],
        }

    def _report(self, there: Mapping[AssignmentId, Published]) -> Report:
        lost = sum(project.package.files for project in self._projects if project.assignment_id in self._lost)
        files = sum(project.package.files for project in there.values())
        return Report(
            counts=(
                Count(thing="projects", expected=len(self._assignments), done=len(there)),
                Count(thing="files", expected=files + lost, done=files),
            ),
            gaps=tuple(self._gaps(there)),
        )

    def _gaps(self, there: Mapping[AssignmentId, Published]) -> Iterator[Gap]:
        refused = {gap.assignment_id: gap.why for gap in self._course.import_gaps() if gap.what == _REFUSED}
        for assignment in self._assignments:
            if project := there.get(assignment.id):
                yield from (Gap(what=gap.what, who=assignment.title, why=gap.why) for gap in project.gaps)
            else:
                otherwise = _NEVER if assignment.version is None else _NOT_HERE
                why = self._lost.get(assignment.id) or refused.get(assignment.id, otherwise)
                yield Gap(what="published project", who=assignment.title, why=why, assignment_id=assignment.id)


def _short(title: str) -> str:
    """A title as the name of a file, before its suffix."""
    title = title[:_TITLE_UNITS]
    while utf16_units(title) > _TITLE_UNITS:
        title = title[:-1]
    return title.strip()


def _json(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return value.isoformat() if isinstance(value, date) else value
