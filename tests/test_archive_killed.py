"""A process that archives, restores, erases and deletes is killed at random instants: nothing is lost or half done.

Run as a program, this file is the process that the others are forked from, so that a kill costs no start of Python.
``EXPORTMANAGER_KILLS`` says how many kills there are.
"""

from __future__ import annotations

import itertools
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from building import CourseBuilder
from exporting import export, sha256

from exportmanager.archive.options import ArchiveOptions
from exportmanager.archive.verifying import verify
from exportmanager.core.course import CourseId, StudentId
from exportmanager.core.ledger import UNFINISHED
from exportmanager.core.meter import Meter
from exportmanager.library.rows import TABLES
from exportmanager.program import Program

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")

KILLS = int(os.environ.get("EXPORTMANAGER_KILLS", "16"))
COURSE, ADA = CourseId("course-1"), StudentId("s1")
NAME = "Ada Example"
OWN = {"my notes.txt": "the teacher's own", "plan.zip": "also"}
PLAIN = ArchiveOptions(exports=False, reader=False)


def course_folder(folder: Path) -> Path:
    """A course with a little of everything, and enough bytes to be killed in the middle of them."""
    builder, noise = CourseBuilder(folder), random.Random("noise")
    builder.tables["roster"][0]["email"] = "ada@example.org"
    for student in ("s1", "s2", "s3"):
        for assignment in ("a1", "a2"):
            builder.file(student, assignment, "noise.bin", noise.randbytes(400_000))
            builder.file(student, assignment, "mine.txt", student * 100)
            builder.add("answers", student=student, assignment=assignment, assessment="q", attempt=1, answer="x")
            builder.add("results", student=student, assignment=assignment, state="started")
        builder.add("access", at="2026-02-01T10:00:00Z", user=student, type="project_open", assignment="a1")
    return builder.write()


def library_with_archive(place: Path) -> Program:
    """A library with the course, an archive of it, and a folder for more."""
    program = Program(place / "library")
    program.bring_in("folder", str(course_folder(place / "course")))
    (place / "out").mkdir()
    for name, text in OWN.items():
        (place / "out" / name).write_text(text)
    made = program.archives.archive(COURSE, PLAIN, place, Meter())
    made.path.rename(place / "origin.zip")
    program.archives.proofs.forget(made)
    return program


# What the victims do, again and again, until they are killed.


def archives_in(out: Path) -> list[Path]:
    return sorted(path for path in out.glob("*archive*.zip") if not path.name.startswith("."))


def work_on_archives(program: Program, out: Path, turn: int) -> None:
    known = [path for path in archives_in(out) if NAME in path.with_name(f"{path.name}.certificate.json").read_text()]
    if turn % 2 and known:
        program.erasing.from_archive(known[0], COURSE, ADA, Meter(), replaces=turn % 4 == 1)
    else:
        program.archives.archive(COURSE, PLAIN, out, Meter())


def work_on_the_other(program: Program, origin: Path) -> None:
    """Restore a course, erase a student of it, delete it: whatever comes next."""
    if program.deleting.trash():
        program.deleting.purge(COURSE)
    elif not program.library.course_ids():
        program.archives.restore(origin, Meter())
    elif any(one.student.id == ADA for one in program.library.overview(COURSE).students):
        export(program)
        program.erasing.erase(COURSE, ADA, Meter())
    else:
        program.library.trash.put_in(COURSE, program.clock())


def work(place: Path, first: int) -> None:
    """Start like any process does, then work without end; a mistake is written where the test sees it."""
    try:
        program, other = Program(place / "library"), Program(place / "other")
        for started in (program, other):
            started.tidy()
        for turn in itertools.count(first):
            work_on_the_other(other, place / "origin.zip")
            if turn % 3 == 0:
                work_on_archives(program, place / "out", turn)
    except BaseException:  # noqa: BLE001 - whatever it was
        with (place / "mistakes.txt").open("a") as mistakes:
            traceback.print_exc(file=mistakes)


def serve() -> None:
    """Fork a process for each line that asks for one, and say its number; collect it when it is dead."""
    with tempfile.TemporaryDirectory() as folder:  # so that all modules are there, which would take longer than a kill
        made = library_with_archive(Path(folder))
        made.archives.restore(Path(folder) / "origin.zip", Meter(), only_look=True)
        export(made)
        made.erasing.erase(COURSE, ADA, Meter())
        made.close()
    print("ready", flush=True)
    for line in sys.stdin:
        order, *words = line.rstrip("\n").split("\t")
        if order == "collect":
            os.waitpid(int(words[0]), 0)
            print("collected", flush=True)
        elif (child := os.fork()) == 0:
            work(Path(words[0]), int(words[1]))
            os._exit(1)
        else:
            print(child, flush=True)


@pytest.fixture(scope="module")
def server() -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, __file__]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        assert server.stdout.readline().strip() == "ready"
        yield server
        assert server.stdin is not None
        server.stdin.close()


def asked(server: subprocess.Popen[str], *words: object) -> str:
    assert server.stdin is not None
    assert server.stdout is not None
    print(*words, sep="\t", file=server.stdin, flush=True)
    return server.stdout.readline().strip()


# What must be true after every start.


def rows_of(library: Path) -> dict[str, list[str]]:
    """The rows of all courses, but for what is this library's own."""
    found: dict[str, list[str]] = {}
    with closing(sqlite3.connect(library / "library.sqlite3")) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []
        database.row_factory = sqlite3.Row
        for table in TABLES:
            rows = [dict(row) for row in database.execute(f"SELECT * FROM {table}")]
            for row in rows:
                for ours in ("trashed_at",) if table == "courses" else ("id",) if table == "imports" else ():
                    del row[ours]
            found[table] = sorted(json.dumps(row, default=bytes.hex) for row in rows)
    return found


def without_ada(rows: dict[str, list[str]]) -> dict[str, list[str]]:
    return {table: [row for row in of if '"s1"' not in row] for table, of in rows.items()}


def assert_packages_are_those_of_the_rows(library: Path) -> None:
    with closing(sqlite3.connect(library / "library.sqlite3")) as database:
        named = {row[0] for row in database.execute("SELECT sha256 FROM packages")}
    files = [path for path in (library / "workspaces").rglob("*") if path.is_file()]
    assert {path.stem for path in files} == named
    assert {sha256(path) for path in files} == named
    left = [path.name for path in library.iterdir() if path.name.startswith(("erasing-", "import.unfinished"))]
    assert left == []


def assert_other_is_whole(place: Path, program: Program, origin: dict[str, list[str]]) -> str:
    """The other library has the course, or has it without her, or has nothing; which of them."""
    rows = rows_of(place / "other")
    assert_packages_are_those_of_the_rows(place / "other")
    assert program.library.erasure.intended() is None
    assert not [job for job in program.ledger.jobs() if job.state in UNFINISHED]
    if not any(rows.values()):
        return "empty"
    if rows == origin:
        return "whole"
    assert rows == without_ada(origin)
    names = [
        path.name for path in (place / "other").rglob("*") if path.is_file() and NAME.encode() in path.read_bytes()
    ]
    assert [name for name in names if not name.endswith("-wal")] == []
    return "in the trash" if program.deleting.trash() else "erased"


def assert_archives_are_whole(place: Path, program: Program) -> int:
    """Each archive is whole and known, has its certificate, and nothing else lies there; how many there are."""
    out = place / "out"
    found = archives_in(out)
    for path in found:
        assert verify(path, Meter()).damage == ()
    known = {record.path: record.sha256 for record in program.library.archives.all() if record.path.exists()}
    assert known == {path: sha256(path) for path in found}
    beside = {f"{path.name}.certificate.{suffix}" for path in found for suffix in ("json", "pdf")}
    there = {path.name for path in out.iterdir()}
    assert {path.name for path in found} | beside | OWN.keys() <= there
    strays = there - {path.name for path in found} - beside - OWN.keys()
    assert all(".certificate." in name for name in strays), "of an archive that was being replaced"
    assert {name: (out / name).read_text() for name in OWN} == OWN
    assert not list((place / "library" / "archive-drafts").glob("*"))
    return len(found)


def start_and_look(place: Path, origin: dict[str, list[str]]) -> tuple[str, int]:
    """The next start, after which everything is true."""
    program, other = Program(place / "library"), Program(place / "other")
    try:
        for started in (program, other):
            started.tidy()
        assert rows_of(place / "library") == origin
        assert_packages_are_those_of_the_rows(place / "library")
        stands = assert_other_is_whole(place, other, origin), assert_archives_are_whole(place, program)
        for path in archives_in(place / "out")[3:]:
            for file in (place / "out").glob(f"{path.name}*"):
                file.unlink()
    finally:
        program.close()
        other.close()
    return stands


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A library with a course, an archive of it, another library, and a folder for archives."""
    library_with_archive(tmp_path).close()
    return tmp_path


@pytest.fixture
def took(place: Path) -> float:
    """Seconds that an archive takes here, about: from a victim's start to its end."""
    began = time.monotonic()
    program = Program(place / "library")
    program.archives.archive(COURSE, PLAIN, place / "out", Meter())
    program.close()
    return 2 * (time.monotonic() - began)


def test_whatever_was_done_when_it_was_killed_is_done_or_not_begun(
    server: subprocess.Popen[str], place: Path, took: float
) -> None:
    origin, dice = rows_of(place / "library"), random.Random(7)
    longest = min(max(took, 0.5), 2.0)
    stood: Counter[Any] = Counter()
    for number in range(KILLS):
        victim = int(asked(server, "work", place, number))
        time.sleep(dice.uniform(0.05, longest))  # nothing is waited for: it dies wherever it stands
        os.kill(victim, signal.SIGKILL)
        assert asked(server, "collect", victim) == "collected"
        assert not (place / "mistakes.txt").exists(), (place / "mistakes.txt").read_text()
        where, archives = start_and_look(place, origin)
        stood[where] += 1
        stood["archived"] += archives > 0
    assert len(stood) > 2, f"the kills came too early: {stood}"


if __name__ == "__main__":
    serve()
