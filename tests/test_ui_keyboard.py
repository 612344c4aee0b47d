"""The window without a mouse: every key that is sent goes to whatever has the focus, as on a desk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from exporting import names_in, small_course
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget
from pytestqt.qtbot import QtBot
from touring import ASSIGNMENTS, EXPORT, OVERVIEW, STUDENTS, export, opened_window, sample_in, settled, until

from exportmanager.core.ledger import JobState
from exportmanager.program import Program
from exportmanager.ui.export_dialog import ExportDialog
from exportmanager.ui.shelf_row import ShelfRow
from exportmanager.ui.window import MainWindow

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
_ENOUGH = 120
_CTRL, _NONE = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.NoModifier


def focus() -> QWidget:
    """What the keyboard is on."""
    widget = QApplication.focusWidget()
    assert widget is not None, "the keyboard is nowhere"
    return widget


def press(key: Qt.Key, modifiers: Qt.KeyboardModifier = _NONE, times: int = 1) -> None:
    for _ in range(times):
        QTest.keyClick(focus(), key, modifiers)


def type_words(words: str) -> None:
    QTest.keyClicks(focus(), words)


def tab_to(is_it: Callable[[Any], bool]) -> QWidget:
    """Press Tab until the keyboard is there."""
    for _ in range(_ENOUGH):
        if is_it(focus()):
            return focus()
        press(Qt.Key.Key_Tab)
    raise AssertionError("Tab does not get there")


def called(words: str) -> Callable[[QWidget], bool]:
    return lambda widget: widget.accessibleName().startswith(words)


@pytest.fixture
def window(qtbot: QtBot, program: Program, tmp_path: Path) -> Iterator[MainWindow]:
    """The window on two courses, the sample course the first of them."""
    sample_in(program)
    program.bring_in("folder", str(small_course(tmp_path / "z", title="Zoology")))
    with opened_window(program) as window:
        yield window


def dialog_of(window: MainWindow) -> ExportDialog:
    """The export dialog, in front."""
    until(lambda: [dialog for dialog in window.findChildren(ExportDialog) if dialog.isVisible()])
    settled(window)
    dialog = next(dialog for dialog in window.findChildren(ExportDialog) if dialog.isVisible())
    until(lambda: QApplication.focusWidget() is not None and dialog.isAncestorOf(focus()))
    return dialog


def back_in(window: MainWindow) -> None:
    """The dialog has closed: the desktop brings the window to the front, and the keyboard back to where it was."""
    window.activateWindow()
    until(lambda: QApplication.focusWidget() is not None and window.isActiveWindow())


def finished_row(window: MainWindow) -> ShelfRow:
    """The row of an export that has ended."""
    until(lambda: window.shelf.list.rows)
    row = next(iter(window.shelf.list.rows.values()))
    until(lambda: row.look is not None and row.look.mark == "gap" and not window.desk.is_busy)
    settled(window)
    return row


def test_a_whole_export_needs_no_mouse(window: MainWindow, program: Program, tmp_path: Path) -> None:
    tab_to(called("Courses"))
    press(Qt.Key.Key_Down)
    until(lambda: window.page.sight and window.page.sight.overview.info.title == "Zoology")
    press(Qt.Key.Key_Up)
    until(lambda: window.page.sight and window.page.sight.overview.info.title == "Introduction to Programming")
    settled(window)

    press(Qt.Key.Key_4, _CTRL)
    tab_to(called("Export...: Coursework data"))
    press(Qt.Key.Key_Return)
    dialog = dialog_of(window)

    tab_to(called("Assignments"))
    press(Qt.Key.Key_Down)
    press(Qt.Key.Key_Space)
    settled(window)
    assert "7 of 8" in " ".join(label.text() for label in dialog.findChildren(QWidget) if hasattr(label, "text"))
    tab_to(called("Export: "))
    press(Qt.Key.Key_Return)
    until(lambda: not dialog.isVisible())

    row = finished_row(window)
    assert row.look is not None
    assert "24 of 26 students" in row.look.facts
    job = program.ledger.jobs()[0]
    assert (job.state, len(job.options["assignments"])) == (JobState.EXPORTED, 7)

    back_in(window)
    assert focus().accessibleName().startswith("Export...")
    tab_to(called("Save a copy"))
    press(Qt.Key.Key_Return)
    save_to(window, tmp_path / "copies")
    assert names_in(tmp_path / "copies") == [job.file.name] if job.file else False


def save_to(window: MainWindow, folder: Path) -> None:
    """Say in the file dialog where a copy goes."""
    folder.mkdir()
    until(lambda: [dialog for dialog in window.findChildren(QFileDialog) if dialog.isVisible()])
    dialog = next(dialog for dialog in window.findChildren(QFileDialog) if dialog.isVisible())
    name = Path(dialog.selectedFiles()[0]).name
    dialog.selectFile(str(folder / name))
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    until(lambda: not window.desk.is_busy and names_in(folder))


@pytest.mark.parametrize(
    ("key", "tab"),
    [(Qt.Key.Key_1, OVERVIEW), (Qt.Key.Key_2, ASSIGNMENTS), (Qt.Key.Key_3, STUDENTS), (Qt.Key.Key_4, EXPORT)],
)
def test_ctrl_and_a_number_show_a_tab(window: MainWindow, key: Qt.Key, tab: int) -> None:
    window.page.tabs.setCurrentIndex((tab + 1) % 4)
    press(key, _CTRL)
    assert window.page.tabs.currentIndex() == tab


def test_ctrl_f_searches_what_is_in_view_and_escape_takes_it_back(window: MainWindow) -> None:
    press(Qt.Key.Key_3, _CTRL)
    press(Qt.Key.Key_F, _CTRL)
    assert focus() is window.page.students.search
    type_words("ada exa")
    until(lambda: not window.page.students.rows.is_arranging)
    fitting = window.page.students.rows.rowCount()
    assert 0 < fitting < window.page.students.rows.total
    press(Qt.Key.Key_Escape)
    until(lambda: window.page.students.rows.rowCount() == window.page.students.rows.total)


def test_ctrl_shift_f_searches_the_courses(window: MainWindow) -> None:
    press(Qt.Key.Key_F, _CTRL | Qt.KeyboardModifier.ShiftModifier)
    assert focus() is window.courses.search
    type_words("zoo")
    press(Qt.Key.Key_Return)
    until(lambda: window.page.sight and window.page.sight.overview.info.title == "Zoology")


def test_a_student_is_opened_with_enter_and_left_with_escape(window: MainWindow) -> None:
    press(Qt.Key.Key_3, _CTRL)
    tab_to(called("Students"))
    press(Qt.Key.Key_Down, times=3)
    press(Qt.Key.Key_Return)
    until(window.page.student.isVisible)
    settled(window)
    press(Qt.Key.Key_Escape)
    until(window.page.students.isVisible)
    assert window.isAncestorOf(focus())


def test_ctrl_e_exports_what_is_selected_and_escape_leaves_the_dialog(window: MainWindow, program: Program) -> None:
    press(Qt.Key.Key_3, _CTRL)
    tab_to(called("Students"))
    press(Qt.Key.Key_Down, times=3)
    press(Qt.Key.Key_E, _CTRL)
    dialog = dialog_of(window)
    assert "1 of 26" in " ".join(label.text() for label in dialog.findChildren(QWidget) if hasattr(label, "text"))
    press(Qt.Key.Key_Escape)
    until(lambda: not dialog.isVisible())
    assert list(program.ledger.jobs()) == []


def test_ctrl_e_on_another_tab_shows_what_can_be_exported(window: MainWindow) -> None:
    press(Qt.Key.Key_1, _CTRL)
    press(Qt.Key.Key_E, _CTRL)
    assert window.page.tabs.currentIndex() == EXPORT
    assert focus().accessibleName().startswith("Export...")


def test_delete_removes_from_the_shelf_and_undo_brings_back(window: MainWindow, program: Program) -> None:
    assert window.page.sight is not None
    job = export(program, window.page.sight.overview.info.id)
    window.desk.library_changed.emit()
    row = finished_row(window)
    press(Qt.Key.Key_J, _CTRL)
    assert focus() is row
    press(Qt.Key.Key_Delete)
    assert row.look is not None
    assert row.look.side == "Removed"
    tab_to(called("Undo"))
    press(Qt.Key.Key_Space)
    assert row.look.side.startswith("removed in")
    settled(window)
    assert program.ledger.job(job.id).state is JobState.EXPORTED


def test_a_menu_opens_with_enter_and_closes_with_escape(window: MainWindow) -> None:
    press(Qt.Key.Key_3, _CTRL)
    tab_to(called("Actions"))
    menu, filled = window.page.students.menu, []

    def look() -> None:
        if menu.isVisible():
            filled.append(len(menu.actions()))
            QTest.keyClick(menu, Qt.Key.Key_Escape)

    timer = QTimer(interval=5)
    timer.timeout.connect(look)
    timer.start()
    press(Qt.Key.Key_Return)
    until(lambda: filled)
    timer.stop()
    assert not menu.isVisible()
    assert filled[0] >= 3
