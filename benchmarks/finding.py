"""Measures finding a text in all workspaces of a course: until the first result, and until all were searched."""

from __future__ import annotations

import time
from pathlib import Path

from benchmarks.measure import Row, Times, note
from exportmanager.program import opened
from exportmanager.review.expressions import Query
from exportmanager.review.finding import found_in

_FREQUENT, _NOWHERE = "self", "no such words in any file"
_FIRST, _ALL = 0.2, 1.0
"""Seconds that it may take to the first result, and in all."""


def bench_find(library: Path, rounds: int) -> list[Row]:
    """Find in the courses of `library`, in this process; the times are those of a search in an opened program."""
    firsts, alls = [], []
    with opened(library) as program:
        courses = [summary.info for summary in program.library.courses()]
        for number in range(rounds):
            began = time.perf_counter()
            hits = iter(found_in(program.library, Query(_FREQUENT), courses))
            next(hits)
            firsts.append(time.perf_counter() - began)
            del hits  # and with it the threads
            began = time.perf_counter()
            assert not list(found_in(program.library, Query(_NOWHERE), courses)), "all had to be searched"
            alls.append(time.perf_counter() - began)
            note(f"round {number + 1} of {rounds}: find {firsts[-1]:.3f} s, {alls[-1]:.2f} s")
    first, every = Times(tuple(firsts)), Times(tuple(alls))
    return [
        Row("find: the first result, s / 0.2", f"{first.median:.3f} s", "", first.median / _FIRST, 1, at_most=True),
        Row("find: all files, s / 1", str(every), "", every.median / _ALL, 1, at_most=True),
    ]
