"""Opens zips that are encrypted (WinZip AE-2, by pyzipper), and tells whether what is encrypted was changed.

It is loaded when there is one to open, and not at every start: pyzipper takes its time.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import pyzipper

from exportmanager.core.errors import BadOptions, BadSource


@contextmanager
def opened(path: Path) -> Iterator[Any]:
    """The zip at `path`, as pyzipper has it. Raises `BadSource`, `OSError`."""
    try:
        outer = _Outer(path)
    except (BadZipFile, pyzipper.BadZipFile, NotImplementedError, ValueError) as error:
        raise _damaged(path.name, error) from error
    with outer:
        yield outer


def opened_member(outer: Any, member: Any, passphrase: str, name: str) -> Any:
    """A member of it, open; `was_changed` tells in the end whether it was. `name` is that of the zip.

    Raises `BadOptions` for the passphrase, `BadSource`.
    """
    try:
        return outer.open(member, pwd=passphrase.encode())
    except RuntimeError as error:  # what pyzipper says to a wrong passphrase
        raise BadOptions(
            f"The passphrase does not open {name}.",
            "Type it again; if it is right, the beginning of the archive is damaged: use another copy.",
        ) from error
    except (BadZipFile, pyzipper.BadZipFile, NotImplementedError, ValueError) as error:
        raise _damaged(name, error) from error


def _damaged(name: str, error: Exception) -> BadSource:
    return BadSource(f"{name} is damaged: it cannot be opened.", "Use another copy.", details=str(error))


class _Inner(pyzipper.zipfile_aes.AESZipExtFile):  # type: ignore[misc]
    """The zip within. That it was changed is remembered, and not raised: what is damaged in it is to be named."""

    was_changed = False

    def check_wz_aes(self) -> None:
        """Compares the code that all of it must give."""
        try:
            super().check_wz_aes()
        except pyzipper.BadZipFile:
            self.was_changed = True


class _Outer(pyzipper.AESZipFile):  # type: ignore[misc]
    """The encrypted archive."""

    zipextfile_cls = _Inner
