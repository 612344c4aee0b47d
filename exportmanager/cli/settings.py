"""The command for what a teacher decides: made from the groups of settings, and what is the rule in a course."""

from __future__ import annotations

from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import click

from exportmanager.cli.flags import flag_of
from exportmanager.cli.output import end_progress_line, progress_line, show
from exportmanager.cli.session import json_flag, say_old_access, stoppable, with_program
from exportmanager.core.course_settings import MOST_MONTHS, CourseSettings
from exportmanager.core.errors import LibraryBusy
from exportmanager.core.locks import FileLock
from exportmanager.core.meter import Meter
from exportmanager.core.options import Field
from exportmanager.core.settings.kept import all_groups
from exportmanager.program import Program

_WINDOW_LOCK = "window.lock"
"""In the library's folder; a window holds it for as long as it has the library open."""


UNLIMITED = "unlimited"
_OF_COURSE = tuple(field.name for field in fields(CourseSettings))


def _months(context: click.Context, parameter: click.Parameter, value: str | None) -> int | str | None:
    """A number of months, or `UNLIMITED`."""
    if value is None or value == UNLIMITED:
        return value
    return int(click.IntRange(1, MOST_MONTHS)(value, parameter, context))


@click.command("settings")
@click.option(
    "--leave-files",
    is_flag=True,
    help="With --shelf-folder: where the present folder cannot be reached, leave its files there.",
)
@click.option("--course", help="Of this course, instead of the library.")
@click.option(
    "--include-inactive/--leave-out-inactive",
    default=None,
    help="With --course: whether its exports include students inactive for more than 90 days.",
)
@click.option(
    "--retention-months",
    metavar=f"N|{UNLIMITED}",
    callback=_months,
    help="With --course: of how many months its exports hold access and assessment data, or: unlimited.",
)
@click.option(
    "--keep-everything/--no-keep-everything",
    default=None,
    help="With --course: whether nothing of it is ever removed from the library by itself.",
)
@click.option(
    "--remove-old-access/--no-remove-old-access",
    default=None,
    help="With --course: whether access events older than that go from the library, a week after it was announced.",
)
@json_flag
@with_program
def settings(program: Program, /, leave_files: bool, course: str | None, as_json: bool, **named: Any) -> None:
    """Show the settings, or change those that are named."""
    changes = {name: named.pop(name) for name in _OF_COURSE}
    changes = {name: value for name, value in changes.items() if value is not None}
    if changes and not course:
        raise click.UsageError(f"{_flag(next(iter(changes)))} needs --course.")
    if leave_files and named["shelf_folder"] is None:
        raise click.UsageError("--leave-files needs --shelf-folder.")
    _change(program, {name: value for name, value in named.items() if value is not None}, leave_files=leave_files)
    records = _of_course(program, course, changes, as_json) if course else _of_library(program, as_json=as_json)
    columns = {"id": "Setting", "value": "Value"} | ({} if course else {"help": "What it is"})
    show(records, columns, as_json=as_json, empty="")


settings.params[:0] = [flag_of(field, None) for group in all_groups().values() for _, field in group.settings()]


def _change(program: Program, named: dict[str, Any], *, leave_files: bool) -> None:
    if (folder := named.pop("shelf_folder", None)) is not None:
        _move_shelf(program, Path(folder) if folder else None, leave_files=leave_files)
    for group in program.groups.values():
        if values := {field.name: named[field.name] for _, field in group.settings() if field.name in named}:
            program.change_settings(group.id, values)


def _move_shelf(program: Program, folder: Path | None, *, leave_files: bool) -> None:
    """Move the shelf, unless a window has the library open: it shows the files where they are."""
    lock = FileLock.take(program.library.folder / _WINDOW_LOCK)
    if lock is None:
        raise LibraryBusy(
            "The window has this library open.", "Move the shelf in its settings, or close it and try again."
        )
    try:
        with stoppable() as stop:
            program.move_shelf(folder, Meter(progress_line(), stop), leave_files=leave_files)
    finally:
        lock.release()
    end_progress_line()


def _of_library(program: Program, *, as_json: bool) -> list[dict[str, Any]]:
    records = []
    for group in program.groups.values():
        values = program.settings(group.id).model_dump()
        for name, field in group.settings():
            value = values[field.name]
            records.append({"id": name, "value": value} if as_json else _in_words(name, field, value))
    return records


def _in_words(name: str, field: Field, value: Any) -> dict[str, Any]:
    words = f"({field.zero})" if not value and field.zero else field.unit
    return {"id": name, "value": f"{value} {words}".strip(), "help": field.help}


def _of_course(program: Program, course: str, changes: dict[str, Any], as_json: bool) -> list[dict[str, Any]]:
    course_id = program.library.find_course(course)
    if changes:
        months = {"retention_months": None} if changes.get("retention_months") == UNLIMITED else {}
        program.library.change_course_settings(course_id, **changes | months)
        say_old_access(program.look_after_old_access())
    values = asdict(program.library.course_settings(course_id))
    if values["retention_months"] is None and not as_json:
        values["retention_months"] = UNLIMITED
    return [{"id": _flag(name)[2:], "course": course_id, "value": values[name]} for name in _OF_COURSE]


def _flag(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def add_to(group: click.Group) -> None:
    """Add these commands."""
    group.add_command(settings)
