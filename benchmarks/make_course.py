"""Writes a course folder of any size, always the same, whose workspaces look and compress like students' work."""

from __future__ import annotations

import csv
import json
import math
import os
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.texts import Pool, pools

ASSIGNMENTS = 20
ASSESSMENTS = 3
_TAKEN = datetime(2026, 7, 1, tzinfo=UTC)
MEDIAN = 3_300
SPREAD = 1.35
"""Of the logarithm of the sizes: the mean is then 2.5 times the median."""
LARGEST = 400_000
BINARY = "binary"

FILES: tuple[tuple[str, str], ...] = (
    ("main.py", "code"),
    ("solution.py", "code"),
    ("README.md", "notes"),
    ("src/Game.java", "code"),
    ("src/Player.java", "code"),
    ("src/model.py", "code"),
    ("src/helpers.py", "code"),
    ("src/app.js", "code"),
    ("src/lists.c", "code"),
    ("tests/test_main.py", "code"),
    ("tests/test_model.py", "code"),
    ("tests/TestGame.java", "code"),
    ("web/index.js", "code"),
    ("web/style.css", "code"),
    ("data/settings.json", "json"),
    ("data/items.json", "json"),
    ("data/measured.csv", "csv"),
    ("data/people.csv", "csv"),
    ("logs/run.log", "log"),
    ("notes.md", "notes"),
    ("web/picture.png", BINARY),
)
"""The files of every workspace, and what is in them."""


@dataclass(frozen=True, slots=True)
class CourseSize:
    """How large a course is; `scale` multiplies the size of every file."""

    workspaces: int
    scale: float = 1.0

    @property
    def students(self) -> int:
        """Everybody has a workspace of every assignment."""
        return math.ceil(self.workspaces / ASSIGNMENTS)


@dataclass(frozen=True, slots=True)
class Written:
    """What was written into workspaces."""

    files: int
    bytes: int


def make_course(folder: Path, size: CourseSize) -> Written:
    """Write a course into `folder`, which must not be there. Without any sync."""
    folder.mkdir(parents=True)
    texts = pools()
    _write_tables(folder, size)
    for assignment in range(ASSIGNMENTS):
        _write_published(folder / "assignments" / _assignment_id(assignment), assignment, texts)
    written = [_write_workspace(folder, number, size, texts) for number in range(size.workspaces)]
    return Written(len(FILES) * size.workspaces, sum(written))


def _student_id(number: int) -> str:
    return f"s{number + 1:05}"


def _assignment_id(number: int) -> str:
    return f"a{number + 1:02}"


def _write_tables(folder: Path, size: CourseSize) -> None:
    assignments = [
        {"id": _assignment_id(n), "title": f"Exercise {n + 1}", "points": 10, "version": 1, "stack": "Python 3.12"}
        for n in range(ASSIGNMENTS)
    ]
    course = {
        "format": "exportmanager-course",
        "version": 1,
        "id": f"benchmark-{size.workspaces}",
        "title": f"A course with {size.workspaces:,} workspaces",
        "code": "BENCH",
        "taken_on": _TAKEN.date().isoformat(),
        "counts": {"students": size.students, "workspaces": size.workspaces},
        "modules": [{"id": "m1", "title": "All of it", "assignments": assignments}],
    }
    (folder / "course.json").write_text(json.dumps(course, indent=1), encoding="utf-8")
    roster = "id,username,email,first_name,last_name,role,enrolled_on,last_active_at"
    results = "student,assignment,state,started_at,completed_at,time_spent_seconds,grade,comments"
    answers = "student,assignment,assessment,attempt,at,answer,points,correct"
    _write_csv(folder / "roster.csv", roster, _roster(size))
    _write_csv(folder / "results.csv", results, _results(size))
    _write_csv(folder / "answers.csv", answers, _answers(size))


def _write_csv(path: Path, header: str, rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(header.split(","))
        writer.writerows(rows)


def _roster(size: CourseSize) -> Iterator[Sequence[object]]:
    for number in range(size.students):
        name = f"student{number + 1}"
        email = f"{name}@example.org"
        active = _TAKEN - timedelta(hours=number % 500)
        yield (
            _student_id(number),
            name,
            email,
            f"First{number + 1}",
            "Last",
            "student",
            "2026-02-01",
            active.isoformat(),
        )


def _pairs(size: CourseSize) -> Iterator[tuple[str, str, int]]:
    for number in range(size.workspaces):
        student, assignment = divmod(number, ASSIGNMENTS)
        yield _student_id(student), _assignment_id(assignment), number


def _results(size: CourseSize) -> Iterator[Sequence[object]]:
    for student, assignment, number in _pairs(size):
        begun = _TAKEN - timedelta(days=number % 100, minutes=number % 700)
        ended = begun + timedelta(hours=2)
        grade = 50 + number % 51
        yield student, assignment, "completed", begun.isoformat(), ended.isoformat(), 60 * (number % 240), grade, ""


def _answers(size: CourseSize) -> Iterator[Sequence[object]]:
    for student, assignment, number in _pairs(size):
        for task in range(ASSESSMENTS):
            at = _TAKEN - timedelta(days=number % 100, minutes=task)
            text = f"the loop runs {number % 17} times, not {task}"
            yield student, assignment, f"task-{task + 1}", 1, at.isoformat(), text, number % 4, "true"


def _write_published(folder: Path, number: int, texts: dict[str, Pool]) -> None:
    content, assessments = folder / ".guides/content", folder / ".guides/assessments"
    content.mkdir(parents=True)
    assessments.mkdir()
    for page in range(5):
        _write(str(content / f"page-{page + 1}.md"), texts["notes"].cut(7_919 * (number * 5 + page), 2_500))
    for task in range(ASSESSMENTS):
        question = {"taskId": f"task-{task + 1}", "type": "free-text", "source": {"name": "How often?", "points": 3}}
        _write(str(assessments / f"task-{task + 1}.json"), json.dumps(question, indent=1).encode())
    _write(str(folder / "main.py"), texts["code"].cut(104_729 * (number + 1), 1_200))


def _write_workspace(folder: Path, number: int, size: CourseSize, texts: dict[str, Pool]) -> int:
    """Write a workspace; the bytes in it."""
    student, assignment = divmod(number, ASSIGNMENTS)
    place = f"{folder}/workspaces/{_assignment_id(assignment)}/{_student_id(student)}"
    for name in ("src", "tests", "web", "data", "logs"):
        os.makedirs(f"{place}/{name}")  # noqa: PTH103 - a Path for each of 200,000 files takes longer than the file
    rng = random.Random(number)
    modified = int(_TAKEN.timestamp()) - 60 * (number % 100_000)
    total = 0
    for name, sort in FILES:
        wanted = max(40, int(size.scale * min(LARGEST, rng.lognormvariate(math.log(MEDIAN), SPREAD))))
        data = rng.randbytes(wanted) if sort == BINARY else texts[sort].cut(rng.getrandbits(40), wanted)
        _write(f"{place}/{name}", data)
        os.utime(f"{place}/{name}", (modified, modified))
        total += len(data)
    return total


def _write(path: str, data: bytes) -> None:
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o644)
    try:
        os.write(file, data)
    finally:
        os.close(file)
