"""Measures course sources on their way out against tar and zstd on the same files."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from benchmarks.make_projects import make_projects
from benchmarks.measure import Row, Series, Settings, Times, command, fresh_process, not_slower, note

TITLE = "Course sources: a tar in zstandard for each project"
HOW = """\
One course of {projects} published projects, {files:,} files, {megabytes:.0f} MB, on the disk of {folder}.
{rounds} rounds; in each, both run once, one after the other, every second round in the opposite order; all caches are
warm, and the disk is synced (untimed) before each. This program runs in a new process each time, on a clock that starts
with the request (once the program is open): it reads and checks the library's packages, packs them, hashes, syncs and
reads back. tar | zstd -T0 -3 packs the same files, unpacked in folders, one after the other; it syncs nothing."""

_PROJECTS = 40
_MEMORY = 250e6
_SCRIPT = 'for project in *; do tar -C "$project" -cf - . | zstd -T0 -3 -q -o "$0/$project.tar.zst" || exit 1; done'


class _Bench:
    """One run: a course, its library, and the files that come of it."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.folder = settings.folder
        self.projects = 8 if settings.quick else _PROJECTS
        self.packed = self.folder / "packed"
        self.sizes: dict[str, int] = {}
        self.peaks: list[int] = []

    def prepare(self) -> str:
        """Write the course and take it in; how it is measured, in words."""
        note("writing a course ...")
        written = make_projects(self.folder / "course", self.projects)
        fresh_process("import", str(self.folder / "library"), str(self.folder / "course"))
        self.files = written.files
        return HOW.format(
            projects=self.projects,
            files=written.files,
            megabytes=written.bytes / 1e6,
            folder=self.folder.parent,
            rounds=self.settings.rounds,
        )

    def runs(self) -> dict[str, Callable[[], float]]:
        """What is measured in turn."""
        runs: dict[str, Callable[[], float]] = {"export": self.export}
        if missing := [name for name in ("tar", "zstd") if shutil.which(name) is None]:
            note(f"{' and '.join(missing)} not installed: what is compared with it is left out")
            return runs
        return runs | {"tar": self.tar}

    def export(self) -> float:
        """The course's sources to the shelf."""
        done = fresh_process("export", str(self.folder / "library"), "sources")
        assert done["done"] == {"projects": self.projects, "files": self.files}, "everything came"
        self.peaks.append(done["peak"] or 0)
        self.sizes["export"] = done["size"]
        Path(done["path"]).unlink()
        return float(done["seconds"])

    def tar(self) -> float:
        """Each project's files by tar and zstd."""
        shutil.rmtree(self.packed, ignore_errors=True)
        self.packed.mkdir()
        seconds = command(["sh", "-c", _SCRIPT, str(self.packed)], self.folder / "course" / "assignments")
        self.sizes["tar"] = sum(path.stat().st_size for path in self.packed.iterdir())
        return seconds

    def quarter(self) -> int:
        """The peak memory for a quarter of the projects."""
        course, library = self.folder / "quarter", self.folder / "quarter-library"
        make_projects(course, self.projects // 4)
        fresh_process("import", str(library), str(course))
        return int(fresh_process("export", str(library), "sources")["peak"] or 0)


def run(settings: Settings) -> list[Row]:
    """Measure all of it; print how, and return the rows."""
    bench = _Bench(settings)
    print(bench.prepare() + "\n", flush=True)
    times = Series(bench.runs()).go(settings.rounds)
    limit = None if settings.quick else 1  # what takes the same time for any course counts too much then
    return [*_against_tar(bench, times, limit), *_memory(bench)]


def _against_tar(bench: _Bench, times: dict[str, Times], limit: float | None) -> list[Row]:
    if "tar" not in times:
        return []
    ours, theirs = bench.sizes["export"], bench.sizes["tar"]
    return [
        not_slower("export: time / tar | zstd -T0 -3", times["export"], times["tar"], limit),
        Row("export: size / tar | zstd -T0 -3", _mb(ours), _mb(theirs), ours / theirs, 1, at_most=True),
    ]


def _memory(bench: _Bench) -> list[Row]:
    """Bounded, and about the same for a quarter."""
    peak = max(bench.peaks)
    if not peak:
        return [Row("export: peak memory: this system does not say", "", "")]
    note("a quarter of it ...")
    quarter = bench.quarter()
    return [
        Row("export: peak memory, MB / 250", _mb(peak), "", peak / _MEMORY, 1, at_most=True),
        Row("export: peak memory / for a quarter", _mb(peak), _mb(quarter), peak / quarter, 1.2, at_most=True),
    ]


def _mb(size: int) -> str:
    return f"{size / 1e6:.1f} MB"
