"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """From nothing to the tables of version 0.1."""
    _courses()
    _jobs()
    _packages()
    _settings()
    _blueprints()
    _course_settings()
    _imports()
    _modules()
    _students()
    _access_events()
    _assignments()
    _coach_logs()
    _answers()
    _assessments()
    _published_versions()
    _results()
    _workspaces()


def _courses() -> None:
    op.create_table(
        "courses",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("term", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("time_zone", sa.String(), nullable=False),
        sa.Column("taken_on", sa.Date(), nullable=False),
        sa.Column("has_children", sa.Boolean(), nullable=False),
        sa.Column("parent_title", sa.String(), nullable=True),
        sa.Column("parent_is_licensed_master", sa.Boolean(), nullable=False),
        sa.Column("licensed_master", sa.Boolean(), nullable=False),
        sa.Column("lti_enabled", sa.Boolean(), nullable=False),
        sa.Column("extra", sa.Text(), nullable=False),
        sa.Column("dates_shift_days", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courses")),
    )


def _jobs() -> None:
    op.create_table(
        "jobs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("course_id", sa.String(), nullable=False),
        sa.Column("course_title", sa.String(), nullable=False),
        sa.Column("course_code", sa.String(), nullable=False),
        sa.Column("options", sa.Text(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("draft", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("started_by", sa.String(), nullable=False),
        sa.Column("program", sa.String(), nullable=False),
        sa.Column("finished_at", sa.DateTime(), nullable=True),
        sa.Column("file_name", sa.String(), nullable=True),
        sa.Column("file_size", sa.BigInteger(), nullable=True),
        sa.Column("file_sha256", sa.String(length=64), nullable=True),
        sa.Column("expires_at", sa.DateTime(), nullable=True),
        sa.Column("overdue_seen_at", sa.DateTime(), nullable=True),
        sa.Column("removing", sa.String(), nullable=True),
        sa.Column("report", sa.String(), nullable=True),
        sa.Column("problem", sa.String(), nullable=False),
        sa.Column("next_step", sa.String(), nullable=False),
        sa.Column("asked_to_cancel", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
        sa.UniqueConstraint("draft", name=op.f("uq_jobs_draft")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_jobs_course_id"), "jobs", ["course_id"], unique=False)
    op.create_index(op.f("ix_jobs_state"), "jobs", ["state"], unique=False)


def _packages() -> None:
    op.create_table(
        "packages",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("identity", sa.LargeBinary(), nullable=False),
        sa.Column("packed_bytes", sa.BigInteger(), nullable=False),
        sa.Column("files", sa.Integer(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("portable", sa.Boolean(), nullable=False),
        sa.Column("longest_path", sa.Integer(), nullable=False),
        sa.Column("manifest", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_packages")),
    )


def _settings() -> None:
    op.create_table(
        "settings",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_settings")),
    )


def _blueprints() -> None:
    op.create_table(
        "blueprints",
        sa.Column("course_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("content", sa.String(), nullable=False),
        sa.Column("layout", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["course_id"], ["courses.id"], name=op.f("fk_blueprints_course_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("course_id", "name", name=op.f("pk_blueprints")),
    )


def _course_settings() -> None:
    op.create_table(
        "course_settings",
        sa.Column("course_id", sa.String(), nullable=False),
        sa.Column("include_inactive", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["course_id"], ["courses.id"], name=op.f("fk_course_settings_course_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("course_id", name=op.f("pk_course_settings")),
    )


def _imports() -> None:
    op.create_table(
        "imports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("report", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name=op.f("fk_imports_course_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imports")),
    )
    op.create_index(op.f("ix_imports_course_id"), "imports", ["course_id"], unique=False)


def _modules() -> None:
    op.create_table(
        "modules",
        sa.Column("course_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("extra", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name=op.f("fk_modules_course_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("course_id", "id", name=op.f("pk_modules")),
    )


def _students() -> None:
    op.create_table(
        "students",
        sa.Column("course_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("username", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("first_name", sa.String(), nullable=False),
        sa.Column("last_name", sa.String(), nullable=False),
        sa.Column("enrolled_on", sa.Date(), nullable=True),
        sa.Column("last_active_at", sa.DateTime(), nullable=True),
        sa.Column("on_roster", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("extra", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name=op.f("fk_students_course_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("course_id", "id", name=op.f("pk_students")),
    )


def _access_events() -> None:
    op.create_table(
        "access_events",
        sa.Column("course_id", sa.String(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("occurrence", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("assignment_id", sa.String(), nullable=True),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("project_path", sa.String(), nullable=False),
        sa.Column("ip", sa.String(), nullable=False),
        sa.Column("extra", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["course_id", "user_id"],
            ["students.course_id", "students.id"],
            name=op.f("fk_access_events_course_id_user_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["course_id"], ["courses.id"], name=op.f("fk_access_events_course_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("course_id", "digest", "occurrence", name=op.f("pk_access_events")),
    )
    op.create_index(op.f("ix_access_events_course_id_at"), "access_events", ["course_id", "at"], unique=False)
    op.create_index(op.f("ix_access_events_course_id_user_id"), "access_events", ["course_id", "user_id"], unique=False)


def _assignments() -> None:
    op.create_table(
        "assignments",
        sa.Column("course_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("module_id", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("points", sa.Double(), nullable=True),
        sa.Column("due_at", sa.DateTime(), nullable=True),
        sa.Column("lti_url", sa.String(), nullable=False),
        sa.Column("lti_constant_url", sa.String(), nullable=False),
        sa.Column("stack", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("published_at", sa.DateTime(), nullable=True),
        sa.Column("extra", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["course_id", "module_id"],
            ["modules.course_id", "modules.id"],
            name=op.f("fk_assignments_course_id_module_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["course_id"], ["courses.id"], name=op.f("fk_assignments_course_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("course_id", "id", name=op.f("pk_assignments")),
    )


def _coach_logs() -> None:
    op.create_table(
        "coach_logs",
        sa.Column("course_id", sa.String(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("occurrence", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("assignment_id", sa.String(), nullable=True),
        sa.Column("assessment_id", sa.String(), nullable=True),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("context_guides", sa.String(), nullable=False),
        sa.Column("context_error", sa.String(), nullable=False),
        sa.Column("context_files", sa.String(), nullable=False),
        sa.Column("response", sa.String(), nullable=False),
        sa.Column("extra", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["course_id", "user_id"],
            ["students.course_id", "students.id"],
            name=op.f("fk_coach_logs_course_id_user_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["course_id"], ["courses.id"], name=op.f("fk_coach_logs_course_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("course_id", "digest", "occurrence", name=op.f("pk_coach_logs")),
    )
    op.create_index(op.f("ix_coach_logs_course_id_at"), "coach_logs", ["course_id", "at"], unique=False)


def _answers() -> None:
    op.create_table(
        "answers",
        sa.Column("course_id", sa.String(), nullable=False),
        sa.Column("assignment_id", sa.String(), nullable=False),
        sa.Column("student_id", sa.String(), nullable=False),
        sa.Column("assessment_id", sa.String(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=True),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("points", sa.Double(), nullable=True),
        sa.Column("correct", sa.Boolean(), nullable=True),
        sa.Column("extra", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["course_id", "assignment_id"],
            ["assignments.course_id", "assignments.id"],
            name=op.f("fk_answers_course_id_assignment_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["course_id", "student_id"],
            ["students.course_id", "students.id"],
            name=op.f("fk_answers_course_id_student_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name=op.f("fk_answers_course_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint(
            "course_id", "assignment_id", "student_id", "assessment_id", "attempt", name=op.f("pk_answers")
        ),
    )


def _assessments() -> None:
    op.create_table(
        "assessments",
        sa.Column("course_id", sa.String(), nullable=False),
        sa.Column("assignment_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("points", sa.Double(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["course_id", "assignment_id"],
            ["assignments.course_id", "assignments.id"],
            name=op.f("fk_assessments_course_id_assignment_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["course_id"], ["courses.id"], name=op.f("fk_assessments_course_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("course_id", "assignment_id", "id", name=op.f("pk_assessments")),
    )


def _published_versions() -> None:
    op.create_table(
        "published_versions",
        sa.Column("course_id", sa.String(), nullable=False),
        sa.Column("assignment_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("published_at", sa.DateTime(), nullable=True),
        sa.Column("package", sa.String(length=64), nullable=False),
        sa.Column("imported_at", sa.DateTime(), nullable=False),
        sa.Column("gaps", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["course_id", "assignment_id"],
            ["assignments.course_id", "assignments.id"],
            name=op.f("fk_published_versions_course_id_assignment_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["course_id"], ["courses.id"], name=op.f("fk_published_versions_course_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["package"], ["packages.sha256"], name=op.f("fk_published_versions_package")),
        sa.PrimaryKeyConstraint("course_id", "assignment_id", "number", name=op.f("pk_published_versions")),
    )
    op.create_index(op.f("ix_published_versions_package"), "published_versions", ["package"], unique=False)


def _results() -> None:
    op.create_table(
        "results",
        sa.Column("course_id", sa.String(), nullable=False),
        sa.Column("assignment_id", sa.String(), nullable=False),
        sa.Column("student_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("started_at", sa.DateTime(), nullable=True),
        sa.Column("completed_at", sa.DateTime(), nullable=True),
        sa.Column("time_spent_seconds", sa.Integer(), nullable=True),
        sa.Column("grade", sa.Double(), nullable=True),
        sa.Column("comments", sa.String(), nullable=False),
        sa.Column("extra", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["course_id", "assignment_id"],
            ["assignments.course_id", "assignments.id"],
            name=op.f("fk_results_course_id_assignment_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["course_id", "student_id"],
            ["students.course_id", "students.id"],
            name=op.f("fk_results_course_id_student_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["course_id"], ["courses.id"], name=op.f("fk_results_course_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("course_id", "assignment_id", "student_id", name=op.f("pk_results")),
    )


def _workspaces() -> None:
    op.create_table(
        "workspaces",
        sa.Column("course_id", sa.String(), nullable=False),
        sa.Column("assignment_id", sa.String(), nullable=False),
        sa.Column("student_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("package", sa.String(length=64), nullable=False),
        sa.Column("imported_at", sa.DateTime(), nullable=False),
        sa.Column("gaps", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["course_id", "assignment_id"],
            ["assignments.course_id", "assignments.id"],
            name=op.f("fk_workspaces_course_id_assignment_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["course_id", "student_id"],
            ["students.course_id", "students.id"],
            name=op.f("fk_workspaces_course_id_student_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["course_id"], ["courses.id"], name=op.f("fk_workspaces_course_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["package"], ["packages.sha256"], name=op.f("fk_workspaces_package")),
        sa.PrimaryKeyConstraint("course_id", "assignment_id", "student_id", "number", name=op.f("pk_workspaces")),
    )
    op.create_index(op.f("ix_workspaces_package"), "workspaces", ["package"], unique=False)
