"""Matches the pieces with what is known, and says what will come in and what somebody must settle."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from exportmanager.core.arrivals import LEAVE_OUT, NEW, About, Choice, Link, PieceKind, State
from exportmanager.core.course import AssignmentId, StudentId
from exportmanager.core.names import folded
from exportmanager.core.source import KnownCourse
from exportmanager.formats.platform_tables import Person
from exportmanager.sources.arriving import layout as lay
from exportmanager.sources.arriving.layouts import Names, layout_of
from exportmanager.sources.arriving.listed import Listed, Lists
from exportmanager.sources.arriving.matched import Matched, in_module
from exportmanager.sources.arriving.people import Entry, Match, People, label_of, loose_keys
from exportmanager.sources.arriving.pieces import FilesPiece, Piece, ProjectPiece, SourcesPiece, TablePiece
from exportmanager.sources.arriving.titles import Titled, Titles
from exportmanager.sources.arriving.words import new_id, same

_ROSTERS = (PieceKind.ROSTER, PieceKind.GRADES, PieceKind.ASSESSMENT_DATA)
_TABLES = (*_ROSTERS, PieceKind.COACH_LOGS, PieceKind.ACCESS, PieceKind.LTI_URLS)
_LIKELY = 8
_P = TypeVar("_P", bound=Piece)


def match(pieces: Sequence[Piece], known: KnownCourse | None, settled: Mapping[str, str]) -> Matched:
    """Match everything that can be; `settled` are answers by the keys of links."""
    return _Matching(pieces, known, settled).run()


class _Matching:
    def __init__(self, pieces: Sequence[Piece], known: KnownCourse | None, settled: Mapping[str, str]) -> None:
        self._pieces = pieces
        self._settled = settled
        titles = Titles(known.assignments, known.modules) if known else Titles(())
        self._m = Matched(People(known.students if known else ()), titles)
        self._had_titles = bool(known and known.assignments)
        self._lists = Lists(titles, known, self._of(SourcesPiece))
        self._ids = {*(folded(e.id) for e in self._m.people.entries), *(folded(e.id) for e in self._m.titles.entries)}
        self._of_entry: dict[int, str] = {}
        self._some_title_known = self._somebody_known = False
        self._where: dict[str, dict[str, None]] = {}

    def run(self) -> Matched:
        """Everything, in the order in which one thing tells of the next."""
        for sources in self._of(SourcesPiece):
            self._sources(sources)
        tables = [piece for kind in _TABLES for piece in self._of(TablePiece) if piece.kind is kind]
        # the list of addresses has all assignments, in the order of the course
        for table in sorted(tables, key=lambda table: table.kind is not PieceKind.LTI_URLS):
            for title in table.titles:
                self._title(title, table.name, is_certain=True)
        for table in tables:
            self._rows(table)
        self._projects()
        for files in self._of(FilesPiece):
            self._files(files)
        for table in tables:
            if table.needs_assignment:
                self._title(table.label, table.name, is_certain=False)
        for key, where in self._where.items():
            self._m.links[key] = replace(self._m.links[key], where=tuple(where))
        return self._m

    def _of(self, kind: type[_P]) -> list[_P]:
        return [piece for piece in self._pieces if isinstance(piece, kind)]

    # Assignments

    def _sources(self, piece: SourcesPiece) -> None:
        for listed in self._lists.of(piece):
            self._title(listed.label, piece.name, is_certain=True, listed=listed)
            titled = self._m.assignment(listed.label)
            self._lists.take(titled)
            self._m.listed[id(piece), listed.assignment.id] = titled

    def _title(
        self,
        label: str,
        where: str,
        module: str = "",
        *,
        is_certain: bool,
        may_be_new: bool = True,
        listed: Listed | None = None,
    ) -> None:
        """Which assignment a name means. A name that is certainly one's (`is_certain`) makes a new one if need be."""
        name = in_module(label, module)
        key = f"assignment:{name}"
        self._seen(key, where)
        if name in self._m.assignments:
            return
        found = listed.found if listed else self._m.titles.find(label, module)
        answer = self._settled.get(key, "")
        is_new = not found.entries and may_be_new and (is_certain or not self._some_title_known)
        entry, state = None, State.OPEN
        if answer == LEAVE_OUT:
            state = State.LEFT_OUT
        elif chosen := self._m.titles.of_id(answer):
            entry, state = chosen, State.CHOSEN
        elif is_new or (answer == NEW and not any(same(t.title) == same(label) for t in found.entries)):
            entry, state = self._new_title(label, module, listed), State.NEW
        elif len(found.entries) == 1 and not found.unsure:
            entry, state = found.entries[0], State.MATCHED
        if entry:
            entry.module = entry.module or module
            if state is not State.NEW and not module:
                self._m.titles.call(entry, label)
        self._m.assignments[name] = entry
        link = Link(
            key=key,
            about=About.ASSIGNMENT,
            label=f"{module} / {label}" if module else label,
            where=(),
            state=state,
            why=found.why or "the course has no assignment of this name",
            candidates=_choices_of(found.entries),
        )
        is_unsure = not answer and (self._had_titles or not is_certain)
        self._put(link, entry.id if entry else "", entry.title if entry else "", is_unsure=is_unsure)

    def _new_title(self, label: str, module: str, listed: Listed | None) -> Titled:
        if listed is None:
            return self._m.titles.add(Titled(AssignmentId(self._new_id(label, "assignment")), label, module=module))
        one = listed.assignment
        made = one.id if folded(one.id) not in self._ids else self._new_id(one.title, "assignment")
        self._ids.add(folded(made))
        return self._m.titles.add(Titled(AssignmentId(made), one.title, module=listed.module, listed=one))

    def _new_id(self, text: str, otherwise: str) -> str:
        made = new_id(text, self._ids.__contains__, otherwise)
        self._ids.add(folded(made))
        return made

    # Students

    def _rows(self, table: TablePiece) -> None:
        shared = Counter(key for person in table.persons for key in loose_keys(person))
        for number, person in enumerate(table.persons):
            is_shared = any(shared[key] > 1 for key in loose_keys(person))
            self._m.rows[id(table), number] = self._row(table, person, is_shared)

    def _row(self, piece: TablePiece, person: Person, is_shared: bool) -> Entry | None:
        label = label_of(person)
        if not label:
            return None
        key = f"student:{same(label)}"
        answer = self._settled.get(key, "")
        found = self._m.people.of_row(person, is_shared=is_shared)
        entry, state = self._decide(found, answer, person, is_certain=True)
        if entry:
            self._m.people.learn(entry, person)
            entry.on_roster = entry.on_roster or piece.kind in _ROSTERS
            entry.is_teacher = entry.is_teacher or same(person.role) in {"teacher", "instructor", "owner"}
            key = self._of_entry.setdefault(id(entry), key)
        self._seen(key, piece.name)
        if key not in self._m.links:
            self._student_link(key, label, found, state, entry, answer)
        return entry

    def _label(self, label: str, where: str, *, is_folder: bool) -> None:
        """Whom a name means; where nobody is known yet, names of folders are all that there is."""
        key = f"student:{same(label)}"
        self._seen(key, where)
        if same(label) in self._m.students:
            return
        answer = self._settled.get(key, "")
        found = self._m.people.of_label(label)
        new = Person(**{"email" if "@" in label else "name": label})
        if answer == LEAVE_OUT:  # these files, and not all of a person
            entry, state = None, State.LEFT_OUT
        else:
            is_certain = is_folder and not self._somebody_known
            entry, state = self._decide(found, answer, new, is_certain=is_certain)
        self._m.students[same(label)] = entry
        if key not in self._m.links:
            why = "" if found.why else "nobody who is known has this name"
            self._student_link(key, label, replace(found, why=found.why or why), state, entry, answer)

    def _decide(self, found: Match, answer: str, new: Person, *, is_certain: bool) -> tuple[Entry | None, State]:
        """Whom somebody chose, or else who is found. Who is left out is known all the same, or would come as new.

        Somebody who is `new` by an answer is so only once: the same answer may come with each import.
        """
        one = found.entries[0] if len(found.entries) == 1 and found.certain else None
        if answer == LEAVE_OUT:
            entry = one or self._new_person(new)
            entry.is_left_out = True
            return entry, State.LEFT_OUT
        if answer == NEW:
            there = next((entry for entry in found.entries if entry.is_said_by(new)), None)
            return there or self._new_person(new), State.MATCHED if there else State.NEW
        if chosen := self._m.people.of_id(answer):
            return chosen, State.CHOSEN
        if one:
            return one, State.LEFT_OUT if one.is_left_out else State.MATCHED
        if not found.entries and is_certain:
            return self._new_person(new), State.NEW
        return None, State.OPEN

    def _new_person(self, person: Person) -> Entry:
        text = person.user_id or person.username or person.email.partition("@")[0] or label_of(person)
        return self._m.people.add(person, StudentId(self._new_id(text, "student")))

    def _student_link(self, key: str, label: str, found: Match, state: State, entry: Entry | None, answer: str) -> None:
        is_there = entry is not None and not entry.is_left_out
        link = Link(
            key=key,
            about=About.STUDENT,
            label=label,
            where=(),
            state=state,
            why=found.why,
            candidates=tuple(Choice(e.id, label_of(e.facts) or e.id) for e in found.entries[:_LIKELY]),
        )
        to, words = (entry.id, entry.name) if entry and is_there else ("", "")
        self._put(link, to, words, is_unsure=found.unsure and not answer)

    # Links

    def _put(self, link: Link, to: str, words: str, *, is_unsure: bool = False) -> None:
        unsure = is_unsure and link.state is State.NEW
        self._m.links[link.key] = replace(link, to=to, to_words=words, unsure=unsure)

    def _seen(self, key: str, where: str) -> None:
        self._where.setdefault(key, {})[where] = None

    # Files

    def _projects(self) -> None:
        """Projects first: what is somebody's work may be of an assignment that only they name."""
        self._some_title_known = bool(self._m.titles.entries)
        works = [project for project in self._of(ProjectPiece) if self._is_work(project)]
        for project in self._of(ProjectPiece):
            if project not in works:
                is_certain = not project.is_plain
                self._title(project.label, project.name, is_certain=is_certain, may_be_new=is_certain)
        self._some_title_known = bool(self._m.titles.entries)
        self._somebody_known = bool(self._m.people.entries)
        for work in works:
            self._work(work)

    def _is_work(self, piece: ProjectPiece) -> bool:
        """Whether one of its names is a student's: then it is that one's work, and nothing to publish."""
        names = piece.top, "" if self._is_title(piece.label) else piece.label
        return not piece.is_authors and any(name and self._is_person(name) for name in names)

    def _work(self, piece: ProjectPiece) -> None:
        student, title = piece.label, piece.top or piece.label
        if piece.top and self._is_person(piece.top):
            student, title = piece.top, piece.label
        self._m.works[id(piece)] = student, title
        self._label(student, piece.name, is_folder=False)
        self._title(title, piece.name, is_certain=False, may_be_new=title != student)

    def _files(self, piece: FilesPiece) -> None:
        key = f"layout:{piece.name}"
        known = Names(self._is_person, self._is_title, nobody_known=not self._m.people.entries)
        shape, layout, link = layout_of(piece, key, self._settled.get(key, ""), known)
        self._seen(key, piece.name)
        self._m.links[key] = link
        self._m.layouts[id(piece)] = (shape, layout)
        levels = layout.split("/") if layout else []
        for root in shape.roots:
            names = dict(zip(levels, root.labels, strict=False))
            module = names.get(lay.MODULE, "")
            if title := names.get(lay.ASSIGNMENT) or names.get(lay.PROJECTS):
                self._title(title, piece.name, module=module, is_certain=lay.PROJECTS in names)
            if student := names.get(lay.STUDENT):
                self._label(student, piece.name, is_folder=True)
        if lay.STUDENT in levels and lay.ASSIGNMENT not in levels:
            self._title(self._about(piece, shape, self._is_title), piece.name, is_certain=False)
        if lay.ASSIGNMENT in levels and lay.STUDENT not in levels:
            self._label(self._about(piece, shape, self._is_person), piece.name, is_folder=False)

    def _about(self, piece: FilesPiece, shape: lay.Shape, is_known: Callable[[str], bool]) -> str:
        """What the name of its top folder or file says of all of it."""
        names = [name for name in (shape.top, piece.label) if name]
        found = next((name for name in names if is_known(name)), piece.label)
        self._m.abouts[id(piece)] = found
        return found

    def _is_person(self, label: str) -> bool:
        return bool(self._m.people.of_label(label).entries)

    def _is_title(self, label: str) -> bool:
        return bool(self._m.titles.find(label).entries)


def _choices_of(entries: Sequence[Titled]) -> tuple[Choice, ...]:
    return tuple(Choice(entry.id, entry.title) for entry in entries[:_LIKELY])
