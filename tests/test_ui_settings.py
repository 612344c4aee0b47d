"""The settings dialog: saved together with OK, or not at all; and the shelf that moves while the window goes on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from exporting import bring_in, export, file_of
from looking import controls, cut_off, heard, reached, tab_stops, to_act_on
from pseudo import PseudoTranslator
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QDialog, QFileDialog, QWidget
from pytestqt.qtbot import QtBot
from windowing import desk_on, shown

from exportmanager import user_config
from exportmanager.core.settings.shelf import ShelfSettings
from exportmanager.core.settings.window import WindowSettings
from exportmanager.jobs.desk import Desk
from exportmanager.program import Program
from exportmanager.ui import theme
from exportmanager.ui.notices import Notice, Notices
from exportmanager.ui.settings_dialog import SettingsDialog
from exportmanager.ui.shelf_moving import ShelfMoving
from exportmanager.ui.theme import Theme
from exportmanager.user_config import LIBRARY_VARIABLE

KEY = "0123456789abcdef" * 4


@pytest.fixture(autouse=True)
def own_config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What is remembered for the user lies in the test's own folder."""
    file = tmp_path / "config" / "config.json"
    monkeypatch.setattr(user_config, "config_file", lambda: file)
    monkeypatch.delenv(LIBRARY_VARIABLE, raising=False)
    return file


@pytest.fixture
def desk(program: Program) -> Iterator[Desk]:
    with desk_on(program) as desk:
        yield desk


@pytest.fixture
def look(qapp: QApplication) -> Iterator[Theme]:
    look = Theme()
    yield look
    look.choose("system")


@pytest.fixture
def dialog(desk: Desk, look: Theme, qtbot: QtBot) -> Iterator[SettingsDialog]:
    made = SettingsDialog(desk, look)
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)  # so that it can be asked afterwards
    qtbot.addWidget(made)
    made.open()
    made.activateWindow()
    qtbot.waitUntil(made.ok_button.isEnabled)
    yield made
    made.close()


def press(made: QAbstractButton, qtbot: QtBot) -> None:
    assert made.isVisible()
    QApplication.processEvents()  # what was only just shown is where it belongs then
    QTest.mouseClick(made, Qt.MouseButton.LeftButton)


def press_ok(dialog: SettingsDialog, qtbot: QtBot) -> None:
    """Press OK, and wait until what it began has ended."""
    press(dialog.ok_button, qtbot)
    qtbot.waitUntil(lambda: not dialog.isVisible() or dialog.ok_button.isEnabled())


def shelf_settings(program: Program) -> ShelfSettings:
    found = program.settings("shelf")
    assert isinstance(found, ShelfSettings)
    return found


def window_settings(program: Program) -> WindowSettings:
    found = program.settings("window")
    assert isinstance(found, WindowSettings)
    return found


# What it shows


def test_every_group_of_settings_has_its_section(dialog: SettingsDialog, program: Program) -> None:
    assert list(dialog.forms) == list(program.groups)
    for group in program.groups.values():
        assert set(dialog.forms[group.id].inputs) == {field.name for _, field in group.settings()}


def test_it_shows_what_is_set(program: Program, desk: Desk, look: Theme, qtbot: QtBot) -> None:
    program.change_settings("shelf", {"shelf_days": 21})
    dialog = SettingsDialog(desk, look)
    qtbot.addWidget(dialog)
    qtbot.waitUntil(dialog.ok_button.isEnabled)
    assert dialog.forms["shelf"].values()["shelf_days"] == 21


def test_the_keyboard_gets_everywhere_and_everything_has_a_name(dialog: SettingsDialog) -> None:
    stops = tab_stops(dialog)
    assert [widget for widget in to_act_on(dialog) if not reached(widget, stops)] == []
    for widget in controls(dialog):
        assert heard(widget, QAccessible.Text.Name), widget
        assert heard(widget, QAccessible.Text.Description), widget


@pytest.mark.parametrize("is_longer", [False, True])
def test_nothing_is_cut_off_also_with_longer_words(
    program: Program, desk: Desk, look: Theme, qtbot: QtBot, qapp: QApplication, is_longer: bool
) -> None:
    translator = PseudoTranslator()
    if is_longer:
        qapp.installTranslator(translator)
    dialog = SettingsDialog(desk, look)
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitUntil(dialog.ok_button.isEnabled)
    dialog.key.replace()
    qapp.removeTranslator(translator)
    qtbot.waitUntil(lambda: list(cut_off(dialog)) == [])  # once it is laid out


# Saving


def test_ok_saves_what_was_changed(dialog: SettingsDialog, program: Program, qtbot: QtBot) -> None:
    dialog.forms["shelf"].set_values({"shelf_days": 30})
    dialog.forms["window"].set_values({"notifications": "none"})
    press_ok(dialog, qtbot)
    assert dialog.result() == QDialog.DialogCode.Accepted.value
    assert shelf_settings(program).shelf_days == 30
    assert window_settings(program).notifications == "none"


def test_return_is_ok(dialog: SettingsDialog, program: Program, qtbot: QtBot) -> None:
    dialog.forms["shelf"].set_values({"shelf_days": 30})
    QTest.keyClick(dialog.forms["shelf"].inputs["shelf_days"], Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not dialog.isVisible())
    assert shelf_settings(program).shelf_days == 30


def test_cancel_saves_nothing(dialog: SettingsDialog, program: Program, qtbot: QtBot) -> None:
    dialog.forms["shelf"].set_values({"shelf_days": 30})
    dialog.key.replace()
    before = program.pseudonym_key_hex()
    press(dialog.cancel_button, qtbot)
    assert shelf_settings(program).shelf_days == 7
    assert program.pseudonym_key_hex() == before


def test_what_another_window_set_meanwhile_is_not_undone(
    dialog: SettingsDialog, program: Program, second: Program, qtbot: QtBot
) -> None:
    second.change_settings("window", {"notifications": "none"})
    dialog.forms["shelf"].set_values({"shelf_days": 30})
    press_ok(dialog, qtbot)
    assert window_settings(program).notifications == "none"


@pytest.mark.parametrize("field", [("shelf", "shelf_folder"), ("saving", "save_folder")])
@pytest.mark.parametrize(
    ("folder", "sentence"),
    [("exports", "It must be a folder's whole path."), ("/no/such/folder", "There is no folder /no/such/folder.")],
)
def test_a_folder_that_is_no_good_is_told_beside_its_field(
    dialog: SettingsDialog, program: Program, qtbot: QtBot, field: tuple[str, str], folder: str, sentence: str
) -> None:
    group, name = field
    form = dialog.forms[group]
    form.set_values({name: folder})
    dialog.forms["window"].set_values({"notifications": "none"})
    press_ok(dialog, qtbot)
    assert dialog.isVisible()
    assert form.faults[name].text() == sentence
    assert dialog.problem.isVisible()
    assert window_settings(program).notifications == "desktop"  # all of it or nothing
    form.set_values({name: ""})
    press_ok(dialog, qtbot)
    assert dialog.result() == QDialog.DialogCode.Accepted.value
    assert window_settings(program).notifications == "none"


def test_the_appearance_is_tried_at_once_and_kept_with_ok(
    dialog: SettingsDialog, program: Program, qtbot: QtBot
) -> None:
    dialog.forms["window"].set_values({"appearance": "dark"})
    assert theme.is_dark()
    press_ok(dialog, qtbot)
    assert theme.is_dark()
    assert window_settings(program).appearance == "dark"


@pytest.mark.parametrize("way", ["cancel", "escape", "close"])
def test_the_appearance_is_taken_back_without_ok(
    dialog: SettingsDialog, look: Theme, program: Program, qtbot: QtBot, way: str
) -> None:
    dialog.forms["window"].set_values({"appearance": "dark"})
    if way == "cancel":
        press(dialog.cancel_button, qtbot)
    elif way == "escape":
        QTest.keyClick(dialog, Qt.Key.Key_Escape)
    else:
        dialog.close()
    assert not theme.is_dark()
    assert look.wanted == "system"
    assert window_settings(program).appearance == "system"


# The key of the pseudonyms


def test_the_key_is_shown_on_demand_only(dialog: SettingsDialog, program: Program, qtbot: QtBot) -> None:
    key = program.pseudonym_key_hex()
    assert key not in dialog.key.line.text()
    assert not dialog.key.copy_button.isVisible()
    press(dialog.key.show_button, qtbot)
    qtbot.waitUntil(lambda: dialog.key.line.text() == key)
    press(dialog.key.copy_button, qtbot)
    assert QGuiApplication.clipboard().text() == key
    press(dialog.key.show_button, qtbot)
    assert dialog.key.line.text() == ""
    assert not dialog.key.copy_button.isVisible()


def test_a_replaced_key_is_another_one_and_says_what_that_means(
    dialog: SettingsDialog, program: Program, qtbot: QtBot
) -> None:
    before = program.pseudonym_key_hex()
    press(dialog.key.new_button, qtbot)
    assert "will not match" in dialog.key.meaning.text()
    assert program.pseudonym_key_hex() == before  # not before OK
    press_ok(dialog, qtbot)
    assert program.pseudonym_key_hex() != before


def test_replacing_the_key_can_be_undone(dialog: SettingsDialog, program: Program, qtbot: QtBot) -> None:
    before = program.pseudonym_key_hex()
    press(dialog.key.new_button, qtbot)
    press(dialog.key.undo_button, qtbot)
    assert not dialog.key.meaning.isVisible()
    press_ok(dialog, qtbot)
    assert program.pseudonym_key_hex() == before


def test_an_earlier_key_can_be_used_again(dialog: SettingsDialog, program: Program, qtbot: QtBot) -> None:
    press(dialog.key.own_button, qtbot)
    assert dialog.key.line.hasFocus()
    QTest.keyClicks(dialog.key.line, f" {KEY} ")
    press_ok(dialog, qtbot)
    assert program.pseudonym_key_hex() == KEY


def test_a_key_that_is_none_is_told_beside_its_field_and_nothing_is_saved(
    dialog: SettingsDialog, program: Program, qtbot: QtBot
) -> None:
    before = program.pseudonym_key_hex()
    dialog.forms["shelf"].set_values({"shelf_days": 30})
    press(dialog.key.own_button, qtbot)
    for written in ("", "not a key"):
        dialog.key.line.setText(written)
        press_ok(dialog, qtbot)
        assert "at least 32" in dialog.key.fault.text()
        assert dialog.isVisible()
    assert program.pseudonym_key_hex() == before
    assert shelf_settings(program).shelf_days == 7


# The library's folder


def test_another_library_is_used_from_the_next_start_on(dialog: SettingsDialog, tmp_path: Path, qtbot: QtBot) -> None:
    other = tmp_path / "other"
    other.mkdir()
    press(dialog.library.choose_button, qtbot)
    chooser = shown(qtbot, dialog, QFileDialog)
    chooser.setDirectory(str(tmp_path))
    chooser.selectFile(str(other))
    chooser.accept()
    assert "next start" in dialog.library.meaning.text()
    assert user_config.chosen_library() is None  # not before OK
    press_ok(dialog, qtbot)
    assert user_config.chosen_library() == other


def test_choosing_another_library_can_be_undone(dialog: SettingsDialog, tmp_path: Path, qtbot: QtBot) -> None:
    press(dialog.library.choose_button, qtbot)
    chooser = shown(qtbot, dialog, QFileDialog)
    chooser.fileSelected.emit(str(tmp_path))
    with qtbot.waitSignal(chooser.destroyed):  # as long as it is there it takes every click
        chooser.reject()
    press(dialog.library.undo_button, qtbot)
    press_ok(dialog, qtbot)
    assert user_config.chosen_library() is None


def test_where_the_system_names_the_library_the_dialog_says_so(
    desk: Desk, look: Theme, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(LIBRARY_VARIABLE, "/somewhere")
    dialog = SettingsDialog(desk, look)
    qtbot.addWidget(dialog)
    assert not dialog.library.choose_button.isEnabled()
    assert LIBRARY_VARIABLE in dialog.library.meaning.text()


# Moving the shelf


class Host(QWidget):
    """A window with notices, and what moves the shelf."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.notices = Notices(self)
        self.moving = ShelfMoving(desk, self.notices, self)


@pytest.fixture
def host(desk: Desk, qtbot: QtBot) -> Host:
    host = Host(desk)
    qtbot.addWidget(host)
    return host


def said(host: Host, qtbot: QtBot) -> Notice:
    qtbot.waitUntil(lambda: bool(host.notices.bars), timeout=20_000)
    return host.notices.bars[0]


def act(bar: Notice, words: str) -> None:
    next(made for made in bar.findChildren(QAbstractButton) if made.text() == words).click()


def test_ok_moves_the_shelf_and_says_so(
    dialog: SettingsDialog, host: Host, program: Program, tmp_path: Path, qtbot: QtBot
) -> None:
    bring_in(program, tmp_path / "course")
    job = export(program)
    new = tmp_path / "exports"
    new.mkdir()
    dialog.asked_to_move_shelf.connect(host.moving.start)
    dialog.forms["shelf"].set_values({"shelf_folder": str(new)})
    press_ok(dialog, qtbot)
    bar = said(host, qtbot)
    assert (bar.text, bar.next_step, bar.mood) == ("The shelf was moved, with all its files.", str(new), "good")
    assert file_of(program, job).parent == new
    assert file_of(program, job).is_file()


def test_the_default_folder_moves_it_back_into_the_library(host: Host, program: Program, qtbot: QtBot) -> None:
    host.moving.start(None)
    assert said(host, qtbot).next_step == "In the library"
    assert program.shelf.folder.parent == program.library.folder


def test_a_move_that_did_not_work_says_why_and_can_be_tried_again(
    host: Host, program: Program, tmp_path: Path, qtbot: QtBot
) -> None:
    new = tmp_path / "exports"
    host.moving.start(new)
    bar = said(host, qtbot)
    assert str(new) in bar.text
    assert bar.mood == "warning"
    new.mkdir()
    act(bar, "Try again")
    assert said(host, qtbot).mood == "good"
    assert program.shelf.folder == new


def test_where_the_old_folder_cannot_be_reached_its_files_can_be_left_there(
    host: Host, program: Program, tmp_path: Path, qtbot: QtBot
) -> None:
    bring_in(program, tmp_path / "course")
    export(program)
    disk, new = tmp_path / "disk", tmp_path / "exports"
    disk.mkdir()
    new.mkdir()
    host.moving.start(disk)
    said(host, qtbot).dismiss()
    disk.rename(tmp_path / "unplugged")
    host.moving.start(new)
    act(said(host, qtbot), "Leave the files there")
    assert said(host, qtbot).mood == "good"
    assert program.shelf.folder == new
    assert list((tmp_path / "unplugged").glob("*.zip"))


def test_a_move_can_be_stopped(host: Host, desk: Desk, program: Program, tmp_path: Path, qtbot: QtBot) -> None:
    new = tmp_path / "exports"
    new.mkdir()
    host.moving.start(new)
    desk.stop_all()
    assert said(host, qtbot).text == "Moving the shelf was stopped."
    assert program.shelf.folder.parent == program.library.folder
