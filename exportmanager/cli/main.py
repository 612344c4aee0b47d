"""The command line's frame: the library it works on, its exit codes, and how problems are said.

Exit codes: 0 done; 1 a problem; 2 wrong usage; 3 cancelled; 4 done, with gaps that nobody chose.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

import click

from exportmanager import __version__
from exportmanager.cli import (
    archives,
    archives_back,
    archives_proof,
    comparing,
    courses,
    exports,
    finding,
    jobs,
    review,
    settings,
    shelf,
    trash,
)
from exportmanager.cli.output import end_progress_line, note, problem
from exportmanager.core.errors import Cancelled, ProblemForTeacher, from_os_error

DONE, PROBLEM, USAGE, CANCELLED = 0, 1, 2, 3


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--library",
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder of the library; else EXPORTMANAGER_LIBRARY, else this user's own.",
)
@click.version_option(__version__, prog_name="exportmanager")
@click.pass_context
def cli(context: click.Context, library: Path | None) -> None:
    """Get coding courses out of web platforms: import, export, keep on the shelf, verify.

    Without a command, or with the word window, the window opens.

    COURSE is a course's id, its code, or a part of its title that no other has. Every command knows --json.
    Exit codes: 0 done, 1 a problem, 2 wrong usage, 3 cancelled, 4 done with gaps that nobody chose.
    """
    context.obj = library


for module in (
    courses,
    exports,
    shelf,
    archives,
    archives_proof,
    archives_back,
    comparing,
    finding,
    jobs,
    review,
    settings,
    trash,
):
    module.add_to(cli)


def run(arguments: Sequence[str]) -> int:
    """Run a command line (without the program's name); its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # names from every script, on a console that may know one
            stream.reconfigure(errors="replace")
    try:
        code = cli.main(args=list(arguments), prog_name="exportmanager", standalone_mode=False)
        sys.stdout.flush()
    except click.ClickException as error:
        error.show()
        return USAGE
    except (Cancelled, KeyboardInterrupt, click.Abort):
        end_progress_line()
        note("Cancelled. Nothing was left behind.")
        return CANCELLED
    except (BrokenPipeError, SystemExit):  # whoever read this has seen enough; click makes the one of the other
        _say_no_more()
        return DONE
    except (ProblemForTeacher, OSError) as found:
        end_progress_line()
        problem(found if isinstance(found, ProblemForTeacher) else from_os_error(found, "working"))
        _say_no_more()
        return PROBLEM
    except Exception as error:  # noqa: BLE001 - the last place that can say anything
        end_progress_line()
        note(f"This should not have happened: {type(error).__name__}. Your data are as they were before.")
        for frame in traceback.extract_tb(error.__traceback__):
            note(f"  {Path(frame.filename).name}, line {frame.lineno}, in {frame.name}")
        note("Please report these lines; they hold nothing about students.")
        return PROBLEM
    return code if isinstance(code, int) else DONE


def _say_no_more() -> None:
    """Where nobody takes the output any more, what is left of it must not be complained about at the end."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
