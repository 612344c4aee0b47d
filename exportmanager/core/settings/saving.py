"""Settings: where copies are saved, and how tables are written."""

from typing import Any, Literal

from pydantic import Field

from exportmanager.core.options import Folder, Options
from exportmanager.core.preset import Preset, Separator
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
    separator: Literal["system", "comma", "semicolon", "tab"] = Field(
        default="system",
        title="Between cells",
        description="What stands between the cells of tables for spreadsheets, as the window first offers it.",
        json_schema_extra={"labels": ["as the system has it", "a comma", "a semicolon", "a tab"]},
    )

    def for_options(self, decimal_point: str) -> dict[str, Any]:
        """What of this exports are first offered with, by the names of their options."""
        separator = expected_separator(decimal_point) if self.separator == "system" else self.separator
        return {"csv": self.csv, "separator": separator}


def expected_separator(decimal_point: str) -> Separator:
    """What spreadsheets expect between cells, where numbers are written with this decimal point.

    Where it is a comma, Excel and LibreOffice read and write semicolons.
    """
    return "semicolon" if decimal_point == "," else "comma"


GROUP = Group(
    id="saving",
    position=2,
    title="Saving",
    summary="Where copies of exports go, and how tables are written.",
    Options=SavingSettings,
)
