"""Shows the main job from end to end: the sample course in, coursework out, the file verified; then the window."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from exportmanager.cli.output import gap_lines, size, table
from exportmanager.core.ledger import Job
from exportmanager.core.meter import Meter
from exportmanager.core.report import Cell, ImportReport
from exportmanager.core.run import ExportRequest
from exportmanager.program import Program, opened
from exportmanager.resources_dir import sample_course
from exportmanager.screen import has_screen
from exportmanager.shelf.verify import verify

_WORDS = {
    Cell.PRESENT: "there, with files",
    Cell.EMPTY: "there, and empty",
    Cell.NEVER_STARTED: "never started",
    Cell.LEFT_OUT: "left out: the student is inactive for more than 90 days",
    Cell.MISSING: "missing: begun, but the source has no files",
}


def main(arguments: Sequence[str]) -> int:
    """Run the demonstration; 0 if the export is whole."""
    parser = argparse.ArgumentParser(prog="demo", description=__doc__)
    parser.add_argument("--no-window", action="store_true", help="for scripts: never open the window")
    told = parser.parse_args(arguments)
    folder = Path(tempfile.mkdtemp(prefix="exportmanager-demo-"))
    print(f"A library to throw away: {folder}\n")
    with opened(folder) as program:
        report = program.bring_in("folder", str(sample_course()))
        _say_what_came(report)
        kind = program.kinds["coursework"]
        with program.library.course(program.library.find_course(report.course_id)) as course:
            print(f"\n{kind.title}: {kind.estimate(course, kind.Options()).summary}")
        request = ExportRequest(kind.id, program.library.find_course(report.course_id), kind.Options())
        job = program.exporter.run(program.exporter.submit(request))
        _say_what_went(job)
        code = _verify(program, job)
    if code or told.no_window or not has_screen():
        return code
    print("\nThe same in the window; close it when you have seen enough.", flush=True)
    from exportmanager.app import run as run_window  # Qt, for those who see it

    return run_window(folder)


def _say_what_came(report: ImportReport) -> None:
    print(f"{report.course_title} came in:")
    rows = [["", "expected", "came", "gaps"]]
    for change in report.changes:
        if change.read:
            missing = max(0, (change.expected or change.read) - change.read)
            expected = str(change.expected) if change.expected is not None else "-"
            rows.append([change.thing.replace("_", " "), expected, str(change.read), str(missing or "")])
    table(rows)
    print("Gaps, by name:")
    print("\n".join(gap_lines(report.gaps)))


def _say_what_went(job: Job) -> None:
    assert job.report is not None, "an exported job has a report"
    print()
    rows = [["in the export", "expected", "present", "gaps"]]
    rows += [
        [count.thing, f"{count.expected:,}", f"{count.done:,}", str(count.expected - count.done or "")]
        for count in job.report.counts
    ]
    table(rows)
    print("\nEach student and assignment:")
    table([["cells", ""], *([str(job.report.cells[cell.value]), words] for cell, words in _WORDS.items())])
    print("By name:")
    print("\n".join(gap_lines(job.report.gaps)))


def _verify(program: Program, job: Job) -> int:
    assert job.file is not None, "an exported job has a file"
    path = program.shelf.path_of(job.file)
    found = verify(path, job.file, Meter())
    expires = f"{job.expires_at.astimezone():%Y-%m-%d %H:%M}" if job.expires_at else "never"
    print()
    table(
        [
            ["file", str(path)],
            ["size", size(job.file.size)],
            ["SHA-256", job.file.sha256],
            ["expires", expires],
            ["verified", f"{found.files} files read back, each as it was" if found.is_whole else "NOT WHOLE"],
        ]
    )
    for problem in found.problems:
        print(f"  {problem}")
    return 0 if found.is_whole else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
