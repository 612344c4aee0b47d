"""Measures how the window answers: while it exports and imports, at its start, with long tables, with many signals."""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.make_course import CourseSize, make_course
from benchmarks.make_library import LibrarySize, make_library
from benchmarks.measure import Row, Settings, note, print_cells, sync_disk
from exportmanager.screen import has_screen

TITLE = "The window: does it always answer?"
HOW = """\
Each line comes from the real window in a process of its own, {where}. {rounds} rounds; a ratio is
that of the worst round and the target. A gap is the time between two ticks of a 5 ms timer in the window's thread.
The library has {courses} courses of {students} students, {rows:,} rows; the course that comes in and goes out
while it is watched has {workspaces:,} workspaces, {files:,} files, {megabytes:.0f} MB."""

_GAP = 50.0
_FIRST = 1.5
_JOBS = 10
_SIGNALS = 500
_EXPORTS = 3


class _Bench:
    """A library and a course, made once, and what was found with them."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.folder = settings.folder
        self.course = self.folder / "course"
        self.many = LibrarySize(10 if settings.quick else 100, 300)
        self.large = CourseSize(100 if settings.quick else 1_000)

    def prepare(self) -> str:
        """Make the library, the course, and say how it is measured."""
        note("making a library ...")
        rows = make_library(self.folder / "many", self.many)
        make_library(self.folder / "long", LibrarySize(1, 10_000, 0, 10_000))
        note("writing a course ...")
        written = make_course(self.course, self.large)
        child("first-paint", str(self.library("many")), str(time.monotonic()))  # the first start ever compiles
        return HOW.format(
            where="on this screen" if has_screen() else "without a screen",
            rounds=self.settings.rounds,
            courses=self.many.courses,
            students=self.many.students,
            rows=rows,
            workspaces=self.large.workspaces,
            files=written.files,
            megabytes=written.bytes / 1e6,
        )

    def library(self, name: str) -> Path:
        """One of the libraries."""
        return self.folder / name / "library"

    def first_paint(self) -> dict[str, float]:
        """The seconds since the start of the process at each step."""
        marks: dict[str, float] = child("first-paint", str(self.library("many")), str(time.monotonic()))["marks"]
        return marks

    def busy(self) -> dict[str, Any]:
        """The gaps while a course comes in and goes out, in a copy of the library."""
        copy = self.folder / "copy"
        shutil.copytree(self.library("many"), copy)
        sync_disk()
        try:
            return child("busy", str(copy), str(self.course), str(_EXPORTS))
        finally:
            shutil.rmtree(copy)

    def rows(self) -> dict[str, Any]:
        """The gaps in long tables."""
        return child("rows", str(self.library("long")))

    def signals(self) -> dict[str, Any]:
        """The signals that came."""
        return child("signals", str(self.library("long")), str(_JOBS), str(_SIGNALS))


def child(task: str, *arguments: str) -> dict[str, Any]:
    """What `benchmarks.window_child` says after doing `task` in a process of its own."""
    environment = dict(os.environ)
    if not has_screen():
        environment["QT_QPA_PLATFORM"] = "offscreen"
    line = [sys.executable, "-m", "benchmarks.window_child", task, *arguments]
    done = subprocess.run(line, env=environment, check=True, stdout=subprocess.PIPE)
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def run(settings: Settings) -> list[Row]:
    """Measure all of it, print the distributions, and return the rows."""
    bench = _Bench(settings)
    print(bench.prepare() + "\n", flush=True)
    starts, work, tables, heard = [], [], [], []
    for number in range(settings.rounds):
        starts.append(bench.first_paint())
        work.append(bench.busy())
        tables.append(bench.rows())
        heard.append(bench.signals())
        coming, going = (work[-1]["gaps"][what]["max"] for what in ("import", "export"))
        note(
            f"round {number + 1} of {settings.rounds}: first paint {starts[-1]['painted']:.2f} s, "
            f"longest gap while importing {coming:.0f} ms, while exporting {going:.0f} ms"
        )
    _print_start(starts)
    every = [*work, *tables, *({"gaps": {"signals": answer["gaps"]}} for answer in heard)]
    _print_gaps(every)
    return [*_gap_rows(work, tables), _start_row(starts), _signal_row(heard)]


def _print_start(starts: Sequence[Mapping[str, float]]) -> None:
    """Where the time until the first picture goes: the median of the rounds."""
    lines, before = [["from the start to", "ms since the start", "ms of its own"]], 0.0
    for step in starts[0]:
        at = 1_000 * statistics.median(start[step] for start in starts)
        lines.append([step, f"{at:.0f}", f"{at - before:.0f}"])
        before = at
    print_cells(lines)
    print()


def _of(answers: Sequence[Mapping[str, Any]], name: str) -> list[dict[str, float]]:
    return [answer["gaps"][name] for answer in answers if name in answer["gaps"]]


def _print_gaps(answers: Sequence[Mapping[str, Any]]) -> None:
    """The distribution of the gaps: the median of the rounds' medians, the worst of everything else."""
    lines = [["gaps in ms", "median", "p99", "longest", "over 50 ms", "of"]]
    for name in dict.fromkeys(name for answer in answers for name in answer["gaps"]):
        found = _of(answers, name)
        median = statistics.median(gaps["median"] for gaps in found)
        over, ticks = (int(sum(gaps[what] for gaps in found)) for what in ("over", "ticks"))
        p99, longest = (max(gaps[what] for gaps in found) for what in ("p99", "max"))
        lines.append([name, f"{median:.1f}", f"{p99:.1f}", f"{longest:.1f}", f"{over:,}", f"{ticks:,}"])
    print_cells(lines)
    print()


def _gap_rows(work: Sequence[Mapping[str, Any]], tables: Sequence[Mapping[str, Any]]) -> list[Row]:
    idle = max(gaps["max"] for gaps in _of(work, "idle"))
    rows = [_gap_row(name, _of(work, name), f"idle: {idle:.1f} ms") for name in ("import", "after import", "export")]
    for name in tables[0]["gaps"]:
        number = tables[0]["rows"][name.partition(":")[0]]
        rows.append(_gap_row(name, _of(tables, name), f"{number:,} rows"))
    return rows


def _gap_row(name: str, found: Sequence[Mapping[str, float]], beside: str) -> Row:
    longest = [gaps["max"] for gaps in found]
    ours = f"{max(longest):.1f} ms (best round {min(longest):.1f})"
    return Row(f"{name}: longest gap, ms / {_GAP:g}", ours, beside, max(longest) / _GAP, 1, at_most=True)


def _start_row(starts: Sequence[Mapping[str, float]]) -> Row:
    seconds = [start["painted"] for start in starts]
    ours = f"{statistics.median(seconds):.2f} s ({min(seconds):.2f}-{max(seconds):.2f})"
    return Row(f"first paint, s / {_FIRST:g}", ours, "", statistics.median(seconds) / _FIRST, 1, at_most=True)


def _signal_row(heard: Sequence[Mapping[str, Any]]) -> Row:
    wanted = _JOBS * _SIGNALS
    came = min(answer["came"] if answer["in_order"] else 0 for answer in heard)
    return Row(f"signals that came, of {wanted:,}", f"{came:,}", "", came / wanted, 1)
