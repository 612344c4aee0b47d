"""Pages in an archive that show the course in any browser: no network, no script, no program needed."""

from __future__ import annotations

from collections import defaultdict
from contextlib import ExitStack

from exportmanager.archive.course import ArchivedCourse
from exportmanager.archive.filling import Contents
from exportmanager.archive.names import INDEX
from exportmanager.archive.packages import Place
from exportmanager.archive.reader.assignment_pages import assignment_page
from exportmanager.archive.reader.frame import STYLE, resource, write_page
from exportmanager.archive.reader.happened import Access, coach
from exportmanager.archive.reader.index import index_page
from exportmanager.archive.reader.people import everybody
from exportmanager.archive.reader.pieces import Pieces
from exportmanager.archive.reader.student_pages import student_page
from exportmanager.archive.reader.works import Works
from exportmanager.core.archive import Certificate
from exportmanager.core.course import AssignmentId
from exportmanager.core.meter import Meter
from exportmanager.core.retention import zone_of
from exportmanager.exports.pieces.archive import Archive


def add_reader(
    tags: Archive, course: ArchivedCourse, contents: Contents, certificate: Certificate, meter: Meter
) -> None:
    """Add ``index.html`` and what it needs, as tag files of the bag. Raises `Cancelled`."""
    people = everybody(course, contents)
    meter.stage("Writing pages to read", len(people.people) + len(people.assignments))
    published = _published(contents)
    with ExitStack() as stack:
        works = stack.enter_context(Works(course, contents, people, meter))
        talks, visits = stack.enter_context(Pieces()), stack.enter_context(Pieces())
        for work in works.gather():
            projects = published[work.titled.assignment.id]
            write_page(tags, work.titled.page, assignment_page(course, people, work, projects))
            meter.advance(1, work.titled.assignment.title)
        coach(course, people, talks, meter)
        Access(people, zone_of(course.info), visits).take(course, meter)
        row = list(people.people.values())
        for shown in row:
            write_page(tags, shown.page, student_page(course.info, row, shown, works, talks, visits))
            meter.advance(1, shown.student.name)
        write_page(tags, INDEX, index_page(course, contents, certificate, people, works))
    tags.text(STYLE, resource("style.css"))


def _published(contents: Contents) -> defaultdict[AssignmentId, list[Place]]:
    """The versions of each assignment's project, the newest first."""
    found: defaultdict[AssignmentId, list[Place]] = defaultdict(list)
    for place in reversed(contents.places):
        if place.version.student is None:
            found[place.version.assignment].append(place)
    return found
