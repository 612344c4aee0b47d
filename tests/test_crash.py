"""A process that imports and exports is killed at random instants: after each the next start makes everything true.

Run as a program, this file is the process that the others are forked from, so that a kill costs no start of Python.
"""

from __future__ import annotations

import hashlib
import itertools
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from building import CourseBuilder
from exporting import COURSE, drafts_in, names_in, sha256

from exportmanager import exports, sources
from exportmanager.core.ledger import UNFINISHED, JobState
from exportmanager.core.meter import Meter
from exportmanager.core.options import Options
from exportmanager.core.registry import found_in
from exportmanager.core.run import ExportRequest
from exportmanager.program import Program
from exportmanager.shelf.copies import save_copy

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")

KILLS = 30
STUDENTS = 8
VERSIONS = ("one", "two")
OWN = {"my notes.zip": "the teacher's own", "list.part": "also"}


def versioned_course(folder: Path, version: str) -> Path:
    """A course in which everything says which version it is of."""
    builder = CourseBuilder(folder)
    builder.course["title"] = version
    noise = random.Random(version)
    for number in range(1, STUDENTS + 1):
        student = f"s{number}"
        if number > 3:
            builder.student(student, first_name="Ada", last_name=f"Number {number}")
        builder.file(student, "a1", "version.txt", version)
        builder.file(student, "a1", "noise.bin", noise.randbytes(100_000))
        builder.add("answers", student=student, assignment="a1", assessment="q", attempt=1, answer=version)
        builder.add("results", student=student, assignment="a1", state="started", comments=version)
    return builder.write()


# What the processes do, again and again, until they are killed.


def work_on_import(program: Program, courses: Path, turn: int) -> None:
    program.bring_in("folder", str(courses / VERSIONS[turn % 2]))


def work_on_export(program: Program, courses: Path, turn: int) -> None:
    kind = program.kinds["coursework"]
    chosen: list[Options] = [kind.Options(), kind.Options.model_validate({"order": "student"})]
    job = program.exporter.run(program.exporter.submit(ExportRequest("coursework", COURSE, chosen[turn % 2])))
    assert job.file is not None
    copy = courses / f"copy {os.getpid()} {turn}.zip"
    save_copy(program.shelf.path_of(job.file), job.file, copy, Meter())
    copy.unlink()
    program.janitor.take_off(job.id, (JobState.EXPIRED, JobState.REMOVED)[turn % 2])


def work_on_both(program: Program, courses: Path, turn: int) -> None:
    (work_on_import, work_on_export)[turn // 2 % 2](program, courses, turn)


WORK: dict[str, Callable[[Program, Path, int], None]] = {
    "import": work_on_import,
    "export": work_on_export,
    "both": work_on_both,
}


def work(kind: str, library: Path, courses: Path, first: int) -> None:
    """Start like any process does, then work without end; a mistake is written where the test sees it."""
    try:
        program = Program(library)
        program.tidy()
        for turn in itertools.count(first):
            WORK[kind](program, courses, turn)
    except BaseException:  # noqa: BLE001 - whatever it was
        with (courses / "mistakes.txt").open("a") as mistakes:
            traceback.print_exc(file=mistakes)


def serve() -> None:
    """Fork a process for each line that asks for one, and say its number; collect it when it is dead.

    What a process imports when it needs it first is imported here, so that none is killed while it does only that.
    """
    for package, name in ((exports, "KIND"), (sources, "SOURCE")):
        found_in(package, name)
    for line in sys.stdin:
        order, *words = line.rstrip("\n").split("\t")
        if order == "collect":
            os.waitpid(int(words[0]), 0)
            print("collected", flush=True)
        elif (child := os.fork()) == 0:
            work(order, Path(words[0]), Path(words[1]), int(words[2]))
            os._exit(1)
        else:
            print(child, flush=True)


class Victims:
    """Processes that work on a library, to be killed."""

    def __init__(self, server: subprocess.Popen[str], courses: Path) -> None:
        self._server = server
        self.courses = courses

    def _ask(self, *words: object) -> str:
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        print(*words, sep="\t", file=self._server.stdin, flush=True)
        return self._server.stdout.readline().strip()

    def start(self, kind: str, library: Path, first: int) -> int:
        return int(self._ask(kind, library, self.courses, first))

    def kill(self, process: int) -> None:
        os.kill(process, signal.SIGKILL)
        assert self._ask("collect", process) == "collected"


@pytest.fixture(scope="module")
def victims(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Victims]:
    courses = tmp_path_factory.mktemp("courses")
    for version in VERSIONS:
        versioned_course(courses / version, version)
    command = [sys.executable, __file__]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        yield Victims(server, courses)
        assert server.stdin is not None
        server.stdin.close()


@pytest.fixture(autouse=True)
def _no_mistakes(victims: Victims) -> Iterator[None]:
    yield
    mistakes = victims.courses / "mistakes.txt"
    assert not mistakes.exists(), mistakes.read_text()


def random_instants(seed: int, longest: float) -> Iterator[tuple[int, float]]:
    """Numbers of kills, each with the seconds after which it comes."""
    dice = random.Random(seed)
    yield from ((number, dice.uniform(0, longest)) for number in range(KILLS))


def after(seconds: float) -> None:
    """Let the victim live: nothing is waited for here, it dies wherever it stands."""
    time.sleep(seconds)


# What must be true after every start.


def assert_database_is_sound(library: Path) -> None:
    with closing(sqlite3.connect(library / "library.sqlite3")) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []


def assert_course_is_whole_or_absent(program: Program) -> None:
    if not program.library.course_ids():
        return
    with program.library.course(COURSE) as course:
        version = course.info.title
        assert len(course.students()) == STUDENTS
        assert [answer.answer for answer in course.answers(course.assignments()[0].id)] == [version] * STUDENTS
        assert [result.comments for result in course.results()] == [version] * STUDENTS
        workspaces = list(course.workspaces())
        assert len(workspaces) == STUDENTS
        packages = course.contents({workspace.package.sha256 for workspace in workspaces})
        hashes = {f.sha256 for files in packages.values() for f in files if f.path == "version.txt"}
    assert hashes == {hashlib.sha256(version.encode()).hexdigest()}


def assert_packages_are_those_of_the_rows(library: Path) -> None:
    with closing(sqlite3.connect(library / "library.sqlite3")) as database:
        named = {row[0] for row in database.execute("SELECT sha256 FROM packages")}
        used = database.execute("SELECT count(*) FROM workspaces WHERE package NOT IN (SELECT sha256 FROM packages)")
        assert used.fetchone() == (0,)
    files = [path for path in (library / "workspaces").rglob("*") if path.is_file()]
    assert {path.stem for path in files} == named
    assert {sha256(path) for path in files} == named
    assert not (library / "import.unfinished").exists()


def assert_shelf_is_as_the_ledger_says(program: Program) -> None:
    jobs = program.ledger.jobs()
    assert [job for job in jobs if job.state in UNFINISHED] == []
    on_shelf = [job.file for job in jobs if job.state is JobState.EXPORTED and job.file]
    assert names_in(program.shelf.folder) == sorted([*(file.name for file in on_shelf), *OWN])
    for file in on_shelf:
        assert sha256(program.shelf.folder / file.name) == file.sha256
    assert {name: (program.shelf.folder / name).read_text() for name in OWN} == OWN
    assert drafts_in(program.shelf.folder) == []
    assert not any(job.state in {JobState.MISSING, JobState.FAILED} for job in jobs)


def start_and_look(library: Path) -> list[JobState]:
    """The next start, after which everything is true; what it had to put right."""
    program = Program(library)
    try:
        tidied = program.tidy()
        assert tidied.clock_jump is None
        assert_database_is_sound(library)
        assert_course_is_whole_or_absent(program)
        assert_packages_are_those_of_the_rows(library)
        assert_shelf_is_as_the_ledger_says(program)
        for job in program.ledger.jobs([JobState.EXPORTED]):
            program.janitor.take_off(job.id)
    finally:
        program.close()
    return [job.state for job in tidied.reconciled]


def put_own_files(library: Path) -> None:
    (library / "shelf").mkdir(parents=True, exist_ok=True)
    for name, text in OWN.items():
        (library / "shelf" / name).write_text(text)


@pytest.fixture
def library(tmp_path: Path, victims: Victims) -> Path:
    """A library with the course, and files of the teacher's on its shelf."""
    program = Program(tmp_path / "library")
    program.bring_in("folder", str(victims.courses / VERSIONS[0]))
    program.close()
    put_own_files(tmp_path / "library")
    return tmp_path / "library"


def test_a_first_start_that_is_killed_leaves_a_library_that_can_be_started(victims: Victims, tmp_path: Path) -> None:
    for number, seconds in random_instants(1, 0.25):
        library = tmp_path / str(number)
        put_own_files(library)
        victim = victims.start("import", library, number)
        after(seconds)
        victims.kill(victim)
        start_and_look(library)


def test_an_import_that_is_killed_leaves_the_course_as_it_was_or_as_it_became(victims: Victims, library: Path) -> None:
    was_left_unfinished = 0
    for number, seconds in random_instants(2, 0.3):
        victim = victims.start("import", library, number)
        after(seconds)
        victims.kill(victim)
        was_left_unfinished += (library / "import.unfinished").exists()
        start_and_look(library)
    assert was_left_unfinished > 0, "no kill came while a course was taken in"


def test_an_export_that_is_killed_leaves_a_whole_file_or_none(victims: Victims, library: Path) -> None:
    put_right: list[JobState] = []
    for number, seconds in random_instants(3, 0.3):
        victim = victims.start("export", library, number)
        after(seconds)
        victims.kill(victim)
        put_right += start_and_look(library)
    assert JobState.INTERRUPTED in put_right, "no kill came while an export was written"


def test_two_that_work_side_by_side_and_are_killed_do_no_harm_to_each_other(victims: Victims, library: Path) -> None:
    for number, seconds in random_instants(4, 0.3):
        first = victims.start("both", library, number)
        second = victims.start("both", library, number + 2)
        after(seconds)
        victims.kill(first)
        after(seconds / 4)
        victims.kill(second)
        start_and_look(library)


if __name__ == "__main__":
    serve()
