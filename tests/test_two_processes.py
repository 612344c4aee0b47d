"""Two real processes on one library do each other no harm."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from building import CourseBuilder
from commanding import end_all, ended, paused, said_by, started
from exporting import bring_in, drafts_in, export, names_in, sha256, small_course, wait_until

from exportmanager.program import Program

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows cannot pause a process where it stands")

Command = subprocess.Popen[str]
SIZE = 60_000_000


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course whose import and export take long enough to be paused in the middle."""
    builder = CourseBuilder(tmp_path_factory.mktemp("course") / "course")
    builder.file("s1", "a1", "film.bin", random.Random(1).randbytes(SIZE))
    return builder.write()


@pytest.fixture(autouse=True)
def _no_process_outlives_its_test() -> Iterator[None]:
    yield
    end_all()


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory, course: Path) -> Path:
    """A library with that course."""
    with closing(Program(tmp_path_factory.mktemp("filled") / "library")) as program:
        program.bring_in("folder", str(course))
    return program.library.folder


@pytest.fixture
def library(tmp_path: Path, filled: Path) -> Path:
    """The same, for one test."""
    return shutil.copytree(filled, tmp_path / "library")


def records(*words: object, library: Path) -> list[dict[str, Any]]:
    said = said_by(*words, "--json", library=library)
    assert (said.code, said.err) == (0, "")
    found: list[dict[str, Any]] = json.loads(said.out)
    return found


def export_paused(library: Path) -> Command:
    """An export that stands still in the middle of its file."""
    process = started("export", "coursework", "SMALL", "--json", library=library)
    drafts = library / "shelf" / ".drafts"
    paused(process, lambda: any(path.stat().st_size > SIZE // 10 for path in drafts.glob("*.part")))
    return process


def import_paused(library: Path, course: Path) -> Command:
    """An import that stands still while it reads."""
    process = started("import", "folder", course, library=library)
    drafts = library / "workspaces" / "drafts"
    paused(process, lambda: any(path.stat().st_size for path in drafts.glob("*.part")))
    return process


def go_on(process: Command) -> None:
    process.send_signal(signal.SIGCONT)


def has_open(process: Command, path: Path) -> bool:
    """Whether a process has come so far that it holds a file open."""
    folder = Path(f"/proc/{process.pid}/fd")
    if not folder.is_dir():
        pytest.skip("this system does not say which files a process has open")
    opened = []
    for file in folder.iterdir():
        try:
            opened.append(file.readlink())
        except FileNotFoundError:  # closed meanwhile
            continue
    return path in opened


def assert_sound(library: Path) -> None:
    """The database is whole, packages are those of the rows, and nothing lies about."""
    with closing(sqlite3.connect(library / "library.sqlite3")) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []
        named = {row[0] for row in database.execute("SELECT sha256 FROM packages")}
    packages = [path for path in (library / "workspaces").rglob("*") if path.is_file()]
    assert {sha256(path) for path in packages} == {path.stem for path in packages} == named
    assert drafts_in(library / "shelf") == []


def test_a_running_export_is_not_taken_for_interrupted_by_another_start(library: Path) -> None:
    process = export_paused(library)
    for _ in range(2):
        (job,) = records("jobs", library=library)
        assert job["state"] == "exporting"
    go_on(process)
    said = ended(process)
    assert said.code == 0
    (job,) = records("jobs", library=library)
    assert (job["state"], job["sha256"]) == ("exported", sha256(Path(json.loads(said.out)[0]["path"])))
    assert_sound(library)


def test_a_killed_export_is_interrupted_at_the_next_start_and_can_be_run_again(library: Path) -> None:
    process = export_paused(library)
    process.kill()
    ended(process)
    assert len(drafts_in(library / "shelf")) == 2
    said = said_by("courses", library=library)
    assert said.code == 0
    assert said.err == "Job 1 (coursework, A small course) was interrupted.\nTo run it again: jobs run-again 1\n"
    assert (names_in(library / "shelf"), drafts_in(library / "shelf")) == ([], [])
    assert records("jobs", library=library)[0]["state"] == "interrupted"
    (again,) = records("jobs", "run-again", 1, library=library)
    assert (again["id"], again["state"]) == (2, "exported")
    assert said_by("courses", library=library).err == ""
    assert_sound(library)


def test_two_exports_at_the_same_instant_both_land(library: Path) -> None:
    first, second = export_paused(library), export_paused(library)
    go_on(first)
    go_on(second)
    jobs = [json.loads(ended(process).out)[0] for process in (first, second)]
    assert {job["state"] for job in jobs} == {"exported"}
    assert len({job["name"] for job in jobs}) == 2
    assert {sha256(Path(job["path"])) for job in jobs} == {job["sha256"] for job in jobs}
    assert names_in(library / "shelf") == sorted(job["name"] for job in jobs)
    assert_sound(library)


def test_an_import_beside_an_export_leaves_that_export_one_moment_of_the_course(library: Path, tmp_path: Path) -> None:
    process = export_paused(library)
    changed = small_course(tmp_path / "changed", title="Another title", modules=[])
    builder = json.loads((changed / "course.json").read_text())
    builder["modules"] = [
        {"id": "m1", "title": "One", "assignments": [{"id": "a1", "title": "A"}, {"id": "a2", "title": "B"}]}
    ]
    (changed / "course.json").write_text(json.dumps(builder))
    assert said_by("import", "folder", changed, library=library).code == 0
    assert records("courses", library=library)[0]["title"] == "Another title"
    go_on(process)
    (job,) = json.loads(ended(process).out)
    (verified,) = records("shelf", "verify", library=library)
    assert verified["verdict"] == "whole"
    assert job["report"]["counts"][1] == {"thing": "workspaces", "expected": 1, "done": 1}
    assert_sound(library)


def test_a_second_import_waits_for_the_first_and_both_come_in(library: Path, course: Path, tmp_path: Path) -> None:
    new = tmp_path / "new"
    first = import_paused(new, course)
    other = small_course(tmp_path / "other", id="course-2", title="Another course", code="OTHER")
    second = started("import", "folder", other, library=new)
    wait_until(lambda: has_open(second, new / "library.sqlite3"))
    for _ in range(2):
        assert records("courses", library=new) == []  # who only reads need not wait
    assert second.poll() is None
    go_on(first)
    assert (ended(first).code, ended(second).code) == (0, 0)
    assert [record["id"] for record in records("courses", library=new)] == ["course-1", "course-2"]
    assert_sound(new)


def test_an_import_that_waits_can_be_stopped(library: Path, course: Path, tmp_path: Path) -> None:
    new = tmp_path / "new"
    first = import_paused(new, course)
    second = started("import", "folder", course, library=new)
    wait_until(lambda: has_open(second, new / "library.sqlite3"))
    assert records("courses", library=new) == []  # by now it waits
    second.send_signal(signal.SIGINT)
    said = ended(second)
    assert (said.code, said.err.strip()) == (3, "Cancelled. Nothing was left behind.")
    go_on(first)
    assert ended(first).code == 0
    assert_sound(new)


def test_a_killed_import_is_cleared_away_by_the_next_start_but_not_a_living_one(course: Path, tmp_path: Path) -> None:
    new = tmp_path / "new"
    living = import_paused(new, course)
    assert records("courses", library=new) == []
    assert list((new / "workspaces" / "drafts").iterdir()), "another start took a living import's draft"
    living.kill()
    ended(living)
    assert records("courses", library=new) == []
    assert [path for path in (new / "workspaces").rglob("*") if path.is_file()] == []
    assert_sound(new)


def test_many_first_starts_at_once_make_one_library(tmp_path: Path) -> None:
    library = tmp_path / "new"
    processes = [started("courses", "--json", library=library) for _ in range(4)]
    assert [ended(process) for process in processes] == [(0, "[]\n", "")] * 4
    with closing(sqlite3.connect(library / "library.sqlite3")) as database:
        assert len(database.execute("SELECT * FROM alembic_version").fetchall()) == 1
    assert_sound(library)


def test_two_starts_that_find_the_same_file_expired_agree(tmp_path: Path) -> None:
    library = tmp_path / "library"
    with closing(Program(library)) as program:
        bring_in(program, tmp_path / "course")
        for _ in range(5):
            export(program)
    with closing(sqlite3.connect(library / "library.sqlite3")) as database, database:
        database.execute("UPDATE jobs SET expires_at = '2020-01-01', overdue_seen_at = '2020-01-02'")
    said = [ended(process) for process in [started("shelf", "expire", library=library) for _ in range(3)]]
    assert [done.code for done in said] == [0, 0, 0]
    assert {job["state"] for job in records("jobs", library=library)} == {"expired"}
    assert names_in(library / "shelf") == []
