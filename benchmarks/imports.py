"""Measures downloads on their way into the library against unzip and sqlite3 on the same files."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.make_course import CourseSize, make_course
from benchmarks.make_downloads import leave_work_out, make_access, make_coursework
from benchmarks.measure import (
    Row,
    Series,
    Settings,
    Times,
    command,
    faster,
    fresh_process,
    not_slower,
    note,
    timed,
)

NAME = "import"
TITLE = "Import: a coursework zip, and access data"
HOW = """\
A coursework zip of {megabytes:.0f} MB with {workspaces:,} inner zips, and access data of {rows:,} lines, of which some
stand there twice, on the disk of {folder}. {rounds} rounds; in each, everything runs once, one after the other, every
second round in the opposite order; the disk is synced (untimed) before each. This program runs in a new process each
time, on a clock that starts once it is open, recognises, matches and reads what it is given, and ends when all of it is
committed and synced. unzip unpacks the zip and then each inner zip, sqlite3 .imports the table; neither syncs more than
it does of itself."""

_SCALE = 3.3
"""So that 1,000 workspaces make a zip of 170 MB."""
_MEMORY = 250e6


class _Bench:
    """One run: the downloads, and the libraries that they come into."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.folder = settings.folder
        self.size = CourseSize(100 if settings.quick else 1_000, _SCALE)
        self.lines = 100_000 if settings.quick else 1_000_000
        self.zip = self.folder / "coursework.zip"
        self.table = self.folder / "access.csv"
        self.number = 0
        self.peaks: dict[str, list[int]] = {}
        self.added_again: list[int] = []

    def prepare(self) -> str:
        """Write the downloads, and a library that knows the course; how it is measured, in words."""
        note("writing downloads ...")
        size = self.make_zip(self.size, self.zip, self.folder / "known")
        self.rows = make_access(self.table, self.lines)
        return HOW.format(
            megabytes=size / 1e6,
            workspaces=self.size.workspaces,
            rows=self.rows,
            folder=self.folder.parent,
            rounds=self.settings.rounds,
        )

    def make_zip(self, size: CourseSize, target: Path, library: Path) -> int:
        """A coursework zip, and a `library` in which the same course has a roster and no workspaces."""
        course = self.folder / "course"
        make_course(course, size)
        packed = make_coursework(course, target)
        leave_work_out(course)
        fresh_process("import", str(library), str(course))
        shutil.rmtree(course)
        return packed

    def runs(self) -> dict[str, Callable[[], float]]:
        """Everything that is measured in turn."""
        runs: dict[str, Callable[[], float]] = {"coursework": self.coursework, "access": self.access}
        for name, run in (("unzip", self.unzip), ("sqlite3", self.sqlite)):
            if shutil.which(name) is None:
                note(f"{name} is not installed: what is compared with it is left out")
            else:
                runs[name] = run
        return runs

    def next_folder(self, name: str) -> Path:
        """Another one each time; removed at the end, for new files are slow after many old ones went."""
        self.number += 1
        return self.folder / f"{name}-{self.number}"

    def coursework(self) -> float:
        """The zip into a library that knows the course."""
        done = self.brought("coursework", self.zip, self.folder / "known", self.size)
        return float(done["seconds"])

    def brought(self, what: str, place: Path, known: Path, size: CourseSize) -> dict[str, Any]:
        """A coursework zip taken into a copy of a library."""
        library = self.next_folder(what)
        shutil.copytree(known, library)
        done = fresh_process("bring_in", str(library), str(place), f"benchmark-{size.workspaces}")
        assert done["changes"]["workspaces"] == [size.workspaces] * 2, "every workspace came"
        self.peaks.setdefault(what, []).append(done["peak"] or 0)
        return done

    def unzip(self) -> float:
        """The same zip unpacked, and each zip in it."""
        target = self.next_folder("unzipped")

        def work() -> None:
            subprocess.run(["unzip", "-q", str(self.zip), "-d", str(target)], check=True)
            for inner in sorted(target.rglob("*.zip")):
                subprocess.run(["unzip", "-q", str(inner), "-d", str(inner.with_suffix(""))], check=True)

        return timed(work)

    def access(self) -> float:
        """Access data into an empty library, and (on a clock of its own) again."""
        library = self.next_folder("access")
        done = fresh_process("bring_in", str(library), str(self.table), "")
        assert done["changes"]["access"] == [self.rows] * 2, "every line is an event"
        again = fresh_process("bring_in", str(library), str(self.table), done["course"])
        self.added_again.append(again["changes"]["access"][1])
        self.peaks.setdefault("access", []).append(max(done["peak"] or 0, again["peak"] or 0))
        note(f"the same access data again: {again['seconds']:.2f} s")
        shutil.rmtree(library)
        return float(done["seconds"])

    def sqlite(self) -> float:
        """The same table into an empty database."""
        database = self.next_folder("sqlite").with_suffix(".db")
        return command(["sqlite3", str(database), ".mode csv", f".import {self.table} access"], self.folder)

    def tenth(self) -> dict[str, int]:
        """The peak memory for a tenth of both."""
        size = CourseSize(self.size.workspaces // 10, _SCALE)
        place, known = self.folder / "tenth.zip", self.folder / "known-tenth"
        self.make_zip(size, place, known)
        self.brought("coursework of a tenth", place, known, size)
        table = self.folder / "tenth.csv"
        make_access(table, self.lines // 10)
        done = fresh_process("bring_in", str(self.next_folder("access")), str(table), "")
        return {"coursework": self.peaks.pop("coursework of a tenth")[0], "access": done["peak"] or 0}


def run(settings: Settings) -> list[Row]:
    """Measure all of it; print how, and return the rows."""
    bench = _Bench(settings)
    print(bench.prepare() + "\n", flush=True)
    times = Series(bench.runs()).go(settings.rounds)
    rows = _rows(times, None if settings.quick else 6)  # what takes the same time for any table counts too much then
    again = max(bench.added_again)
    rows.append(Row("access data again: events added", f"{again:,}", "", again, 0, at_most=True))
    note("a tenth of both ...")
    return [*rows, *_memory(bench)]


def _rows(times: dict[str, Times], limit: float | None) -> list[Row]:
    rows = []
    if "unzip" in times:
        rows.append(faster("coursework zip: times faster than unzip", times["coursework"], times["unzip"], 2))
    if "sqlite3" in times:
        rows.append(not_slower("access data: time / sqlite3 .import", times["access"], times["sqlite3"], limit))
    return rows


def _memory(bench: _Bench) -> list[Row]:
    """Bounded, and about the same for a tenth."""
    rows = []
    small = bench.tenth()
    for what, peaks in bench.peaks.items():
        peak = max(peaks)
        if not peak:
            return [Row("peak memory: this system does not say", "", "")]
        rows.append(Row(f"{what}: peak memory, MB / 250", _mb(peak), "", peak / _MEMORY, 1, at_most=True))
        ratio = peak / small[what]
        rows.append(Row(f"{what}: peak memory / for a tenth", _mb(peak), _mb(small[what]), ratio, 1.4, at_most=True))
    return rows


def _mb(size: int) -> str:
    return f"{size / 1e6:.1f} MB"
