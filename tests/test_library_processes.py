"""The library and several processes: one key, one import at a time, and what readers and sweeps see meanwhile."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

from conftest import Clock
from handling import bring_in, files_below, rows, small_course

from exportmanager.core.course import CourseId
from exportmanager.core.meter import Meter
from exportmanager.library.library import Library
from exportmanager.program import Program

KEY = """
import sys
from pathlib import Path
from exportmanager.library.library import Library
library = Library(Path(sys.argv[1]))
print("ready", flush=True)
sys.stdin.readline()
print(library.pseudonym_key().hex())
library.close()
"""


def test_the_key_of_pseudonyms_is_made_once_by_many_processes(tmp_path: Path) -> None:
    Library(tmp_path / "library").close()
    command = [sys.executable, "-c", KEY, str(tmp_path / "library")]
    children = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    for child in children:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
    for child in children:
        assert child.stdin is not None
        child.stdin.write("go\n")
        child.stdin.flush()
    keys = {child.communicate()[0].strip() for child in children}
    library = Library(tmp_path / "library")
    assert keys == {library.pseudonym_key().hex()}
    library.close()
    assert len(keys.pop()) == 64


def test_many_processes_may_make_one_new_library(tmp_path: Path) -> None:
    command = [sys.executable, "-c", KEY, str(tmp_path / "library")]
    children = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    keys = {child.communicate("go\n")[0].split()[-1] for child in children}
    assert len(keys) == 1
    assert [child.returncode for child in children] == [0] * 4


def test_a_reader_sees_one_moment_while_an_import_commits(program: Program, tmp_path: Path) -> None:
    folder = small_course(tmp_path / "course")
    bring_in(program, folder)
    with program.library.course(CourseId("course-1")) as before:
        titles = [assignment.title for assignment in before.assignments()]
        text = (folder / "course.json").read_text().replace("Hello", "Goodbye")
        (folder / "course.json").write_text(text)
        (folder / "roster.csv").write_text("id,role\ns1,student\nnew,student\n")
        bring_in(program, folder)
        assert [assignment.title for assignment in before.assignments()] == titles
        assert len(before.students()) == 3
        with program.library.course(CourseId("course-1")) as after:
            assert after.assignments()[0].title == "Goodbye"
            assert len(after.students()) == 4


def litter(program: Program) -> list[Path]:
    """What a killed import leaves: a package that no row names, a draft, and the mark that somebody was at it."""
    folder = program.library.folder / "workspaces"
    (folder / "drafts").mkdir(exist_ok=True)
    (folder / "00").mkdir(exist_ok=True)
    left = [folder / "00" / f"{'0' * 64}.zip", folder / "drafts" / "1234.part"]
    for path in left:
        path.write_bytes(b"left")
    (program.library.folder / "import.unfinished").touch()
    return left


def test_a_sweep_removes_what_no_row_names_and_nothing_else(program: Program, tmp_path: Path) -> None:
    bring_in(program, small_course(tmp_path / "course"))
    folder = program.library.folder / "workspaces"
    (folder / "00").mkdir(exist_ok=True)
    mine = [folder / "notes.txt", folder / "00" / "short.zip", folder / "00" / f"{'0' * 64}.txt"]
    for path in mine:
        path.write_text("somebody's own")
    before = files_below(program.library.folder)
    left = litter(program)
    program.library.sweep()
    assert not any(path.exists() for path in left)
    after = files_below(program.library.folder)
    assert {name: data for name, data in after.items() if name != "import.lock"} == {
        name: data for name, data in before.items() if name != "import.lock"
    }


def test_a_sweep_leaves_everything_while_somebody_imports(program: Program, tmp_path: Path) -> None:
    with program.library.writer("test", program.clock(), Meter()):
        left = litter(program)
        program.library.sweep()
        other = Library(program.library.folder)
        other.sweep()
        other.close()
        assert all(path.exists() for path in left)


def test_an_import_sweeps_up_after_one_that_was_killed_while_it_waited(program: Program) -> None:
    left = litter(program)
    with program.library.writer("test", program.clock(), Meter()):
        assert not any(path.exists() for path in left)


def test_two_imports_wait_for_each_other(program: Program, tmp_path: Path, clock: Clock) -> None:
    folders = [small_course(tmp_path / f"c{number}", id=f"c{number}") for number in range(4)]
    programs = [Program(program.library.folder, clock) for _ in folders]
    threads = [
        threading.Thread(target=bring_in, args=(one, folder)) for one, folder in zip(programs, folders, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for one in programs:
        one.close()
    assert program.library.course_ids() == {"c0", "c1", "c2", "c3"}
    packages = {path.stem for path in (program.library.folder / "workspaces").rglob("*.zip")}
    assert packages == {row[0] for row in rows(program.library.folder, "SELECT sha256 FROM packages")}
