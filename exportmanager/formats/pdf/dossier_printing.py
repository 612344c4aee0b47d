"""A dossier as a whole PDF: its sections are drawn in pieces by processes, and joined behind a title page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, BinaryIO

from exportmanager.core.errors import ProblemForTeacher
from exportmanager.core.guide import NodeKind
from exportmanager.core.meter import Meter
from exportmanager.formats.pdf import dossier, front, joining
from exportmanager.formats.pdf.calls import Answer, Failure, Told
from exportmanager.formats.pdf.dossier import Section, SectionsWanted, section_name
from exportmanager.formats.pdf.front import Front, Line
from exportmanager.formats.pdf.leading import Guidance, Mark
from exportmanager.formats.pdf.part import Part
from exportmanager.formats.pdf.workers import Crew, Task

_LETTERS, _SECTIONS = 40_000, 60
"""A piece ends with the section that takes it over so many letters, or that is the so-manieth."""
_PER_SECTION = 500
_INSTEAD = "This could not be drawn. It is in the library as before."


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """What is to be printed: `front` has everything but the contents; `head` stands above each page."""

    sections: tuple[Section, ...]
    front: Front
    head: str
    subject: str
    language: str
    day: date


@dataclass(slots=True)
class Printed:
    """What came of it: pages behind the contents, what could not be drawn as it was meant, and sections not drawn."""

    pages: int = 0
    missed: Counter[tuple[str, str]] = field(default_factory=Counter)
    lost: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Piece:
    """Sections `first` to `last` (excluded), and how often they failed."""

    first: int
    last: int
    failed: int = 0


def print_dossier(wanted: Dossier, out: BinaryIO, meter: Meter, *, most: int = 0, is_whole: bool = True) -> Printed:
    """Draw all and write it to `out`, with `most` processes (0: as many as this computer is good for).

    Where it is not the whole dossier, its pages do not say of how many they are. Raises `Cancelled`.
    """
    with Crew(lambda: meter.advance(0), most, None, [dossier.__name__]) as crew:
        run = _Run(wanted, crew, meter)
        run.draw()
        run.join(out, is_whole=is_whole)
        return run.printed


class _Run:
    """One dossier in the making; its parts wait in memory, for its pages are limited by whoever made the sections."""

    def __init__(self, wanted: Dossier, crew: Crew, meter: Meter) -> None:
        self._wanted, self._crew, self._meter = wanted, crew, meter
        self._parts: dict[int, Part] = {}
        self._counted: set[int] = set()
        self.printed = Printed()

    def draw(self) -> None:
        """Draw every section, or words in its place."""
        sections = self._wanted.sections
        self._meter.stage("Drawing pages", sum(map(_weight, sections)))
        for heard in self._crew.run(self._task(piece) for piece in _pieces(sections)):
            piece = heard.task.key
            if isinstance(heard.what, Told):
                self._count(heard.what.value)
            elif isinstance(heard.what, Answer):
                self._parts[piece.first] = heard.what.value
                self.printed.missed.update(dict(heard.what.value.missed))
                for number in range(piece.first, piece.last):
                    self._count(number)
            else:
                self._again(piece, heard.what)

    def _task(self, piece: _Piece) -> Task:
        wanted = SectionsWanted(
            sections=self._wanted.sections[piece.first : piece.last],
            first=piece.first,
            edition=self._wanted.front.edition,
            head=self._wanted.head,
            has_colours=not piece.failed,
            instead=_INSTEAD if piece.failed > 1 else "",
        )
        return Task(piece, dossier.draw_sections, (wanted,))

    def _count(self, number: int) -> None:
        """Each section counts once, however often it is tried."""
        if number not in self._counted:
            self._counted.add(number)
            section = self._wanted.sections[number]
            self._meter.advance(_weight(section), section.title)

    def _again(self, piece: _Piece, failure: Failure) -> None:
        """Each section for itself and without colours; then words in place of what it holds."""
        if piece.failed > 1:
            raise _stopped(failure)
        for number in range(piece.first, piece.last):
            if piece.failed:
                self.printed.lost.append(self._wanted.sections[number].title)
            self._crew.add(self._task(_Piece(number, number + 1, piece.failed + 1)))

    def join(self, out: BinaryIO, *, is_whole: bool) -> None:
        """Put the title page, the contents and all pages together."""
        self._crew.shrink()
        parts = [part for _, part in sorted(self._parts.items())]
        self.printed.pages = sum(len(part.sheets) for part in parts)
        self._meter.stage("Putting the pages together", self.printed.pages)
        lines = self._lines(parts)
        told = [f"{self.printed.pages:,} {'page' if self.printed.pages == 1 else 'pages'}"] if is_whole else []
        page = replace(self._wanted.front, lines=lines, facts=(*told, *self._wanted.front.facts))
        self._do(joining.begin)
        self._do(joining.add_front, self._do(front.draw_front, page))
        for part in parts:
            self._do(joining.add_part, part, True)
            self._meter.advance(len(part.sheets))
        guidance = Guidance(
            title=self._wanted.head,
            subject=self._wanted.subject,
            language=self._wanted.language,
            day=self._wanted.day,
            marks=tuple(Mark(line.title, line.depth, line.destination) for line in lines),
            is_whole=is_whole,
        )
        self._do(joining.finish, guidance, page.edition, tell=out.write)

    def _lines(self, parts: Sequence[Part]) -> tuple[Line, ...]:
        """The table of contents; pages count from the first behind it."""
        numbers: dict[str, int] = {}
        before = 0
        for part in parts:
            numbers.update({name: before + place.page + 1 for name, place in part.places.items()})
            before += len(part.sheets)
        return tuple(
            Line(
                section.title,
                section.depth,
                NodeKind.PAGE if section.depth else NodeKind.CHAPTER,
                section_name(number),
                f"{numbers.get(section_name(number), '')}",
            )
            for number, section in enumerate(self._wanted.sections)
        )

    def _do(self, function: Callable[..., Any], *arguments: Any, tell: Callable[[Any], object] = lambda _: None) -> Any:
        """A call that is needed."""
        return self._crew.call(function, *arguments, stopped=_stopped, tell=tell)


def _pieces(sections: Sequence[Section]) -> Iterator[_Piece]:
    first = letters = 0
    for number, section in enumerate(sections, 1):
        letters += _weight(section)
        if number == len(sections) or letters >= _LETTERS or number - first >= _SECTIONS:
            yield _Piece(first, number)
            first, letters = number, 0


def _weight(section: Section) -> int:
    return section.letters + _PER_SECTION


def _stopped(failure: Failure) -> Exception:
    if failure.is_exhaustion:
        return ProblemForTeacher(
            "Drawing the pages of the dossier took too long, or too much memory.", "Close other programs and try again."
        )
    return RuntimeError(f"the pages could not be drawn: {failure.kind}\n{failure.places}")
