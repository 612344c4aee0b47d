"""What tests of exports share: a course in a library, an obedient kind, disks that are small or read-only."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

import pytest
from building import CourseBuilder

from exportmanager.core.course import Course, CourseId
from exportmanager.core.errors import NotFound
from exportmanager.core.export import Estimate, PagesPreview, Preview, Section
from exportmanager.core.ledger import Job
from exportmanager.core.meter import Meter
from exportmanager.core.options import NoOptions, Options
from exportmanager.core.report import Count, Report
from exportmanager.core.run import Exporter, ExportRequest
from exportmanager.program import Program

COURSE = CourseId("course-1")


def small_course(folder: Path, **keys: Any) -> Path:
    """A course folder with two workspaces; `keys` go into its course.json."""
    builder = CourseBuilder(folder)
    builder.course |= keys
    builder.file("s1", "a1", "main.py")
    builder.file("s1", "a1", "notes/read me.txt", "Größe und 数\n" * 50)
    builder.file("s2", "a2", "main.py", "for i in range(3):\n    print(i)\n")
    builder.add("results", student="s1", assignment="a1", state="completed", grade="90")
    return builder.write()


def bring_in(program: Program, folder: Path, **keys: Any) -> CourseId:
    """Import a small course made at `folder`."""
    return CourseId(program.bring_in("folder", str(small_course(folder, **keys))).course_id)


def export(program: Program, course: CourseId = COURSE, **options: Any) -> Job:
    """Run an export of coursework to its end."""
    kind = program.kinds["coursework"]
    request = ExportRequest("coursework", course, kind.Options(**options))
    return program.exporter.run(program.exporter.submit(request))


def file_of(program: Program, job: Job) -> Path:
    """Where the file of a job stands."""
    assert job.file is not None
    return program.shelf.path_of(job.file)


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def names_in(folder: Path) -> list[str]:
    """What is in a folder, but for the drafts' own."""
    return sorted(path.name for path in folder.iterdir() if path.name != ".drafts")


def drafts_in(shelf: Path) -> list[str]:
    """What is left among the drafts of a shelf."""
    drafts = shelf / ".drafts"
    return sorted(path.name for path in drafts.iterdir() if path.name != "publish.lock") if drafts.is_dir() else []


def wait_until(is_so: Callable[[], Any], seconds: float = 20.0) -> Any:
    """What `is_so` gives once that is true; the test fails when it is not in time."""
    until = time.monotonic() + seconds
    while not (value := is_so()):
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.005)
    return value


@dataclass
class OddKind:
    """A kind of export that writes what a test tells it to."""

    writes: Callable[[Course, BinaryIO, Meter], object]
    needs: int = 0
    reason: str | None = None
    id: str = "odd"
    title: str = "Odd data"
    section: Section = Section.DATA
    summary: str = "Whatever a test needs."
    suffix: str = ".bin"
    Options: type[Options] = NoOptions

    def unavailable(self, course: Course) -> str | None:
        return self.reason

    def estimate(self, course: Course, options: Any) -> Estimate:
        return Estimate(self.needs, "odd")

    def preview(self, course: Course, options: Any) -> Preview | PagesPreview | None:
        return None

    def write(self, course: Course, options: Any, out: BinaryIO, meter: Meter) -> Report:
        self.writes(course, out, meter)
        return Report(counts=(Count(thing="things", expected=1, done=1),))


def exporter_with(program: Program, kind: OddKind, **parts: Any) -> Exporter:
    """The program's exporter, which knows `kind` too."""
    return replace(program.exporter, kinds={**program.kinds, kind.id: kind}, **parts)


def odd_request(course: CourseId = COURSE) -> ExportRequest:
    return ExportRequest("odd", course, NoOptions())


def run_odd(program: Program, kind: OddKind, **parts: Any) -> None:
    """Run an export of `kind`; `parts` replace parts of the exporter."""
    exporter = exporter_with(program, kind, **parts)
    exporter.run(exporter.submit(odd_request()))


def ten_megabytes(course: Course, out: BinaryIO, meter: Meter) -> None:
    """What a kind may write."""
    meter.stage("Packing", 10 << 20)
    for _ in range(10):
        out.write(bytes(1 << 20))
        meter.advance(1 << 20, "zeros")


def left_by(program: Program) -> tuple[str, ...]:
    """The state of the newest job, and what is left on the disk of it."""
    try:
        newest = program.ledger.jobs()[0]
    except IndexError as error:
        raise NotFound("There is no job.") from error
    return (newest.state.value, *names_in(program.shelf.folder), *drafts_in(program.shelf.folder))


@contextmanager
def _mounted(folder: Path, *mount: str) -> Iterator[Path]:
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("only root on Linux can mount a disk for this")
    folder.mkdir(parents=True, exist_ok=True)
    if subprocess.run(["mount", *mount, str(folder)], capture_output=True, check=False).returncode:
        pytest.skip("this system does not let a disk be mounted")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def small_disk(folder: Path, size: str) -> Any:
    """A real disk of `size` (such as ``1m``) at `folder`, while this is open; skips where that cannot be."""
    return _mounted(folder, "-t", "tmpfs", "-o", f"size={size}", "tmpfs")


def plugged_in(disk: Path, folder: Path) -> Any:
    """`disk` (a `small_disk`) also at `folder`, while this is open: like a stick, it keeps what is on it."""
    return _mounted(folder, "--bind", str(disk))


@contextmanager
def read_only(folder: Path) -> Iterator[Path]:
    """`folder` as if on a disk that can only be read, while this is open; skips where that cannot be."""
    with _mounted(folder, "--bind", str(folder)):
        subprocess.run(["mount", "-o", "remount,ro,bind", str(folder)], check=True)
        yield folder
