"""Reads packages from the library for whoever copies them, and checks each against its SHA-256.

In the same thread: one that reads ahead was tried, and made an export slower by a quarter, since both mostly waited for
each other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from exportmanager.core.course import Course, Workspace
from exportmanager.core.meter import Meter
from exportmanager.core.package import Package, PackedFile
from exportmanager.formats.archives import unreadable
from exportmanager.formats.files import file_sha256

IN_MEMORY = 8 << 20
_BATCH = 64
"""Packages whose contents are asked for at once."""
_DAMAGED = "its file in the library is damaged: it is not what was imported"


@dataclass(frozen=True, slots=True)
class Fetched:
    """A workspace with what the library recorded of its files, and its package.

    That is its bytes, the path of one too large for memory, or a sentence on why there is none.
    """

    workspace: Workspace
    files: Sequence[PackedFile]
    package: bytes | Path | str


def fetched(course: Course, workspaces: Iterable[Workspace], meter: Meter) -> Iterator[Fetched]:
    """Each workspace with its package."""
    for batch in _batches(workspaces):
        contents = course.contents([workspace.package.sha256 for workspace in batch])
        for workspace in batch:
            sha256 = workspace.package.sha256
            package = read_package(course.package_path(sha256), workspace.package, lambda: meter.advance(0), IN_MEMORY)
            yield Fetched(workspace, contents[sha256], package)


def _batches(workspaces: Iterable[Workspace]) -> Iterator[list[Workspace]]:
    batch: list[Workspace] = []
    for workspace in workspaces:
        batch.append(workspace)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def read_package(path: Path, package: Package, check: Callable[[], None], in_memory: int = 0) -> bytes | Path | str:
    """A package that is what its name says: as `Fetched` has it, in memory up to so many bytes.

    `check` is called often and may raise to end the work: a large one must not keep Stop waiting.
    """
    try:
        if path.stat().st_size != package.packed_bytes:  # it may have grown beyond all memory
            return _DAMAGED
        data = path.read_bytes() if package.packed_bytes <= in_memory else None
        digest = file_sha256(path, lambda _: check()) if data is None else hashlib.sha256(data).hexdigest()
    except FileNotFoundError:
        return "its file has gone from the library's folder"
    except OSError as error:
        return f"its file in the library: {unreadable(error)}"
    if digest != package.sha256:
        return _DAMAGED
    return path if data is None else data
