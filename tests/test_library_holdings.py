"""The day on which each kind of data of a course last came in."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from building import CourseBuilder
from conftest import Clock
from handling import bring_in

from exportmanager.core.course import CourseId, CourseInfo
from exportmanager.core.meter import Meter
from exportmanager.core.report import Piece
from exportmanager.program import Program

COURSE = CourseId("course-1")


def test_a_course_folder_brings_what_is_in_it(program: Program, tmp_path: Path, clock: Clock) -> None:
    builder = CourseBuilder(tmp_path / "course")
    builder.file("s1", "a1", "main.py")
    bring_in(program, builder.write())
    first = clock()
    assert program.library.holdings(COURSE) == dict.fromkeys(["roster", "coursework"], first)
    clock.forward(days=2)
    builder.add("access", at="2026-02-01T09:00:00Z", user="s1", type="log_in")
    builder.course["modules"][0]["assignments"][0]["lti_url"] = "https://lti.example/lti/1"
    bring_in(program, builder.write())
    expected = dict.fromkeys(["roster", "coursework", "access", "lti_urls"], clock())
    assert program.library.holdings(COURSE) == expected


def test_pieces_say_what_came_and_earlier_days_stay(program: Program, tmp_path: Path, clock: Clock) -> None:
    days = []
    for kinds in (("access", "grades"), ("access", "sources"), ()):
        with program.library.writer("test", clock(), Meter()) as writer:
            writer.partial()
            writer.course(CourseInfo(id=COURSE, title="A course", taken_on=date(2026, 3, 1)))
            for kind in kinds:
                writer.piece(Piece(kind=kind, name=f"{kind}.csv"))
            writer.finish()
        days.append(clock())
        clock.forward(days=1)
    assert program.library.holdings(COURSE) == {"grades": days[0], "access": days[1], "sources": days[1]}
    assert program.library.holdings(CourseId("another")) == {}
