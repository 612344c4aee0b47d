"""Events lie by person and time, and their digests say only what happened: so a million of them come in fast."""

import hashlib
import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_KEY = ("course_id", "user_id", "at", "digest", "occurrence")
_COMMON = (
    ("course_id", sa.String, False),
    ("digest", sa.LargeBinary, False),
    ("occurrence", sa.Integer, False),
    ("at", sa.DateTime, False),
    ("user_id", sa.String, False),
)
_ACCESS = (
    ("type", sa.String, False),
    ("assignment_id", sa.String, True),
    ("role", sa.String, False),
    ("project_path", sa.String, False),
    ("ip", sa.String, False),
    ("extra", sa.Text, False),
)
_COACH = (
    ("assignment_id", sa.String, True),
    ("assessment_id", sa.String, True),
    ("question", sa.String, False),
    ("context_guides", sa.String, False),
    ("context_error", sa.String, False),
    ("context_files", sa.String, False),
    ("response", sa.String, False),
    ("extra", sa.Text, False),
)


def upgrade() -> None:
    """From the tables of the first window."""
    driver: Any = op.get_bind().connection.dbapi_connection
    driver.create_function("digest_of_event", -1, _digest, deterministic=True)
    _anew("access_events", _ACCESS, sqlite_with_rowid=False)
    _anew("coach_logs", _COACH)


def _digest(*rest: str | None) -> bytes:
    """A hash of what happened, the last one of which is JSON."""
    told = [*rest[:-1], json.loads(rest[-1] or "{}")]
    text = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.blake2b(text.encode(), digest_size=16).digest()


def _anew(table: str, rest: tuple[tuple[str, type, bool], ...], **options: bool) -> None:
    for columns in ("course_id_at", "course_id_user_id_at"):
        op.drop_index(f"ix_{table}_{columns}", table)
    op.rename_table(table, f"{table}_before")
    op.create_table(
        table,
        *(sa.Column(name, kind(), nullable=nullable) for name, kind, nullable in (*_COMMON, *rest)),
        sa.PrimaryKeyConstraint(*_KEY, name=op.f(f"pk_{table}")),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name=op.f(f"fk_{table}_course_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["course_id", "user_id"],
            ["students.course_id", "students.id"],
            name=op.f(f"fk_{table}_course_id_user_id"),
            ondelete="CASCADE",
        ),
        **options,
    )
    names = ", ".join(name for name, *_ in rest)
    op.execute(
        f"INSERT INTO {table} (course_id, user_id, at, digest, occurrence, {names}) "
        f"SELECT course_id, user_id, at, digest_of_event({names}), occurrence, {names} FROM {table}_before"
    )
    op.drop_table(f"{table}_before")
