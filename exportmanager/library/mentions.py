"""Counts where other people's own words name somebody who was erased: these stay as they are."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path

from sqlalchemy import Connection, String, func, or_, select
from sqlalchemy import Table as CoreTable

from exportmanager.core.errors import Damaged
from exportmanager.formats.ahead import ahead
from exportmanager.formats.zips import ZipReader
from exportmanager.library import tables as t
from exportmanager.library.base import core_table
from exportmanager.library.rows import TABLES, table_called
from exportmanager.library.types import Json

_ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be")


def mentioned_in_rows(connection: Connection, words: Collection[str]) -> int:
    """How many rows of courses, or lists of files, hold one of these words; where imports do, a namesake is meant."""
    tables = [*(table_called(name) for name in TABLES if name != "imports"), core_table(t.Packages)]
    return sum(_rows(connection, table, words) for table in tables)


def _rows(connection: Connection, table: CoreTable, words: Collection[str]) -> int:
    texts = [column for column in table.columns if isinstance(column.type, String | Json)]
    holds = [func.instr(column, word) > 0 for column in texts for word in sorted(words)]
    if not holds:
        return 0
    return connection.execute(select(func.count()).select_from(table).where(or_(*holds))).scalar_one()


def mentioned_in_packages(packages: Iterable[Path], words: Collection[str]) -> int:
    """How many packages have a file that holds one of these words."""
    if not words:
        return 0
    wanted = [word.encode(encoding) for word in sorted(words) for encoding in _ENCODINGS]
    return sum(ahead(lambda path: _holds(path, wanted), packages))


def _holds(package: Path, wanted: list[bytes]) -> bool:
    """Whether it does; of one that is damaged nobody can say."""
    longest = max(map(len, wanted))
    try:
        with ZipReader(package) as reader:
            for member in reader.members():
                before = b""
                for chunk in reader.unpacked_chunks(member):
                    text = before + chunk
                    if any(word in text for word in wanted):
                        return True
                    before = text[-longest:]
    except (Damaged, OSError):
        return False
    return False
