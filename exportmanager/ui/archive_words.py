"""How an archive stands, what it holds and where it is, in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime

from exportmanager.core.archive import ArchiveRecord, Certificate, Standing
from exportmanager.core.errors import ProblemForTeacher
from exportmanager.core.report import Cell, Gap
from exportmanager.core.trash import Going
from exportmanager.deleting import Proof
from exportmanager.formats.untrusted import printable
from exportmanager.jobs.desk import Desk
from exportmanager.ui.overview_words import Fact, Verdict
from exportmanager.ui.words import ago, counted, day, moment, number, size, tr

_CELLS: dict[Cell, tuple[str, str]] = {
    Cell.PRESENT: ("Works with files", "muted"),
    Cell.EMPTY: ("Empty", "muted"),
    Cell.NEVER_STARTED: ("Never started", "muted"),
    Cell.LEFT_OUT: ("Left out by choice", "muted"),
    Cell.MISSING: ("Missing", "loss"),
}
"""Each state of a student's work, as it is called, and the colour of a number of them."""

_NAMED, _LONGEST = 5, 70


def sentences(problem: ProblemForTeacher) -> str:
    """What happened and the next step, as one text."""
    return f"{tr(problem.what)} {tr(problem.next_step)}".strip()


def trouble_of(desk: Desk, error: Exception, otherwise: str) -> str:
    """What a dialog says of an error; of a bug of ours `otherwise`, and the window tells more."""
    if isinstance(error, ProblemForTeacher):
        return sentences(error)
    desk.went_wrong.emit(error)
    return otherwise


def called(untrusted: str) -> str:
    """A name from outside as a sentence holds it: nothing in it turns the rest around, and it is no endless word."""
    return printable(untrusted, _LONGEST)


def made_on(archive: ArchiveRecord) -> str:
    """The day on which an archive was made."""
    return day(archive.made_at.astimezone().date())


def verdict_of(archive: ArchiveRecord) -> Verdict:
    """Whether an archive is whole, as far as is known, and whether its course can go."""
    if archive.standing is Standing.NOT_REACHABLE:
        text = tr("Not reachable: its disk is not connected, or it was moved. Connect the disk, or say where it is.")
        return Verdict("problem", "warning", text)
    if archive.standing is Standing.CHANGED:
        return Verdict("failed", "loss", tr("Not as it was made. {why}", why=tr(archive.problem)).strip())
    if archive.standing is None:
        why = tr(archive.problem) if archive.problem else tr("It was not read back here yet.")
        return Verdict("problem", "warning", tr("To be verified. {why}", why=why))
    if count := len(archive.certificate.open_gaps):
        text = counted(count, "Whole, but with 1 gap that nobody has accepted.",
                       "Whole, but with %Ln gaps that nobody has accepted.")  # fmt: skip
        return Verdict("gap", "warning", text)
    return Verdict("done", "good", _whole(archive.certificate))


def _whole(certificate: Certificate) -> str:
    """What is said of an archive that is whole, and in which no gap is open."""
    left_out = any(gap.chosen for gap in certificate.gaps)
    if certificate.accepted and left_out:
        return tr("Whole. Nothing is missing in it but what was accepted, or left out by choice.")
    if certificate.accepted:
        return tr("Whole. Nothing is missing in it but what was accepted.")
    if left_out:
        return tr("Whole. Nothing is missing in it but what was left out by choice.")
    return tr("Whole. Nothing that was expected is missing in it.")


def not_proven(archive: ArchiveRecord) -> str:
    """Why an archive that is whole does not make deleting safe, in a few words; "" where it does."""
    if archive.pseudonymous:
        return tr("with pseudonyms only, so deleting is not safe")
    count = len(archive.certificate.open_gaps)
    return counted(count, "1 gap is left open", "%Ln gaps are left open") if count else ""


def stands(archive: ArchiveRecord) -> str:
    """The same in a word or two, for a table."""
    words = {
        Standing.NOT_REACHABLE: tr("not reachable"),
        Standing.CHANGED: tr("changed"),
        Standing.WHOLE: tr("whole, with open gaps") if archive.certificate.open_gaps else tr("whole"),
        None: tr("to be verified"),
    }
    return words[archive.standing]


def colour_of(archive: ArchiveRecord) -> str:
    """The colour of these words."""
    return verdict_of(archive).colour


def safety_of(proof: Proof) -> Verdict:
    """Whether a course can be deleted, and why or why not."""
    if proof.is_safe:
        return Verdict("done", "good", tr("Safe to delete: {why}", why=tr(proof.says)))
    colour = "loss" if proof.archive and proof.archive.standing is Standing.CHANGED else "warning"
    return Verdict("failed" if colour == "loss" else "problem", colour, tr("Not safe to delete: {why}",
                                                                           why=tr(proof.says)))  # fmt: skip


def mark_of(proof: Proof, now: datetime) -> Verdict:
    """How a course is archived, as briefly as its head needs it."""
    archive = proof.archive
    if archive is None:
        return Verdict("archive", "muted", tr("No archive yet"))
    made = made_on(archive)
    if archive.standing is not Standing.WHOLE or archive.checked_at is None:
        icon, colour, text = _UNPROVEN[archive.standing]
        return Verdict(icon, colour, tr(text, day=made))
    if proof.is_safe:
        checked = ago(archive.checked_at, now)
        return Verdict("done", "good", tr("Archived {day}, verified {when}", day=made, when=checked))
    if archive.certificate.open_gaps:
        return Verdict("gap", "warning", tr("Archived {day}, with open gaps", day=made))
    if archive.pseudonymous:
        return Verdict("problem", "warning", tr("Archived {day}, pseudonyms only", day=made))
    return Verdict("problem", "warning", tr("Archived {day}, changed since", day=made))


_TO_VERIFY = ("problem", "warning", "Archive of {day} to be verified")
_UNPROVEN = {
    Standing.NOT_REACHABLE: ("problem", "warning", "Archive of {day} not reachable"),
    Standing.CHANGED: ("failed", "loss", "Archive of {day} was changed"),
    Standing.WHOLE: _TO_VERIFY,
    None: _TO_VERIFY,
}
"""What the head says of an archive that proves nothing at the moment, by how it stands."""


def facts_of(certificate: Certificate) -> Iterator[Fact]:
    """The matrix of students and assignments in numbers."""
    found = Counter(cell.cell for cell in certificate.cells)
    across = tr("{students} × {assignments}", students=number(len(certificate.students)),
                assignments=number(len(certificate.assignments)))  # fmt: skip
    yield Fact(tr("Students × assignments"), across)
    for cell, (title, colour) in _CELLS.items():
        if found[cell] or cell in {Cell.PRESENT, Cell.MISSING}:
            yield Fact(tr(title), number(found[cell]), colour=colour)


def verified_words(archive: ArchiveRecord) -> str:
    """When it was made and read back last, and what it holds: "Made ..., verified ..., 613 files (4 MB)"."""
    is_so = (tr("encrypted") if archive.encrypted else "", tr("pseudonymous") if archive.pseudonymous else "")
    return ", ".join(filter(None, (_times_and_files(archive), *is_so)))


def _times_and_files(archive: ArchiveRecord) -> str:
    made, checked = moment(archive.made_at), moment(archive.checked_at)
    held = archive.certificate
    files = tr("{files} ({size})", files=counted(held.files, "1 file", "%Ln files"), size=size(held.bytes))
    if not checked:
        return tr("Made {moment}, never verified here, {files}", moment=made, files=files)
    return tr("Made {moment}, verified {checked}, {files}", moment=made, checked=checked, files=files)


def going_words(going: Going) -> str:
    """What there is of a course: "24 students, 96 workspaces with 2,031 files (12 MB), 310 answers"."""
    parts = [
        counted(going.students, "1 student", "%Ln students"),
        counted(going.workspaces, "1 workspace", "%Ln workspaces"),
        tr("{files} ({size})", files=counted(going.files, "1 file", "%Ln files"), size=size(going.bytes)),
        counted(going.answers, "1 answer", "%Ln answers"),
        counted(going.access_events, "1 access event", "%Ln access events"),
        counted(going.coach_logs, "1 question to the coach", "%Ln questions to the coach"),
    ]
    return ", ".join(parts)


def gap_title(gap: Gap) -> str:
    """Whose gap, and what it is."""
    return tr("{who}: {what}", who=called(gap.who), what=tr(gap.what)) if gap.who else tr(gap.what)


def some_of(names: Sequence[str]) -> str:
    """The first of those names, and how many more there are."""
    shown = [called(name) for name in names[:_NAMED]]
    if more := len(names) - len(shown):
        shown.append(counted(more, "1 more", "%Ln more"))
    return ", ".join(shown)


def from_shelf(names: Sequence[str]) -> str:
    """The first of those names in a sentence; "" where there are none."""
    return tr("From the shelf: {names}", names=some_of(names)) if names else ""
