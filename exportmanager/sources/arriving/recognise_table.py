"""Recognises the platform's tables by their columns, and blueprints by what stands in them."""

from __future__ import annotations

from collections.abc import Callable
from typing import BinaryIO

from exportmanager.core.arrivals import PieceKind
from exportmanager.core.errors import BadSource
from exportmanager.core.export import counted
from exportmanager.formats.blueprints import read_blueprint_file
from exportmanager.formats.json import SIZE_LIMIT
from exportmanager.formats.platform_tables import TableKind, survey
from exportmanager.sources.arriving.pieces import BlueprintsPiece, Piece, TablePiece

_KINDS = {
    TableKind.ASSIGNMENT_CSV: PieceKind.GRADES,
    TableKind.ASSESSMENT_DATA: PieceKind.ASSESSMENT_DATA,
    TableKind.ACCESS: PieceKind.ACCESS,
    TableKind.COACH: PieceKind.COACH_LOGS,
    TableKind.ROSTER: PieceKind.ROSTER,
    TableKind.LTI_URLS: PieceKind.LTI_URLS,
}
_START = 4_096


def table_piece(opener: Callable[[], BinaryIO], place: str, name: str, check: Callable[[], None]) -> Piece:
    """The piece that these bytes are; of an unknown one, `problem` says why."""
    try:
        with opener() as file:
            start = file.read(_START).lstrip(b"\xef\xbb\xbf \t\r\n")
        if start.startswith((b"{", b"[")):
            return _blueprints(opener, place, name)
        return _table(opener, place, name, check)
    except BadSource as problem:
        return Piece(place=place, name=name, kind=PieceKind.UNKNOWN, problem=str(problem))


def _blueprints(opener: Callable[[], BinaryIO], place: str, name: str) -> Piece:
    with opener() as file:
        found = read_blueprint_file(file.read(SIZE_LIMIT + 1), name)
    return BlueprintsPiece(
        place=place,
        name=name,
        kind=PieceKind.BLUEPRINTS,
        says=f"{counted(len(found.blueprints), 'blueprint')}.",
        findings=list(found.findings),
        blueprints=found.blueprints,
    )


def _table(opener: Callable[[], BinaryIO], place: str, name: str, check: Callable[[], None]) -> Piece:
    with opener() as file:
        found = survey(file, name, check)
    if found.kind is None:
        return Piece(place=place, name=name, kind=PieceKind.UNKNOWN, problem=found.recognition.says)
    if not found.kind.is_needed:
        return Piece(place=place, name=name, kind=PieceKind.NOT_NEEDED, says=found.recognition.says)
    people = f" about {len(found.persons):,} people" if len(found.persons) > 1 else ""
    return TablePiece(
        place=place,
        name=name,
        kind=_KINDS[found.kind],
        says=f"{counted(found.rows, 'row')}{people}.",
        findings=list(found.findings),
        open=opener,
        persons=found.persons,
        titles=found.titles,
        rows=found.rows,
        is_day_first=found.is_day_first,
    )
