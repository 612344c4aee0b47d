"""A first look at a whole table: what it is, whom and which assignments it names, and how its dates are written."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import BinaryIO

from exportmanager.formats.moments import DayOrder
from exportmanager.formats.platform_tables.columns import SPEC_OF, TableKind
from exportmanager.formats.platform_tables.platform_table import PlatformTable
from exportmanager.formats.platform_tables.recognising import Recognition
from exportmanager.formats.platform_tables.rows import lti_rows
from exportmanager.formats.platform_tables.values import Person
from exportmanager.formats.tables import as_written

_OFTEN = 1_000


def _go_on() -> None:
    """Nobody wants to stop."""


@dataclass(frozen=True, kw_only=True)
class Survey:
    """What a table holds: `rows` that say anything, `persons` as its rows number them, the `titles` of assignments.

    A table that is not known or not needed was not read further than that. `findings` are about the table as a whole.
    """

    recognition: Recognition
    rows: int = 0
    persons: tuple[Person, ...] = ()
    titles: tuple[str, ...] = ()
    is_day_first: bool = False
    findings: tuple[str, ...] = ()

    @property
    def kind(self) -> TableKind | None:
        """What it is."""
        return self.recognition.kind


def survey(file: BinaryIO, name: str, check: Callable[[], None] = _go_on) -> Survey:
    """Look through a table. `check` is called often, and may raise to end it. Raises `MalformedFile`."""
    table = PlatformTable(file, name)
    if table.kind is None or not table.kind.is_needed:
        return Survey(recognition=table.recognition)
    if table.kind is TableKind.LTI_URLS:
        titles = [row.assignment_name or row.assignment_id for row in lti_rows(table)]
        found = _distinct(titles)
        return Survey(
            recognition=table.recognition, rows=len(titles), titles=found, findings=tuple(table.table.findings)
        )
    return _of_lines(table, check)


def _of_lines(table: PlatformTable, check: Callable[[], None]) -> Survey:
    order, titles = DayOrder(), dict[str, None]()
    title_place = table.fields.get("assignment_name")
    assert table.kind, "a table that is not known is not looked through"
    times = [table.fields[name] for name in SPEC_OF[table.kind].times if name in table.fields]
    rows = 0
    for _, cells in table.lines():
        if any(cells):
            rows += 1
            table.persons.number(cells)
            if title_place is not None:
                titles[cells[title_place]] = None
            for place in times:
                order.look(cells[place])
            if not rows % _OFTEN:
                check()
    return Survey(
        recognition=table.recognition,
        rows=rows,
        persons=tuple(table.persons.found),
        titles=_distinct(as_written(title).strip() for title in titles),
        is_day_first=order.is_day_first,
        findings=(*table.table.findings, *order.findings),
    )


def _distinct(titles: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(title for title in titles if title))
