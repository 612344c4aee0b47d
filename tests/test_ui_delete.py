"""Deleting courses in the window: what goes is shown, proof or a switch is asked for, and the trash gives them back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from archives_shown import Shown, frame_on
from exporting import export
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot
from touring import settled, until

from exportmanager.core.errors import LibraryBusy
from exportmanager.core.report import Gap
from exportmanager.deleting import Proof
from exportmanager.library.trash import LibraryTrash
from exportmanager.ui.archive_certificate import CertificateDialog
from exportmanager.ui.archive_dialog import ArchiveDialog
from exportmanager.ui.delete_course import DeleteDialog, facts_of
from exportmanager.ui.going_dialog import seen
from exportmanager.ui.room import make_room
from exportmanager.ui.trash_dialog import TrashDialog

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def shown(qtbot: QtBot, tmp_path: Path, clock: Callable[[], datetime]) -> Iterator[Shown]:
    with frame_on(tmp_path, clock) as made:
        yield made


def asked(shown: Shown) -> DeleteDialog:
    shown.window.page.header.ask_to_delete()
    dialog = shown.dialog(DeleteDialog)
    settled(shown.window)
    return dialog


def deleted(shown: Shown) -> None:
    dialog = asked(shown)
    if dialog.without.isVisible():
        dialog.without.setChecked(True)
    dialog.word.setText("SMALL")
    dialog.go_button.click()
    shown.settle()
    shown.look()


def courses(shown: Shown) -> list[str]:
    return [summary.info.id for summary in shown.program.library.courses()]


def test_what_goes_is_shown_in_numbers_with_what_is_on_the_shelf(shown: Shown) -> None:
    job = export(shown.program)
    going = shown.program.deleting.going(shown.course)
    facts = {fact.title: fact for fact in facts_of(going)}
    assert (facts["Students"].value, facts["Workspaces"].value, facts["Files"].value) == ("3", "2", "3")
    assert job.file
    assert facts["Exports on the shelf"].value == "1"
    dialog = asked(shown)
    assert job.file.name in dialog.from_shelf.text()
    assert dialog.title.text() == "A small course"
    assert dialog.word.hasFocus()


def test_without_an_archive_it_needs_the_switch_and_the_code_letter_by_letter(shown: Shown) -> None:
    dialog = asked(shown)
    assert "There is no archive of this course." in dialog.verdict.words.text()
    QTest.keyClicks(dialog.word, "SMALL")
    assert not dialog.go_button.isEnabled()
    assert dialog.says.text() == "Archive the course first, or tick that it goes without an archive."
    dialog.without.setChecked(True)
    assert "Nothing proves" in dialog.warning.text()
    dialog.word.setText("small")
    assert not dialog.go_button.isEnabled()
    assert dialog.says.text() == "This is not the code of the course."
    QTest.keyClick(dialog.word, Qt.Key.Key_Return)
    shown.settle()
    assert courses(shown) == [shown.course]
    dialog.word.setText("SMALL")
    QTest.keyClick(dialog.word, Qt.Key.Key_Return)
    shown.settle()
    assert courses(shown) == []


@pytest.mark.parametrize(
    ("word", "typed"),
    [("CS 101", "  CS  101"), ("CS\N{NO-BREAK SPACE}101", "CS 101"), ("CS\N{ZERO WIDTH SPACE}101", "CS101")],
)
def test_what_nobody_sees_in_a_code_nobody_has_to_type(word: str, typed: str) -> None:
    assert seen(word) == seen(typed)
    assert seen(word) != seen(typed.lower())


def test_with_a_green_certificate_the_code_is_enough_and_the_archive_stays(shown: Shown) -> None:
    made = shown.archive()
    dialog = asked(shown)
    assert dialog.verdict.words.text().startswith("Safe to delete:")
    assert not dialog.without.isVisible()
    dialog.word.setText("SMALL")
    dialog.go_button.click()
    shown.settle()
    assert courses(shown) == []
    assert made.path.exists()
    assert shown.said.text == "A small course was deleted."
    assert shown.program.archives.proofs.all() != []


def test_a_certificate_that_turns_red_while_the_dialog_is_open_stops_it(shown: Shown) -> None:
    made = shown.archive()
    dialog = asked(shown)
    dialog.word.setText("SMALL")
    made.path.write_bytes(b"something else")
    dialog.go_button.click()
    shown.settle()
    assert courses(shown) == [shown.course]
    assert dialog.says.mood == "problem"
    shown.look()
    assert dialog.verdict.words.text().startswith("Not safe to delete:")
    assert not dialog.go_button.isEnabled()


def test_undo_in_the_notice_brings_the_course_back_and_chooses_it(shown: Shown) -> None:
    deleted(shown)
    assert shown.window.courses.course is None
    shown.press("Undo")
    shown.settle()
    shown.look()
    assert courses(shown) == [shown.course]
    assert shown.window.courses.course == shown.course


def test_the_dialog_leads_to_the_archive_dialog_and_to_the_certificate(shown: Shown) -> None:
    asked(shown).archive_button.click()
    shown.dialog(ArchiveDialog).reject()
    shown.archive()
    asked(shown).certificate_button.click()
    certificate = shown.dialog(CertificateDialog)
    settled(shown.window)
    certificate.delete_button.click()
    assert shown.dialog(DeleteDialog).isVisible()


def test_each_dialog_fits_a_small_screen_whatever_it_wants(shown: Shown) -> None:
    room = shown.window.screen().availableGeometry()
    shown.archive()
    certificate = CertificateDialog(shown.window.desk, shown.course, 0, shown.window)
    for dialog in (certificate, asked(shown), in_trash(shown)):
        make_room(dialog, 9_000, 9_000)
        assert room.width() > dialog.width()
        assert room.height() - 40 > dialog.height(), "its title needs room too"


def test_what_has_to_be_done_first_depends_on_what_is_wrong_with_the_archive(shown: Shown) -> None:
    made = shown.archive()
    gap = Gap(what="workspace 1", who="Student One", why="it was lost")
    certified = made.certificate.model_copy(update={"gaps": (gap,)})
    shown.program.library.archives.add(replace(made, certificate=certified))
    dialog = asked(shown)
    assert dialog.says.text().startswith("Accept the gaps of its archive first")
    made.path.rename(made.path.with_name("away.zip"))
    shown.look()
    assert dialog.says.text().startswith("Connect the disk of its archive first")
    made.path.with_name("away.zip").rename(made.path)
    made.path.write_bytes(b"something else")
    shown.look()
    assert dialog.says.text().startswith("Archive the course again first")


def test_a_problem_while_deleting_is_said_and_the_dialog_stays(shown: Shown, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*_: object, **__: object) -> None:
        raise LibraryBusy("An import is running.", "Wait until it has ended.")

    dialog = asked(shown)
    dialog.without.setChecked(True)
    dialog.word.setText("SMALL")
    monkeypatch.setattr(LibraryTrash, "put_in", busy)
    dialog.go_button.click()
    shown.settle()
    assert dialog.says.text() == "An import is running. Wait until it has ended."
    assert dialog.isVisible()


# The trash


def in_trash(shown: Shown) -> TrashDialog:
    shown.keeping.deleting.show_trash()
    dialog = shown.dialog(TrashDialog)
    settled(shown.window)
    return dialog


def test_the_trash_says_how_long_a_course_stays_and_puts_it_back(shown: Shown) -> None:
    deleted(shown)
    dialog = in_trash(shown)
    row = dialog.rows.shown[0]
    assert [column.text(row) for column in dialog.rows.columns][::3] == ["A small course", "in 30 days"]
    dialog.back_button.click()
    shown.settle()
    shown.look()
    assert courses(shown) == [shown.course]
    assert dialog.rows.total == 0
    assert not dialog.back_button.isEnabled()


def test_what_says_that_a_course_can_be_put_back_goes_when_it_was_put_back_or_is_gone_for_good(shown: Shown) -> None:
    for act in (shown.keeping.deleting._put_back, shown.keeping.deleting._purge):
        deleted(shown)
        assert shown.said.text == "A small course was deleted."
        act(shown.program.deleting.trash()[0])
        shown.settle()
        shown.look()
        assert "A small course was deleted." not in [bar.text for bar in shown.window.notices.bars]


@pytest.mark.parametrize("is_kept", [False, True])
def test_before_a_course_goes_for_good_it_is_said_whether_an_archive_has_it(shown: Shown, is_kept: bool) -> None:
    made = shown.archive() if is_kept else None
    deleted(shown)
    in_trash(shown).purge_button.click()
    shown.settle()
    box = shown.keeping.deleting._box
    assert box is not None
    said = box.informativeText()
    assert (f"is left: {made.path.name}." if made else "there is no archive of it.") in said


def test_before_a_course_goes_for_good_it_is_said_that_an_archive_has_no_names(shown: Shown) -> None:
    shown.archive(privacy="pseudonymous")
    deleted(shown)
    in_trash(shown).purge_button.click()
    shown.settle()
    box = shown.keeping.deleting._box
    assert box is not None
    assert "has pseudonyms only: the names would be gone with the course." in box.informativeText()


def test_a_title_is_no_html_and_turns_no_sentence_around(shown: Shown) -> None:
    deleted(shown)
    dialog, gone = in_trash(shown), shown.program.deleting.trash()[0]
    info = replace(gone.info, title="<b>Bold</b> \N{RIGHT-TO-LEFT OVERRIDE}")
    shown.keeping.deleting._ask_whether_to_purge(dialog, replace(gone, info=info), ((), Proof(None, False, "")))
    box = shown.keeping.deleting._box
    assert box is not None
    labels = [label for label in box.findChildren(QLabel) if label.text()]
    assert {label.textFormat() for label in labels} == {Qt.TextFormat.PlainText}
    assert box.text() == "Remove <b>Bold</b> \N{REPLACEMENT CHARACTER} for good?"


@pytest.mark.parametrize("is_meant", [False, True])
def test_a_course_goes_for_good_only_after_a_question_whose_first_answer_is_no(shown: Shown, is_meant: bool) -> None:
    deleted(shown)
    dialog = in_trash(shown)
    dialog.purge_button.click()
    until(lambda: dialog.findChildren(QMessageBox))
    box = dialog.findChildren(QMessageBox)[0]
    assert box.defaultButton() is box.escapeButton()
    words = "Remove for good" if is_meant else "Keep it in the trash"
    next(found for found in box.findChildren(QPushButton) if found.text() == words).click()
    shown.settle()
    shown.look()
    assert len(shown.program.deleting.trash()) == (0 if is_meant else 1)
    assert dialog.rows.total == (0 if is_meant else 1)
