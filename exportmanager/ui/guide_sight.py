"""What the Assignments tab shows of a guide, read and drawn off the window's thread: its outline, and one page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize, Qt
from PySide6.QtGui import QImage, QImageReader

from exportmanager.core.course import AssignmentId, CourseId
from exportmanager.core.errors import BadSource
from exportmanager.core.guide import Guide, GuideNode, NodeKind, ProjectFiles
from exportmanager.formats.guides import files_of_package, read_guide
from exportmanager.formats.guides_html import PageView, page_html
from exportmanager.formats.untrusted import printable
from exportmanager.program import Program
from exportmanager.ui.words import tr

_FORMATS = {"png", "jpg", "jpeg", "gif", "bmp", "webp"}
"""No SVG: a drawing may name other files."""
_WIDEST = 1_600
"""Pixels; what is wider is made smaller at once."""
_PIXELS = 40_000_000
"""Of one picture as it is stored; one of more would take the memory of all the others."""
_MOST = 100
"""Pictures of a page."""


@dataclass(frozen=True, slots=True)
class NodeFacts:
    """What a chapter, section or page holds: pages, questions on them, and their points."""

    pages: int
    questions: int
    points: float


@dataclass(frozen=True, slots=True)
class GuideSight:
    """The guide of an assignment, and the package it lies in; `guide` is None where the project has none."""

    package: Path
    guide: Guide | None = None
    facts: Mapping[str, NodeFacts] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PageSight:
    """A page, drawn, with its pictures by their paths."""

    html: str
    pictures: Mapping[str, QImage]


def guide_sight(
    program: Program, course: CourseId, assignment: AssignmentId, before: GuideSight | None = None
) -> GuideSight | None:
    """The guide of an assignment; None where its project is not in the library; `before` where that is still it."""
    package = program.library.project_package(course, assignment)
    if package is None:
        return None
    if before is not None and before.package == package:
        return before
    with files_of_package(package) as files:
        guide = read_guide(files)
    return GuideSight(package, guide, facts_of(guide) if guide else {})


def facts_of(guide: Guide) -> dict[str, NodeFacts]:
    """What each node holds, by its id."""
    facts: dict[str, NodeFacts] = {}
    on_page: dict[str, set[int]] = {}
    for number, item in enumerate(guide.assessments):
        for page in item.page_ids:
            on_page.setdefault(page, set()).add(number)

    def look_at(node: GuideNode) -> tuple[int, set[int]]:
        pages, held = int(node.kind is NodeKind.PAGE), set(on_page.get(node.id, ()))
        for child in node.children:
            below = look_at(child)
            pages, held = pages + below[0], held | below[1]
        points = sum(guide.assessments[number].points or 0.0 for number in held)
        facts[node.id] = NodeFacts(pages, len(held), points)
        return pages, held

    for node in guide.nodes:
        look_at(node)
    return facts


def page_sight(sight: GuideSight, node: GuideNode, *, for_teacher: bool, unfolded: frozenset[str]) -> PageSight:
    """Draw a page. Raises `Damaged`, `OSError` where the package cannot be read."""
    assert sight.guide is not None, "a page is one of a guide"
    with files_of_package(sight.package) as files:
        gallery = Gallery(files)
        view = PageView(guide=sight.guide, why_not=gallery.why_not, for_teacher=for_teacher, unfolded=unfolded, say=tr)
        return PageSight(page_html(node, view), gallery.pictures)


class Gallery:
    """The pictures of a page, decoded as the page asks for them."""

    def __init__(self, files: ProjectFiles) -> None:
        self._files = files
        self.pictures: dict[str, QImage] = {}

    def why_not(self, path: str) -> str:
        """Why a picture is not shown; "" where it is in `pictures`."""
        if path in self.pictures:
            return ""
        try:
            data = self._files.read(path)
        except KeyError:
            return tr("Missing picture: {name}", name=printable(path))
        except BadSource as problem:
            return tr("Picture not shown: {name}. {why}", name=printable(path), why=tr(problem.what))
        picture = decoded(data) if len(self.pictures) < _MOST else None
        if picture is None:
            return tr("Picture that cannot be shown: {name}", name=printable(path))
        self.pictures[path] = picture
        return ""


def decoded(data: bytes) -> QImage | None:
    """A picture from its bytes, in a format that is nothing but a picture; None where it is none, or far too large."""
    buffer = QBuffer()
    buffer.setData(QByteArray(data))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer)
    reader.setDecideFormatFromContent(True)
    reader.setAutoTransform(True)
    size = reader.size()
    if bytes(reader.format().data()).decode() not in _FORMATS or size.width() * size.height() > _PIXELS:
        return None
    if size.width() > _WIDEST:
        reader.setScaledSize(size.scaled(QSize(_WIDEST, size.height()), Qt.AspectRatioMode.KeepAspectRatio))
    picture = reader.read()
    return None if picture.isNull() else picture
