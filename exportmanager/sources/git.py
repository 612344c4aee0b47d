"""A project in a public git repository, which becomes the published project of an assignment."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from pydantic import Field

from exportmanager.core.meter import Meter
from exportmanager.core.report import ImportReport
from exportmanager.core.source import CourseWriter
from exportmanager.sources.arriving.look import Look
from exportmanager.sources.arriving.options import ArrivalOptions
from exportmanager.sources.auto import take_in


class GitOptions(ArrivalOptions):
    """Options of a project in git."""

    ref: str = Field(
        default="",
        title="Branch or tag",
        description="The branch or tag to fetch; without one, the repository's default branch.",
    )


class GitRepository:
    """The source: see the module."""

    id = "git"
    title = "Git repository"
    summary = "A project in a public git repository, by its https address."
    argument = "URL"
    Options = GitOptions
    ca_certs: Path | None = None
    """The file of who is trusted for certificates; None: as usual."""

    def read(
        self, place: str, options: GitOptions, writer: CourseWriter, meter: Meter, today: datetime
    ) -> ImportReport:
        """Fetch the repository and read its files. Raises `BadSource`, `AlreadyThere`, `Cancelled`."""
        with Look() as look:
            look.add_git(place, options.ref, meter, self.ca_certs)
            return take_in(look, options, writer, meter, today)


SOURCE = GitRepository()
