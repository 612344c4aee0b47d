"""Commands that show what the library holds, and that import."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from exportmanager.cli.arrivals import import_auto, import_git
from exportmanager.cli.blueprints import import_blueprints
from exportmanager.cli.flags import flags_of
from exportmanager.cli.output import end_progress_line, progress_line, safe, show
from exportmanager.cli.reports import WITH_GAPS, print_report
from exportmanager.cli.session import json_flag, stoppable, with_program
from exportmanager.core.course import Role
from exportmanager.core.meter import Meter
from exportmanager.core.registry import found_in
from exportmanager.core.retention import inactive_days
from exportmanager.core.source import Source
from exportmanager.library.listing import CourseSummary
from exportmanager.program import Program


def _summary(course: CourseSummary) -> dict[str, Any]:
    return {
        "id": course.info.id,
        "code": course.info.code,
        "title": course.info.title,
        "term": course.info.term,
        "taken_on": course.info.taken_on,
        "students": course.students,
        "assignments": course.assignments,
        "workspaces": course.workspaces,
        "imported_at": course.imported_at,
        "gaps": course.gaps,
    }


@click.command("courses")
@json_flag
@with_program
def list_courses(program: Program, as_json: bool) -> None:
    """List the courses in the library."""
    columns = {
        "id": "ID", "code": "Code", "title": "Title", "students": "Students", "assignments": "Assignments",
        "workspaces": "Workspaces", "gaps": "Gaps", "imported_at": "Imported",
    }  # fmt: skip
    empty = "The library has no courses. Add one: exportmanager import folder PATH"
    show([_summary(course) for course in program.library.courses()], columns, as_json=as_json, empty=empty)


@click.command("show")
@click.argument("course")
@json_flag
@with_program
def show_course(program: Program, course: str, as_json: bool) -> None:
    """Show a course: what is in it, and what its last import said."""
    course_id = program.library.find_course(course)
    summary = next(c for c in program.library.courses() if c.info.id == course_id)
    report = program.library.import_report(course_id)
    settings = program.library.course_settings(course_id)
    record = _summary(summary) | {
        "description": summary.info.description,
        "starts_on": summary.info.starts_on,
        "ends_on": summary.info.ends_on,
        "time_zone": summary.info.time_zone,
        "lti_enabled": summary.info.lti_enabled,
        "child_of": summary.info.child_of.title if summary.info.child_of else None,
        "licensed_master": summary.info.licensed_master,
        "include_inactive": settings.include_inactive,
        "import_report": report,
    }
    if as_json:
        show([record], {}, as_json=True, empty="")
        return
    rows = [{"what": k.replace("_", " "), "is": v} for k, v in record.items() if k != "import_report" and v != ""]
    show(rows, {"what": "Course", "is": ""}, as_json=False, empty="")
    if report:
        click.echo()
        print_report(report)


@click.command("students")
@click.argument("course")
@json_flag
@with_program
def list_students(program: Program, course: str, as_json: bool) -> None:
    """List everybody in a course; inactive students with since when."""
    with program.library.course(program.library.find_course(course)) as opened:
        records = [
            {
                "id": s.id,
                "username": s.username,
                "name": s.name,
                "email": s.email,
                "role": s.role.value,
                "enrolled_on": s.enrolled_on,
                "last_active_at": s.last_active_at,
                "inactive_days": inactive_days(s, opened.info) if s.role is Role.STUDENT else None,
                "on_roster": s.on_roster,
            }
            for s in opened.students()
        ]
    columns = {
        "id": "ID", "username": "User name", "name": "Name", "role": "Role", "last_active_at": "Last active",
        "inactive_days": "Inactive for days",
    }  # fmt: skip
    show(records, columns, as_json=as_json, empty="Nobody is in this course.")


@click.command("assignments")
@click.argument("course")
@json_flag
@with_program
def list_assignments(program: Program, course: str, as_json: bool) -> None:
    """List the assignments of a course."""
    with program.library.course(program.library.find_course(course)) as opened:
        modules = {module.id: module.title for module in opened.modules()}
        counts: dict[str, int] = {}
        for workspace in opened.workspaces():
            counts[workspace.assignment_id] = counts.get(workspace.assignment_id, 0) + 1
        records = [
            {
                "id": a.id,
                "module": modules.get(a.module_id, ""),
                "title": a.title,
                "kind": a.kind.value,
                "points": a.points,
                "due_at": a.due_at,
                "version": a.version,
                "published_at": a.published_at,
                "workspaces": counts.get(a.id, 0),
            }
            for a in opened.assignments()
        ]
    columns = {
        "id": "ID", "module": "Module", "title": "Title", "kind": "Kind", "points": "Points", "due_at": "Due",
        "version": "Version", "workspaces": "Workspaces",
    }  # fmt: skip
    show(records, columns, as_json=as_json, empty="This course has no assignments.")


def _import_command(source: Source) -> click.Command:
    @json_flag
    @with_program
    def command(program: Program, /, place: str, as_json: bool, **values: Any) -> int:
        with stoppable() as stop:
            report = program.bring_in(source.id, place, values, Meter(progress_line(), stop))
        end_progress_line()
        if as_json:
            show([{"id": report.course_id, **report.model_dump(mode="json")}], {}, as_json=True, empty="")
        else:
            click.echo(safe(f"{report.course_title} ({report.course_id}) is in the library."))
            print_report(report)
        return WITH_GAPS if any(not gap.chosen for gap in report.gaps) else 0

    made = click.command(source.id, help=f"{source.title}: {source.summary}", short_help=source.summary)(command)
    made.params.insert(0, click.Argument(["place"], metavar=source.argument))
    made.params[1:1] = flags_of(source.Options)
    return made


class Sources(click.Group):
    """A command for each source; they are found when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Their ids, and what else can come in."""
        return sorted({*_sources(), *_OWN})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of one."""
        source = _sources().get(cmd_name)
        return _OWN.get(cmd_name) or (_import_command(source) if source else None)


def _sources() -> dict[str, Source]:
    from exportmanager import sources

    return found_in(sources, "SOURCE")


_OWN: dict[str, click.Command] = {
    command.name or "": command for command in (import_auto, import_blueprints, import_git)
}
"""What is part of a course has commands of its own, which can show first what would come in."""


def add_to(group: click.Group) -> None:
    """Add these commands."""
    commands: list[Callable[..., Any]] = [list_courses, show_course, list_students, list_assignments]
    for command in commands:
        group.add_command(command)  # type: ignore[arg-type]
    group.add_command(Sources("import", help="Take a course in. Nothing of it comes in unless all of it does."))
