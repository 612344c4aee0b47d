"""A table as a file of its own, and how it begins."""

from __future__ import annotations

from itertools import islice
from typing import BinaryIO

from exportmanager.core.export import Preview
from exportmanager.core.meter import Meter
from exportmanager.exports.pieces.sheets import Table
from exportmanager.exports.pieces.streams import stoppable
from exportmanager.formats.csv import CsvWriter, Dialect, texts_of

PREVIEW_ROWS = 20


def write_table(out: BinaryIO, dialect: Dialect, table: Table, meter: Meter) -> None:
    """Write a table; the meter counts its bytes."""
    header, rows = table

    def write(data: bytes) -> None:
        out.write(data)
        meter.advance(len(data))

    writer = CsvWriter(write, dialect, header)
    for row in stoppable(rows, meter):
        writer.row(row)
    writer.close()


def preview_of(table: Table, dialect: Dialect, name: str = "") -> Preview:
    """How a table will begin, cell by cell as it will be written."""
    header, rows = table
    begin = tuple(texts_of(row, dialect) for row in islice(rows, PREVIEW_ROWS))
    return Preview(texts_of(header, dialect), begin, name)
