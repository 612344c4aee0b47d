"""Writes a course folder whose only assignment has many answered assessments, always the same."""

from __future__ import annotations

import csv
import json
import random
from pathlib import Path
from typing import Any

_TYPES = ("multiple-choice", "free-text", "fill-in-the-blanks", "code-output-compare")
_ATTEMPTS = 3


def make_assessments(folder: Path, students: int, assessments: int) -> None:
    """Every student answered every assessment, one to three times."""
    names = [f"q{number}" for number in range(assessments)]
    guide = folder / "assignments" / "a1" / ".guides" / "assessments"
    guide.mkdir(parents=True)
    for number, name in enumerate(names):
        (guide / f"{name}.json").write_text(json.dumps(_definition(number, name)), encoding="utf-8")
    _write_course(folder)
    rng = random.Random(7)
    _table(
        folder / "roster.csv",
        ("id", "username", "email", "first_name", "last_name", "role"),
        ((f"s{n}", f"user{n}", f"user{n}@school.example", f"First{n}", f"Last{n}", "student") for n in range(students)),
    )
    _table(
        folder / "answers.csv",
        ("student", "assignment", "assessment", "attempt", "at", "answer", "points", "correct"),
        (
            (f"s{n}", "a1", name, attempt, f"2026-02-{n % 28 + 1:02}T08:00:00Z", _answer(number, rng), 1, "true")
            for n in range(students)
            for number, name in enumerate(names)
            for attempt in range(1, rng.randint(1, _ATTEMPTS) + 1)
        ),
    )


def _write_course(folder: Path) -> None:
    assignment = {"id": "a1", "title": "Questions", "version": 1, "published_at": "2026-01-10T08:00:00Z"}
    course = {
        "format": "exportmanager-course",
        "version": 1,
        "id": "assessments",
        "title": "Assessments",
        "taken_on": "2026-03-01",
        "modules": [{"id": "m1", "title": "Module", "assignments": [assignment]}],
    }
    (folder / "course.json").write_text(json.dumps(course), encoding="utf-8")


def _definition(number: int, name: str) -> dict[str, Any]:
    source: dict[str, Any] = {"name": f"Question {number}", "points": 2, "instructions": "Why?"}
    if _TYPES[number % 4] == "multiple-choice":
        source["answers"] = [{"_id": f"{name}-{n}", "answer": f"Because of {n}", "correct": n == 1} for n in range(4)]
    return {"taskId": name, "type": _TYPES[number % 4], "source": source}


def _answer(number: int, rng: random.Random) -> str:
    """What the platform stores for a type."""
    chosen = rng.randrange(4)
    answers: tuple[Any, ...] = (
        {"current": [f"q{number}-{chosen}"], "right": [f"q{number}-1"]},
        {"answer": f"Because of {chosen}, and so on.\n" * 3},
        {"current": [f"word {chosen}", "another"], "right": ["word 1", "another"]},
        {"code": 0, "output": json.dumps({"sequence": [{"returnCode": 0, "stdout": f"{chosen}\n", "passed": True}]})},
    )
    return json.dumps(answers[number % 4])


def _table(path: Path, header: tuple[str, ...], rows: Any) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)
