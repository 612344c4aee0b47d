"""Settings: where archives go, and when they are to be read back again."""

from datetime import datetime

from pydantic import Field

from exportmanager.core.options import Folder, Options
from exportmanager.core.settings.group import Group

MONTH_DAYS = 30.44
"""Days of a month, on the average of years."""


class ArchiveSettings(Options):
    """What can be set."""

    archive_folder: Folder = Field(
        default="",
        title="Save archives in",
        description="The folder that is offered first for an archive; best on another disk than the library.",
        json_schema_extra={"zero": "the folder for downloads"},
    )
    archive_months: int = Field(
        default=12,
        ge=0,
        le=120,
        title="Verify again after",
        description="After how many months you are reminded to read an archive back; 0: never.",
        json_schema_extra={"unit": "months", "zero": "never"},
    )

    def is_due(self, checked_at: datetime | None, now: datetime) -> bool:
        """Whether an archive that was read back then (None: never) should be read back again."""
        if self.archive_months == 0:
            return False
        return checked_at is None or (now - checked_at).days >= self.archive_months * MONTH_DAYS


GROUP = Group(
    id="archives",
    position=4,
    title="Archives",
    summary="Where archives of courses go, and when you are reminded to verify them.",
    Options=ArchiveSettings,
)
