"""The workspaces that a window has open: whatever is opened for it is let go of with it, also what comes too late."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

from exportmanager.core.errors import NotFound
from exportmanager.library.library import Library
from exportmanager.review.lying import Lying
from exportmanager.review.opening import Opened, Openings
from exportmanager.review.where import Where


class OpenWorkspaces:
    """For several threads. Nothing can be opened any more once this was closed."""

    def __init__(self, library: Library) -> None:
        self.files = Openings(library)
        self._lock = threading.Lock()
        self._open: list[Opened] = []
        self._is_closed = False

    def open(self, where: Where, passphrase: str | None = None) -> Opened:
        """Open a workspace. Raises what `Openings.open` does."""
        opened = self.files.open(where, passphrase)
        with self._lock:
            if not self._is_closed:
                self._open.append(opened)
                return opened
        opened.close()
        self.files.close()
        raise NotFound("Its window was closed.", "Open it again.")

    def within(self, path: Path, passphrase: str | None = None) -> Sequence[Lying]:
        """The workspaces in a file or folder. Raises what `Openings.within` does."""
        found = self.files.within(path, passphrase)
        if self._is_closed:
            self.files.close()
        return found

    def let_go(self, opened: Opened) -> None:
        """Close a workspace."""
        with self._lock:
            if opened in self._open:
                self._open.remove(opened)
        opened.close()

    def close(self) -> None:
        """Close all of them. This may wait for what is being listed: never call it on the window's thread."""
        with self._lock:
            self._is_closed = True
            opened, self._open = self._open, []
        for one in opened:
            one.close()
        self.files.close()
