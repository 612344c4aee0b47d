"""Which assessment of an assignment a name in a table means: those of the guide first, else one known by its name only.

Tables name assessments, guides give them ids; names are not unique, so the second of a name is the second in the guide.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from exportmanager.core.course import Assessment, AssessmentId, AssignmentId
from exportmanager.core.source import CourseWriter
from exportmanager.sources.arriving.words import same


def is_known_by_name_only(assessment: Assessment) -> bool:
    """Whether only tables have named it so far, and no guide has defined it."""
    return not assessment.type and not assessment.definition


class Questions:
    """Starts with what the library has; `guide` adds those that a guide defines."""

    def __init__(self, known: Iterable[Assessment], writer: CourseWriter) -> None:
        self._writer = writer
        self._by_name: dict[tuple[AssignmentId, str], list[Assessment]] = {}
        self._ids: set[tuple[AssignmentId, AssessmentId]] = set()
        self._named_only: dict[AssignmentId, list[Assessment]] = {}
        for assessment in known:
            if is_known_by_name_only(assessment):
                self._named_only.setdefault(assessment.assignment_id, []).append(assessment)
            else:
                self._index(assessment)
        self._names: dict[tuple[AssignmentId, str, int], AssessmentId] = {}
        self._count: dict[AssignmentId, int] = {}

    def _index(self, assessment: Assessment) -> None:
        key = (assessment.assignment_id, assessment.id)
        if key not in self._ids:
            self._ids.add(key)
            self._by_name.setdefault((assessment.assignment_id, same(assessment.name)), []).append(assessment)

    def guide(self, assignment: AssignmentId, assessments: Sequence[Assessment]) -> None:
        """What a guide defines comes in; answers that came under its name before move to it."""
        for assessment in assessments:
            self._index(assessment)
            self._writer.assessment(assessment)
        for named in self._named_only.pop(assignment, []):
            number = int(named.id.rpartition(" (")[2].rstrip(")")) if _is_numbered(named) else 1
            if found := self._numbered(assignment, named.name, number):
                self._writer.same_assessment(assignment, named.id, found)

    def of(self, assignment: AssignmentId, name: str, number: int, points: float | None) -> AssessmentId:
        """The assessment of this name (the `number`-th of that name, from 1); one that nobody knows is made."""
        key = (assignment, same(name), number)
        if key not in self._names:
            self._names[key] = self._numbered(assignment, name, number) or self._new(assignment, name, number, points)
        return self._names[key]

    def _numbered(self, assignment: AssignmentId, name: str, number: int) -> AssessmentId | None:
        found = self._by_name.get((assignment, same(name)), [])
        return found[number - 1].id if number <= len(found) else None

    def _new(self, assignment: AssignmentId, name: str, number: int, points: float | None) -> AssessmentId:
        made = AssessmentId(name if number == 1 else f"{name} ({number})")
        position = self._count.get(assignment, 0) + 1
        self._count[assignment] = position
        self._writer.assessment(
            Assessment(id=made, assignment_id=assignment, name=name, type="", points=points, position=10_000 + position)
        )
        return made


def _is_numbered(named: Assessment) -> bool:
    return named.id != named.name and named.id.startswith(f"{named.name} (")
