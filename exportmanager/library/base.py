"""What all tables share: names of constraints, column types by annotation, and references within a course."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from sqlalchemy import BigInteger, ForeignKey, ForeignKeyConstraint, LargeBinary, MetaData
from sqlalchemy import Table as CoreTable
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from exportmanager.library.types import Json, UtcDateTime

Size = Annotated[int, mapped_column(BigInteger)]
"""Bytes."""


class Table(DeclarativeBase):
    """What all tables share: names of constraints that migrations can rely on, and column types by annotation."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: UtcDateTime, dict[str, Any]: Json, list[Any]: Json, bytes: LargeBinary}


def in_course(*columns: str, target: str, keys: tuple[str, ...] = ("id",)) -> ForeignKeyConstraint:
    """A reference to a row of the same course, which goes when that row goes."""
    return ForeignKeyConstraint(
        ["course_id", *columns], [f"{target}.course_id", *(f"{target}.{key}" for key in keys)], ondelete="CASCADE"
    )


def course_key() -> Mapped[str]:
    """The course that a row belongs to, as part of its key."""
    return mapped_column(ForeignKey("courses.id", ondelete="CASCADE"), primary_key=True)


def core_table(model: type[Table]) -> CoreTable:
    """The table of a model, for statements about all tables alike."""
    table = model.__table__
    assert isinstance(table, CoreTable), "every model is a table"
    return table
