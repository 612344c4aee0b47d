"""Where words are looked for: courses, projects, archives or any file; and the search, off the window's thread."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from exportmanager.core.course import CourseId
from exportmanager.core.meter import Meter
from exportmanager.core.report import Gap
from exportmanager.program import Program
from exportmanager.review.expressions import Query
from exportmanager.review.finding import Hit, Search
from exportmanager.review.opening import Openings
from exportmanager.review.places import (
    Place,
    Reach,
    archive_places,
    course_places,
    encrypted_among,
    file_places,
    project_places,
)


@dataclass(frozen=True, slots=True)
class Scope:
    """Where to look: one course, or all of them and the projects; also in the archives of these; or in a file."""

    course: CourseId | None = None
    with_archives: bool = False
    path: Path | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked for, and where. `passphrases` has those of encrypted archives that are known."""

    query: Query
    scope: Scope
    reach: Reach
    passphrases: Mapping[Path, str]


@dataclass(frozen=True, slots=True)
class Searched:
    """How a search ended; see `Search`."""

    places: int
    is_cut: bool
    is_whole: bool
    left_out: Sequence[Gap]


def locked_in(program: Program, scope: Scope) -> Sequence[Path]:
    """The files of a scope that need a passphrase."""
    return encrypted_among(_files_of(program, scope))


def _files_of(program: Program, scope: Scope) -> Sequence[Path]:
    if scope.path is not None:
        return [scope.path]
    known = program.archives.proofs.all() if scope.with_archives else ()
    return list(dict.fromkeys(record.path for record in known if scope.course in {None, record.course}))


def search(program: Program, asked: Asked, coming: deque[Hit], meter: Meter) -> Searched:
    """Look everywhere; what is found goes to `coming`. Raises `ProblemForTeacher`, `Cancelled`."""
    with Openings(program.library, lambda: meter.advance(0)) as openings:
        found = Search(asked.query, _places(program, openings, asked), meter)
        coming.extend(found)
    return Searched(found.places, found.is_cut, found.is_whole, found.left_out)


def _places(program: Program, openings: Openings, asked: Asked) -> Iterator[Place | Gap]:
    scope, reach = asked.scope, asked.reach
    files = _files_of(program, scope)
    if scope.path is not None and not encrypted_among(files):  # what is wrong with it is all that there is to say
        yield from file_places(openings, scope.path, None, reach)
        return
    for summary in program.library.courses() if scope.path is None else ():
        if scope.course in {None, summary.info.id}:
            yield from course_places(program.library, summary.info, reach)
    if scope.course is None and scope.path is None:
        yield from project_places(program.library)
    yield from archive_places(openings, files, asked.passphrases, reach)
