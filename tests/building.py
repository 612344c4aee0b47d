"""Builds small course folders, so that a test can say just what it is about."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

COLUMNS: Mapping[str, Sequence[str]] = {
    "roster": ("id", "username", "email", "first_name", "last_name", "role", "enrolled_on", "last_active_at"),
    "results": (
        "student", "assignment", "state", "started_at", "completed_at", "time_spent_seconds", "grade", "comments",
    ),
    "answers": ("student", "assignment", "assessment", "attempt", "at", "answer", "points", "correct"),
    "access": ("at", "user", "type", "assignment", "role", "project_path", "ip"),
    "coach-logs": (
        "at", "user", "assignment", "assessment", "question", "context_guides", "context_error", "context_files",
        "response",
    ),
}  # fmt: skip


class CourseBuilder:
    """A course folder in the making: two assignments, three students, no work; add to it what a test needs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True)
        self.course: dict[str, Any] = {
            "format": "exportmanager-course",
            "version": 1,
            "id": "course-1",
            "title": "A small course",
            "code": "SMALL",
            "taken_on": "2026-03-01",
            "time_zone": "Europe/Berlin",
            "modules": [
                {
                    "id": "m1",
                    "title": "Module one",
                    "assignments": [{"id": "a1", "title": "Hello"}, {"id": "a2", "title": "Loops"}],
                }
            ],
        }
        self.tables: dict[str, list[dict[str, Any]]] = {name: [] for name in COLUMNS}
        for number, (first, last) in enumerate((("Ada", "Example"), ("Bo", "Sample"), ("Cy", "Specimen")), 1):
            self.student(f"s{number}", first_name=first, last_name=last, username=f"user{number}")

    def student(self, student: str, **cells: Any) -> None:
        """Add a line to the roster."""
        row = {"role": "student", "last_active_at": "2026-02-27T10:00:00Z", "enrolled_on": "2026-01-10"}
        self.tables["roster"].append(row | {"id": student} | cells)

    def add(self, table: str, **cells: Any) -> None:
        """Add a line to a table."""
        self.tables[table].append(cells)

    def file(self, student: str, assignment: str, path: str, content: str | bytes = "print('hello')\n") -> Path:
        """Add a file to a workspace that is a folder."""
        target = self.folder / "workspaces" / assignment / student / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content.encode() if isinstance(content, str) else content)
        return target

    def guide_page(self, assignment: str, title: str, text: str, **fields: Any) -> None:
        """Add a page to the guide of an assignment's published project, behind those that are there."""
        for module in self.course["modules"]:
            for entry in module["assignments"]:
                if entry["id"] == assignment:
                    entry.setdefault("version", 1)
        content = self.folder / "assignments" / assignment / ".guides" / "content"
        content.mkdir(parents=True, exist_ok=True)
        index = content / "index.json"
        guide: dict[str, Any] = {"title": "Guide", "order": []}
        if index.exists():
            guide = json.loads(index.read_text(encoding="utf-8"))
        stem = f"page-{len(guide['order']) + 1}"
        guide["order"].append(stem)
        page = {"id": stem, "title": title, "type": "page"} | fields
        for path, value in ((index, guide), (content / f"{stem}.json", page)):
            path.write_text(json.dumps(value), encoding="utf-8")
        (content / f"{stem}.md").write_text(text, encoding="utf-8")

    def write(self) -> Path:
        """Write course.json and the tables; the folder."""
        (self.folder / "course.json").write_text(json.dumps(self.course, ensure_ascii=False), encoding="utf-8")
        for name, rows in self.tables.items():
            if rows:
                self._table(name, rows)
        return self.folder

    def _table(self, name: str, rows: Iterable[Mapping[str, Any]]) -> None:
        rows = list(rows)
        columns = list(dict.fromkeys([*COLUMNS[name], *(column for row in rows for column in row)]))
        with (self.folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns, restval="")
            writer.writeheader()
            writer.writerows(rows)
