"""Tells what a file or folder is by what lies in it: a course, workspaces, projects, tables, or nothing known."""

from __future__ import annotations

import contextlib
from collections.abc import Collection
from dataclasses import replace
from functools import partial
from pathlib import Path

from exportmanager.core.arrivals import PieceKind
from exportmanager.core.errors import BadSource
from exportmanager.core.export import counted
from exportmanager.core.meter import Meter
from exportmanager.core.trees import EntryKind
from exportmanager.formats.containers import SUFFIXES, Container, open_container
from exportmanager.formats.json import read_json
from exportmanager.formats.magic import form_of
from exportmanager.sources.arriving import layout as lay
from exportmanager.sources.arriving.pieces import FilesPiece, FolderPiece, Piece, ProjectPiece
from exportmanager.sources.arriving.recognise_table import table_piece

_SHALLOW = 3
_MOST_LOOKED_AT = 5_000
_SEVERAL = 2
_TRIED = 3
_NAMED = 20
_START = 1 << 16


class Recogniser:
    """Recognises what lies at one place; archives that it opens stay open as long as `held`."""

    def __init__(self, place: str, held: contextlib.ExitStack, meter: Meter) -> None:
        self._place = place
        self._held = held
        self._meter = meter

    def pieces(self, path: Path) -> list[Piece]:
        """The pieces at `path`: usually one; a folder full of downloads holds several. Raises `BadSource`."""
        self._meter.stage(f"Looking at {path.name}")
        if path.is_dir():
            return self._of_folder(path)
        return self._of_file(path, path.name)

    def project(self, path: Path, name: str) -> ProjectPiece:
        """The archive at `path` as a project called `name`, whatever lies in it. Raises `BadSource`."""
        container = self._open(path)
        return _project(container, "", self._place, name, is_plain=False)

    def _check(self) -> None:
        self._meter.advance(0)

    def _of_folder(self, path: Path) -> list[Piece]:
        if piece := _course_folder(path, self._place):
            return [piece]
        container = self._open(path)
        paths = _paths(container)
        if not lay.is_project(paths) and not lay.marked_roots(paths) and self._is_of_downloads(container, paths):
            return self._each(path, container)
        return self._of_container(container, path.name)

    def _is_of_downloads(self, container: Container, paths: list[str]) -> bool:
        """Whether archives or tables lie right in the folder."""
        near = [path for path in paths if "/" not in path][:_MOST_LOOKED_AT]
        return any(container.is_archive(path) or self._table(container, path, "") for path in near)

    def _each(self, folder: Path, container: Container) -> list[Piece]:
        """Every file and folder in a folder full of downloads by itself."""
        found: list[Piece] = []
        for child in sorted(folder.iterdir()):
            if child.name.startswith("."):
                continue
            self._check()
            try:
                found += self._of_folder(child) if child.is_dir() else self._of_file(child, child.name)
            except BadSource as problem:
                found.append(unknown(self._place, child.name, problem))
        return self._joined(found, folder, container)

    def _joined(self, found: list[Piece], folder: Path, container: Container) -> list[Piece]:
        """Archives of students' files that somebody unpacked into one folder belong together, as they did before."""
        single = [p for p in found if isinstance(p, ProjectPiece) and not p.is_authors and not p.is_plain]
        names = {piece.name for piece in single if (folder / piece.name).is_file()}
        if len(names) < _SEVERAL:
            return found
        roots = tuple(lay.Root(name, True, (lay.stem(name),)) for name in sorted(names))
        joined = _files(container, sorted(names), lay.Shape(roots), self._place, folder.name)
        return [joined, *(piece for piece in found if piece.name not in names)]

    def _of_file(self, path: Path, name: str) -> list[Piece]:
        if not _looks_packed(path):
            return [table_piece(lambda: path.open("rb"), self._place, name, self._check)]
        return self._of_container(self._open(path), name)

    def _open(self, path: Path) -> Container:
        return self._held.enter_context(open_container(path, check=self._check))

    def _of_container(self, container: Container, name: str) -> list[Piece]:
        paths = _paths(container)
        if not paths:
            raise BadSource(f"{name} is empty.", "Download it again.")
        for prefix in ("", lay.top_folder(paths)):
            if lay.is_project(path.removeprefix(f"{prefix}/") if prefix else path for path in paths):
                return [_project(container, prefix, self._place, name)]
        shape = lay.shape_of(paths, self._archives(container, paths))
        if shape:
            return self._of_shape(container, paths, shape, name)
        tables = self._tables(container, paths, name)
        rest = [path for path in paths if f"{name}/{path}" not in {piece.name for piece in tables}]
        if not rest:
            return tables
        if any("/" in path for path in rest):
            return [_files(container, rest, None, self._place, name), *tables]
        if tables:
            tables[0].findings += _left_over(rest)
            return tables
        return [_project(container, "", self._place, name, is_plain=True)]

    def _archives(self, container: Container, paths: list[str]) -> list[str]:
        """The files that may be archives of workspaces."""
        marked = lay.marked_roots(paths)
        near = [path for path in _files_in(container) if path.count("/") <= _SHALLOW and not _is_in(path, marked)]
        return [path for path in near[:_MOST_LOOKED_AT] if container.is_archive(path)]

    def _of_shape(self, container: Container, paths: list[str], shape: lay.Shape, name: str) -> list[Piece]:
        roots = {root.path for root in shape.roots}
        beside = [path for path in paths if not _is_in(path, roots)]
        tables = self._tables(container, beside, name)
        if not shape.is_authors:
            shape = replace(shape, is_authors=self._are_authors(container, shape))
        files = _files(container, paths, shape, self._place, name)
        known = {piece.name for piece in tables}
        files.findings += _left_over([path for path in beside if f"{name}/{path}" not in known])
        return [files, *tables]

    def _are_authors(self, container: Container, shape: lay.Shape) -> bool:
        """Whether the first of the inner archives that can be read holds an author's files."""
        for root in [root for root in shape.roots if root.is_archive][:_TRIED]:
            with contextlib.suppress(BadSource), container.inner_container(root.path, self._check) as inner:
                return lay.is_authors(_paths(inner))
        return False

    def _tables(self, container: Container, paths: list[str], name: str) -> list[Piece]:
        """The tables among these files, as far as any lie near."""
        files = _files_in(container)
        near = [path for path in paths if path in files and path.count("/") < _SHALLOW][:_MOST_LOOKED_AT]
        return [piece for path in near if (piece := self._table(container, path, f"{name}/"))]

    def _table(self, container: Container, path: str, before: str) -> Piece | None:
        piece = table_piece(partial(container.open, path), self._place, f"{before}{path}", self._check)
        return piece if piece.kind is not PieceKind.UNKNOWN else None


def unknown(place: str, name: str, problem: BadSource) -> Piece:
    """Something that cannot be read, and why."""
    return Piece(place=place, name=name, kind=PieceKind.UNKNOWN, problem=str(problem))


def _paths(container: Container) -> list[str]:
    return [entry.path for entry in container.entries]


def _files_in(container: Container) -> dict[str, int]:
    """The files, in order, with their sizes."""
    return {entry.path: entry.size for entry in container.entries if entry.kind is EntryKind.FILE}


def _is_in(path: str, roots: Collection[str]) -> bool:
    parts = path.split("/")
    return any("/".join(parts[:n]) in roots for n in range(1, len(parts) + 1))


def _left_over(paths: list[str]) -> list[str]:
    """A sentence for each of a few files that nobody knows, and one for the others."""
    told = [f"{path}: it is no table or workspace that is known here, and was not taken in" for path in paths[:_NAMED]]
    more = len(paths) - _NAMED
    return [*told, f"{more:,} more files of that sort were not taken in"] if more > 0 else told


def _course_folder(path: Path, place: str) -> FolderPiece | None:
    """The course folder at `path`, by what its course.json says of itself."""
    try:
        told = read_json(path / "course.json", "course.json")
    except (BadSource, OSError):
        return None
    if not isinstance(told, dict) or told.get("format") != "exportmanager-course":
        return None
    title = str(told.get("title") or path.name)
    return FolderPiece(
        place=place, name=path.name, kind=PieceKind.COURSE_FOLDER, says="A whole course.", path=path, title=title
    )


def _project(container: Container, prefix: str, place: str, name: str, *, is_plain: bool = False) -> ProjectPiece:
    inside = [path for path in _paths(container) if not prefix or path.startswith(f"{prefix}/")]
    says = f"{counted(len(inside), 'file')}." if not is_plain else f"{counted(len(inside), 'file')}, and no guide."
    return ProjectPiece(
        place=place,
        name=name,
        kind=PieceKind.PROJECT,
        says=says,
        findings=[f"{left.path}: {left.why}" for left in container.left_out],
        tree=partial(container.tree, prefix),
        is_plain=is_plain,
        is_authors=lay.is_authors(inside),
    )


def _files(container: Container, paths: list[str], shape: lay.Shape | None, place: str, name: str) -> FilesPiece:
    is_sources = shape is not None and shape.is_authors
    what = "project" if is_sources else "workspace"
    says = f"{counted(len(shape.roots), what)}." if shape else f"{counted(len(paths), 'file')}."
    kind = PieceKind.SOURCES if is_sources else PieceKind.COURSEWORK
    return FilesPiece(
        place=place,
        name=name,
        kind=kind,
        says=says,
        findings=[f"{left.path}: {left.why}" for left in container.left_out],
        container=container,
        paths=paths,
        shape=shape,
    )


def _looks_packed(path: Path) -> bool:
    """Whether it is an archive by its first bytes, or calls itself one, so that it is told what is wrong with it."""
    if not path.is_file():  # to open a pipe would wait for ever
        raise BadSource(f"{path.name} is a device, pipe or socket, and was not read.")
    with path.open("rb") as file:
        start = file.read(_START)
    return form_of(lambda n: start[:n]) is not None or path.name.lower().endswith(SUFFIXES)
