"""Takes times and peak memory of this program and of others, in turn, and prints them as a table of ratios."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_PROJECT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Settings:
    """How to measure: where on the disk, how often, on how much."""

    folder: Path
    rounds: int = 5
    quick: bool = False
    true_size: bool = False
    """The course of ten times the size has files of the same size too, not smaller ones."""


@dataclass(frozen=True, slots=True)
class Times:
    """The same thing measured several times, in seconds."""

    seconds: tuple[float, ...]

    @property
    def median(self) -> float:
        """The one in the middle."""
        return statistics.median(self.seconds)

    def __str__(self) -> str:
        return f"{self.median:.2f} s ({min(self.seconds):.2f}-{max(self.seconds):.2f})"


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table. `ratio` is judged against `target`: at least that much, or (`at_most`) at most."""

    what: str
    ours: str
    theirs: str
    ratio: float | None = None
    target: float | None = None
    at_most: bool = False
    aim: float | None = None
    spread: str = ""

    @property
    def is_missed(self) -> bool:
        """Whether there is a target and it was not reached."""
        if self.ratio is None or self.target is None:
            return False
        return self.ratio > self.target if self.at_most else self.ratio < self.target

    def cells(self) -> list[str]:
        """As printed."""
        ratio = "" if self.ratio is None else f"{self.ratio:.2f}{self.spread}"
        if self.target is None:
            return [self.what, self.ours, self.theirs, ratio, "", ""]
        aim = f", aim {self.aim:g}" if self.aim else ""
        target = f"{'<=' if self.at_most else '>='} {self.target:g}{aim}"
        return [self.what, self.ours, self.theirs, ratio, target, "NOT" if self.is_missed else "ok"]


HEADER = ["what", "ours", "theirs", "ratio (per round)", "target", ""]


def faster(what: str, ours: Times, theirs: Times, target: float, aim: float | None = None) -> Row:
    """We are to be at least `target` times as fast."""
    spread = _spread(b / a for a, b in zip(ours.seconds, theirs.seconds, strict=True))
    ratio = theirs.median / ours.median
    return Row(what, str(ours), str(theirs), ratio, target, aim=aim, spread=spread)


def not_slower(what: str, ours: Times, theirs: Times, target: float | None, aim: float | None = None) -> Row:
    """We may take at most `target` times as long; None: that is not judged."""
    spread = _spread(a / b for a, b in zip(ours.seconds, theirs.seconds, strict=True))
    ratio = ours.median / theirs.median
    return Row(what, str(ours), str(theirs), ratio, target, at_most=True, aim=aim, spread=spread)


def _spread(ratios: Iterable[float]) -> str:
    every = list(ratios)
    return f" ({min(every):.2f}-{max(every):.2f})"


def print_table(rows: Sequence[Row]) -> None:
    """Print it, in columns."""
    print_cells([HEADER, *(row.cells() for row in rows)])


def print_cells(table: Sequence[Sequence[str]]) -> None:
    """Print lines in columns; the first one is the header."""
    widths = [max(len(line[column]) for line in table) for column in range(len(table[0]))]
    for number, line in enumerate(table):
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
        if number == 0:
            print("  ".join("-" * width for width in widths))


@dataclass
class Series:
    """Measures several things in turn, round after round, so that a busy moment does not hit only one of them."""

    runs: Mapping[str, Callable[[], float]]
    taken: dict[str, list[float]] = field(default_factory=dict)

    def go(self, rounds: int) -> dict[str, Times]:
        """Each of `runs` gives seconds; all of them, `rounds` times. Before each, what earlier ones wrote is synced."""
        for number in range(rounds):
            names = list(self.runs)
            for name in names if number % 2 == 0 else reversed(names):
                sync_disk()
                self.taken.setdefault(name, []).append(self.runs[name]())
            note(f"round {number + 1} of {rounds}: " + ", ".join(f"{n} {self.taken[n][-1]:.2f} s" for n in names))
        return {name: Times(tuple(seconds)) for name, seconds in self.taken.items()}


def note(text: str) -> None:
    """Tell how far it is, beside the table."""
    print(text, file=sys.stderr, flush=True)


def sync_disk() -> None:
    """Let the disk come to rest."""
    if hasattr(os, "sync"):
        os.sync()


def timed(work: Callable[[], object]) -> float:
    """The seconds that `work` takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def command(arguments: Sequence[str], cwd: Path) -> float:
    """The seconds that another program takes, from its start to its end."""
    return timed(
        lambda: subprocess.run(arguments, cwd=cwd, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    )


def fresh_process(task: str, *arguments: str) -> dict[str, Any]:
    """What `benchmarks.child` says after doing `task` in a process of its own."""
    line = [sys.executable, "-m", "benchmarks.child", task, *arguments]
    done = subprocess.run(line, cwd=_PROJECT, check=True, stdout=subprocess.PIPE)
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def peak_memory() -> int | None:
    """The most bytes of memory that this process had at any time; None where the system does not say.

    Not `ru_maxrss` on Linux: there a new program inherits it from the one that started it.
    """
    status = Path("/proc/self/status")
    if status.exists():
        for line in status.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) << 10
    if sys.platform == "win32":
        return None
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak << 10
