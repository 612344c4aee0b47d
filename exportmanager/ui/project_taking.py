"""Takes workspaces into the library as projects, one after the other, off the window's thread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from exportmanager.core.errors import Cancelled, ProblemForTeacher
from exportmanager.core.meter import Meter
from exportmanager.core.report import Gap
from exportmanager.formats.archives import open_tree
from exportmanager.library.projects import Project
from exportmanager.program import Program
from exportmanager.review.opening import Openings
from exportmanager.review.stacks import Stack, guess
from exportmanager.review.where import Where


@dataclass(frozen=True, slots=True)
class NewProject:
    """What is to be taken in: a zip, tar or folder, what it is called, and the id of its stack or ""."""

    path: Path
    name: str
    stack: str


@dataclass(frozen=True, slots=True)
class Taken:
    """What is in the library now, what could not be taken in and why, and how many were left because of Stop."""

    projects: Sequence[Project]
    failed: Sequence[Gap] = ()
    left: int = 0


def name_of(path: Path) -> str:
    """What a project is called if nobody says otherwise: its file without endings."""
    return path.name.partition(".")[0] or path.name


def guessed_stack(program: Program, path: Path) -> Stack | None:
    """What a workspace at `path` seems to run with. Raises `ProblemForTeacher`."""
    with Openings(program.library) as openings, openings.open(Where.of_file(path)) as opened:
        return guess(opened)


def take_in(program: Program, wanted: Sequence[NewProject], meter: Meter) -> Taken:
    """Take them in, each whole or not at all; one that fails does not keep the others back.

    Raises what was wrong with the only one, and `Cancelled` where nothing was taken in yet.
    """
    projects: list[Project] = []
    failed: list[Gap] = []
    for number, new in enumerate(wanted):
        try:
            projects.append(_take_in(program, new, meter))
        except ProblemForTeacher as problem:
            if len(wanted) == 1:
                raise
            failed.append(Gap(what=new.name, why=problem.what))
        except Cancelled:
            if not projects:
                raise
            return Taken(projects, failed, len(wanted) - number)
    return Taken(projects, failed)


def _take_in(program: Program, new: NewProject, meter: Meter) -> Project:
    projects = program.library.projects
    return projects.take_in(open_tree(new.path), new.name, new.stack, str(new.path), program.clock(), meter)
