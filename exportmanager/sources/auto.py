"""Anything that a teacher downloaded or has at hand, recognised by what lies in it: part of a course, or all of one."""

from __future__ import annotations

from datetime import datetime

from exportmanager.core.course import CourseId
from exportmanager.core.meter import Meter
from exportmanager.core.report import ImportReport
from exportmanager.core.source import CourseWriter
from exportmanager.sources.arriving.look import Look, course_info, refuse_twin
from exportmanager.sources.arriving.options import ArrivalOptions


class Downloads:
    """The source: see the module."""

    id = "auto"
    title = "Downloads"
    summary = "Files and folders that a platform gave, or a project, recognised by what lies in them."
    argument = "PATH"
    Options = ArrivalOptions

    def read(
        self, place: str, options: ArrivalOptions, writer: CourseWriter, meter: Meter, today: datetime
    ) -> ImportReport:
        """Read what lies at `place`. Raises `BadSource`, `AlreadyThere`, `Cancelled`."""
        with Look() as look:
            look.add(place, meter)
            return take_in(look, options, writer, meter, today)


def take_in(look: Look, options: ArrivalOptions, writer: CourseWriter, meter: Meter, today: datetime) -> ImportReport:
    """Give the parts that were brought to `writer`. Raises `BadSource`, `AlreadyThere`, `Cancelled`."""
    known = writer.known(CourseId(options.course)) if options.course else None
    info = course_info(known, look, title=options.title, zone=options.time_zone, today=today)
    if known is None:
        refuse_twin(info, writer.known(info.id))
    return look.take_in(look.match(known, options.settled), known, info, writer, meter)


SOURCE = Downloads()
