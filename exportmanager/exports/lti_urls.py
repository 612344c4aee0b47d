"""LTI assignment URLs: the address under which an LMS opens each assignment."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import BinaryIO

from exportmanager.core.course import Course
from exportmanager.core.export import Estimate, Preview, Section, counted
from exportmanager.core.meter import Meter
from exportmanager.core.report import Count, Gap, Report
from exportmanager.exports.pieces.data_options import CsvOptions
from exportmanager.formats.csv import CsvWriter, texts_of
from exportmanager.formats.untrusted import printable

_COLUMNS = ("Assignment name", "Module", "Assignment ID", "LTI URL", "LTI constant URL")
_SHOWN = 20


class LtiUrls:
    """The kind: see the module. Nothing in it is about people."""

    id = "lti-urls"
    title = "LTI assignment URLs"
    section = Section.DATA
    summary = "The address of each assignment for a learning management system, as one table."
    suffix = ".csv"
    Options = CsvOptions

    def unavailable(self, course: Course) -> str | None:
        """Only courses that are LTI enabled have such addresses."""
        return None if course.info.lti_enabled else "the course is not LTI enabled."

    def estimate(self, course: Course, options: CsvOptions) -> Estimate:
        """How many rows, and which of them have no address."""
        rows = list(_rows(course))
        size = sum(len(cell.encode("utf-8", "replace")) + 3 for row in (_COLUMNS, *rows) for cell in row)
        without = sum(not any(row[3:]) for row in rows)
        whose = "its" if without == 1 else "their"
        notes = (f"{counted(without, 'assignment')} without an LTI URL: {whose} cells are empty.",)
        return Estimate(size, counted(len(rows), "assignment"), notes=notes if without else ())

    def preview(self, course: Course, options: CsvOptions) -> Preview:
        """The first rows."""
        rows = tuple(texts_of(row, options.dialect) for row in islice(_rows(course), _SHOWN))
        return Preview(_COLUMNS, rows)

    def write(self, course: Course, options: CsvOptions, out: BinaryIO, meter: Meter) -> Report:
        """Write the table."""
        rows = list(_rows(course))
        sizes = [sum(map(len, row)) for row in rows]
        meter.stage("Writing", sum(sizes))
        writer = CsvWriter(out.write, options.dialect, _COLUMNS)
        for row, size in zip(rows, sizes, strict=True):
            writer.row(row)
            meter.advance(size, row[0])
        writer.close()
        without = [row for row in rows if not any(row[3:])]
        why = "there is no LTI URL of it in what was brought in"
        return Report(
            counts=(Count(thing="LTI URLs", expected=len(rows), done=len(rows) - len(without)),),
            gaps=tuple(Gap(what="LTI URL", who=printable(row[0] or row[2]), why=why) for row in without),
        )


KIND = LtiUrls()


def _rows(course: Course) -> Iterator[tuple[str, ...]]:
    modules = {module.id: module.title for module in course.modules()}
    for a in course.assignments():
        yield a.title, modules.get(a.module_id, ""), a.id, a.lti_url, a.lti_constant_url
