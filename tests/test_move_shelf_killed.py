"""A move of the shelf is killed before each of its steps on the disk: no file is lost, and the next start clears away.

Run as a program, this file is the process that the victims are forked from, so that a kill costs no start of Python.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from exporting import bring_in, export, sha256

from exportmanager.core.ledger import JobState
from exportmanager.core.meter import Meter
from exportmanager.program import Program

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")

OWN = "my notes.zip"
KILLED = 9
_STEPS = {
    "open",
    "os.link",
    "os.mkdir",
    "os.remove",
    "os.rename",
    "os.rmdir",
    "os.listdir",
    "os.scandir",
    "fcntl.flock",
}


# What the processes do until they are killed.


def start(place: Path) -> None:
    program = Program(place / "library")
    program.tidy()
    program.close()


def move(place: Path) -> None:
    program = Program(place / "library")
    program.move_shelf(place / "new", Meter())
    program.close()


WORK: dict[str, Callable[[Path], None]] = {"start": start, "move": move}


def die_at(step: int, place: Path) -> None:
    """End this process, as a kill would, right before its `step`-th use of the file system in the shelf's folders."""
    taken = 0

    def count(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal taken
        if event not in _STEPS or (event != "fcntl.flock" and not _is_in(arguments[0], place)):
            return
        taken += 1
        if taken == step:
            os._exit(KILLED)

    sys.addaudithook(count)


def _is_in(path: Any, place: Path) -> bool:
    folders = (str(place / "new"), str(place / "library" / "shelf"))
    return isinstance(path, str | os.PathLike) and os.fspath(path).startswith(folders)


def serve() -> None:
    """For each line: fork a process that works and dies at a step, and say how it ended."""
    for line in sys.stdin:
        work, place, step = line.rstrip("\n").split("\t")
        if (child := os.fork()) == 0:
            die_at(int(step), Path(place))
            WORK[work](Path(place))
            os._exit(0)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


class Victims:
    """Processes that are killed at a step."""

    def __init__(self, server: subprocess.Popen[str]) -> None:
        self._server = server

    def dies(self, work: str, place: Path, step: int) -> bool:
        """Whether `work` died at a step; not if it came to its end before."""
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        print(work, place, step, sep="\t", file=self._server.stdin, flush=True)
        code = int(self._server.stdout.readline())
        assert code in {0, KILLED}
        return code == KILLED


@pytest.fixture(scope="module")
def victims() -> Iterator[Victims]:
    command = [sys.executable, __file__]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        yield Victims(server)
        assert server.stdin is not None
        server.stdin.close()


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library with two exports, and a file of the teacher's on the shelf; `new` holds another one."""
    place = tmp_path_factory.mktemp("template")
    program = Program(place / "library")
    bring_in(program, place / "course")
    export(program)
    export(program, order="student")
    (program.shelf.folder / OWN).write_text("the teacher's own")
    program.close()
    (place / "new").mkdir()
    (place / "new" / OWN).write_text("the teacher's own")
    return place


def assert_true(place: Path) -> str:
    """After a start every row is true, and the other folder has nothing of ours; which folder the shelf is."""
    program = Program(place / "library")
    program.tidy()
    folders = [place / "library" / "shelf", place / "new"]
    shelf, other = folders if program.shelf.folder == folders[0] else reversed(folders)
    assert program.shelf.folder == shelf
    jobs = program.ledger.jobs()
    assert [job.state for job in jobs] == [JobState.EXPORTED] * 2
    files = {job.file.name: job.file.sha256 for job in jobs if job.file}
    assert {path.name: sha256(path) for path in shelf.glob("*.zip") if path.name != OWN} == files
    assert os.listdir(other) == [OWN]  # noqa: PTH208 - hidden names too
    assert {(folder / OWN).read_text() for folder in folders} == {"the teacher's own"}
    assert {path.suffix for path in shelf.rglob("*") if path.is_file()} <= {".zip", ".lock"}
    assert program.library.setting("shelf-leftovers") is None
    program.close()
    return shelf.name


def killed_everywhere(victims: Victims, template: Path, folder: Path) -> Iterator[Path]:
    """A copy of the template for each step of a move, killed there; at last one that was not."""
    for step in range(1, 500):
        place = folder / str(step)
        shutil.copytree(template, place)
        is_last = not victims.dies("move", place, step)
        yield place
        shutil.rmtree(place)
        if is_last:
            return
    pytest.fail("the move never came to its end")


def test_a_move_that_is_killed_at_any_step_loses_nothing(victims: Victims, template: Path, tmp_path: Path) -> None:
    stands = [assert_true(place) for place in killed_everywhere(victims, template, tmp_path)]
    assert stands == sorted(stands, reverse=True), "first in the old folder, then in the new one"
    assert stands.count("shelf") > 20
    assert stands.count("new") > 10


def test_a_start_that_is_killed_while_it_clears_away_is_made_good_by_the_next(
    victims: Victims, template: Path, tmp_path: Path
) -> None:
    kills = 0
    for place in killed_everywhere(victims, template, tmp_path):
        step = 1
        while victims.dies("start", place, step):  # each goes a little further
            step += 5
            kills += 1
        assert_true(place)
    assert kills > 50


def test_a_move_that_was_killed_can_be_done_again_without_a_start_between(
    victims: Victims, template: Path, tmp_path: Path
) -> None:
    for place in killed_everywhere(victims, template, tmp_path):
        move(place)
        assert assert_true(place) == "new"


if __name__ == "__main__":
    serve()
