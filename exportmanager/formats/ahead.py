"""Does work on some threads, a few pieces ahead, and gives what comes of it in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

_THREADS = 2
_AHEAD = 3
"""Pieces that wait besides: more would only fill memory."""

_Piece = TypeVar("_Piece")
_Result = TypeVar("_Result")


def ahead(work: Callable[[_Piece], _Result], pieces: Iterable[_Piece]) -> Generator[_Result, None, None]:
    """What `work` makes of each piece. `pieces` are made on the caller's thread; closing this ends the threads."""
    waiting: deque[Future[_Result]] = deque()
    with ThreadPoolExecutor(_THREADS, thread_name_prefix="ahead") as pool:
        try:
            for piece in pieces:
                waiting.append(pool.submit(work, piece))
                if len(waiting) > _THREADS + _AHEAD:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            pool.shutdown(cancel_futures=True)
