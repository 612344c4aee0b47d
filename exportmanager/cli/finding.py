"""The command that finds a text in all workspaces."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from exportmanager.cli.output import end_progress_line, gaps, note, progress_line, safe, show
from exportmanager.cli.passphrases import passphrase_file, read_passphrase
from exportmanager.cli.reports import WITH_GAPS
from exportmanager.cli.session import json_flag, stoppable, with_program
from exportmanager.core.export import counted
from exportmanager.core.meter import Meter
from exportmanager.program import Program
from exportmanager.review.expressions import Query
from exportmanager.review.finding import MOST_HITS, Hit, Place, Search, course_places, file_places
from exportmanager.review.opening import Openings

_ON_DISK = click.Path(exists=True, path_type=Path)


@click.command("find", short_help="Find a text in the files of all students.")
@click.argument("text")
@click.option("--course", "courses", multiple=True, metavar="COURSE", help="Only in this course; may be repeated.")
@click.option("--regex", is_flag=True, help="TEXT is a regular expression, as Python knows them.")
@click.option("--words", is_flag=True, help="Only whole words.")
@click.option("--case", is_flag=True, help="Capital letters count.")
@click.option("--names", is_flag=True, help="Only in the names of files and folders.")
@click.option("--binary", is_flag=True, help="Also in files that are no text.")
@click.option(
    "--archive", "archives", multiple=True, type=_ON_DISK, metavar="PATH",
    help="Also in an archive, or in any zip, tar or folder; may be repeated.",
)  # fmt: skip
@passphrase_file
@json_flag
@with_program
def find(
    program: Program,
    /,
    text: str,
    courses: Sequence[str],
    archives: Sequence[Path],
    passphrase_file: Path | None,
    as_json: bool,
    **flags: Any,
) -> int:
    """Find TEXT in the names and the content of all files: of every course, or of some; in archives on request."""
    query = Query(text, flags["regex"], flags["words"], flags["case"], flags["names"], flags["binary"])
    passphrase = read_passphrase(passphrase_file) if passphrase_file else None
    with Openings(program.library) as openings, stoppable() as stop:
        places = _places(program, openings, courses, archives, passphrase)
        search = Search(query, places, Meter(progress_line(), stop))
        found = _printed(search, as_json=as_json)
    end_progress_line()
    _say_the_rest(search, found)
    return WITH_GAPS if search.left_out else 0


def _places(
    program: Program, openings: Openings, words: Sequence[str], archives: Sequence[Path], passphrase: str | None
) -> Iterator[Place]:
    chosen = {program.library.find_course(word) for word in words}
    for summary in program.library.courses():
        if summary.info.id in chosen or not chosen:
            yield from course_places(program.library, summary.info)
    for path in archives:
        yield from file_places(openings, path, passphrase)


def _printed(search: Search, *, as_json: bool) -> int:
    """Print what is found as it is found, or as JSON at the end; how much it is."""
    if as_json:
        records = [_record(number, hit) for number, hit in enumerate(search, 1)]
        show(records, {}, as_json=True, empty="")
        return len(records)
    number = 0
    for number, hit in enumerate(search, 1):  # noqa: B007 - the last one is how many there were
        end_progress_line()
        who = ", ".join(filter(None, (hit.place.student, hit.place.assignment)))
        line = f":{hit.line}: {hit.text.strip()}" if hit.line else ""
        click.echo(safe(f"{who}: {hit.path}{line}"))
    return number


def _record(number: int, hit: Hit) -> dict[str, Any]:
    return {
        "id": number,
        "course": hit.place.course,
        "assignment": hit.place.assignment,
        "student": hit.place.student,
        "path": hit.path,
        "line": hit.line or None,
        "text": hit.text,
        "spans": hit.spans,
        "where": hit.place.where,
    }


def _say_the_rest(search: Search, found: int) -> None:
    if search.is_cut:
        note(f"There is more: at most {MOST_HITS:,} lines are shown, and 1,000 of a file.")
    note(f"{counted(found, 'line')} in {counted(search.places, 'workspace')}." if found else "Nothing was found.")
    gaps(search.left_out)


def add_to(group: click.Group) -> None:
    """Add these commands."""
    group.add_command(find)
