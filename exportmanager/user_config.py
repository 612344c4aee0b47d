"""Remembers for this user where the library is: in a small file of the user's own, as a library cannot know it."""

from __future__ import annotations

import contextlib
import json
import locale
import os
import uuid
from pathlib import Path
from typing import Any

import platformdirs

from exportmanager.core.errors import from_os_error
from exportmanager.formats.files import sync_folder

LIBRARY_VARIABLE = "EXPORTMANAGER_LIBRARY"
_LIBRARY = "library"
_LIMIT = 1 << 16
"""Bytes; a file that is longer was not written here."""


def config_file() -> Path:
    """The file, in the folder that the platform has for such files."""
    return Path(platformdirs.user_config_dir("exportmanager", appauthor=False)) / "config.json"


def default_library() -> Path:
    """The library of this user: where the variable says, else the chosen one, else in the platform's data folder."""
    if named := os.environ.get(LIBRARY_VARIABLE):
        return Path(named)
    return chosen_library() or Path(platformdirs.user_data_dir("exportmanager", appauthor=False)) / "library"


def default_save_folder() -> Path:
    """Where copies are first offered to go: the folder for downloads, the desktop or this user's home."""
    folders = (Path(platformdirs.user_downloads_dir()), Path(platformdirs.user_desktop_dir()))
    return next((folder for folder in folders if folder.is_dir()), Path.home())


def system_decimal_point() -> str:
    """What the system of this user writes between whole numbers and fractions; "." where it does not say."""
    before = locale.setlocale(locale.LC_NUMERIC)
    try:
        locale.setlocale(locale.LC_NUMERIC, "")
        return str(locale.localeconv()["decimal_point"]) or "."
    except locale.Error:  # it names a language that is not installed
        return "."
    finally:
        locale.setlocale(locale.LC_NUMERIC, before)


def chosen_library(file: Path | None = None) -> Path | None:
    """The library that was chosen; None where none was, or where `file` cannot be read any more."""
    named = _read(file or config_file()).get(_LIBRARY)
    if not isinstance(named, str) or "\0" in named or not Path(named).is_absolute():
        return None
    return Path(named)


def choose_library(folder: Path | None, file: Path | None = None) -> None:
    """Remember `folder`; None forgets the choice. Raises `NoAccess` or `NoRoom`; then all is as it was."""
    file = file or config_file()
    config = _read(file)
    config.pop(_LIBRARY, None)
    if folder is not None:
        config[_LIBRARY] = str(folder.absolute())
    try:
        _write(file, json.dumps(config, indent=2))
    except OSError as error:
        raise from_os_error(error, "remembering where the library is") from error


def _read(file: Path) -> dict[str, Any]:
    """What `file` holds, also for newer versions of the program; nothing where it is not there, or broken."""
    try:
        with file.open("rb") as opened:
            found = json.loads(opened.read(_LIMIT))
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _write(file: Path, text: str) -> None:
    """Write the file for this user only: whole, or as it was."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = file.with_name(f".{file.name}.{uuid.uuid4().hex}.part")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        draft.replace(file)
        sync_folder(file.parent)
    finally:
        with contextlib.suppress(OSError):  # what went wrong before it says more
            draft.unlink(missing_ok=True)
