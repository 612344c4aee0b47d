"""The command that compares two workspaces, or a file in them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from exportmanager.cli.output import end_progress_line, note, progress_line, safe, show
from exportmanager.cli.passphrases import passphrase_file
from exportmanager.cli.session import json_flag, stoppable, with_program
from exportmanager.cli.where import WHERE, passphrase_of, where_of
from exportmanager.core.errors import Ambiguous, NotFound
from exportmanager.core.export import counted
from exportmanager.core.meter import Meter
from exportmanager.formats.comparing import Row, RowKind
from exportmanager.program import Program
from exportmanager.review.beside import Beside
from exportmanager.review.comparing import Change, Compared, FileRow, compare, compare_file
from exportmanager.review.opening import Opened, Openings
from exportmanager.review.where import Where

_AROUND = 3
"""Lines that are the same and are shown before and after a change."""


@click.command("compare", short_help="Compare two workspaces, or a file in them.", epilog=WHERE)
@click.argument("left", metavar="WHERE")
@click.argument("right", metavar="WHERE")
@click.argument("path", default="")
@click.option("--ignore-space", is_flag=True, help="White space in lines does not count.")
@click.option("--all", "with_same", is_flag=True, help="Show also what is the same.")
@passphrase_file
@json_flag
@with_program
def compare_workspaces(
    program: Program,
    left: str,
    right: str,
    path: str,
    ignore_space: bool,
    with_same: bool,
    passphrase_file: Path | None,
    as_json: bool,
) -> None:
    """Compare the files of two workspaces, such as a student's and the published project; or only the file PATH.

    Where the second WHERE is an archive or export of many workspaces, the same student's is taken.
    """
    place, other = where_of(program, left), where_of(program, right)
    with (
        Openings(program.library) as openings,
        openings.open(place, passphrase_of(place, passphrase_file)) as here,
        _counterpart(Beside(program.library, openings), here, other, passphrase_of(other, passphrase_file)) as there,
    ):
        found = _files(here, there)
        if path:
            compared = _file(here, there, found, path, ignore_space=ignore_space)
            _show_lines(compared, as_json=as_json, with_same=with_same)
        else:
            _show_files(found, as_json=as_json, with_same=with_same)


def _counterpart(beside: Beside, here: Opened, other: Where, passphrase: str | None) -> Opened:
    """The other workspace; of a file with several, the one that is the same student's. Raises `Ambiguous`."""
    if other != Where.of_file(Path(other.path)) or not here.student:
        return beside.openings.open(other, passphrase)
    found = beside.inside(Path(other.path), here, passphrase)
    there = beside.openings.open(found[0].where, passphrase)
    if len(found) > 1 and (there.student, there.assignment) != (here.student, here.assignment):
        what = f"{Path(other.path).name} holds {counted(len(found), 'workspace')}, and none of {here.name}."
        raise Ambiguous(what, "Write PATH::FOLDER: review files PATH lists them.")
    note(f"Compared with {found[0].words}.")
    return there


def _files(here: Opened, there: Opened) -> list[FileRow]:
    with stoppable() as stop:
        meter = Meter(progress_line(), stop)
        meter.stage("Comparing")
        found = compare(here, there, lambda: meter.advance(0))
    end_progress_line()
    return found


def _show_files(found: Sequence[FileRow], *, as_json: bool, with_same: bool) -> None:
    shown = [row for row in found if with_same or row.change is not Change.SAME]
    records = [
        {
            "id": row.path,
            "change": row.change.value,
            "was": row.left.path if row.left and row.change is Change.RENAMED else "",
            "left_bytes": row.left.size if row.left else None,
            "right_bytes": row.right.size if row.right else None,
            "trouble": row.trouble,
        }
        for row in shown
    ]
    columns = {"change": "Change", "left_bytes": "Bytes left", "right_bytes": "Bytes right", "id": "File", "was": "Was"}
    show(records, columns, as_json=as_json, empty="No file differs.")
    same = sum(row.change is Change.SAME for row in found)
    note(f"{counted(len(found) - same, 'file')} with differences, {counted(same, 'file')} without.")
    for row in found:
        if row.trouble:
            note(f"{row.path}: {row.trouble}")


def _file(here: Opened, there: Opened, found: Sequence[FileRow], path: str, *, ignore_space: bool) -> Compared:
    """The file that has this path on the right or, if none does, on the left. Raises `NotFound`."""
    sides = [row for row in found if row.path == path] or [row for row in found if row.left and row.left.path == path]
    files = [entry for entry in (sides[0].left, sides[0].right) if entry] if sides else []
    if not files or any(not (here if entry is sides[0].left else there).has(entry.path) for entry in files):
        raise NotFound(f"There is no file {path} in these workspaces.", "Leave out PATH for the list of files.")
    left, right = sides[0].left, sides[0].right
    left_path, right_path = left.path if left else None, right.path if right else None
    return compare_file(here, left_path, there, right_path, ignore_space=ignore_space)


def _show_lines(compared: Compared, *, as_json: bool, with_same: bool) -> None:
    chosen = range(len(compared.rows)) if with_same else _around(compared.rows)
    if as_json:
        records = [_record(compared, at) for at in chosen]
        show(records, {}, as_json=True, empty="")
    else:
        last = -1
        for at in chosen:
            if last >= 0 and at > last + 1:
                click.echo("...")
            last = at
            for line in _drawn(compared, compared.rows[at]):
                click.echo(safe(line))
    for sentence in compared.notes:
        note(sentence)
    if compared.is_same:
        note("They are the same.")
    elif not (compared.changes or compared.notes):
        note("No line differs." if compared.ignore_space else "No line differs; their bytes do.")


def _around(rows: Sequence[Row]) -> list[int]:
    """The rows that differ, and some around them."""
    near: set[int] = set()
    for at, row in enumerate(rows):
        if row.kind is not RowKind.SAME:
            near.update(range(max(at - _AROUND, 0), min(at + _AROUND + 1, len(rows))))
    return sorted(near)


def _drawn(compared: Compared, row: Row) -> Iterator[str]:
    """A row as lines, with the numbers that they have on the left and on the right."""
    shown = compared.shown(row)
    left = "" if row.left is None else str(row.left + 1)
    right = "" if row.right is None else str(row.right + 1)
    if row.kind is RowKind.SAME:
        yield _numbered(left, right, " ", shown.right)
        return
    if row.left is not None:
        yield _numbered(left, "", "-", shown.left)
    if row.right is not None:
        yield _numbered("", right, "+", shown.right)


def _numbered(left: str, right: str, sign: str, line: str) -> str:
    text = line.replace("\t", "    ")
    return f"{left:>5} {right:>5} {sign} {text}".rstrip()


def _record(compared: Compared, at: int) -> dict[str, object]:
    row = compared.rows[at]
    shown = compared.shown(row)
    return {
        "id": at + 1,
        "kind": row.kind.value,
        "left_line": None if row.left is None else row.left + 1,
        "right_line": None if row.right is None else row.right + 1,
        "left": shown.left,
        "right": shown.right,
        "left_spans": shown.left_spans,
        "right_spans": shown.right_spans,
    }


def add_to(group: click.Group) -> None:
    """Add these commands."""
    group.add_command(compare_workspaces)
