"""Counts what comes out of a stranger's archive against the limits, for several threads at once."""

from __future__ import annotations

import threading
from typing import NamedTuple, NoReturn

from exportmanager.core.errors import HostileArchive
from exportmanager.core.trees import Limits

_LETTERS_LIMIT = 100_000_000


class Counter:
    """Counts against the limits; `packed` is the size of the archive, if it comes out of one.

    What an archive in an archive holds counts for the `whole` too, until it is refused: who hides a bomb in one of a
    thousand archives must not take the others along. What came out of refused ones is still limited in bytes.
    """

    def __init__(self, limits: Limits, packed: int | None = None, whole: Counter | None = None) -> None:
        self._limits = limits
        self._packed = packed
        self._whole = whole
        self._lock = threading.Lock()
        self._is_refused = False
        self._bytes = self._forgotten = self._entries = self._letters = 0

    def add(self, n: int) -> None:
        """`n` more bytes came out."""
        with self._lock:
            total = self._bytes + n
            if total + self._forgotten > self._limits.bytes:
                self._refuse(f"It holds more than {self._limits.bytes:,} bytes, and no more are read.")
            if self._packed is not None and total > max(self._limits.ratio_from, self._packed * self._limits.ratio):
                self._refuse(
                    f"It unpacks to more than {total >> 20:,} MB from {self._packed:,} bytes: it may be a zip bomb."
                )
            if self._whole:
                self._whole.add(n)
            self._bytes = total

    def entry(self, path: str) -> None:
        """One more entry is listed."""
        self.listed(1, len(path))

    def listed(self, entries: int, letters: int = 0) -> None:
        """So many more entries or folders are listed, with so many letters in their names."""
        with self._lock:
            self._expect(entries)
            if self._letters + letters > _LETTERS_LIMIT:
                self._refuse("The names in it are longer than those of any honest archive.")
            if self._whole:
                self._whole.listed(entries, letters)
            self._entries += entries
            self._letters += letters

    def expect(self, entries: int) -> None:
        """So many more entries are about to be listed."""
        with self._lock:
            self._expect(entries)

    def _expect(self, entries: int) -> None:
        if self._entries + entries > self._limits.files:
            self._refuse(f"It holds more than {self._limits.files:,} files and folders, and no more are read.")

    def _refuse(self, why: str) -> NoReturn:
        if self._whole and not self._is_refused:
            self._whole._forget(self._bytes, self._entries, self._letters)
        self._is_refused = True
        raise HostileArchive(why)

    def _forget(self, n: int, entries: int, letters: int) -> None:
        with self._lock:
            self._bytes -= n
            self._forgotten += n
            self._entries -= entries
            self._letters -= letters


class Counts(NamedTuple):
    """Of one archive: the contents of its files, and what is unpacked for a moment so that they can be found."""

    contents: Counter
    unpacked: Counter

    def inner(self, limits: Limits, packed: int) -> Counts:
        """Of an archive in it, of so many bytes: limited by itself, and a part of the whole."""
        return Counts(Counter(limits, packed, self.contents), Counter(limits, packed, self.unpacked))


def counts_of(limits: Limits, packed: int | None = None) -> Counts:
    """Of an archive of `packed` bytes, or of a folder."""
    return Counts(Counter(limits, packed), Counter(limits, packed))
