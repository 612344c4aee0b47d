"""Reads packages from the library a few ahead of whoever copies them, and checks each against its SHA-256."""

from __future__ import annotations

import hashlib
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from exportmanager.core.course import Course, Workspace
from exportmanager.core.errors import Cancelled
from exportmanager.core.meter import Meter
from exportmanager.formats.archives import unreadable
from exportmanager.formats.files import file_sha256

Fetched = bytes | Path | str
"""A package's bytes; the path of one too large for memory; or a sentence on why there is none."""

_IN_MEMORY = 8 << 20
_AHEAD = 3
_BATCH = 32
_BATCH_BYTES = 1 << 20
_DAMAGED = "its file in the library is damaged: it is not what was imported"

_Batch = list[tuple[Workspace, Fetched]]


def fetched(
    course: Course, workspaces: Iterable[Workspace], meter: Meter
) -> Generator[tuple[Workspace, Fetched], None, None]:
    """Each workspace with its package, read and checked a few batches ahead by a thread, which ends with this."""
    stop = threading.Event()

    def check(_: int) -> None:
        if stop.is_set():
            raise Cancelled

    with ThreadPoolExecutor(1, thread_name_prefix="fetch") as pool:
        ahead: deque[Future[_Batch]] = deque()
        try:
            for batch in _batches(workspaces):
                ahead.append(pool.submit(_fetch_all, course, batch, check))
                if len(ahead) > _AHEAD:
                    yield from _result_of(ahead.popleft(), meter)
            while ahead:
                yield from _result_of(ahead.popleft(), meter)
        finally:
            stop.set()
            pool.shutdown(cancel_futures=True)


def _batches(workspaces: Iterable[Workspace]) -> Iterator[list[Workspace]]:
    """A megabyte or so at a time: a thread that is asked for one small file after the other mostly waits."""
    batch: list[Workspace] = []
    size = 0
    for workspace in workspaces:
        batch.append(workspace)
        size += workspace.package.packed_bytes
        if size >= _BATCH_BYTES or len(batch) >= _BATCH:
            yield batch
            batch, size = [], 0
    yield batch


def _result_of(future: Future[_Batch], meter: Meter) -> _Batch:
    while True:  # a large package must not keep Stop waiting
        try:
            return future.result(timeout=0.1)
        except TimeoutError:
            meter.advance(0)


def _fetch_all(course: Course, batch: list[Workspace], check: Callable[[int], None]) -> _Batch:
    return [(workspace, _fetch(course.package_path(workspace.package.sha256), workspace, check)) for workspace in batch]


def _fetch(path: Path, workspace: Workspace, check: Callable[[int], None]) -> Fetched:
    try:
        if path.stat().st_size != workspace.package.packed_bytes:  # it may have grown beyond all memory
            return _DAMAGED
        data = path.read_bytes() if workspace.package.packed_bytes <= _IN_MEMORY else None
        digest = file_sha256(path, check) if data is None else hashlib.sha256(data).hexdigest()
    except FileNotFoundError:
        return "its file has gone from the library's folder"
    except OSError as error:
        return f"its file in the library: {unreadable(error)}"
    if digest != workspace.package.sha256:
        return _DAMAGED
    return path if data is None else data
