"""README.txt of a zip of PDFs, for whoever opens it in ten years, without this program."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import fill

from exportmanager.core.course import Course
from exportmanager.core.report import Report

_TEXT = """\
{title}
{underline}

The guides of {course} as PDF, one for each assignment.
The data were taken from the platform on {taken_on}. Nothing in it needs any particular program.
{notes}
{files}
  manifest-sha256.txt   the SHA-256 of every file

To check that nothing was changed or lost, unpack everything and run, in this folder:

  sha256sum -c manifest-sha256.txt        (on macOS: shasum -a 256 -c manifest-sha256.txt)
{gaps}"""


def pdf_readme(course: Course, edition: str, names: Sequence[str], report: Report) -> str:
    """The text; `names` are the PDFs in the zip."""
    title = f"{course.info.title} - {edition}"
    gaps = [": ".join(part for part in (gap.who, gap.what, gap.why) if part) for gap in report.gaps]
    lines = "".join(f"{fill(f'- {gap}', 100, subsequent_indent='  ', break_long_words=False)}\n" for gap in gaps)
    return _TEXT.format(
        title=title,
        underline="=" * len(title),
        course=course.info.title,
        taken_on=course.info.taken_on.isoformat(),
        notes="".join(f"\n{fill(note, 100, break_long_words=False)}\n" for note in report.notes),
        files="\n".join(f"  {name}" for name in names),
        gaps=f"\nNot in it, or not as on the platform:\n\n{lines}" if gaps else "",
    )
