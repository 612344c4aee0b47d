"""Column types: times that keep their zone, and JSON that compares."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Dialect, Text, TypeDecorator


class UtcDateTime(TypeDecorator[datetime]):
    """A moment. SQLite gives times back without their zone, which would shift expiry; here they are UTC both ways."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To the database: UTC, written without a zone. A time without a zone is a bug and raises."""
        if value is None:
            return None
        assert value.tzinfo is not None, "a moment has a zone"
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """From the database: UTC."""
        return None if value is None else value.replace(tzinfo=UTC)


def stored_moment(moment: datetime) -> str:
    """A moment as its column holds it: texts whose order is that of the times. What UTC cannot say is at its ends."""
    try:
        return moment.astimezone(UTC).isoformat(" ", "microseconds")[:26]
    except OverflowError:  # the first or the last day there is, in another zone
        return moment.replace(tzinfo=UTC).isoformat(" ", "microseconds")[:26]


def json_text(value: Any) -> str:
    """`value` as JSON in which equal values are equal texts."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


class Json(TypeDecorator[Any]):
    """Lists and objects, kept as text whose equality is theirs."""

    impl = Text
    cache_ok = True

    @property
    def python_type(self) -> type[Any]:
        """Mostly it is an object."""
        return dict

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """To the database."""
        return None if value is None else json_text(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """From the database."""
        return {} if value == "{}" else None if value is None else json.loads(value)  # mostly there is nothing
