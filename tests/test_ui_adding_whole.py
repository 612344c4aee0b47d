"""A folder full of downloads, dropped on the window of an empty library, until the course is there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from bringing import drop, in_front, looked
from downloading import Platform
from pytestqt.qtbot import QtBot
from touring import STRANGER, opened_window, sample_in, settled, some_downloads, until

from exportmanager.core.arrivals import NEW, PieceKind
from exportmanager.core.report import ImportReport
from exportmanager.program import Program
from exportmanager.resources_dir import sample_course
from exportmanager.ui.adding import AddDialog
from exportmanager.ui.window import MainWindow

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def window(qtbot: QtBot, program: Program) -> Iterator[MainWindow]:
    with opened_window(program) as window:
        yield window


def dropped(window: MainWindow, *paths: Path) -> AddDialog:
    """The dialog, after these files were dropped on the window and looked at."""
    drop(window, *paths)
    dialog = in_front(window)
    looked(dialog.looking)
    settled(window)
    looked(dialog.looking)
    return dialog


def taken_in(window: MainWindow, dialog: AddDialog) -> ImportReport:
    """What came of it."""
    reports: list[ImportReport] = []
    window.desk.tasks.ended.connect(lambda _, outcome: reports.extend(outcome.value))
    dialog.go_on()
    assert dialog.import_button.isEnabled(), dialog.says.text()
    dialog.bring_in()
    until(lambda: bool(reports))
    settled(window)
    return reports[0]


def test_a_folder_full_of_downloads_becomes_a_course_with_what_is_missing_named(
    window: MainWindow, tmp_path: Path
) -> None:
    Platform(sample_course(), tmp_path / "downloads").everything()
    dialog = dropped(window, tmp_path / "downloads")
    assert {PieceKind.COURSEWORK, PieceKind.SOURCES, PieceKind.ASSESSMENT_DATA, PieceKind.ACCESS,
            PieceKind.COACH_LOGS, PieceKind.BLUEPRINTS, PieceKind.LTI_URLS} <= dialog.pieces.kinds  # fmt: skip
    assert dialog.checklist.count.text() == "7 of 7 are here"
    dialog.go_on()
    dialog.check.course.title.setText("Introduction to Programming")
    report = taken_in(window, dialog)
    assert report.course_title == "Introduction to Programming"
    (summary,) = window.desk.program.library.courses()
    assert (summary.students, summary.assignments, summary.workspaces) == (26, 8, 151)
    until(lambda: window.page.isVisible() and window.page.sight is not None)
    assert report.gaps
    assert {piece.kind for piece in report.pieces} >= {"coursework", "sources", "access"}


def test_more_of_a_course_goes_to_it_and_a_stranger_is_asked_about(window: MainWindow, tmp_path: Path) -> None:
    course = sample_in(window.desk.program)
    settled(window)
    dialog = dropped(window, *some_downloads(tmp_path))
    assert dialog.looking.wish.course == course
    dialog.go_on()
    assert not dialog.import_button.isEnabled()
    (stranger,) = dialog.check.links.table.chosen()
    assert stranger.label == STRANGER
    dialog.check.links.bar.new_button.click()
    looked(dialog.looking)
    assert dialog.looking.wish.settled == {stranger.key: NEW}
    report = taken_in(window, dialog)
    assert report.course_id == course
    assert report.of("workspaces").added >= 1
    assert STRANGER in {person.student.username or person.student.name
                        for person in window.desk.program.library.overview(course).students}  # fmt: skip
