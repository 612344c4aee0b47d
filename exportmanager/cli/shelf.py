"""Commands for the shelf: list, save, keep, remove, verify, expire."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import click

from exportmanager.cli.output import end_progress_line, note, progress_line, safe, show, size
from exportmanager.cli.records import in_words, job_record
from exportmanager.cli.reports import WITH_GAPS
from exportmanager.cli.session import SAID, json_flag, stoppable, with_program
from exportmanager.core.errors import Damaged, NoAccess, NotFound
from exportmanager.core.ledger import Job, JobState, Sealed
from exportmanager.core.meter import Meter
from exportmanager.core.shelf import Removal
from exportmanager.program import Program
from exportmanager.shelf.copies import save_copy
from exportmanager.shelf.verify import verify

_LISTED = (JobState.EXPORTED, JobState.EXPIRED, JobState.REMOVED, JobState.MISSING)
_GONE = {Removal.REMOVED, Removal.WAS_GONE}
_NEXT = {
    Removal.NOT_OURS: "Look at that file, and remove it yourself if you do not need it.",
    Removal.IN_USE: "Close it there and try again.",
    Removal.REFUSED: "Check who may write in the shelf's folder, then try again.",
}

item_argument = click.argument("item", type=int)


@click.group("shelf")
def shelf() -> None:
    """The folder of finished exports. ITEM is the number of the job that made the file."""


def _on_shelf(program: Program, item: int) -> tuple[Job, Sealed]:
    job = program.ledger.job(item)
    if job.state is not JobState.EXPORTED or job.file is None:
        raise NotFound(f"Job {item} has no file on the shelf: it is {job.state}.", "See: exportmanager shelf list")
    return job, job.file


@shelf.command("list")
@click.option("--course", help="Only of this course.")
@json_flag
@with_program
def list_shelf(program: Program, course: str | None, as_json: bool) -> None:
    """List what is on the shelf, and what was; also until when each file is kept."""
    course_id = program.library.find_course(course) if course else None
    jobs = program.ledger.jobs(_LISTED, course_id)
    columns = {
        "id": "ID", "name": "File", "course": "Course", "state": "State", "size": "Size", "holds": "Holds",
        "until": "Kept",
    }  # fmt: skip
    record = job_record if as_json else in_words
    show([record(program, job) for job in jobs], columns, as_json=as_json, empty="The shelf is empty.")
    there = [job.file.size for job in jobs if job.state is JobState.EXPORTED and job.file]
    if there and not as_json:
        click.echo(f"{len(there)} files, {size(sum(there))}, in {program.shelf.folder}")


@shelf.command("save")
@item_argument
@click.argument("target", type=click.Path(path_type=Path))
@click.option("--replace", is_flag=True, help="Write over a file that is there.")
@json_flag
@with_program
def save(program: Program, item: int, target: Path, replace: bool, as_json: bool) -> None:
    """Save a copy to TARGET, a folder or a file name: whole or not there."""
    job, file = _on_shelf(program, item)
    with stoppable() as stop:
        meter = Meter(progress_line(), stop)
        saved = save_copy(program.shelf.path_of(file), file, target, meter, replace=replace)
    end_progress_line()
    record = job_record(program, job) | {"saved_to": saved}
    show([record], {"saved_to": "Copied to"}, as_json=as_json, empty="")


@shelf.command("keep")
@item_argument
@click.option("--days", type=click.IntRange(1, 3650), help="For so many days from now; else until you remove it.")
@json_flag
@with_program
def keep(program: Program, item: int, days: int | None, as_json: bool) -> None:
    """Keep a file longer, or until you remove it."""
    _on_shelf(program, item)
    program.ledger.keep(item, program.clock() + timedelta(days=days) if days else None)
    job = program.ledger.job(item)
    record = job_record(program, job) if as_json else in_words(program, job)
    show([record], {"id": "ID", "name": "File", "until": "Kept"}, as_json=as_json, empty="")


@shelf.command("remove")
@item_argument
@json_flag
@with_program
def remove(program: Program, item: int, as_json: bool) -> None:
    """Remove a file from the shelf. Its row stays, and it can be run again."""
    job, file = _on_shelf(program, item)
    removal = program.janitor.take_off(item)
    record = job_record(program, program.ledger.job(job.id)) | {"removal": removal.value}
    if as_json:
        show([record], {}, as_json=True, empty="")
    elif removal in _GONE:
        click.echo(f"{safe(file.name)}: {SAID[removal]}.")
    if removal not in _GONE:
        raise NoAccess(f"{file.name}: {SAID[removal]}.", _NEXT[removal])


@shelf.command("verify")
@click.argument("items", type=int, nargs=-1)
@json_flag
@with_program
def verify_items(program: Program, items: tuple[int, ...], as_json: bool) -> None:
    """Read files back and check every member against its SHA-256; all files, if no ITEM is named."""
    chosen = items or tuple(job.id for job in program.ledger.jobs([JobState.EXPORTED]))
    records = []
    for item in chosen:
        job, file = _on_shelf(program, item)
        with stoppable() as stop:
            found = verify(program.shelf.path_of(file), file, Meter(progress_line(), stop))
        end_progress_line()
        verdict = "whole" if found.is_whole else "damaged"
        records.append(
            {"id": job.id, "name": file.name, "verdict": verdict, "files": found.files, "problems": found.problems}
        )
    columns = {"id": "ID", "name": "File", "verdict": "It is", "files": "Files checked"}
    show(records, columns, as_json=as_json, empty="The shelf is empty.")
    damaged = [record for record in records if record["verdict"] != "whole"]
    if damaged:
        for record in damaged:
            for sentence in record["problems"]:  # type: ignore[attr-defined]
                note(f"  {record['name']}: {sentence}")
        raise Damaged(f"{len(damaged)} of {len(records)} files are damaged.", "Run them again: jobs run-again ID.")


@shelf.command("expire")
@json_flag
@with_program
def expire(program: Program, as_json: bool) -> int:
    """Remove what has expired or is overdue, now."""
    tried = program.janitor.expire(on_request=True)
    records = [
        {"id": job.id, "name": job.file.name if job.file else "", "removal": removal.value} for job, removal in tried
    ]
    show(records, {"id": "ID", "name": "File", "removal": "It is"}, as_json=as_json, empty="Nothing has expired.")
    return WITH_GAPS if any(removal not in _GONE for _, removal in tried) else 0


def add_to(group: click.Group) -> None:
    """Add these commands."""
    group.add_command(shelf)
