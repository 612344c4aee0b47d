"""Recognises course sources that this program wrote by the list in them, and checks what it says is there."""

from __future__ import annotations

from collections.abc import Iterator

from exportmanager.core.arrivals import PieceKind
from exportmanager.core.errors import BadSource
from exportmanager.core.export import counted
from exportmanager.formats.containers import Container
from exportmanager.formats.course_sources import LIST, read_course_sources
from exportmanager.formats.manifest import MANIFEST
from exportmanager.formats.untrusted import printable
from exportmanager.sources.arriving import layout as lay
from exportmanager.sources.arriving.pieces import SourcesPiece, left_over_words

_LIMIT = 16 << 20
_OURS = ("README.txt", MANIFEST, LIST)


def own_sources(container: Container, paths: list[str], place: str, name: str) -> SourcesPiece | str:
    """The piece; "" where there is no list, or why it is of no use: then names of files must do."""
    top = lay.top_folder(paths)
    tops = [folder for folder in dict.fromkeys(("", top)) if _in(folder, LIST) in paths]
    if not tops or lay.is_project(path.removeprefix(f"{top}/") for path in paths):
        return ""  # no project of ours has its list beside a guide: it is somebody's file that is called so
    try:
        told = read_course_sources(container.read(_in(tops[0], LIST), _LIMIT))
    except BadSource as problem:
        return f"{problem.what} The names of its files were gone by."
    projects = sum(assignment.file is not None for assignment in told.assignments)
    piece = SourcesPiece(
        place=place,
        name=name,
        kind=PieceKind.SOURCES,
        says=f"{counted(projects, 'project')} of {printable(told.course.title)}.",
        container=container,
        paths=frozenset(paths),
        told=told,
        top=tops[0],
    )
    known = {piece.path(a) for a in told.assignments} | {_in(piece.top, name) for name in _OURS}
    piece.findings = [*_absent(piece), *left_over_words([path for path in paths if path not in known])]
    return piece


def _in(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name


def _absent(piece: SourcesPiece) -> Iterator[str]:
    """What the list names and nobody finds."""
    for assignment in piece.told.assignments:
        if assignment.file and piece.path(assignment) not in piece.paths:
            yield f"{printable(assignment.file)}, the project of {printable(assignment.title)}, is not in it"
