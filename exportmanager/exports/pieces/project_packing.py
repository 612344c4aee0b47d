"""Packs published projects as tars in zstandard, several at a time, and gives them back in their order."""

from __future__ import annotations

import contextlib
import os
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import BinaryIO

from exportmanager.core.course import Course, Published
from exportmanager.core.errors import Cancelled
from exportmanager.core.meter import Meter
from exportmanager.exports.pieces.archive import spool
from exportmanager.exports.pieces.fetching import read_package
from exportmanager.formats.tar_zst import TarZst

_MOST_THREADS = 4
"""Reading packages is mostly this language's work, and more than so many threads of it wait for each other."""
_GRACE = 0.5
"""Seconds that work under way may take to notice Stop. At high levels zstandard goes on for longer, in memory only."""


class _Packing:
    """A project on its way: `done` counts the bytes of its files that went in, for whoever waits."""

    def __init__(self, project: Published, path: Path, tars: TarZst, stop: threading.Event) -> None:
        self.project = project
        self.done = 0
        self.future: Future[BinaryIO | str] = Future()
        self._path, self._tars, self._stop = path, tars, stop

    def work(self) -> BinaryIO | str:
        """The tar in a temporary file, or why there is none."""
        package = read_package(self._path, self.project.package, self._check)
        if not isinstance(package, Path):
            return str(package)
        with contextlib.ExitStack() as unfinished:
            file = unfinished.enter_context(spool())
            self._tars.write(package, file, self._advance)
            unfinished.pop_all()
        return file

    def _advance(self, n: int) -> None:
        self.done += n
        self._check()

    def _check(self) -> None:
        if self._stop.is_set():
            raise Cancelled


def packed_projects(
    course: Course, projects: Sequence[Published], level: int, meter: Meter
) -> Iterator[tuple[Published, BinaryIO | str]]:
    """Each project with its tar in a file, which is closed after its turn, or with a sentence on why there is none.

    The meter advances by the bytes of the files in them. Raises `Cancelled`.
    """
    threads = min(os.cpu_count() or 1, _MOST_THREADS)
    tars, stop = TarZst(level, threads), threading.Event()
    pool = ThreadPoolExecutor(threads, thread_name_prefix="sources")
    waiting: deque[_Packing] = deque()
    rest = iter(projects)
    try:
        while True:
            while len(waiting) <= threads and (project := next(rest, None)):
                packing = _Packing(project, course.package_path(project.package.sha256), tars, stop)
                packing.future = pool.submit(packing.work)
                waiting.append(packing)
            if not waiting:
                break
            yield from _taken(waiting, meter)
    finally:
        _end(pool, stop, [packing.future for packing in waiting])


def _taken(waiting: deque[_Packing], meter: Meter) -> Iterator[tuple[Published, BinaryIO | str]]:
    """The first of those that wait, once it is ready."""
    first, told = waiting[0], 0
    while not first.future.done():
        with contextlib.suppress(TimeoutError):
            first.future.exception(timeout=0.1)
        done = first.done
        meter.advance(done - told)
        told = done
    packed = first.future.result()
    meter.advance(first.project.package.bytes - told)
    waiting.popleft()
    with contextlib.nullcontext() if isinstance(packed, str) else packed:
        yield first.project, packed


def _end(pool: ThreadPoolExecutor, stop: threading.Event, waiting: Sequence[Future[BinaryIO | str]]) -> None:
    stop.set()
    pool.shutdown(wait=False, cancel_futures=True)
    wait([future for future in waiting if not future.cancelled()], timeout=_GRACE)
    for future in waiting:
        future.add_done_callback(_close)


def _close(future: Future[BinaryIO | str]) -> None:
    if not future.cancelled() and future.exception() is None and not isinstance(file := future.result(), str):
        file.close()
