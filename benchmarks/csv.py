"""Measures tables on their way out of the library against pandas and sqlite3 on the same rows."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from itertools import zip_longest
from pathlib import Path

from benchmarks.make_downloads import make_access
from benchmarks.make_tables import make_assessments
from benchmarks.measure import Row, Series, Settings, Times, command, faster, fresh_process, not_slower, note
from benchmarks.window import child
from exportmanager.core.course import CourseId
from exportmanager.core.course_settings import CourseSettings
from exportmanager.library.db import FILE_NAME
from exportmanager.program import opened

TITLE = "Tables: access data and assessment data"
HOW = """\
{rows:,} access events, {megabytes:.0f} MB of CSV, from a library on the disk of {folder}. {rounds} rounds; in each,
everything runs once, one after the other, every second round in the opposite order; the disk is synced (untimed) before
each. This program writes in a new process each time, on a clock that starts once it is open and ends when the file is
synced: with a byte order mark, and formulas neutralised. pandas and sqlite3 get the same rows in the same order by one
SELECT with two joins; pandas (on a clock of its own, without its start) reads them with read_sql and writes them with
to_csv; in one measurement it neutralises nothing, in another the same cells. That all wrote the same rows is checked
first."""

_MEMORY = 150e6
_GAP = 50.0
_ASSESSMENTS_SECONDS = 2.0
_STUDENTS, _ASSESSMENTS = 500, 40
_COURSE = "a-course"
_SAME_ROWS = f"""
SELECT s.username AS "Username", s.email AS "Users registered email address", s.first_name AS "First name",
    s.last_name AS "Last name", replace(substr(e.at, 1, 19), ' ', 'T') || 'Z' AS "Date/time when user logged in",
    CASE e.type WHEN 'log_in' THEN 'Log In' WHEN 'log_out' THEN 'Log Out' WHEN 'project_open' THEN 'Project Open'
        ELSE 'Project Close' END AS "Access type",
    coalesce(a.title, '') AS "Assignment name", e.role AS "Role in course", e.project_path AS "Project path",
    e.ip AS "IP address"
FROM access_events e JOIN students s ON s.course_id = e.course_id AND s.id = e.user_id
LEFT JOIN assignments a ON a.course_id = e.course_id AND a.id = e.assignment_id
WHERE e.course_id = '{_COURSE}' ORDER BY e.at, e.user_id, e.digest, e.occurrence
"""
_PANDAS = """
import json, sqlite3, sys, time
import pandas
database, query, target, is_neutral = sys.argv[1:]
connection = sqlite3.connect(database)
began = time.perf_counter()
frame = pandas.read_sql(query, connection)
if is_neutral == "True":
    for name in frame:
        runs = frame[name].str.match(r"[=+\\-@\\t\\r\\n]", na=False)
        frame[name] = frame[name].where(~runs, "'" + frame[name])
frame.to_csv(target, index=False)
print(json.dumps(time.perf_counter() - began))
"""


class _Bench:
    """One run: a library with a million events, and one with many answers."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.folder = settings.folder
        self.lines = 100_000 if settings.quick else 1_000_000
        self.library, self.small, self.answers = (settings.folder / name for name in ("library", "small", "answers"))
        self.pandas = os.environ.get("PANDAS_PYTHON", sys.executable)
        self.peaks: list[int] = []

    def prepare(self) -> str:
        """Fill the libraries; how it is measured, in words."""
        note("filling libraries ...")
        rows = self.filled(self.library, self.lines)
        self.filled(self.small, self.lines // 10)
        course = self.folder / "course"
        make_assessments(course, _STUDENTS, _ASSESSMENTS)
        with opened(self.answers) as program:
            program.bring_in("folder", str(course))  # of workspaces there are none, which is a gap for each student
        self.ours()
        return HOW.format(
            rows=rows,
            megabytes=self.target("ours").stat().st_size / 1e6,
            folder=self.folder.parent,
            rounds=self.settings.rounds,
        )

    def filled(self, library: Path, lines: int) -> int:
        """A library with so many access events, all of which go out; how many they are."""
        table = self.folder / "access.csv"
        rows = make_access(table, lines)
        fresh_process("bring_in", str(library), str(table), "")
        table.unlink()
        with opened(library) as program:
            program.library.set_course_settings(CourseId(_COURSE), CourseSettings(retention_months=None))
        return rows

    def target(self, name: str) -> Path:
        """Where somebody writes."""
        return self.folder / f"{name}.csv"

    def runs(self) -> dict[str, Callable[[], float]]:
        """Everything that is measured in turn."""
        runs: dict[str, Callable[[], float]] = {"ours": self.ours, "assessment data": self.assessments}
        if shutil.which("sqlite3"):
            runs["sqlite3"] = self.sqlite
        else:
            note("sqlite3 is not installed: what is compared with it is left out")
        if subprocess.run([self.pandas, "-c", "import pandas"], capture_output=True, check=False).returncode == 0:
            runs["pandas"] = self.with_pandas
            runs["pandas, neutralised"] = lambda: self.with_pandas(is_neutral=True)
        else:
            note("pandas is not installed (PANDAS_PYTHON can name a Python that has it): it is left out")
        return runs

    def ours(self) -> float:
        """Access data, written by this program."""
        done = fresh_process("table", str(self.library), "access", str(self.target("ours")))
        self.peaks.append(done["peak"] or 0)
        return float(done["seconds"])

    def assessments(self) -> float:
        """Assessment data of a large course."""
        done = fresh_process("table", str(self.answers), "assessment", str(self.target("assessment")))
        return float(done["seconds"])

    def sqlite(self) -> float:
        """The same rows, written by the shell of SQLite."""
        line = ["sqlite3", "-csv", "-header", "-cmd", f".once {self.target('sqlite3')}"]
        return command([*line, str(self.library / FILE_NAME), _SAME_ROWS], self.folder)

    def with_pandas(self, *, is_neutral: bool = False) -> float:
        """The same rows, written by pandas."""
        line = [self.pandas, "-c", _PANDAS, str(self.library / FILE_NAME), _SAME_ROWS, str(self.target("pandas"))]
        done = subprocess.run([*line, str(is_neutral)], check=True, stdout=subprocess.PIPE)
        return float(json.loads(done.stdout))

    def check(self, names: Sequence[str]) -> None:
        """Everybody wrote the same rows."""
        for name in names:
            pairs = zip_longest(_rows_in(self.target("ours")), _rows_in(self.target(name)))
            assert all(one == other for one, other in pairs), f"{name} wrote other rows"

    def tenth(self) -> int:
        """The peak memory for a tenth of the rows."""
        return int(fresh_process("table", str(self.small), "access", str(self.target("tenth")))["peak"] or 0)

    def longest_gap(self) -> float:
        """For how many milliseconds the window's loop stays away while access data are written."""
        return float(child("table", str(self.library), "access")["gaps"]["access"]["max"])


def _rows_in(path: Path) -> Iterator[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        yield from csv.reader(file)


def run(settings: Settings) -> list[Row]:
    """Measure all of it; print how, and return the rows."""
    bench = _Bench(settings)
    print(bench.prepare() + "\n", flush=True)
    runs = bench.runs()
    for others in (names := [name for name in ("sqlite3", "pandas") if name in runs]):
        runs[others]()
    bench.check(names)
    times = Series(runs).go(settings.rounds)
    gap = bench.longest_gap()
    return [
        *_rows(times),
        *_memory(max(bench.peaks), bench.tenth()),
        Row("access data: longest gap of the event loop, ms / 50", f"{gap:.0f} ms", "", gap / _GAP, 1, at_most=True),
    ]


def _rows(times: dict[str, Times]) -> list[Row]:
    rows = []
    if "pandas" in times:
        what = "access data: times faster than pandas"
        rows.append(faster(what, times["ours"], times["pandas"], 3))
        rows.append(faster(f"{what}, neutralised too", times["ours"], times["pandas, neutralised"], 3))
    if "sqlite3" in times:
        rows.append(not_slower("access data: time / sqlite3 -csv", times["ours"], times["sqlite3"], 3.5))
    took = times["assessment data"]
    what = f"assessment data, {_STUDENTS} students x {_ASSESSMENTS}: seconds / 2"
    return [*rows, Row(what, str(took), "", took.median / _ASSESSMENTS_SECONDS, 1, at_most=True)]


def _memory(peak: int, tenth: int) -> list[Row]:
    """Bounded, and about the same for a tenth."""
    if not peak:
        return [Row("peak memory: this system does not say", "", "")]
    ours, small = (f"{size / 1e6:.1f} MB" for size in (peak, tenth))
    return [
        Row("access data: peak memory, MB / 150", ours, "", peak / _MEMORY, 1, at_most=True),
        Row("access data: peak memory / for a tenth", ours, small, peak / tenth, 1.3, at_most=True),
    ]
