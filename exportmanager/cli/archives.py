"""The command that archives courses."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from exportmanager.archive.comparing import in_words
from exportmanager.archive.options import ArchiveOptions
from exportmanager.archives import Outcome
from exportmanager.cli.flags import flags_of
from exportmanager.cli.output import end_progress_line, gaps, note, problem, progress_line, safe, show, size
from exportmanager.cli.passphrases import asked_passphrase, passphrase_file, read_passphrase
from exportmanager.cli.reports import WITH_GAPS
from exportmanager.cli.session import json_flag, stoppable, with_program
from exportmanager.core.archive import ArchiveRecord
from exportmanager.core.errors import Cancelled, ProblemForTeacher
from exportmanager.core.export import counted
from exportmanager.core.meter import Meter
from exportmanager.core.options import checked
from exportmanager.program import Program

_PROBLEM, _CANCELLED = 1, 3
_SAID = 10


def archive_record(record: ArchiveRecord) -> dict[str, Any]:
    """An archive, as documented in ``docs/cli.md``."""
    return {
        "id": record.id,
        "course": record.course,
        "course_title": record.course_title,
        "path": record.path,
        "form": record.form,
        "encrypted": record.encrypted,
        "pseudonymous": record.pseudonymous,
        "made_at": record.made_at,
        "size": record.size,
        "sha256": record.sha256,
        "checked_at": record.checked_at,
        "standing": record.standing,
        "safe_to_delete": record.is_proof,
        "counts": record.certificate.counts,
        "open_gaps": record.certificate.open_gaps,
        "problem": record.problem,
    }


@click.command("archive")
@click.argument("courses", nargs=-1, required=True, metavar="COURSE...")
@click.option(
    "--to",
    "folder",
    required=True,
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="The folder for the archives: outside the library, best on another disk.",
)
@click.option("--encrypt", is_flag=True, help="Ask for a passphrase, and encrypt with it (AES-256).")
@passphrase_file
@json_flag
@with_program
def archive(
    program: Program,
    /,
    courses: Sequence[str],
    folder: Path,
    encrypt: bool,
    passphrase_file: Path | None,
    as_json: bool,
    **values: Any,
) -> int:
    """Archive courses: everything that the library holds of them, read back, with a certificate beside each.

    An archive never expires, and nothing in it needs this program.
    """
    ids = list(dict.fromkeys(program.library.find_course(course) for course in courses))
    options = checked(ArchiveOptions, values)
    passphrase = _passphrase(passphrase_file, encrypt=encrypt)
    outcomes: list[Outcome] = []

    def tell(outcome: Outcome) -> None:
        outcomes.append(outcome)
        end_progress_line()
        _say(program, outcome, passphrase, as_json=as_json)

    try:
        with stoppable() as stop:
            meter = Meter(progress_line(), stop)
            program.archives.archive_several(ids, options, folder, meter, passphrase, tell)
    except Cancelled:
        if not any(outcome.record for outcome in outcomes):
            raise
        end_progress_line()
        note("Cancelled. The archives that were finished stay, and nothing else was left behind.")
        return _CANCELLED
    if as_json:
        show([_outcome_record(outcome) for outcome in outcomes], {}, as_json=True, empty="")
    return _code(outcomes)


archive.params += flags_of(ArchiveOptions)


def _passphrase(file: Path | None, *, encrypt: bool) -> str | None:
    if file is not None:
        return read_passphrase(file)
    return asked_passphrase(twice=True) if encrypt else None


def _outcome_record(outcome: Outcome) -> dict[str, Any]:
    if outcome.record:
        return archive_record(outcome.record)
    assert outcome.problem, "it is the one or the other"
    told = {"id": None, "course": outcome.course, "course_title": outcome.title, "path": None}
    return told | {"problem": str(outcome.problem)}


def _say(program: Program, outcome: Outcome, passphrase: str | None, *, as_json: bool) -> None:
    record = outcome.record
    if record is None:
        assert outcome.problem, "it is the one or the other"
        note(f"{outcome.title} was not archived:")
        problem(outcome.problem)
        return
    if not as_json:
        counts = "; ".join(f"{c.done:,} of {c.expected:,} {c.thing}" for c in record.certificate.counts)
        click.echo(safe(str(record.path)))
        click.echo(safe(f"{size(record.size)}; {counts}"))
        click.echo(f"Read back and found whole. SHA-256 {record.sha256}")
    if found := record.certificate.gaps:
        unchosen = len(record.certificate.open_gaps)
        note(f"{outcome.title}: {counted(unchosen, 'gap')}, {len(found) - unchosen} left out by option:")
        gaps(found)
    if not as_json:
        _say_changes(program, record, passphrase)


def _say_changes(program: Program, record: ArchiveRecord, passphrase: str | None) -> None:
    """What is other than in the archive of the same course before it, in short."""
    try:
        found = program.archives.proofs.since_last(record, passphrase)
    except ProblemForTeacher as told:
        note(f"What changed since the archive before it is not known. {told.what}")
        return
    if found is None:
        return
    lines = list(in_words(found))
    click.echo("Since the archive before it:")
    for line in lines[:_SAID]:
        click.echo(safe(f"  {line}"))
    if len(lines) > _SAID:
        click.echo(f"  and {len(lines) - _SAID:,} more; see all of them: exportmanager archives changes {record.id}")


def _code(outcomes: Sequence[Outcome]) -> int:
    if any(outcome.problem for outcome in outcomes):
        return _PROBLEM
    has_gaps = any(outcome.record and outcome.record.certificate.open_gaps for outcome in outcomes)
    return WITH_GAPS if has_gaps else 0


def add_to(group: click.Group) -> None:
    """Add these commands."""
    group.add_command(archive)
