"""Settings: where finished exports stand, and for how long."""

from pydantic import Field

from exportmanager.core.options import Folder, Options
from exportmanager.core.retention import SHELF_DAYS
from exportmanager.core.settings.group import Group


class ShelfSettings(Options):
    """What can be set."""

    shelf_folder: Folder = Field(
        default="",
        title="Folder",
        description="Where finished exports stand; when it changes, they move there.",
        json_schema_extra={"zero": "in the library"},
    )
    shelf_days: int = Field(
        default=SHELF_DAYS,
        ge=0,
        le=3650,
        title="Keep for",
        description="For how many days a new export is kept; 0: until you remove it.",
        json_schema_extra={"unit": "days", "zero": "until I remove them"},
    )


GROUP = Group(
    id="shelf",
    position=1,
    title="Shelf",
    summary="Where finished exports stand, and when they are removed.",
    Options=ShelfSettings,
)
