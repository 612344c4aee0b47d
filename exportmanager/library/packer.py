"""Packs trees into the package store with some threads, a few ahead, and gives the results back in order."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from exportmanager.core.errors import BadSource, Cancelled
from exportmanager.core.meter import Meter
from exportmanager.core.report import Gap
from exportmanager.core.trees import Findings, Tree
from exportmanager.formats.packing import Packed, pack
from exportmanager.library.store import PackageDraft, PackageStore

_THREADS = 3  # two cores are busy while one of them waits for the disk
_AHEAD = 64

_Owner = TypeVar("_Owner")


@dataclass(frozen=True, slots=True)
class Packing:
    """What a thread made of a tree: a draft on the disk, what is in it, and what was left out."""

    draft: PackageDraft
    packed: Packed
    gaps: list[Gap]


class Packer(Generic[_Owner]):
    """Trees go in with what they belong to; a `Packing`, or why there is none, comes out."""

    def __init__(self, store: PackageStore, meter: Meter) -> None:
        self._store = store
        self._meter = meter
        self._stop = threading.Event()
        self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="pack")
        self._waiting: deque[tuple[_Owner, Future[Packing]]] = deque()

    def submit(self, owner: _Owner, tree: Tree, modified: int | None) -> None:
        """Pack `tree` as soon as a thread is free."""
        self._waiting.append((owner, self._pool.submit(self._pack, tree, modified)))

    def _pack(self, tree: Tree, modified: int | None) -> Packing:
        findings = Findings(check=self._check)
        draft = self._store.new_draft()
        try:
            packed = pack(tree, draft.file, findings, self._check, modified)
            draft.close()
        except BaseException:
            draft.discard()
            raise
        return Packing(draft, packed, findings.gaps)

    def _check(self) -> None:
        if self._stop.is_set():
            raise Cancelled

    def results(self, *, to_the_last: bool = False) -> Iterator[tuple[_Owner, Packing | BadSource]]:
        """What is ready, and so much more that few are waiting; `to_the_last`: all."""
        most = 0 if to_the_last else _AHEAD
        while self._waiting and (len(self._waiting) > most or self._waiting[0][1].done()):
            owner, future = self._waiting[0]
            self._wait_for(future)
            self._waiting.popleft()
            try:
                yield owner, future.result()
            except BadSource as problem:
                yield owner, problem

    def _wait_for(self, future: Future[Any]) -> None:
        while not future.done():  # a large workspace must not keep Stop waiting
            self._meter.advance(0)
            try:
                future.exception(timeout=0.1)
            except TimeoutError:
                continue

    def close(self) -> None:
        """End the threads, and remove what nobody took."""
        self._stop.set()
        self._pool.shutdown(cancel_futures=True)
        for _, future in self._waiting:
            if not future.cancelled() and future.exception() is None:
                future.result().draft.discard()
