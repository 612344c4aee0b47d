"""Imports, exports, archives or verifies once, in a process of its own, and prints as JSON what that took."""

from __future__ import annotations

import gc
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.measure import peak_memory
from benchmarks.memory import Memory
from exportmanager.archive import verifying as archive_verifying
from exportmanager.archive.options import ArchiveOptions
from exportmanager.core.ledger import Sealed
from exportmanager.core.meter import Meter
from exportmanager.core.run import ExportRequest
from exportmanager.program import opened
from exportmanager.shelf.verify import verify


def import_course(library: str, course: str) -> dict[str, Any]:
    """Take `course` into `library`: all until it is committed and synced."""
    with opened(Path(library)) as program:
        program.tidy()
        assert "folder" in program.sources, "the window and the command line know them before anybody asks"
        began = time.perf_counter()
        report = program.bring_in("folder", course)
        seconds = time.perf_counter() - began
    assert not report.gaps, report.gaps[:3]
    return {"seconds": seconds}


def take_course(library: str, course: str) -> dict[str, Any]:
    """The same, where it does not matter how long it takes or whether something is missing."""
    with opened(Path(library)) as program:
        return {"gaps": len(program.bring_in("folder", course).gaps)}


def bring_in(library: str, place: str, course: str) -> dict[str, Any]:
    """Take a download into a course of `library`, or into a new one; what was given and what of it was new."""
    with opened(Path(library)) as program:
        program.tidy()
        options = {"course": course} if course else {"title": "A course"}
        began = time.perf_counter()
        report = program.bring_in("auto", place, options)
        seconds = time.perf_counter() - began
    assert not report.gaps, report.gaps[:3]
    changes = {change.thing: (change.read, change.added) for change in report.changes}
    return {"seconds": seconds, "course": report.course_id, "changes": changes}


def export_course(library: str, kind: str = "coursework") -> dict[str, Any]:
    """Export the course in `library`, from the request until it stands on the shelf."""
    with opened(Path(library)) as program:
        program.tidy()
        course = next(iter(program.library.course_ids()))
        options = program.kinds[kind].Options()
        began = time.perf_counter()
        with Memory() as memory:
            job = program.exporter.run(program.exporter.submit(ExportRequest(kind, course, options)))
        seconds = time.perf_counter() - began
        assert job.file is not None, "an exported job has a file"
        assert job.report is not None, "and a report"
        path = program.shelf.path_of(job.file)
        done = {count.thing: count.done for count in job.report.counts}
        told = {"path": str(path), "sha256": job.file.sha256, "size": job.file.size, "done": done}
        return {"seconds": seconds, **told, "peak_of_all": memory.peak}


def write_table(library: str, kind: str, target: str) -> dict[str, Any]:
    """Write a kind of data export of the course in `library` to a file: all until it is synced."""
    with opened(Path(library)) as program:
        program.tidy()
        course = next(iter(program.library.course_ids()))
        exported = program.kinds[kind]
        began = time.perf_counter()
        with program.library.course(course) as values, Path(target).open("w+b") as file:
            report = exported.write(values, exported.Options(), file, Meter())
            file.flush()
            os.fsync(file.fileno())
        seconds = time.perf_counter() - began
    return {"seconds": seconds, "done": {count.thing: count.done for count in report.counts}}


def verify_export(path: str, size: str, sha256: str) -> dict[str, Any]:
    """Read an export back from the disk."""
    file = Sealed(Path(path).name, int(size), sha256)
    began = time.perf_counter()
    verification = verify(Path(path), file, Meter())
    seconds = time.perf_counter() - began
    assert verification.is_whole, verification.problems
    return {"seconds": seconds, "files": verification.files}


def archive_course(library: str, folder: str, holds: str, passphrase: str = "") -> dict[str, Any]:
    """Archive the course in `library` to `folder`, read back and recorded: `all` of it, or its `files`.

    The latter is without what the other exports give, and without pages.
    """
    with opened(Path(library)) as program:
        program.tidy()
        course = next(iter(program.library.course_ids()))
        assert program.kinds, "the window and the command line know them before anybody asks"
        began = time.perf_counter()
        options = ArchiveOptions(exports=holds == "all", reader=holds == "all")
        record = program.archives.archive(course, options, Path(folder), Meter(), passphrase or None)
        seconds = time.perf_counter() - began
    return {"seconds": seconds, "path": str(record.path), "size": record.size, "files": record.certificate.files}


def verify_archive(path: str) -> dict[str, Any]:
    """Read an archive back from the disk."""
    began = time.perf_counter()
    verified = archive_verifying.verify(Path(path), Meter())
    seconds = time.perf_counter() - began
    assert not verified.damage, verified.damage[:3]
    return {"seconds": seconds, "files": verified.files}


def restore_archive(path: str, library: str) -> dict[str, Any]:
    """Restore an archive into a new library."""
    with opened(Path(library)) as program:
        began = time.perf_counter()
        restored = program.archives.restore(Path(path), Meter())
        seconds = time.perf_counter() - began
    return {"seconds": seconds, "workspaces": restored.workspaces}


TASKS: dict[str, Callable[..., dict[str, Any]]] = {
    "import": import_course,
    "take": take_course,
    "bring_in": bring_in,
    "export": export_course,
    "table": write_table,
    "verify": verify_export,
    "archive": archive_course,
    "verify_archive": verify_archive,
    "restore_archive": restore_archive,
}


def main() -> None:
    task, *arguments = sys.argv[1:]
    gc.freeze()  # as the program itself does once it has loaded
    print(json.dumps(TASKS[task](*arguments) | {"peak": peak_memory()}))


if __name__ == "__main__":
    main()
