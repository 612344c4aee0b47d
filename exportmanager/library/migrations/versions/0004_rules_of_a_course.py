"""What a teacher decides for a course: for how long data are exported, and whether old access events go."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """From the tables of events by person: a course that was set before gets the usual 6 months."""
    for column in (
        sa.Column("retention_months", sa.Integer(), nullable=True),
        sa.Column("keep_everything", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("remove_old_access", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("access_warned_at", sa.DateTime(), nullable=True),
        sa.Column("access_goes_before", sa.Date(), nullable=True),
        sa.Column("access_gone_before", sa.Date(), nullable=True),
    ):
        op.add_column("course_settings", column)
    op.execute("UPDATE course_settings SET retention_months = 6")
