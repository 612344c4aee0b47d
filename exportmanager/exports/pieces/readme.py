"""README.txt for whoever opens an export in ten years, without this program."""

from __future__ import annotations

from exportmanager.core.course import Course
from exportmanager.exports.pieces.who import Plan
from exportmanager.formats.untrusted import printable

_LONGEST = 200
"""Letters of a name."""
_TEXT = """\
{title}
{underline}

This archive holds the coursework of {included} of {people} chosen students on {assignments} assignments{code}.
The data were taken from the platform on {taken_on}. Nothing in it needs any particular program.

  workspaces/{first}/{second}/
                        the files of one student for one assignment, as they were on the platform
  answers/              a table for each assignment: every attempt at every assessment
  totals/               a table for each assignment: state, time spent, grade and points of each student
                        (points_earned counts the last attempt at each assessment)
  students.csv          who is in it, and who was left out and why
  assignments.csv       the assignments and their folders
  course.json           what is known of the course itself
  report.csv            a line for each student and assignment: what there is, or why there is nothing
  names.csv             every file that had to be given another name, so that every system can hold it
  links.csv             the symbolic links among the files, and where they point
  manifest-sha256.txt   the SHA-256 of every file

To check that nothing was changed or lost, unpack everything and run, in this folder:

  sha256sum -c manifest-sha256.txt        (on macOS: shasum -a 256 -c manifest-sha256.txt)

In report.csv, status is one of
  present         the workspace is here, with the number and bytes of its files
  empty           the student opened the assignment and has no files
  never started   the student did not begin
  left out        an option left the student out; the column why says which rule
  missing         there should be files, and there are none; the column why says what became of them
{left_out}
Tables are CSV in UTF-8. Times are ISO 8601 with their zone ({zone}); time_spent_seconds is in seconds,
grade in percent. {formulas}
{privacy}"""

_FORMULAS = """In tables for spreadsheets, a cell that a spreadsheet would run as a formula has an
apostrophe before it, which is not part of the text."""

_PSEUDONYMS = """
Students are named by pseudonyms: the same student has the same one in every such archive from the same library,
and who is who cannot be found out without its key. Columns of the source that this program does not know
were left out. This is pseudonymous, not nameless: what people wrote themselves (files, answers, comments)
was not changed and may name them.
"""


def readme(course: Course, plan: Plan, order: str) -> str:
    """The text, the same for the same course and options."""
    info = course.info
    title = f"{_line(info.title)} - coursework"
    folders = ("ASSIGNMENT", "STUDENT") if order == "assignment" else ("STUDENT", "ASSIGNMENT")
    left_out = [person for person in plan.people if person.left_out]
    names = "".join(f"\n  {_line(plan.shown(person))}: {person.left_out}" for person in left_out)
    return _TEXT.format(
        title=title,
        underline="=" * len(title),
        included=len(plan.included),
        people=len(plan.people),
        assignments=len(plan.assignments),
        code="".join(f", {_line(part)}" for part in (info.code, info.term) if part),
        taken_on=info.taken_on.isoformat(),
        first=folders[0],
        second=folders[1],
        left_out=f"\nLeft out:{names}\n" if names else "",
        zone=info.time_zone,
        formulas=_FORMULAS,
        privacy=_PSEUDONYMS if plan.pseudonymous else "",
    )


def _line(text: str) -> str:
    """A name from outside for a line of its own: nothing in it ends the line, or moves a terminal's cursor."""
    return printable(" ".join(text.split()), _LONGEST)
