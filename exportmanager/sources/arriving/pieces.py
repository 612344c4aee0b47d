"""The pieces that a teacher brings: tables, workspaces, projects, blueprints, course folders, and what is none."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import BinaryIO, TypeVar
from zoneinfo import ZoneInfo

from exportmanager.core.arrivals import PieceKind
from exportmanager.core.course import Blueprint
from exportmanager.core.errors import BadSource
from exportmanager.core.trees import EntryKind, Findings, Tree, TreeEntry
from exportmanager.formats.containers import Container, open_container
from exportmanager.formats.course_sources import CourseSources, ListedAssignment
from exportmanager.formats.platform_tables import Person, PlatformTable
from exportmanager.formats.untrusted import printable, unreadable
from exportmanager.sources.arriving import layout as lay
from exportmanager.sources.arriving.words import same

_T = TypeVar("_T")
_LITTER = {".DS_Store", "Thumbs.db", "desktop.ini"}
"""Files of the system beside what a teacher packed; `__MACOSX` is a folder of such."""


_AGAIN = "Add it again."
_GAP_LIMIT = 1_000
_SHOWN = 20


def _changed(name: str) -> BadSource:
    return BadSource(f"{printable(name)} changed after it was looked at.", _AGAIN)


@dataclass(eq=False, kw_only=True)
class Piece:
    """Something recognised: `name` is unique among the pieces, `place` is what the teacher gave it by.

    `label` is what its name may say of what it is about; `modified` is when its file was (seconds since 1970).
    """

    place: str
    name: str
    kind: PieceKind
    says: str = ""
    problem: str = ""
    findings: list[str] = field(default_factory=list)
    modified: float = 0.0

    def __post_init__(self) -> None:
        self.label = lay.stem(self.name.rpartition("/")[2])


@dataclass(eq=False, kw_only=True)
class TablePiece(Piece):
    """A table of the platform's. `open` gives its bytes anew; `titles` are the assignments that its rows name."""

    open: Callable[[], BinaryIO]
    persons: Sequence[Person] = ()
    titles: Sequence[str] = ()
    rows: int = 0
    is_day_first: bool = False

    def read(self, rows: Callable[[PlatformTable], Iterator[_T]], zone: ZoneInfo) -> Iterator[_T]:
        """Its rows, read by `rows`; what is odd about them is found. Raises `BadSource`, also where it changed."""
        try:
            with self.open() as file:
                table = PlatformTable(file, self.name, zone, is_day_first=self.is_day_first)
                yield from rows(table)
        except OSError as error:
            raise BadSource(f"{printable(self.name)} was not read: {unreadable(error)}.", _AGAIN) from error
        if list(self.persons) != table.persons.found:
            raise _changed(self.name)
        found = [*table.table.findings, *table.cell_findings.sentences]
        self.findings += [finding for finding in found if finding not in self.findings]

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
    """The published project of an assignment; `top` is the folder in which it lies.

    `is_plain`: nothing in it shows that it is a project; `is_authors`: something shows that it is no student's.
    `version` and `published_at` are as the list of a zip of ours says.
    """

    tree: Callable[[], Tree]
    top: str = ""
    is_plain: bool = False
    is_authors: bool = False
    version: int | None = None
    published_at: datetime | None = None


@dataclass(eq=False, kw_only=True)
class FilesPiece(Piece):
    """Workspaces, or projects, of several; `shape` is None where only names can tell where each begins."""

    container: Container
    paths: Collection[str]
    shape: lay.Shape | None

    @cached_property
    def shapes(self) -> Sequence[tuple[lay.Shape, bool]]:
        """Where the workspaces may begin, the likeliest first, and whether both names must be known to believe it."""
        marked = [(self.shape, False)] if self.shape else []
        if self.shape and self.shape.top:
            marked.insert(0, (self.shape.with_top(), True))
        if self.shape and (self.shape.is_marked or self.shape.is_authors):
            return marked
        levels = [lay.shape_at(depth, self.paths) for depth in (2, 3, 4, 1)]
        return [*marked, *((shape, True) for shape in levels if shape.roots)]

    def tree(self, root: lay.Root) -> Tree:
        """The files of one of them."""
        if root.is_archive:
            return _InnerArchive(self.container, root.path, {same(label) for label in root.labels})
        return self.container.tree(root.path)

    def project(self, root: lay.Root) -> ProjectPiece:
        """One of them as a project."""
        name = root.labels[-1]
        return ProjectPiece(place=self.place, name=name, kind=PieceKind.PROJECT, tree=lambda: self.tree(root))


@dataclass(eq=False, kw_only=True)
class SourcesPiece(Piece):
    """Course sources that this program wrote, in the folder `top`; `told` lists what they are."""

    container: Container
    paths: Collection[str]
    told: CourseSources
    top: str = ""

    def path(self, assignment: ListedAssignment) -> str:
        """Where its project should lie; "" where it is said to have none."""
        return "/".join(filter(None, (self.top, assignment.file))) if assignment.file else ""

    @property
    def there(self) -> Sequence[ListedAssignment]:
        """Those of which there is a project."""
        return [assignment for assignment in self.told.assignments if self.path(assignment) in self.paths]

    def project(self, assignment: ListedAssignment) -> ProjectPiece:
        """The project of one that is there."""
        return ProjectPiece(
            place=self.place,
            name=assignment.title,
            kind=PieceKind.PROJECT,
            tree=lambda: _Listed(self.container.inner(self.path(assignment)), assignment),
            version=assignment.version,
            published_at=assignment.published_at,
        )


@dataclass(frozen=True)
class _Listed:
    """The files of a project, and what the list says that it lacked before."""

    tree: Tree
    assignment: ListedAssignment

    def entries(self, findings: Findings) -> Iterator[TreeEntry]:
        """All entries, sorted by path. Raises `BadSource`."""
        for gap in self.assignment.gaps:
            findings.left_out(printable(gap.what, _GAP_LIMIT), printable(gap.why, _GAP_LIMIT))
        yield from self.tree.entries(findings)


@dataclass(frozen=True)
class ProjectAt:
    """The files in the folder `top` of the folder or archive at `path`, opened only while they are read."""

    path: Path
    top: str

    def entries(self, findings: Findings) -> Iterator[TreeEntry]:
        """All entries, sorted by path. Raises `BadSource`."""
        with open_container(self.path, check=findings.check) as container:
            try:
                tree = container.tree(self.top)
            except KeyError as error:
                raise BadSource(
                    f"{printable(self.path.name)} changed after it was looked at.", "Add it again."
                ) from error
            yield from tree.entries(findings)


class _InnerArchive:
    """The files of an archive in an archive, without the one folder that some programs put around them."""

    def __init__(self, outer: Container, path: str, names: Collection[str]) -> None:
        self._outer, self._path, self._names = outer, path, names

    def entries(self, findings: Findings) -> Iterator[TreeEntry]:
        """All entries, sorted by path. Raises `BadSource`."""
        with self._outer.inner_container(self._path, findings.check) as inner:
            paths = paths_of(inner)
            top = lay.top_folder(paths)
            is_wrapped = bool(top) and self._is_wrapping(top, paths)
            for left in inner.left_out if is_wrapped else ():
                if not lay.is_in(left.path, {top}):
                    findings.left_out(printable(left.path), left.why)
            yield from inner.tree(top if is_wrapped else "").entries(findings)

    def _is_wrapping(self, top: str, paths: Collection[str]) -> bool:
        """A student's only folder is the student's own: it goes only if the archive's name or its content says so."""
        return same(top) in self._names or lay.is_project(path.removeprefix(f"{top}/") for path in paths)


def paths_of(container: Container) -> list[str]:
    """The files and folders in it, these with a slash at the end, without what a system leaves everywhere."""
    return [
        f"{entry.path}/" if entry.kind is EntryKind.FOLDER else entry.path
        for entry in container.entries
        if entry.kind is not EntryKind.LINK and not _is_litter(entry.path)
    ]


def left_over_words(paths: list[str] | tuple[str, ...]) -> list[str]:
    """A sentence for each of a few files that nobody knows, and one for the others."""
    files = [path for path in paths if not path.endswith("/")]
    why = "it is no table or workspace that is known here, and was not taken in"
    more = len(files) - _SHOWN
    told = [f"{printable(path)}: {why}" for path in files[:_SHOWN]]
    return [*told, f"{more:,} more files of that sort were not taken in"] if more > 0 else told


def _is_litter(path: str) -> bool:
    return path in _LITTER or path.partition("/")[0] == "__MACOSX"
