"""Commands for what a teacher decides: how long files stay, and what is the rule in a course."""

from __future__ import annotations

from typing import Any

import click

from exportmanager.cli.output import show
from exportmanager.cli.session import json_flag, with_program
from exportmanager.core.course import CourseSettings
from exportmanager.program import SHELF_DAYS_SETTING, Program


@click.command("settings")
@click.option("--course", help="Of this course, instead of the library.")
@click.option("--shelf-days", type=click.IntRange(0, 3650), help="Keep new exports for so many days; 0: until removed.")
@click.option(
    "--include-inactive/--leave-out-inactive",
    default=None,
    help="With --course: whether its exports include students inactive for more than 90 days.",
)
@json_flag
@with_program
def settings(
    program: Program, course: str | None, shelf_days: int | None, include_inactive: bool | None, as_json: bool
) -> None:
    """Show the settings, or change those that are named."""
    if shelf_days is not None:
        program.library.set_setting(SHELF_DAYS_SETTING, shelf_days)
    records: list[dict[str, Any]] = [{"id": SHELF_DAYS_SETTING, "value": program.shelf_days() or 0}]
    if include_inactive is not None and not course:
        raise click.UsageError("--include-inactive and --leave-out-inactive need --course.")
    if course:
        course_id = program.library.find_course(course)
        if include_inactive is not None:
            program.library.set_course_settings(course_id, CourseSettings(include_inactive))
        value = program.library.course_settings(course_id).include_inactive
        records = [{"id": "include-inactive", "course": course_id, "value": value}]
    show(records, {"id": "Setting", "value": "Value"}, as_json=as_json, empty="")


def add_to(group: click.Group) -> None:
    """Add these commands."""
    group.add_command(settings)
