"""Archives being written: beside their place, on the same disk, and gone or finished whatever happens to their maker.

What a draft needs after a kill is noted in the library: where it is, and, once it is whole, what it is to be called and
what the library records of it. A lock beside the note tells whether its maker lives.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import uuid
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from exportmanager.core.archive import ArchiveRecord
from exportmanager.core.errors import AlreadyThere, from_os_error
from exportmanager.core.locks import FileLock
from exportmanager.formats.files import is_folder, sync_folder
from exportmanager.shelf.shelf import move_to_free_name

_NEW = ".new"


class Note(BaseModel):
    """What is known of a draft: where it will stand, and once it is whole, its `record` and the names of its files.

    `names` are pairs: what a file is called in the draft, and beside it. The first one is the archive. `device` is the
    system's number of the disk, 0 where that is not known.
    """

    model_config = ConfigDict(frozen=True)

    folder: Path
    device: int = 0
    names: tuple[tuple[str, str], ...] = ()
    record: ArchiveRecord | None = None


class ArchiveDraft:
    """One archive being written into `work`, a hidden folder in the folder where it will stand."""

    def __init__(self, home: Path, token: str, note: Note, lock: FileLock) -> None:
        self._noted = home / f"{token}.json"
        self._lock = lock
        self.note = note
        self.folder = note.folder
        self.work = note.folder / f".{token}.archive-draft"

    def begin(self) -> None:
        """Note it, and make its folder. Raises `NoRoom`, `NoAccess`, `OSError`."""
        self._write_note(self.note.model_copy(update={"device": self.folder.stat().st_dev}))
        self.work.mkdir(mode=0o700)
        sync_folder(self.folder)

    def seal(self, names: Sequence[tuple[str, str]], record: ArchiveRecord) -> None:
        """All that is in it is whole and on the disk: from here on it is finished, not removed, after a kill.

        Raises `NoRoom`, `NoAccess`.
        """
        self._write_note(self.note.model_copy(update={"names": tuple(names), "record": record}))

    @property
    def is_away(self) -> bool:
        """Whether its disk is: its folder is gone, or only the place where the disk was is left of it."""
        if not is_folder(self.folder):
            return True
        return not self.is_begun and self.note.device not in {0, self.folder.stat().st_dev}

    @property
    def is_begun(self) -> bool:
        """Whether what was written is there."""
        return is_folder(self.work)

    def publish(self) -> None:
        """Give the files of a sealed draft their names. Raises `AlreadyThere` where the archive's is taken, `OSError`.

        What belongs to an archive of that name may stand in for what belonged to another one.
        """
        (draft, archive), *others = self.note.names
        _move(self.work / draft, self.folder / archive)
        for here, there in others:
            if (self.work / here).exists():
                (self.work / here).replace(self.folder / there)
        sync_folder(self.folder)

    def forget(self) -> None:
        """It is published and recorded: nothing is left to do."""
        if self.is_begun:
            shutil.rmtree(self.work)
        self._let_go()

    def discard(self) -> None:
        """Remove all that was written. Where its disk does not answer it stays noted, for the next start."""
        with contextlib.suppress(OSError):
            if not self.is_away:
                if self.is_begun:
                    shutil.rmtree(self.work)
                self._let_go()
        self._lock.release()

    def release(self) -> None:
        """Leave it as it is, for the next start."""
        self._lock.release()

    def _let_go(self) -> None:
        for path in (self._noted.with_suffix(_NEW), self._noted):
            path.unlink(missing_ok=True)
        self._lock.release(remove=True)

    def _write_note(self, note: Note) -> None:
        """Raises `NoRoom`, `NoAccess`: it is the library's disk that failed, and not that of the archive."""
        draft = self._noted.with_suffix(_NEW)
        try:
            with draft.open("w", encoding="utf-8") as file:
                file.write(note.model_dump_json())
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self._noted)
            sync_folder(self._noted.parent)
        except OSError as error:
            raise from_os_error(error, f"writing into the library ({self._noted.parent})") from error
        self.note = note


class ArchiveDrafts:
    """The drafts of one library; notes and locks lie in its folder `home`.

    `refuse` raises what keeps an archive from being begun; it is asked when everybody can see already that one is.
    """

    def __init__(self, home: Path, refuse: Callable[[], None] = lambda: None) -> None:
        self._home, self._refuse = home, refuse

    def new(self, folder: Path) -> ArchiveDraft:
        """A draft of an archive that will stand in `folder`. Raises `NoAccess`, `NoRoom`, and what `refuse` does."""
        try:
            self._home.mkdir(mode=0o700, exist_ok=True)
            token = uuid.uuid4().hex
            while (lock := FileLock.take(self._home / f"{token}.lock")) is None:
                token = uuid.uuid4().hex
            draft = ArchiveDraft(self._home, token, Note(folder=folder.absolute()), lock)
            try:
                draft.begin()
                self._refuse()
            except BaseException:
                draft.discard()
                raise
        except OSError as error:
            raise from_os_error(error, f"preparing an archive in {folder}") from error
        return draft

    def left(self) -> Iterator[ArchiveDraft]:
        """Those whose makers died, locked: finish or discard each. Notes that cannot be read are removed."""
        for path in sorted(self._home.glob("*.lock")):
            if (lock := FileLock.take(path)) is None:
                continue
            noted = path.with_suffix(".json")
            try:
                note = Note.model_validate_json(noted.read_bytes())
            except (OSError, ValueError):  # it died before it noted anything, and made nothing either
                for litter in (noted.with_suffix(_NEW), noted):
                    litter.unlink(missing_ok=True)
                lock.release(remove=True)
                continue
            yield ArchiveDraft(self._home, path.stem, note, lock)

    def are_alive(self) -> bool:
        """Whether an archive is being made at this moment."""
        for path in self._home.glob("*.lock"):
            if (lock := FileLock.take(path)) is None:
                return True
            lock.release()
        return False

    def finish_left(self, record: Callable[[ArchiveRecord], object]) -> None:
        """Make true what a killed maker left: what was whole gets its name and is recorded, all else goes.

        What lies on a disk that is not connected waits until it is.
        """
        for draft in self.left():
            if draft.note.record is None:
                draft.discard()
            elif draft.is_away:
                draft.release()
            else:
                _finish(draft, draft.note.record, record)


def _finish(draft: ArchiveDraft, made: ArchiveRecord, record: Callable[[ArchiveRecord], object]) -> None:
    try:
        draft.publish()
        if is_there := _is_there(made):
            record(made)
    except AlreadyThere:  # nobody was told of it
        is_there = False
    except OSError:
        draft.release()
        return
    if is_there:
        draft.forget()
    else:
        draft.discard()


def _is_there(made: ArchiveRecord) -> bool:
    """Whether what stands at its place can be it: somebody may have taken it away meanwhile."""
    return (
        made.path.is_dir() if made.form == "folder" else made.path.is_file() and made.path.stat().st_size == made.size
    )


def _move(here: Path, there: Path) -> None:
    """Rename, but never over another file; done already by somebody who was killed, it is done."""
    if not os.path.lexists(here):
        return
    if os.path.lexists(there) and here.samefile(there):  # killed between the two halves of a rename
        here.unlink()
        return
    move_to_free_name(here, there)
