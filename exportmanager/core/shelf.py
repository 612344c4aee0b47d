"""The shelf: a folder where exports are drafted, stand when finished, and leave."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from pathlib import Path
from typing import BinaryIO, Protocol

from exportmanager.core.ledger import Sealed


class Removal(Enum):
    """What came of taking a file off the shelf."""

    REMOVED = "removed"
    WAS_GONE = "was gone"
    NOT_OURS = "not ours"
    """Another file stands there under that name; it was left alone."""
    IN_USE = "in use"
    """Another program holds it open; it is tried again later."""
    REFUSED = "refused"
    """The system does not let it go; it is tried again later."""


class Draft(Protocol):
    """An export being written, in a file beside the shelf; a lock tells other processes that its job lives."""

    token: str

    @property
    def file(self) -> BinaryIO:
        """The file, open for writing, once it was made."""

    def create(self) -> None:
        """Make the file, empty."""

    def size(self) -> int:
        """Bytes written so far."""

    def seal(self, advance: Callable[[int], None]) -> tuple[int, str]:
        """Bring it to the disk and read it back: its size and SHA-256. `advance` is called with bytes read."""

    def discard(self) -> None:
        """Remove the file and free the lock."""

    def release(self) -> None:
        """Free the lock: the file was published."""


class Shelf(Protocol):
    """The folder of finished exports."""

    @property
    def folder(self) -> Path:
        """Where it is."""

    def new_draft(self) -> Draft:
        """A draft under a token of its own, its lock held; the file is not made yet."""

    def claim(self, token: str) -> Draft | None:
        """The draft of a job that died; None while its job lives."""

    def check_room(self, size: int) -> None:
        """Raise `NoRoom` where the disk has no room for `size` bytes."""

    def publish(self, token: str, wanted: str, announce: Callable[[str], None]) -> str:
        """Give a sealed draft its name: `wanted`, or one like it that is free. Never over a file. Returns the name.

        `announce` is called with the name before the file takes it.
        """

    def has_draft(self, token: str, file: Sealed) -> bool:
        """Whether the sealed `file` lies there, whole, under its draft name."""

    def is_reachable(self) -> bool:
        """Whether the folder is there: it may be on a disk that is not connected."""

    def holds(self, file: Sealed, *, thoroughly: bool) -> bool:
        """Whether `file` stands on the shelf: by name and size, or `thoroughly` by its SHA-256."""

    def remove(self, file: Sealed) -> Removal:
        """Take a file off the shelf, if it is the one that was put there."""

    def sweep(self, is_needed: Callable[[str], bool]) -> None:
        """Remove what dead jobs left among the drafts, but no draft that `is_needed`, asked while its lock is held."""
