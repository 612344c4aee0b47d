"""The command that adds blueprints to a course, or shows first what would be added."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from exportmanager.cli.output import end_progress_line, note, progress_line, safe, show
from exportmanager.cli.session import json_flag, stoppable, with_program
from exportmanager.core.blueprints import Addition, Additions, additions
from exportmanager.core.course import CourseId
from exportmanager.core.errors import BadOptions
from exportmanager.core.export import counted
from exportmanager.core.meter import Meter
from exportmanager.formats.blueprints import BlueprintFile
from exportmanager.program import Program
from exportmanager.sources.blueprints import InGit, name_of, read_blueprints

SUMMARY = "Blueprints of a course, from a JSON file or from one in a public git repository."


@click.command("blueprints", short_help=SUMMARY)
@click.argument("file", metavar="[FILE]", required=False, type=click.Path(path_type=Path))
@click.option("--git", "address", metavar="URL", help="The https:// address of a public git repository with the file.")
@click.option("--path", metavar="PATH", default="", help="With --git: the file's whole path in the repository.")
@click.option("--ref", metavar="REF", default="", help="With --git: the branch or tag; else the default branch.")
@click.option("--course", metavar="COURSE", help="The course to add them to; needed where there are several.")
@click.option("--skip-equal", is_flag=True, help="Leave out those that the course has already.")
@click.option("--dry-run", is_flag=True, help="Only show what would be added.")
@json_flag
@with_program
def import_blueprints(
    program: Program,
    /,
    file: Path | None,
    address: str | None,
    path: str,
    ref: str,
    course: str | None,
    skip_equal: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Blueprints of a course, from a JSON file or from one in a public git repository.

    They are added to those that the course has, all of them or none. None of those is changed: one that comes under the
    same name gets a number.
    """
    place = _place(file, address, path, ref)
    chosen = _course(program, course)
    with stoppable() as stop:
        found = read_blueprints(place, Meter(progress_line(), stop))
    end_progress_line()
    shelf = program.library.blueprints
    if dry_run:
        done = additions(shelf.of(chosen), found.blueprints, skip_equal=skip_equal)
    else:
        now = program.clock()
        done = shelf.add(chosen, found.blueprints, skip_equal=skip_equal, name=name_of(place), now=now)
    if as_json:
        show([_record(chosen, found, done)], {}, as_json=True, empty="")
    else:
        _say(found, done, dry_run=dry_run)


def _place(file: Path | None, address: str | None, path: str, ref: str) -> Path | InGit:
    if (file is None) == (address is None):
        raise click.UsageError("Give either a FILE, or --git URL with --path PATH.")
    if file is not None and (path or ref):
        raise click.UsageError("--path and --ref go with --git URL.")
    return file if file is not None else InGit(address or "", path, ref)


def _course(program: Program, word: str | None) -> CourseId:
    """The course that is meant; the only one needs no word."""
    if word:
        return program.library.find_course(word)
    every = program.library.courses()
    if len(every) != 1:
        titles = f"there are {len(every):,}" if every else "there is none"
        raise BadOptions(f"The course must be named, as {titles} in the library.", "Name one with --course.")
    return every[0].info.id


def _record(course: CourseId, found: BlueprintFile, done: Additions) -> dict[str, Any]:
    return {
        "id": course,
        "added": [_addition_record(addition) for addition in done.each if addition.becomes],
        "skipped": [_addition_record(addition) for addition in done.skipped],
        "findings": found.findings,
    }


def _addition_record(addition: Addition) -> dict[str, Any]:
    """What it was called, what it is called in the course, and how long it is."""
    now = addition.becomes.name if addition.becomes else addition.equal_to
    return {"name": addition.came.name, "now": now, "letters": len(addition.came.content)}


def _say(found: BlueprintFile, done: Additions, *, dry_run: bool) -> None:
    columns = {"name": "Blueprint", "does": "Is", "letters": "Letters"}
    rows = [_addition_record(addition) | {"does": _does(addition)} for addition in done.each]
    show(rows, columns, as_json=False, empty="Nothing came.")
    for finding in found.findings:
        note(finding)
    will = "would be added" if dry_run else "added"
    left_out = f", {len(done.skipped):,} left out" if done.skipped else ""
    click.echo(safe(f"{counted(len(done.added), 'blueprint')} {will}{left_out}."))


def _does(addition: Addition) -> str:
    if addition.becomes is None:
        return f"left out: equal to {addition.equal_to}"
    same = addition.becomes.name == addition.came.name
    return "added" if same else f"added as {addition.becomes.name}"
