"""README.txt of a zip of tables, for whoever opens it in ten years, without this program."""

from __future__ import annotations

from collections.abc import Iterable
from textwrap import fill

from exportmanager.core.course import Course
from exportmanager.formats.csv import Dialect

_TEXT = """\
{title}
{underline}

The data were taken from the platform on {taken_on}. Nothing in it needs any particular program.

{files}
  manifest-sha256.txt   the SHA-256 of every file

To check that nothing was changed or lost, unpack everything and run, in this folder:

  sha256sum -c manifest-sha256.txt        (on macOS: shasum -a 256 -c manifest-sha256.txt)

Tables are CSV in UTF-8. Times are ISO 8601 with their zone ({zone}).{formulas}
{notes}"""

_FORMULAS = """ In tables for spreadsheets, a cell
that a spreadsheet would run as a formula has an apostrophe before it, which is not part of the text."""


def data_readme(
    course: Course, kind: str, files: Iterable[tuple[str, str]], notes: Iterable[str], dialect: Dialect
) -> str:
    """The text; `files` are names in the zip and what they hold."""
    title = f"{course.info.title} - {kind}"
    return _TEXT.format(
        title=title,
        underline="=" * len(title),
        taken_on=course.info.taken_on.isoformat(),
        files="\n".join(f"  {name:<21} {what}" for name, what in files),
        zone=course.info.time_zone,
        formulas=_FORMULAS if dialect.neutralise else "",
        notes="".join(f"\n{fill(note, 100, break_long_words=False)}\n" for note in notes),
    )
