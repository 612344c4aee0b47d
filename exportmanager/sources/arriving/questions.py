"""Which assessment of an assignment a name in a table means: those of the guide first, else one known by its name only.

Tables name assessments, guides give them ids; names are not unique, so the second of a name is the second in the guide.
Our own tables call it ``Quiz (2)``, which it is unless the guide has one of that name.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

from exportmanager.core.course import Assessment, AssessmentId, AssignmentId
from exportmanager.core.source import CourseWriter

_LAST = 10_000
"""Assessments that no guide has placed come after those that one has."""
_NUMBERED = re.compile(r"(?s)(.*) \((\d+)\)")


def question_key(name: str) -> str:
    """An assessment's name as it is compared. Case counts: one guide may ask "Sum" and "sum"."""
    return " ".join(unicodedata.normalize("NFC", name).split())


class Questions:
    """Starts with what the library has; `guide` adds those that a guide defines."""

    def __init__(self, known: Iterable[Assessment], writer: CourseWriter) -> None:
        self._writer = writer
        self._defined: dict[AssignmentId, list[Assessment]] = {}
        self._named_only: dict[AssignmentId, list[Assessment]] = {}
        for assessment in known:
            is_named_only = not assessment.type and not assessment.definition
            kept = self._named_only if is_named_only else self._defined
            kept.setdefault(assessment.assignment_id, []).append(assessment)
        self._found: dict[tuple[AssignmentId, str, int], AssessmentId] = {}
        self._ids = {(a.assignment_id, a.id) for many in self._defined.values() for a in many}
        self._made: dict[AssignmentId, int] = {}

    def guide(self, assignment: AssignmentId, assessments: Sequence[Assessment]) -> None:
        """What a guide defines comes in; answers that came under its name before move to it."""
        ids = {assessment.id for assessment in assessments}
        earlier = [a for a in self._defined.get(assignment, ()) if a.id not in ids]
        self._defined[assignment] = [*assessments, *earlier]
        for assessment in assessments:
            self._ids.add((assignment, assessment.id))
            self._writer.assessment(assessment)
        for named in self._named_only.get(assignment, ()):
            if found := self._numbered(assignment, *_name_and_number(named.id)):
                self._writer.same_assessment(assignment, named.id, found)

    def of(self, assignment: AssignmentId, name: str, number: int, points: float | None) -> AssessmentId:
        """The assessment of this name (the `number`-th of that name, from 1); one that nobody knows is made."""
        key = (assignment, question_key(name), number)
        if key not in self._found:
            found = self._numbered(assignment, name, number)
            self._found[key] = found or self._new(assignment, question_key(name), number, points)
        return self._found[key]

    def of_task(self, assignment: AssignmentId, task: str) -> AssessmentId:
        """The assessment that the platform calls `task`; one that no guide has defined yet is made."""
        if (assignment, task) not in self._ids:
            self._ids.add((assignment, AssessmentId(task)))
            self._make(assignment, AssessmentId(task), task, None, _LAST)
        return AssessmentId(task)

    def _numbered(self, assignment: AssignmentId, name: str, number: int) -> AssessmentId | None:
        key = question_key(name)
        found = [a.id for a in self._defined.get(assignment, ()) if question_key(a.name) == key]
        if number <= len(found):
            return found[number - 1]
        told = _NUMBERED.fullmatch(name) if number == 1 else None
        return self._numbered(assignment, told[1], int(told[2])) if told else None

    def _new(self, assignment: AssignmentId, name: str, number: int, points: float | None) -> AssessmentId:
        made = _id_of(name, number)
        self._made[assignment] = self._made.get(assignment, 0) + 1
        self._make(assignment, made, name, points, _LAST + self._made[assignment])
        return made

    def _make(
        self, assignment: AssignmentId, made: AssessmentId, name: str, points: float | None, position: int
    ) -> None:
        self._writer.assessment(
            Assessment(id=made, assignment_id=assignment, name=name, type="", points=points, position=position)
        )


def _id_of(name: str, number: int) -> AssessmentId:
    """The id of what only tables name: as it is called, with its number where that does not tell it apart."""
    is_told = number == 1 and name and not _NUMBERED.fullmatch(name)
    return AssessmentId(name if is_told else f"{name} ({number})")


def _name_and_number(made: str) -> tuple[str, int]:
    """What `_id_of` was given."""
    found = _NUMBERED.fullmatch(made)
    return (found[1], int(found[2])) if found else (made, 1)
