"""What the command line prints: tables for people, JSON for programs, progress and notes beside them."""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from unicodedata import category, east_asian_width

import click

from exportmanager.core.errors import ProblemForTeacher
from exportmanager.core.export import counted
from exportmanager.core.meter import Progress
from exportmanager.core.report import Gap

Record = Mapping[str, Any]

_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
"""What moves a terminal's cursor, turns its letters round, or hides; not the joiners of Persian and of emoji."""


def show(records: Sequence[Record], columns: Mapping[str, str], *, as_json: bool, empty: str) -> None:
    """Print `records` as JSON, or as a table of `columns` (key: heading); `empty` says that there are none."""
    if as_json:
        text = json.dumps(list(records), ensure_ascii=False, indent=2, default=_plain)
        click.echo(_UNSAFE.sub(_escaped, text) if _can_show(text) else json.dumps(json.loads(text), indent=2))
    elif not records:
        click.echo(empty)
    else:
        table([list(columns.values()), *([_cell(record.get(key)) for key in columns] for record in records)])


def _can_show(text: str) -> bool:
    """Whether the output's encoding has every letter of `text`."""
    try:
        text.encode(sys.stdout.encoding or "utf-8", "strict")
    except UnicodeEncodeError:
        return False
    return True


def _escaped(found: re.Match[str]) -> str:
    return found[0] if found[0] == "\n" else json.dumps(found[0])[1:-1]


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json")
    return str(value)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.astimezone().strftime("%Y-%m-%d %H:%M")
    return safe(str(value))


def safe(text: str) -> str:
    """`text` for a terminal: what would move its cursor or turn its letters round is shown as a mark."""
    return _UNSAFE.sub("\N{REPLACEMENT CHARACTER}", text)


def table(rows: Sequence[Sequence[str]]) -> None:
    """Print rows, the first of them headings, in columns."""
    widths = [max(width(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        cells = [cell + " " * (room - width(cell)) for cell, room in zip(row, widths, strict=True)]
        click.echo("  ".join(cells).rstrip())


def width(text: str) -> int:
    """How many columns of a terminal `text` takes."""
    none = {"Mn", "Me", "Cf"}
    return sum(0 if category(c) in none else 2 if east_asian_width(c) in "WF" else 1 for c in text)


def size(number: int | None) -> str:
    """A number of bytes in words."""
    if number is None:
        return ""
    for unit, scale in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if number >= scale:
            return f"{number / scale:.1f} {unit}"
    return counted(number, "byte")


def span(time: timedelta) -> str:
    """A length of time in words: days, hours or minutes."""
    minutes = max(0, round(time.total_seconds() / 60))
    for unit, scale in (("day", 1440), ("hour", 60)):
        if minutes >= 2 * scale:  # "47 hours" tells more than "1 day"
            return f"{round(minutes / scale)} {unit}s"
    return f"{minutes} minute{'s' if minutes != 1 else ''}"


def _seconds_in_words(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 60 else span(timedelta(seconds=seconds))


def note(text: str) -> None:
    """Say something beside the output proper."""
    click.echo(safe(text), err=True)


def gap_lines(found: Sequence[Gap]) -> list[str]:
    """What is not there: what, of whom, and why."""
    return [
        safe(f"  {'left out' if gap.chosen else 'gap'}: {gap.what}{f' of {gap.who}' if gap.who else ''}: {gap.why}")
        for gap in found
    ]


def gaps(found: Sequence[Gap]) -> None:
    """Say what is not there, beside the output proper."""
    for line in gap_lines(found):
        note(line)


def problem(found: ProblemForTeacher) -> None:
    """Say what happened, and what to do, in one line each."""
    note(found.what)
    if found.next_step:
        note(found.next_step)


def progress_line() -> Callable[[Progress], None]:
    """Shows progress in one line that is written over, where a person is looking."""
    if not sys.stderr.isatty():
        return lambda progress: None

    def draw(progress: Progress) -> None:
        seconds = progress.seconds_left
        left = "" if seconds is None else f"{_seconds_in_words(seconds)} left"
        percent = f"{progress.fraction:4.0%}" if progress.total else ""
        text = safe("  ".join(part for part in (progress.stage, percent, left, progress.item) if part))
        room = shutil.get_terminal_size().columns - 1
        while width(text) > room:
            text = text[:-1]
        click.echo(f"\r\x1b[2K{text}", nl=False, err=True)

    return draw


def end_progress_line() -> None:
    """Clear the line that `progress_line` wrote."""
    if sys.stderr.isatty():
        click.echo("\r\x1b[2K", nl=False, err=True)
