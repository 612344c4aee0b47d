"""The pieces that a teacher brings: tables, workspaces, projects, blueprints, course folders, and what is none."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, TypeVar
from zoneinfo import ZoneInfo

from exportmanager.core.arrivals import PieceKind
from exportmanager.core.course import Blueprint
from exportmanager.core.trees import Findings, Tree, TreeEntry
from exportmanager.formats.containers import Container
from exportmanager.formats.platform_tables import Person, PlatformTable
from exportmanager.sources.arriving import layout as lay
from exportmanager.sources.arriving.words import same

_T = TypeVar("_T")


@dataclass(eq=False, kw_only=True)
class Piece:
    """Something recognised: `name` is unique among the pieces, `place` is what the teacher gave it by."""

    place: str
    name: str
    kind: PieceKind
    says: str = ""
    problem: str = ""
    findings: list[str] = field(default_factory=list)

    @property
    def label(self) -> str:
        """What its name may say of what it is about."""
        return lay.stem(self.name.rpartition("/")[2])


@dataclass(eq=False, kw_only=True)
class TablePiece(Piece):
    """A table of the platform's. `open` gives its bytes anew; `titles` are the assignments that its rows name."""

    open: Callable[[], BinaryIO]
    persons: Sequence[Person] = ()
    titles: Sequence[str] = ()
    rows: int = 0
    is_day_first: bool = False

    def read(self, rows: Callable[[PlatformTable], Iterator[_T]], zone: ZoneInfo) -> Iterator[_T]:
        """Its rows, read by `rows`; what is odd about its cells becomes a finding. Raises `MalformedFile`."""
        with self.open() as file:
            table = PlatformTable(file, self.name, zone, is_day_first=self.is_day_first)
            yield from rows(table)
            told = {*self.findings}  # it may be read again, after somebody pressed Stop
            self.findings += [sentence for sentence in table.cell_findings.sentences if sentence not in told]

    @property
    def needs_assignment(self) -> bool:
        """Whether its rows are about one assignment that they do not name: then its name must."""
        return not self.titles and self.kind in (PieceKind.GRADES, PieceKind.ASSESSMENT_DATA)


@dataclass(eq=False, kw_only=True)
class BlueprintsPiece(Piece):
    """Page templates."""

    blueprints: Sequence[Blueprint] = ()


@dataclass(eq=False, kw_only=True)
class FolderPiece(Piece):
    """A course folder, which is a course of its own."""

    path: Path
    title: str = ""


@dataclass(eq=False, kw_only=True)
class ProjectPiece(Piece):
    """The published project of an assignment. `is_plain`: nothing in it shows that it is one."""

    tree: Callable[[], Tree]
    is_plain: bool = False
    is_authors: bool = False


@dataclass(eq=False, kw_only=True)
class FilesPiece(Piece):
    """Workspaces, or projects, of several; `shape` is None where only names can tell where each begins."""

    container: Container
    paths: Collection[str]
    shape: lay.Shape | None

    def tree(self, root: lay.Root) -> Tree:
        """The files of one of them."""
        if root.is_archive:
            return _InnerArchive(self.container, root.path, same(root.labels[-1]))
        return self.container.tree(root.path)

    def project(self, root: lay.Root) -> ProjectPiece:
        """One of them as a project."""
        name = root.labels[-1]
        return ProjectPiece(place=self.place, name=name, kind=PieceKind.PROJECT, tree=lambda: self.tree(root))


class _InnerArchive:
    """The files of an archive in an archive, without the one folder that some programs put around them."""

    def __init__(self, outer: Container, path: str, name: str) -> None:
        self._outer, self._path, self._name = outer, path, name

    def entries(self, findings: Findings) -> Iterator[TreeEntry]:
        """All entries, sorted by path. Raises `BadSource`."""
        with self._outer.inner_container(self._path, findings.check) as inner:
            for left in inner.left_out:
                findings.left_out(left.path, left.why)
            top = lay.top_folder([entry.path for entry in inner.entries])
            yield from inner.tree(top if self._is_wrapping(top, inner) else "").entries(findings)

    def _is_wrapping(self, top: str, inner: Container) -> bool:
        """A student's only folder is the student's own: it goes only if the archive's name or its content says so."""
        if not top:
            return False
        return same(top) == self._name or lay.is_project(entry.path.removeprefix(f"{top}/") for entry in inner.entries)
