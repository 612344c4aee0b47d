"""After a library in which everything was used, no byte of its folder names who was erased from it."""

from __future__ import annotations

import json
import logging
import shutil
import zipfile
from pathlib import Path
from typing import Any

import pytest
from bagging import archived, everything
from exporting import file_of

from exportmanager import log
from exportmanager.archive.drafts import ArchiveDraft
from exportmanager.core.course import AssignmentId, CourseId, StudentId
from exportmanager.core.errors import NotFound
from exportmanager.core.ledger import Job, JobState
from exportmanager.core.meter import Meter
from exportmanager.core.run import ExportRequest
from exportmanager.formats.archives import open_tree
from exportmanager.library.db import copy_database
from exportmanager.program import Program

COURSE, ZEP = CourseId("course-1"), StudentId("stu-zq-8841")
FIRST, LAST, EMAIL, USER = "Zéphyrine", "Quillfeather", "zeph.quill@example.org", "zquill77"
NAME = f"{FIRST} {LAST}"
WORDS = (FIRST, LAST, EMAIL, USER, ZEP)


def renamed(value: Any) -> Any:
    """What the usual course says of its first student, said of ours."""
    return {"s1": ZEP, "user1": USER, "Ada": FIRST, "Example": LAST, "ada@example.org": EMAIL}.get(value, value)


def course_folder(folder: Path) -> Path:
    """A course in which our student is named wherever that can be."""
    builder = everything(folder)
    builder.tables = {
        table: [{column: renamed(value) for column, value in row.items()} for row in rows]
        for table, rows in builder.tables.items()
    }
    builder.tables["results"][1]["extra-partner"] = EMAIL
    builder.course["best-student"] = NAME
    builder.add("access", at="2025-03-02T10:00:00Z", user="t1", type="project_open", assignment="a1",
                project_path=f"{USER}/project", ip="192.0.2.9")  # fmt: skip
    for assignment in ("a1", "a2"):
        (folder / "workspaces" / assignment / "s1").rename(folder / "workspaces" / assignment / ZEP)
    builder.file(ZEP, "a1", f"{USER}.txt", f"by {NAME}, {EMAIL}")
    shutil.rmtree(folder / "workspaces" / "a2" / ZEP)
    (folder / "workspaces" / "a2" / f"{ZEP}.zip").write_bytes(b"PK damaged")
    return builder.write()


def bring_in(program: Program, folder: Path) -> None:
    """Import the course twice: an address and some work differ the second time."""
    place = course_folder(folder)
    program.bring_in("folder", str(place))
    roster = place / "roster.csv"
    roster.write_text(roster.read_text(encoding="utf-8").replace(EMAIL, f"old.{EMAIL}"), encoding="utf-8")
    program.bring_in("folder", str(place))
    roster.write_text(roster.read_text(encoding="utf-8").replace(f"old.{EMAIL}", EMAIL), encoding="utf-8")
    (place / "workspaces" / "a1" / ZEP / "main.py").write_text("print('newer')\n")
    program.bring_in("folder", str(place))


def exported(program: Program, kind: str, **options: Any) -> Job:
    """An export, run to its end."""
    request = ExportRequest(kind, COURSE, program.kinds[kind].Options(**options))
    return program.exporter.run(program.exporter.submit(request))


def use_exports(program: Program) -> tuple[Job, Job]:
    """Every kind of export, of all and of ours; one is missing from the shelf, one was changed by somebody."""
    with program.library.course(COURSE) as course:
        ways = [name for name, kind in program.kinds.items() if kind.unavailable(course) is None]
    for kind in set(ways) - {"dossier", "pdf"}:
        exported(program, kind)
    exported(program, "student", students=[ZEP])
    missing, changed = (exported(program, "coursework", students=[ZEP, student]) for student in ("s2", "s3"))
    failed = program.exporter.submit(ExportRequest("coursework", COURSE, program.kinds["coursework"].Options()))
    program.ledger.end(failed.job.id, JobState.FAILED, program.clock(), f"{NAME} ({EMAIL}) is odd.", f"See {USER}.")
    failed.draft.discard()
    return missing, changed


def use_projects(program: Program, folder: Path) -> None:
    """Open for review what ours handed in, known by its name, its file or its content; and what somebody else did."""
    for place, name, content in (
        ("lab-1", f"{LAST}, {FIRST}", "1"),
        (f"{FIRST}_{LAST}_lab", "Lab one", "2"),
        ("lab-3", "Lab two", ""),
        ("lab-4", "Lab of Bo", "4"),
    ):
        path = folder / place
        path.mkdir(parents=True)
        (path / "main.py").write_text(content)
        if not content:  # just as it was handed in
            shutil.rmtree(path)
            shutil.copytree(folder.parent / "course" / "workspaces" / "a1" / ZEP, path)
        program.library.projects.take_in(open_tree(path), name, "python", str(path), program.clock(), Meter())


def use_archives(program: Program, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An archive with accepted gaps; and one that is whole, but killed before it had its name. Where that waits."""
    record = archived(program, folder / "out", exports=False)
    program.archives.proofs.accept(record, record.certificate.open_gaps[:1])

    class Killed(BaseException):
        pass

    def kill(_: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(ArchiveDraft, "publish", kill)
        with pytest.raises(Killed):
            archived(program, folder / "disk", exports=False)
    return folder / "disk"


def use_the_rest(program: Program) -> None:
    """Notes, a copy of the database, what a killed export left, and a log that was told more than it should write."""
    program.library.notes.keep(COURSE, ZEP, AssignmentId("a1"), f"{NAME} asked for time.", program.clock())
    copy_database(program.library._engine, "before-0005-from-0004")
    (program.library.folder / "shelf" / ".drafts" / f"{'0' * 32}.part").write_text(NAME)
    program.library.set_setting("window", {"columns of students": [1, 2], "last search": NAME})
    log.open_log(program.library.folder / "logs")
    log.event("job ended", kind=NAME, error=NotFound(f"There is no {NAME}.", f"See {USER}."))
    logging.getLogger("exportmanager").info("%s is %s", NAME, EMAIL)
    log.close_log()


def found_in(folder: Path) -> list[str]:
    """Where below a folder one of the words stands: in a file, in a member of a zip, or in a name."""
    ways = {
        way.lower()
        for word in WORDS
        for way in (word.encode(), word.encode("utf-16-le"), word.encode("utf-16-be"), json.dumps(word)[1:-1].encode())
    }
    pieces: list[tuple[str, bytes]] = []
    for path in sorted(folder.rglob("*")):
        pieces.append((f"the name of {path.name}", path.name.encode()))
        if path.is_file():
            pieces.append((str(path.relative_to(folder)), path.read_bytes()))
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as opened:
                pieces += [(f"{path.name}: {name}", name.encode() + opened.read(name)) for name in opened.namelist()]
    return [where for where, data in pieces if any(way in data.lower() for way in ways)]


@pytest.fixture
def used(program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Program, Job, Job, Path]:
    """A program in which everything was used; a job whose file is missing, one whose file was changed; a disk away."""
    bring_in(program, tmp_path / "course")
    missing, changed = use_exports(program)
    use_projects(program, tmp_path / "handed in")
    disk = use_archives(program, tmp_path, monkeypatch)
    use_the_rest(program)
    disk.rename(tmp_path / "disk in a drawer")
    file_of(program, missing).rename(tmp_path / "taken along.zip")
    file_of(program, changed).write_text("the teacher's own words")
    program.tidy()
    return program, missing, changed, disk


def test_no_byte_in_the_librarys_folder_names_who_was_erased(used: tuple[Program, Job, Job, Path]) -> None:
    program, missing, changed, disk = used
    assert len(found_in(program.library.folder)) > 30
    going = program.erasing.going(COURSE, ZEP)
    assert going.projects == (f"{LAST}, {FIRST}", "Lab one", "Lab two")
    assert [job.file and job.file.name in going.missing for job in (missing, changed)] == [True, True]
    assert [path.parent for path in going.archives] == [disk.parent / "out", disk]
    erased = program.erasing.erase(COURSE, ZEP, Meter())
    assert erased.is_clean
    assert erased.mentions.rows == erased.mentions.packages == 0
    assert found_in(program.library.folder) == []
    assert [project.name for project in program.library.projects.all()] == ["Lab of Bo"]


def test_nor_after_what_was_away_came_back(used: tuple[Program, Job, Job, Path], tmp_path: Path) -> None:
    program, missing, changed, disk = used
    program.erasing.erase(COURSE, ZEP, Meter())
    (tmp_path / "disk in a drawer").rename(disk)
    (tmp_path / "taken along.zip").rename(file_of(program, missing))
    told = program.tidy().reconciled
    assert [(job.id, job.state) for job in told] == [(missing.id, JobState.REMOVED)]
    assert not file_of(program, missing).exists()
    assert file_of(program, changed).read_text() == "the teacher's own words"
    assert len(program.library.archives.all()) == 2
    assert found_in(program.library.folder) == []
