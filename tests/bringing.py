"""What tests of the Add course dialog share: a program that knows files by their names, and the dialog on screen."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QWidget
from touring import Hands, until

from exportmanager.core.arrivals import LEAVE_OUT, NEW, About, Choice, Link, PieceKind, Plan, PlannedPiece, State
from exportmanager.core.course import CourseId
from exportmanager.core.errors import BadSource
from exportmanager.core.meter import Meter
from exportmanager.core.report import Change, Difference, Gap, ImportReport, Piece
from exportmanager.jobs.looking import Brought, Looking
from exportmanager.program import Program
from exportmanager.ui.adding import AddDialog

STUDENTS = tuple(Choice(f"s{n}", f"Student {n:02}") for n in range(1, 13))
ASSIGNMENTS = tuple(Choice(f"a{n}", f"Loops {n}") for n in range(1, 4))
LAYOUTS = (
    Choice("student/assignment", "first the student, then the assignment"),
    Choice("assignment/student", "first the assignment, then the student"),
)
KINDS = {"coursework": PieceKind.COURSEWORK, "access": PieceKind.ACCESS, "roster": PieceKind.ROSTER,
         "course-": PieceKind.COURSE_FOLDER, "notes": PieceKind.NOT_NEEDED}  # fmt: skip


def link(key: str, label: str, state: State, why: str = "", **more: Any) -> Link:
    """A link of a coursework zip, about what its key begins with."""
    about = About(key.partition(":")[0])
    return Link(key=key, about=about, label=label, where=("coursework.zip",), state=state, why=why, **more)


OPEN_STUDENT = link("student:seven", "Seven", State.OPEN, "2 students have this name", candidates=STUDENTS[6:8])
OPEN_LAYOUT = link("layout:zip", "coursework.zip", State.OPEN, "nothing says what its folders are", candidates=LAYOUTS)
UNSURE = link("assignment:lists", "Lists", State.NEW, "it is new", to="lists", to_words="Lists", unsure=True)
CLEAR = tuple(
    link(f"student:{n}", f"student-{n}", State.MATCHED, "the login is the same", to=f"s{n}", to_words=f"Student {n:02}")
    for n in range(1, 6)
)


class PretendLook:
    """Knows files by the beginnings of their names. "slow" ones go on until they are let go or stopped."""

    def __init__(self) -> None:
        self.places: list[str] = []
        self.began, self.go_on = threading.Event(), threading.Event()
        self.threads: set[int] = set()
        self.broken: set[str] = set()
        self.is_closed = False

    def add(self, place: str, meter: Meter) -> None:
        self.threads.add(threading.get_ident())
        meter.stage("Looking", 10)
        name = Path(place).name
        if name.startswith("slow"):
            self.began.set()
            while not self.go_on.wait(0.001):
                meter.advance(0)
        if name.startswith("broken") or name in self.broken:
            raise BadSource(f"{name} is damaged.", "Download it again.")
        if name.startswith("bug"):
            raise ZeroDivisionError(name)
        meter.advance(10)
        self.places.append(place)

    def add_git(self, address: str, ref: str, meter: Meter) -> None:
        self.add(f"{address}@{ref}", meter)

    def remove(self, place: str) -> None:
        if place in self.places:
            self.places.remove(place)

    def close(self) -> None:
        self.is_closed = True


class PretendProgram(Program):
    """A real library, and in front of it a look that knows what a test says: `links`, `fits` and `gaps`."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, Hands())
        self.links: Sequence[Link] = ()
        self.fits: Sequence[Choice] = ()
        self.gaps: Sequence[Gap] = ()
        self.looks: list[PretendLook] = []
        self.taken: list[tuple[Any, ...]] = []
        self.fails: Exception | None = None
        self.is_slow = False
        self.reports: tuple[ImportReport, ...] = (REPORT,)

    def look(self) -> Any:
        self.looks.append(PretendLook())
        return self.looks[-1]

    def plan(self, look: Any, course: CourseId | None, title: str, settled: Mapping[str, str]) -> Plan:
        pieces = tuple(map(_piece, look.places))
        return Plan(
            course=course,
            title=title or "From the files",
            pieces=pieces,
            links=tuple(_settled(link, settled.get(link.key, "")) for link in self.links) if pieces else (),
            students=STUDENTS,
            assignments=ASSIGNMENTS,
            fits=() if course else tuple(self.fits),
            counts={"students": 26, "workspaces": 151} if pieces else {},
            gaps=self.gaps,
        )

    def take_in(
        self,
        look: Any,
        course: CourseId | None,
        title: str,
        settled: Mapping[str, str],
        time_zone: str,
        meter: Meter,
    ) -> tuple[ImportReport, ...]:
        assert not look.is_closed
        while self.is_slow:  # until it is stopped
            meter.advance(0)
        self.taken.append((tuple(look.places), course, title, dict(settled), time_zone))
        if self.fails is not None:
            raise self.fails
        return self.reports

    def holdings(self, course: CourseId) -> Mapping[str, datetime]:
        return {"coursework": datetime(2025, 11, 3, 12, tzinfo=UTC)}


def _piece(place: str) -> PlannedPiece:
    name = Path(place).name
    kind = next((kind for begin, kind in KINDS.items() if name.startswith(begin)), PieceKind.UNKNOWN)
    problem = "It is nothing that is known here." if kind is PieceKind.UNKNOWN else ""
    return PlannedPiece(place=place, name=name, kind=kind, says="26 students.", problem=problem, course="The course")


def _settled(link: Link, answer: str) -> Link:
    if answer == LEAVE_OUT:
        return replace(link, state=State.LEFT_OUT, to="", to_words="")
    if answer == NEW:
        return replace(link, state=State.NEW, to="new", to_words=link.label, unsure=False)
    words = {choice.value: choice.words for choice in (*STUDENTS, *ASSIGNMENTS, *LAYOUTS)}
    return replace(link, state=State.CHOSEN, to=answer, to_words=words[answer]) if answer else link


REPORT = ImportReport(
    course_id="course-1",
    course_title="A small course",
    source="auto",
    changes=(
        Change(thing="people", read=3, added=1, changed=1, unchanged=1, kept=2),
        Change(thing="answers", read=1_204, added=1_204),
        Change(thing="blueprints"),
    ),
    gaps=(Gap(what="workspace", who="Student Seven", why="it was begun, but there are no files of it"),),
    pieces=(Piece(kind="coursework", name="coursework.zip"), Piece(kind="access", name="access.csv")),
    differences=(Difference(thing="people", who="Student Two", field="last_name", before="Two", now="Twó"),),
    different=1_001,
)


def looked(looking: Looking) -> None:
    """Wait until everything was looked at, and planned."""
    until(lambda: not looking.is_busy)


def brought(dialog: AddDialog, *names: str) -> None:
    """Bring files of these names, and wait until they were looked at."""
    dialog.bring(*(Brought(f"/nowhere/{name}") for name in names))
    looked(dialog.looking)


def drop(widget: QWidget, *paths: str | Path) -> None:
    """Drop files on a window or dialog."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    place, nothing = QPointF(40, 40), Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(place.toPoint(), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, nothing)
    widget.dragEnterEvent(enter)
    assert enter.isAccepted()
    widget.dropEvent(QDropEvent(place, Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, nothing))


def in_front(window: QWidget, is_so: Callable[[AddDialog], bool] = lambda _: True) -> AddDialog:
    """The Add course dialog, once it is on screen."""
    until(lambda: any(found.isVisible() and is_so(found) for found in window.findChildren(AddDialog)))
    return next(found for found in window.findChildren(AddDialog) if found.isVisible() and is_so(found))
