"""What came of an import or export: counts expected and done, and each gap with who, what and why."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class Gap(BaseModel):
    """Something that was expected and is not there, or not as it was: `what`, of `who`, and `why`.

    `chosen` marks what an option left out on purpose: it is named all the same, but is no fault. `student_id` and
    `assignment_id` are given where a whole workspace is not there, so that an export can say why.
    """

    model_config = ConfigDict(frozen=True)

    what: str
    who: str = ""
    why: str
    chosen: bool = False
    student_id: str = ""
    assignment_id: str = ""


class Cell(StrEnum):
    """What there is of a student's work on an assignment."""

    PRESENT = "present"
    EMPTY = "empty"
    NEVER_STARTED = "never started"
    LEFT_OUT = "left out"
    MISSING = "missing"


class Count(BaseModel):
    """How many of one thing were expected, and how many came."""

    model_config = ConfigDict(frozen=True)

    thing: str
    expected: int
    done: int


class Report(BaseModel):
    """What an export holds, against what it should hold. The first count is what a shelf row says of it.

    `notes` are sentences on what the file holds, such as which columns were replaced by pseudonyms.
    `cells` counts the states of the matrix of students and assignments (`Cell`), where the export has one.
    """

    model_config = ConfigDict(frozen=True)

    counts: tuple[Count, ...] = ()
    cells: dict[str, int] = {}
    gaps: tuple[Gap, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def unchosen_gaps(self) -> tuple[Gap, ...]:
        """The gaps that no option asked for."""
        return tuple(gap for gap in self.gaps if not gap.chosen)


class Change(BaseModel):
    """What an import did to one kind of thing; `expected` is None where nobody declared a number.

    `kept` were in the library before and were not in this source; they stay.
    """

    model_config = ConfigDict(frozen=True)

    thing: str
    expected: int | None = None
    read: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    kept: int = 0


class Difference(BaseModel):
    """A field that the library and what came in say otherwise: `thing` (`"students"` ...) of `who`; `now` is kept."""

    model_config = ConfigDict(frozen=True)

    thing: str
    who: str
    field: str
    before: str
    now: str


class Piece(BaseModel):
    """Something a teacher gave, as it was recognised: `kind` is an `arrivals.PieceKind`, `name` what it was called."""

    model_config = ConfigDict(frozen=True)

    kind: str
    name: str


class ImportReport(BaseModel):
    """What was expected, read and changed by an import, and each gap with its reason; kept with the course.

    `pieces` are what the import was made of, where that is more than one thing. Of many `differences` the first are
    listed, and `different` says how many there are.
    """

    model_config = ConfigDict(frozen=True)

    course_id: str
    course_title: str
    source: str
    changes: tuple[Change, ...] = ()
    gaps: tuple[Gap, ...] = ()
    pieces: tuple[Piece, ...] = ()
    differences: tuple[Difference, ...] = ()
    different: int = 0

    def of(self, thing: str) -> Change:
        """The change of one kind of thing (`"students"`, `"workspaces"` ...)."""
        return next((change for change in self.changes if change.thing == thing), Change(thing=thing))

    @property
    def changed_anything(self) -> bool:
        """False where the library already held all of it."""
        return any(change.added or change.changed for change in self.changes)
