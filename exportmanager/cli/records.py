"""Jobs and shelf items as records for output."""

from __future__ import annotations

from typing import Any

from exportmanager.cli.output import size, span
from exportmanager.core.ledger import Job, JobState
from exportmanager.core.retention import GRACE, Due
from exportmanager.program import Program


def job_record(program: Program, job: Job) -> dict[str, Any]:
    """A job, as documented in ``docs/cli.md``."""
    on_shelf = job.state is JobState.EXPORTED and job.file is not None
    return {
        "id": job.id,
        "kind": job.kind,
        "course": job.course_id,
        "course_code": job.course_code,
        "course_title": job.course_title,
        "state": job.state.value,
        "created_at": job.created_at,
        "finished_at": job.finished_at,
        "started_by": job.started_by,
        "name": job.file.name if job.file else None,
        "path": program.shelf.path_of(job.file) if on_shelf and job.file else None,
        "size": job.file.size if job.file else None,
        "sha256": job.file.sha256 if job.file else None,
        "expires_at": job.expires_at,
        "due": program.janitor.due(job).value if on_shelf else None,
        "options": job.options,
        "report": job.report,
        "problem": job.problem,
        "next_step": job.next_step,
    }


def in_words(program: Program, job: Job) -> dict[str, Any]:
    """The same for a table."""
    return job_record(program, job) | {
        "size": size(job.file.size) if job.file else "",
        "holds": _holds(job),
        "until": until(program, job),
        "course": job.course_code or job.course_title,
    }


def _holds(job: Job) -> str:
    if job.report is None or not job.report.counts:
        return job.problem
    first, gaps = job.report.counts[0], len(job.report.unchosen_gaps)
    text = f"{first.done} of {first.expected} {first.thing}"
    return text + (f", {gaps} gap{'s' if gaps != 1 else ''}" if gaps else "")


def until(program: Program, job: Job) -> str:
    """When a file leaves the shelf, in words."""
    if job.state is not JobState.EXPORTED:
        return ""
    now = program.clock()
    left = span(job.expires_at - now) if job.expires_at else ""
    goes = ((job.overdue_seen_at or now) + GRACE).astimezone()
    return {
        Due.KEPT: "kept until you remove it",
        Due.LAST_COPY: "kept: its course is not in the library any more",
        Due.STAYS: f"removed in {left}",
        Due.SOON: f"removed in {left}",
        Due.OVERDUE: f"overdue, removed after {goes:%Y-%m-%d %H:%M}",
        Due.GOES: "removed at the next start",
    }[program.janitor.due(job)]
