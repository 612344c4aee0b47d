"""The lists of the first page: students, assignments, tables and documents, and what lies where."""

from __future__ import annotations

from collections.abc import Iterator

from exportmanager.archive import names
from exportmanager.archive.exports_in import Included
from exportmanager.archive.filling import Contents
from exportmanager.archive.reader.markup import counted, file_line, head_row, label, moment, size
from exportmanager.archive.reader.people import Everybody, Shown
from exportmanager.archive.reader.works import Works
from exportmanager.core.course import CourseInfo
from exportmanager.core.retention import zone_of

_FEW = 20
_COURSEWORK = (
    ("README.txt", "what the folder of coursework holds"),
    ("students.csv", "all students"),
    ("assignments.csv", "all assignments"),
    ("report.csv", "a line for each student and assignment: what there is, or why there is nothing"),
    ("names.csv", "files that had to be called otherwise"),
    ("links.csv", "links between files, which an archive cannot hold"),
)


def lists(info: CourseInfo, people: Everybody, works: Works) -> Iterator[str]:
    """Everybody, and all assignments."""
    learners = [one for one in people.people.values() if one.is_learner]
    yield from _people(info, "students", "Students", learners)
    teachers = [one for one in people.people.values() if not one.is_learner]
    if teachers:
        yield from _people(info, "teachers", "Teachers", teachers)
    yield from _assignments(info, people, works)


def _people(info: CourseInfo, id_: str, title: str, people: list[Shown]) -> Iterator[str]:
    zone = zone_of(info)
    yield f'<h2 id="{id_}">{title} <small>{len(people):,}</small></h2>\n<div class="wide">'
    yield f'<table data-sort data-filter="Find in this list">{head_row("Name", "User name", "E-mail", "Last active")}'
    yield "<tbody>\n"
    for one in people:
        student = one.student
        row = "".join(f'<td class="word">{label(value)}</td>' for value in (student.username, student.email))
        row += f'<td class="short">{moment(student.last_active_at, zone)}</td>'
        yield f'<tr><th scope="row"><a href="{one.page}">{label(one.name)}</a></th>{row}</tr>\n'
    yield "</tbody></table></div>\n"


def _assignments(info: CourseInfo, people: Everybody, works: Works) -> Iterator[str]:
    zone = zone_of(info)
    yield f'<h2 id="assignments">Assignments <small>{len(people.assignments):,}</small></h2>\n<div class="wide">'
    yield f"<table data-sort>{head_row('Assignment', 'Module', 'Due', '#Points', '#Workspaces', '#Answers')}<tbody>\n"
    for one in people.assignments:
        tally, assignment = works.tallies[one.assignment.id], one.assignment
        points = "" if assignment.points is None else f"{assignment.points:g}"
        numbers = "".join(
            f'<td class="number">{value}</td>' for value in (points, f"{tally.workspaces:,}", f"{tally.answers:,}")
        )
        about = f'<td>{label(one.module)}</td><td class="short">{moment(assignment.due_at, zone)}</td>'
        yield f'<tr><th scope="row"><a href="{one.page}">{label(assignment.title)}</a></th>{about}{numbers}</tr>\n'
    yield "</tbody></table></div>\n"


def exports(contents: Contents) -> Iterator[str]:
    """What the other exports gave, with its size."""
    yield '<h2 id="exports">Tables and documents</h2>\n'
    there = [one for one in contents.included if one.files]
    if not there:
        yield "<p>There are none in this archive.</p>\n"
        return
    yield '<ul class="exports">\n'
    for one in there:
        yield _export(one)
    yield "</ul>\n"


def _export(one: Included) -> str:
    """One file, or the files of a folder."""
    total = size(sum(size for _, size in one.files))
    if len(one.files) == 1:
        ((path, number),) = one.files
        return file_line(path, path.rpartition("/")[2], number)
    inner = "".join(file_line(path, _within(path), number) for path, number in one.files)
    opened = " open" if len(one.files) <= _FEW else ""
    about = f"{label(one.title)} <small>{counted(len(one.files), 'file')}, {total}</small>"
    return f'<li><details{opened}><summary>{about}</summary><ul class="files">\n{inner}</ul></details></li>\n'


def _within(path: str) -> str:
    """A path in the folder of its export."""
    return path.removeprefix(names.EXPORTS).partition("/")[2]


def places(contents: Contents) -> Iterator[str]:
    """Where to look without these pages."""
    yield '<h2 id="places">What lies where</h2>\n<ul class="files">\n'
    for name, words in _COURSEWORK:
        path = f"{names.COURSEWORK}{name}"
        yield f'<li><a href="{path}">{path}</a> {words}</li>\n'
    for path, words in _folders(contents):
        yield f'<li><a href="{path}">{path}</a> {words}</li>\n'
    yield "</ul>\n"


def _folders(contents: Contents) -> Iterator[tuple[str, str]]:
    yield f"{names.COURSEWORK}answers/", "all answers, a table for each assignment"
    yield f"{names.COURSEWORK}totals/", "all grades and times, a table for each assignment"
    for begin, words in (
        (f"{names.COURSEWORK}workspaces/", "students' files"),
        (names.EARLIER, "what they were before they came in again"),
        (names.TEACHERS, "teachers' own files"),
        (names.PROJECTS, "projects as they were published"),
    ):
        if any(place.folder.startswith(begin) for place in contents.places):
            yield begin, words
    if any(one.files for one in contents.included):
        yield names.EXPORTS, "tables and documents"
    yield names.LIBRARY, "every row that was kept of the course, to bring it back"
