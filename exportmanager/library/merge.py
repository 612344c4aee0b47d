"""Takes staged rows into a table: adds what is new, changes what differs, leaves the rest, deletes nothing."""

from __future__ import annotations

from typing import Any

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


def staged(target: Table) -> TableClause:
    """The table of this connection in which rows for `target` wait."""
    return table(f"staged_{target.name}", *(column(c.name, c.type) for c in target.columns))


def merge(connection: Connection, target: Table, thing: str, course: str | None) -> Change:
    """Take all staged rows of `target` in, by its primary key. Rows of `course` for which none came count as kept."""
    waiting = staged(target)
    keys = [c.name for c in target.primary_key]
    others = [c.name for c in target.columns if c.name not in keys]
    same = and_(*(target.c[key] == waiting.c[key] for key in keys))
    differs = or_(*(target.c[name].is_distinct_from(waiting.c[name]) for name in others))
    read = _count(connection, waiting)
    kept = 0
    if course is not None:
        mine = target.c.course_id == course
        absent = ~exists(select(literal(1)).select_from(waiting).where(same))
        kept = _count(connection, target, mine, absent)
    change = update(target).where(same, differs).values({name: waiting.c[name] for name in others})
    changed = connection.execute(change).rowcount
    fresh = select(*waiting.c).where(~exists(select(literal(1)).select_from(target).where(same)))
    added = connection.execute(insert(target).from_select([c.name for c in waiting.c], fresh)).rowcount
    return Change(thing=thing, read=read, added=added, changed=changed, unchanged=read - added - changed, kept=kept)


def merge_events(connection: Connection, target: Table, thing: str, course: str) -> Change:
    """Take staged events in, which have no key but what happened: equal ones are counted, so that none is doubled."""
    waiting = staged(target)
    number = func.row_number().over(partition_by=waiting.c.digest).label("number")
    counted = select(*waiting.c, number).subquery()
    names = [c.name for c in target.columns]
    values: list[ColumnElement[Any]] = [counted.c.number if n == "occurrence" else counted.c[n] for n in names]
    known = and_(
        target.c.course_id == course,
        target.c.digest == counted.c.digest,
        target.c.occurrence == counted.c.number,
    )
    read = _count(connection, waiting)
    before = _count(connection, target, target.c.course_id == course)
    fresh = select(*values).where(~exists(select(literal(1)).select_from(target).where(known)))
    added = connection.execute(insert(target).from_select(names, fresh)).rowcount
    return Change(thing=thing, read=read, added=added, unchanged=read - added, kept=before - (read - added))


def _count(connection: Connection, of: Table | TableClause, *where: ColumnElement[bool]) -> int:
    return connection.execute(select(func.count()).select_from(of).where(*where)).scalar_one()
