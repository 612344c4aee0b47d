"""Remembers what a move of the shelf has to clear away, in the old folder or the new one, so that a kill loses nothing.

Before anything is written, the files are noted by folder. Whatever is noted goes wherever the shelf is not: after the
move from the old folder; after a Stop, a problem or a kill from the new one. What may be the last copy never goes.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

from exportmanager.core.ledger import JobState, Ledger, Sealed
from exportmanager.core.locks import FileLock
from exportmanager.core.shelf import Removal
from exportmanager.shelf.shelf import FolderShelf

_WANTED = (JobState.SEALED, JobState.EXPORTED, JobState.MISSING)


class Place(FolderShelf):
    """A folder that the shelf comes to or leaves."""

    def is_reachable(self) -> bool:
        """Whether the folder is there; not where its disk does not answer, or it is somebody else's."""
        try:
            return super().is_reachable()
        except OSError:
            return False

    def is_same(self, other: FolderShelf) -> bool:
        """Whether both are one folder, however it is reached."""
        try:
            return self.folder == other.folder or self.folder.samefile(other.folder)
        except OSError:
            return False

    def vacate(self) -> bool:
        """Remove what dead jobs left, and the folder of drafts if nothing else is in it; whether that was possible."""
        try:
            self.sweep(lambda _: False)
            for path in self._drafts.glob("publish.lock"):
                if (lock := FileLock.take(path)) is not None:
                    lock.release(remove=True)
            if self._drafts.is_dir() and not any(self._drafts.iterdir()):
                self._drafts.rmdir()
        except OSError:
            return False
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Leftovers:
    """What is noted of one library. Folders are called as in its settings: "" is the one in the library in `home`.

    `current` is the folder that the settings name now. `read` gives what `write` kept, as JSON; None: nothing. Whoever
    changes anything holds the lock on moving the shelf.
    """

    home: Path
    ledger: Ledger
    current: Callable[[], str]
    read: Callable[[], Any]
    write: Callable[[Any], None]

    def place(self, name: str) -> Place:
        """The folder that is called `name` in the settings."""
        return Place(Path(name) if name else self.home / "shelf")

    def noted(self) -> dict[str, set[Sealed]]:
        """The files by their folder; also a folder without files may have something to be cleared away."""
        found = self.read()
        if not isinstance(found, dict):
            return {}
        return {
            name: {Sealed(*file) for file in files if _is_file(file)}
            for name, files in found.items()
            if isinstance(files, list) and (not name or Path(name).is_absolute())
        }

    def note(self, more: Mapping[str, Collection[Sealed]]) -> None:
        """Note `more`, besides what is noted."""
        noted = self.noted()
        self._write({name: noted.get(name, set()) | set(more.get(name, ())) for name in {**noted, **more}})

    def _write(self, noted: Mapping[str, Collection[Sealed]]) -> None:
        lists = {name: [list(astuple(file)) for file in sorted(files, key=astuple)] for name, files in noted.items()}
        self.write(lists or None)

    def clear(self, gone: Callable[[Sealed], None] = lambda _: None) -> None:
        """Remove what lies where the shelf is not, and tell `gone`. What cannot go now stays noted."""
        if not (noted := self.noted()):
            return
        shelf = self.place(self.current())
        wanted: dict[Sealed, bool] = {}
        for job in self.ledger.jobs(_WANTED):
            if job.file and not (job.state is JobState.MISSING and job.removing):  # it was let go wherever it is
                wanted[job.file] = wanted.get(job.file, False) or job.removing is None
        rest = {name: _rest_of(self.place(name), files, wanted, shelf, gone) for name, files in noted.items()}
        self._write({name: files for name, files in rest.items() if files is not None})


def _is_file(noted: Any) -> bool:
    kinds = [type(part) for part in noted] if isinstance(noted, list) else []
    return kinds == [str, int, str] and Path(noted[0]).name == noted[0]


def _rest_of(
    place: Place, files: set[Sealed], wanted: Mapping[Sealed, bool], shelf: Place, gone: Callable[[Sealed], None]
) -> set[Sealed] | None:
    """What is still to be cleared away in `place`; None: nothing, and it need not be noted any more.

    `wanted` are the files that the ledger has on the shelf, True unless somebody is about to remove them.
    """
    if not place.is_reachable():
        return files
    is_shelf = place.is_same(shelf)
    rest = set()
    for file in files:
        if is_shelf and file in wanted:
            is_done = wanted[file]
        elif file in wanted and not shelf.holds(file, thoroughly=False):
            is_done = False  # it may be the last copy
        else:
            is_done = place.remove(file) not in {Removal.IN_USE, Removal.REFUSED}
            gone(file)
        if not is_done:
            rest.add(file)
    return rest or (None if is_shelf or place.vacate() else rest)
