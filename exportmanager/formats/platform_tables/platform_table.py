"""A table of the platform's, opened: what it is, its lines, and the persons in them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields
from itertools import chain, islice
from operator import itemgetter
from typing import BinaryIO
from zoneinfo import ZoneInfo

from exportmanager.formats.moments import Moments
from exportmanager.formats.platform_tables.findings import CellFindings
from exportmanager.formats.platform_tables.recognising import recognise
from exportmanager.formats.platform_tables.values import Person
from exportmanager.formats.tables import TableLine, as_written, open_table

_SAMPLE = 50
_ZONE = ZoneInfo("UTC")
NOBODY = Person()


class Persons:
    """Everybody that the lines name, numbered as they come: those of whom the same is said are one."""

    def __init__(self, columns: dict[str, int]) -> None:
        self._names = [field.name for field in fields(Person) if field.name in columns]
        places = [columns[name] for name in self._names]
        self._key = itemgetter(*places, places[0]) if places else None  # of one place it would give no tuple
        self._numbers: dict[tuple[str, ...], int] = {}
        self.found: list[Person] = []

    def number(self, cells: Sequence[str]) -> int:
        """Whom a line is about; -1 for nobody."""
        if self._key is None:
            return -1
        key = self._key(cells)
        number = self._numbers.get(key)
        if number is None:
            number = self._numbers[key] = self._new(key)
        return number

    def _new(self, key: tuple[str, ...]) -> int:
        person = Person(**{name: as_written(text).strip() for name, text in zip(self._names, key, strict=False)})
        if person == Person(role=person.role):
            return -1
        self.found.append(person)
        return len(self.found) - 1

    def __getitem__(self, number: int) -> Person:
        return self.found[number] if number >= 0 else NOBODY


class PlatformTable:
    """A table in `file`, which stays the caller's; it is read once. Raises `MalformedFile`, which calls it `name`.

    Times without a zone are in `zone`; `is_day_first` is what a survey found out. `recognition` says what it is;
    `cell_findings` collects what could not be read.
    """

    def __init__(self, file: BinaryIO, name: str, zone: ZoneInfo = _ZONE, *, is_day_first: bool = False) -> None:
        self.zone = zone
        self.table = open_table(file, name)
        self._rows = self.table.rows()
        self._sample = list(islice(self._rows, _SAMPLE))
        self.recognition = recognise(self.table.header, [cells for _, cells in self._sample])
        self.kind = self.recognition.kind
        self.fields = dict(self.recognition.fields)
        known = {index for one in self.recognition.assessments for index in one.columns.values()}
        known |= set(self.fields.values())
        self.unknown = [index for index in range(len(self.table.columns)) if index not in known]
        self.persons = Persons(self.fields)
        self.moments = Moments(zone, is_day_first)
        self.has_decimal_comma = self.table.separator == ";"
        self.cell_findings = CellFindings()

    def lines(self) -> Iterator[TableLine]:
        """Every line below the header. Raises `MalformedFile`."""
        return chain(self._sample, self._rows)
