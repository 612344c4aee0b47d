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
from exportmanager.formats.course_sources import ListedCourse
from exportmanager.formats.untrusted import printable
from exportmanager.sources.arriving import gaps
from exportmanager.sources.arriving.matched import Matched
from exportmanager.sources.arriving.people import label_of
from exportmanager.sources.arriving.pieces import BlueprintsPiece, FilesPiece, FolderPiece, Piece, SourcesPiece
from exportmanager.sources.arriving.plan import match
from exportmanager.sources.arriving.reading import Reading
from exportmanager.sources.arriving.recognise import Recogniser
from exportmanager.sources.arriving.words import new_id, slug

_NEW_COURSE = "New course"
_ASSUMED_ZONE = "UTC"
"""Where nobody said which one it is."""
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
        """What it was recognised as, in the order in which it is read, whatever the order in which it was brought.

        Of a kind the oldest file comes first: where two say otherwise, the newer one counts.
        """
        pieces = [piece for found in self._places.values() for piece in found]
        rank = {kind: number for number, kind in enumerate(_ORDER)}
        return sorted(pieces, key=lambda p: (rank.get(p.kind, len(rank)), p.modified, p.name, p.place))

    def add(self, place: str, meter: Meter) -> None:
        """Recognise a file or folder. Brought again, it is looked at anew. Raises `BadSource`, `Cancelled`."""
        path = Path(place)
        try:
            modified = datetime.fromtimestamp(_modified(path), UTC)
        except PermissionError as error:
            raise BadSource(f"The system gave no permission to read {printable(place)}.", "Check who may.") from error
        except (OSError, ValueError, OverflowError) as error:
            raise BadSource(f"{printable(place)} is not there.", "Look where it is, and add it again.") from error
        self._keep(place, lambda held: (modified, Recogniser(place, held, meter).pieces(path)))

    def add_git(self, address: str, ref: str, meter: Meter, ca_certs: Path | None = None) -> None:
        """Fetch a branch or tag ("": the default branch) of a public repository: a project. Raises as `fetch`."""
        from exportmanager.sources.git_fetch import fetch  # git is rarely asked for, and takes its time to load

        def recognise(held: contextlib.ExitStack) -> tuple[datetime, list[Piece]]:
            folder = Path(held.enter_context(tempfile.TemporaryDirectory(prefix="exportmanager-")))
            fetched = fetch(address, ref=ref, into=folder / "repository.zip", meter=meter, ca_certs=ca_certs)
            project = Recogniser(address, held, meter).project(folder / "repository.zip", fetched.address.name)
            project.says += f" {fetched.ref or fetched.commit[:12]} of {fetched.address.url}."
            project.findings += [f"{gap.what}: {gap.why}" for gap in fetched.gaps]
            return fetched.committed_at, [project]

        self._keep(address, recognise)

    def _keep(self, place: str, recognise: Callable[[contextlib.ExitStack], tuple[datetime, list[Piece]]]) -> None:
        with contextlib.ExitStack() as held:
            modified, found = recognise(held)
            self.remove(place)
            taken = {piece.name for piece in self.pieces}
            for piece in found:
                piece.name = _beside(piece.name, taken)
                piece.modified = piece.modified or modified.timestamp()
                taken.add(piece.name)
            self._places[place], self._held[place], self._dates[place] = found, held.pop_all(), modified

    def remove(self, place: str) -> None:
        """Forget something that was brought."""
        self._places.pop(place, None)
        if held := self._held.pop(place, None):
            held.close()

    def taken_on(self, today: datetime) -> date:
        """The day of the newest of the files that were brought, but no day to come; of sources of ours as they say."""
        told = [piece.told.course.taken_on for piece in self.pieces if isinstance(piece, SourcesPiece)]
        places = {piece.place for piece in self.pieces if not isinstance(piece, SourcesPiece)}
        dates = [min(self._dates[place], today).date() for place in places]
        return max([*told, *dates], default=today.date())

    @property
    def told(self) -> ListedCourse | None:
        """What course sources of ours say of the course that they are of."""
        return next((piece.told.course for piece in self.parts if isinstance(piece, SourcesPiece)), None)

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
        if self.told:
            return self.told.title
        names = [piece.label for piece in self.parts if isinstance(piece, FilesPiece)] or [p.label for p in self.parts]
        return names[0] if names else _NEW_COURSE

    def plan(self, matched: Matched, known: KnownCourse | None, title: str = "", fits: Sequence[Choice] = ()) -> Plan:
        """What will come in, as it was matched."""
        name = known.info.title if known else title or self.proposed_title()
        missing = [*gaps.given(self.parts), *gaps.not_settled(matched)] if self.parts else []
        titles = _titles_of(matched)
        return Plan(
            course=known.info.id if known else None,
            title=name,
            pieces=tuple(_planned(piece, name, titles.get(piece.name, {})) for piece in self.pieces),
            links=tuple(matched.links.values()),
            students=tuple(Choice(e.id, label_of(e.facts) or e.id) for e in matched.entries),
            assignments=tuple(Choice(t.id, t.title) for t in matched.titles.entries),
            fits=tuple(fits),
            counts=_counts(matched),
            gaps=tuple(gap for gap in missing if not gap.chosen),
        )

    def take_in(
        self, matched: Matched, known: KnownCourse | None, info: CourseInfo, writer: CourseWriter, meter: Meter
    ) -> ImportReport:
        """Give the parts to `writer`, and finish it. Raises `BadSource`, also for nothing at all, and `Cancelled`."""
        self._refuse_nothing(matched)
        return Reading(self.parts, matched, known, info, writer, meter).run()

    def _refuse_nothing(self, matched: Matched) -> None:
        """A course of nothing but gaps helps nobody. Raises `BadSource`."""
        is_anything = matched.entries or matched.titles.entries
        if is_anything or any(isinstance(piece, BlueprintsPiece) for piece in self.parts):
            return
        for link in matched.links.values():
            raise BadSource(f"Nothing of {printable(link.label)} came in: {link.why}.", "Settle it, and import again.")
        problems = [piece.problem for piece in self.parts if piece.problem]
        raise BadSource(problems[0] if problems else "There is nothing in it that belongs to a course.")


def course_info(known: KnownCourse | None, look: Look, *, title: str, zone: str, today: datetime) -> CourseInfo:
    """The course that the parts come into: as it is known, or a new one. Its data are of the day of the newest file."""
    taken_on = look.taken_on(today)
    if known:
        return replace(known.info, taken_on=max(taken_on, known.info.taken_on))
    name = title.strip() or look.proposed_title()
    if look.told and name in (look.told.title, look.told.title.strip()):
        return _info_of(look.told, taken_on, zone)
    course = CourseId(new_id(slug(name), lambda _: False, "course"))
    return CourseInfo(id=course, title=name, taken_on=taken_on, time_zone=zone)


def _info_of(told: ListedCourse, taken_on: date, zone: str) -> CourseInfo:
    """A course as its own sources tell of it, in another zone where somebody asks for one."""
    return CourseInfo(
        id=CourseId(told.id),
        title=told.title,
        taken_on=taken_on,
        code=told.code,
        term=told.term,
        description=told.description,
        starts_on=told.starts_on,
        ends_on=told.ends_on,
        time_zone=told.time_zone if zone == _ASSUMED_ZONE else zone,
    )


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


def _planned(piece: Piece, course: str, titles: Mapping[str, None]) -> PlannedPiece:
    return PlannedPiece(
        place=piece.place,
        name=piece.name,
        kind=piece.kind,
        says=piece.says,
        problem=piece.problem,
        course=piece.title if isinstance(piece, FolderPiece) else course,
        assignment=next(iter(titles)) if len(titles) == 1 else "",
    )


def _titles_of(matched: Matched) -> Mapping[str, Mapping[str, None]]:
    """The assignments that each piece is about, in words, by its name."""
    found: dict[str, dict[str, None]] = {}
    for link in matched.links.values():
        for name in link.where if link.about is About.ASSIGNMENT and link.to_words else ():
            found.setdefault(name, {})[link.to_words] = None
    return found


def _counts(matched: Matched) -> dict[str, int]:
    shapes = [(shape, layout) for shape, layout in matched.layouts.values() if layout]
    return {
        "students": sum(not entry.is_teacher for entry in matched.entries),
        "assignments": len(matched.titles.entries),
        "workspaces": sum(len(shape.roots) for shape, layout in shapes if "sources" not in layout),
    }
