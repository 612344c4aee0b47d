"""Commands that look into workspaces, copy them to run them, and keep projects that belong to no course."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from exportmanager.cli.output import end_progress_line, gaps, note, progress_line, safe, show, size
from exportmanager.cli.passphrases import passphrase_file
from exportmanager.cli.reports import WITH_GAPS
from exportmanager.cli.session import json_flag, stoppable, with_program
from exportmanager.cli.where import WHERE, passphrase_of, where_of
from exportmanager.core.errors import NotFound
from exportmanager.core.export import counted
from exportmanager.core.meter import Meter
from exportmanager.formats.archives import open_tree
from exportmanager.library.projects import Project
from exportmanager.program import Program
from exportmanager.review.looking import LinkLook, PageLook, SheetLook, TextLook, look_at
from exportmanager.review.lying import Lying
from exportmanager.review.opening import Opened, Openings
from exportmanager.review.running import unpack_copy
from exportmanager.review.stacks import guess, stack_of, stacks
from exportmanager.review.where import Where

_AT_ONCE = 20_000
_stack = click.option("--stack", metavar="STACK", help="What it runs with, such as python-3.12: see review stacks.")


def _project_record(project: Project) -> dict[str, Any]:
    """A project, as documented in ``docs/cli.md``."""
    return {
        "id": project.id,
        "name": project.name,
        "stack": project.stack,
        "origin": project.origin,
        "imported_at": project.imported_at,
        "files": project.files,
        "bytes": project.bytes,
        "gaps": project.gaps,
    }


def _show_projects(found: Sequence[Project], *, as_json: bool) -> None:
    columns = {
        "id": "ID",
        "name": "Name",
        "stack": "Stack",
        "imported_at": "Imported",
        "files": "Files",
        "size": "Size",
    }
    records = [_project_record(one) | ({} if as_json else {"size": size(one.bytes)}) for one in found]
    show(records, columns, as_json=as_json, empty="There are no projects. Add one: exportmanager projects import PATH")


@click.group("projects", invoke_without_command=True)
@json_flag
@click.pass_context
def projects(context: click.Context, as_json: bool) -> None:
    """List projects: workspaces that belong to no course; or add, change or remove one."""
    if context.invoked_subcommand is None:
        _list(as_json)


@with_program
def _list(program: Program, as_json: bool) -> None:
    _show_projects(program.library.projects.all(), as_json=as_json)


@projects.command("import")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--name", help="What to call it; else as its file is called.")
@_stack
@json_flag
@with_program
def import_project(program: Program, path: Path, name: str | None, stack: str | None, as_json: bool) -> int:
    """Take the workspace at PATH (a zip, tar or folder) into the library: all of it, or nothing."""
    with Openings(program.library) as openings, openings.open(Where.of_file(path)) as opened:
        chosen = stack_of(stack) if stack else guess(opened)
    with stoppable() as stop:
        project = program.library.projects.take_in(
            open_tree(path.absolute()),
            name or path.absolute().name,
            chosen.id if chosen else "",
            str(path.absolute()),
            program.clock(),
            Meter(progress_line(), stop),
        )
    end_progress_line()
    _show_projects([project], as_json=as_json)
    gaps(project.gaps)
    return WITH_GAPS if project.gaps else 0


@projects.command("stack")
@click.argument("project", type=int)
@click.argument("stack")
@json_flag
@with_program
def change_stack(program: Program, project: int, stack: str, as_json: bool) -> None:
    """Say what PROJECT runs with: STACK is one that review stacks lists."""
    program.library.projects.set_stack(project, stack_of(stack).id)
    _show_projects([program.library.projects.get(project)], as_json=as_json)


@projects.command("rename")
@click.argument("project", type=int)
@click.argument("name")
@json_flag
@with_program
def rename(program: Program, project: int, name: str, as_json: bool) -> None:
    """Call PROJECT otherwise."""
    program.library.projects.rename(project, name)
    _show_projects([program.library.projects.get(project)], as_json=as_json)


@projects.command("remove")
@click.argument("project", type=int)
@json_flag
@with_program
def remove(program: Program, project: int, as_json: bool) -> None:
    """Remove PROJECT for good, with its files. What it was imported from stays."""
    gone = program.library.projects.get(project)
    program.library.projects.remove(project)
    if as_json:
        _show_projects([gone], as_json=True)
    else:
        click.echo(safe(f"{gone.name} is removed."))


@click.group("review", epilog=WHERE)
def review() -> None:
    """Look into workspaces: in the library, in archives, in files of the shelf, in any zip, tar or folder."""


@review.command("files", epilog=WHERE)
@click.argument("where")
@passphrase_file
@json_flag
@with_program
def list_files(program: Program, where: str, passphrase_file: Path | None, as_json: bool) -> int:
    """List the files of the workspace WHERE; or the workspaces, if it is a file that holds several."""
    place = where_of(program, where)
    passphrase = passphrase_of(place, passphrase_file)
    with Openings(program.library) as openings:
        if place.kind == "file" and not place.folder and not place.inner:
            lying = openings.within(Path(place.path), passphrase)
            if [one.where for one in lying] != [place]:
                _show_lying(lying, as_json=as_json)
                return 0
        with openings.open(place, passphrase) as opened:
            return _show_files(opened, as_json=as_json)


def _show_lying(lying: Sequence[Lying], *, as_json: bool) -> None:
    records = [
        {
            "id": number,
            "name": one.facts.name,
            "student": one.facts.student,
            "assignment": one.facts.assignment,
            "version": one.facts.number or None,
            "where": one.where if as_json else "::".join(filter(None, (one.where.inner, one.where.folder))),
        }
        for number, one in enumerate(lying, 1)
    ]
    columns = {"id": "ID", "name": "Workspace", "version": "Version", "where": "Behind PATH::"}
    show(records, columns, as_json=as_json, empty="")


def _show_files(opened: Opened, *, as_json: bool) -> int:
    records = [
        {"id": e.path, "kind": e.kind.value, "size": e.size, "modified": e.modified, "sha256": e.sha256, "link": e.link}
        for e in opened.entries()
    ]
    columns = {"size": "Bytes", "id": "File", "link": "Link to"}
    show(records, columns, as_json=as_json, empty="The workspace is empty.")
    gaps(opened.gaps)
    return WITH_GAPS if opened.gaps else 0


@review.command("show", epilog=WHERE)
@click.argument("where")
@click.argument("path")
@click.option("--encoding", default="", help="The encoding of the text, such as cp1252; found out by itself otherwise.")
@click.option("--raw", is_flag=True, help="Give the file's bytes as they are, to be saved: ... --raw > FILE")
@passphrase_file
@json_flag
@with_program
def show_file(
    program: Program, where: str, path: str, encoding: str, raw: bool, passphrase_file: Path | None, as_json: bool
) -> None:
    """Show the file PATH of the workspace WHERE; with --json only what kind of file it is."""
    place = where_of(program, where)
    passphrase = passphrase_of(place, passphrase_file)
    with Openings(program.library) as openings, openings.open(place, passphrase) as opened:
        if raw:
            _give(opened, path)
            return
        look = look_at(opened, path, encoding)
        text = look if isinstance(look, TextLook) else look.text if isinstance(look, PageLook | SheetLook) else None
        if as_json:
            _show_facts(opened, path, type(look).__name__.removesuffix("Look").lower(), text)
        elif isinstance(look, LinkLook):
            click.echo(safe(f"a link to {look.target}"))
        elif text:
            _print(text)
        else:
            note(f"{path} is no text ({size(opened.entry(path).size)}). To save it: add --raw > FILE")


def _show_facts(opened: Opened, path: str, kind: str, text: TextLook | None) -> None:
    facts = {
        "encoding": text.text.encoding.label if text else None,
        "lines": text.text.line_count if text else None,
        "line_ends": text.text.line_ends if text else None,
        "language": text.language if text else None,
    }
    entry = opened.entry(path)
    show([{"id": path, "kind": kind, "size": entry.size, "sha256": entry.sha256, **facts}], {}, as_json=True, empty="")


def _print(look: TextLook) -> None:
    for start in range(0, look.text.line_count, _AT_ONCE):
        lines = look.text.lines(start, start + _AT_ONCE)
        click.echo("\n".join(safe(line.replace("\t", "    ")) for line in lines))
    if look.text.is_cut:
        note("The file goes on: this is its beginning. To have all of it: add --raw > FILE")


def _give(opened: Opened, path: str) -> None:
    if not opened.has(path):
        raise NotFound(f"There is no file {path} in this workspace.", "See the list of its files.")
    with opened.stream(path) as file:
        while piece := file.read(1 << 20):
            sys.stdout.buffer.write(piece)


@review.command("open", epilog=WHERE)
@click.argument("where")
@click.option(
    "--to", "folder", required=True, metavar="DIR", type=click.Path(path_type=Path),
    help="An empty folder, or one that is not there yet.",
)  # fmt: skip
@_stack
@passphrase_file
@json_flag
@with_program
def open_copy(
    program: Program, where: str, folder: Path, stack: str | None, passphrase_file: Path | None, as_json: bool
) -> int:
    """Copy the workspace WHERE to a folder, with a file that says which container runs it. WHERE stays as it is."""
    place = where_of(program, where)
    passphrase = passphrase_of(place, passphrase_file)
    with (
        Openings(program.library) as openings,
        openings.open(place, passphrase) as opened,
        stoppable() as stop,
    ):
        chosen = stack_of(stack) if stack else guess(opened) or stack_of("bash")
        copy = unpack_copy(opened, folder, chosen, Meter(progress_line(), stop))
    end_progress_line()
    record = {
        "id": str(copy.folder),
        "files": copy.files,
        "stack": chosen.id,
        "config": copy.config and str(copy.config),
    }
    if as_json:
        show([{**record, "brings_own": copy.brings_own, "gaps": copy.gaps}], {}, as_json=True, empty="")
    else:
        click.echo(safe(f"{counted(copy.files, 'file')} in {copy.folder}, to run with {chosen.title}."))
    if copy.brings_own:
        note("It brings a container of its own, which may run commands on this computer: read it before you open it.")
    gaps(copy.gaps)
    return WITH_GAPS if copy.gaps else 0


@review.command("stacks")
@json_flag
@with_program
def list_stacks(program: Program, as_json: bool) -> None:
    """List what code can be run with, and the container of each."""
    records = [{"id": stack.id, "title": stack.title, "image": stack.image} for stack in stacks()]
    show(records, {"id": "ID", "title": "Stack", "image": "Container"}, as_json=as_json, empty="")


def add_to(group: click.Group) -> None:
    """Add these commands."""
    group.add_command(projects)
    group.add_command(review)
