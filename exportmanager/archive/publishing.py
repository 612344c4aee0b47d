"""Gives a draft that is whole its name, beside it its certificate: the last step of an archive and of each copy."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from exportmanager.archive.certificate import beside, write_beside
from exportmanager.archive.drafts import ArchiveDraft
from exportmanager.archive.encrypting import HOW_TO_OPEN, how_to_open
from exportmanager.core.archive import ArchiveRecord
from exportmanager.core.errors import AlreadyThere, NoAccess, ProblemForTeacher, from_os_error
from exportmanager.formats.files import is_there


@contextlib.contextmanager
def left_whole_or_not(draft: ArchiveDraft, doing: str) -> Iterator[None]:
    """Whatever ends the work early removes the draft, but for one that is whole: the next start gives it its name.

    `doing` continues "while ...". Raises `NoAccess` where the draft was taken away, `NoRoom`, and whatever ended it.
    """
    try:
        yield
    except BaseException as error:
        made = draft.note.record
        is_gone = not draft.is_begun and not (made and is_there(made.path))
        if made is None:
            draft.discard()
        else:
            draft.release()
        if is_gone and isinstance(error, OSError | ProblemForTeacher):
            raise _gone(draft, error) from error
        if isinstance(error, OSError):
            raise from_os_error(error, doing) from error
        raise


def _gone(draft: ArchiveDraft, error: Exception) -> NoAccess:
    return NoAccess(
        f"What was written into {draft.folder} is gone: its disk was taken away, or somebody removed it.",
        "Connect the disk again, or choose another folder, and try again.",
        details=str(error),
    )


def publish(draft: ArchiveDraft, work: str, made: ArchiveRecord) -> ArchiveRecord:
    """Give `work` of the draft the name at the end of `made.path`, or one with a number; what it is now.

    Raises `NoRoom`, `NoAccess`, `OSError`.
    """
    stamp(draft.work / work, made.made_at)
    suffix = suffix_of(made)
    for name in free_names(draft.folder, made.path.name.removesuffix(suffix), suffix):
        path = draft.folder / name
        placed = replace(made, path=path, certificate=made.certificate.model_copy(update={"place": str(path)}))
        others = _write_beside(draft, placed)
        draft.seal([(work, name), *((other, other) for other in others)], placed)
        try:
            draft.publish()
        except AlreadyThere:  # a file took this name at this moment: the next one
            continue
        return placed
    raise AssertionError("there are always more names")


def _write_beside(draft: ArchiveDraft, made: ArchiveRecord) -> list[str]:
    """Write into the draft what will stand beside the archive; the names."""
    names = [other.name for other in beside(made.path)]
    if made.encrypted:
        names.append(how_to_open_path(made.path).name)
        with (draft.work / names[-1]).open("w", encoding="utf-8") as file:
            file.write(how_to_open(made.path.name))
            file.flush()
            os.fsync(file.fileno())
    write_beside(made.path, made.certificate, encrypted=made.encrypted, folder=draft.work)  # and syncs the folder
    return names


def suffix_of(made: ArchiveRecord) -> str:
    """What a number in its name goes before."""
    return made.path.suffix if made.form == "zip" else ""


def free_names(folder: Path, name: str, suffix: str) -> Iterator[str]:
    """`name`, and the same with numbers, as long as nothing stands there that is called so."""
    number, stem = 1, name
    while True:
        path = folder / f"{stem}{suffix}"
        if not any(os.path.lexists(taken) for taken in (path, *beside(path), how_to_open_path(path))):
            yield path.name
        number += 1
        stem = f"{name} ({number})"


def how_to_open_path(path: Path) -> Path:
    """Where it is said beside an encrypted archive how to open it."""
    return path.with_name(f"{path.name}{HOW_TO_OPEN}")


def stamp(archive: Path, made_at: datetime) -> None:
    """Give a zip the time at which it was made: another one tells that somebody wrote to it since."""
    if archive.is_file():
        os.utime(archive, (made_at.timestamp(), made_at.timestamp()))
