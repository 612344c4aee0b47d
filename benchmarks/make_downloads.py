"""Writes what a platform gives, always the same: a coursework zip of inner zips, and access data of any length."""

from __future__ import annotations

import csv
import json
import random
import shutil
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

_PEOPLE = 300
_WORKS = 40
_ADDRESSES = 6
_TWICE = 1_000
"""Each so many lines, one stands there twice."""
_HEADER = (
    "Username", "Email", "First name", "Last name", "Date/time", "Access type", "Assignment name", "Role",
    "Project path", "IP address",
)  # fmt: skip
_TYPES = ("Log In", "Project Open", "Project Close", "Log Out")


def make_coursework(course: Path, target: Path) -> int:
    """Pack the workspaces of a course folder: by assignment, one zip for each student. The bytes of the zip."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as outer:
        for number, assignment in enumerate(sorted((course / "workspaces").iterdir()), 1):
            for workspace in sorted(assignment.iterdir()):
                with outer.open(f"Exercise {number}/{workspace.name}.zip", "w") as member:
                    _pack(workspace, member)
    return target.stat().st_size


def _pack(workspace: Path, member: object) -> None:
    with zipfile.ZipFile(member, "w", zipfile.ZIP_DEFLATED) as inner:  # type: ignore[call-overload]  # it can be written
        for path in sorted(workspace.rglob("*")):
            inner.write(path, path.relative_to(workspace))


def leave_work_out(course: Path) -> None:
    """Leave of a course folder who is in the course, and what its assignments are."""
    shutil.rmtree(course / "workspaces")
    for name in ("results.csv", "answers.csv"):
        (course / name).unlink()
    declared = json.loads((course / "course.json").read_text(encoding="utf-8"))
    del declared["counts"]
    (course / "course.json").write_text(json.dumps(declared), encoding="utf-8")


def make_access(target: Path, rows: int) -> int:
    """Write access data of `rows` different lines in the order of time; how many there are with those said twice."""
    rng = random.Random(7)
    at = datetime(2026, 1, 8, 8, tzinfo=UTC)
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(_HEADER)
        for number in range(rows):
            at += timedelta(seconds=rng.randrange(1, 20))
            row = _event(rng, at)
            writer.writerows([row, row] if number % _TWICE == 0 else [row])
    return rows + len(range(0, rows, _TWICE))


def _event(rng: random.Random, at: datetime) -> tuple[str, ...]:
    who, work, kind = rng.randrange(_PEOPLE), rng.randrange(_WORKS), rng.choice(_TYPES)
    about = (f"Exercise {work}", f"exercises/loops-{work}") if kind.startswith("Project") else ("", "")
    address = f"192.0.2.{(who * 31 + rng.randrange(_ADDRESSES)) % 250}"
    person = (f"user{who}", f"user{who}@school.example", f"First{who}", f"Last{who}")
    return (*person, f"{at:%Y-%m-%dT%H:%M:%SZ}", kind, about[0], "Student", about[1], address)
