"""A look at what a teacher brings: recognised once, matched as often as something is settled, then taken in."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from exportmanager.core.arrivals import About, Choice, PieceKind, Plan, PlannedPiece
from exportmanager.core.course import CourseId, CourseInfo
from exportmanager.core.errors import AlreadyThere, BadSource
from exportmanager.core.meter import Meter
from exportmanager.core.report import ImportReport
from exportmanager.core.source import CourseWriter, KnownCourse
from exportmanager.sources.arriving import gaps
from exportmanager.sources.arriving.people import label_of
from exportmanager.sources.arriving.pieces import FilesPiece, FolderPiece, Piece
from exportmanager.sources.arriving.plan import Matched, match
from exportmanager.sources.arriving.reading import Reading
from exportmanager.sources.arriving.recognise import Recogniser
from exportmanager.sources.arriving.words import new_id, slug

_NEW_COURSE = "New course"
_ORDER = (
    PieceKind.SOURCES,
    PieceKind.PROJECT,
    PieceKind.ROSTER,
    PieceKind.GRADES,
    PieceKind.ASSESSMENT_DATA,
    PieceKind.ACCESS,
    PieceKind.COACH_LOGS,
    PieceKind.LTI_URLS,
    PieceKind.BLUEPRINTS,
    PieceKind.COURSEWORK,
)


class Look:
    """What was brought so far. Used by one thread at a time; `close` lets go of its files."""

    def __init__(self) -> None:
        self._places: dict[str, list[Piece]] = {}
        self._held: dict[str, contextlib.ExitStack] = {}
        self._dates: dict[str, datetime] = {}

    def __enter__(self) -> Look:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of everything."""
        for held in self._held.values():
            held.close()
        self._held.clear()
        self._places.clear()

    @property
    def places(self) -> tuple[str, ...]:
        """What was brought, in that order."""
        return tuple(self._places)

    @property
    def pieces(self) -> list[Piece]:
        """What it was recognised as, in the order in which it is read, whatever the order in which it was brought."""
        pieces = [piece for found in self._places.values() for piece in found]
        rank = {kind: number for number, kind in enumerate(_ORDER)}
        return sorted(pieces, key=lambda piece: (rank.get(piece.kind, len(rank)), piece.name, piece.place))

    def add(self, place: str, meter: Meter) -> None:
        """Recognise a file or folder. Brought again, it is looked at anew. Raises `BadSource`, `Cancelled`."""
        path = Path(place)
        if not path.exists():
            raise BadSource(f"{place} is not there.", "Look where it is, and add it again.")
        self._dates[place] = datetime.fromtimestamp(_modified(path), UTC)
        self._keep(place, lambda held: Recogniser(place, held, meter).pieces(path))

    def add_git(self, address: str, ref: str, meter: Meter, ca_certs: Path | None = None) -> None:
        """Fetch a branch or tag ("": the default branch) of a public repository: a project. Raises as `fetch`."""
        from exportmanager.sources.git_fetch import fetch  # git is rarely asked for, and takes its time to load

        def recognise(held: contextlib.ExitStack) -> list[Piece]:
            folder = Path(held.enter_context(tempfile.TemporaryDirectory(prefix="exportmanager-")))
            fetched = fetch(address, ref=ref, into=folder / "repository.zip", meter=meter, ca_certs=ca_certs)
            project = Recogniser(address, held, meter).project(folder / "repository.zip", fetched.address.name)
            project.says += f" {fetched.ref or fetched.commit[:12]} of {fetched.address.url}."
            project.findings += [f"{gap.what}: {gap.why}" for gap in fetched.gaps]
            self._dates[address] = fetched.committed_at
            return [project]

        self._keep(address, recognise)

    def _keep(self, place: str, recognise: Callable[[contextlib.ExitStack], list[Piece]]) -> None:
        held = contextlib.ExitStack()
        try:
            found = recognise(held)
        except BaseException:
            held.close()
            raise
        self.remove(place)
        taken = {piece.name for piece in self.pieces}
        for piece in found:
            piece.name = _beside(piece.name, taken)
            taken.add(piece.name)
        self._places[place], self._held[place] = found, held

    def remove(self, place: str) -> None:
        """Forget something that was brought."""
        self._places.pop(place, None)
        if held := self._held.pop(place, None):
            held.close()

    def taken_on(self, today: datetime) -> date:
        """The day of the newest of the files that were brought, but no day to come."""
        newest = max((self._dates[place] for place in self._places), default=today)
        return min(newest, today).date()

    @property
    def folders(self) -> list[FolderPiece]:
        """The course folders, which are courses of their own."""
        return [piece for piece in self.pieces if isinstance(piece, FolderPiece)]

    @property
    def parts(self) -> list[Piece]:
        """All else: parts of one course."""
        return [piece for piece in self.pieces if not isinstance(piece, FolderPiece)]

    def match(self, known: KnownCourse | None, settled: Mapping[str, str]) -> Matched:
        """What the parts mean in a course."""
        return match(self.parts, known, settled)

    def proposed_title(self) -> str:
        """What a new course may be called: as what most of it was called."""
        names = [piece.label for piece in self.parts if isinstance(piece, FilesPiece)] or [p.label for p in self.parts]
        return names[0] if names else _NEW_COURSE

    def plan(self, matched: Matched, known: KnownCourse | None, title: str = "", fits: Sequence[Choice] = ()) -> Plan:
        """What will come in, as it was matched."""
        name = known.info.title if known else title or self.proposed_title()
        missing = [*gaps.given(self.parts), *gaps.not_settled(matched)] if self.parts else []
        return Plan(
            course=known.info.id if known else None,
            title=name,
            pieces=tuple(_planned(piece, matched, name) for piece in self.pieces),
            links=tuple(matched.links.values()),
            students=tuple(Choice(e.id, label_of(e.facts) or e.id) for e in matched.people.entries),
            assignments=tuple(Choice(t.id, t.title) for t in matched.titles.entries),
            fits=tuple(fits),
            counts=_counts(matched),
            gaps=tuple(gap for gap in missing if not gap.chosen),
        )

    def take_in(
        self, matched: Matched, known: KnownCourse | None, info: CourseInfo, writer: CourseWriter, meter: Meter
    ) -> ImportReport:
        """Give the parts to `writer`, and finish it. Raises `BadSource`, `Cancelled`."""
        return Reading(self.parts, matched, known, info, writer, meter).run()


def course_info(known: KnownCourse | None, look: Look, *, title: str, zone: str, today: datetime) -> CourseInfo:
    """The course that the parts come into: as it is known, or a new one. Its data are of the day of the newest file."""
    taken_on = look.taken_on(today)
    if known:
        return replace(known.info, taken_on=max(taken_on, known.info.taken_on))
    name = title.strip() or look.proposed_title()
    course = CourseId(new_id(slug(name), lambda _: False, "course"))
    return CourseInfo(id=course, title=name, taken_on=taken_on, time_zone=zone)


def refuse_twin(info: CourseInfo, there: KnownCourse | None) -> None:
    """Courses are never mixed because their files are called alike. Raises `AlreadyThere`."""
    if there:
        raise AlreadyThere(
            f"There is a course called {there.info.title} in the library already.",
            f"Add to it by choosing it ({there.info.id}), or give the new one another title.",
        )


def _modified(path: Path) -> float:
    """When a file was written last: for a download, when it was downloaded."""
    files = [child for child in path.iterdir() if child.is_file()] if path.is_dir() else [path]
    return max((file.stat().st_mtime for file in files), default=0.0)


def _beside(name: str, taken: set[str]) -> str:
    found, number = name, 2
    while found in taken:
        found, number = f"{name} ({number})", number + 1
    return found


def _planned(piece: Piece, matched: Matched, course: str) -> PlannedPiece:
    return PlannedPiece(
        place=piece.place,
        name=piece.name,
        kind=piece.kind,
        says=piece.says,
        problem=piece.problem,
        course=piece.title if isinstance(piece, FolderPiece) else course,
        assignment=_assignments_of(piece, matched),
    )


def _assignments_of(piece: Piece, matched: Matched) -> str:
    """The assignment that a piece is about, in words, where it is one."""
    links = [link for link in matched.links.values() if link.about is About.ASSIGNMENT and piece.name in link.where]
    titles = list(dict.fromkeys(link.to_words for link in links if link.to_words))
    return titles[0] if len(titles) == 1 else ""


def _counts(matched: Matched) -> dict[str, int]:
    shapes = [(shape, layout) for shape, layout in matched.layouts.values() if layout]
    return {
        "students": sum(not entry.is_teacher for entry in matched.people.entries),
        "assignments": len(matched.titles.entries),
        "workspaces": sum(len(shape.roots) for shape, layout in shapes if "sources" not in layout),
    }
