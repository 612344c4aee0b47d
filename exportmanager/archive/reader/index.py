"""The first page: the course, what the archive proves, the matrix, and the way to everything else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from exportmanager.archive.course import ArchivedCourse
from exportmanager.archive.filling import Contents
from exportmanager.archive.names import CERTIFICATE_JSON, CERTIFICATE_PDF
from exportmanager.archive.reader.frame import END, begin, on_this_page
from exportmanager.archive.reader.lists import exports, lists, places
from exportmanager.archive.reader.markup import (
    counted,
    facts,
    head_row,
    label,
    moment,
    quoted,
    size,
    text,
    told,
)
from exportmanager.archive.reader.not_included import not_included
from exportmanager.archive.reader.people import SIGNS, Everybody
from exportmanager.archive.reader.works import Works
from exportmanager.core.archive import Certificate
from exportmanager.core.retention import zone_of


def index_page(
    course: ArchivedCourse, contents: Contents, certificate: Certificate, people: Everybody, works: Works
) -> Iterator[str]:
    """The page, in parts."""
    info = course.info
    yield begin(f"{info.title} · Archive", "", has_script=True)
    yield f"<h1>{label(info.title)}</h1>\n{facts(_facts(course, certificate))}"
    yield told(info.description) if info.description else ""
    yield _contents()
    yield from _proof(certificate)
    yield from _matrix(contents, people, works)
    yield from not_included(contents, certificate)
    yield from lists(info, people, works)
    yield from exports(contents)
    yield from places(contents)
    yield END


def _facts(course: ArchivedCourse, certificate: Certificate) -> Iterator[tuple[str, str]]:
    info, zone = course.info, zone_of(course.info)
    yield "Code", label(info.code)
    yield "Term", label(info.term)
    yield "Starts", info.starts_on.isoformat() if info.starts_on else ""
    yield "Ends", info.ends_on.isoformat() if info.ends_on else ""
    yield "Data taken on", info.taken_on.isoformat()
    yield "Archived", moment(certificate.made_at, zone)
    yield "Time zone", label(str(zone))
    yield "Made from", label(info.child_of.title) if info.child_of else ""
    yield "Made by", label(certificate.program)
    yield "Holds", f"{counted(certificate.files, 'file')}, {size(certificate.bytes)}"
    yield "Course ID", label(info.id)


def _contents() -> str:
    parts = (
        ("proof", "What this archive proves"),
        ("matrix", "Students and assignments"),
        ("not-included", "Not included, because"),
        ("students", "Students"),
        ("assignments", "Assignments"),
        ("exports", "Tables and documents"),
        ("places", "What lies where"),
    )
    return on_this_page(parts)


def _proof(certificate: Certificate) -> Iterator[str]:
    """What the certificate says, in short."""
    yield '<h2 id="proof">What this archive proves</h2>\n'
    gaps = certificate.open_gaps
    if gaps:
        yield f'<p class="verdict m">{counted(len(gaps), "gap")}: see <a href="#not-included">what and why</a>.</p>\n'
    else:
        yield '<p class="verdict p">Nothing that was expected is missing.</p>\n'
    yield (
        "<p>It holds what had been received of this course when it was made. Each file and its SHA-256 stand in "
        '<a href="manifest-sha256.txt">manifest-sha256.txt</a>, so that any change since then can be found. It cannot '
        "prove that everything had been received: what a platform did not send, such as students who had been inactive "
        "for long, is not here, and often nobody can tell.</p>\n"
    )
    if certificate.pseudonymous:
        yield (
            "<p>Students are called by pseudonyms. What they wrote themselves was not changed, and may name them.</p>\n"
        )
    for note in certificate.notes:
        yield f"<p>{text(note)}</p>\n"
    yield f'<div class="wide"><table>{head_row("Counted", "#Expected", "#Here")}<tbody>\n'
    for count in certificate.counts:
        style = "" if count.done == count.expected else ' class="m"'
        numbers = f'<td class="number">{count.expected:,}</td><td class="number">{count.done:,}</td>'
        yield f'<tr{style}><th scope="row">{text(count.thing.replace("_", " "))}</th>{numbers}</tr>\n'
    yield "</tbody></table></div>\n"
    yield (
        f'<p>All of this is in the certificate: <a href="{CERTIFICATE_PDF}">PDF</a>, '
        f'<a href="{CERTIFICATE_JSON}">JSON</a>. SHA-256 of manifest-sha256.txt: '
        f'<code class="hash">{text(certificate.payload_sha256)}</code></p>\n'
    )


def _matrix(contents: Contents, people: Everybody, works: Works) -> Iterator[str]:
    """Students by assignments; each cell leads to the student's work."""
    yield f'<h2 id="matrix">Students and assignments</h2>\n{_legend(contents)}'
    if not contents.cells:
        yield "<p>There are no students, or no assignments.</p>\n"
        return
    yield '<div class="matrix" role="region" aria-labelledby="matrix" tabindex="0"><table data-filter="Find a student">'
    yield '<thead><tr><th scope="col">Student</th>'
    for titled in people.assignments:
        title = titled.assignment.title
        yield (f'<th scope="col" title="{quoted(title)}"><a href="{titled.page}"><span>{label(title)}</span></a></th>')
    yield "</tr></thead>\n<tbody>\n"
    for person in contents.plan.people:
        shown, name = people.people.get(person.student.id), label(people.names[person.student.id])
        head = f'<a href="{shown.page}">{name}</a>' if shown else name
        yield f'<tr><th scope="row">{head}</th>{works.matrix.of(person.student.id)}</tr>\n'
    yield "</tbody></table></div>\n"


def _legend(contents: Contents) -> str:
    """What the letters mean, and how many there are of each."""
    cells = Counter(found.cell for _, _, found in contents.cells)
    signs = "".join(
        f'<div><dt><span class="sign {sign.style}">{sign.letter}</span> {sign.word} '
        f"<small>{cells[cell]:,}</small></dt><dd>{sign.meaning}</dd></div>"
        for cell, sign in SIGNS.items()
    )
    return f'<dl class="legend">{signs}</dl>\n'
