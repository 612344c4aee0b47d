"""Makes of a course folder the files that a platform would give of it: zips of workspaces and projects, and tables."""

from __future__ import annotations

import csv
import gzip
import io
import json
import shutil
import tarfile
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import zstandard

ACCESS = (
    "Username", "Registered email address", "First name", "Last name", "Date/time when user logged in", "Access type",
    "Assignment name", "Role in course", "Project path", "IP address",
)  # fmt: skip
COACH = (
    "Assignment_name", "Assessment_id", "User_email", "User_id", "Time", "Question", "Context_guides", "Context_error",
    "Context_files", "Response",
)  # fmt: skip
PERSON = ("Student_Name", "First_Name", "Last_Name", "Username", "Hashed_ID", "Email Address")
GRADES = (
    *PERSON, "Right Count", "Wrong Count", "Answered Assessments", "Points/Max_points", "Points", "Total Points",
    "Time_Spent", "Final Grade", "Comments", "Teacher Grade", "Assessments Grade", "Script Grade", "Grade Override",
    "Extra Credit", "Created Date", "Completed", "Completed Date/Time", "LTI ID", "Behavioral Insights",
)  # fmt: skip
ASSESSMENT = (*PERSON, "Assignment_Name", "Total_Points_Earned", "Total_Points_Possible", "Time_Spent")
ACCESS_WORDS = {
    "log_in": "Log In", "log_out": "Log Out", "project_open": "Project Open", "project_close": "Project Close",
}  # fmt: skip


def table(header: tuple[str, ...] | list[str], rows: list[list[Any]]) -> str:
    """A CSV as the platform writes it."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerows([header, *rows])
    return out.getvalue()


@dataclass
class Platform:
    """A course folder, and what its platform would give of it; every file is written into `folder`."""

    course: Path
    folder: Path

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.info = json.loads((self.course / "course.json").read_text("utf-8"))
        self.assignments = [a for module in self.info["modules"] for a in module["assignments"]]
        self.titles = {a["id"]: a["title"] for a in self.assignments}
        self.people = {row["id"]: row for row in self.rows("roster")}
        self.students = [row for row in self.people.values() if row["role"] == "student"]

    def rows(self, name: str) -> list[dict[str, str]]:
        """A table of the course folder."""
        path = self.course / f"{name}.csv"
        if not path.exists():
            return []
        with path.open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))

    def _person(self, student: dict[str, str]) -> list[str]:
        first, last = student["first_name"], student["last_name"]
        return [f"{first} {last}", first, last, student["username"], f"hash-{student['id']}", student["email"]]

    def _write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.write_bytes(text.encode())
        return path

    # Workspaces and projects

    def workspaces(self) -> Iterator[tuple[str, str, Path]]:
        """Each one: assignment, student, and where it lies, a folder or archive."""
        for assignment in sorted((self.course / "workspaces").iterdir()):
            for path in sorted(assignment.iterdir()):
                yield assignment.name, path.name.split(".")[0], path

    def coursework(self, name: str = "coursework.zip", *, inner: bool = False, student_first: bool = True) -> Path:
        """Folders of files, or an archive in the archive for each workspace."""
        order = "student/assignment" if student_first else "assignment/student"
        return self.arranged(name, order, inner="zip" if inner else "")

    def sources(self, name: str = "course-sources.zip") -> Path:
        """An archive of each assignment's published project."""
        files: dict[str, bytes | Path] = {}
        for assignment in self.assignments:
            place = self.course / "assignments" / assignment["id"]
            if place.is_dir():
                files[f"{assignment['title'].replace('/', '-')}.tar.zst"] = packed(below(place), "tar.zst")
        return self.write(name, files, "zip")

    def arranged(
        self, name: str, order: str, *, inner: str = "", outer: str = "", top: bool = False, form: str = "zip"
    ) -> Path:
        """All workspaces, with folders in the `order` of ``student/assignment`` (or module), in an `outer` folder.

        `inner` is the form of an archive for each, "" for folders; `top`: with a folder around what is in it.
        """
        files: dict[str, bytes | Path] = {}
        for assignment, student, place in self.workspaces():
            names = self._names(assignment, student)
            where = "/".join([*([outer] if outer else []), *(names[part] for part in order.split("/"))])
            if inner and place.is_dir():
                own = names[order.rpartition("/")[2]] if top else ""
                files[f"{where}.{inner}"] = packed(below(place, own), inner)
            else:
                files |= self._as_it_is(where, place)
        return self.write(name, files, form)

    def _as_it_is(self, where: str, place: Path) -> dict[str, bytes | Path]:
        """A workspace that is a folder, or an archive already."""
        return below(place, where) if place.is_dir() else {f"{where}.{place.name.partition('.')[2]}": place}

    def _names(self, assignment: str, student: str) -> dict[str, str]:
        module = next(m for m in self.info["modules"] if any(a["id"] == assignment for a in m["assignments"]))
        username = self.people.get(student, {}).get("username") or student
        return {"student": username, "assignment": self.titles[assignment], "module": module["title"]}

    def write(self, name: str, files: dict[str, bytes | Path], form: str) -> Path:
        """Files as a folder or archive of a form, whatever it is called."""
        path = self.folder / name
        if form == "folder":
            laid_out(files, path)
        else:
            path.write_bytes(packed(files, form))
        return path

    def student_data(self, student: str, name: str = "", form: str = "zip") -> Path:
        """One student's folders, one for each assignment."""
        files: dict[str, bytes | Path] = {}
        for assignment, who, place in self.workspaces():
            if who == student:
                files |= self._as_it_is(self.titles[assignment], place)
        return self.write(name or f"{self.people[student]['username']}.zip", files, form)

    def assignment_data(self, assignment: str, name: str = "", inner: str = "zip", form: str = "zip") -> Path:
        """An archive for each student, and the table of the assignment."""
        files: dict[str, bytes | Path] = {}
        for where, student, place in self.workspaces():
            username = self.people.get(student, {}).get("username") or student
            if where == assignment and place.is_dir():
                files[f"{username}.{inner}"] = packed(below(place), inner)
        files[f"{self.titles[assignment]}.csv"] = self.grades_table(assignment).encode()
        return self.write(name or f"{self.titles[assignment]}.zip", files, form)

    def project(self, assignment: str, name: str, form: str, top: str = "") -> Path:
        """The published project of an assignment."""
        return self.write(name, below(self.course / "assignments" / assignment, top), form)

    # Tables

    def access(self, name: str = "access.csv") -> Path:
        """Course access data."""
        rows = []
        for row in self.rows("access"):
            who = self.people[row["user"]]
            rows.append(
                [who["username"], who["email"], who["first_name"], who["last_name"], row["at"],
                 ACCESS_WORDS[row["type"]], self.titles.get(row["assignment"], ""), row["role"].capitalize(),
                 row["project_path"], row["ip"]]
            )  # fmt: skip
        return self._write(name, table(ACCESS, rows))

    def coach(self, name: str = "coach.csv") -> Path:
        """Course coach logs."""
        rows = [
            [self.titles.get(row["assignment"], ""), row["assessment"], self.people[row["user"]]["email"], row["user"],
             row["at"], row["question"], row["context_guides"], row["context_error"], row["context_files"],
             row["response"]]
            for row in self.rows("coach-logs")
        ]  # fmt: skip
        return self._write(name, table(COACH, rows))

    def roster(self, name: str = "roster.csv") -> Path:
        """A list of students as the platform's interface gives it."""
        rows = [[s["id"], f"{s['first_name']} {s['last_name']}", s["username"], s["email"]] for s in self.students]
        return self._write(name, table(("id", "name", "login", "email"), rows))

    def _answers(self, assignment: str) -> dict[tuple[str, str], list[dict[str, str]]]:
        """By student and assessment, in the order of attempts."""
        found: dict[tuple[str, str], list[dict[str, str]]] = defaultdict(list)
        for row in self.rows("answers"):
            if row["assignment"] == assignment:
                found[row["student"], row["assessment"]].append(row)
        return found

    def names(self, assignment: str) -> dict[str, str]:
        """The names of an assignment's assessments, by id, as far as their definitions are there."""
        folder = self.course / "assignments" / assignment / ".guides" / "assessments"
        found: dict[str, str] = {}
        for path in sorted(folder.glob("*.json")) if folder.is_dir() else []:
            try:
                told = json.loads(path.read_text("utf-8"))
            except ValueError:  # one of them is damaged on purpose
                continue
            found.setdefault(str(told.get("taskId")), str(told.get("source", {}).get("name") or told.get("taskId")))
        return found

    def grades(self, assignment: str, name: str = "") -> Path:
        """The table "Download CSV" of an assignment."""
        return self._write(name or f"{self.titles[assignment]}.csv", self.grades_table(assignment))

    def grades_table(self, assignment: str) -> str:
        """The same, as text."""
        answers, names = self._answers(assignment), self.names(assignment)
        asked = [id for id in names if any(id == key for _, key in answers)]
        columns = [f"{names[id]}{end}" for id in asked for end in ("_Correct", "_Answer", "_Attempts")]
        results = {row["student"]: row for row in self.rows("results") if row["assignment"] == assignment}
        rows = []
        for student in self.students:
            result = results.get(student["id"], {})
            is_done = result.get("state") == "completed"
            row = [
                *self._person(student), *[""] * 6, result.get("time_spent_seconds", ""), result.get("grade", ""),
                result.get("comments", ""), result.get("teacher_grade", ""), *[""] * 4, result.get("started_at", ""),
                str(is_done).upper(), result.get("completed_at", ""), "", "",
            ]  # fmt: skip
            for assessment in asked:
                given = answers.get((student["id"], assessment), [])
                last = given[-1] if given else {}
                row += [last.get("correct", "").upper(), last.get("answer", ""), str(len(given)) if given else ""]
            rows.append(row)
        return table([*GRADES, *columns], rows)

    def assessment_table(self, assignment: str) -> str:
        """Assessment data of one assignment, as text."""
        answers, names = self._answers(assignment), self.names(assignment)
        asked = [id for id in names if any(id == key for _, key in answers)]
        ends = ("_Attempts", "_Answer", "_Earned_Points", "_Total_Points_Possible")
        columns = [f"{names[id]}{end}" for id in asked for end in ends]
        rows = []
        for student in self.students:
            row = [*self._person(student), self.titles[assignment], "", "", ""]
            for assessment in asked:
                given = answers.get((student["id"], assessment), [])
                last = given[-1] if given else {}
                row += [str(len(given)) if given else "", last.get("answer", ""), last.get("points", ""), ""]
            rows.append(row)
        return table([*ASSESSMENT, *columns], rows)

    def assessment_data(self, name: str = "assessments.zip") -> Path:
        """A zip of one table for each assignment."""
        path = self.folder / name
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for assignment in self.assignments:
                archive.writestr(
                    f"{assignment['title'].replace('/', '-')}.csv", self.assessment_table(assignment["id"])
                )
        return path

    def blueprints(self, name: str = "blueprints.json") -> Path:
        """The course's blueprints."""
        return self._write(name, (self.course / "blueprints.json").read_text("utf-8"))

    def lti(self, name: str = "lti.csv") -> Path:
        """LTI assignment URLs."""
        rows = [[a["id"], a["title"], a.get("lti_url", "")] for a in self.assignments]
        return self._write(name, table(("assignment", "name", "URL"), rows))

    def everything(self) -> list[Path]:
        """All downloads of a whole course."""
        return [
            self.coursework(), self.sources(), self.assessment_data(), self.access(), self.coach(), self.blueprints(),
            self.lti(), self.roster(),
        ]  # fmt: skip


def _files(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.rglob("*")) if path.is_symlink() or path.is_file()]


def below(folder: Path, top: str = "") -> dict[str, bytes | Path]:
    """All files and links in a folder, by their paths within it, below `top`."""
    return {f"{top}/{path}" if top else path: file for file in _files(folder) for path in [_path_in(file, folder)]}


def _path_in(file: Path, folder: Path) -> str:
    return file.relative_to(folder).as_posix()


def packed(files: dict[str, bytes | Path], form: str) -> bytes:
    """Files as a zip, tar.gz or tar.zst, with entries for folders as most programs write them."""
    out = io.BytesIO()
    if form == "zip":
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for folder in _folders(files):
                archive.writestr(f"{folder}/", b"")
            for name, file in files.items():
                archive.writestr(_info(file, name), file if isinstance(file, bytes) else _content(file))
        return out.getvalue()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for folder in _folders(files):
            info = tarfile.TarInfo(f"{folder}/")
            info.type, info.mode = tarfile.DIRTYPE, 0o755
            tar.addfile(info)
        for name, file in files.items():
            if isinstance(file, Path):
                tar.add(file, name, recursive=False)
            else:
                info = tarfile.TarInfo(name)
                info.size = len(file)
                tar.addfile(info, io.BytesIO(file))
    data = out.getvalue()
    return gzip.compress(data) if form == "tar.gz" else zstandard.ZstdCompressor().compress(data)


def _folders(files: dict[str, bytes | Path]) -> list[str]:
    parts = [name.split("/") for name in files]
    return sorted({"/".join(some[:n]) for some in parts for n in range(1, len(some))})


def laid_out(files: dict[str, bytes | Path], folder: Path) -> None:
    """Files as a folder on the disk."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, file in files.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(file, bytes):
            target.write_bytes(file)
        else:
            shutil.copy2(file, target, follow_symlinks=False)


def _info(file: bytes | Path, name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, (2026, 3, 2, 12, 0, 0))
    info.create_system = 3
    info.compress_type = zipfile.ZIP_DEFLATED
    mode = 0o100644 if isinstance(file, bytes) else _mode(file)
    info.external_attr = mode << 16
    return info


def _mode(file: Path) -> int:
    return 0o120777 if file.is_symlink() else 0o100000 | (file.stat().st_mode & 0o777)


def _content(file: Path) -> bytes:
    return str(file.readlink()).encode() if file.is_symlink() else file.read_bytes()
