"""The command that archives courses."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from exportmanager.archive.options import ArchiveOptions
from exportmanager.archives import Outcome
from exportmanager.cli.flags import flags_of
from exportmanager.cli.output import end_progress_line, gaps, note, problem, progress_line, safe, show, size
from exportmanager.cli.passphrases import asked_passphrase, passphrase_file, read_passphrase
from exportmanager.cli.reports import WITH_GAPS
from exportmanager.cli.session import json_flag, stoppable, with_program
from exportmanager.core.archive import ArchiveRecord
from exportmanager.core.export import counted
from exportmanager.core.meter import Meter
from exportmanager.core.options import checked
from exportmanager.program import Program

_PROBLEM = 1


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
    with stoppable() as stop:
        outcomes = program.archives.archive_several(ids, options, folder, Meter(progress_line(), stop), passphrase)
    end_progress_line()
    if as_json:
        show([_outcome_record(outcome) for outcome in outcomes], {}, as_json=True, empty="")
    for outcome in outcomes:
        _say(outcome, as_json=as_json)
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


def _say(outcome: Outcome, *, as_json: bool) -> None:
    record = outcome.record
    if record is None:
        assert outcome.problem, "it is the one or the other"
        note(f"{outcome.title} was not archived:")
        problem(outcome.problem)
        return
    if not as_json:
        counts = ", ".join(f"{c.done:,} of {c.expected:,} {c.thing}" for c in record.certificate.counts)
        click.echo(safe(str(record.path)))
        click.echo(safe(f"{size(record.size)}; {counts}"))
        click.echo(f"Read back and found whole. SHA-256 {record.sha256}")
    if found := record.certificate.gaps:
        unchosen = len(record.certificate.open_gaps)
        note(f"{outcome.title}: {counted(unchosen, 'gap')}, {len(found) - unchosen} left out by option:")
        gaps(found)


def _code(outcomes: Sequence[Outcome]) -> int:
    if any(outcome.problem for outcome in outcomes):
        return _PROBLEM
    has_gaps = any(outcome.record and outcome.record.certificate.open_gaps for outcome in outcomes)
    return WITH_GAPS if has_gaps else 0


def add_to(group: click.Group) -> None:
    """Add these commands."""
    group.add_command(archive)
