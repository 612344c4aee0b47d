"""The dialog that imports blueprints: from a file or from git, shown before anything is added, all or nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import shiboken6
from blueprinting import LAB, NOTES, Tab, add, file_of, tab_on
from bringing import drop
from exporting import COURSE, bring_in
from git_server import Answer, GitServer
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot
from windowing import shown

from exportmanager.core.course import Blueprint
from exportmanager.core.errors import NoRoom
from exportmanager.program import Program
from exportmanager.sources.git import SOURCE as GIT
from exportmanager.ui.blueprint_import import BlueprintImport
from exportmanager.ui.blueprint_place import Field
from exportmanager.ui.details import DetailsDialog

OTHER = Blueprint("Lab report", "# Another lab", {"layout": "1-panel"})
NEW = Blueprint("New page", "# New", {"layout": "3-cell", "createdBy": "t1"})


@pytest.fixture
def tab(qtbot: QtBot, program: Program, tmp_path: Path) -> Iterator[Tab]:
    bring_in(program, tmp_path / "course")
    add(program, LAB, NOTES)
    with tab_on(qtbot, program) as made:
        yield made


@pytest.fixture
def dialog(tab: Tab) -> BlueprintImport:
    tab.page.import_button.click()
    return tab.importing()


def read(tab: Tab, dialog: BlueprintImport) -> None:
    """Wait until it has been read, and it is known what would be added."""
    tab.qtbot.waitUntil(lambda: not dialog.errand.is_busy)
    tab.settle()


def take(tab: Tab, dialog: BlueprintImport, *blueprints: Blueprint, folder: Path) -> None:
    dialog.take(file_of(folder, *blueprints))
    read(tab, dialog)


def cells(dialog: BlueprintImport) -> list[list[str]]:
    rows = dialog.coming.rows
    return [[column.text(row) for column in rows.columns] for row in rows.shown]


# Before anything was read


def test_it_says_which_course_and_begins_where_the_file_is_chosen(dialog: BlueprintImport) -> None:
    assert dialog.windowTitle() == "Import blueprints into A small course"
    assert dialog.place.file_button.hasFocus()
    assert not dialog.add_button.isEnabled()
    assert dialog.says.text() == "Say where the blueprints are."


def test_a_file_is_chosen_in_a_dialog(tab: Tab, dialog: BlueprintImport, tmp_path: Path) -> None:
    dialog.place.file_button.click()
    files = shown(tab.qtbot, dialog, QFileDialog)
    files.fileSelected.emit(file_of(tmp_path, NEW))
    files.reject()
    read(tab, dialog)
    assert dialog.place.file_name.text() == "some.json"
    assert cells(dialog) == [["New page", "New page", "3 cells", "5"]]


# What would be added


def test_what_would_be_added_is_shown_first_and_nothing_is_added_yet(
    tab: Tab, dialog: BlueprintImport, tmp_path: Path
) -> None:
    take(tab, dialog, LAB, OTHER, NEW, folder=tmp_path)
    assert cells(dialog) == [
        ["Lab report", "left out: it is here already", "2 panels", "35"],
        ["Lab report", "Lab report (2)", "1 panel", "13"],
        ["New page", "New page", "3 cells", "5"],
    ]
    assert dialog.says.text() == "2 blueprints are added (1 under another name), 1 is left out."
    assert dialog.add_button.text() == "Add 2 blueprints"
    assert tab.names == ["Lab report", "Notes"]


def test_equal_ones_come_in_too_where_that_is_wanted(tab: Tab, dialog: BlueprintImport, tmp_path: Path) -> None:
    take(tab, dialog, LAB, folder=tmp_path)
    assert not dialog.add_button.isEnabled()
    assert dialog.says.text() == "The course has all of these already."
    dialog.coming.skip.click()
    tab.settle()
    assert cells(dialog) == [["Lab report", "Lab report (2)", "2 panels", "35"]]
    dialog.add_button.click()
    tab.until_shown("Lab report", "Notes", "Lab report (2)")


def test_what_was_odd_in_the_file_is_said(tab: Tab, dialog: BlueprintImport, tmp_path: Path) -> None:
    items = [{"name": "One", "content": "x"}, 5, {"content": "no name"}]
    (tmp_path / "odd.json").write_text(json.dumps(items), encoding="utf-8")
    dialog.take(str(tmp_path / "odd.json"))
    read(tab, dialog)
    assert dialog.coming.odd.text() == "Item 2 is no blueprint, and is left out: 5. 1 more note on the file."
    dialog.coming.details_button.click()
    details = shown(tab.qtbot, dialog, DetailsDialog)
    assert details.details.toPlainText().splitlines()[1] == "Item 3 has no name, and is called Blueprint 3."
    take(tab, dialog, NEW, folder=tmp_path)
    assert not dialog.coming.odd.isVisible()
    assert not dialog.coming.details_button.isVisible()


def test_what_the_course_got_meanwhile_counts(
    tab: Tab, dialog: BlueprintImport, program: Program, tmp_path: Path
) -> None:
    take(tab, dialog, NEW, folder=tmp_path)
    add(program, Blueprint("New page", "of somebody else"))
    tab.desk.look()
    tab.qtbot.waitUntil(lambda: cells(dialog)[0][1] == "New page (2)")


# Adding


def test_all_are_added_selected_and_told_of(tab: Tab, dialog: BlueprintImport, tmp_path: Path) -> None:
    take(tab, dialog, LAB, OTHER, NEW, folder=tmp_path)
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    tab.until_shown("Lab report", "Notes", "Lab report (2)", "New page")
    assert not shiboken6.isValid(dialog)
    there = tab.desk.program.library.blueprints.of(COURSE)
    assert [(one.content, one.layout) for one in there[2:]] == [(one.content, one.layout) for one in (OTHER, NEW)]
    assert [one.content for one in there[:2]] == [LAB.content, NOTES.content]
    tab.qtbot.waitUntil(lambda: tab.selected == ["Lab report (2)", "New page"])
    bar = tab.notices.bars[0]
    assert (bar.mood, bar.text) == ("good", "2 blueprints were added to A small course.")
    assert bar.next_step == "Lab report (2); New page. 1 was left out: the course has it already."


@pytest.mark.parametrize("how", ["the button", "its key"])
def test_exactly_those_that_were_added_go_again_by_undo_and_come_back_by_another(
    tab: Tab, dialog: BlueprintImport, tmp_path: Path, how: str
) -> None:
    take(tab, dialog, OTHER, NEW, folder=tmp_path)
    dialog.add_button.click()
    tab.until_shown("Lab report", "Notes", "Lab report (2)", "New page")
    tab.page.table.setFocus()
    for names in (["Lab report", "Notes"], ["Lab report", "Notes", "Lab report (2)", "New page"]):
        if how == "the button":
            tab.press_on_notice("Undo")
        else:
            tab.press(QKeySequence.StandardKey.Undo)
        tab.until_shown(*names)


def test_one_that_cannot_be_added_leaves_the_dialog_as_it_is(
    tab: Tab, dialog: BlueprintImport, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_room(*_: object, **__: object) -> None:
        raise NoRoom("The disk is full.", "Make room on it.")

    take(tab, dialog, NEW, folder=tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(tab.desk.program.library.blueprints, "add", no_room)
        dialog.add_button.click()
        tab.qtbot.waitUntil(lambda: dialog.says.mood == "problem")
    assert dialog.says.text() == "The disk is full. Make room on it."
    assert dialog.isVisible()
    assert tab.names == ["Lab report", "Notes"]


def test_closing_it_adds_nothing(tab: Tab, dialog: BlueprintImport, tmp_path: Path) -> None:
    take(tab, dialog, NEW, folder=tmp_path)
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    tab.qtbot.waitUntil(lambda: not shiboken6.isValid(dialog))
    tab.read()
    assert tab.names == ["Lab report", "Notes"]
    assert tab.notices.bars == ()


# What cannot be read


@pytest.mark.parametrize(
    ("content", "said"),
    [("no JSON", "some.json"), ('{"a": 5}', "there are no blueprints in it."), (None, "is not there")],
)
def test_a_file_that_holds_none_gets_a_sentence_below_it(
    tab: Tab, dialog: BlueprintImport, tmp_path: Path, content: str | None, said: str
) -> None:
    take(tab, dialog, NEW, folder=tmp_path)
    (tmp_path / "some.json").unlink()
    if content is not None:
        (tmp_path / "some.json").write_text(content, encoding="utf-8")
    dialog.take(str(tmp_path / "some.json"))
    read(tab, dialog)
    assert said in dialog.place.says[Field.FILE].text()
    assert not dialog.add_button.isEnabled()
    assert dialog.place.file_name.text() == "some.json"
    take(tab, dialog, NEW, folder=tmp_path)
    assert not dialog.place.says[Field.FILE].isVisible()
    assert dialog.add_button.isEnabled()


def test_a_file_that_is_dropped_on_it_is_read_and_several_are_not(
    tab: Tab, dialog: BlueprintImport, tmp_path: Path
) -> None:
    dialog.place.by_git.setChecked(True)
    drop(dialog, file_of(tmp_path, NEW))
    read(tab, dialog)
    assert dialog.place.by_file.isChecked()
    assert dialog.add_button.isEnabled()
    dialog.place.by_git.setChecked(True)
    drop(dialog, file_of(tmp_path, NEW), file_of(tmp_path, LAB, name="other.json"))
    assert dialog.place.says[Field.FILE].text() == "These are several files. Drop one at a time."


# Git


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[GitServer]:
    """A server with a repository that holds blueprints."""
    made = GitServer(tmp_path / "server")
    monkeypatch.setattr(GIT, "ca_certs", made.authority)
    repository = made.repository("course")
    new = json.dumps([{"name": NEW.name, "content": NEW.content, **NEW.layout}]).encode()
    repository.commit(repository.folder({"blueprints/lab.json": new, "readme.md": b"Hello"}))
    yield made
    made.close()


def ask_git(tab: Tab, dialog: BlueprintImport, address: str, path: str, ref: str = "") -> None:
    """Fill the fields in, and press Enter."""
    place = dialog.place
    place.by_git.setChecked(True)
    for line, text in ((place.path, path), (place.ref, ref), (place.address, address)):
        line.setText(text)
    place.address.setFocus()
    QTest.keyClick(place.address, Qt.Key.Key_Return)


def test_they_come_from_a_repository(tab: Tab, dialog: BlueprintImport, server: GitServer) -> None:
    ask_git(tab, dialog, f"{server.url}/course.git", "blueprints/lab.json", "main")
    read(tab, dialog)
    assert cells(dialog) == [["New page", "New page", "3 cells", "5"]]
    QTest.keyClick(dialog.place.address, Qt.Key.Key_Return)
    tab.until_shown("Lab report", "Notes", "New page")
    assert tab.desk.program.library.blueprints.of(COURSE)[-1].layout == NEW.layout


@pytest.mark.parametrize(
    ("address", "path", "ref", "field", "said"),
    [
        ("git@example.org:course.git", "x.json", "", Field.ADDRESS, "This is an SSH address"),
        ("http://example.org/course.git", "x.json", "", Field.ADDRESS, "is not secure"),
        ("https://me:pw@example.org/c.git", "x.json", "", Field.ADDRESS, "holds a name or password"),
        ("/unheard.git", "x.json", "", Field.ADDRESS, "has no repository at this address"),
        ("/course.git", "blueprints/lap.json", "", Field.PATH, "lab.json"),
        ("/course.git", "readme.md", "", Field.PATH, "readme.md"),
        ("/course.git", "blueprints/lab.json", "unborn", Field.REF, "unborn"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_below_the_field_that_it_is_about_and_the_fields_stay(
    tab: Tab, dialog: BlueprintImport, server: GitServer, address: str, path: str, ref: str, field: Field, said: str
) -> None:
    whole = f"{server.url}{address}" if address.startswith("/") else address
    ask_git(tab, dialog, whole, path, ref)
    read(tab, dialog)
    place = dialog.place
    assert [which for which, says in place.says.items() if says.isVisible()] == [field]
    assert said in place.says[field].text()
    assert (place.address.text(), place.path.text(), place.ref.text()) == (whole, path, ref)
    assert not dialog.add_button.isEnabled()
    place.path.setText("other.json")
    assert not any(says.isVisible() for says in place.says.values())


def test_the_address_of_a_files_page_is_taken_apart(dialog: BlueprintImport) -> None:
    place = dialog.place
    place.by_git.setChecked(True)
    place.address.setText("https://github.com/someone/pages/blob/main/blueprints/lab.json")
    assert [line.text() for line in (place.address, place.path, place.ref)] == [
        "https://github.com/someone/pages", "blueprints/lab.json", "main",
    ]  # fmt: skip
    assert place.get_button.isEnabled()


def test_it_can_be_stopped_and_asked_for_again(tab: Tab, dialog: BlueprintImport, server: GitServer) -> None:
    server.answers(first=Answer(stalls=True))
    ask_git(tab, dialog, f"{server.url}/course.git", "blueprints/lab.json")
    tab.qtbot.waitUntil(server.reached.is_set)
    assert dialog.bar.isVisible()
    assert dialog.bar.words.text().startswith("Getting lab.json")
    assert dialog.says.text() == "You can add them when the file has been read."
    dialog.bar.stop_button.click()
    read(tab, dialog)
    assert not dialog.bar.isVisible()
    assert not any(says.isVisible() for says in dialog.place.says.values())
    server.answers()
    dialog.place.get_button.click()
    read(tab, dialog)
    assert dialog.add_button.isEnabled()


def test_what_comes_after_another_question_or_after_closing_is_not_heard(
    tab: Tab, dialog: BlueprintImport, server: GitServer
) -> None:
    server.answers(first=Answer(stalls=True))
    ask_git(tab, dialog, f"{server.url}/course.git", "blueprints/lab.json")
    tab.qtbot.waitUntil(server.reached.is_set)
    dialog.place.path.setText("other.json")
    assert not dialog.errand.is_busy
    dialog.place.get_button.click()
    dialog.reject()
    tab.qtbot.waitUntil(lambda: not tab.desk.errands.keys)
    assert tab.names == ["Lab report", "Notes"]
    assert tab.notices.bars == ()
