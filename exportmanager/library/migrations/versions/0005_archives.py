"""Deleted courses that can be put back, where archives lie, teachers' notes, and projects of no course."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """From the rules of a course."""
    op.add_column("courses", sa.Column("trashed_at", sa.DateTime(), nullable=True))
    _archives()
    _teacher_notes()
    _projects()
    _names()


def _names() -> None:
    """Names that a manifest of an archive (RFC 8493) would read otherwise are not portable any more."""
    for code in ("0A", "0D", "25"):
        op.execute(f"UPDATE packages SET portable = 0 WHERE manifest LIKE '%\\%{code}%' ESCAPE '\\'")  # noqa: S608


def _archives() -> None:
    op.create_table(
        "archives",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bag", sa.String(), nullable=False),
        sa.Column("course_id", sa.String(), nullable=False),
        sa.Column("course_title", sa.String(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("encrypted", sa.Boolean(), nullable=False),
        sa.Column("pseudonymous", sa.Boolean(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("certificate", sa.String(), nullable=False),
        sa.Column("accepted", sa.Text(), nullable=False),
        sa.Column("checked_at", sa.DateTime(), nullable=True),
        sa.Column("standing", sa.String(), nullable=False),
        sa.Column("problem", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_archives"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_archives_bag", "archives", ["bag"])
    op.create_index("ix_archives_course_id", "archives", ["course_id"])


def _teacher_notes() -> None:
    op.create_table(
        "teacher_notes",
        sa.Column("course_id", sa.String(), nullable=False),
        sa.Column("assignment_id", sa.String(), nullable=False),
        sa.Column("student_id", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name="fk_teacher_notes_course_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["course_id", "assignment_id"],
            ["assignments.course_id", "assignments.id"],
            name="fk_teacher_notes_course_id_assignment_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["course_id", "student_id"],
            ["students.course_id", "students.id"],
            name="fk_teacher_notes_course_id_student_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("course_id", "assignment_id", "student_id", name="pk_teacher_notes"),
    )


def _projects() -> None:
    op.create_table(
        "projects",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("stack", sa.String(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("imported_at", sa.DateTime(), nullable=False),
        sa.Column("package", sa.String(length=64), nullable=False),
        sa.Column("gaps", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["package"], ["packages.sha256"], name="fk_projects_package"),
        sa.PrimaryKeyConstraint("id", name="pk_projects"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_projects_package", "projects", ["package"])
