"""Draws some nodes of a guide as a part of a document, in a drawing process; first of all, what there is to draw."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from reportlab.platypus import Flowable

from exportmanager.core.errors import ProblemForTeacher
from exportmanager.core.guide import Guide, GuideNode, NodeKind
from exportmanager.core.report import Gap
from exportmanager.formats.guides import PackageFiles, files_of_package, read_guide
from exportmanager.formats.pdf.calls import Tell
from exportmanager.formats.pdf.lines import TextBlock, TextStyle
from exportmanager.formats.pdf.page import page_flowables
from exportmanager.formats.pdf.part import Part
from exportmanager.formats.pdf.sheets import Sheets, line_width
from exportmanager.formats.pdf.spans import Words
from exportmanager.formats.pdf.style import BODY, HEADING, HEADINGS, INK, PLACEHOLDER
from exportmanager.formats.pdf.view import Edition, Missed, PdfView, destination, shown
from exportmanager.formats.untrusted import printable

ASSIGNMENT = TextStyle(size=24, leading=30, colour=INK, before=0, after=16, keep_with_next=True)
_LONGEST_TITLE = 200
_MOST_OPEN = 2
TOP = "top"
"""The destination of a whole guide, behind its prefix."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A node that is in this edition, as contents and outline name it. `letters` is the length of its text.

    `depth` counts from 0. `questions` of the assessments that its text shows were shown by none before.
    """

    title: str
    depth: int
    kind: NodeKind
    letters: int
    questions: int
    destination: str


@dataclass(frozen=True, slots=True)
class Survey:
    """What there is to draw of a guide. `problem` is why there is nothing; `hidden` pages are for teachers only."""

    entries: tuple[Entry, ...] = ()
    hidden: int = 0
    is_numbered: bool = True
    gaps: tuple[Gap, ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartWanted:
    """Nodes `first` to `last` (excluded) of those in `Survey.entries`, as a PDF of their own.

    `heading` stands above the first, `assignment` in each running head. `instead` are words that stand in place of
    what the nodes hold, where that cannot be drawn.
    """

    package: Path
    edition: Edition
    prefix: str
    first: int
    last: int
    assignment: str
    heading: str = ""
    instead: str = ""


def survey(package: Path, edition: Edition, prefix: str, *, tell: Tell) -> Survey:
    """What there is to draw of the project in `package`."""
    try:
        opened = _opened(package)
    except ProblemForTeacher as problem:
        return Survey(problem=problem.what)
    except OSError as error:
        return Survey(problem=f"its file in the library cannot be read: {error.strerror}")
    guide = opened.guide
    if guide is None:
        return Survey(problem="its project has no guide")
    nodes = list(shown(guide, edition))
    pages = sum(node.kind is NodeKind.PAGE for node, _ in nodes)
    return Survey(
        entries=tuple(_entries(guide, nodes, prefix)),
        hidden=guide.page_count - pages,
        is_numbered=guide.fields.get("suppressPageNumbering") is not True,
        gaps=guide.gaps,
        problem="" if pages or any(node.content.strip() for node, _ in nodes) else "its guide has no pages",
    )


def draw_part(wanted: PartWanted, *, tell: Tell) -> Part:
    """Draw it, telling the number of each node that is done."""
    opened = _opened(wanted.package)
    assert opened.guide is not None, "the survey found it"
    missed = Missed()
    view = PdfView(
        guide=opened.guide,
        files=opened.files,
        edition=wanted.edition,
        missed=missed,
        width=line_width(wanted.edition),
        prefix=wanted.prefix,
    )
    nodes = [node for node, _ in shown(opened.guide, wanted.edition)]
    chapters = _chapters(opened.guide)
    sheets = Sheets(wanted.edition, missed)
    sheets.left = wanted.assignment
    if wanted.heading:
        sheets.note(f"{wanted.prefix}{TOP}")
        sheets.flow([TextBlock([Words(wanted.heading, HEADING)], ASSIGNMENT, missed)])
    for number in range(wanted.first, wanted.last):
        node = nodes[number]
        sheets.right = chapters.get(node.id, "")
        sheets.flow(_flowables(node, view, wanted.instead), view.destinations[node.id])
        if number + 1 == wanted.last or not stays_open(node.kind, len(node.content.strip())):
            sheets.end_page()
        tell(number)
    return sheets.end()


def stays_open(kind: NodeKind, letters: int) -> bool:
    """Whether the next node stands on the same page: below the title of a chapter without a text of its own."""
    return kind is not NodeKind.PAGE and not letters


def _flowables(node: GuideNode, view: PdfView, instead: str) -> list[Flowable]:
    if not instead:
        return page_flowables(node, view)
    title = TextBlock([Words(_title(node), HEADING)], HEADINGS[0], view.missed)
    words = TextBlock([Words(instead, PLACEHOLDER)], BODY, view.missed)
    return [title] if stays_open(node.kind, len(node.content.strip())) else [title, words]


def _entries(guide: Guide, nodes: Iterable[tuple[GuideNode, int]], prefix: str) -> Iterator[Entry]:
    first = {item.id: item.page_ids[0] for item in guide.assessments if item.page_ids}
    for number, (node, depth) in enumerate(nodes):
        questions = sum(place == node.id for place in first.values())
        letters = len(node.content.strip())
        yield Entry(_title(node), depth, node.kind, letters, questions, destination(prefix, number))


def _title(node: GuideNode) -> str:
    return printable(" ".join(node.title.split()), _LONGEST_TITLE) or "Untitled"


def _chapters(guide: Guide) -> dict[str, str]:
    """The title of the chapter that each node is in."""
    return {node.id: _title(top) for top in guide.nodes if top.kind is not NodeKind.PAGE for node in top.walk()}


@dataclass(frozen=True, slots=True)
class _Opened:
    files: PackageFiles
    guide: Guide | None


_projects: dict[Path, _Opened] = {}
"""The projects that this process has open, the one used last at the end."""


def _opened(package: Path) -> _Opened:
    """A project, read once for all of its parts."""
    found = _projects.pop(package, None)
    if found is None:
        while len(_projects) >= _MOST_OPEN:
            _projects.pop(next(iter(_projects))).files.__exit__()
        files = files_of_package(package)
        found = _Opened(files, read_guide(files))
    _projects[package] = found
    return found


def close_projects(*, tell: Tell) -> None:
    """Close every project: there will be no more parts of it."""
    while _projects:
        _projects.popitem()[1].files.__exit__()
