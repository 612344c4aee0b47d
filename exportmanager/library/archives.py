"""The archives that a library knows, wherever they lie; they outlive their courses."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Engine, Row, delete, insert, select, update

from exportmanager.core.archive import ArchiveRecord, Certificate, Standing
from exportmanager.core.course import CourseId
from exportmanager.core.errors import NotFound
from exportmanager.core.report import Gap
from exportmanager.library.db import reading, writing
from exportmanager.library.tables_kept import Archives

_PLAIN = (
    "bag", "course_title", "form", "encrypted", "pseudonymous", "made_at", "size", "sha256", "checked_at", "problem",
)  # fmt: skip
_GAPS: TypeAdapter[tuple[Gap, ...]] = TypeAdapter(tuple[Gap, ...])


class LibraryArchives:
    """The rows of the table of archives; every call is a transaction of its own."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(self, record: ArchiveRecord) -> ArchiveRecord:
        """Know an archive; its `id` is given here. What was known of another one at its place is forgotten.

        What was accepted of a copy of it is accepted of this one too.
        """
        values = {name: getattr(record, name) for name in _PLAIN}
        values |= {
            "course_id": record.course,
            "path": str(record.path),
            "certificate": record.certificate.model_copy(update={"accepted": ()}).model_dump_json(),
            "standing": record.standing.value if record.standing else "",
        }
        with writing(self._engine) as connection:
            query = select(Archives.accepted).where(Archives.bag == record.bag)
            of_copies = [gap for (gaps,) in connection.execute(query) for gap in gaps]
            accepted = dict.fromkeys((*record.certificate.accepted, *_GAPS.validate_python(of_copies)))
            values["accepted"] = _GAPS.dump_python(tuple(accepted), mode="json")
            connection.execute(delete(Archives).where(Archives.path == values["path"]))
            added = connection.execute(insert(Archives).values(**values)).inserted_primary_key
        assert added is not None, "one row was added"
        return self.archive(int(added[0]))

    def all(self, course: CourseId | None = None) -> Sequence[ArchiveRecord]:
        """All of them, or those of a course, the newest first."""
        query = select(Archives.__table__).order_by(Archives.made_at.desc(), Archives.id.desc())
        if course is not None:
            query = query.where(Archives.course_id == course)
        with reading(self._engine) as connection:
            return [_record(row) for row in connection.execute(query)]

    def archive(self, archive: int) -> ArchiveRecord:
        """One of them. Raises `NotFound`."""
        with reading(self._engine) as connection:
            row = connection.execute(select(Archives.__table__).where(Archives.id == archive)).first()
        if row is None:
            raise NotFound(f"There is no archive {archive} here.", "See the list of archives.")
        return _record(row)

    def at(self, path: Path) -> ArchiveRecord | None:
        """What is known of the archive at a whole path."""
        with reading(self._engine) as connection:
            row = connection.execute(select(Archives.__table__).where(Archives.path == str(path))).first()
        return _record(row) if row else None

    def checked(self, archive: int, at: datetime, standing: Standing, problem: str) -> ArchiveRecord:
        """It was read back: keep what came of that. One that could not be reached was not read."""
        values: dict[str, Any] = {"standing": standing.value, "problem": problem}
        if standing is not Standing.NOT_REACHABLE:
            values["checked_at"] = at
        return self._change(archive, values)

    def moved(self, archive: int, path: Path) -> ArchiveRecord:
        """It lies somewhere else now, where nobody has read it yet. A copy that was known there is the same one."""
        with writing(self._engine) as connection:
            bag = select(Archives.bag).where(Archives.id == archive).scalar_subquery()
            same = (Archives.path == str(path)) & (Archives.id != archive) & (Archives.bag == bag)
            connection.execute(delete(Archives).where(same))
        return self._change(archive, {"path": str(path), "standing": "", "problem": ""})

    def _change(self, archive: int, values: dict[str, Any]) -> ArchiveRecord:
        with writing(self._engine) as connection:
            connection.execute(update(Archives).where(Archives.id == archive).values(values))
        return self.archive(archive)

    def accept(self, archive: int, gaps: Sequence[Gap]) -> Sequence[ArchiveRecord]:
        """Accept gaps of an archive, and so of all its copies, which are given back. Raises `NotFound`."""
        with writing(self._engine) as connection:
            bag = select(Archives.bag).where(Archives.id == archive).scalar_subquery()
            rows = connection.execute(select(Archives.id, Archives.accepted).where(Archives.bag == bag)).all()
            for row in rows:
                accepted = dict.fromkeys((*_GAPS.validate_python(row.accepted), *gaps))
                kept = _GAPS.dump_python(tuple(accepted), mode="json")
                connection.execute(update(Archives).where(Archives.id == row.id).values(accepted=kept))
        return [self.archive(row.id) for row in rows] or [self.archive(archive)]

    def forget(self, archive: int) -> None:
        """Know nothing of it any more; its file stays as it is."""
        with writing(self._engine) as connection:
            connection.execute(delete(Archives).where(Archives.id == archive))


def _record(row: Row[Any]) -> ArchiveRecord:
    certificate = json.loads(row.certificate) | {"accepted": row.accepted}
    return ArchiveRecord(
        id=row.id,
        course=CourseId(row.course_id),
        path=Path(row.path),
        certificate=Certificate.model_validate(certificate),
        standing=Standing(row.standing) if row.standing else None,
        **{name: getattr(row, name) for name in _PLAIN},
    )
