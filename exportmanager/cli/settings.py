"""The command for what a teacher decides: made from the groups of settings, and what is the rule in a course."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from exportmanager.cli.flags import flag_of
from exportmanager.cli.output import end_progress_line, progress_line, show
from exportmanager.cli.session import json_flag, stoppable, with_program
from exportmanager.core.course import CourseSettings
from exportmanager.core.errors import LibraryBusy
from exportmanager.core.locks import FileLock
from exportmanager.core.meter import Meter
from exportmanager.core.options import Field
from exportmanager.core.settings.kept import all_groups
from exportmanager.program import Program

_WINDOW_LOCK = "window.lock"
"""In the library's folder; a window holds it for as long as it has the library open."""


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
@json_flag
@with_program
def settings(
    program: Program,
    /,
    leave_files: bool,
    course: str | None,
    include_inactive: bool | None,
    as_json: bool,
    **named: Any,
) -> None:
    """Show the settings, or change those that are named."""
    if include_inactive is not None and not course:
        raise click.UsageError("--include-inactive and --leave-out-inactive need --course.")
    if leave_files and named["shelf_folder"] is None:
        raise click.UsageError("--leave-files needs --shelf-folder.")
    _change(program, {name: value for name, value in named.items() if value is not None}, leave_files=leave_files)
    records = _of_course(program, course, include_inactive) if course else _of_library(program, as_json=as_json)
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


def _of_course(program: Program, course: str, include_inactive: bool | None) -> list[dict[str, Any]]:
    course_id = program.library.find_course(course)
    if include_inactive is not None:
        program.library.set_course_settings(course_id, CourseSettings(include_inactive))
    value = program.library.course_settings(course_id).include_inactive
    return [{"id": "include-inactive", "course": course_id, "value": value}]


def add_to(group: click.Group) -> None:
    """Add these commands."""
    group.add_command(settings)
