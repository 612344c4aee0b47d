"""README.txt of a zip of course sources, for whoever opens it in ten years, without this program."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from exportmanager.core.course import CourseInfo
from exportmanager.formats.course_sources import LIST
from exportmanager.formats.untrusted import printable

_TEXT = """\
{title}
{underline}

This archive holds the published project of each assignment, as students get it: guides, starter files and settings.
Nothing in it is about students. The data were taken from the platform on {taken_on}. Nothing in it needs any
particular program.

{projects}

  {list:<21} what these are: the course, its modules and assignments, in their order
  manifest-sha256.txt   the SHA-256 of every file

Each .tar.zst is a tar, packed by zstandard. To unpack one into a folder of its own:

  mkdir project && tar --zstd -xf NAME.tar.zst -C project
{missing}
To check that nothing was changed or lost, unpack everything and run, in this folder:

  sha256sum -c manifest-sha256.txt        (on macOS: shasum -a 256 -c manifest-sha256.txt)
"""


def sources_readme(info: CourseInfo, assignments: Sequence[Mapping[str, Any]]) -> str:
    """The text, the same for the same projects; `assignments` are as in the list."""
    title = f"{printable(info.title)} - course sources"
    there = [f"  {a['file']}{_version(a['version'])}" for a in assignments if a["file"]]
    absent = "\n".join(f"  {printable(a['title'])}" for a in assignments if not a["file"])
    return _TEXT.format(
        title=title,
        underline="=" * len(title),
        taken_on=info.taken_on.isoformat(),
        projects="\n".join(there),
        list=LIST,
        missing=f"\nThere is no published project here of:\n\n{absent}\n" if absent else "",
    )


def _version(number: int | None) -> str:
    return "" if number is None else f"   (version {number})"
