"""The head of a course: what matters before the course is deleted."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from exporting import bring_in
from pytestqt.qtbot import QtBot
from touring import export, request

from exportmanager.core.errors import Cancelled
from exportmanager.core.run import ExportRequest
from exportmanager.jobs.desk import Desk
from exportmanager.jobs.sights import course_sight
from exportmanager.program import Program
from exportmanager.ui.course_header import CourseHeader


def facts(header: CourseHeader) -> str:
    return header._facts.text()


def test_a_course_that_was_exported_as_a_whole_says_so_also_after_an_export_that_was_stopped(
    qtbot: QtBot, program: Program, tmp_path: Path
) -> None:
    course = bring_in(program, tmp_path / "course")
    desk = Desk(program)
    header = CourseHeader(desk)
    qtbot.addWidget(header)
    header.show_course(course_sight(program, course))
    assert "no full export yet" in facts(header)
    export(program, course, assignments=["a1"])
    header.show_course(course_sight(program, course))
    assert "no full export yet" in facts(header)
    grades = ExportRequest("grades", course, program.kinds["grades"].Options())
    program.exporter.run(program.exporter.submit(grades))
    header.show_course(course_sight(program, course))
    assert "no full export yet" in facts(header)
    export(program, course)
    with suppress(Cancelled):
        program.exporter.run(program.exporter.submit(request(program, course)), stop=lambda: True)
    header.show_course(course_sight(program, course))
    assert "last full export" in facts(header)
    assert "of 3 students" in facts(header)
    assert "yet" not in facts(header)
    desk.close()
