"""Draws a certificate as a few pages for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from exportmanager.archive.namesakes import told_apart
from exportmanager.core.archive import Certificate
from exportmanager.core.report import Cell, Gap
from exportmanager.formats.plain_pdf import FAINT, INK, Mark, PlainPdf

_RED, _GREEN = ("#7a1f1a", "#fbe4e1"), ("#14532d", "#dcf3e2")
_AMBER = "#6b4500", "#fdf0d2"
MARKS = {
    Cell.PRESENT: (Mark("P", "#ffffff", "#2e7d4f"), "present: its files are in the archive"),
    Cell.EMPTY: (Mark("E", "#3d2f00", "#f2cf66"), "empty: opened, but there are no files in it"),
    Cell.NEVER_STARTED: (Mark("N", "#4a4f57", "#e3e6ea"), "never started"),
    Cell.LEFT_OUT: (Mark("L", "#ffffff", "#6b6fb5"), "left out, as it was chosen"),
    Cell.MISSING: (Mark("M", "#ffffff", "#b3261e"), "missing: see the gaps"),
}
"""How each state is shown, and what it means."""
_TOGETHER = 20
"""Names in one paragraph."""
_PROVES = (
    "This archive holds what this program had received of the course. Each of its files has a SHA-256 in the list of "
    "files, that list has the SHA-256 above, and all of it was read back from the disk after it was written. As long "
    "as verifying finds no damage, every file is, byte for byte, what was put in."
)
_CANNOT = (
    "It cannot show what the platform never gave out. If students were left out there, for instance because they had "
    "been inactive for long, or if a download was incomplete and did not say so, nothing here can tell. Compare the "
    "numbers of students and assignments with those on the platform before the course is deleted there."
)


def certificate_pdf(certificate: Certificate) -> bytes:
    """The certificate as a PDF (A4); the same values give the same bytes."""
    course = certificate.course_code or certificate.course_title
    pdf = PlainPdf(f"Archive certificate: {certificate.course_title}", f"Archive certificate: {course}")
    pdf.heading("Archive certificate", 19)
    pdf.paragraph(certificate.course_title, 12)
    pdf.space(4)
    pdf.banner(*verdict(certificate))
    pdf.facts(_facts(certificate))
    _counts(pdf, certificate)
    _cells(pdf, certificate)
    pdf.heading("What this proves")
    pdf.paragraph(_PROVES)
    pdf.heading("What it cannot prove")
    pdf.paragraph(_CANNOT)
    for note in certificate.notes:
        pdf.paragraph(note)
    _gaps(pdf, certificate)
    _matrix(pdf, certificate)
    return pdf.close()


def verdict(certificate: Certificate) -> tuple[str, str, str]:
    """A sentence on whether anything is missing, and its colours."""
    number = len(certificate.open_gaps)
    if number:
        are = "1 gap is" if number == 1 else f"{number:,} gaps are"
        return (f"{are} open: it is safe to delete the course once each was accepted by name.", *_RED)
    if certificate.accepted:
        gaps = "1 gap was" if len(certificate.accepted) == 1 else f"{len(certificate.accepted):,} gaps were"
        return (f"Nothing is missing but what was accepted: {gaps} accepted by name.", *_AMBER)
    if not certificate.students:
        return ("What is missing, if anything, stands in the certificate within the archive.", *_AMBER)
    return ("Nothing that was expected is missing.", *_GREEN)


def _facts(certificate: Certificate) -> Sequence[tuple[str, str]]:
    title, code = certificate.course_title, certificate.course_code
    facts = [
        ("Course", f"{title} ({code})" if code else title),
        ("Its id", certificate.course_id),
        ("Data taken on", certificate.taken_on),
        ("Archived", f"{certificate.made_at:%Y-%m-%d %H:%M} UTC, by {certificate.program}"),
        ("Holds", f"{certificate.files:,} files, {certificate.bytes:,} bytes"),
        ("Where it is", certificate.place or "this certificate lies in the archive itself"),
        ("SHA-256 of the archive", certificate.sha256 or "stands in the certificate beside the archive"),
        ("SHA-256 of the file list", certificate.payload_sha256),
    ]
    if certificate.pseudonymous:
        facts.append(("Students", "are called by pseudonyms in it"))
    return facts


def _counts(pdf: PlainPdf, certificate: Certificate) -> None:
    if not certificate.counts:
        return
    pdf.heading("What was expected, and what is here")
    widths = (300, 90, 90)
    pdf.row(("", "expected", "here"), widths, FAINT, 8)
    for count in certificate.counts:
        is_short = count.done < count.expected
        cells = count.thing.replace("_", " "), f"{count.expected:,}", f"{count.done:,}{' (short)' if is_short else ''}"
        pdf.row(cells, widths, _RED[0] if is_short else INK)


def _cells(pdf: PlainPdf, certificate: Certificate) -> None:
    if not certificate.cells:
        return
    counts = Counter(cell.cell for cell in certificate.cells)
    pdf.heading(f"{len(certificate.students):,} students, {len(certificate.assignments):,} assignments")
    pdf.legend([(mark, f"{counts[cell]:,} {means}") for cell, (mark, means) in MARKS.items()])


def _gaps(pdf: PlainPdf, certificate: Certificate) -> None:
    chosen = [gap for gap in certificate.gaps if gap.chosen]
    for heading, gaps in (
        ("Gaps that are open", certificate.open_gaps),
        ("Gaps that were accepted", certificate.accepted),
        ("Left out, as it was chosen", chosen),
    ):
        if gaps:
            pdf.heading(f"{heading}: {len(gaps):,}")
            _listed(pdf, gaps)


def _listed(pdf: PlainPdf, gaps: Sequence[Gap]) -> None:
    """Every gap by name; what is said of many is said once, and then of whom."""
    alike: dict[tuple[str, str], list[Gap]] = {}
    for gap in gaps:
        alike.setdefault((gap.what, gap.why), []).append(gap)
    for (what, why), same in alike.items():
        if len(same) == 1:
            pdf.paragraph(gap_line(same[0]), 9, indent=8)
            continue
        pdf.paragraph(f"{what} ({len(same):,} times): {why}", 9, indent=8)
        people = [gap.who for gap in same if gap.who]
        for first in range(0, len(people), _TOGETHER):
            pdf.paragraph("; ".join(people[first : first + _TOGETHER]), 9, indent=20)


def gap_line(gap: Gap) -> str:
    """What is not there, of whom, and why."""
    whose = f"{' ' if gap.what == 'student' else ' of '}{gap.who}" if gap.who else ""
    return f"{gap.what}{whose}: {gap.why}"


def _matrix(pdf: PlainPdf, certificate: Certificate) -> None:
    if not certificate.cells:
        return
    marks = {(cell.student, cell.assignment): MARKS[cell.cell][0] for cell in certificate.cells}
    students, assignments = certificate.students, certificate.assignments
    pdf.grid(
        told_apart([(one.name, one.id) for one in students]),
        [f"{number}  {assignment.name}" for number, assignment in enumerate(assignments, 1)],
        lambda row, column: marks.get((students[row].id, assignments[column].id)),
        list(MARKS.values()),
        "Students and assignments",
    )
