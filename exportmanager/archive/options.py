"""What can be chosen for an archive."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from exportmanager.core.options import Options


class ArchiveOptions(Options):
    """The passphrase is none of them: it is asked for when it is needed, and kept nowhere."""

    form: Literal["zip", "folder"] = Field(
        default="zip",
        title="As",
        description="One zip file, or a plain folder of files.",
        json_schema_extra={"labels": ["one zip file", "a plain folder"]},
    )
    include_inactive: bool = Field(
        default=True,
        title="Students inactive for more than 90 days",
        description="Include students who were inactive for more than 90 days on the day the data were taken.",
    )
    earlier_versions: bool = Field(
        default=True,
        title="Earlier versions",
        description="Include what workspaces and projects were before they came in again.",
    )
    exports: bool = Field(
        default=True,
        title="Tables, PDFs and course sources",
        description="Include what the exports give, for reading without this program.",
    )
    reader: bool = Field(
        default=True,
        title="Pages to read",
        description="Include pages that show the course in any browser, without this program.",
    )
    privacy: Literal["full", "pseudonymous"] = Field(
        default="full",
        title="Students are called",
        description="By name, or by pseudonyms (what students wrote themselves is not changed).",
        json_schema_extra={"labels": ["by name", "by pseudonym"]},
    )
    sha512: bool = Field(
        default=False,
        title="SHA-512 too",
        description="Write a second manifest with longer hashes.",
        json_schema_extra={"advanced": True},
    )

    @property
    def is_pseudonymous(self) -> bool:
        """Whether nothing of ours may tell who somebody is."""
        return self.privacy == "pseudonymous"
