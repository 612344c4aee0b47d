"""From the Add course dialog into the library: the import, what the window says of it, and how to go on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from bringing import OPEN_STUDENT, REPORT, PretendProgram, brought, drop, in_front, looked
from building import CourseBuilder
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton
from pytestqt.qtbot import QtBot
from touring import opened_window, sample_in, settled, until
from windowing import choose, shown

from exportmanager.core.course import CourseId
from exportmanager.core.errors import BadSource
from exportmanager.core.report import Difference, ImportReport
from exportmanager.ui.adding import AddDialog
from exportmanager.ui.adding_report import ImportReportDialog
from exportmanager.ui.notices import Notice
from exportmanager.ui.window import MainWindow
from exportmanager.ui.words import number

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
ESCAPE, N = Qt.Key.Key_Escape, Qt.Key.Key_N
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def program(tmp_path: Path) -> Iterator[PretendProgram]:
    program = PretendProgram(tmp_path / "library")
    program.bring_in("folder", str(CourseBuilder(tmp_path / "course").write()))
    yield program
    program.close()


@pytest.fixture
def window(qtbot: QtBot, program: PretendProgram) -> Iterator[MainWindow]:
    with opened_window(program) as window:
        yield window


def said(window: MainWindow) -> Notice:
    """The newest bar, once there is one."""
    until(lambda: bool(window.notices.bars) and not window.desk.background.is_busy)
    return window.notices.bars[0]


def press(bar: Notice, words: str) -> None:
    next(made for made in bar.findChildren(QAbstractButton) if made.text() == words).click()


def imported(window: MainWindow, *names: str) -> AddDialog:
    """Go through the dialog with these files, up to the import."""
    window.importing.add()
    dialog = in_front(window)
    brought(dialog, *(names or ("coursework.zip",)))
    settled(window)
    dialog.go_on()
    dialog.bring_in()
    until(lambda: not window.desk.is_busy)
    return dialog


# Ways to the dialog


def test_button_menu_and_key_open_the_dialog(window: MainWindow, qtbot: QtBot) -> None:
    ways: list[Callable[[], object]] = [
        lambda: QTest.mouseClick(window.courses.add_button, Qt.MouseButton.LeftButton),
        lambda: QTest.keyClick(window, N, CTRL),
    ]
    for way in ways:
        way()
        dialog = in_front(window)
        assert dialog.isModal()
        assert dialog.windowModality() == Qt.WindowModality.WindowModal
        dialog.reject()
        until(lambda: not any(found.isVisible() for found in window.findChildren(AddDialog)))
    assert not window.notices.bars, "nothing was brought, so nothing is lost"


def test_more_is_added_to_the_course_that_is_shown(window: MainWindow) -> None:
    until(lambda: window.page.sight is not None)
    words = "Add more to this course..."
    ways: list[Callable[[], object]] = [
        lambda: QTest.keyClick(window, N, CTRL | SHIFT),
        lambda: choose(window.page.header.menu, words),
        lambda: choose(window.courses.menu_of(window.courses.view.currentIndex()), words),
    ]
    for way in ways:
        way()
        dialog = in_front(window)
        assert dialog.windowTitle() == "Add to A small course"
        assert dialog.looking.wish.course == "course-1"
        dialog.reject()
        until(lambda: not any(found.isVisible() for found in window.findChildren(AddDialog)))


def test_what_is_dropped_on_the_window_is_looked_at_in_the_dialog(window: MainWindow) -> None:
    drop(window, "/x/coursework.zip", "/x/roster.csv")
    dialog = in_front(window)
    looked(dialog.looking)
    assert [piece.name for piece in dialog.pieces.rows.shown] == ["coursework.zip", "roster.csv"]


def test_one_dropped_course_folder_comes_in_at_once(window: MainWindow, tmp_path: Path) -> None:
    drop(window, tmp_path / "course")
    assert "in the library already" in said(window).text
    assert window.findChildren(AddDialog) == []


# The import


def test_what_was_settled_comes_in_and_the_window_says_what_came(window: MainWindow, program: PretendProgram) -> None:
    program.links = (OPEN_STUDENT,)
    window.importing.add()
    dialog = in_front(window)
    brought(dialog, "coursework.zip", "access.csv")
    settled(window)
    dialog.go_on()
    dialog.check.settled.emit((OPEN_STUDENT.key,), "s7")
    looked(dialog.looking)
    dialog.check.course.title.setText("")
    QTest.keyClicks(dialog.check.course.title, "Loops again")
    zone = dialog.check.course.zone.value
    dialog.bring_in()
    until(lambda: not window.desk.is_busy)
    places = ("/nowhere/coursework.zip", "/nowhere/access.csv")
    assert program.taken == [(places, None, "Loops again", {OPEN_STUDENT.key: "s7"}, zone)]
    bar = said(window)
    assert bar.text == f"A small course is up to date: {number(1_205)} new entries, 1 changed, 1 gap"
    assert bar.mood == "warning"
    assert program.looks[-1].is_closed


def test_the_report_is_shown_after_the_import(window: MainWindow, qtbot: QtBot) -> None:
    imported(window)
    press(said(window), "Show report")
    report = shown(qtbot, window, ImportReportDialog)
    assert [report.tabs.tabText(n) for n in range(report.tabs.count())] == [
        "What came", "Files", f"Disagreed ({number(1_001)})", "Missing (1)",
    ]  # fmt: skip


def test_course_folders_that_come_in_together_are_each_told_of(window: MainWindow, program: PretendProgram) -> None:
    program.reports = (REPORT, REPORT.model_copy(update={"gaps": ()}))
    imported(window, "course-one", "course-two")
    until(lambda: len(window.notices.bars) == 2)
    assert program.taken[0][1:3] == (None, "")


def test_what_did_not_come_in_can_be_gone_on_with(window: MainWindow, program: PretendProgram) -> None:
    program.links = (OPEN_STUDENT,)
    program.fails = BadSource("coursework.zip was changed meanwhile.", "Add it again.")
    window.importing.add()
    dialog = in_front(window)
    brought(dialog, "coursework.zip")
    settled(window)
    dialog.go_on()
    dialog.check.settled.emit((OPEN_STUDENT.key,), "s7")
    dialog.check.course.of_library.click()
    dialog.check.course.courses.choose("course-1")
    dialog.check.course._course_chosen()
    dialog.check.settled.emit((OPEN_STUDENT.key,), "s8")
    looked(dialog.looking)
    dialog.bring_in()
    until(lambda: not window.desk.is_busy)
    bar = said(window)
    assert bar.text == "coursework.zip was changed meanwhile."
    press(bar, "Go on adding")
    again = in_front(window, lambda found: found is not dialog)
    settled(window)
    looked(again.looking)
    assert again.looking.wish.settled == {OPEN_STUDENT.key: "s8"}
    assert again.check.chosen.course == "course-1"
    assert again.looking.wish.course == "course-1"
    assert [piece.name for piece in again.pieces.rows.shown] == ["coursework.zip"]


def test_an_import_can_be_stopped_and_gone_on_with(window: MainWindow, program: PretendProgram) -> None:
    program.is_slow = True
    window.desk.tasks.begun.connect(window.desk.stop_all)
    imported(window)
    bar = said(window)
    assert bar.text == "Importing From the files was stopped."
    press(bar, "Go on adding")
    assert in_front(window).looking.brought


def test_escape_loses_nothing(window: MainWindow, program: PretendProgram) -> None:
    window.importing.add()
    dialog = in_front(window)
    brought(dialog, "coursework.zip")
    QTest.keyClick(dialog, ESCAPE)
    until(lambda: program.looks[0].is_closed)
    bar = said(window)
    assert bar.text == "Nothing was added."
    press(bar, "Go on adding")
    again = in_front(window, lambda found: found is not dialog)
    looked(again.looking)
    assert [piece.name for piece in again.pieces.rows.shown] == ["coursework.zip"]
    assert program.taken == []


def test_the_window_closes_while_something_is_looked_at(qtbot: QtBot, program: PretendProgram) -> None:
    with opened_window(program) as window:
        window.importing.add()
        drop(in_front(window), "/x/slow.zip")
        until(program.looks[-1].began.is_set)
    assert program.looks[-1].is_closed


# The report


def report_of(qtbot: QtBot, report: ImportReport) -> ImportReportDialog:
    dialog = ImportReportDialog(report)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def rows_of(dialog: ImportReportDialog, part: int) -> list[list[str]]:
    rows = dialog.parts[part].rows
    return [[column.text(found) for column in rows.columns] for found in rows.shown]


def test_the_report_says_what_came_per_piece_and_what_became_of_it(qtbot: QtBot) -> None:
    dialog = report_of(qtbot, REPORT)
    assert rows_of(dialog, 0) == [
        ["People", "3", "1", "1", "1", "2"],
        ["Answers", number(1_204), number(1_204), "", "", ""],
    ]
    assert rows_of(dialog, 1) == [["Coursework data", "coursework.zip"], ["Course access data", "access.csv"]]
    assert rows_of(dialog, 2) == [["People", "Student Two", "last name", "Two", "Twó"]]
    assert dialog.parts[2].about.text().endswith(f"These are the first 1 of {number(1_001)}.")
    assert rows_of(dialog, 3) == [["Student Seven", "workspace", "it was begun, but there are no files of it"]]


def test_a_report_without_news_says_that_nothing_changed_and_has_no_empty_parts(qtbot: QtBot) -> None:
    quiet = ImportReport(course_id="c", course_title="C", source="auto")
    dialog = report_of(qtbot, quiet)
    assert dialog.tabs.count() == 1
    assert dialog.parts[0].about.text() == "The library had all of it already: nothing has changed."


def test_many_differences_can_be_searched(qtbot: QtBot) -> None:
    many = tuple(Difference(thing="people", who=f"Student {n}", field="email", before="a", now="b") for n in range(30))
    dialog = report_of(qtbot, REPORT.model_copy(update={"differences": many, "different": 30}))
    QTest.keyClicks(dialog.parts[2].search, "student 29")
    assert len(rows_of(dialog, 2)) == 1
    assert dialog.parts[2].about.text() == "1 of 30 shown"


def test_the_report_is_copied_with_headings(qtbot: QtBot) -> None:
    dialog = report_of(qtbot, REPORT)
    dialog.copy()
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[:2] == ["What\tCame\tNew\tChanged\tAs before\tOnly in the library", "People\t3\t1\t1\t1\t2"]
    assert "Student Seven\tworkspace\tit was begun, but there are no files of it" in lines


def test_the_last_import_is_reached_from_the_course(window: MainWindow, program: PretendProgram, qtbot: QtBot) -> None:
    window.courses.select(CourseId(sample_in(program)))
    window.read()
    until(lambda: window.page.sight is not None and window.page.sight.overview.info.title != "A small course")
    choose(window.page.header.menu, "Last import...")
    report = shown(qtbot, window, ImportReportDialog)
    assert report.windowTitle() == "Last import"
    assert report.tabs.count() == 2
