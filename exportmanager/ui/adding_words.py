"""What the Add course dialog says: kinds of pieces, how a link stands, and counts, in the teacher's words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from enum import IntEnum

from exportmanager.core.arrivals import About, Link, PieceKind, State
from exportmanager.ui.rows import first_line
from exportmanager.ui.words import counted, number, tr

_PIECES = {
    PieceKind.COURSE_FOLDER: "Course folder",
    PieceKind.COURSEWORK: "Coursework data",
    PieceKind.SOURCES: "Course sources",
    PieceKind.PROJECT: "Project of an assignment",
    PieceKind.ASSESSMENT_DATA: "Assessment data",
    PieceKind.GRADES: "Results of an assignment",
    PieceKind.ACCESS: "Course access data",
    PieceKind.COACH_LOGS: "Course coach logs",
    PieceKind.BLUEPRINTS: "Blueprints",
    PieceKind.ROSTER: "List of students",
    PieceKind.LTI_URLS: "LTI assignment URLs",
    PieceKind.NOT_NEEDED: "Not needed",
    PieceKind.UNKNOWN: "Not recognised",
}
_ABOUT = {About.STUDENT: "Student", About.ASSIGNMENT: "Assignment", About.LAYOUT: "Folders"}
_THINGS = {
    "course": ("1 course", "%Ln courses"),
    "modules": ("1 module", "%Ln modules"),
    "students": ("1 student", "%Ln students"),
    "people": ("1 person", "%Ln people"),
    "assignments": ("1 assignment", "%Ln assignments"),
    "assessments": ("1 assessment", "%Ln assessments"),
    "workspaces": ("1 workspace", "%Ln workspaces"),
    "published": ("1 published project", "%Ln published projects"),
    "results": ("1 result", "%Ln results"),
    "answers": ("1 answer", "%Ln answers"),
    "access": ("1 access event", "%Ln access events"),
    "coach_logs": ("1 coach log", "%Ln coach logs"),
    "blueprints": ("1 blueprint", "%Ln blueprints"),
}
_TITLES = {
    "course": "Course",
    "modules": "Modules",
    "people": "People",
    "assignments": "Assignments",
    "assessments": "Assessments",
    "workspaces": "Workspaces",
    "published": "Published projects",
    "results": "Results",
    "answers": "Answers",
    "access": "Access events",
    "coach_logs": "Coach logs",
    "blueprints": "Blueprints",
}


class Standing(IntEnum):
    """How a link stands, in the order in which somebody has to look at it."""

    TO_SETTLE = 0
    WORTH_A_LOOK = 1
    BY_HAND = 2
    NEW = 3
    MATCHED = 4


_STANDINGS = {
    Standing.TO_SETTLE: ("1 to settle", "%Ln to settle"),
    Standing.WORTH_A_LOOK: ("1 worth a look", "%Ln worth a look"),
    Standing.BY_HAND: ("1 settled by hand", "%Ln settled by hand"),
    Standing.NEW: ("1 new", "%Ln new"),
    Standing.MATCHED: ("1 matched", "%Ln matched"),
}


def piece_kind(kind: PieceKind | str) -> str:
    """What a piece is; a kind of another version of the program as it is called."""
    known = {found.value: words for found, words in _PIECES.items()}
    return tr(known.get(str(kind), str(kind)))


def about(link: Link) -> str:
    """What a link is about."""
    return tr(_ABOUT[link.about])


def standing(link: Link) -> Standing:
    """How a link stands."""
    if link.state is State.OPEN:
        return Standing.TO_SETTLE
    if link.state in {State.CHOSEN, State.LEFT_OUT}:
        return Standing.BY_HAND
    if link.unsure:
        return Standing.WORTH_A_LOOK
    return Standing.NEW if link.state is State.NEW else Standing.MATCHED


def state(link: Link) -> str:
    """The same in words for one link."""
    if link.state is State.LEFT_OUT:
        return tr("left out")
    if link.state is State.CHOSEN:
        return tr("chosen by you")
    if link.state is State.OPEN:
        return tr("to settle")
    words = tr("new") if link.state is State.NEW else tr("matched")
    return tr("{state}, worth a look", state=words) if link.unsure else words


def standings(links: Sequence[Link]) -> str:
    """ "3 to settle, 2 worth a look, 148 matched"."""
    found = Counter(map(standing, links))
    return ", ".join(counted(found[which], *_STANDINGS[which]) for which in Standing if found[which])


def things(counts: Mapping[str, int]) -> str:
    """ "26 students, 8 assignments, 151 workspaces"; "" where there is nothing."""
    return ", ".join(_thing(name, count) for name, count in counts.items() if count)


def _thing(name: str, count: int) -> str:
    if name in _THINGS:
        return counted(count, *_THINGS[name])
    return tr("{number} {things}", number=number(count), things=tr(name))


def thing_title(name: str) -> str:
    """What a kind of thing is called where it stands by itself."""
    return tr(_TITLES.get(name, name.replace("_", " ").capitalize()))


def short(text: str, most: int = 120) -> str:
    """The first line of a text from outside, as much of it as a sentence can hold."""
    line = first_line(text)
    return line if len(line) <= most else f"{line[: most - 1]}…"
