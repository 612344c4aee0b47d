"""Settings: how the window tells of what happened, and how it looks."""

from typing import Literal

from pydantic import Field

from exportmanager.core.options import Options
from exportmanager.core.settings.group import Group


class WindowSettings(Options):
    """What can be set."""

    notifications: Literal["desktop", "window", "none"] = Field(
        default="desktop",
        title="Notifications",
        description="Where you are told that an export is ready, or that it could not be made.",
        json_schema_extra={
            "labels": ["also on the desktop, when the window is not in front", "only in the window", "nowhere"]
        },
    )
    appearance: Literal["system", "light", "dark"] = Field(
        default="system",
        title="Appearance",
        description="Light or dark, or as the system has it.",
        json_schema_extra={"labels": ["as the system", "light", "dark"]},
    )


GROUP = Group(
    id="window",
    position=3,
    title="Window",
    summary="How the window looks, and how it tells you that something is done.",
    Options=WindowSettings,
)
