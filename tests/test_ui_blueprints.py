"""The Blueprints tab: what it shows of them, and renaming, duplicating, deleting and taking that back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from blueprinting import LAB, NOTES, SECRET, THREE, Tab, add, file_of, tab_on
from bringing import drop
from exporting import COURSE, bring_in
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QAction, QDragEnterEvent, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QPushButton
from pytestqt.qtbot import QtBot
from touring import opened_window, sample_in
from windowing import choose, shown

from exportmanager.core.course import Blueprint
from exportmanager.program import Program
from exportmanager.ui.blueprint_import import BlueprintImport
from exportmanager.ui.blueprint_rename import RenameDialog
from exportmanager.ui.blueprint_words import layout_of, settings_of
from exportmanager.ui.export_dialog import ExportDialog
from exportmanager.ui.tick_list import TickList

_DELETE, _UNDO = QKeySequence.StandardKey.Delete, QKeySequence.StandardKey.Undo


@pytest.fixture
def empty(qtbot: QtBot, program: Program, tmp_path: Path) -> Iterator[Tab]:
    """The tab of a course without blueprints."""
    bring_in(program, tmp_path / "course")
    with tab_on(qtbot, program) as made:
        yield made


@pytest.fixture
def tab(qtbot: QtBot, program: Program, tmp_path: Path) -> Iterator[Tab]:
    """The tab of a course with three."""
    bring_in(program, tmp_path / "course")
    add(program, *THREE)
    with tab_on(qtbot, program) as made:
        yield made


def menu_of(tab: Tab) -> dict[str, QAction]:
    tab.page.menu.aboutToShow.emit()
    return {action.text(): action for action in tab.page.menu.actions() if action.text()}


# What it shows


def test_a_course_without_any_says_what_they_are_and_offers_to_import(empty: Tab) -> None:
    page = empty.page
    assert page.sheet.currentWidget() is page.sheet.nothing
    assert not page.preview.isVisible()
    assert not page.export_button.isVisible()
    button = page.sheet.nothing.findChild(QPushButton)
    assert isinstance(button, QPushButton)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert empty.importing().windowTitle() == "Import blueprints into A small course"


def test_they_stand_in_the_order_of_the_course(tab: Tab) -> None:
    assert tab.shown == ["Lab report", "Notes", "Staff room"]
    assert tab.page.count.text() == "3 blueprints"
    texts = [[column.text(row) for column in tab.page.rows.columns] for row in tab.page.rows.shown]
    assert texts == [
        ["Lab report", "2 panels", "35"],
        ["Notes", "1 panel, file tree", str(len(NOTES.content))],
        ["Staff room", "1 panel, teacher only", "14"],
    ]


def test_the_search_finds_them_by_name_and_layout(tab: Tab) -> None:
    tab.page.search.setText("teacher only")
    assert tab.shown == ["Staff room"]
    tab.page.search.setText("report")
    assert tab.shown == ["Lab report"]


def test_the_page_of_the_chosen_one_is_shown_as_students_see_it(tab: Tab) -> None:
    preview = tab.page.preview
    tab.select("Notes")
    assert "For all" in preview.view.toPlainText()
    assert "For the teacher" not in preview.view.toPlainText()
    preview.answers.setChecked(True)
    tab.settle()
    assert "For the teacher" in preview.view.toPlainText()
    assert preview.settings.toPlainText() == "Settings of the page\nLayout: 1 panel, file tree"


def test_one_that_students_never_see_is_shown_to_the_teacher(tab: Tab) -> None:
    tab.select("Staff room")
    assert "students do not see this page" in tab.page.preview.view.toPlainText()
    assert "How did it go?" in tab.page.preview.view.toPlainText()


def test_the_page_of_another_one_is_not_shown_late(tab: Tab) -> None:
    tab.page.table.select_keys(["Lab report"])
    tab.page.table.select_keys(["Staff room"])
    tab.settle()
    assert "How did it go?" in tab.page.preview.view.toPlainText()
    tab.select("Lab report", "Notes")
    assert tab.page.preview.view.toPlainText() == ""


def test_no_script_picture_or_address_of_a_blueprint_is_loaded(tab: Tab, program: Program) -> None:
    bad = (
        '<script>alert(1)</script><img src="file:///etc/passwd"><img src="https://example.org/x.png">![x](/etc/passwd)'
    )
    add(program, Blueprint("Bad", bad, {"contentType": "html"}), Blueprint("Worse", bad, {}))
    tab.read()
    for name in ("Bad", "Worse"):
        tab.select(name)
        html = tab.page.preview.view.toHtml()
        assert "alert" not in html
        assert "<img" not in html


def test_what_is_chosen_and_searched_stays_when_the_library_changes(tab: Tab, program: Program) -> None:
    tab.select("Notes")
    add(program, Blueprint("New", "# New", {}))
    tab.read()
    assert tab.shown == ["Lab report", "Notes", "Staff room", "New"]
    assert tab.selected == ["Notes"]
    assert "For all" in tab.page.preview.view.toPlainText()


def test_five_hundred_are_shown(tab: Tab, program: Program) -> None:
    add(program, *(Blueprint(f"Page {n:03}", f"# {n}\n", {"layout": "3-cell"}) for n in range(500)))
    tab.read()
    assert tab.page.count.text() == "503 blueprints"
    tab.page.search.setText("page 499")
    assert tab.shown == ["Page 499"]


# Layouts in words


@pytest.mark.parametrize(
    ("layout", "words"),
    [("2-panels", "2 panels"), ("3-cell-left", "3 cells, guide on the left"),
     ("4-cell-tree-guides-left", "4 cells, file tree, guide on the left"), ("", "as the page before"),
     ("5-rings", "5-rings"), ("2-panelsleft", "2-panelsleft"), (7, "as the page before")],
)  # fmt: skip
def test_a_layout_has_words_or_is_said_as_it_is(layout: object, words: str) -> None:
    assert layout_of(Blueprint("x", "", {"layout": layout})) == words


def test_all_settings_of_a_page_are_said_and_what_is_unknown_as_it_is() -> None:
    layout = {
        "files": [{"path": "#tabs", "action": "close"}, {"path": "main.py", "panel": 1}, {"path": "#terminal: bash"}],
        "path": [".", "data"], "contentType": "html", "closeTerminalSession": True, "learningObjectives": "Do\nit.",
        "teacherOnly": False, "media": {"name": "x"}, "note": "",
    }  # fmt: skip
    assert settings_of(Blueprint("x", "", layout)).splitlines() == [
        "Layout: as the page before",
        "Written in: HTML",
        "Opens: main.py (panel 2), a terminal: bash",
        "Closes: all tabs",
        "Folders in the file tree: the whole project, data",
        "Closes the terminals of the page before",
        "Learning objectives: Do\N{REPLACEMENT CHARACTER}it.",
        'media: {"name": "x"}',
    ]


@pytest.mark.parametrize("odd", [None, 5, [5], [{}], [{"path": 5, "action": "dance"}], {"path": []}, "text"])
def test_settings_that_are_not_what_they_should_be_do_not_stop_it(odd: object) -> None:
    keys = ("layout", "files", "path", "contentType", "teacherOnly", "closeTerminalSession", "learningObjectives")
    for key in keys:
        assert settings_of(Blueprint("x", "", {key: odd})).startswith("Layout: ")


# What can be done


def test_what_can_be_done_follows_what_is_selected(tab: Tab) -> None:
    enabled = [text for text, action in menu_of(tab).items() if action.isEnabled()]
    assert enabled == ["Export all...", "Import..."]
    tab.select("Lab report", "Notes")
    enabled = [text for text, action in menu_of(tab).items() if action.isEnabled()]
    assert enabled == ["Delete", "Export 2 blueprints...", "Import...", "Copy"]
    tab.select("Notes")
    assert {"Rename...", "Duplicate"} <= {text for text, action in menu_of(tab).items() if action.isEnabled()}


def test_the_selected_ones_are_ticked_in_the_export(tab: Tab) -> None:
    tab.page.export_selection()
    tab.select("Lab report", "Staff room")
    tab.page.export_button.click()
    assert tab.exports == [
        ("blueprints", None, None, None),
        ("blueprints", None, None, ("Lab report", "Staff room")),
    ]


def test_the_dialog_of_the_export_begins_with_what_is_ticked(tab: Tab) -> None:
    sight = tab.course.sight
    assert sight is not None
    offer = next(offer for offer in sight.offers if offer.kind.id == "blueprints")
    dialog = ExportDialog(tab.desk, offer, sight, parent=tab.window, blueprints=("Staff room",))
    made = dialog.form.inputs["blueprints"]
    assert isinstance(made, TickList)
    assert [(thing.title, thing.note) for thing in made.rows.things] == [
        ("Lab report", "2 panels  ·  35 characters"), ("Notes", "1 panel, file tree  ·  40 characters"),
        ("Staff room", "1 panel, teacher only  ·  14 characters"),
    ]  # fmt: skip
    assert dialog.form.values() == {"blueprints": ("Staff room",)}
    made.none.click()
    assert dialog.form.problems() == {"blueprints": "Tick at least one blueprint."}
    dialog.close()
    tab.settle()


def test_in_the_window_they_have_their_tab_a_menu_entry_and_the_export_dialog(qtbot: QtBot, program: Program) -> None:
    sample_in(program)
    with opened_window(program) as window:
        QTest.keySequence(window, QKeySequence("Ctrl+5"))
        assert window.page.tabs.currentWidget() is window.page.blueprints
        window.page.blueprints.table.selectRow(1)
        QTest.keySequence(window, QKeySequence("Ctrl+E"))
        export = shown(qtbot, window, ExportDialog)
        assert export.form.values() == {"blueprints": ("Practical class, with terminal",)}
        export.reject()
        QTest.keySequence(window, QKeySequence("Ctrl+Shift+B"))
        shown(qtbot, window, BlueprintImport).reject()


def test_f2_renames_and_it_stays_selected(tab: Tab) -> None:
    tab.select("Notes")
    tab.press("F2")
    dialog = shown(tab.qtbot, tab.window, RenameDialog)
    assert dialog.name.selectedText() == "Notes"
    QTest.keyClicks(dialog.name, "Lecture notes")
    QTest.keyClick(dialog.name, Qt.Key.Key_Return)
    tab.until_shown("Lab report", "Lecture notes", "Staff room")
    assert tab.names == ["Lab report", "Lecture notes", "Staff room"]
    tab.qtbot.waitUntil(lambda: tab.selected == ["Lecture notes"])


def test_a_name_that_cannot_be_is_refused_beside_the_field_and_kept(tab: Tab) -> None:
    tab.select("Notes")
    tab.press("F2")
    dialog = shown(tab.qtbot, tab.window, RenameDialog)
    for typed, said in (("  lab  REPORT ", "Another blueprint is called so. Choose another name."),
                        ("", "A blueprint needs a name. Type one.")):  # fmt: skip
        dialog.name.setText(typed)
        dialog.rename_button.click()
        tab.settle()
        assert (dialog.says.text(), dialog.name.accessibleDescription()) == (said, said)
        assert dialog.name.text() == typed
        QTest.keyClicks(dialog.name, "x")
        assert not dialog.says.isVisible()
    dialog.reject()
    assert tab.names == ["Lab report", "Notes", "Staff room"]


def test_its_own_name_is_no_change(tab: Tab) -> None:
    tab.select("Notes")
    tab.press("F2")
    dialog = shown(tab.qtbot, tab.window, RenameDialog)
    dialog.rename_button.click()
    assert not dialog.isVisible()
    assert tab.notices.bars == ()


def test_a_copy_is_made_and_selected(tab: Tab) -> None:
    tab.select("Lab report")
    tab.press("Ctrl+D")
    tab.until_shown("Lab report", "Notes", "Staff room", "Copy of Lab report")
    tab.qtbot.waitUntil(lambda: tab.selected == ["Copy of Lab report"])
    assert tab.desk.program.library.blueprints.of(COURSE)[-1].content == LAB.content


def test_what_has_gone_meanwhile_is_said(tab: Tab, program: Program) -> None:
    tab.select("Lab report")
    program.library.blueprints.remove(COURSE, ["Lab report"])
    tab.press("Ctrl+D")
    tab.qtbot.waitUntil(lambda: bool(tab.notices.bars))
    assert tab.notices.bars[0].text == "This blueprint has been removed or renamed meanwhile."
    tab.until_shown("Notes", "Staff room")


@pytest.mark.parametrize("how", ["the button", "its key"])
def test_what_was_deleted_comes_back_where_it_was(tab: Tab, how: str) -> None:
    tab.select("Lab report", "Staff room")
    tab.press(_DELETE)
    tab.until_shown("Notes")
    bar = tab.notices.bars[0]
    assert (bar.text, bar.next_step) == ("2 blueprints were deleted.", "Lab report; Staff room.")
    if how == "the button":
        tab.press_on_notice("Undo")
    else:
        tab.press(_UNDO)
    tab.until_shown("Lab report", "Notes", "Staff room")
    tab.qtbot.waitUntil(lambda: tab.selected == ["Lab report", "Staff room"])
    assert tab.desk.program.library.blueprints.of(COURSE) == list(THREE)
    assert tab.notices.bars == ()


def test_the_last_one_that_goes_leaves_the_keyboard_where_undo_works(tab: Tab) -> None:
    tab.select(*tab.shown)
    tab.press(_DELETE)
    tab.until_shown()
    focus = QApplication.focusWidget()
    assert focus is not None
    assert tab.page.isAncestorOf(focus)
    tab.press(_UNDO)
    tab.until_shown("Lab report", "Notes", "Staff room")


def test_the_keyboard_stands_on_the_next_one_after_a_deletion_and_deletes_nothing_more(tab: Tab) -> None:
    tab.select("Lab report")
    tab.press(_DELETE)
    tab.press(_DELETE)
    tab.until_shown("Notes", "Staff room")
    assert tab.selected == []
    assert tab.page.table.current().name == "Notes"
    assert len(tab.notices.bars) == 1


def test_several_deletions_are_taken_back_one_after_the_other(tab: Tab) -> None:
    for name, left in (("Lab report", ["Notes", "Staff room"]), ("Notes", ["Staff room"])):
        tab.select(name)
        tab.press(_DELETE)
        tab.until_shown(*left)
    tab.press(_UNDO)
    tab.until_shown("Notes", "Staff room")
    tab.press(_UNDO)
    tab.until_shown("Lab report", "Notes", "Staff room")
    tab.press(_UNDO)
    tab.settle()
    assert tab.names == ["Lab report", "Notes", "Staff room"]


def test_once_its_notice_is_gone_a_deletion_is_not_taken_back(tab: Tab) -> None:
    tab.select("Lab report")
    tab.press(_DELETE)
    tab.until_shown("Notes", "Staff room")
    tab.notices.bars[0].dismiss()
    tab.press(_UNDO)
    tab.settle()
    assert tab.names == ["Notes", "Staff room"]


def test_the_menu_of_the_right_mouse_button_does_the_same(tab: Tab) -> None:
    tab.select("Notes")
    assert isinstance(tab.page.menu, QMenu)
    choose(tab.page.menu, "Delete")
    tab.until_shown("Lab report", "Staff room")


# Files dropped on it


def test_a_file_that_is_dropped_is_asked_about(tab: Tab, tmp_path: Path) -> None:
    drop(tab.page, Path(file_of(tmp_path, SECRET, Blueprint("New", "x"))))
    dialog = tab.importing()
    tab.qtbot.waitUntil(lambda: dialog.coming.found is not None)
    assert dialog.add_button.text() == "Add 1 blueprint"


def test_what_is_no_file_of_blueprints_is_left_to_the_window(tab: Tab, tmp_path: Path) -> None:
    file = file_of(tmp_path, LAB)
    for files in ([file, file], [str(tmp_path)]):
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(file) for file in files])
        left, nothing = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        enter = QDragEnterEvent(QPoint(20, 20), Qt.DropAction.CopyAction, data, left, nothing)
        tab.page.dragEnterEvent(enter)
        assert not enter.isAccepted()
