"""What became of an export, and what was chosen for it, in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from exportmanager.core.ledger import UNFINISHED, Job, JobState
from exportmanager.core.options import Field, FieldKind
from exportmanager.ui.words import ago, counted, day, gaps, holds, number, size, state, tr

DOT = "  ·  "
_NOTES = 4
_HAS_GONE = (JobState.EXPIRED, JobState.REMOVED, JobState.MISSING)


def came_of(job: Job) -> str:
    """Where a job stands, and what came of it: "On the shelf: 22 of 24 students, 2 gaps"."""
    if job.state is JobState.FAILED and job.problem:
        return tr("{state}: {why}", state=state(job.state), why=tr(job.problem))
    return stands(job)


def stands(job: Job) -> str:
    """The same in short: of a file that is there what it holds, and no more than "did not work" of what did not."""
    held = _held(job)
    if held and job.state is JobState.EXPORTED:
        return held
    return tr("{state}: {why}", state=state(job.state), why=held) if held else state(job.state)


def last_result(job: Job, now: datetime) -> str:
    """The newest job of a kind in one line: "Last: today, 14:05 · 84 MB · 22 of 24 students, 2 gaps"."""
    when = ago(job.finished_at or job.created_at, now)
    if job.state in UNFINISHED:
        return tr("{state}, asked for {when}", state=state(job.state), when=when)
    if job.state is JobState.EXPORTED:
        said = [size(job.file.size) if job.file else "", _held(job)]
    elif job.state in _HAS_GONE:
        said = [state(job.state), _held(job)]
    else:
        said = [came_of(job)]
    return tr("Last: {what}", what=DOT.join(part for part in (when, *said) if part))


def _held(job: Job) -> str:
    return ", ".join(part for part in (holds(job.report), gaps(job.report)) if part)


def notes_in_words(notes: Sequence[str]) -> str:
    """The first of a report's or an estimate's notes, a line each, and how many more there are."""
    lines = [tr(note) for note in notes[:_NOTES]]
    if (more := len(notes) - _NOTES) > 0:
        lines.append(counted(more, "1 more note", "%Ln more notes"))
    return "\n".join(lines)


def options_in_words(fields: Iterable[Field], values: Mapping[str, Any]) -> str:
    """What was chosen that is not as usual: "3 assignments, Tables: for programs"; "all, as usual" for nothing."""
    chosen = [_in_words(field, values[field.name]) for field in fields if _is_chosen(field, values)]
    return ", ".join(part for part in chosen if part) or tr("all, as usual")


def _is_chosen(field: Field, values: Mapping[str, Any]) -> bool:
    return field.name in values and values[field.name] != field.default


def _in_words(field: Field, value: Any) -> str:
    if field.kind is FieldKind.ASSIGNMENTS and value is not None:
        return counted(len(value), "1 assignment", "%Ln assignments")
    if field.kind is FieldKind.STUDENTS and value is not None:
        return counted(len(value), "1 student", "%Ln students")
    return tr("{title}: {value}", title=tr(field.title), value=_value(field, value))


def _value(field: Field, value: Any) -> str:
    if value is None:
        return tr("not set")
    if field.kind is FieldKind.SWITCH:
        return tr("yes") if value else tr("no")
    if field.kind is FieldKind.CHOICE and value in field.choices:
        return tr(field.labels[field.choices.index(value)])
    if field.kind is FieldKind.DAY and value:
        return day(date.fromisoformat(value))
    if field.kind is FieldKind.NUMBER:
        shown = number(int(value))
        return f"{shown} {tr(field.unit)}" if field.unit else shown
    return str(value) if value else tr("none")
