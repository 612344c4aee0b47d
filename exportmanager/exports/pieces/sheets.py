"""The tables that describe an export: students, assignments, answers and totals, as columns and rows."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from exportmanager.core.course import Answer, Assessment, AssessmentId, Course, CourseInfo, Result
from exportmanager.core.retention import zone_of
from exportmanager.exports.pieces.who import Person, Plan
from exportmanager.formats.csv import Cell

Table = tuple[list[str], Iterable[Sequence[Cell]]]
"""A header and rows."""

ANSWERS = (
    "student_id", "username", "student", "assessment_id", "assessment", "type",
    "attempt", "at", "answer", "points", "points_possible", "correct", "more",
)  # fmt: skip
REPORT = ("assignment_id", "assignment", "student_id", "student", "status", "files", "bytes", "folder", "why")
NAMES = ("folder", "original", "now", "why")
LINKS = ("link", "target")

GRADES = {"teacher_grade", "assessments_grade", "script_grade", "grade_override", "extra_credit"}
"""Further columns of results that cannot tell who somebody is; any other might."""


def _extra_columns(extras: Iterable[Mapping[str, Any]]) -> list[str]:
    return list(dict.fromkeys(name for extra in extras for name in extra))


def _labels(header: Sequence[str], more: Iterable[str]) -> list[str]:
    """`header` and `more` columns, which get another name where one of ours has theirs."""
    labels = list(header)
    for name in more:
        label = name
        while label in labels:
            label = f"{label} (source)"
        labels.append(label)
    return labels


def plain_cell(value: Any) -> Cell:
    """What the source told, as a cell: lists and the like as JSON."""
    return value if isinstance(value, str | int | float | bool | None) else json.dumps(value, ensure_ascii=False)


def at(moment: datetime | None, zone: ZoneInfo) -> datetime | None:
    """A moment in the course's zone, or in its own where the calendar ends between them."""
    try:
        return moment.astimezone(zone) if moment else None
    except OverflowError:
        return moment


def students(course: Course, plan: Plan) -> Table:
    """Everybody who was chosen; with pseudonyms, nothing that tells who it is."""
    zone = zone_of(course.info)
    common = ["role", "on_roster", "enrolled_on", "last_active_at", "folder", "left_out"]
    if plan.pseudonymous:
        rows = [[p.key, *_common(p, zone)] for p in plan.people]
        return ["id", *common], rows
    more = _extra_columns(p.student.extra for p in plan.people)
    header = ["id", "username", "email", "first_name", "last_name", *common]
    return _labels(header, more), [
        [
            p.student.id, p.student.username, p.student.email, p.student.first_name, p.student.last_name,
            *_common(p, zone),
            *(plain_cell(p.student.extra.get(name)) for name in more),
        ]
        for p in plan.people
    ]  # fmt: skip


def _common(person: Person, zone: ZoneInfo) -> list[Cell]:
    s = person.student
    return [s.role.value, s.on_roster, s.enrolled_on, at(s.last_active_at, zone), person.folder, person.left_out]


def assignments(course: Course, plan: Plan) -> Table:
    """The chosen assignments."""
    zone = zone_of(course.info)
    modules = {module.id: module.title for module in course.modules()}
    more = _extra_columns(assignment.extra for assignment in plan.assignments)
    header = [
        "id", "module", "title", "kind", "points", "due_at", "version", "published_at", "stack", "lti_url",
        "lti_constant_url", "folder",
    ]  # fmt: skip
    return _labels(header, more), [
        [
            a.id, modules.get(a.module_id, ""), a.title, a.kind.value, a.points, at(a.due_at, zone), a.version,
            at(a.published_at, zone), a.stack, a.lti_url, a.lti_constant_url, plan.folders[a.id],
            *(plain_cell(a.extra.get(name)) for name in more),
        ]
        for a in plan.assignments
    ]  # fmt: skip


def answer_row(
    answer: Answer, person: Person, plan: Plan, assessment: Assessment | None, zone: ZoneInfo
) -> Sequence[Cell]:
    """A row under `ANSWERS`. `assessment` is None where the guide has none of that id."""
    return [
        person.key,
        "" if plan.pseudonymous else person.student.username,
        plan.shown(person),
        answer.assessment_id,
        assessment.name if assessment else "",
        assessment.type if assessment else "",
        answer.attempt,
        at(answer.at, zone),
        answer.answer,
        answer.points,
        assessment.points if assessment else None,
        answer.correct,
        "" if plan.pseudonymous or not answer.extra else json.dumps(dict(answer.extra), ensure_ascii=False),
    ]


class Totals:
    """Sums up one assignment while its answers go by: the last attempt at each assessment counts."""

    def __init__(self, assessments: Mapping[AssessmentId, Assessment]) -> None:
        self._assessments = assessments
        self._last: dict[str, dict[AssessmentId, tuple[int, float]]] = {}

    def add(self, answer: Answer) -> None:
        """One more answer."""
        mine = self._last.setdefault(answer.student_id, {})
        if answer.attempt >= mine.get(answer.assessment_id, (0, 0.0))[0]:
            mine[answer.assessment_id] = (answer.attempt, answer.points or 0.0)

    def has_answers(self, student: str) -> bool:
        """Whether somebody answered anything."""
        return student in self._last

    def table(self, plan: Plan, results: Mapping[str, Result], zone: ZoneInfo) -> Table:
        """State, time, grade and points of everybody included."""
        more = _extra_columns(result.extra for result in results.values())
        if plan.pseudonymous:
            more = [name for name in more if name in GRADES]
        header = [
            "student_id", "username", "student", "state", "started_at", "completed_at", "time_spent_seconds", "grade",
            "answered", "assessments", "points_earned", "points_possible", "comments",
        ]  # fmt: skip
        return _labels(header, more), self._rows(plan, results, zone, more)

    def _rows(
        self, plan: Plan, results: Mapping[str, Result], zone: ZoneInfo, more: list[str]
    ) -> Iterator[Sequence[Cell]]:
        possible = sum(assessment.points or 0.0 for assessment in self._assessments.values())
        for person in plan.included:
            result = results.get(person.student.id)
            points = self._last.get(person.student.id, {})
            yield [
                person.key,
                "" if plan.pseudonymous else person.student.username,
                plan.shown(person),
                *(_standing(result, zone) if result else ["not_started", None, None, None, None]),
                len(points),
                len(self._assessments),
                round(sum(earned for _, earned in points.values()), 6),
                possible,
                result.comments if result else "",
                *(plain_cell(result.extra.get(name)) if result else None for name in more),
            ]


def _standing(result: Result, zone: ZoneInfo) -> list[Cell]:
    started, completed = at(result.started_at, zone), at(result.completed_at, zone)
    return [result.state.value, started, completed, result.time_spent_seconds, result.grade]


def course_facts(info: CourseInfo) -> dict[str, Any]:
    """What course.json says of the course itself."""
    facts: dict[str, Any] = {}
    for field in fields(info):
        value = getattr(info, field.name)
        if field.name == "child_of":
            value = {"title": value.title, "licensed_master": value.licensed_master} if value else None
        elif field.name == "extra":
            continue
        facts[field.name] = value.isoformat() if hasattr(value, "isoformat") else value
    return facts | {name: value for name, value in info.extra.items() if name not in facts}
