"""Settings: where copies are saved, and how tables are written."""

from pydantic import Field

from exportmanager.core.options import Folder, Options
from exportmanager.core.preset import Preset
from exportmanager.core.settings.group import Group


class SavingSettings(Options):
    """What can be set."""

    save_folder: Folder = Field(
        default="",
        title="Save copies in",
        description="The folder that is offered first when you save a copy of an export.",
        json_schema_extra={"zero": "the folder for downloads"},
    )
    csv: Preset = Field(
        default="spreadsheets",
        title="Tables",
        description="What the window first offers: CSV for spreadsheets (formulas cannot run) or for programs.",
        json_schema_extra={"labels": ["for spreadsheets", "for programs"]},
    )


GROUP = Group(
    id="saving",
    position=2,
    title="Saving",
    summary="Where copies of exports go, and how tables are written.",
    Options=SavingSettings,
)
