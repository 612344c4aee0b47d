"""Watches how much memory a process and all that it started take together."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path

_EVERY = 0.05
_PROC = Path("/proc")


class Memory:
    """A context manager; `peak` is the most bytes at one of 20 looks a second, None where the system does not say.

    What several processes share is counted once (the kernel's proportional set size).
    """

    def __init__(self) -> None:
        self.peak: int | None = None
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Memory:
        if (_PROC / "self" / "smaps_rollup").exists():
            self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join()

    def _watch(self) -> None:
        while not self._ended.wait(_EVERY):
            if any(_children(os.getpid())):  # alone, its own peak says more, and looking costs time
                self.peak = max(self.peak or 0, sum(map(_share, [os.getpid(), *_descendants(os.getpid())])))


def _descendants(process: int) -> Iterator[int]:
    for child in _children(process):
        yield child
        yield from _descendants(child)


def _children(process: int) -> list[int]:
    try:
        tasks = list((_PROC / str(process) / "task").iterdir())
        return [int(word) for task in tasks for word in (task / "children").read_text().split()]
    except OSError:  # it ended meanwhile
        return []


def _share(process: int) -> int:
    try:
        lines = (_PROC / str(process) / "smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) << 10 for line in lines if line.startswith("Pss:"))
