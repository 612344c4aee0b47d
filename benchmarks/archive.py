"""Measures an archive of a course, made and read back, against bagit.py and zip on the same files."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from benchmarks.finding import bench_find
from benchmarks.make_course import CourseSize, make_course
from benchmarks.measure import Row, Series, Settings, Times, command, faster, fresh_process, note, sync_disk

TITLE = "Archives: made and read back"
HOW = """\
One course of {workspaces:,} workspaces, {files:,} files, {megabytes:.0f} MB, on the disk of {folder}.
{rounds} rounds; in each, everything runs once, one after the other, every second round in the opposite order; all
caches are warm, and the disk is synced (untimed) before each. A time is the median (min-max); a ratio that of the
medians (min-max of the rounds). This program runs in a new process each time, on a clock that starts with the request
(once the program is open) and ends when the archive is on the disk, read back to the last byte, and recorded. bagit.py
makes a bag of a copy of the workspaces (copying is not timed), and zip packs that; neither brings anything to the disk
or reads it back. "The files" are those workspaces with the tables of coursework, every row of the library, and the
certificate; "all" adds what no bag of files has: all other exports (PDFs are drawn in other processes), and pages to
read. Restoring reads all of that back and takes it into a new library; unzip and sha256sum -c do neither more nor
bring it to the disk."""

_MEMORY = 250e6


class _Bench:
    """One run: a library, and archives of its course."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.folder = settings.folder
        self.size = CourseSize(100 if settings.quick else 1_000)
        self.workspaces = self.folder / "course" / "workspaces"
        self.library = self.folder / "library"
        self.archives = self.folder / "archives"
        self.peaks: list[int] = []

    def prepare(self) -> str:
        """Write the course, take it in, and make what is read back; how it is measured, in words."""
        note("writing a course ...")
        written = make_course(self.workspaces.parent, self.size)
        fresh_process("import", str(self.library), str(self.workspaces.parent))
        self.archives.mkdir()
        self.kept = fresh_process("archive", str(self.library), str(self.archives), "all")["path"]
        shutil.copytree(self.workspaces, self.folder / "theirs")
        command(_BAGIT + ["--sha256", str(self.folder / "theirs")], self.folder)
        return HOW.format(
            workspaces=self.size.workspaces,
            files=written.files,
            megabytes=written.bytes / 1e6,
            folder=self.folder.parent,
            rounds=self.settings.rounds,
        )

    def runs(self) -> dict[str, Callable[[], float]]:
        """Everything that is measured in turn."""
        runs = {
            "files": lambda: self.archive("files"),
            "all": lambda: self.archive("all"),
            "verify": self.verify,
            "bagit": self.bagit,
            "validate": self.validate,
            "restore": self.restore,
            "unzip": self.unzip,
        }
        if shutil.which("zip") is None:
            note("zip is not installed: what is compared with it is left out")
            del runs["bagit"]
        if shutil.which("unzip") is None or shutil.which("sha256sum") is None:
            note("unzip or sha256sum is not installed: what is compared with them is left out")
            del runs["restore"], runs["unzip"]
        return runs

    def archive(self, holds: str) -> float:
        """An archive of the course."""
        done = fresh_process("archive", str(self.library), str(self.archives), holds)
        assert done["files"] > self.size.workspaces * 21, "every file came"
        self.peaks.append(done["peak"] or 0)
        for path in self.archives.glob(f"{Path(done['path']).name}*"):
            path.unlink()
        return float(done["seconds"])

    def verify(self) -> float:
        """An archive, read back."""
        return float(fresh_process("verify_archive", self.kept)["seconds"])

    def bagit(self) -> float:
        """A bag of the workspaces, and a zip of the bag."""
        copy, target = self.folder / "bag", self.folder / "bag.zip"
        shutil.copytree(self.workspaces, copy)
        sync_disk()
        seconds = command([*_BAGIT, "--sha256", str(copy)], self.folder)
        seconds += command(["zip", "-qr", str(target), copy.name], self.folder)
        target.unlink()
        shutil.rmtree(copy)
        return seconds

    def validate(self) -> float:
        """A bag of the workspaces, read back."""
        return command([*_BAGIT, "--validate", str(self.folder / "theirs")], self.folder)

    def restore(self) -> float:
        """An archive of all, taken into a new library."""
        library = self.folder / "restored"
        done = fresh_process("restore_archive", self.kept, str(library))
        assert done["workspaces"] >= self.size.workspaces, "every workspace came"
        shutil.rmtree(library)
        return float(done["seconds"])

    def unzip(self) -> float:
        """The same archive unpacked, and its list of hashes checked."""
        target = self.folder / "unpacked"
        seconds = command(["unzip", "-q", self.kept, "-d", str(target)], self.folder)
        (bag,) = target.iterdir()
        seconds += command(["sha256sum", "--quiet", "-c", "manifest-sha256.txt"], bag)
        shutil.rmtree(target)
        return seconds


_BAGIT = [sys.executable, "-W", "ignore", "-m", "bagit", "--quiet"]


def run(settings: Settings) -> list[Row]:
    """Measure all of it; print how, and return the rows."""
    bench = _Bench(settings)
    print(bench.prepare() + "\n", flush=True)
    times = Series(bench.runs()).go(settings.rounds)
    return [*_rows(times), _memory_row(max(bench.peaks)), *bench_find(bench.library, settings.rounds)]


def _rows(times: dict[str, Times]) -> list[Row]:
    rows = []
    if "bagit" in times:
        rows.append(
            faster("archive of the files: times faster than bagit.py and zip -r", times["files"], times["bagit"], 5)
        )
        rows.append(faster("archive of all: times faster than bagit.py and zip -r", times["all"], times["bagit"], 2))
    if "restore" in times:
        what = "restore of all: times faster than unzip and sha256sum -c"
        rows.append(faster(what, times["restore"], times["unzip"], 2))
    rows.append(faster("verify: times faster than bagit.py --validate", times["verify"], times["validate"], 2))
    return rows


def _memory_row(peak: int) -> Row:
    if not peak:
        return Row("archive: peak memory: this system does not say", "", "")
    return Row("archive: peak memory, MB / 250", f"{peak / 1e6:.1f} MB", "", peak / _MEMORY, 1, at_most=True)
