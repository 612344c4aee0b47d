"""Commands that list the kinds of export, and one for each kind, made from its options."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from exportmanager.cli.flags import flags_of
from exportmanager.cli.output import end_progress_line, gaps, note, progress_line, safe, show, size, table
from exportmanager.cli.records import job_record
from exportmanager.cli.reports import WITH_GAPS
from exportmanager.cli.session import json_flag, stoppable, with_program
from exportmanager.core.errors import BadOptions, Cancelled, NoAccess, ProblemForTeacher
from exportmanager.core.export import Estimate, ExportKind, PagesPreview, check_available, counted
from exportmanager.core.ledger import Job, Sealed
from exportmanager.core.meter import Meter
from exportmanager.core.options import Options, checked
from exportmanager.core.registry import found_in
from exportmanager.core.run import ExportRequest
from exportmanager.program import Program
from exportmanager.shelf.copies import save_copy

_CELL = 40
"""Letters of a cell in a preview."""


def _kinds() -> dict[str, ExportKind]:
    from exportmanager import exports

    return found_in(exports, "KIND")


@click.command("kinds")
@json_flag
def list_kinds(as_json: bool) -> None:
    """List the kinds of export."""
    records = [
        {
            "id": kind.id,
            "title": kind.title,
            "section": kind.section.value,
            "suffix": kind.suffix,
            "summary": kind.summary,
        }
        for kind in _kinds().values()
    ]
    columns = {"id": "ID", "title": "Title", "section": "Section", "summary": "What it holds"}
    show(records, columns, as_json=as_json, empty="There are no kinds of export.")


def run_request(program: Program, request: ExportRequest, save_to: Path | None, *, as_json: bool) -> int:
    """Run an export in the foreground, say what came of it, and save a copy where asked."""
    if save_to and not (save_to if save_to.exists() else save_to.parent).is_dir():
        raise NoAccess(f"There is no folder {save_to}.", "Choose a folder that is there; nothing was exported yet.")
    said: dict[str, None] = {}
    with stoppable() as stop:
        ticket = program.exporter.submit(request)
        job = program.exporter.run(ticket, progress_line(), stop, lambda estimate: _notes(estimate.notes, said))
        end_progress_line()
        saved = None
        if save_to and job.file:
            saved = _save(program, job.id, job.file, save_to, stop)
    if as_json:
        show([job_record(program, job) | {"saved_to": saved}], {}, as_json=True, empty="")
    else:
        _say(program, job, saved)
        _notes(job.report.notes if job.report else (), said)
    return WITH_GAPS if job.report and job.report.unchosen_gaps else 0


def _notes(sentences: Sequence[str], said: dict[str, None]) -> None:
    """Say what a person should know, beside the output proper, and nothing twice."""
    for sentence in sentences:
        if sentence not in said:
            note(sentence)
    said.update(dict.fromkeys(sentences))


def _preview(program: Program, kind: ExportKind, request: ExportRequest, *, as_json: bool) -> int:
    """Show how the table would begin, or say what the document would hold; nothing is exported."""
    with program.library.course(request.course) as course:
        check_available(kind, course)
        estimate = kind.estimate(course, request.options)
        preview = kind.preview(course, request.options)
    if preview is None:
        raise BadOptions(f"{kind.title} is not a table: it has no preview.", "Leave out --preview to export it.")
    _notes(estimate.notes, {})
    if isinstance(preview, PagesPreview):
        _say_pages(kind, estimate, as_json=as_json)
    elif as_json:
        record = {"id": kind.id, "name": preview.name, "columns": preview.columns, "rows": preview.rows}
        show([record], {}, as_json=True, empty="")
    else:
        if preview.name:
            click.echo(safe(f"{preview.name}:"))
        table([[_short(cell) for cell in line] for line in (preview.columns, *preview.rows)])
    return 0


def _say_pages(kind: ExportKind, estimate: Estimate, *, as_json: bool) -> None:
    """A terminal shows no pages."""
    if as_json:
        show([{"id": kind.id, "summary": estimate.summary, "bytes": estimate.bytes}], {}, as_json=True, empty="")
    else:
        click.echo(safe(f"{estimate.summary}, about {size(estimate.bytes)}."))
        click.echo("Its first pages can be seen in the window. Leave out --preview to export it.")


def _short(text: str) -> str:
    """A cell of a preview: one line, and no more than may stand in a terminal beside others."""
    line = safe(" ".join(text[: 4 * _CELL].split()))
    return line if len(line) <= _CELL else f"{line[: _CELL - 1]}…"


def _save(program: Program, job: int, file: Sealed, save_to: Path, stop: Callable[[], bool]) -> Path:
    try:
        saved = save_copy(program.shelf.path_of(file), file, save_to, Meter(progress_line(), stop))
    except (Cancelled, ProblemForTeacher):
        end_progress_line()
        note(f"{file.name} is on the shelf (job {job}), but no copy was saved. To save one: shelf save {job} DIR")
        raise
    end_progress_line()
    return saved


def _say(program: Program, job: Job, saved: Path | None) -> None:
    assert job.file is not None, "an exported job has a file"
    assert job.report is not None, "and a report"
    counts = ", ".join(f"{c.done:,} of {c.expected:,} {c.thing}" for c in job.report.counts)
    click.echo(safe(str(program.shelf.path_of(job.file))))
    click.echo(f"{size(job.file.size)}; {counts}")
    click.echo(f"SHA-256 {job.file.sha256}")
    if job.expires_at:
        click.echo(f"Kept on the shelf until {job.expires_at.astimezone():%Y-%m-%d %H:%M} (job {job.id}).")
    else:
        click.echo(f"Kept on the shelf until you remove it (job {job.id}).")
    if saved:
        click.echo(safe(f"Copied to {saved}"))
    if job.report.gaps:
        unchosen = len(job.report.unchosen_gaps)
        note(f"{counted(unchosen, 'gap')}, {len(job.report.gaps) - unchosen} left out by option:")
        gaps(job.report.gaps)


def _export_command(kind: ExportKind) -> click.Command:
    @json_flag
    @with_program
    def command(
        program: Program, /, course: str, save_to: Path | None, preview: bool, as_json: bool, **values: Any
    ) -> int:
        course_id = program.library.find_course(course)
        request = ExportRequest(kind.id, course_id, _options(program, kind, values))
        if preview:
            return _preview(program, kind, request, as_json=as_json)
        return run_request(program, request, save_to, as_json=as_json)

    made = click.command(kind.id, help=f"{kind.title}: {kind.summary}", short_help=kind.summary)(command)
    save_to = click.Option(
        ["--save-to"], type=click.Path(path_type=Path), metavar="DIR", help="Also save a copy there; never over a file."
    )
    told = "Only show how the table begins, or what the document holds; nothing is exported."
    preview = click.Option(["--preview"], is_flag=True, help=told)
    made.params[:0] = [click.Argument(["course"]), *flags_of(kind.Options), save_to, preview]
    return made


def _options(program: Program, kind: ExportKind, values: dict[str, Any]) -> Options:
    """What was said, and for all else what the settings say."""
    source = click.get_current_context().get_parameter_source
    given = {name: value for name, value in values.items() if source(name) is not ParameterSource.DEFAULT}
    return checked(kind.Options, {**program.first_options(kind.id).model_dump(), **given})


class Kinds(click.Group):
    """A command for each kind; they are found when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Their ids."""
        return list(_kinds())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of one."""
        kind = _kinds().get(cmd_name)
        return _export_command(kind) if kind else None


def add_to(group: click.Group) -> None:
    """Add these commands."""
    group.add_command(list_kinds)
    group.add_command(Kinds("export", help="Export something of a course to the shelf, whole or not at all."))
