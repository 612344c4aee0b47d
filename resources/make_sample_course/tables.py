"""Writes the CSV files of the course."""

import csv
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from make_sample_course.answers import Answer
from make_sample_course.coach import CoachLog
from make_sample_course.course import Person
from make_sample_course.results import Result
from make_sample_course.term import dice, in_utc, local_day, with_offset, without_zone
from make_sample_course.visits import Event

BYTE_ORDER_MARK = "\ufeff"
ROSTER = ["id", "username", "email", "first_name", "last_name", "role", "enrolled_on", "last_active_at", "seat"]
RESULTS = [
    "student",
    "assignment",
    "state",
    "started_at",
    "completed_at",
    "time_spent_seconds",
    "grade",
    "comments",
    "teacher_grade",
    "assessments_grade",
    "script_grade",
    "grade_override",
    "extra_credit",
    "lti_id",
    "behavioral_insights",
]
ANSWERS = ["student", "assignment", "assessment", "attempt", "at", "answer", "points", "correct"]
ACCESS = ["at", "user", "type", "assignment", "role", "project_path", "ip"]
COACH = [
    "at",
    "user",
    "assignment",
    "assessment",
    "question",
    "context_guides",
    "context_error",
    "context_files",
    "response",
]
ONLY_THE_DAY = ("s1008", "s1020")


def write_table(path: Path, columns: list[str], rows: Iterable[dict[str, str]], head: str = "") -> int:
    """Write a CSV file, and return the number of its lines without the first."""
    count = 0
    with path.open("w", encoding="utf-8", newline="") as lines:
        lines.write(head)
        writer = csv.DictWriter(lines, columns, restval="", lineterminator="\n")
        writer.writeheader()
        for row in rows:
            writer.writerow(row)
            count += 1
    return count


def write_roster(path: Path, people: Iterable[Person], last_seen: dict[str, datetime]) -> int:
    """Write the roster, with a byte order mark as spreadsheets do, and a column that no format knows."""
    rows = [roster_row(person, last_seen[person.id]) for person in people]
    return write_table(path, ROSTER, rows, BYTE_ORDER_MARK)


def roster_row(person: Person, seen: datetime) -> dict[str, str]:
    """The line of a person; for some the platform knows only the day of the last visit."""
    chance = dice(person.id, "seat")
    return {
        "id": person.id,
        "username": person.username,
        "email": person.email,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "role": person.role,
        "enrolled_on": person.enrolled_on.isoformat(),
        "last_active_at": local_day(seen).isoformat() if person.id in ONLY_THE_DAY else with_offset(seen),
        "seat": "" if person.role == "teacher" else f"Room {chance.choice('AB')}, desk {chance.randrange(1, 16)}",
    }


def write_results(path: Path, results: Iterable[Result]) -> int:
    """Write the results."""
    return write_table(path, RESULTS, (result.cells for result in results))


def write_answers(path: Path, answers: Iterable[Answer]) -> int:
    """Write the answers."""
    return write_table(path, ANSWERS, map(answer_row, answers))


def answer_row(answer: Answer) -> dict[str, str]:
    """The line of an attempt."""
    return {
        "student": answer.work.person.id,
        "assignment": answer.work.assignment.id,
        "assessment": answer.assessment.task,
        "attempt": str(answer.attempt),
        "at": in_utc(answer.at),
        "answer": answer.text,
        "points": "" if answer.points is None else f"{answer.points:g}",
        "correct": "" if answer.correct is None else str(answer.correct).lower(),
    }


def write_access(path: Path, events: Iterable[Event]) -> int:
    """Write the access events."""
    return write_table(path, ACCESS, ({**vars(event), "at": in_utc(event.at)} for event in events))


def write_coach_logs(path: Path, logs: Iterable[CoachLog]) -> int:
    """Write the logs of the coach, whose times have no zone."""
    return write_table(path, COACH, map(coach_row, logs))


def coach_row(log: CoachLog) -> dict[str, str]:
    """The line of a question."""
    return {
        "at": without_zone(log.at),
        "user": log.work.person.id,
        "assignment": log.work.assignment.id,
        "assessment": log.authored["assessment"],
        "question": log.authored["question"],
        "context_guides": log.authored["guides"],
        "context_error": log.authored["error"],
        "context_files": log.files,
        "response": log.authored["response"],
    }
