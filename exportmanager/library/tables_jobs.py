"""The tables that outlive courses: the ledger of jobs, and the library's settings."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import String, false
from sqlalchemy.orm import Mapped, mapped_column

from exportmanager.library.base import Size, Table
from exportmanager.library.types import Json


class Jobs(Table):
    """The ledger. A job outlives its course, so it names it without a reference."""

    __tablename__ = "jobs"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    course_id: Mapped[str] = mapped_column(index=True)
    course_title: Mapped[str]
    course_code: Mapped[str]
    options: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(index=True)
    draft: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    started_by: Mapped[str]
    program: Mapped[str]
    finished_at: Mapped[datetime | None]
    file_name: Mapped[str | None]
    file_size: Mapped[Size | None]
    file_sha256: Mapped[str | None] = mapped_column(String(64))
    expires_at: Mapped[datetime | None]
    overdue_seen_at: Mapped[datetime | None]
    removing: Mapped[str | None]
    report: Mapped[str | None]
    problem: Mapped[str]
    next_step: Mapped[str]
    asked_to_cancel: Mapped[bool]
    dismissed: Mapped[bool] = mapped_column(server_default=false())
    __table_args__ = ({"sqlite_autoincrement": True},)


class Settings(Table):
    """The library's own settings and keys, each as JSON."""

    __tablename__ = "settings"
    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[Any] = mapped_column(Json)
