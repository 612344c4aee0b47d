"""What was written by hand: the course, its people, and the assessments in the order in which students meet them."""

import csv
import json
import re
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

Json = dict[str, Any]
AUTHORED = Path(__file__).parent / "authored"
REFERENCE = re.compile(r"\{[^{}\n]+\|\s*assessment\s*\}\(([^()\s]+)\)")


@dataclass(frozen=True)
class Person:
    """Somebody in the roster. `fate` is what makes this person special, such as `missing=a5-functions`."""

    id: str
    username: str
    email: str
    first_name: str
    last_name: str
    role: str
    enrolled_on: date
    begun: int
    finished: int
    skill: float
    fate: str

    @property
    def name(self) -> str:
        """First and last name, as they are shown."""
        return f"{self.first_name} {self.last_name}".strip()

    def meets(self, fate: str) -> str:
        """Return what the person's fate says after `fate=`, or nothing if it is another one."""
        kind, _, value = self.fate.partition("=")
        return value if kind == fate else ""


@dataclass(frozen=True)
class Assessment:
    """A question: its task id, type and definition."""

    task: str
    type: str
    source: Json

    @property
    def points(self) -> float:
        """What it is worth."""
        return float(self.source["points"])


@dataclass(frozen=True)
class Assignment:
    """An assignment with the assessments that its guide shows, in reading order, each once."""

    id: str
    title: str
    due_at: datetime
    published_at: datetime
    shown: tuple[Assessment, ...]

    @property
    def points(self) -> float:
        """What all shown assessments are worth together; the grade book is counted apart."""
        return sum(one.points for one in self.shown if one.type != "grade-book")


@dataclass(frozen=True)
class Course:
    """Everything that was written by hand and that the rest is made from."""

    settings: Json
    people: tuple[Person, ...]
    assignments: tuple[Assignment, ...]

    @property
    def students(self) -> list[Person]:
        """Everybody but the teachers."""
        return [person for person in self.people if person.role == "student"]


def read_course(projects: Path) -> Course:
    """Read the authored files; `projects` is the folder with the published guide projects."""
    settings = json.loads((AUTHORED / "course.json").read_text(encoding="utf-8"))
    assignments = [read_assignment(projects, item) for module in settings["modules"] for item in module["assignments"]]
    return Course(settings, tuple(read_people()), tuple(assignments))


def read_people() -> list[Person]:
    """Read `people.csv`."""
    with (AUTHORED / "people.csv").open(encoding="utf-8", newline="") as lines:
        return [person_from(row) for row in csv.DictReader(lines)]


def person_from(row: dict[str, str]) -> Person:
    """Make a person from a line of `people.csv`."""
    return Person(
        id=row["id"],
        username=row["username"],
        email=row["email"],
        first_name=row["first_name"],
        last_name=row["last_name"],
        role=row["role"],
        enrolled_on=date.fromisoformat(row["enrolled_on"]),
        begun=int(row["begun"]),
        finished=int(row["finished"]),
        skill=float(row["skill"]),
        fate=row["fate"],
    )


def read_assignment(projects: Path, item: Json) -> Assignment:
    """Read the published project of an assignment."""
    guides = projects / item["id"] / ".guides"
    shown = []
    for task in dict.fromkeys(references(guides / "content")):
        path = guides / "assessments" / f"{task}.json"
        if path.exists():  # one reference dangles on purpose
            value = json.loads(path.read_text(encoding="utf-8"))
            shown.append(Assessment(task, value["type"], value["source"]))
    times = [datetime.fromisoformat(item[key]) for key in ("due_at", "published_at")]
    return Assignment(item["id"], item["title"], times[0], times[1], tuple(shown))


def references(folder: Path) -> list[str]:
    """List the assessments that the pages of a guide folder refer to, in reading order."""
    found = []
    for stem in json.loads((folder / "index.json").read_text(encoding="utf-8"))["order"]:
        if (folder / stem / "index.json").exists():
            found += references(folder / stem)
        elif (folder / f"{stem}.md").exists():
            found += REFERENCE.findall((folder / f"{stem}.md").read_text(encoding="utf-8"))
    return found
