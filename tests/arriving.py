"""What tests of arriving downloads share: bring files in, and compare what a course then holds with another."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from downloading import packed
from handling import rows

from exportmanager.core.arrivals import Link, Plan
from exportmanager.core.course import Course, CourseId
from exportmanager.core.meter import Meter
from exportmanager.core.report import ImportReport
from exportmanager.program import Program

COURSE = "Downloaded"


def arrive(
    program: Program,
    *places: Path,
    course: str | None = None,
    title: str = COURSE,
    settled: Mapping[str, str] | None = None,
    meter: Meter | None = None,
) -> ImportReport:
    """Look at files in this order and take them in as a new course, or as part of one."""
    with program.look() as look:
        for place in places:
            look.add(str(place), Meter())
        to = CourseId(course) if course else None
        program.plan(look, to, title, settled or {})
        report, *others = program.take_in(look, to, title, settled or {}, "Europe/Berlin", meter or Meter())
    assert others == []
    return report


def planned(program: Program, *places: Path, course: str | None = None, **settled: str) -> Plan:
    """What would come in."""
    with program.look() as look:
        for place in places:
            look.add(str(place), Meter())
        return program.plan(look, CourseId(course) if course else None, COURSE, settled)


def links(plan: Plan) -> dict[str, Link]:
    """The links of a plan, by key."""
    return {link.key: link for link in plan.links}


def gaps(report: ImportReport) -> list[tuple[str, str]]:
    """What and who the gaps name that nobody chose."""
    return [(gap.what, gap.who) for gap in report.gaps if not gap.chosen]


def opened(program: Program, course: str) -> Any:
    """A course of the library."""
    return program.library.course(CourseId(course))


def files_of(course: Course) -> Mapping[tuple[str, str], Sequence[Any]]:
    """What lies in each workspace, by the title of its assignment and its student's user name."""
    titles, names = _titles(course), _names(course)
    found = {}
    for workspace in course.workspaces():
        package = workspace.package.sha256
        content = sorted(course.contents([package])[package])
        found[titles[workspace.assignment_id], names[workspace.student_id]] = content
    return found


def last_answers(course: Course) -> dict[tuple[str, str, str], tuple[int, str, float | None]]:
    """The last attempt at each assessment: its number, answer and points."""
    titles, names = _titles(course), _names(course)
    found: dict[tuple[str, str, str], tuple[int, str, float | None]] = {}
    for assignment, title in titles.items():
        for a in course.answers(assignment):
            key = (title, names[a.student_id], a.assessment_id)
            found[key] = max(found.get(key, (0, "", None)), (a.attempt, a.answer, a.points or None), key=lambda x: x[0])
    return found


def events_of(program: Program, course: str) -> list[tuple[Any, ...]]:
    """All access events, in order."""
    return rows(
        program.library.folder,
        f"""SELECT at, coalesce(nullif(username, ''), user_id), type, title, e.role, project_path, ip, occurrence
        FROM access_events e JOIN students s ON s.course_id = e.course_id AND s.id = e.user_id
        LEFT JOIN assignments a ON a.course_id = e.course_id AND a.id = e.assignment_id
        WHERE e.course_id = '{course}' ORDER BY 1, 2, 3, 4, 5, 6, 7, 8""",
    )


def _titles(course: Course) -> dict[Any, str]:
    return {assignment.id: assignment.title for assignment in course.assignments()}


def _names(course: Course) -> dict[Any, str]:
    return {student.id: student.username or student.id for student in course.students()}


class Files:
    """Small files of a platform's, made as a test needs them, in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def roster(self, *people: str, name: str = "roster.csv") -> Path:
        """A list of people, each as ``id, name, login, email``."""
        return self.text(name, "\n".join(["id,name,login,email", *people]))

    def access(self, *events: str, name: str = "access.csv") -> Path:
        """Events, each as ``login, email, name, time, type, assignment``."""
        header = "Username,Registered email,Name,Date/time logged in,Access type,Assignment name,Project path"
        return self.text(name, "\n".join([header, *(f"{event}," for event in events)]))

    def answers(self, title: str, questions: str, *rows: str, name: str = "") -> Path:
        """Assessment data: the `questions`' names with | between, rows of ``login, attempts, answer, points ...``"""
        columns = [f"{q}{end}" for q in questions.split("|") for end in ("_Attempts", "_Answer", "_Earned_Points")]
        lines = [",".join(["Username", "Assignment_Name", "Total_Points_Earned", "Total_Points_Possible", *columns])]
        for row in rows:
            login, *cells = row.split(",")
            lines.append(",".join([login, title, "", "", *cells]))
        return self.text(name or f"{title}.csv", "\n".join(lines))

    def text(self, name: str, text: str) -> Path:
        """A file."""
        path = self.folder / name
        path.write_bytes(text.encode())
        return path

    def packed(self, name: str, files: Mapping[str, bytes]) -> Path:
        """A zip of these files."""
        path = self.folder / name
        path.write_bytes(packed(dict(files), "zip"))
        return path

    def workspaces(self, *places: str, name: str = "coursework.zip") -> Path:
        """A zip of workspaces at these places."""
        files = {f"{place}/{path}": place.encode() for place in places for path in (".codio", "main.py")}
        return self.packed(name, files)

    def guide(self, *tasks: tuple[str, str], name: str = "Hello.zip", text: str = "") -> Path:
        """A project whose guide has a page that shows these assessments, each an id and a name."""
        shown = "\n\n".join(f"{{Check It!|assessment}}({task})" for task, _ in tasks)
        files = {
            ".guides/metadata.json": b'{"sections": [{"id": "p1", "title": "Page", "content-file": ".guides/p1.md"}]}',
            ".guides/p1.md": f"{text}\n\n{shown}".encode(),
            ".guides/assessments.json": json.dumps(
                [{"taskId": t, "type": "free-text", "source": {"name": n, "points": 5}} for t, n in tasks]
            ).encode(),
            ".guides/secure/key": b"",
        }
        return self.packed(name, files)
