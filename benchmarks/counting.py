"""Counts the reports that pool threads send through the queue of exports."""

from __future__ import annotations

from typing import Any, BinaryIO

from PySide6.QtCore import QObject

from benchmarks.watching import gaps_into, until
from exportmanager.core.course import Course
from exportmanager.core.export import Estimate, Section
from exportmanager.core.ledger import Job
from exportmanager.core.meter import Meter, Progress
from exportmanager.core.options import NoOptions, Options
from exportmanager.core.report import Count, Report
from exportmanager.core.run import ExportRequest


class Chatty:
    """A kind of export that begins a new stage `times` times, and each of them is reported."""

    id = "chatty"
    title = "Chatty export"
    section = Section.DATA
    summary = "Reports as fast as it can."
    suffix = ".bin"
    Options: type[Options] = NoOptions

    def __init__(self, times: int) -> None:
        self._times = times

    def unavailable(self, course: Course) -> str | None:
        """Never."""
        return None

    def estimate(self, course: Course, options: Any) -> Estimate:
        """Hardly anything."""
        return Estimate(1, "one byte")

    def write(self, course: Course, options: Any, out: BinaryIO, meter: Meter) -> Report:
        """Report, and write something."""
        for number in range(self._times):
            meter.stage(f"Stage {number}", 0)
        out.write(b"1")
        return Report(counts=(Count(thing="bytes", expected=1, done=1),))


class _Heard(QObject):
    def __init__(self, queue: Any) -> None:
        super().__init__()
        self.stages: dict[int, list[str]] = {}
        self.jobs: list[Job] = []
        queue.progressed.connect(self._progressed)
        queue.ended.connect(self._ended)

    def _progressed(self, job: int, progress: Progress) -> None:
        if progress.stage.startswith("Stage "):
            self.stages.setdefault(job, []).append(progress.stage)

    def _ended(self, job: Job, _: object) -> None:
        self.jobs.append(job)


def count_signals(window: Any, jobs: int, each: int) -> dict[str, Any]:
    """Run `jobs` exports that report `each` times; how many reports came, in their order, and how the loop did."""
    desk, course = window.desk, window.courses.course
    desk.program.kinds[Chatty.id] = Chatty(each)
    heard = _Heard(desk.queue)
    found: dict[str, dict[str, float]] = {}
    with gaps_into(found, "signals"):
        for _ in range(jobs):
            desk.queue.submit(ExportRequest(Chatty.id, course, NoOptions()))
        until(lambda: len(heard.jobs) == jobs)
    wanted = [f"Stage {number}" for number in range(each)]
    return {
        "came": sum(len(stages) for stages in heard.stages.values()),
        "in_order": all(stages == wanted for stages in heard.stages.values()),
        "gaps": found["signals"],
    }
