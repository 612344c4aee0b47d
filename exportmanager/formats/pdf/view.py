"""What is known while the pages of a guide are drawn: whose guide it is, for whom, and what could not be drawn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from exportmanager.core.guide import Guide, GuideAssessment, GuideNode, ProjectFiles

PAPERS = {"A4": (595.2756, 841.8898), "Letter": (612.0, 792.0)}
"""Width and height in points."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """For whom the pages are. `solutions`: with expected answers, rubrics and the guidance of assessments.

    `teacher_notes`: with what only teachers see on the platform: their pages, and ``|||guidance``.
    """

    solutions: bool = False
    teacher_notes: bool = False
    paper: Literal["A4", "Letter"] = "A4"


def shown(guide: Guide, edition: Edition) -> Iterator[tuple[GuideNode, int]]:
    """The nodes of this edition with their depths, from 0; what is in a chapter for teachers is for teachers too."""

    def below(nodes: Iterable[GuideNode], depth: int) -> Iterator[tuple[GuideNode, int]]:
        for node in nodes:
            if edition.teacher_notes or not node.teacher_only:
                yield node, depth
                yield from below(node.children, depth + 1)

    return below(guide.nodes, 0)


def destination(prefix: str, number: int) -> str:
    """The destination of a node, which is the so-manieth of those that are shown."""
    return f"{prefix}n{number}"


@dataclass(slots=True)
class Missed:
    """Counts what could not be drawn as it was meant: pairs of what it is (``Picture .guides/img/a.png``) and why."""

    counts: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, what: str, why: str) -> None:
        """Something is not on the page as it was meant."""
        self.counts[what, why] += 1


@dataclass(frozen=True, kw_only=True)
class PdfView:
    """A guide that is drawn. `width` is that of the lines, in points; `prefix` makes destinations this guide's own."""

    guide: Guide
    files: ProjectFiles
    edition: Edition
    missed: Missed
    width: float
    prefix: str = ""

    @cached_property
    def assessments(self) -> dict[str, GuideAssessment]:
        """The assessments of the guide by their ids; of several with one id the first."""
        return {item.id: item for item in reversed(self.guide.assessments)}

    @cached_property
    def destinations(self) -> dict[str, str]:
        """The destination in the document of each node that is in this edition, by its id."""
        nodes = enumerate(shown(self.guide, self.edition))
        return {node.id: destination(self.prefix, number) for number, (node, _) in nodes}

    @cached_property
    def titles(self) -> dict[str, str]:
        """The ids of nodes that are in this edition by their titles; of several with one title the first."""
        nodes = [node for node in self.guide.walk() if node.id in self.destinations]
        return {node.title.strip(): node.id for node in reversed(nodes)}
