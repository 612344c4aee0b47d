"""Reads the sample course for its tests, without the program that it is a sample for."""

import csv
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).parent.parent
SAMPLE = PROJECT / "resources" / "sample_course"
REFERENCE = re.compile(r"\{[^{}\n]+\|\s*assessment\s*\}\(([^()\s]+)\)")
DANGLING = "multiple-choice-9999999999"
Row = dict[str, str]


@cache
def table(name: str) -> list[Row]:
    with (SAMPLE / name).open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines, strict=True))


@cache
def course() -> dict[str, Any]:
    value: dict[str, Any] = json.loads((SAMPLE / "course.json").read_text(encoding="utf-8"))
    return value


def assignments() -> list[dict[str, Any]]:
    return [item for module in course()["modules"] for item in module["assignments"]]


def students() -> dict[str, Row]:
    return {row["id"]: row for row in table("roster.csv") if row["role"] == "student"}


@cache
def definitions() -> dict[str, tuple[str, dict[str, Any]]]:
    """Return the assignment and the definition of every assessment, by task id."""
    found = {}
    for path in sorted(SAMPLE.glob("assignments/*/.guides/assessments/*.json")):
        found[path.stem] = (path.parts[-4], json.loads(path.read_text(encoding="utf-8")))
    return found


@cache
def pages() -> dict[str, str]:
    """Return the text of every page, by its path in the sample."""
    paths = [path for path in SAMPLE.glob("assignments/*/.guides/content/**/*") if path.suffix in (".md", ".html")]
    return {path.relative_to(SAMPLE).as_posix(): path.read_text(encoding="utf-8") for path in paths}


def files_under(folder: Path) -> dict[str, Path]:
    return {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}


def shown_tasks(assignment: str) -> set[str]:
    texts = [text for path, text in pages().items() if path.split("/")[1] == assignment]
    return {task for text in texts for task in REFERENCE.findall(text)} - {DANGLING}
