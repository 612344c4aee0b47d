"""Tells what a file or folder is by what lies in it: a course, workspaces, projects, tables, or nothing known."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

from exportmanager.core.arrivals import PieceKind
from exportmanager.core.errors import BadSource, from_os_error
from exportmanager.core.export import counted
from exportmanager.core.meter import Meter
from exportmanager.formats.containers import Container, open_container
from exportmanager.formats.json import read_json
from exportmanager.formats.magic import form_of
from exportmanager.formats.untrusted import printable
from exportmanager.sources.arriving import layout as lay
from exportmanager.sources.arriving.pieces import (
    FilesPiece,
    FolderPiece,
    Piece,
    ProjectAt,
    ProjectPiece,
    left_over_words,
    paths_of,
)
from exportmanager.sources.arriving.recognise_sources import own_sources
from exportmanager.sources.arriving.recognise_table import table_piece

_SHALLOW = 3
_MOST_LOOKED_AT = 5_000
_SEVERAL = 2
_TRIED = 8
_NAMED = 20
_START = 1 << 18
_DOCUMENTS = {"[Content_Types].xml", "META-INF/MANIFEST.MF", "mimetype", "AndroidManifest.xml"}
_COURSE_FOLDER = ("course.json", "roster.csv")
_DOCUMENT_SUFFIXES = (".jar", ".war", ".docx", ".xlsx", ".pptx", ".odt", ".ods", ".odp", ".epub", ".apk", ".whl")


class Recogniser:
    """Recognises what lies at one place; archives of several things stay open as long as `held`."""

    def __init__(self, place: str, held: contextlib.ExitStack, meter: Meter) -> None:
        self._place = place
        self._held = held
        self._meter = meter

    def pieces(self, path: Path) -> list[Piece]:
        """The pieces at `path`: usually one; a folder full of downloads holds several. Raises `BadSource`, `NoAccess`.

        What cannot be read in a folder full of downloads becomes a piece that says so.
        """
        self._meter.stage(f"Looking at {path.name}")
        with _told(path):
            return self._of_folder(path) if path.is_dir() else self._of_file(path)

    def project(self, path: Path, name: str) -> ProjectPiece:
        """The archive at `path` as an author's project called `name`, whatever lies in it. Raises `BadSource`."""
        with open_container(path, check=self._check) as container:
            return replace(self._project(container, path, "", name), is_authors=True)

    def _check(self) -> None:
        self._meter.advance(0)

    # Folders

    def _of_folder(self, path: Path) -> list[Piece]:
        if piece := _course_folder(path, self._place):
            return [piece]
        with contextlib.ExitStack() as opened:
            container = opened.enter_context(open_container(path, check=self._check))
            if isinstance(sources := self._sources(container, path.name), Piece):  # some browsers unpack downloads
                return self._kept([sources], opened)
            if self._is_of_downloads(container):
                return self._each(path, container, opened)
            return self._kept(self._of_container(container, path), opened)

    def _is_of_downloads(self, container: Container) -> bool:
        """Whether archives lie right in the folder, or tables, and no workspaces."""
        paths = paths_of(container)
        if lay.is_project(paths):
            return False
        near = _likely_first([path for path in paths if "/" not in path])[:_MOST_LOOKED_AT]
        if any(map(container.is_archive, near)):
            return True
        return not lay.marked_roots(paths) and any(self._table(container, path, "") for path in near)

    def _each(self, folder: Path, container: Container, opened: contextlib.ExitStack) -> list[Piece]:
        """Every file and folder in a folder full of downloads by itself."""
        found: list[Piece] = []
        for child in sorted(folder.iterdir()):
            if child.name.startswith("."):
                continue
            self._check()
            try:
                with _told(child):
                    if child.is_symlink():
                        raise BadSource("It is a link; what it points at was not read.")
                    pieces = self._of_folder(child) if child.is_dir() else self._of_file(child)
            except BadSource as problem:
                pieces = [unknown(self._place, child.name, problem)]
            for piece in pieces:
                piece.modified = piece.modified or child.lstat().st_mtime
            found += pieces
        return _not_too_many(self._joined(found, folder, container, opened), self._place, folder.name)

    def _joined(
        self, found: list[Piece], folder: Path, container: Container, opened: contextlib.ExitStack
    ) -> list[Piece]:
        """Students' files that somebody unpacked into one folder belong together, as they did before."""
        single = [piece for piece in found if isinstance(piece, ProjectPiece) and not piece.is_authors]
        names = sorted(piece.name for piece in single if (folder / piece.name).is_file() or not piece.top)
        if len(names) < _SEVERAL:
            return found
        archives = {name for name in names if (folder / name).is_file()}
        paths = [name if name in archives else f"{name}/" for name in names]
        shape = replace(lay.shape_at(1, [*paths, *(f"{name}/" for name in archives)]), left_over=())
        roots = tuple(
            lay.Root(root.path, root.path in archives, (lay.stem(root.path) if root.path in archives else root.path,))
            for root in shape.roots
        )
        joined = self._files(container, paths, replace(shape, roots=roots), folder.name)
        return self._kept([joined, *(piece for piece in found if piece.name not in names)], opened)

    def _kept(self, pieces: list[Piece], opened: contextlib.ExitStack) -> list[Piece]:
        """The pieces; what was opened stays open unless each of them opens it anew."""
        if not all(isinstance(piece, ProjectPiece) for piece in pieces):
            self._held.push(opened.pop_all())
        return pieces

    # Files

    def _of_file(self, path: Path) -> list[Piece]:
        if not path.is_file():  # to open a pipe would wait for ever
            raise BadSource(f"{path.name} is a device, pipe or socket, and was not read.")
        with path.open("rb") as file:
            start = file.read(_START)
        if form_of(lambda n: start[:n]) is None:
            piece = table_piece(lambda: path.open("rb"), self._place, path.name, self._check)
            if not piece.problem or not path.name.lower().endswith(lay.SUFFIXES):
                return [piece]
        with contextlib.ExitStack() as opened:  # what only calls itself an archive is told what is wrong with it
            container = opened.enter_context(open_container(path, check=self._check))
            return self._kept(self._of_container(container, path), opened)

    def _of_container(self, container: Container, path: Path) -> list[Piece]:
        sources = self._sources(container, path.name)
        if isinstance(sources, Piece):
            return [sources]
        pieces = self._of_others(container, path)
        pieces[0].findings += [sources] if sources else []
        return pieces

    def _of_others(self, container: Container, path: Path) -> list[Piece]:
        paths, name = paths_of(container), path.name
        if not paths:
            raise BadSource(f"{name} is empty.", "Download it again.")
        if not _DOCUMENTS.isdisjoint(paths):
            raise BadSource(f"{name} is a document or a program, and no download.")
        top = lay.top_folder(paths)
        if container.kind != "folder" and {f"{top}/{file}".lstrip("/") for file in _COURSE_FOLDER} <= {*paths}:
            raise BadSource(f"{name} holds a course folder.", "Unpack it, and add the folder.")
        for prefix in ("", top):
            if lay.is_project(path.removeprefix(f"{prefix}/") if prefix else path for path in paths):
                return [self._project(container, path, prefix, name)]
        shape = lay.shape_of(paths, self._archives(container, paths))
        if shape:
            return self._of_shape(container, paths, shape, name)
        tables = self._tables(container, paths, name)
        named = {piece.name for piece in tables}
        rest = [path for path in paths if f"{name}/{path}" not in named]
        if any("/" in path for path in rest):
            return [self._files(container, rest, None, name), *tables]
        if tables:
            tables[0].findings += left_over_words(rest)
            return tables
        return [self._project(container, path, "", name, is_plain=True)]

    def _archives(self, container: Container, paths: list[str]) -> list[str]:
        """The files that may be archives of workspaces. What calls itself one is told later if it is none."""
        marked = lay.marked_roots(paths)
        files = [path for path in paths if not path.endswith("/") and path.count("/") <= _SHALLOW]
        near = [path for path in files if not lay.is_in(path, marked)]
        called = [path for path in near if path.lower().endswith(lay.SUFFIXES)]
        others = [path for path in near if not path.lower().endswith((*lay.SUFFIXES, *_DOCUMENT_SUFFIXES))]
        return called + [path for path in others[:_MOST_LOOKED_AT] if container.is_archive(path)]

    def _of_shape(self, container: Container, paths: list[str], shape: lay.Shape, name: str) -> list[Piece]:
        tables = self._tables(container, shape.left_over, name)
        named = {piece.name for piece in tables}
        left = tuple(path for path in shape.left_over if f"{name}/{path}" not in named)
        is_authors = shape.is_authors or self._are_authors(container, shape)
        shape = replace(shape, left_over=left, is_authors=is_authors)
        return [self._files(container, paths, shape, name), *tables]

    def _are_authors(self, container: Container, shape: lay.Shape) -> bool:
        """Whether one of the first inner archives holds an author's files."""
        for root in [root for root in shape.roots if root.is_archive][:_TRIED]:
            with contextlib.suppress(BadSource), container.inner_container(root.path, self._check) as inner:
                if lay.is_authors(paths_of(inner)):
                    return True
        return False

    def _tables(self, container: Container, paths: tuple[str, ...] | list[str], name: str) -> list[Piece]:
        """The tables among these files, as far as any lie near."""
        near = [path for path in paths if not path.endswith("/") and path.count("/") < _SHALLOW]
        likely = _likely_first(near)[:_MOST_LOOKED_AT]
        return [piece for path in likely if (piece := self._table(container, path, f"{name}/"))]

    def _table(self, container: Container, path: str, before: str) -> Piece | None:
        piece = table_piece(partial(container.open, path), self._place, f"{before}{path}", self._check)
        return piece if piece.kind is not PieceKind.UNKNOWN else None

    # Pieces

    def _sources(self, container: Container, name: str) -> Piece | str:
        """Course sources that this program wrote; or why they cannot be told to be that, if they say so."""
        return own_sources(container, paths_of(container), self._place, name)

    def _project(
        self, container: Container, path: Path, top: str, name: str, *, is_plain: bool = False
    ) -> ProjectPiece:
        inside = [name for name in paths_of(container) if name.startswith(f"{top}/" if top else "")]
        files = counted(sum(not name.endswith("/") for name in inside), "file")
        return ProjectPiece(
            place=self._place,
            name=name,
            kind=PieceKind.PROJECT,
            says=f"{files}, and no guide." if is_plain else f"{files}.",
            tree=lambda: ProjectAt(path, top),
            top=top,
            is_plain=is_plain,
            is_authors=lay.is_authors(inside),
        )

    def _files(self, container: Container, paths: list[str], shape: lay.Shape | None, name: str) -> FilesPiece:
        is_sources = shape is not None and shape.is_authors
        what = "project" if is_sources else "workspace"
        roots = {root.path for root in shape.roots} if shape else set()
        outside = [left for left in container.left_out if not lay.is_in(left.path, roots)]
        return FilesPiece(
            place=self._place,
            name=name,
            kind=PieceKind.SOURCES if is_sources else PieceKind.COURSEWORK,
            says=f"{counted(len(shape.roots), what)}." if shape else f"{counted(len(paths), 'file')}.",
            findings=[f"{printable(left.path)}: {left.why}" for left in outside],
            container=container,
            paths=paths,
            shape=shape,
        )


def _likely_first(paths: list[str]) -> list[str]:
    """Files that are called as downloads are before others: not all of very many can be looked at."""
    return sorted(paths, key=lambda path: not path.lower().endswith((".csv", ".json", *lay.SUFFIXES)))


@contextlib.contextmanager
def _told(path: Path) -> Iterator[None]:
    """Errors of the system as problems with what lies at `path`. Raises `BadSource`."""
    try:
        yield
    except OSError as error:
        told = from_os_error(error, f"looking at {printable(path.name)}")
        raise BadSource(told.what, told.next_step, details=told.details) from error


def unknown(place: str, name: str, problem: BadSource) -> Piece:
    """Something that cannot be read, and why."""
    return Piece(place=place, name=name, kind=PieceKind.UNKNOWN, problem=str(problem))


def _not_too_many(pieces: list[Piece], place: str, name: str) -> list[Piece]:
    """The pieces, of which few that nobody knows are shown and the others counted."""
    nameless = [piece for piece in pieces if piece.kind is PieceKind.UNKNOWN][_NAMED:]
    if not nameless:
        return pieces
    many = {id(piece) for piece in nameless}
    problem = BadSource(f"There are {len(nameless):,} more files in it that are not known.")
    return [*(piece for piece in pieces if id(piece) not in many), unknown(place, name, problem)]


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
