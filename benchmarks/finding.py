"""Measures finding a text in all workspaces of a course, to the first and the last result; and opening a large one."""

from __future__ import annotations

import time
from pathlib import Path

from benchmarks.measure import Row, Times, note
from exportmanager.core.meter import Meter
from exportmanager.formats.archives import open_tree
from exportmanager.program import Program, opened
from exportmanager.review.expressions import Query
from exportmanager.review.finding import found_in
from exportmanager.review.opening import Openings
from exportmanager.review.where import Where

_FREQUENT, _NOWHERE = "self", "no such words in any file"
_FIRST, _ALL = 0.2, 1.0
"""Seconds that it may take to the first result, and in all."""
_FILES, _OPENED = 3_500, 0.3
"""A large workspace, and seconds until its files are listed."""


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
        opens = _openings(program, library.with_name("large"), rounds)
    first, every = Times(tuple(firsts)), Times(tuple(alls))
    return [
        Row("find: the first result, s / 0.2", f"{first.median:.3f} s", "", first.median / _FIRST, 1, at_most=True),
        Row("find: all files, s / 1", str(every), "", every.median / _ALL, 1, at_most=True),
        Row(f"open: {_FILES:,} files, s / 0.3", str(opens), "", opens.median / _OPENED, 1, at_most=True),
    ]


def _openings(program: Program, folder: Path, rounds: int) -> Times:
    """Seconds until a workspace is open, its files are listed, and one of them was read."""
    for number in range(_FILES):
        path = folder / f"part-{number // 50}" / f"file-{number}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"print({number})\n" * 20)
    project = program.library.projects.take_in(open_tree(folder), "Large", "", "", program.clock(), Meter())
    seconds = []
    for _ in range(rounds):
        began = time.perf_counter()
        with Openings(program.library) as openings, openings.open(Where.of_project(project.id)) as opened:
            last = opened.entries()[-1]
            assert opened.read(last.path, last.size)
        seconds.append(time.perf_counter() - began)
    return Times(tuple(seconds))
