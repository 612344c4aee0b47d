"""One run of the command line on a library: opened, tidied, and able to be stopped."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from functools import wraps
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

import click

from exportmanager.cli.output import note, span
from exportmanager.cli.records import until
from exportmanager.core.export import counted
from exportmanager.core.janitor import Tidied
from exportmanager.core.ledger import Job, JobState
from exportmanager.core.old_access import OldAccess
from exportmanager.core.shelf import Removal
from exportmanager.core.trash import TRASH_DAYS
from exportmanager.program import Program, opened

_P = ParamSpec("_P")
_R = TypeVar("_R")

json_flag = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")


def with_program(command: Callable[Concatenate[Program, _P], _R]) -> Callable[_P, _R]:
    """Give a command the opened program as its first argument."""

    @wraps(command)
    def wrapped(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        folder: Path | None = click.get_current_context().find_root().obj
        with opened(folder) as program:
            _say(program, program.tidy())
            return command(program, *args, **kwargs)

    return wrapped


def _say(program: Program, tidied: Tidied) -> None:
    """Say what a start put right, and what is about to go."""
    if tidied.clock_jump and tidied.clock_jump < timedelta():
        note(f"This computer's clock was set back by {span(-tidied.clock_jump)}; files on the shelf stay longer.")
    elif tidied.clock_jump:
        note(f"This library was last used {span(tidied.clock_jump)} ago, if this computer's clock is right.")
    for job in tidied.reconciled:
        _say_reconciled(job)
    for job, removal in tidied.removed:
        name = job.file.name if job.file else f"job {job.id}"
        note(f"{name} has expired: {SAID[removal]}.")
    for job in tidied.going_soon:
        if job.file:
            note(f"{job.file.name}: {until(program, job)}. To keep it: shelf keep {job.id}")
    for trashed in tidied.purged:
        note(f"{trashed.info.title} was in the trash for {TRASH_DAYS} days, and has gone for good.")
    for trashed in tidied.last_day:
        note(f"{trashed.info.title} goes from the trash for good after {trashed.goes_at.astimezone():%Y-%m-%d %H:%M}.")
        note(f"To have it again: put-back {trashed.info.id}")
    say_old_access(tidied.old_access)


def _say_reconciled(job: Job) -> None:
    if job.state is JobState.INTERRUPTED:
        note(f"Job {job.id} ({job.kind}, {job.course_title}) was interrupted.")
        note(f"To run it again: jobs run-again {job.id}")
    elif job.state is JobState.MISSING and job.file:
        note(f"{job.file.name} has gone from the shelf. To make it again: jobs run-again {job.id}")
    elif job.state is JobState.EXPORTED and job.file:
        note(f"{job.file.name} is on the shelf.")
    elif job.state is JobState.REMOVED and job.file:
        note(f"{job.file.name} was removed from the shelf, as was asked for before.")


def say_old_access(told: Sequence[OldAccess]) -> None:
    """Say which access events went or will go."""
    for one in told:
        which = f"{counted(one.rows, 'access event')} from before {one.before}"
        if one.goes_at is None:
            note(f"{one.info.title}: {which} went from the library, as the course is set.")
        else:
            note(f"{one.info.title}: {which} will be removed after {one.goes_at.astimezone():%Y-%m-%d %H:%M}.")
            note(f"To keep them: settings --course {one.info.id} --keep-everything")


SAID: dict[Removal, str] = {
    Removal.REMOVED: "removed from the shelf",
    Removal.WAS_GONE: "it had gone from the shelf already",
    Removal.NOT_OURS: "another file stands there under its name, which was left alone",
    Removal.IN_USE: "another program has it open; it is removed later",
    Removal.REFUSED: "the system does not let it be removed; it is tried again later",
}


@contextlib.contextmanager
def stoppable() -> Iterator[Callable[[], bool]]:
    """Ctrl-C (and a polite kill) asks the work to stop; a second one ends the program at once."""
    asked = threading.Event()

    def ask(number: int, frame: Any) -> None:
        if asked.is_set():
            raise KeyboardInterrupt
        asked.set()

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield asked.is_set
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
