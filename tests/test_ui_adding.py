"""The Add course dialog: the checklist, what is brought, and when it lets the teacher go on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from bringing import PretendProgram, brought, drop, looked
from looking import called, controls, heard
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLabel, QWidget
from pytestqt.qtbot import QtBot
from touring import until
from windowing import desk_on, in_window, shown

from exportmanager.core.arrivals import DOWNLOADS, Choice, Plan
from exportmanager.core.errors import NotFound
from exportmanager.core.meter import Progress
from exportmanager.jobs.desk import Desk
from exportmanager.jobs.looking import Brought
from exportmanager.ui.adding import AddDialog, Beginning
from exportmanager.ui.adding_checklist import Checklist
from exportmanager.ui.adding_git import GitDialog

RETURN, ESCAPE = Qt.Key.Key_Return, Qt.Key.Key_Escape


@pytest.fixture
def program(tmp_path: Path) -> PretendProgram:
    return PretendProgram(tmp_path / "library")


@pytest.fixture
def desk(program: PretendProgram) -> Iterator[Desk]:
    with desk_on(program) as desk:
        yield desk


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[QWidget]:
    window = in_window(qtbot)
    yield window
    window.close()


@pytest.fixture
def dialog(desk: Desk, window: QWidget) -> AddDialog:
    dialog = AddDialog(desk, Beginning(), window)
    dialog.open()
    looked(dialog.looking)
    return dialog


def names(dialog: AddDialog) -> list[str]:
    return [piece.name for piece in dialog.pieces.rows.shown]


def states(checklist: Checklist) -> dict[str, str]:
    return {item.download.id: item._said.text() for item in checklist.items}


def opened(checklist: Checklist) -> list[str]:
    return [item.download.id for item in checklist.items if item.button.isChecked()]


# The checklist


def test_the_checklist_says_of_each_download_where_to_click_what_it_holds_and_when_it_vanishes(
    dialog: AddDialog,
) -> None:
    for download, item in zip(DOWNLOADS, dialog.checklist.items, strict=True):
        item.button.setChecked(False)
        item.button.click()
        said = [label.text() for label in item.findChildren(QLabel) if label.isVisible()]
        assert {download.holds, download.steps, download.vanishes} <= set(said)
        assert opened(dialog.checklist) == [download.id]
        assert item.button.accessibleName() == f"{download.title}, not yet, open"


def test_the_first_download_that_is_not_here_is_open_until_somebody_opens_another(dialog: AddDialog) -> None:
    assert opened(dialog.checklist) == ["coursework"]
    brought(dialog, "coursework.zip")
    assert opened(dialog.checklist) == ["sources"]
    dialog.checklist.items[5].button.click()
    brought(dialog, "access.csv")
    assert opened(dialog.checklist) == ["blueprints"]


def test_the_checklist_ticks_off_what_was_brought(dialog: AddDialog) -> None:
    brought(dialog, "coursework.zip", "access.csv", "holiday.zip")
    found = states(dialog.checklist)
    assert (found["coursework"], found["access"], found["sources"]) == (
        "among your files", "among your files", "not yet",
    )  # fmt: skip
    assert dialog.checklist.count.text() == "2 of 7 are here"


def test_the_checklist_of_a_course_says_since_when_what_is_in_the_library(desk: Desk, window: QWidget) -> None:
    dialog = AddDialog(desk, Beginning(course=Choice("course-1", "A small course")), window)
    dialog.open()
    until(lambda: dialog.checklist.count.text() == "1 of 7 are here")
    assert states(dialog.checklist)["coursework"].startswith("in the library since ")
    assert states(dialog.checklist)["access"] == "not yet"
    assert dialog.windowTitle() == "Add to A small course"


# Bringing


def test_nothing_has_to_be_read_or_clicked_before_files_can_be_added(dialog: AddDialog) -> None:
    assert dialog.focusWidget() is dialog.pieces.files_button
    assert dialog.pieces.files_button.isVisible()
    assert dialog.pieces.folder_button.isVisible()
    assert not dialog.next_button.isEnabled()
    assert dialog.says.text().startswith("Add what you have downloaded")


def test_files_are_chosen_and_the_next_dialog_begins_where_they_were(
    dialog: AddDialog, tmp_path: Path, qtbot: QtBot
) -> None:
    for name in ("coursework.zip", "roster.csv"):
        (tmp_path / name).write_text("x")
    QTest.mouseClick(dialog.pieces.files_button, Qt.MouseButton.LeftButton)
    asked = shown(qtbot, dialog, QFileDialog)
    asked.filesSelected.emit([str(tmp_path / "coursework.zip"), str(tmp_path / "roster.csv")])
    asked.reject()
    looked(dialog.looking)
    assert names(dialog) == ["coursework.zip", "roster.csv"]
    assert dialog.asking.folder == str(tmp_path)


def test_a_folder_is_chosen(dialog: AddDialog, tmp_path: Path, qtbot: QtBot) -> None:
    QTest.mouseClick(dialog.pieces.folder_button, Qt.MouseButton.LeftButton)
    asked = shown(qtbot, dialog, QFileDialog)
    assert asked.fileMode() == QFileDialog.FileMode.Directory
    asked.filesSelected.emit([str(tmp_path / "coursework")])
    asked.reject()
    looked(dialog.looking)
    assert names(dialog) == ["coursework"]


def test_a_repository_is_asked_for_with_its_branch(dialog: AddDialog, qtbot: QtBot) -> None:
    QTest.mouseClick(dialog.pieces.git_button, Qt.MouseButton.LeftButton)
    asked = shown(qtbot, dialog, GitDialog)
    assert not asked.add_button.isEnabled()
    QTest.keyClicks(asked.address, " https://example.org/coursework ")
    QTest.keyClicks(asked.ref, "main")
    QTest.keyClick(asked.ref, RETURN)
    looked(dialog.looking)
    assert dialog.looking.brought == (Brought("https://example.org/coursework", "main"),)
    assert names(dialog) == ["coursework@main"]


def test_files_are_dropped_anywhere_on_the_dialog_also_on_its_second_page(dialog: AddDialog) -> None:
    drop(dialog, "/x/coursework.zip")
    looked(dialog.looking)
    dialog.go_on()
    assert dialog.check.isVisible()
    drop(dialog, "/x/roster.csv", "/x/access.csv")
    looked(dialog.looking)
    assert names(dialog) == ["coursework.zip", "roster.csv", "access.csv"]
    assert dialog.pieces.isVisible()


def test_each_piece_says_what_it_was_recognised_as_and_what_is_wrong_with_it(dialog: AddDialog) -> None:
    brought(dialog, "coursework.zip", "broken.zip", "course-folder")
    columns = {column.id: column for column in dialog.pieces.rows.columns}
    found = {piece.name: (columns["kind"].text(piece), columns["says"].text(piece))
             for piece in dialog.pieces.rows.shown}  # fmt: skip
    assert found == {
        "coursework.zip": ("Coursework data", "26 students."),
        "course-folder": ("Course folder", "The course: 26 students."),
        "broken.zip": ("Not recognised", "broken.zip is damaged. Download it again."),
    }
    assert dialog.pieces.about.text() == "broken.zip: broken.zip is damaged. Download it again."
    assert dialog.pieces.about.mood == "problem"
    dialog.pieces.table.selectRow(0)
    assert dialog.pieces.about.text() == "coursework.zip: 26 students."


def test_what_is_looked_at_is_named_and_can_be_stopped(dialog: AddDialog, program: PretendProgram) -> None:
    dialog.bring(Brought("/x/slow.zip"), Brought("/x/roster.csv"))
    until(program.looks[-1].began.is_set)
    bar = dialog.pieces.bar
    assert bar.isVisible()
    assert bar.words.text() == "Looking at slow.zip, and 1 more after it"
    dialog.looking.progressed.emit(Progress("Looking", 5, 10))
    assert (bar._bar.value(), bar._bar.maximum()) == (500, 1_000)
    assert dialog.says.text() == "You can go on when everything has been looked at."
    QTest.mouseClick(bar.stop_button, Qt.MouseButton.LeftButton)
    looked(dialog.looking)
    assert not bar.isVisible()
    assert names(dialog) == []


@pytest.mark.parametrize("way", ["button", "key"])
def test_a_piece_is_removed_by_button_and_by_key(dialog: AddDialog, way: str) -> None:
    brought(dialog, "coursework.zip", "roster.csv", "broken.zip")
    assert not dialog.pieces.remove_button.isEnabled()
    dialog.pieces.table.setFocus()
    for name in ("roster.csv", "broken.zip"):
        dialog.pieces.table.selectRow(names(dialog).index(name))
        if way == "key":
            QTest.keyClick(dialog.pieces.table, Qt.Key.Key_Delete)
        else:
            QTest.mouseClick(dialog.pieces.remove_button, Qt.MouseButton.LeftButton)
        looked(dialog.looking)
    assert names(dialog) == ["coursework.zip"]


# Going on


def test_next_is_off_while_nothing_can_come_in_and_a_sentence_says_why(dialog: AddDialog) -> None:
    brought(dialog, "holiday.zip", "notes.txt")
    assert not dialog.next_button.isEnabled()
    assert dialog.says.text() == "Nothing of this can come in."
    brought(dialog, "coursework.zip")
    assert dialog.next_button.isEnabled()
    assert dialog.says.text() == "What was found: 26 students, 151 workspaces."


def test_a_bug_while_looking_is_said_and_reported_and_the_others_can_come_in(
    dialog: AddDialog, desk: Desk, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(desk.went_wrong):
        brought(dialog, "bug.zip")
    assert "Something in this program went wrong while it looked at this." in dialog.pieces.about.text()
    brought(dialog, "coursework.zip")
    assert dialog.next_button.isEnabled()


def test_a_plan_that_cannot_be_made_is_said_and_nothing_can_be_imported(
    dialog: AddDialog, program: PretendProgram, monkeypatch: pytest.MonkeyPatch
) -> None:
    brought(dialog, "coursework.zip")
    dialog.go_on()

    def gone(*_: object) -> Plan:
        raise NotFound("This course has left the library.", "Choose another.")

    with monkeypatch.context() as broken:
        broken.setattr(program, "plan", gone)
        dialog.check.settled.emit(("student:x",), "s1")
        looked(dialog.looking)
        assert dialog.says.text() == "This course has left the library. Choose another."
        assert not dialog.import_button.isEnabled()
    dialog.check.settled.emit(("student:x",), None)
    looked(dialog.looking)
    assert dialog.import_button.isEnabled()


def test_enter_goes_on_and_back_comes_back(dialog: AddDialog) -> None:
    brought(dialog, "coursework.zip")
    QTest.keyClick(dialog, RETURN)
    assert dialog.check.isVisible()
    assert dialog.import_button.isDefault()
    QTest.mouseClick(dialog.back_button, Qt.MouseButton.LeftButton)
    assert dialog.pieces.isVisible()
    assert names(dialog) == ["coursework.zip"]


def test_the_dialog_is_small_enough_for_a_small_window(dialog: AddDialog) -> None:
    brought(dialog, "coursework.zip", "broken.zip")
    smallest = dialog.minimumSizeHint()
    assert smallest.width() <= 800
    assert smallest.height() <= 500


def test_everything_in_it_is_named_for_screen_readers(dialog: AddDialog) -> None:
    brought(dialog, "coursework.zip")
    for page in (dialog.go_on, dialog.back):
        for widget in controls(dialog):
            assert heard(widget, QAccessible.Text.Name), called(widget)
            assert heard(widget, QAccessible.Text.Description), called(widget)
        page()
