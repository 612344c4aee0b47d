"""A course with something of everything that an archive must hold, and archives of it, read without the program."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import zipfile
from pathlib import Path
from typing import Any

from building import CourseBuilder

from exportmanager.archive.options import ArchiveOptions
from exportmanager.core.archive import ArchiveRecord
from exportmanager.core.course import CourseId
from exportmanager.core.meter import Meter
from exportmanager.program import Program

COURSE = CourseId("course-1")
LONG = "/".join(["deep-folder-number-something"] * 6)
"""A path that has no room behind the folders of an archive."""
ODD_NAMES = ("con.txt", "100%0Aodd.txt", "a:b.txt", "Größe 数.txt", "50%.txt", f"{LONG}/end.txt")


def everything(folder: Path) -> CourseBuilder:
    """A course with something of everything; of each student something else."""
    builder = CourseBuilder(folder)
    builder.course["extra-owner"] = "Tea Cher"
    builder.student("s4", first_name="Di", last_name="Dormant", username="dormant", email="di@example.org",
                    last_active_at="2025-01-01T00:00:00Z", enrolled_on="2024-12-01", lti_id="lti-dormant")  # fmt: skip
    builder.student("t1", role="teacher", first_name="Tea", last_name="Cher", username="teach", email="tea@example.org")
    builder.tables["roster"][0]["email"] = "ada@example.org"
    for assignment in ("a1", "a2"):
        builder.file("s1", assignment, "main.py", f"print('{assignment}')\n" * 20)
    for name in ODD_NAMES:
        builder.file("s2", "a1", name, f"this is {name}\n")
    link = builder.file("s3", "a1", "src/tool.sh", "#!/bin/sh\n")
    link.chmod(0o755)
    link.with_name("alias").symlink_to("tool.sh")
    (link.parent.parent / "empty").mkdir()
    builder.file("s4", "a1", "old.txt", "from long ago")
    builder.file("t1", "a2", "model.py", "the solution")
    for student in ("s1", "s2", "s4"):
        builder.add("results", student=student, assignment="a1", state="completed", grade="90", lti_id=f"lti-{student}",
                    teacher_grade="8")  # fmt: skip
        builder.add("answers", student=student, assignment="a1", assessment="q1", attempt="1", answer=f"by {student}")
        for ip in ("192.0.2.7", "192.0.2.8"):
            builder.add("access", at="2025-03-01T10:00:00Z", user=student, type="project_open", assignment="a1",
                        project_path=f"{student}-name/project", ip=ip, device="phone")  # fmt: skip
        builder.add("coach-logs", at="2026-01-01T10:00:00Z", user=student, assignment="a1", question="Why?")
    project = builder.folder / "assignments" / "a1"
    (project / ".guides").mkdir(parents=True)
    (project / "starter.py").write_text("# begin here\n")
    blueprints = [{"name": "Intro", "content": "# Hello", "createdBy": "t1"}]
    (builder.folder / "blueprints.json").write_text(json.dumps(blueprints))
    builder.course["modules"][0]["assignments"][0]["version"] = 1
    return builder


def bring_in_twice(program: Program, folder: Path) -> None:
    """Import it, and again with another version of one workspace and of the project."""
    builder = everything(folder)
    program.bring_in("folder", str(builder.write()))
    builder.file("s1", "a1", "main.py", "print('newer')\n")
    (builder.folder / "assignments" / "a1" / "starter.py").write_text("# begin anew\n")
    program.bring_in("folder", str(builder.write()))
    with sqlite3.connect(program.library.folder / "library.sqlite3") as database:
        note = (COURSE, "a1", "s1", "good idea", "2026-01-01 10:00:00.000000")
        database.execute("INSERT INTO teacher_notes VALUES (?, ?, ?, ?, ?)", note)
    database.close()


def archived(program: Program, folder: Path, passphrase: str | None = None, **options: Any) -> ArchiveRecord:
    """An archive of the course in `folder`."""
    folder.mkdir(exist_ok=True)
    return program.archives.archive(COURSE, ArchiveOptions(**options), folder, Meter(), passphrase)


def files_of(archive: Path) -> dict[str, bytes]:
    """Every file of a zip or folder, by its path in the bag."""
    if archive.is_dir():
        paths = [path for path in archive.rglob("*") if path.is_file()]
        return {path.relative_to(archive).as_posix(): path.read_bytes() for path in paths}
    with zipfile.ZipFile(archive) as opened:
        names = [name for name in opened.namelist() if not name.endswith("/")]
        return {name.partition("/")[2]: opened.read(name) for name in names}


def rows_of(files: dict[str, bytes], table: str) -> list[dict[str, Any]]:
    """The rows of a table in an archive."""
    return [json.loads(line) for line in files[f"data/library/{table}.jsonl"].decode().splitlines()]


def stored_rows(library: Path, table: str) -> list[dict[str, Any]]:
    """The same rows in the library's database, of which it has one course."""
    with sqlite3.connect(library / "library.sqlite3") as database:
        database.row_factory = sqlite3.Row
        rows = [dict(row) for row in database.execute(f"SELECT * FROM {table}")]
    database.close()
    return [{k: v.hex() if isinstance(v, bytes) else v for k, v in row.items()} for row in rows]


def broken_promises(files: dict[str, bytes]) -> list[str]:
    """What the manifests of a bag say that is not so, and what they do not say."""
    found = []
    for kind, covered in (
        ("manifest", {name for name in files if name.startswith("data/")}),
        ("tagmanifest", {name for name in files if not name.startswith("data/") and "tagmanifest-" not in name}),
    ):
        for algorithm in ("sha256", "sha512"):
            if f"{kind}-{algorithm}.txt" in files:
                listed = files[f"{kind}-{algorithm}.txt"].decode().splitlines()
                hashes = {line.split("  ", 1)[1]: line.split("  ", 1)[0] for line in listed}
                assert len(hashes) == len(listed)
                found += sorted(covered ^ hashes.keys())
                found += [
                    n for n, h in hashes.items() if n in files and hashlib.new(algorithm, files[n]).hexdigest() != h
                ]
    return found
