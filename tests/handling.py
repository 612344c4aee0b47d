"""What tests of imports and exports do again and again: bring in, export, unpack, and look at what lies on the disk."""

from __future__ import annotations

import contextlib
import csv
import io
import shutil
import sqlite3
import subprocess
import zipfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from building import CourseBuilder

from exportmanager.core.course import Course, CourseId
from exportmanager.core.errors import Cancelled
from exportmanager.core.ledger import Job
from exportmanager.core.meter import Progress
from exportmanager.core.options import checked
from exportmanager.core.report import ImportReport
from exportmanager.core.run import ExportRequest
from exportmanager.program import Program

DATABASE = "library.sqlite3"


def bring_in(program: Program, folder: Path) -> ImportReport:
    """Import a course folder."""
    return program.bring_in("folder", str(folder))


@contextlib.contextmanager
def taken_in(program: Program, builder: CourseBuilder) -> Iterator[Course]:
    """The course that a builder makes, in the library."""
    bring_in(program, builder.write())
    with program.library.course(CourseId(builder.course["id"])) as course:
        yield course


def export(program: Program, course: str = "course-1", kind: str = "coursework", **options: Any) -> Job:
    """Export a course to the shelf."""
    request = ExportRequest(kind, CourseId(course), checked(program.kinds[kind].Options, options))
    return program.exporter.run(program.exporter.submit(request))


def file_of(program: Program, job: Job) -> Path:
    """Where the file of an exported job stands."""
    assert job.file is not None
    return program.shelf.path_of(job.file)


def members(path: Path) -> dict[str, bytes]:
    """Every file of a zip, as Python's own reader unpacks it, in its order."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist() if not name.endswith("/")}


def exported(program: Program, course: str = "course-1", **options: Any) -> dict[str, bytes]:
    """The files of a coursework export."""
    return members(file_of(program, export(program, course, **options)))


def table(files: dict[str, bytes], name: str) -> list[dict[str, str]]:
    """The rows of a CSV file among `files`."""
    return list(csv.DictReader(io.StringIO(files[name].decode("utf-8-sig"), newline=""), strict=True))


def cells(files: dict[str, bytes]) -> dict[tuple[str, str], tuple[str, str]]:
    """report.csv: for each student and assignment the status, and why."""
    return {
        (row["student_id"], row["assignment_id"]): (row["status"], row["why"]) for row in table(files, "report.csv")
    }


def dump(folder: Path, leave_out: Iterable[str] = ()) -> list[str]:
    """All rows and tables of a library as SQL, but those of the tables to leave out."""
    with contextlib.closing(sqlite3.connect(folder / DATABASE)) as connection:
        lines = list(connection.iterdump())
    return [line for line in lines if not any(line.startswith(f'INSERT INTO "{name}"') for name in leave_out)]


def rows(folder: Path, query: str) -> list[tuple[Any, ...]]:
    """What a library's database answers."""
    with contextlib.closing(sqlite3.connect(folder / DATABASE)) as connection:
        return connection.execute(query).fetchall()


def files_below(folder: Path) -> dict[str, bytes]:
    """Every file below a folder but the database's own, and its bytes."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith(DATABASE)
    }


def every_byte(folder: Path) -> bytes:
    """All there is in a library: its files, and what is packed in them."""
    pieces = [path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()]
    for path in folder.rglob("*.zip"):
        with zipfile.ZipFile(path) as archive:
            pieces += [f"{info.filename}\n".encode() + archive.read(info) for info in archive.infolist()]
    return b"\n".join(pieces)


def small_course(folder: Path, **keys: str) -> Path:
    """A course folder with one workspace; `keys` go into its course.json."""
    builder = CourseBuilder(folder)
    builder.course |= keys
    builder.file("s1", "a1", "main.py", f"{keys}\n")
    return builder.write()


class StopAt:
    """Says Stop from the `number`th time on that it is asked (never, if 0), and counts how often it was."""

    def __init__(self, number: int = 0) -> None:
        self.number = number
        self.asked = 0

    def __call__(self) -> bool:
        self.asked += 1
        return 0 < self.number <= self.asked


def spread(count: int, most: int) -> list[int]:
    """At most `most` numbers from 1 to `count`, evenly spread, first and last among them."""
    return sorted({1 + round(step * (count - 1) / (most - 1)) for step in range(most)})


def stopped(work: Callable[[StopAt], object], asked: int, most: int) -> Iterator[int]:
    """Stops `work` at up to `most` of the points where it `asked` whether to; each time it must end cancelled."""
    for point in spread(asked, most):
        stop = StopAt(point)
        try:
            work(stop)
        except Cancelled:
            yield point
        else:  # while it waits for a thread it asks more or less often
            assert stop.asked < point, "it was told to stop and went on"
            assert point > asked // 2, "it asks about as often each time"
            return


def check_progress(seen: list[Progress]) -> None:
    """Every stage goes forward only, and ends at its total."""
    stages: list[list[Progress]] = []
    for progress in seen:
        if not stages or stages[-1][0].stage != progress.stage:
            stages.append([])
        stages[-1].append(progress)
    assert len({stage[0].stage for stage in stages}) == len(stages), "no stage comes twice"
    for stage in stages:
        done = [progress.done for progress in stage]
        assert done == sorted(done)
        assert len({progress.total for progress in stage}) == 1
        if stage[0].total:
            assert done[-1] == stage[0].total, stage[0].stage


def needs(program: str) -> str:
    """The path of a checking program; skips the test where it is not installed."""
    path = shutil.which(program)
    if path is None:
        pytest.skip(f"{program} is not installed")
    return path


def run(*command: str | Path, cwd: Path | None = None) -> str:
    """What a program prints. It must succeed."""
    done = subprocess.run([str(part) for part in command], cwd=cwd, capture_output=True, check=False)
    output = (done.stdout + done.stderr).decode("utf-8", "replace")
    assert done.returncode == 0, output
    return output


ZIP_READERS: dict[str, Callable[[Path], list[str | Path]]] = {
    "unzip": lambda path: ["-tq", path],
    "zipinfo": lambda path: ["-t", path],
    "7z": lambda path: ["t", path],
    "bsdtar": lambda path: ["-tf", path],
}
