"""What the pieces mean: whom each row and label is of, which assignment each name is, and what is open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from exportmanager.core.arrivals import Link, State
from exportmanager.sources.arriving import layout as lay
from exportmanager.sources.arriving.people import Entry, People
from exportmanager.sources.arriving.titles import Titled, Titles
from exportmanager.sources.arriving.words import same


@dataclass(eq=False)
class Matched:
    """What the pieces mean: whom each row and label is of, which assignment each name is, and every link.

    A student or assignment that was left out, or that is still open, is None.
    """

    people: People
    titles: Titles
    links: dict[str, Link] = field(default_factory=dict)
    rows: dict[tuple[int, int], Entry | None] = field(default_factory=dict)
    """By the piece (its `id()`) and the number of the person in it; also those who were left out."""
    students: dict[str, Entry | None] = field(default_factory=dict)
    assignments: dict[str, Titled | None] = field(default_factory=dict)
    layouts: dict[int, tuple[lay.Shape, str]] = field(default_factory=dict)
    """By the piece: its workspaces and what leads to them; "" where that is open."""
    abouts: dict[int, str] = field(default_factory=dict)
    """By the piece: the label of what no folder in it names, its one student or assignment."""

    listed: dict[tuple[int, str], Titled | None] = field(default_factory=dict)
    """By the piece, of course sources of ours, and the id in its list: the assignment that this is."""

    works: dict[int, tuple[str, str]] = field(default_factory=dict)
    """By the piece, of projects that are somebody's work: the labels of the student and the assignment."""

    def student(self, label: str) -> Entry | None:
        """Whom a folder's name means."""
        return self.students.get(same(label))

    def assignment(self, label: str, module: str = "") -> Titled | None:
        """Which assignment a name means, that of a folder in the folder of a module."""
        return self.assignments.get(in_module(label, module))

    def is_left_out(self, label: str, module: str = "") -> bool:
        """Whether an assignment was left out by hand."""
        link = self.links.get(f"assignment:{in_module(label, module)}")
        return link is not None and link.state is State.LEFT_OUT

    @property
    def entries(self) -> Sequence[Entry]:
        """Everybody but those who were left out."""
        return [entry for entry in self.people.entries if not entry.is_left_out]


def in_module(label: str, module: str) -> str:
    """The label of an assignment as it is compared, within the module that is told."""
    return f"{same(module)} / {same(label)}" if module else same(label)
