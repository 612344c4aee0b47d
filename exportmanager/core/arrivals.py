"""What a teacher brings: pieces recognised by their content, what they map to, and what is to be settled by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from exportmanager.core.course import CourseId
from exportmanager.core.report import Gap


class PieceKind(StrEnum):
    """What a piece is."""

    COURSE_FOLDER = "course_folder"
    COURSEWORK = "coursework"
    SOURCES = "sources"
    PROJECT = "project"
    ASSESSMENT_DATA = "assessment_data"
    GRADES = "grades"
    ACCESS = "access"
    COACH_LOGS = "coach_logs"
    BLUEPRINTS = "blueprints"
    ROSTER = "roster"
    LTI_URLS = "lti_urls"
    NOT_NEEDED = "not_needed"
    UNKNOWN = "unknown"


class About(StrEnum):
    """What a link is about: somebody, an assignment, or what a file is made of."""

    STUDENT = "student"
    ASSIGNMENT = "assignment"
    LAYOUT = "layout"


class State(StrEnum):
    """How a link stands: matched by itself, new to the course, chosen by hand, left out by hand, or open."""

    MATCHED = "matched"
    NEW = "new"
    CHOSEN = "chosen"
    LEFT_OUT = "left_out"
    OPEN = "open"


NEW = "+"
"""The answer that something is new to the course."""
LEAVE_OUT = "-"
"""The answer that something is not to come in."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer to what is open: its value, and the words for it."""

    value: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """What a label of some pieces means: a student or assignment (`to`, an id or `NEW`), or a layout.

    `why` says why it was matched, or why it is open. `candidates` are the likeliest answers; for a student or an
    assignment each of the plan's `students` or `assignments`, `NEW` and `LEAVE_OUT` are answers too. An `unsure` one
    that is not open will come in as it stands, and is worth a look.
    """

    key: str
    about: About
    label: str
    where: tuple[str, ...]
    state: State
    to: str = ""
    to_words: str = ""
    why: str = ""
    candidates: tuple[Choice, ...] = ()
    unsure: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedPiece:
    """A piece as it will come in: `says` is one sentence on what it holds, `problem` why it cannot come in.

    `place` is what the teacher gave it by; `course` and `assignment` are what it maps to, in words, where it is one.
    """

    place: str
    name: str
    kind: PieceKind
    says: str = ""
    problem: str = ""
    course: str = ""
    assignment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What will come in, and what is open. `course` is None for a new one, which will be called `title`.

    `fits` are courses of the library that these pieces seem to belong to, the likeliest first. `counts` says how many
    there are of each thing (`"workspaces"` ...). `gaps` are what can be seen to be missing already.
    """

    course: CourseId | None
    title: str
    pieces: Sequence[PlannedPiece] = ()
    links: Sequence[Link] = ()
    students: Sequence[Choice] = ()
    assignments: Sequence[Choice] = ()
    fits: Sequence[Choice] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    gaps: Sequence[Gap] = ()

    @property
    def open(self) -> list[Link]:
        """The links that somebody must settle."""
        return [link for link in self.links if link.state is State.OPEN]

    @property
    def holds_anything(self) -> bool:
        """Whether there is something to bring in."""
        return any(piece.kind not in _NOTHING and not piece.problem for piece in self.pieces)


_NOTHING = {PieceKind.UNKNOWN, PieceKind.NOT_NEEDED}


@dataclass(frozen=True, slots=True)
class Download:
    """Something that the platform gives: how to get it there, what it holds, and when it vanishes.

    `kinds` are the pieces that it comes in as.
    """

    id: str
    title: str
    holds: str
    steps: str
    vanishes: str
    kinds: tuple[PieceKind, ...]


_LINK = "The link in the e-mail works for 7 days."
_HALF_YEAR = "The platform keeps it for at most 6 months."

DOWNLOADS: Sequence[Download] = (
    Download(
        "coursework",
        "Coursework data",
        "Each student's files of each assignment, and assessment results.",
        "Open the course, then Export, Data Exports, Coursework Data, Export. A link comes by e-mail.",
        f"{_LINK} Students who were inactive for more than 90 days may not be in it.",
        (PieceKind.COURSEWORK,),
    ),
    Download(
        "sources",
        "Course sources",
        "The published guides, assessments and starter files of each assignment.",
        "Open the course, then Export, Course Content Exports, Course Sources, Export.",
        _LINK,
        (PieceKind.SOURCES, PieceKind.PROJECT),
    ),
    Download(
        "assessment-data",
        "Assessment data",
        "Answers, attempts and points of each student.",
        "Open the course, then Export, Data Exports, Assessment Data; choose all assignments, then Export.",
        _HALF_YEAR,
        (PieceKind.ASSESSMENT_DATA, PieceKind.GRADES),
    ),
    Download(
        "access",
        "Course access data",
        "Who logged in and opened what, when, and from which address.",
        "Open the course, then Export, Data Exports, Course Access Data, Export.",
        _HALF_YEAR,
        (PieceKind.ACCESS,),
    ),
    Download(
        "coach-logs",
        "Course coach logs",
        "What students asked the AI coach, and what it said.",
        "Open the course, then Export, Data Exports, Course Coach Logs, Export.",
        "Get it before the course is deleted.",
        (PieceKind.COACH_LOGS,),
    ),
    Download(
        "blueprints",
        "Blueprints",
        "The course's templates for guide pages.",
        "Open the course, then Export, Course Blueprint Transfer, Export.",
        "Get it before the course is deleted.",
        (PieceKind.BLUEPRINTS,),
    ),
    Download(
        "lti-urls",
        "LTI assignment URLs",
        "The addresses by which a learning platform opens each assignment.",
        "Open the course, then LTI/LMS, Assignment URLs.",
        "Only for courses that are LTI enabled.",
        (PieceKind.LTI_URLS,),
    ),
)
"""The platform's exports that make a course whole ("Export Course Data" in its documentation), in this order."""
