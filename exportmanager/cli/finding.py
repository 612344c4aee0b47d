"""The command that finds a text in all workspaces."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

import click

from exportmanager.cli.output import end_progress_line, gaps, note, progress_line, safe, show
from exportmanager.cli.passphrases import asked_passphrase, passphrase_file, read_passphrase
from exportmanager.cli.reports import WITH_GAPS
from exportmanager.cli.session import json_flag, stoppable, with_program
from exportmanager.core.course import CourseInfo
from exportmanager.core.errors import Cancelled
from exportmanager.core.export import counted
from exportmanager.core.meter import Meter
from exportmanager.program import Program
from exportmanager.review.expressions import Query
from exportmanager.review.finding import MOST_HITS, Hit, Search
from exportmanager.review.opening import Openings
from exportmanager.review.places import Place, Reach, archive_places, course_places, encrypted_among, project_places

_ON_DISK = click.Path(exists=True, path_type=Path)


@click.command("find", short_help="Find a text in the files of all students.")
@click.argument("text")
@click.option("--course", "courses", multiple=True, metavar="COURSE", help="Only in this course; may be repeated.")
@click.option("--regex", is_flag=True, help="TEXT is a regular expression, as Python knows them.")
@click.option("--words", is_flag=True, help="Only whole words.")
@click.option("--case", is_flag=True, help="Capital letters count.")
@click.option("--names", is_flag=True, help="Only in the names of files and folders.")
@click.option("--binary", is_flag=True, help="Also in files that are no text.")
@click.option("--earlier", is_flag=True, help="Also in what workspaces were before they came in again.")
@click.option("--starters", is_flag=True, help="Also in the published projects: the starter files.")
@click.option("--projects", is_flag=True, help="Also in the projects, which belong to no course.")
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
    reach = Reach(flags["earlier"], flags["starters"])
    passphrases = _passphrases(archives, passphrase_file)
    with stoppable() as stop, Openings(program.library, partial(_go_on, stop)) as openings:
        places = chain(
            *(course_places(program.library, course, reach) for course in _chosen(program, courses)),
            project_places(program.library) if flags["projects"] else (),
            archive_places(openings, archives, passphrases, reach),
        )
        search = Search(query, places, Meter(progress_line(), stop))
        found = _printed(search, as_json=as_json)
    end_progress_line()
    _say_the_rest(search, found)
    return WITH_GAPS if search.left_out else 0


def _go_on(stop: Callable[[], bool]) -> None:
    if stop():
        raise Cancelled


def _passphrases(archives: Sequence[Path], file: Path | None) -> Mapping[Path, str]:
    """The one in `file` for each archive that needs one; or what is typed for each, where there is a terminal."""
    locked = encrypted_among(archives)
    if file:
        return dict.fromkeys(locked, read_passphrase(file))
    if not sys.stdin.isatty():  # they are named as not searched
        return {}
    typed = {}
    for path in locked:
        note(f"{path.name} is encrypted.")
        typed[path] = asked_passphrase(twice=False)
    return typed


def _chosen(program: Program, words: Sequence[str]) -> Sequence[CourseInfo]:
    """The courses that are meant, or all. Raises `NotFound`, `Ambiguous`."""
    chosen = {program.library.find_course(word) for word in words}
    return [one.info for one in program.library.courses() if one.info.id in chosen or not chosen]


def _printed(search: Search, *, as_json: bool) -> int:
    """Print what is found as it is found, or as JSON at the end; how much it is."""
    if as_json:
        records = [_record(number, hit) for number, hit in enumerate(search, 1)]
        show(records, {}, as_json=True, empty="")
        return len(records)
    number = 0
    for number, hit in enumerate(search, 1):  # noqa: B007 - the last one is how many there were
        end_progress_line()
        line = f":{hit.line}: {hit.text.strip()}" if hit.line else ""
        click.echo(safe(f"{_whose(hit.place)}: {hit.path}{line}"))
    return number


def _whose(place: Place) -> str:
    """Whose file it is; in a file, also which file."""
    file = place.course if place.where.kind == "file" else ""
    return ", ".join(filter(None, (place.student, place.assignment, place.version, file)))


def _record(number: int, hit: Hit) -> dict[str, Any]:
    return {
        "id": number,
        "course": hit.place.course,
        "assignment": hit.place.assignment,
        "student": hit.place.student,
        "version": hit.place.version,
        "path": hit.path,
        "line": hit.line or None,
        "text": hit.text,
        "spans": hit.spans,
        "where": hit.place.where,
    }


def _say_the_rest(search: Search, found: int) -> None:
    if not search.is_whole:
        note(f"The search ended at {MOST_HITS:,} lines: there is more, perhaps in other workspaces too.")
    elif search.is_cut:
        note("There is more: at most 1,000 lines of a file are shown.")
    note(f"{counted(found, 'line')} in {counted(search.places, 'workspace')}." if found else "Nothing was found.")
    gaps(search.left_out)


def add_to(group: click.Group) -> None:
    """Add these commands."""
    group.add_command(find)
