"""A guide as values: the pages that students read beside their work, in order, and the assessments in them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal, Protocol

from exportmanager.core.course import Extra
from exportmanager.core.report import Gap

AUTHORS_FILES = (".guides/", ".codio", ".settings")
"""How the paths begin of what only authors have in a project: students' workspaces come without it."""


class NodeKind(StrEnum):
    """What a node of a guide is."""

    CHAPTER = "chapter"
    SECTION = "section"
    PAGE = "page"


class ContentType(StrEnum):
    """What the text of a node is written in."""

    MARKDOWN = "markdown"
    HTML = "html"


@dataclass(frozen=True, slots=True, kw_only=True)
class GuideNode:
    """A chapter, section or page. Chapters and sections may have a text of their own.

    `id` is as it came; where it is missing or another node has it, it is `path`: both name one node of a guide.
    `content_path` is where the text lies in the project ("": there is none), `fields` are all that came with the node.
    """

    kind: NodeKind
    id: str
    title: str
    path: str
    content_path: str = ""
    content: str = ""
    content_type: ContentType = ContentType.MARKDOWN
    teacher_only: bool = False
    fields: Extra = field(default_factory=dict)
    children: tuple[GuideNode, ...] = ()

    def walk(self) -> Iterator[GuideNode]:
        """This node and all below it, in reading order."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True, slots=True, kw_only=True)
class GuideAssessment:
    """An assessment; `definition` is the platform's own, whole. `page_ids` name the nodes that show it, in order.

    `position` counts from 0: first those on pages, in reading order, then the others as they are stored.
    """

    id: str
    type: str
    name: str
    points: float | None
    definition: Extra
    page_ids: tuple[str, ...] = ()
    position: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Guide:
    """A guide, whole. `generation` is that of its format, `fields` what came with the guide itself.

    `gaps` say what is wrong with it, one for each kind of trouble, and not whose guide it is.
    """

    generation: Literal[1, 2, 3]
    title: str = ""
    fields: Extra = field(default_factory=dict)
    nodes: tuple[GuideNode, ...] = ()
    assessments: tuple[GuideAssessment, ...] = ()
    gaps: tuple[Gap, ...] = ()
    header_html: str = ""
    footer_html: str = ""
    css: str = ""

    def walk(self) -> Iterator[GuideNode]:
        """All nodes in reading order."""
        for node in self.nodes:
            yield from node.walk()

    def pages(self) -> Iterator[GuideNode]:
        """The pages in reading order, without chapters and sections."""
        return (node for node in self.walk() if node.kind is NodeKind.PAGE)

    @property
    def page_count(self) -> int:
        """How many pages there are."""
        return sum(1 for _ in self.pages())

    @property
    def points(self) -> float:
        """The points of the assessments that a page shows."""
        return sum((item.points or 0.0 for item in self.assessments if item.page_ids), 0.0)


class ProjectFiles(Protocol):
    """The files of a project, wherever they lie."""

    def paths(self) -> Collection[str]:
        """All files and links, relative to the project, with ``/``."""

    def read(self, path: str) -> bytes:
        """The bytes of a file. Raises `KeyError` where there is none, `BadSource` where it is not read, and why."""
