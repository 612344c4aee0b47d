"""Course access data as a stream of plain tuples: made for a million rows, where everything said twice is kept once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from exportmanager.core.course import Extra
from exportmanager.core.events import AccessType
from exportmanager.formats.platform_tables.platform_table import PlatformTable
from exportmanager.formats.platform_tables.values import AccessRow
from exportmanager.formats.tables import as_written, key_of

_KEPT = 1 << 16
_NOTHING: Extra = {}
_TYPES = {
    **dict.fromkeys(("login", "loggedin", "signin", "logon", "in"), AccessType.LOG_IN),
    **dict.fromkeys(("logout", "loggedout", "signout", "logoff", "out"), AccessType.LOG_OUT),
    **dict.fromkeys(("projectopen", "projectopened", "openproject", "open", "opened"), AccessType.PROJECT_OPEN),
    **dict.fromkeys(("projectclose", "projectclosed", "closeproject", "close", "closed"), AccessType.PROJECT_CLOSE),
}


class _Words(dict[str, str]):
    """Cells as they were written: what comes again is the same text, and not another of the same letters."""

    def __missing__(self, cell: str) -> str:
        if len(self) >= _KEPT:
            self.clear()
        word = self[cell] = as_written(cell).strip()
        return word


class _Types(dict[str, AccessType | None]):
    """Kinds of access by their cells; None for what is none."""

    def __missing__(self, cell: str) -> AccessType | None:
        if len(self) >= _KEPT:
            self.clear()
        found = self[cell] = _TYPES.get(key_of(cell))
        return found


def access_rows(table: PlatformTable) -> Iterator[AccessRow]:
    """The events in access data; rows without a time or a known type are none, and told. Raises `MalformedFile`."""
    who_of, read, words, types = table.persons.number, table.moments.read, _Words(), _Types()
    at_place, type_place = table.fields["at"], table.fields["type"]
    title, role, path, ip = (table.fields.get(name) for name in ("assignment_name", "role", "project_path", "ip"))
    width, says_more = len(table.table.columns), bool(table.unknown)
    for line, cells in table.lines():
        kind = types[cells[type_place]]
        try:
            at = read(cells[at_place])
        except ValueError:
            _tell(table, line, cells, at_place, "is no time")
            continue
        if kind is None:
            _tell(table, line, cells, type_place, "is no type of access that is known")
            continue
        yield (
            who_of(cells),
            at,
            kind,
            "" if title is None else words[cells[title]],
            "" if role is None else words[cells[role]],
            "" if path is None else words[cells[path]],
            "" if ip is None else words[cells[ip]],
            _extra(table, cells) if says_more or len(cells) > width else _NOTHING,
        )


def _extra(table: PlatformTable, cells: Sequence[str]) -> Extra:
    """What nobody knows, by column."""
    beyond = range(len(table.table.columns), len(cells))
    return {table.table.column(i): as_written(cells[i]) for i in (*table.unknown, *beyond) if cells[i]}


def _tell(table: PlatformTable, line: int, cells: Sequence[str], place: int, why: str) -> None:
    if any(cells):
        table.cell_findings.note(line, table.table.columns[place], cells[place], f"{why}, and the row is left out")
