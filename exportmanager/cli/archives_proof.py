"""Commands that prove archives: verify, list, copy, accept gaps, compare."""

from __future__ import annotations

import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from exportmanager.archive.comparing import Changes, in_words
from exportmanager.archive.damage import damage_line, problem_of
from exportmanager.archive.decrypting import is_encrypted
from exportmanager.archive.verifying import verify as verify_archive
from exportmanager.cli.archives import archive_record
from exportmanager.cli.output import end_progress_line, gap_lines, note, progress_line, safe, show, size
from exportmanager.cli.passphrases import asked_passphrase, passphrase_file, read_passphrase
from exportmanager.cli.reports import WITH_GAPS
from exportmanager.cli.session import json_flag, stoppable, with_program
from exportmanager.core.archive import ArchiveRecord, Standing, Verified
from exportmanager.core.errors import BadOptions, Damaged
from exportmanager.core.export import counted
from exportmanager.core.meter import Meter
from exportmanager.program import Program

_SAID = 20
_STANDING = {Standing.WHOLE: "whole", Standing.CHANGED: "changed", Standing.NOT_REACHABLE: "not reachable"}

archive_argument = click.argument("archive", type=int)


def passphrase_for(path: Path, file: Path | None) -> str | None:
    """The passphrase of the archive at `path`, if it has one: from `file`, or asked for on the terminal."""
    if not path.is_file() or not is_encrypted(path):
        return None
    return read_passphrase(file) if file else asked_passphrase(twice=False)


@click.command("verify")
@click.argument("path", type=click.Path(path_type=Path))
@passphrase_file
@json_flag
def verify(path: Path, passphrase_file: Path | None, as_json: bool) -> None:
    """Read an archive back, every byte of it: a zip or a folder, whoever made it. No library is needed."""
    path = Path(os.path.abspath(path))  # noqa: PTH100 - "." has no name that could be said
    passphrase = passphrase_for(path, passphrase_file)
    with stoppable() as stop:
        found = verify_archive(path, Meter(progress_line(), stop), passphrase)
    end_progress_line()
    if as_json:
        show([verified_record(path, found)], {}, as_json=True, empty="")
    elif not found.damage:
        of = f" of {found.certificate.course_title}" if found.certificate else ""
        click.echo(safe(f"{path.name}{of} is whole. Read back: {counted(found.files, 'file')}, {size(found.bytes)}."))
    refuse_damage(path, found)


def verified_record(path: Path, found: Verified) -> dict[str, Any]:
    """What came of reading an archive back, as documented in ``docs/cli.md``."""
    certificate = found.certificate
    return {
        "id": certificate.payload_sha256 if certificate else None,
        "path": path,
        "standing": found.standing,
        "course": certificate.course_id if certificate else None,
        "course_title": certificate.course_title if certificate else None,
        "files": found.files,
        "bytes": found.bytes,
        "sha256": found.sha256,
        "damage": [asdict(damage) for damage in found.damage],
    }


def refuse_damage(path: Path, found: Verified) -> None:
    """Say what is damaged. Raises `Damaged`."""
    if not found.damage:
        return
    told, next_step = problem_of(found), "Use another copy of it."
    if len(found.damage) > 1:
        for damage in found.damage[:_SAID]:
            note(f"  {damage_line(damage)}")
        if len(found.damage) > _SAID:
            note(f"  and {len(found.damage) - _SAID:,} more; see all of them with --json")
        told = f"{len(found.damage):,} things are not as they were."
    raise Damaged(f"{path.name} is damaged: {told}", next_step)


@click.group("archives")
def archives() -> None:
    """The archives that this library knows, wherever they lie. ARCHIVE is the number of one in the list."""


@archives.command("list")
@click.option("--course", help="Only of this course.")
@json_flag
@with_program
def list_archives(program: Program, course: str | None, as_json: bool) -> None:
    """List archives, as a quick look tells how they stand, and when each was read back last."""
    course_id = program.library.find_course(course) if course else None
    found = program.archives.proofs.all(course_id)
    columns = {
        "id": "ID", "course_title": "Course", "path": "Archive", "size": "Size", "standing": "It is",
        "checked_at": "Verified", "safe_to_delete": "Safe to delete",
    }  # fmt: skip
    record = archive_record if as_json else _in_words
    show([record(archive) for archive in found], columns, as_json=as_json, empty="There are no archives.")


def _in_words(archive: ArchiveRecord) -> dict[str, Any]:
    standing = _STANDING[archive.standing] if archive.standing else "to be verified"
    return archive_record(archive) | {"size": size(archive.size), "standing": standing}


@archives.command("verify")
@archive_argument
@passphrase_file
@json_flag
@with_program
def verify_known(program: Program, archive: int, passphrase_file: Path | None, as_json: bool) -> None:
    """Read an archive back, and remember what came of it."""
    record = program.archives.proofs.archive(archive)
    passphrase = passphrase_for(record.path, passphrase_file)
    with stoppable() as stop:
        record, found = program.archives.proofs.verify(record, Meter(progress_line(), stop), passphrase)
    end_progress_line()
    _show_one(record, as_json=as_json)
    refuse_damage(record.path, found)


def _show_one(record: ArchiveRecord, *, as_json: bool) -> None:
    columns = {"id": "ID", "path": "Archive", "standing": "It is", "safe_to_delete": "Safe to delete"}
    show([archive_record(record) if as_json else _in_words(record)], columns, as_json=as_json, empty="")


@archives.command("copy")
@archive_argument
@click.option(
    "--to", "folder", required=True, metavar="DIR", type=click.Path(path_type=Path), help="The folder for the copy."
)
@json_flag
@with_program
def copy(program: Program, archive: int, folder: Path, as_json: bool) -> None:
    """Make a second copy of an archive, best on another disk, and read it back there."""
    record = program.archives.proofs.archive(archive)
    with stoppable() as stop:
        made = program.archives.copy(record, folder, Meter(progress_line(), stop))
    end_progress_line()
    _show_one(made, as_json=as_json)


@archives.command("accept")
@archive_argument
@click.option("--gap", "numbers", type=click.IntRange(1), multiple=True, metavar="N", help="The number of a gap.")
@json_flag
@with_program
def accept(program: Program, archive: int, numbers: tuple[int, ...], as_json: bool) -> int:
    """Accept gaps of an archive by name; without --gap, list those that are open."""
    proofs = program.archives.proofs
    record = proofs.archive(archive)
    still_open = record.certificate.open_gaps
    if max(numbers, default=0) > len(still_open):
        raise BadOptions(
            f"The archive has {counted(len(still_open), 'open gap')}.", "See them: exportmanager archives accept ID"
        )
    accepted = [still_open[number - 1] for number in dict.fromkeys(numbers)]
    not_written = proofs.accept(record, accepted) if accepted else ()
    record = proofs.archive(archive)
    if as_json:
        show([archive_record(record)], {}, as_json=True, empty="")
    elif not numbers:
        for number, line in enumerate(gap_lines(still_open), 1):
            click.echo(f"{number:4}{line}")
    for line in gap_lines(accepted):
        note(f"accepted{line}")
    for path in not_written:
        note(f"The certificate beside {path} could not be written; it is kept in the library.")
    return WITH_GAPS if record.certificate.open_gaps else 0


@archives.command("changes")
@archive_argument
@passphrase_file
@json_flag
@with_program
def changes(program: Program, archive: int, passphrase_file: Path | None, as_json: bool) -> None:
    """Say what changed since the archive of the same course before this one."""
    proofs = program.archives.proofs
    record = proofs.archive(archive)
    passphrase = read_passphrase(passphrase_file) if passphrase_file else passphrase_for(record.path, None)
    found = proofs.since_last(record, passphrase)
    if as_json:
        told = {"id": record.id, "path": record.path, "changes": _changes_record(found) if found else None}
        show([told], {}, as_json=True, empty="")
    elif found is None:
        click.echo("There is no archive of this course before it that can be read.")
    else:
        for line in in_words(found):
            click.echo(safe(line))


def _changes_record(found: Changes) -> dict[str, Any]:
    work = [asdict(one) | {"files": one.files._asdict()} for one in found.work]
    return asdict(found) | {"work": work, "others": found.others._asdict()}


@archives.command("locate")
@archive_argument
@click.argument("path", type=click.Path(path_type=Path))
@json_flag
@with_program
def locate(program: Program, archive: int, path: Path, as_json: bool) -> None:
    """Say that an archive lies at PATH now."""
    proofs = program.archives.proofs
    _show_one(proofs.locate(proofs.archive(archive), path), as_json=as_json)


@archives.command("forget")
@archive_argument
@json_flag
@with_program
def forget(program: Program, archive: int, as_json: bool) -> None:
    """Take an archive from the list. Its files stay as they are."""
    record = program.archives.proofs.archive(archive)
    program.archives.proofs.forget(record)
    show([archive_record(record)], {"path": "Not listed any more"}, as_json=as_json, empty="")


def add_to(group: click.Group) -> None:
    """Add these commands."""
    group.add_command(verify)
    group.add_command(archives)
