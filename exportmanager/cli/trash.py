"""Commands that delete courses, put them back, and keep notes on students' work."""

from __future__ import annotations

import shlex

import click

from exportmanager.cli.output import note, safe, show
from exportmanager.cli.session import json_flag, with_program
from exportmanager.core.course import AssignmentId, CourseId, StudentId
from exportmanager.core.errors import BadOptions, NotFound
from exportmanager.core.trash import TRASH_DAYS, Going
from exportmanager.program import Program

_WORDS = {
    "students": "Students",
    "elsewhere": "of them in other courses too, where they stay",
    "workspaces": "Workspaces, with earlier versions",
    "files": "Files",
    "bytes": "Bytes on the disk",
    "answers": "Answers",
    "access_events": "Access events",
    "coach_logs": "Questions to the coach",
    "blueprints": "Blueprints",
    "notes": "Your notes",
}


@click.command("delete", short_help="Delete a course: into the trash, for 30 days.")
@click.argument("course")
@click.option("--type", "typed", default="", help="The course's code (or title), to say that it is meant.")
@click.option("--without-archive", is_flag=True, help="Delete it though no archive proves that all is kept.")
@json_flag
@with_program
def delete_course(program: Program, course: str, typed: str, without_archive: bool, as_json: bool) -> None:
    """Delete a course. Without --type it only shows what would go."""
    found = program.library.find_course(course)
    going, proof = program.deleting.going(found), program.deleting.proof(found)
    if typed:
        program.deleting.delete(found, typed, without_archive=without_archive)
    if as_json:
        record = {"id": found, "deleted": bool(typed), **_numbers(going), "shelf": list(going.shelf)}
        show([record | {"is_safe": proof.is_safe, "proof": proof.says}], {}, as_json=True, empty="")
        return
    _say_what_goes(going)
    click.echo(safe(proof.says))
    if typed:
        click.echo(
            safe(f"{going.info.title} is in the trash for {TRASH_DAYS} days. To have it again: put-back {found}")
        )
    else:
        how = f"delete {found} --type {shlex.quote(going.word)}{'' if proof.is_safe else ' --without-archive'}"
        note(f"Nothing was deleted. To delete it: {how}")


def _numbers(going: Going) -> dict[str, int]:
    return {name: getattr(going, name) for name in _WORDS}


def _say_what_goes(going: Going) -> None:
    numbers = {name: number for name, number in _numbers(going).items() if number or name != "elsewhere"}
    rows = [{"what": _WORDS[name], "number": f"{number:,}"} for name, number in numbers.items()]
    rows += [{"what": "On the shelf", "number": name} for name in going.shelf]
    show(rows, {"what": "What goes", "number": ""}, as_json=False, empty="")


@click.command("trash", short_help="List deleted courses, until they go for good.")
@json_flag
@with_program
def list_trash(program: Program, as_json: bool) -> None:
    """List deleted courses, until they go for good."""
    rows = [
        {
            "id": trashed.info.id,
            "title": trashed.info.title,
            "deleted_at": trashed.trashed_at,
            "goes_at": trashed.goes_at,
        }
        for trashed in program.deleting.trash()
    ]
    columns = {"id": "ID", "title": "Title", "deleted_at": "Deleted", "goes_at": "Goes"}
    show(rows, columns, as_json=as_json, empty="The trash is empty.")


def trashed_course(program: Program, word: str) -> CourseId:
    """The course in the trash whose id or code is `word`."""
    for trashed in program.deleting.trash():
        if word.casefold() in {trashed.info.id.casefold(), trashed.info.code.casefold()}:
            return trashed.info.id
    raise NotFound(f"There is no course {word} in the trash.", "See the list with: trash")


@click.command("put-back", short_help="Have a deleted course again.")
@click.argument("course")
@json_flag
@with_program
def put_back(program: Program, course: str, as_json: bool) -> None:
    """Have a deleted course again, as it was."""
    found = trashed_course(program, course)
    program.deleting.put_back(found)
    title = program.library.overview(found).info.title
    _said(found, title, f"{title} is in the library again.", as_json=as_json)


def _said(course: CourseId, title: str, sentence: str, *, as_json: bool) -> None:
    if as_json:
        show([{"id": course, "title": title}], {}, as_json=True, empty="")
    else:
        click.echo(safe(sentence))


@click.command("purge", short_help="Let a deleted course go for good, now.")
@click.argument("course")
@click.option("--yes", is_flag=True, help="Say that it is meant: nothing brings it back.")
@json_flag
@with_program
def purge(program: Program, course: str, yes: bool, as_json: bool) -> None:
    """Let a deleted course go for good, now. Its archives stay."""
    found = trashed_course(program, course)
    if not yes:
        raise BadOptions("Nothing brings the course back after that.", "Say --yes if it is meant.")
    title = next(one.info.title for one in program.deleting.trash() if one.info.id == found)
    program.deleting.purge(found)
    _said(found, title, f"{title} has gone for good. Its archives stay where they are.", as_json=as_json)


@click.command("note", short_help="Show or keep your note on a student's work.")
@click.argument("course")
@click.argument("student")
@click.argument("assignment")
@click.argument("text", required=False)
@json_flag
@with_program
def keep_note(program: Program, course: str, student: str, assignment: str, text: str | None, as_json: bool) -> None:
    """Show your note on a STUDENT's work on an ASSIGNMENT (their ids), or keep TEXT as it. An empty TEXT removes it."""
    found, who, what = program.library.find_course(course), StudentId(student), AssignmentId(assignment)
    if text is not None:
        program.library.notes.keep(found, who, what, text, program.clock())
    kept = program.library.notes.of(found, who).get(what, "")
    if as_json:
        show([{"id": found, "student": who, "assignment": what, "text": kept}], {}, as_json=True, empty="")
    else:
        for line in (kept or "There is no note.").splitlines():
            click.echo(safe(line))


def add_to(group: click.Group) -> None:
    """Add these commands."""
    for command in (delete_course, list_trash, put_back, purge, keep_note):
        group.add_command(command)
