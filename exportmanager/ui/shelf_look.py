"""What a row of the shelf looks like at a moment: its words, its mark, and what can be done with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum

from exportmanager.core.export import ExportKind
from exportmanager.core.ledger import Job, JobState
from exportmanager.core.meter import Progress
from exportmanager.core.options import fields_of
from exportmanager.core.report import Report
from exportmanager.core.retention import Due, due
from exportmanager.ui.job_words import DOT, options_in_words
from exportmanager.ui.pdf_opening import holds_pdf
from exportmanager.ui.shelf_model import Asked, Entry, Run
from exportmanager.ui.words import counted, gaps, holds, moment, number, size, span, state, tr, until


class Do(Enum):
    """What can be done with a row: its words and its icon."""

    STOP = ("Stop", "stop")
    PREVIEW = ("Preview", "preview")
    REVIEW = ("Review", "student")
    OPEN = ("Open", "open")
    SHOW = ("Show in folder", "folder")
    SAVE = ("Save a copy...", "save")
    CHECKSUM = ("Copy checksum", "copy")
    VERIFY = ("Verify", "verify")
    KEEP_LONGER = ("Keep longer", "keep")
    KEEP = ("Keep until I remove it", "pin")
    REMOVE = ("Remove", "remove")
    UNDO = ("Undo", "undo")
    AGAIN = ("Run again", "again")
    DETAILS = ("Details...", "info")
    DISMISS = ("Dismiss", "close")
    GAPS = ("Who, what and why...", "gap")

    @property
    def words(self) -> str:
        """What a button says, in the teacher's language."""
        return tr(self.value[0])

    @property
    def icon(self) -> str:
        """The name of the icon."""
        return self.value[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Everything that a row shows. `bar`: None for no bar, else a fraction, negative where nobody knows how far it is.

    `buttons` come by importance, and stand in the row as room allows; `menu` has all of them, None between groups.
    Colours are names of `theme.Colours`.
    """

    title: str
    tip: str = ""
    mark: str = "done"
    mark_colour: str = "muted"
    facts: str = ""
    facts_colour: str = "muted"
    gaps: str = ""
    side: str = ""
    side_colour: str = "muted"
    side_mark: str = ""
    bar: float | None = None
    buttons: tuple[Do, ...] = ()
    menu: tuple[Do | None, ...] = ()
    is_waiting: bool = False
    """What was asked for is on its way; the buttons are off."""
    sentence: str = ""
    """The whole row for who cannot see it; of a running one only every tenth percent, so as not to chatter."""

    @property
    def can(self) -> frozenset[Do]:
        """What can be done at the moment."""
        if self.is_waiting:
            return frozenset()
        return frozenset([*self.buttons, *filter(None, self.menu), *([Do.GAPS] if self.gaps else [])])

    def without(self, do: Do) -> Look:
        """The same, but this cannot be done."""
        buttons = tuple(other for other in self.buttons if other is not do)
        return replace(self, buttons=buttons, menu=tuple(other for other in self.menu if other is not do))


def look_of(entry: Entry, now: datetime, kinds: Mapping[str, ExportKind], watching_since: datetime | None) -> Look:
    """How a row looks at `now`."""
    if entry.run is not Run.ENDED:
        look = _running(entry, title_of(entry, kinds))
    else:
        assert entry.job is not None, "work that has ended is of a job"
        if entry.job.state is JobState.EXPORTED:
            look = _finished(entry, entry.job, now, watching_since)
        else:
            look = _without_file(entry, entry.job)
        look = replace(look, title=title_of(entry, kinds))
        if not holds_pdf(entry.job, kinds):
            look = look.without(Do.PREVIEW)
        look = look if entry.job.kind in {"coursework", "student", "assignment"} else look.without(Do.REVIEW)
    return look if look.sentence else replace(look, sentence=_sentence(look))


def title_of(entry: Entry, kinds: Mapping[str, ExportKind]) -> str:
    """What a row is about: "Coursework data · CS101"."""
    if entry.job is None:
        return entry.task.title if entry.task else ""
    return tr("{what} · {course}", what=what_of(entry.job, kinds), course=course_of(entry.job))


def what_of(job: Job, kinds: Mapping[str, ExportKind]) -> str:
    """What was exported: "Coursework data"."""
    return tr(kinds[job.kind].title) if job.kind in kinds else job.kind


def course_of(job: Job) -> str:
    """The course in short."""
    return job.course_code or job.course_title


def _sentence(look: Look) -> str:
    return ", ".join(part for part in (look.title, look.facts.replace(DOT, ", "), look.gaps, look.side) if part)


# Under way


def _running(entry: Entry, title: str) -> Look:
    progress, is_known = entry.progress, bool(entry.progress and entry.progress.total)
    look = Look(title=title, mark="clock", mark_colour="accent", facts=_stage(entry), buttons=(Do.STOP,))
    if entry.run in {Run.WAITING, Run.ELSEWHERE}:
        return look
    look = replace(look, bar=progress.fraction if progress and is_known else -1.0)
    if entry.run is Run.STOPPING:
        return replace(look, is_waiting=True)
    sentence = _sentence(replace(look, facts=_roughly(progress) if progress else look.facts))
    return replace(look, side=_left(progress), sentence=sentence)


def _stage(entry: Entry) -> str:
    if entry.run is Run.WAITING:
        return tr("Waiting for another export to end") if entry.job else tr("Waiting for other work to end")
    if entry.run is Run.ELSEWHERE:
        return tr("Running outside this window")
    if entry.run is Run.STOPPING:
        return tr("Stopping")
    if entry.progress is None:
        return tr("Beginning")
    progress = entry.progress
    place = " ".join(part for part in (tr(progress.stage), " ".join(progress.item.split())) if part)
    percent = tr("{number} %", number=number(int(progress.fraction * 100)))
    return f"{percent}{DOT}{place}" if progress.total else place


def _roughly(progress: Progress) -> str:
    stage = tr(progress.stage)
    if not progress.total:
        return stage
    return tr("{stage}, {number} %", stage=stage, number=number(int(progress.fraction * 10) * 10))


def _left(progress: Progress | None) -> str:
    if progress is None or progress.seconds_left is None or not progress.total:
        return ""
    return tr("{time} left", time=span(timedelta(seconds=progress.seconds_left)))


# On the shelf

_HURRY = {Due.SOON, Due.OVERDUE, Due.GOES}
_STAYING: tuple[Do, ...] = (Do.PREVIEW, Do.OPEN, Do.SAVE, Do.SHOW)
_MENU: tuple[Do | None, ...] = (
    Do.PREVIEW, Do.REVIEW, Do.OPEN, Do.SHOW, Do.SAVE, None, Do.GAPS, Do.DETAILS, Do.CHECKSUM, Do.VERIFY, None,
    Do.KEEP_LONGER, Do.KEEP, None, Do.REMOVE,
)  # fmt: skip


def _finished(entry: Entry, job: Job, now: datetime, watching_since: datetime | None) -> Look:
    assert job.file is not None, "an exported job has a file"
    facts = DOT.join(part for part in (size(job.file.size), holds(job.report)) if part)
    look = Look(title="", tip=job.file.name, facts=facts, facts_colour="text")
    if entry.asked is Asked.REMOVE:
        return replace(look, mark="remove", side=tr("Removed"), buttons=(Do.UNDO,))
    if entry.asked is Asked.REMOVE_NOW:
        return replace(look, mark="remove", side=tr("Being removed"), is_waiting=True)
    where = due_now(entry, now, watching_since)
    is_whole = job.report is None or not job.report.unchosen_gaps
    return replace(
        look,
        mark="done" if is_whole else "gap",
        mark_colour="good" if is_whole else "warning",
        gaps=gap_words(job.report),
        side=tr("Soon: {when}", when=until(job, where, now)) if where is Due.SOON else until(job, where, now),
        side_mark="clock" if where in _HURRY else "",
        side_colour="warning" if where in _HURRY else "muted",
        buttons=(Do.KEEP_LONGER, *_STAYING) if where in _HURRY else _STAYING,
        menu=_menu(job, where),
    )


def as_damaged(look: Look) -> Look:
    """The same of a file that was read back and is not as it was written; nothing else where it has no file."""
    if Do.VERIFY not in look.menu:
        return look
    facts = DOT.join((tr("Damaged"), look.facts))
    damaged = replace(look, mark="failed", mark_colour="loss", facts=facts, facts_colour="loss")
    return replace(damaged, sentence=_sentence(damaged))


def due_now(entry: Entry, now: datetime, watching_since: datetime | None) -> Due:
    """Where a file is on its way off the shelf at `now`, by what was read of it before."""
    assert entry.job is not None, "only exports expire"
    seen = entry.job.overdue_seen_at
    return due(
        entry.job.expires_at,
        now,
        course_is_here=entry.due is not Due.LAST_COPY,
        watching_since=watching_since,
        overdue_seen_at=seen if seen is not None and seen <= now else None,  # as the janitor has it
    )


def _menu(job: Job, where: Due) -> tuple[Do | None, ...]:
    absent = {Do.KEEP_LONGER, Do.KEEP} if where is Due.KEPT else set()
    if not job.report or not job.report.gaps:
        absent.add(Do.GAPS)
    return tuple(do for do in _MENU if do not in absent)


def gap_words(report: Report | None) -> str:
    """ "2 gaps"; where there is only what was left out on purpose "2 left out"; "" where nothing is missing."""
    if report is None or not report.gaps:
        return ""
    return gaps(report) or counted(len(report.gaps), "1 left out", "%Ln left out")


# Ended without a file

_ENDED: tuple[Do, ...] = (Do.AGAIN, Do.DETAILS, Do.DISMISS)
_MARKS = {
    JobState.FAILED: ("failed", "loss"),
    JobState.MISSING: ("failed", "loss"),
    JobState.INTERRUPTED: ("problem", "warning"),
    JobState.CANCELLED: ("stop", "muted"),
}


def _without_file(entry: Entry, job: Job) -> Look:
    mark, colour = _MARKS.get(job.state, ("info", "muted"))
    buttons = _ENDED if job.state in {JobState.FAILED, JobState.MISSING} else (Do.AGAIN, Do.DISMISS)
    is_asked = entry.asked is Asked.RUN_AGAIN
    return Look(
        title="",
        tip=job.file.name if job.file else "",
        mark=mark,
        mark_colour=colour,
        facts=tr("Beginning again") if is_asked else without_file(job),
        facts_colour="text",
        side=moment(job.finished_at),
        buttons=buttons,
        menu=_ENDED,
        is_waiting=is_asked,
    )


def without_file(job: Job) -> str:
    """Why there is no file, and what to do, in words."""
    said = state(job.state)
    if job.state is JobState.FAILED and job.problem:
        return " ".join(part for part in (tr("{state}:", state=said), tr(job.problem), tr(job.next_step)) if part)
    if job.state is JobState.INTERRUPTED:
        return tr("{state}: the program ended while it was under way", state=said)
    if job.state is JobState.MISSING:
        return tr("{state}: it was moved or removed outside this program", state=said)
    return said


def details_of(job: Job, kinds: Mapping[str, ExportKind]) -> str:
    """What is known of a job, to read and to copy."""
    lines = {
        tr("Export"): f"{what_of(job, kinds)} ({job.kind})",
        tr("Course"): f"{job.course_title} ({job.course_code or job.course_id})",
        tr("State"): without_file(job),
        tr("Holds"): ", ".join(part for part in (holds(job.report), gap_words(job.report)) if part),
        tr("Asked for"): moment(job.created_at),
        tr("Ended"): moment(job.finished_at),
        tr("File"): job.file.name if job.file else "",
        "SHA-256": job.file.sha256 if job.file else "",
        tr("Options"): options_in_words(fields_of(kinds[job.kind].Options), job.options) if job.kind in kinds else "",
        tr("Number"): str(job.id),
        tr("Program"): job.program,
    }
    notes = [f"{tr('Note')}: {tr(note)}" for note in job.report.notes] if job.report else []
    return "\n".join([*(f"{name}: {value}" for name, value in lines.items() if value), *notes])
