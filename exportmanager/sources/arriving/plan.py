"""Matches the pieces with what is known, and says what will come in and what somebody must settle."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from exportmanager.core.arrivals import LEAVE_OUT, NEW, About, Choice, Link, PieceKind, State
from exportmanager.core.course import AssignmentId, StudentId
from exportmanager.core.names import folded
from exportmanager.core.source import KnownCourse
from exportmanager.formats.platform_tables import Person
from exportmanager.sources.arriving import layout as lay
from exportmanager.sources.arriving.people import Entry, Match, People, label_of
from exportmanager.sources.arriving.pieces import FilesPiece, Piece, ProjectPiece, TablePiece
from exportmanager.sources.arriving.titles import Titled, Titles
from exportmanager.sources.arriving.words import new_id, same

_ROSTERS = (PieceKind.ROSTER, PieceKind.GRADES, PieceKind.ASSESSMENT_DATA)
_TABLES = (*_ROSTERS, PieceKind.COACH_LOGS, PieceKind.ACCESS, PieceKind.LTI_URLS)
_LIKELY = 8
_P = TypeVar("_P", bound=Piece)

_LAYOUT_WORDS = {
    "student": "each is one student's work, all of one assignment",
    "assignment": "each is one assignment, all of one student",
    "sources": "each is the published project of one assignment",
    "student/assignment": "first the student, then the assignment",
    "assignment/student": "first the assignment, then the student",
    "module/sources": "first the module, then the published project of an assignment",
    "student/module/assignment": "first the student, then the module, then the assignment",
    "module/assignment/student": "first the module, then the assignment, then the student",
    "module/student/assignment": "first the module, then the student, then the assignment",
}


@dataclass(eq=False)
class Matched:
    """What the pieces mean: whom each row and label is of, which assignment each name is, and every link.

    A student or assignment that was left out, or that is still open, is None.
    """

    people: People
    titles: Titles
    links: dict[str, Link] = field(default_factory=dict)
    rows: dict[tuple[int, int], Entry | None] = field(default_factory=dict)
    """By the piece (its `id()`) and the number of the person in it."""
    students: dict[str, Entry | None] = field(default_factory=dict)
    assignments: dict[str, Titled | None] = field(default_factory=dict)
    layouts: dict[int, tuple[lay.Shape, str]] = field(default_factory=dict)
    """By the piece: its workspaces and what leads to them; "" where that is open."""

    def student(self, label: str) -> Entry | None:
        """Whom a folder's name means."""
        return self.students.get(same(label))

    def assignment(self, label: str) -> Titled | None:
        """Which assignment a name means."""
        return self.assignments.get(same(label))


def match(pieces: Sequence[Piece], known: KnownCourse | None, settled: Mapping[str, str]) -> Matched:
    """Match everything that can be; `settled` are answers by the keys of links."""
    return _Matching(pieces, known, settled).run()


class _Matching:
    def __init__(self, pieces: Sequence[Piece], known: KnownCourse | None, settled: Mapping[str, str]) -> None:
        self._pieces = pieces
        self._settled = settled
        self._m = Matched(People(known.students if known else ()), Titles(known.assignments if known else ()))
        self._had_titles = bool(known and known.assignments)
        self._ids = {*(folded(e.id) for e in self._m.people.entries), *(folded(e.id) for e in self._m.titles.entries)}
        self._of_entry: dict[int, str] = {}

    def run(self) -> Matched:
        tables = [piece for kind in _TABLES for piece in self._pieces if piece.kind is kind]
        for piece in tables:
            assert isinstance(piece, TablePiece), "these kinds are tables"
            for title in piece.titles:
                self._title(title, (piece.name,), is_certain=True)
        for piece in tables:
            assert isinstance(piece, TablePiece), "these kinds are tables"
            for number, person in enumerate(piece.persons):
                self._m.rows[id(piece), number] = self._row(piece, person)
        for project in self._of(ProjectPiece):
            self._title(project.label, (project.name,), is_certain=not project.is_plain)
        self._somebody_known = bool(self._m.people.entries)
        for files in self._of(FilesPiece):
            self._files(files)
        for piece in tables:
            assert isinstance(piece, TablePiece), "these kinds are tables"
            if piece.needs_assignment:
                self._title(piece.label, (piece.name,), is_certain=False)
        return self._m

    def _of(self, kind: type[_P]) -> list[_P]:
        return [piece for piece in self._pieces if isinstance(piece, kind)]

    # Assignments

    def _title(self, label: str, where: tuple[str, ...], module: str = "", *, is_certain: bool) -> None:
        """Which assignment a name means. A name that is certainly one's (`is_certain`) makes a new one if need be."""
        if same(label) in self._m.assignments:
            self._seen(f"assignment:{same(label)}", where)
            return
        found = self._m.titles.find(label)
        link = Link(
            key=f"assignment:{same(label)}",
            about=About.ASSIGNMENT,
            label=label,
            where=where,
            state=State.OPEN,
            why=found.why or "the course has no assignment of this name",
            candidates=tuple(Choice(entry.id, entry.title) for entry in found.entries[:_LIKELY]),
        )
        answer = self._settled.get(link.key, "")
        entry, state = None, State.OPEN
        if answer == LEAVE_OUT:
            state = State.LEFT_OUT
        elif chosen := self._m.titles.of_id(answer):
            entry, state = chosen, State.CHOSEN
        elif answer == NEW or (not found.entries and (is_certain or not self._m.titles.entries)):
            entry, state = self._new_title(label, module), State.NEW
        elif len(found.entries) == 1:
            entry, state = found.entries[0], State.MATCHED
        if entry and module and not entry.module:
            entry.module = module
        if entry and state is not State.NEW:
            self._m.titles.call(entry, label)
        self._m.assignments[same(label)] = entry
        self._put(link, state, entry.id if entry else "", entry.title if entry else "", self._had_titles and not answer)

    def _new_title(self, label: str, module: str) -> Titled:
        return self._m.titles.add(Titled(AssignmentId(self._new_id(label, "assignment")), label, module=module))

    def _new_id(self, text: str, otherwise: str) -> str:
        made = new_id(text, self._ids.__contains__, otherwise)
        self._ids.add(folded(made))
        return made

    # Students

    def _row(self, piece: TablePiece, person: Person) -> Entry | None:
        label = label_of(person)
        if not label:
            return None
        key = f"student:{same(label)}"
        answer = self._settled.get(key, "")
        found = self._m.people.of_row(person)
        entry, state = self._decide(found, answer, is_certain=True, new=lambda: self._new_person(person))
        if entry:
            self._m.people.learn(entry, person)
            entry.on_roster = entry.on_roster or piece.kind in _ROSTERS
            entry.is_teacher = entry.is_teacher or same(person.role) in {"teacher", "instructor", "owner"}
            key = self._of_entry.setdefault(id(entry), key)
        if key in self._m.links:
            self._seen(key, (piece.name,))
        else:
            self._student_link(key, label, (piece.name,), found, state, entry, answer)
        return entry

    def _label(self, label: str, where: tuple[str, ...]) -> None:
        """Whom a folder's name means; where nobody is known yet, names of folders are all that there is."""
        if same(label) in self._m.students:
            self._seen(f"student:{same(label)}", where)
            return
        key = f"student:{same(label)}"
        answer = self._settled.get(key, "")
        found = self._m.people.of_label(label)
        new = Person(**{"email" if "@" in label else "name": label})
        entry, state = self._decide(
            found, answer, is_certain=not self._somebody_known, new=lambda: self._new_person(new)
        )
        self._m.students[same(label)] = entry
        why = "" if found.why else "nobody who is known has this name"
        self._student_link(key, label, where, replace(found, why=found.why or why), state, entry, answer)

    def _decide(
        self, found: Match, answer: str, *, is_certain: bool, new: Callable[[], Entry]
    ) -> tuple[Entry | None, State]:
        if answer == LEAVE_OUT:
            return None, State.LEFT_OUT
        if answer == NEW:
            return new(), State.NEW
        if chosen := self._m.people.of_id(answer):
            return chosen, State.CHOSEN
        if len(found.entries) == 1:
            return found.entries[0], State.MATCHED
        if not found.entries and is_certain:
            return new(), State.NEW
        return None, State.OPEN

    def _new_person(self, person: Person) -> Entry:
        text = person.user_id or person.username or person.email.partition("@")[0] or label_of(person)
        return self._m.people.add(person, StudentId(self._new_id(text, "student")))

    def _student_link(
        self, key: str, label: str, where: tuple[str, ...], found: Match, state: State, entry: Entry | None, answer: str
    ) -> None:
        link = Link(
            key=key,
            about=About.STUDENT,
            label=label,
            where=where,
            state=state,
            why=found.why,
            candidates=tuple(Choice(e.id, label_of(e.facts) or e.id) for e in found.entries[:_LIKELY]),
        )
        self._put(link, state, entry.id if entry else "", entry.name if entry else "", found.unsure and not answer)

    # Links

    def _put(self, link: Link, state: State, to: str, words: str, is_unsure: bool) -> None:
        unsure = is_unsure and state is State.NEW
        self._m.links[link.key] = replace(link, state=state, to=to, to_words=words, unsure=unsure)

    def _seen(self, key: str, where: tuple[str, ...]) -> None:
        link = self._m.links[key]
        if fresh := tuple(name for name in where if name not in link.where):
            self._m.links[key] = replace(link, where=(*link.where, *fresh))

    # Files

    def _files(self, piece: FilesPiece) -> None:
        shape, layout = self._layout(piece)
        self._m.layouts[id(piece)] = (shape, layout)
        levels = layout.split("/") if layout else []
        where = (piece.name,)
        for root in shape.roots:
            names = dict(zip(levels, root.labels, strict=False))
            module = names.get(lay.MODULE, "")
            if title := names.get(lay.ASSIGNMENT) or names.get(lay.PROJECTS):
                self._title(title, where, module=module, is_certain=lay.PROJECTS in names)
            if student := names.get(lay.STUDENT):
                self._label(student, where)
        if lay.STUDENT in levels and lay.ASSIGNMENT not in levels:
            self._title(piece.label, where, is_certain=False)
        if lay.ASSIGNMENT in levels and lay.STUDENT not in levels:
            self._label(piece.label, where)

    def _layout(self, piece: FilesPiece) -> tuple[lay.Shape, str]:
        """What leads to the workspaces: as it was settled, as names tell, or open."""
        shapes = [piece.shape] if piece.shape else [s for n in (1, 2, 3) if (s := lay.shape_at(n, piece.paths)).roots]
        link = Link(
            key=f"layout:{piece.name}", about=About.LAYOUT, label=piece.name, where=(piece.name,), state=State.OPEN
        )
        answer = self._settled.get(link.key, "")
        if answer == LEAVE_OUT:
            self._put(link, State.LEFT_OUT, "", "", False)
            return lay.Shape(()), ""
        told = [(s, self._told(s)) for s in shapes]
        shape, layout = next(((s, t) for s, t in told if t), (shapes[0], ""))
        state = State.MATCHED if layout else State.OPEN
        if answer and (fits := [s for s in shapes if answer in lay.choices(s)]):
            shape, layout, state = fits[0], answer, State.CHOSEN
        likely = [Choice(c, _words(c, s)) for s in shapes for c in lay.choices(s)]
        open_link = replace(link, why="nothing in it says what its folders are", candidates=tuple(likely))
        words = _LAYOUT_WORDS.get(layout, "")
        self._put(open_link if state is State.OPEN else link, state, layout, words, False)
        return shape, layout

    def _told(self, shape: lay.Shape) -> str:
        return lay.layout_of(
            shape,
            lambda label: bool(self._m.people.of_label(label).entries),
            lambda label: bool(self._m.titles.find(label).entries),
            nobody_known=not self._m.people.entries,
        )


def _words(layout: str, shape: lay.Shape) -> str:
    return f"{' / '.join(shape.roots[0].labels)}: {_LAYOUT_WORDS[layout]}"
