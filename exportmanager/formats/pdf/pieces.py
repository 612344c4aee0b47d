"""Cuts a guide into pieces that are drawn one by one: by its texts alone, so that every computer cuts it alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from exportmanager.formats.pdf.parts import Entry, stays_open

LETTERS, NODES = 24_000, 12
"""A piece ends with the node that takes it over so many letters, or that is the so-manieth."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Nodes `first` to `last` (excluded) of a guide, by the number of its project, and how often they failed."""

    project: int
    first: int
    last: int
    failed: int = 0


def pieces_of(project: int, entries: Sequence[Entry], letters: int = LETTERS, nodes: int = NODES) -> Iterator[Piece]:
    """The pieces of a guide. One never ends with the title of a chapter under which the next node stands."""
    first = length = 0
    for number, entry in enumerate(entries, 1):
        length += entry.letters
        is_full = length >= letters or number - first >= nodes
        if number == len(entries) or (is_full and not stays_open(entry.kind, entry.letters)):
            yield Piece(project, first, number)
            first, length = number, 0


def retried(piece: Piece, entries: Sequence[Entry]) -> Iterator[Piece]:
    """Once more what failed, page by page."""
    for part in pieces_of(piece.project, entries[piece.first : piece.last], nodes=1):
        yield Piece(piece.project, piece.first + part.first, piece.first + part.last, piece.failed + 1)
