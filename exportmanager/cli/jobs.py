"""Commands for the ledger of jobs: list, run again, cancel."""

from __future__ import annotations

from pathlib import Path

import click

from exportmanager.cli.exports import run_request
from exportmanager.cli.output import show
from exportmanager.cli.records import in_words, job_record
from exportmanager.cli.session import json_flag, with_program
from exportmanager.program import Program


@click.group("jobs", invoke_without_command=True)
@json_flag
@click.pass_context
def jobs(context: click.Context, as_json: bool) -> None:
    """List all jobs, newest first; or run one again, or cancel one."""
    if context.invoked_subcommand is None:
        _list(as_json)


@with_program
def _list(program: Program, as_json: bool) -> None:
    record = job_record if as_json else in_words
    columns = {
        "id": "ID", "kind": "Kind", "course": "Course", "state": "State", "created_at": "Asked", "holds": "Holds",
        "name": "File",
    }  # fmt: skip
    records = [record(program, job) for job in program.ledger.jobs()]
    show(records, columns, as_json=as_json, empty="There have been no jobs.")


@jobs.command("run-again")
@click.argument("job", type=int)
@click.option("--save-to", type=click.Path(path_type=Path), metavar="DIR", help="Also save a copy there.")
@json_flag
@with_program
def run_again(program: Program, job: int, save_to: Path | None, as_json: bool) -> int:
    """Run JOB again with the same options, if it failed, was stopped, or its file has gone."""
    return run_request(program, program.exporter.again(job), save_to, as_json=as_json)


@jobs.command("cancel")
@click.argument("job", type=int)
@json_flag
@with_program
def cancel(program: Program, job: int, as_json: bool) -> None:
    """Ask JOB to stop, whichever process runs it; it does within a second."""
    program.ledger.ask_to_cancel(job)
    if as_json:
        show([job_record(program, program.ledger.job(job))], {}, as_json=True, empty="")
    else:
        click.echo(f"Job {job} was asked to stop.")


def add_to(group: click.Group) -> None:
    """Add these commands."""
    group.add_command(jobs)
