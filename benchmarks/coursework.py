"""Measures a course on its way in, out and through verification against zip, 7z, cat and unzip on the same files."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.make_course import CourseSize, make_course
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
    sync_disk,
    timed,
)

TITLE = "Coursework: import, export and verify"
HOW = """\
One course of {workspaces:,} workspaces, {files:,} files, {megabytes:.0f} MB, on the disk of {folder}.
{rounds} rounds; in each, everything runs once, one after the other, every second round in the opposite order; all
caches are warm, and the disk is synced (untimed) before each. A time is the median (min-max); a ratio that of the
medians (min-max of the rounds). This program runs in a new process each time, on a clock that starts with the request
(once the program is open) and includes its fsyncs, hashing and reading back; the other programs' from start to end,
with no sync but for cat, whose file is brought to the disk as well."""

_SMALL = 0.1
_TIMES = (1, 2, 4, 10)
_MEMORY = 200e6


class _Bench:
    """One run: a course, its library, and the files that come of it."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.folder = settings.folder
        self.size = CourseSize(100 if settings.quick else 1_000)
        self.course = self.folder / "course"
        self.workspaces = self.course / "workspaces"
        self.library = self.folder / "library"
        self.imports = 0
        self.peaks: list[int | None] = []
        self.sizes: dict[str, int] = {}

    def prepare(self) -> str:
        """Write the course and take it in once; how it is measured, in words."""
        note("writing a course ...")
        written = make_course(self.course, self.size)
        fresh_process("import", str(self.library), str(self.course))
        self.exported = fresh_process("export", str(self.library))
        _warm(self.course)
        return HOW.format(
            workspaces=self.size.workspaces,
            files=written.files,
            megabytes=written.bytes / 1e6,
            folder=self.folder.parent,
            rounds=self.settings.rounds,
        )

    def runs(self) -> dict[str, Callable[[], float]]:
        """Everything that is measured in turn."""
        runs: dict[str, Callable[[], float]] = {
            "export": self.export,
            "import": self.first_import,
            "verify": self.verify,
        }
        runs |= {"zip": self.zip, "7z": self.seven_zip, "unzip": self.unzip, "cat": self.cat}
        for name in ("zip", "7z", "unzip", "cat"):
            if shutil.which(name) is None:
                note(f"{name} is not installed: what is compared with it is left out")
                del runs[name]
        return runs

    def export(self) -> float:
        """The course to the shelf."""
        done = fresh_process("export", str(self.library))
        assert done["done"]["files"] == self.size.workspaces * 21, "every file came"
        self.peaks.append(done["peak"])
        self.sizes["export"] = done["size"]
        Path(done["path"]).unlink()
        return float(done["seconds"])

    def first_import(self) -> float:
        """The course into an empty library."""
        self.imports += 1
        library = (
            self.folder / f"first-{self.imports}"
        )  # removed at the end: new files are slow after many old ones went
        done = fresh_process("import", str(library), str(self.course))
        return float(done["seconds"])

    def verify(self) -> float:
        """The exported zip, read back."""
        e = self.exported
        return float(fresh_process("verify", e["path"], str(e["size"]), e["sha256"])["seconds"])

    def unzip(self) -> float:
        """The same zip, tested by unzip."""
        return command(["unzip", "-tq", self.exported["path"]], self.folder)

    def zip(self) -> float:
        """The workspaces zipped, at the usual level 6."""
        return self._packed("zip", ["zip", "-qr"])

    def seven_zip(self) -> float:
        """The workspaces zipped by 7z, at its fastest level."""
        return self._packed("7z", ["7z", "a", "-tzip", "-mx1", "-bso0", "-bsp0"])

    def _packed(self, name: str, line: list[str]) -> float:
        target = self.folder / f"{name}.zip"
        seconds = command([*line, str(target), "."], self.workspaces)
        self.sizes[name] = target.stat().st_size
        target.unlink()
        return seconds

    def cat(self) -> float:
        """The library's packages, which hold the same compressed bytes, into one file, and that to the disk."""
        packages = sorted(str(path) for path in (self.library / "workspaces").glob("*/*.zip"))
        target = self.folder / "cat"

        def work() -> None:
            with target.open("wb") as out:
                for start in range(0, len(packages), 1_000):
                    subprocess.run(["cat", *packages[start : start + 1_000]], stdout=out, check=True)
                os.fsync(out.fileno())

        seconds = timed(work)
        target.unlink()
        return seconds

    def size_row(self) -> list[Row]:
        """How large the export is beside zip's."""
        if "zip" not in self.sizes:
            return []
        ours, theirs = self.sizes["export"], self.sizes["zip"]
        ratio = ours / theirs
        return [Row("export: size / zip -6", _mb(ours), _mb(theirs), ratio, 1.05, at_most=True)]


def run(settings: Settings) -> list[Row]:
    """Measure all of it; print how, and return the rows."""
    bench = _Bench(settings)
    print(bench.prepare() + "\n", flush=True)
    times = Series(bench.runs()).go(settings.rounds)
    rows = _rows(times) + bench.size_row()
    rows.append(_memory_row("export: peak memory, MB / 200", max(filter(None, bench.peaks), default=None)))
    shutil.rmtree(bench.library)
    shutil.rmtree(bench.course)
    return [*rows, *_growth(settings)]


def _rows(times: dict[str, Times]) -> list[Row]:
    wanted: tuple[tuple[str, str, str, Callable[..., Row], float, float | None], ...] = (
        ("export: times faster than zip -r", "export", "zip", faster, 5, 8),
        ("export: times faster than 7z -mx1", "export", "7z", faster, 3, None),
        ("export: time / cat and fsync", "export", "cat", not_slower, 4, 2.5),
        ("first import: times faster than zip -r", "import", "zip", faster, 1.5, None),
        ("verify: times faster than unzip -t", "verify", "unzip", faster, 2, None),
    )
    return [row(what, times[us], times[them], goal, aim) for what, us, them, row, goal, aim in wanted if them in times]


def _memory_row(what: str, peak: int | None) -> Row:
    if peak is None:
        return Row(f"{what}: this system does not say", "", "")
    return Row(what, _mb(peak), "", peak / _MEMORY, 1, at_most=True)


def _growth(settings: Settings) -> list[Row]:
    """Courses of growing size: time for each workspace, and peak memory, stay the same."""
    scale = 1.0 if settings.true_size else _SMALL
    unit = 100 if settings.quick else 1_000
    found = {}
    for factor in _TIMES:
        note(f"a course {factor} times as large, each file {scale:g} times ...")
        found[factor] = _exports(settings, CourseSize(unit * factor, scale))
    first, last = found[_TIMES[0]], found[_TIMES[-1]]
    rows = []
    for factor in _TIMES[1:]:
        each, base = _each(found[factor], unit * factor), _each(first, unit)
        what = f"export of {factor} times the workspaces: ms each / at 1x"
        rows.append(Row(what, f"{each:.3f} ms", f"{base:.3f} ms", each / base, 1.3, at_most=True))
    if first[0]["peak"] and last[0]["peak"]:
        peaks = [max(run["peak"] for run in runs) for runs in (last, first)]
        rows.append(_memory_row("export of 10 times: peak memory, MB / 200", peaks[0]))
        what = "export of 10 times: peak memory / at 1x"
        rows.append(Row(what, _mb(peaks[0]), _mb(peaks[1]), peaks[0] / peaks[1], 1.2, at_most=True))
    return rows


def _exports(settings: Settings, size: CourseSize) -> list[dict[str, Any]]:
    """What exporting a course of this size took, each time."""
    course, library = settings.folder / "grown", settings.folder / "grown-library"
    written = make_course(course, size)
    taken = fresh_process("import", str(library), str(course))
    shutil.rmtree(course)
    runs = []
    for _ in range(max(1, settings.rounds - 2)):
        sync_disk()
        runs.append(fresh_process("export", str(library)))
        Path(runs[-1]["path"]).unlink()
    shutil.rmtree(library)
    seconds = Times(tuple(run["seconds"] for run in runs))
    note(
        f"  {size.workspaces:,} workspaces, {_mb(written.bytes)}: import {taken['seconds']:.2f} s, "
        f"{_mb(taken['peak'] or 0)}; export {seconds}, {_mb(max(run['peak'] or 0 for run in runs))}"
    )
    return runs


def _each(runs: list[dict[str, Any]], workspaces: int) -> float:
    """Milliseconds for each workspace."""
    return 1_000 * Times(tuple(run["seconds"] for run in runs)).median / workspaces


def _warm(folder: Path) -> None:
    """Read everything once, so that nobody's first reading is anybody's disadvantage."""
    for path in folder.rglob("*"):
        if path.is_file():
            path.read_bytes()


def _mb(size: int) -> str:
    return f"{size / 1e6:.1f} MB"
