"""The command line as a real process: exit codes, Ctrl-C, pipes, encodings, and stopping from another process."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from building import CourseBuilder
from commanding import end_all, ended, paused, said_by, started
from exporting import drafts_in, names_in, small_course, wait_until

from exportmanager.program import Program
from exportmanager.user_config import LIBRARY_VARIABLE

LARGE = 300_000_000
POSIX = pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")


@pytest.fixture(autouse=True)
def _no_process_outlives_its_test() -> Iterator[None]:
    yield
    end_all()


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library with a course of one workspace of 300 MB that does not shrink, and one of 3,000 students."""
    folder = tmp_path_factory.mktemp("large")
    large = CourseBuilder(folder / "large")
    large.course |= {"id": "large", "title": "A large course", "code": "LARGE"}
    block = random.Random(1).randbytes(3_000_000)
    film = large.file("s1", "a1", "film.bin", b"")
    with film.open("wb") as out:
        for _ in range(LARGE // len(block)):
            out.write(block)
    many = CourseBuilder(folder / "many")
    many.course |= {"id": "many", "title": "Many students", "code": "MANY"}
    for number in range(3000):
        many.student(f"t{number}", first_name="Renée 数", last_name=f"Number {number}")
    program = Program(folder / "library")
    for builder in (large, many):
        program.bring_in("folder", str(builder.write()))
    program.close()
    shutil.rmtree(folder / "large")
    return folder / "library"


def test_done_is_zero_and_the_variable_names_the_library(tmp_path: Path) -> None:
    env = {LIBRARY_VARIABLE: str(tmp_path / "library")}
    assert said_by("import", "folder", small_course(tmp_path / "course"), env=env).code == 0
    said = said_by("export", "coursework", "small course", "--json", env=env)
    assert (said.code, said.err) == (0, "")
    assert Path(json.loads(said.out)[0]["path"]).parent == tmp_path / "library" / "shelf"


def test_a_problem_is_one_with_a_sentence_and_the_next_step_on_standard_error(tmp_path: Path) -> None:
    said = said_by("show", "nothing", library=tmp_path)
    assert said == (1, "", "There is no course nothing in the library.\nSee the list of courses.\n")
    said = said_by("import", "folder", tmp_path / "nowhere", library=tmp_path)
    assert (said.code, said.out) == (1, "")
    assert said.err.splitlines()[1] == "Give the folder that holds course.json."


def test_wrong_usage_is_two(tmp_path: Path) -> None:
    said = said_by("courses", "--nonsense", library=tmp_path / "new")
    assert (said.code, said.out) == (2, "")
    assert "No such option" in said.err
    (tmp_path / "file").write_text("")
    assert said_by("courses", library=tmp_path / "file").code == 2


def test_gaps_that_nobody_chose_are_four_and_those_left_out_by_option_are_none(tmp_path: Path) -> None:
    builder = CourseBuilder(tmp_path / "course")
    builder.file("s1", "a1", "main.py")
    builder.add("results", student="s2", assignment="a1", state="started")
    builder.student("old", first_name="Di", last_name="Gone", last_active_at="2025-01-01")
    library = tmp_path / "library"
    assert said_by("import", "folder", builder.write(), library=library).code == 4
    said = said_by("export", "coursework", "SMALL", library=library)
    assert said.code == 4
    assert "1 gap, 1 left out by option:" in said.err
    assert "gap: workspace of Bo Sample" in said.err
    assert "left out: student of Di Gone" in said.err
    said = said_by("export", "coursework", "SMALL", "--student", "s1", "--student", "old", library=library)
    assert said.code == 0
    assert "left out: student of Di Gone" in said.err


def drafted(library: Path) -> int:
    """How much of an export has been written."""
    return sum(path.stat().st_size for path in (library / "shelf" / ".drafts").glob("*.part"))


def assert_nothing_left(library: Path, state: str) -> None:
    assert (names_in(library / "shelf"), drafts_in(library / "shelf")) == ([], [])
    said = said_by("jobs", "--json", library=library)
    assert json.loads(said.out)[0]["state"] == state
    assert said.err == ""


@POSIX
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_in_the_middle_of_a_large_file_is_three_and_leaves_nothing(
    imported: Path, number: signal.Signals
) -> None:
    process = started("export", "coursework", "LARGE", library=imported)
    paused(process, lambda: drafted(imported) > LARGE // 20)
    process.send_signal(number)
    process.send_signal(signal.SIGCONT)
    sent_at = time.monotonic()
    said = ended(process)
    assert time.monotonic() - sent_at < 2  # a second, and the end of a process on a busy machine
    assert (said.code, said.out, said.err) == (3, "", "Cancelled. Nothing was left behind.\n")
    assert_nothing_left(imported, "cancelled")


@POSIX
def test_ctrl_c_in_the_middle_of_an_import_leaves_the_library_as_it_was(imported: Path, tmp_path: Path) -> None:
    builder = CourseBuilder(tmp_path / "course")
    film = builder.file("s1", "a1", "film.bin", b"")
    with film.open("wb") as out:
        out.truncate(3 << 30)
    before = sorted(path for path in (imported / "workspaces").rglob("*") if path.is_file())
    process = started("import", "folder", builder.write(), library=imported)
    paused(process, (imported / "import.unfinished").exists)
    process.send_signal(signal.SIGINT)
    process.send_signal(signal.SIGCONT)
    assert ended(process)[::2] == (3, "Cancelled. Nothing was left behind.\n")
    assert sorted(path for path in (imported / "workspaces").rglob("*") if path.is_file()) == before
    assert "course-1" not in said_by("courses", library=imported).out


@POSIX
def test_a_second_process_cancels_an_export(imported: Path) -> None:
    process = started("export", "coursework", "LARGE", library=imported)
    paused(process, lambda: drafted(imported) > LARGE // 20)
    jobs = json.loads(said_by("jobs", "--json", library=imported).out)
    assert jobs[0]["state"] == "exporting"
    said = said_by("jobs", "cancel", jobs[0]["id"], library=imported)
    assert said == (0, f"Job {jobs[0]['id']} was asked to stop.\n", "")
    process.send_signal(signal.SIGCONT)
    assert ended(process)[::2] == (3, "Cancelled. Nothing was left behind.\n")
    assert_nothing_left(imported, "cancelled")


@POSIX
@pytest.mark.parametrize("flags", [[], ["--json"]])
def test_a_reader_that_has_seen_enough_is_no_problem(imported: Path, flags: list[str]) -> None:
    process = started("students", "MANY", *flags, library=imported)
    assert process.stdout is not None
    assert process.stdout.readline()
    process.stdout.close()
    assert process.wait(60) == 0
    assert process.stderr is not None
    assert process.stderr.read() == ""
    process.stderr.close()


def test_a_console_that_knows_few_letters_gets_marks_and_json_loses_nothing(imported: Path) -> None:
    said = said_by("students", "MANY", library=imported, env={"PYTHONIOENCODING": "cp437"})
    assert (said.code, said.err) == (0, "")
    assert "? Number 7" in said.out
    said = said_by("students", "MANY", "--json", library=imported, env={"PYTHONIOENCODING": "ascii"})
    assert said.out.isascii()
    assert json.loads(said.out)[10]["name"] == "Renée 数 Number 7"


@POSIX
def test_on_a_terminal_progress_is_one_line_that_is_cleared(imported: Path) -> None:
    ours, theirs = os.openpty()
    process = started("export", "coursework", "LARGE", library=imported, stderr=theirs)
    os.close(theirs)
    shown = b""
    while chunk := read_from(ours):
        shown += chunk
    os.close(ours)
    assert ended(process).code == 0
    text = shown.decode()
    assert "Packing" in text
    assert "Reading it back  100%" in text
    assert "\n" not in text
    assert text.endswith("\r\x1b[2K")
    said_by("shelf", "remove", 1 + max(0, process.returncode), library=imported)


def read_from(terminal: int) -> bytes:
    try:
        return os.read(terminal, 1 << 16)
    except OSError:  # the other end was closed
        return b""


@POSIX
def test_a_disk_full_of_output_is_said(imported: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    with Path("/dev/full").open("w") as full:
        process = started("students", "MANY", library=imported, stdout=full)
        assert process.wait(60) == 1
    assert process.stderr is not None
    said = process.stderr.read()
    process.stderr.close()
    assert "Traceback" not in said
    assert "full" in said


def test_it_starts_from_any_folder_as_a_module(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "exportmanager", "--version"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0
    assert done.stdout.startswith("exportmanager, version ")
    wait_until(lambda: not any(tmp_path.iterdir()))


@pytest.mark.parametrize("line", [["--version"], ["courses"], ["archives", "list"]])
def test_a_start_does_not_load_what_draws_or_encrypts(tmp_path: Path, line: list[str]) -> None:
    code = (
        "import sys; from exportmanager.cli.main import run; code = run(sys.argv[1:]); "
        "loaded = {name.partition('.')[0] for name in sys.modules}; "
        "print(*sorted(loaded & {'reportlab', 'pyzipper', 'Cryptodome', 'PIL', 'uharfbuzz', 'pypdf', 'dulwich'})); "
        "sys.exit(code)"
    )
    arguments = ["--library", str(tmp_path / "library"), *line]
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, ""), done.stderr
