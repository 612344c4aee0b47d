"""Guides as whole PDFs: read, drawn in pieces by processes and joined, all of it through a `Printing`."""

from __future__ import annotations

import pickle
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO

from exportmanager.core.errors import ProblemForTeacher
from exportmanager.core.meter import Meter
from exportmanager.formats.pdf import front, joining, parts
from exportmanager.formats.pdf.calls import Answer, Failure, Told
from exportmanager.formats.pdf.front import Front, Line
from exportmanager.formats.pdf.leading import Guidance, Mark
from exportmanager.formats.pdf.part import Part, Place
from exportmanager.formats.pdf.parts import Entry, PartWanted, Survey
from exportmanager.formats.pdf.pieces import Piece, pieces_of, retried
from exportmanager.formats.pdf.view import Edition
from exportmanager.formats.pdf.workers import Crew, Limits, Task
from exportmanager.formats.untrusted import printable

_PER_NODE = 500
"""A node costs about as much time as so many letters, besides its own."""
_INSTEAD = "This page could not be drawn. It is on the platform as before."
_TRIES = 2
_MUCH = 150_000
"""Bytes of packages for which it pays to start all processes at once."""


@dataclass(frozen=True, slots=True)
class Project:
    """The published project of an assignment: the assignment's title, and where the package lies."""

    title: str
    package: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One PDF: which projects it holds, by their numbers in the `Printing`, and what its title page says.

    `front` has everything but the table of contents and the number of pages. `day` is that of the content.
    """

    front: Front
    projects: tuple[int, ...]
    subject: str
    language: str
    day: date


@dataclass(slots=True)
class Drawn:
    """What there is of one project: its pieces by their first node, and what is not as it was meant.

    `lost` says of nodes, by their numbers, why words stand in their place.
    """

    pieces: dict[int, _Kept] = field(default_factory=dict)
    missed: Counter[tuple[str, str]] = field(default_factory=Counter)
    lost: dict[int, str] = field(default_factory=dict)

    @property
    def pages(self) -> int:
        """How many printed pages it takes."""
        return sum(kept.pages for kept in self.pieces.values())


@dataclass(frozen=True, slots=True)
class _Kept:
    """A piece that was drawn: where it lies in the temporary file, its pages and what is on them."""

    position: int
    pages: int
    places: dict[str, Place]


class Printing:
    """A run over some projects: `read`, then `draw`, then `join` for each document. A context manager, one thread.

    Everything is drawn by processes; this thread waits for them, asks `meter` whether to go on, and ends them.
    """

    def __init__(
        self, projects: Sequence[Project], edition: Edition, meter: Meter, limits: Limits | None = None, most: int = 0
    ) -> None:
        self._projects, self._edition, self._meter = projects, edition, meter
        self._crew = Crew(lambda: meter.advance(0), most, limits, [parts.__name__], parts.close_projects)
        self._stack = ExitStack()
        self._counted: set[tuple[int, int]] = set()
        self._is_whole = True
        self.surveys: list[Survey] = []
        self.drawn = [Drawn() for _ in projects]
        self.missed_in_front: Counter[tuple[str, str]] = Counter()

    def __enter__(self) -> Printing:
        self._file: BinaryIO = self._stack.enter_context(tempfile.TemporaryFile())
        self._stack.enter_context(self._crew)
        if sum(_size(project.package) for project in self._projects) > _MUCH:
            self._crew.prepare()
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()

    def read(self) -> list[Survey]:
        """What there is to draw of each project."""
        self._meter.stage("Reading the guides", len(self._projects))
        found: dict[int, Survey] = {}
        tasks = [Task(n, parts.survey, (p.package, self._edition, _prefix(n))) for n, p in enumerate(self._projects)]
        for heard in self._crew.run(tasks):
            if not isinstance(heard.what, Told):
                found[heard.task.key] = _survey(heard.what)
                self._meter.advance(1, self._projects[heard.task.key].title)
        self.surveys = [found[number] for number in range(len(self._projects))]
        return self.surveys

    def draw(self, *, headings: bool, pages: int = 0) -> None:
        """Draw what was found; `headings`: each guide begins with the title of its assignment.

        With `pages`, no more than is needed for so many: the pages then have numbers, but not "of" how many.
        """
        self._is_whole = not pages
        pieces = [p for n, survey in enumerate(self.surveys) for p in pieces_of(n, survey.entries)]
        self._meter.stage("Drawing pages", sum(_weight(e) for survey in self.surveys for e in survey.entries))
        if not pages:
            self._draw(pieces, headings=headings)
        for piece in pieces if pages else ():
            self._draw([piece], headings=headings)
            if sum(drawn.pages for drawn in self.drawn) >= pages:
                break
        self._meter.stage("Putting the pages together", sum(drawn.pages for drawn in self.drawn))

    def _draw(self, pieces: Iterable[Piece], *, headings: bool) -> None:
        tasks = (self._task(piece, headings=headings) for piece in pieces)
        for heard in self._crew.run(tasks):
            piece = heard.task.key
            if isinstance(heard.what, Told):
                self._count(piece.project, [heard.what.value])
            elif isinstance(heard.what, Answer):
                self._keep(piece, heard.what.value)
                self._count(piece.project, range(piece.first, piece.last))
            else:
                self._failed(piece, heard.what, headings=headings)

    def _task(self, piece: Piece, *, headings: bool) -> Task:
        project = self._projects[piece.project]
        wanted = PartWanted(
            package=project.package,
            edition=self._edition,
            prefix=_prefix(piece.project),
            first=piece.first,
            last=piece.last,
            assignment=project.title,
            heading=project.title if headings and not piece.first else "",
            instead=_INSTEAD if piece.failed >= _TRIES else "",
        )
        return Task(piece, parts.draw_part, (wanted,))

    def _count(self, project: int, numbers: Iterable[int]) -> None:
        """Each node counts once, however often it is tried."""
        entries = self.surveys[project].entries
        for number in numbers:
            if (project, number) not in self._counted:
                self._counted.add((project, number))
                self._meter.advance(_weight(entries[number]), entries[number].title)

    def _keep(self, piece: Piece, part: Part) -> None:
        position = self._file.seek(0, 2)
        pickle.dump(part, self._file)
        drawn = self.drawn[piece.project]
        drawn.pieces[piece.first] = _Kept(position, len(part.sheets), part.places)
        drawn.missed.update(dict(part.missed))

    def _failed(self, piece: Piece, failure: Failure, *, headings: bool) -> None:
        if piece.failed > _TRIES:
            raise RuntimeError(f"not even words in place of a page are drawn: {failure.kind}\n{failure.places}")
        entries = self.surveys[piece.project].entries
        if piece.failed == _TRIES - 1:
            self.drawn[piece.project].lost[piece.last - 1] = _why(failure)
        for again in retried(piece, entries):
            self._crew.add(self._task(again, headings=headings))

    def join(self, document: Document, out: BinaryIO) -> None:
        """Write a document to `out`."""
        self._crew.shrink()
        order = [(n, kept) for n in document.projects for _, kept in sorted(self.drawn[n].pieces.items())]
        lines = self._lines(document, order)
        marks = tuple(Mark(line.title, line.depth, line.destination) for line in lines)
        self._do(joining.begin)
        self._add_front(document.front, lines, sum(kept.pages for _, kept in order))
        for number, kept in order:
            self._file.seek(kept.position)
            self._do(joining.add_part, pickle.load(self._file), self.surveys[number].is_numbered)
            self._meter.advance(kept.pages)
        guidance = Guidance(
            title=document.front.title,
            subject=document.subject,
            language=document.language,
            day=document.day,
            marks=marks,
            is_whole=self._is_whole,
        )
        self._do(joining.finish, guidance, self._edition, tell=out.write)

    def _add_front(self, wanted: Front, lines: tuple[Line, ...], pages: int) -> None:
        told = [f"{pages:,} {'page' if pages == 1 else 'pages'}"] if self._is_whole else []
        part = self._do(front.draw_front, replace(wanted, lines=lines, facts=(*told, *wanted.facts)))
        self.missed_in_front.update(dict(part.missed))
        self._do(joining.add_front, part)

    def _do(self, function: Callable[..., Any], *arguments: Any, tell: Callable[[Any], object] = lambda _: None) -> Any:
        """A call that is needed."""
        return self._crew.call(function, *arguments, stopped=_stopped, tell=tell)

    def _lines(self, document: Document, order: Sequence[tuple[int, _Kept]]) -> tuple[Line, ...]:
        """The table of contents; the numbers of pages count from the first behind it."""
        numbers: dict[str, int] = {}
        before = 0
        for _, kept in order:
            numbers.update({name: before + place.page + 1 for name, place in kept.places.items()})
            before += kept.pages
        is_many = len(document.projects) > 1
        lines = []
        for number in document.projects:
            survey, top = self.surveys[number], f"{_prefix(number)}{parts.TOP}"
            entries = [Line(e.title, e.depth + is_many, e.kind, e.destination) for e in survey.entries]
            heading = [Line(printable(self._projects[number].title), 0, None, top)] if is_many else []
            shown = numbers if survey.is_numbered else {}
            lines += [replace(line, number=f"{shown.get(line.destination, '')}") for line in (*heading, *entries)]
        return tuple(lines)


def _size(package: Path) -> int:
    try:
        return package.stat().st_size
    except OSError:  # the survey says so
        return 0


def _prefix(number: int) -> str:
    return f"a{number}"


def _weight(entry: Entry) -> int:
    return entry.letters + _PER_NODE


def _survey(what: Answer | Failure) -> Survey:
    if isinstance(what, Answer):
        found: Survey = what.value
        return found
    return Survey(problem=f"its guide could not be read: {_why(what)}")


def _why(failure: Failure) -> str:
    if failure.is_exhaustion:
        return "drawing it took too long, or too much memory"
    return f"this program could not draw it ({failure.kind})"


def _stopped(failure: Failure) -> Exception:
    if failure.is_exhaustion:
        return ProblemForTeacher(
            "Putting the pages together took too long, or too much memory.",
            "Choose fewer assignments, or a PDF for each of them, and run it again.",
        )
    return RuntimeError(f"the pages could not be put together: {failure.kind}\n{failure.places}")
