"""Takes staged rows into a table: adds what is new, changes what differs, leaves the rest, deletes nothing."""

from __future__ import annotations

from functools import cache

from sqlalchemy import (
    ColumnElement,
    Connection,
    Table,
    TableClause,
    and_,
    column,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    table,
    update,
)

from exportmanager.core.report import Change
from exportmanager.library.parts import Rule, whole


@cache
def staged(target: Table) -> TableClause:
    """The table of this connection in which rows for `target` wait."""
    return table(f"staged_{target.name}", *(column(c.name, c.type) for c in target.columns))


def others_of(target: Table) -> list[str]:
    """The columns that are no part of the key."""
    return [c.name for c in target.columns if not c.primary_key]


def same_key(target: Table, waiting: TableClause) -> ColumnElement[bool]:
    """Whether a row waits for a row that is there."""
    return and_(*(target.c[key.name] == waiting.c[key.name] for key in target.primary_key))


def merge(connection: Connection, target: Table, thing: str, course: str | None, rule: Rule = whole) -> Change:
    """Take all staged rows of `target` in, by its primary key. Rows of `course` for which none came count as kept."""
    waiting = staged(target)
    same = same_key(target, waiting)
    becomes = {name: rule(target.c[name], waiting.c[name], target.c[name]) for name in others_of(target)}
    differs = or_(*(target.c[name].is_distinct_from(value) for name, value in becomes.items()))
    read = count(connection, waiting)
    kept = 0
    if course is not None:
        mine = target.c.course_id == course
        absent = ~exists(select(literal(1)).select_from(waiting).where(same))
        kept = count(connection, target, mine, absent)
    changed = connection.execute(update(target).where(same, differs).values(becomes)).rowcount
    fresh = select(*waiting.c).where(~exists(select(literal(1)).select_from(target).where(same)))
    added = connection.execute(insert(target).from_select([c.name for c in waiting.c], fresh)).rowcount
    return Change(thing=thing, read=read, added=added, changed=changed, unchanged=read - added - changed, kept=kept)


def count(connection: Connection, of: Table | TableClause, *where: ColumnElement[bool]) -> int:
    """How many rows there are."""
    return connection.execute(select(func.count()).select_from(of).where(*where)).scalar_one()
