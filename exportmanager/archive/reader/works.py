"""Gathers what students did, assignment by assignment, for the pages of students and the matrix."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import groupby

from exportmanager.archive.course import ArchivedCourse
from exportmanager.archive.filling import Contents
from exportmanager.archive.packages import Place
from exportmanager.archive.reader.files import tree, with_files
from exportmanager.archive.reader.markup import (
    counted,
    duration,
    facts,
    href,
    label,
    moment,
    percent,
    quoted,
    size,
    text,
    time_cell,
    told,
)
from exportmanager.archive.reader.people import SIGNS, Everybody, Titled
from exportmanager.archive.reader.pieces import Pieces
from exportmanager.archive.reader.questions import Questions
from exportmanager.core.course import Assessment, AssignmentId, Result, State, StudentId
from exportmanager.core.meter import Meter
from exportmanager.core.report import Cell
from exportmanager.core.retention import zone_of
from exportmanager.exports.pieces.account import Found
from exportmanager.exports.pieces.sheets import plain_cell
from exportmanager.exports.pieces.streams import ByAssignment

UP = "../../"
"""From the page of a student or an assignment to the bag's folder."""
NO_BREAK = "\N{NO-BREAK SPACE}"
PROGRESS = {State.NOT_STARTED: "Not started", State.STARTED: "Started", State.COMPLETED: "Completed"}


@dataclass(frozen=True, slots=True)
class _Note:
    student: StudentId
    text: str
    changed_at: datetime


@dataclass
class Work:
    """All that was done on one assignment: `places` are of students' versions, newest first, current before earlier.

    `sections` are the people with a section of it on their page, `answered` how many questions and attempts of each.
    """

    titled: Titled
    cells: Mapping[StudentId, Found]
    results: Mapping[str, Result]
    places: list[Place]
    notes: list[_Note]
    questions: Questions
    sections: set[StudentId] = field(default_factory=set)
    answered: dict[StudentId, tuple[int, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Tally:
    """How many current workspaces and attempts there are of an assignment."""

    workspaces: int
    answers: int


class Works:
    """The parts of pages of students: `sections` and table `rows` of their work, and their rows of the `matrix`."""

    def __init__(self, course: ArchivedCourse, contents: Contents, people: Everybody, meter: Meter) -> None:
        self._course, self._people, self._meter = course, people, meter
        self._zone = zone_of(course.info)
        self._cells: defaultdict[AssignmentId, dict[StudentId, Found]] = defaultdict(dict)
        for assignment, person, found in contents.cells:
            self._cells[assignment.id][person.student.id] = found
        self._places: defaultdict[AssignmentId, list[Place]] = defaultdict(list)
        for place in contents.places:
            if place.version.student is not None:
                self._places[place.version.assignment].append(place)
        self._assessments: defaultdict[AssignmentId, list[Assessment]] = defaultdict(list)
        for one in course.assessments():
            self._assessments[one.assignment_id].append(one)
        self._notes = self._all_notes()
        self._came = self._all_times()
        self.tallies: dict[AssignmentId, Tally] = {}

    def __enter__(self) -> Works:
        with ExitStack() as stack:
            self.sections, self.rows, self.matrix = (stack.enter_context(Pieces()) for _ in range(3))
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def _all_notes(self) -> Mapping[str, list[_Note]]:
        """The teacher's notes, by assignment."""
        notes = defaultdict(list)
        for line in self._course.lines("teacher_notes"):
            row = json.loads(line)
            if row["student_id"] in self._people.people:
                notes[row["assignment_id"]].append(_Note(row["student_id"], row["text"], _utc(row["changed_at"])))
        return notes

    def _all_times(self) -> Mapping[tuple[str, str, int], str]:
        """When each version of each workspace came in."""
        rows = map(json.loads, self._course.lines("workspaces"))
        return {
            (row["assignment_id"], row["student_id"], row["number"]): moment(_utc(row["imported_at"]), self._zone)
            for row in rows
        }

    def gather(self) -> Iterator[Work]:
        """Take everything in; each assignment is given out when its part is there."""
        titles = self._people.titles
        results = ByAssignment(result for result in self._course.results() if result.assignment_id in titles)
        for titled in self._people.assignments:
            id_ = titled.assignment.id
            work = Work(
                titled,
                self._cells[id_],
                {who: one for who, one in results.of(id_).items() if who in self._people.people},
                sorted(self._places[id_], key=lambda place: (not place.version.is_current, -place.version.number)),
                self._notes.get(id_, []),
                Questions(self._assessments[id_], self._zone, f"{UP}{titled.page}"),
            )
            self._fill(work)
            workspaces = sum(place.version.is_current for place in work.places)
            self.tallies[id_] = Tally(workspaces, sum(attempts for _, attempts in work.answered.values()))
            yield work

    def _fill(self, work: Work) -> None:
        """Each kind of thing by its own way through the course: what came before stands before on the page."""
        for who in self._people.people:
            if _has_something(work, who):
                self._begin(work, who)
        self._add_notes(work)
        self._add_files(work)
        self._add_answers(work)
        for who in work.sections:
            self.sections.add(who, "</section>\n")
        for who, shown in self._people.people.items():
            if shown.is_learner or who in work.sections:
                self.rows.add(who, self._row(work, who))
        self._add_cells(work)

    def _begin(self, work: Work, who: StudentId) -> None:
        """Begin the section of somebody's work."""
        if who not in work.sections:
            work.sections.add(who)
            self.sections.add(who, self._head(work, who))

    def _head(self, work: Work, who: StudentId) -> str:
        titled, result, found = work.titled, work.results.get(who), work.cells.get(who)
        begin = f'<section class="work" id="a{titled.number}">\n<h2>{_link(titled)}</h2>\n'
        return f"{begin}{facts([*_of_cell(found), *(self._of_result(result) if result else ())])}"

    def _of_result(self, result: Result) -> Iterator[tuple[str, str]]:
        yield "Progress", PROGRESS[result.state]
        yield "Started", moment(result.started_at, self._zone)
        yield "Completed", moment(result.completed_at, self._zone)
        yield "Time spent", duration(result.time_spent_seconds)
        yield "Grade", percent(result.grade)
        yield "Comments", told(result.comments) if result.comments else ""
        for name, value in result.extra.items():
            yield text(name), text(plain_cell(value) if value is not None else "")

    def _add_notes(self, work: Work) -> None:
        for note in work.notes:
            self._begin(work, note.student)
            changed = moment(note.changed_at, self._zone)
            shown = f"<h3>Teacher's notes <small>{changed}</small></h3>\n{told(note.text)}"
            self.sections.add(note.student, shown)

    def _add_files(self, work: Work) -> None:
        for place, files in with_files(self._course, work.places):
            self._meter.advance(0)
            version = place.version
            assert version.student is not None, "those of projects were left out"
            if version.student not in self._people.people:
                continue
            self._begin(work, version.student)
            came = self._came[version.assignment, version.student, version.number]
            about = f"{counted(len(files), 'file')}, {size(version.package.bytes)}, imported {came}"
            inner = tree(place, files, UP)
            if not version.is_current:
                shown = f"<details><summary>Earlier version {version.number}: {about}</summary>{inner}</details>\n"
            else:
                has_folder = any(file.link is None for file in files)
                folder = f', <a href="{UP}{href(place.folder)}/">folder</a>' if has_folder else ""
                shown = f"<h3>Files <small>{about}{folder}</small></h3>\n{inner}"
            self.sections.add(version.student, shown)

    def _add_answers(self, work: Work) -> None:
        answers = self._course.answers(work.titled.assignment.id)
        for who, group in groupby(answers, key=lambda one: one.student_id):
            self._meter.advance(0)
            if who not in self._people.people:
                continue
            mine = list(group)
            self._begin(work, who)
            work.answered[who] = len({one.assessment_id for one in mine}), len(mine)
            self.sections.add(who, f"<h3>Answers</h3>\n{work.questions.answered(mine)}")

    def _row(self, work: Work, who: StudentId) -> str:
        """A row of the table on somebody's page."""
        titled, found = work.titled, work.cells.get(who)
        title = label(titled.assignment.title)
        shown = f'<a href="#a{titled.number}">{title}</a>' if who in work.sections else title
        cells = standing_cells(work, who)
        return f'<tr><th scope="row">{shown}</th><td>{state(found)}</td>{cells}</tr>\n'

    def _add_cells(self, work: Work) -> None:
        """The column of the matrix."""
        title = quoted(work.titled.assignment.title)
        for who, found in work.cells.items():
            sign = SIGNS[found.cell]
            shown = self._people.people.get(who)
            said = f"{title}: {state_words(found)}"
            if shown is None:
                cell = f'<span title="{said}">{sign.letter}</span>'
            else:
                where = f"{shown.page}#a{work.titled.number}" if who in work.sections else shown.page
                cell = f'<a href="{where}" title="{said}" aria-label="{said}">{sign.letter}</a>'
            self.matrix.add(who, f'<td class="{sign.style}">{cell}</td>')


def _has_something(work: Work, who: StudentId) -> bool:
    """Whether there is something to say of somebody's work, files and answers apart."""
    result, found = work.results.get(who), work.cells.get(who)
    said = result and (result.state is not State.NOT_STARTED or result.grade is not None or result.comments)
    return bool(said or (found and (found.why or found.cell is not Cell.NEVER_STARTED)))


def _utc(stored: str) -> datetime:
    """A time as the database has it."""
    return datetime.fromisoformat(stored).replace(tzinfo=UTC)


def _link(titled: Titled) -> str:
    return f'<a href="{UP}{titled.page}">{label(titled.assignment.title)}</a>'


def _of_cell(found: Found | None) -> Iterator[tuple[str, str]]:
    if found:
        yield "In this archive", state(found)
        yield "Note", text(found.why)


def state(found: Found | None) -> str:
    """What there is of somebody's work, as HTML."""
    if found is None:
        return ""
    sign = SIGNS[found.cell]
    files = f" {counted(found.files, 'file').replace(' ', NO_BREAK)}" if found.files else ""
    return f'<span class="sign {sign.style}">{sign.word}</span>{files}'


def state_words(found: Found) -> str:
    """The same in words."""
    files = f", {counted(found.files, 'file')}" if found.files else ""
    return f"{SIGNS[found.cell].word.lower()}{files}"


STANDING = ("Progress", "#Grade", "#Time spent", "Answers")


def standing_cells(work: Work, who: StudentId) -> str:
    """The cells under `STANDING`."""
    result, (questions, attempts) = work.results.get(who), work.answered.get(who, (0, 0))
    progress = PROGRESS[result.state] if result else ""
    more = f" <small>in {counted(attempts, 'attempt')}</small>" if attempts > questions else ""
    grade, time = (percent(result.grade), time_cell(result.time_spent_seconds)) if result else ("", time_cell(None))
    return (
        f'<td class="short">{progress}</td><td class="number">{grade}</td>{time}'
        f'<td class="short">{questions or ""}{more}</td>'
    )
