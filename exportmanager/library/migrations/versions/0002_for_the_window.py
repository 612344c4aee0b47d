"""What the window asks often: gaps as a number, one person's events by time, and jobs that need not be shown."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """From the tables of version 0.1."""
    _count_gaps()
    _find_events_of_one_person()
    op.add_column("jobs", sa.Column("dismissed", sa.Boolean(), server_default=sa.false(), nullable=False))


def _count_gaps() -> None:
    """The table is made anew: SQLite reads all of a long report to reach a column that stands after it."""
    op.drop_index("ix_imports_course_id", "imports")
    op.rename_table("imports", "imports_before")
    op.create_table(
        "imports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("gaps", sa.Integer(), nullable=False),
        sa.Column("report", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name=op.f("fk_imports_course_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imports")),
    )
    op.execute(
        "INSERT INTO imports (id, course_id, source, at, gaps, report) "
        "SELECT id, course_id, source, at, coalesce(json_array_length(report, '$.gaps'), 0), report FROM imports_before"
    )
    op.drop_table("imports_before")
    op.create_index(op.f("ix_imports_course_id"), "imports", ["course_id"], unique=False)


def _find_events_of_one_person() -> None:
    """With the time in it, for otherwise SQLite reads everybody's events in their order rather than sort one's."""
    op.drop_index("ix_access_events_course_id_user_id", "access_events")
    for table in ("access_events", "coach_logs"):
        name = op.f(f"ix_{table}_course_id_user_id_at")
        op.create_index(name, table, ["course_id", "user_id", "at"], unique=False)
