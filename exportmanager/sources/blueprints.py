"""Blueprint files, from this computer or from a public git repository: read, to be shown first and then added.

This is no `Source`: blueprints are no course, and `library.blueprints` says why they are added there.
"""

from __future__ import annotations

from pathlib import Path

from exportmanager.core.errors import BadSource
from exportmanager.core.meter import Meter
from exportmanager.formats.blueprints import BlueprintFile, read_blueprint_file
from exportmanager.formats.json import SIZE_LIMIT
from exportmanager.formats.untrusted import printable, unreadable
from exportmanager.sources.git import SOURCE as GIT
from exportmanager.sources.git_page import InGit

__all__ = ["InGit", "name_of", "read_blueprints"]


def read_blueprints(place: Path | InGit, meter: Meter) -> BlueprintFile:
    """The blueprints at a place, and what is odd about them. Nothing is added yet.

    Raises `BadSource`; of git, `git_file.BadPath` is about the path, `git_choice.BadRef` about the branch or tag, and
    any other about the address or the connection. Raises `Cancelled`.
    """
    if isinstance(place, InGit):
        from exportmanager.sources.git_file import read_file  # git is rarely asked for, and takes its time to load

        data = read_file(place, meter, ca_certs=GIT.ca_certs)
    else:
        meter.stage("Reading the file")
        data = _read(place)
    meter.advance(0)
    return read_blueprint_file(data, name_of(place))


def name_of(place: Path | InGit) -> str:
    """What a person calls the place: the name of the file."""
    path = place.path.strip().rpartition("/")[2] if isinstance(place, InGit) else place.name
    return printable(path)


def _read(path: Path) -> bytes:
    name = printable(path.name)
    if path.is_dir():
        raise BadSource(f"{name} is a folder.", "Choose the file in it.")
    if not path.is_file():  # to open a pipe would wait for ever
        raise BadSource(f"{name} is not there, or is not a file.", "Look where it is, and choose it again.")
    try:
        with path.open("rb") as file:
            return file.read(SIZE_LIMIT + 1)
    except OSError as error:
        raise BadSource(f"{name}: {unreadable(error)}.", "Check who may read it, and choose it again.") from error
