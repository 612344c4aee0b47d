"""README.txt of an archive, for whoever opens it in ten years without this program."""

from __future__ import annotations

from exportmanager.archive.options import ArchiveOptions
from exportmanager.core.archive import Certificate
from exportmanager.formats.untrusted import printable

_LONGEST = 200
"""Letters of a title."""
_TEXT = """\
{title}
{underline}

This is an archive of a course, made on {day} by {program}.
It is a BagIt bag (RFC 8493): plain files, and lists of their hashes. Nothing in it needs any particular program.

{reader}  certificate.pdf       what was expected, what is here, and what is not, and why (.json for programs)
  data/coursework/      the work of the students, with tables of answers, grades and states, and a README of its own
{exports}  data/earlier/         what workspaces were before they came in again, by assignment, student and number
  data/projects/        the published project of each assignment, in each version
  data/teachers/        workspaces of those who are no students
  data/library/         every row of the program's database, for taking the course in again

Where there is nothing of a kind, its folder is missing.

To check that nothing was changed or lost, unpack everything and run, in this folder, one of

  sha256sum -c manifest-sha256.txt tagmanifest-sha256.txt
  shasum -a 256 -c manifest-sha256.txt tagmanifest-sha256.txt        (macOS)
  bagit.py --validate .
{privacy}"""

_READER = "  index.html            pages that show all of it in any browser\n"
_EXPORTS = (
    "  data/exports/         tables of grades, answers and events, PDFs, course sources and whatever else there was\n"
)
_PRIVACY = """
Students are called by pseudonyms: the same student has the same one in every such archive from the same library, and
who is who cannot be found out without its key. Columns of the source that the program does not know were left out.
This is pseudonymous, not nameless: what people wrote themselves (files and their names, answers, comments, questions to
the coach, a teacher's notes) was not changed and may name them.
"""


def readme(certificate: Certificate, options: ArchiveOptions) -> str:
    """The text."""
    title = f"{printable(' '.join(certificate.course_title.split()), _LONGEST)} - archive"
    return _TEXT.format(
        title=title,
        underline="=" * len(title),
        day=certificate.made_at.date().isoformat(),
        program=certificate.program,
        reader=_READER if options.reader else "",
        exports=_EXPORTS if options.exports else "",
        privacy=_PRIVACY if options.is_pseudonymous else "",
    )
