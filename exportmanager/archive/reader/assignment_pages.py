"""The pages of assignments: who stands how, the questions, and the project as it was published."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

from exportmanager.archive.course import ArchivedCourse
from exportmanager.archive.names import COURSEWORK, INDEX
from exportmanager.archive.packages import Place
from exportmanager.archive.reader.files import tree, with_files
from exportmanager.archive.reader.frame import END, begin, trail
from exportmanager.archive.reader.markup import counted, facts, head_row, href, label, moment, size, text
from exportmanager.archive.reader.people import Everybody, Shown, Titled
from exportmanager.archive.reader.works import STANDING, UP, Work, standing_cells, state
from exportmanager.core.course import AssignmentKind
from exportmanager.core.retention import zone_of
from exportmanager.exports.pieces.sheets import plain_cell


def assignment_page(course: ArchivedCourse, people: Everybody, work: Work, published: Sequence[Place]) -> Iterator[str]:
    """The page of one assignment, in parts. `published` are the versions of its project, the newest first."""
    titled, info = work.titled, course.info
    yield begin(
        f"{titled.assignment.title} · {info.title}", UP, trail=_trail(info.title, people, titled), has_script=True
    )
    yield f"<h1>{label(titled.assignment.title)}</h1>\n{facts(_facts(titled, zone_of(info)))}{_tables(titled)}"
    yield '<h2 id="students">Students</h2>\n<div class="wide"><table data-sort data-filter="Find a student">'
    yield f"{head_row('Student', 'In this archive', *STANDING)}<tbody>\n"
    for shown in people.people.values():
        if shown.is_learner or shown.student.id in work.sections:
            yield _row(work, shown)
    yield "</tbody></table></div>\n"
    if questions := work.questions.all():
        yield f"<h2>Questions</h2>\n{questions}"
    yield from _projects(course, published)
    yield END


def _trail(title: str, people: Everybody, titled: Titled) -> str:
    """The way back, and to the assignments before and after."""
    links = [f'<a href="{UP}{INDEX}">{label(title)}</a>', f'<a href="{UP}{INDEX}#assignments">Assignments</a>']
    for words, number in (("Previous", titled.number - 2), ("Next", titled.number)):
        if 0 <= number < len(people.assignments):
            other = people.assignments[number]
            links.append(f'<a href="{other.number}.html">{words}: {label(other.assignment.title)}</a>')
    return trail(links)


def _facts(titled: Titled, zone: ZoneInfo) -> Iterator[tuple[str, str]]:
    one = titled.assignment
    yield "Module", label(titled.module)
    yield "Kind", "Book" if one.kind is AssignmentKind.BOOK else ""
    yield "Points", "" if one.points is None else f"{one.points:g}"
    yield "Due", moment(one.due_at, zone)
    yield "Stack", label(one.stack)
    yield "Published version", "" if one.version is None else str(one.version)
    yield "Published", moment(one.published_at, zone)
    yield "LTI URL", text(one.lti_url)
    yield "Constant LTI URL", text(one.lti_constant_url)
    yield "ID", label(one.id)
    for name, value in one.extra.items():
        yield text(name), text(plain_cell(value) if value is not None else "")


def _tables(titled: Titled) -> str:
    """Links to the tables of the coursework."""
    links = (
        f'<a href="{UP}{COURSEWORK}{folder}/{href(titled.folder)}.csv">{words}</a>'
        for folder, words in (("answers", "all answers"), ("totals", "all grades"))
    )
    return f"<p>As tables: {', '.join(links)} (CSV).</p>\n"


def _row(work: Work, shown: Shown) -> str:
    who = shown.student.id
    place = f"{UP}{shown.page}{f'#a{work.titled.number}' if who in work.sections else ''}"
    cells = f"<td>{state(work.cells.get(who))}</td>{standing_cells(work, who)}"
    return f'<tr><th scope="row"><a href="{place}">{label(shown.name)}</a></th>{cells}</tr>\n'


def _projects(course: ArchivedCourse, published: Sequence[Place]) -> Iterator[str]:
    """The files of each version that was published."""
    if published:
        yield "<h2>Published project</h2>\n"
    for place, files in with_files(course, published):
        version = place.version
        about = f"{counted(len(files), 'file')}, {size(version.package.bytes)}"
        words = "Newest version" if version.is_current else f"Version {version.number}"
        opened = " open" if version.is_current else ""
        yield f"<details{opened}><summary>{words}: {about}</summary>{tree(place, files, UP)}</details>\n"
