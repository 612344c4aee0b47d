"""Restoring archives and erasing students in the window: shown first, then done, and said."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from archives_shown import Shown, frame_on
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from touring import settled, until

from exportmanager.archive import bag_files
from exportmanager.core.archive import ArchiveRecord
from exportmanager.core.course import StudentId
from exportmanager.core.errors import NotFound
from exportmanager.core.meter import Meter
from exportmanager.ui.archive_certificate import CertificateDialog
from exportmanager.ui.archive_list import ArchiveList
from exportmanager.ui.archive_words import called
from exportmanager.ui.erase_dialog import EraseDialog, EraseWish
from exportmanager.ui.restore_dialog import RestoreDialog
from exportmanager.ui.tick_list import TickList

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
SECRET = "four simple words here"
ADA = StudentId("s1")


@pytest.fixture
def shown(qtbot: QtBot, tmp_path: Path, clock: Callable[[], datetime]) -> Iterator[Shown]:
    with frame_on(tmp_path, clock) as made:
        yield made


def courses(shown: Shown) -> list[str]:
    return [summary.info.id for summary in shown.program.library.courses()]


def gone(shown: Shown) -> None:
    """Delete the course for good."""
    shown.program.deleting.delete(shown.course, "SMALL", without_archive=True)
    shown.program.deleting.purge(shown.course)
    shown.look()


# Restoring


def asked(shown: Shown, archive: ArchiveRecord) -> RestoreDialog:
    shown.keeping.restoring.restore()
    dialog = shown.dialog(RestoreDialog)
    assert not dialog.look_button.isEnabled()
    dialog.take(archive.path)
    settled(shown.window)
    settled(shown.window)
    return dialog


def look(shown: Shown, dialog: RestoreDialog) -> None:
    dialog.look_button.click()
    until(lambda: not dialog.errand.is_busy)
    settled(shown.window)


@pytest.mark.parametrize("passphrase", [None, SECRET])
def test_a_course_that_is_gone_is_looked_at_first_and_then_restored(shown: Shown, passphrase: str | None) -> None:
    made = shown.archive(passphrase=passphrase)
    before = shown.program.library.trash.going(shown.course)
    gone(shown)
    dialog = asked(shown, made)
    if passphrase:
        assert dialog.says.text() == "Type its passphrase."
        dialog.picker.passphrase.setText(passphrase)
        settled(shown.window)
    assert "A small course, archived" in dialog.says.text()
    assert not dialog.restore_button.isEnabled()
    look(shown, dialog)
    assert dialog.came.text() == "A small course would come into the library with this"
    assert courses(shown) == [], "it was only looked"
    dialog.restore_button.click()
    shown.settle()
    shown.look()
    assert courses(shown) == [shown.course]
    assert shown.program.library.trash.going(shown.course) == before
    assert "is in the library again" in shown.said.text
    assert shown.window.courses.course == shown.course


def test_the_certificate_of_a_course_that_is_gone_offers_to_restore_it(shown: Shown) -> None:
    made = shown.archive()
    gone(shown)
    shown.keeping.archives.show_list()
    shown.dialog(ArchiveList).certificate_button.click()
    certificate = shown.dialog(CertificateDialog)
    shown.settle()
    assert not certificate.delete_button.isVisible()
    certificate.restore_button.click()
    assert shown.dialog(RestoreDialog).picker.line.text() == str(made.path)


def test_one_student_is_restored_with_what_the_course_needs(shown: Shown) -> None:
    made = shown.archive()
    gone(shown)
    dialog = asked(shown, made)
    dialog.which.setCurrentIndex(dialog.which.findData("s1"))
    look(shown, dialog)
    dialog.restore_button.click()
    shown.settle()
    assert [person.student.id for person in shown.program.library.overview(shown.course).students] == [ADA]


def test_another_choice_has_to_be_looked_at_again(shown: Shown) -> None:
    made = shown.archive()
    gone(shown)
    dialog = asked(shown, made)
    look(shown, dialog)
    assert dialog.restore_button.isEnabled()
    dialog.which.setCurrentIndex(1)
    assert not dialog.restore_button.isEnabled()


def test_a_course_that_is_here_as_it_was_archived_is_not_restored_again(shown: Shown) -> None:
    dialog = asked(shown, shown.archive())
    look(shown, dialog)
    assert "all of it already" in dialog.came.text()
    assert not dialog.restore_button.isEnabled()


def test_a_file_that_is_no_archive_and_a_wrong_passphrase_are_said(shown: Shown) -> None:
    made = shown.archive(passphrase=SECRET)
    dialog = asked(shown, made)
    dialog.picker.passphrase.setText("another one altogether")
    settled(shown.window)
    assert dialog.says.mood == "problem"
    assert not dialog.look_button.isEnabled()
    other = shown.disk / "x.zip"
    other.write_bytes(b"no zip")
    dialog.take(other)
    settled(shown.window)
    settled(shown.window)
    assert dialog.says.mood == "problem"
    assert not dialog.look_button.isEnabled()


def test_a_passphrase_is_not_called_wrong_while_it_is_typed(shown: Shown) -> None:
    dialog = asked(shown, shown.archive(passphrase=SECRET))
    for letter in SECRET:
        QTest.keyClicks(dialog.picker.passphrase, letter)
        assert dialog.says.mood == "info"
    settled(shown.window)
    assert "A small course, archived" in dialog.says.text()


def test_a_path_is_not_called_wrong_while_it_is_typed(shown: Shown) -> None:
    made = shown.archive()
    shown.keeping.restoring.restore()
    dialog = shown.dialog(RestoreDialog)
    for letter in str(made.path):
        QTest.keyClicks(dialog.picker.line, letter)
        assert dialog.says.mood == "info"
    settled(shown.window)
    settled(shown.window)
    assert "A small course, archived" in dialog.says.text()


def test_a_folder_that_is_no_archive_is_not_looked_through(
    shown: Shown, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may be a whole disk."""

    def listed(folder: str, _: str) -> None:
        raise AssertionError(f"{folder} was listed")

    monkeypatch.setattr(bag_files, "_files_below", listed)
    shown.keeping.restoring.restore()
    dialog = shown.dialog(RestoreDialog)
    dialog.take(tmp_path)
    settled(shown.window)
    settled(shown.window)
    assert dialog.says.text().startswith(f"{tmp_path.name} is no archive of this program.")
    assert not dialog.look_button.isEnabled()


def test_damage_that_is_needed_is_said_and_nothing_is_restored(shown: Shown) -> None:
    made = shown.archive(form="folder")
    gone(shown)
    dialog = asked(shown, made)
    (made.path / "data" / "library" / "students.jsonl").write_text("{}\n", encoding="utf-8")
    look(shown, dialog)
    assert "students.jsonl" in dialog.says.text()
    assert not dialog.restore_button.isEnabled()
    assert courses(shown) == []


# Erasing


def erasing(shown: Shown) -> EraseDialog:
    shown.keeping.erase()
    dialog = shown.dialog(EraseDialog)
    dialog.choose(ADA)
    settled(shown.window)
    return dialog


def test_what_goes_with_a_student_is_shown_and_the_name_has_to_be_typed(shown: Shown) -> None:
    dialog = erasing(shown)
    assert dialog.asked_for.text().endswith("type the name: Ada Example")
    dialog.word.setText("ada example")
    assert not dialog.go_button.isEnabled()
    dialog.word.setText("Ada Example")
    dialog.go_button.click()
    shown.settle()
    with pytest.raises(NotFound):
        shown.program.library.student(shown.course, ADA)
    assert shown.said.text == "One student was erased from the library."
    assert "Ada" not in shown.said.text + shown.said.next_step


def test_another_student_needs_the_name_typed_anew(shown: Shown) -> None:
    dialog = erasing(shown)
    dialog.word.setText("Ada Example")
    assert dialog.go_button.isEnabled()
    dialog.choose(StudentId("s2"))
    assert not dialog.go_button.isEnabled()
    settled(shown.window)
    assert dialog.word.text() == ""
    assert dialog.asked_for.text().endswith("type the name: Bo Sample")


@pytest.mark.parametrize("passphrase", [None, SECRET])
def test_archives_that_are_ticked_are_made_anew_without_the_student(shown: Shown, passphrase: str | None) -> None:
    made = shown.archive(passphrase=passphrase)
    dialog = erasing(shown)
    assert dialog.archives is not None
    assert dialog.archives.rows.ticked == (), "nothing is ticked at first"
    dialog.archives.all.click()
    dialog.replaces.setChecked(True)
    dialog.word.setText("Ada Example")
    if passphrase:
        assert dialog.says.text() == "Type the passphrase of the archive."
        dialog.passphrase.setText(passphrase)
    dialog.go_button.click()
    shown.settle()
    assert not made.path.exists()
    anew = shown.program.archives.proofs.all()[0]
    assert anew.encrypted == (passphrase is not None)
    assert "Ada" not in anew.certificate.model_dump_json()
    assert anew.path.name in shown.said.next_step


def test_tab_goes_as_the_eye_goes(shown: Shown) -> None:
    shown.archive(passphrase=SECRET)
    dialog = erasing(shown)
    ticks = dialog.archives
    assert ticks is not None
    ticks.all.click()
    dialog.passphrase.setText(SECRET)
    dialog.word.setText("Ada Example")
    dialog.which.setFocus()
    ticked = [ticks.search, ticks.all, ticks.none, ticks.view]
    order = [*ticked, dialog.another_button, dialog.replaces, dialog.passphrase, dialog.word]
    for widget in (*order, dialog.go_button, dialog.cancel_button):
        focused = QApplication.focusWidget()
        assert focused is not None
        QTest.keyClick(focused, Qt.Key.Key_Tab)
        assert QApplication.focusWidget() is widget


def test_archives_that_were_not_ticked_are_named_since_they_hold_the_student_still(shown: Shown) -> None:
    made = shown.archive()
    dialog = erasing(shown)
    dialog.word.setText("Ada Example")
    dialog.go_button.click()
    shown.settle()
    assert f"These archives still hold the student: {made.path.name}." in shown.said.next_step


def test_where_an_archive_cannot_be_made_anew_it_is_said_which_were_and_the_student_stays(
    shown: Shown, tmp_path: Path
) -> None:
    """The second one is damaged."""
    made = shown.archive()
    second = tmp_path / "second"
    second.mkdir()
    copy = shown.program.archives.copy(made, second, Meter())
    dialog = erasing(shown)
    wish = EraseWish(shown.course, ADA, (made.path, copy.path))
    dialog.reject()
    copy.path.write_bytes(b"no archive any more")
    shown.keeping.restoring._erase(wish)
    shown.settle()
    assert shown.said.text.startswith("The student was not erased: ")
    assert shown.said.next_step.startswith("New archives without the student: ")
    assert shown.program.library.student(shown.course, ADA)


def test_an_archive_whose_disk_is_away_cannot_be_ticked_along(shown: Shown, tmp_path: Path) -> None:
    made = shown.archive()
    made.path.rename(tmp_path / "away.zip")
    dialog = erasing(shown)
    assert dialog.archives is not None
    dialog.archives.all.click()
    dialog.word.setText("Ada Example")
    assert "Connect the disk of" in dialog.says.text()
    assert not dialog.go_button.isEnabled()


def test_an_archive_that_the_library_does_not_know_is_added_by_hand(shown: Shown) -> None:
    made = shown.archive()
    shown.program.library.archives.forget(made.id)
    dialog = erasing(shown)
    assert not dialog.findChildren(TickList)
    dialog.add_archive(str(made.path))
    settled(shown.window)
    settled(shown.window)
    (ticks,) = dialog.findChildren(TickList)
    assert ticks.rows.ticked == (str(made.path),)
    dialog.word.setText("Ada Example")
    dialog.go_button.click()
    shown.settle()
    (anew,) = shown.program.archives.proofs.all()
    assert "Ada" not in anew.certificate.model_dump_json()
    assert f"New archives without the student: {anew.path.name}." in shown.said.next_step
    assert f"These archives still hold the student: {made.path.name}." in shown.said.next_step


def test_what_is_no_archive_or_has_pseudonyms_only_is_not_added(shown: Shown, tmp_path: Path) -> None:
    nameless = shown.archive(privacy="pseudonymous")
    dialog = erasing(shown)
    for path, said in ((tmp_path, "is no archive of this program."), (nameless.path, "is pseudonymous: ")):
        dialog.add_archive(str(path))
        settled(shown.window)
        assert said in dialog.says.text()
        assert dialog.says.mood == "problem"
        assert dialog._added == ()


def test_another_student_begins_without_what_was_added(shown: Shown) -> None:
    made = shown.archive()
    shown.program.library.archives.forget(made.id)
    dialog = erasing(shown)
    dialog.add_archive(str(made.path))
    dialog.choose(StudentId("s2"))
    settled(shown.window)
    settled(shown.window)
    assert dialog.archives is None


def test_students_who_are_called_the_same_are_told_apart_in_the_list(shown: Shown) -> None:
    certificate = shown.archive().certificate
    twins = tuple(one.model_copy(update={"name": "Ada Example"}) for one in certificate.students[:2])
    dialog = asked(shown, shown.program.archives.proofs.all()[0])
    assert dialog._opened is not None
    dialog._know(dialog._opened, certificate.model_copy(update={"students": twins}))
    assert [dialog.which.itemText(place) for place in range(-2 + dialog.which.count(), dialog.which.count())] == [
        f"Ada Example ({one.id})" for one in twins
    ]


def test_archives_of_one_name_are_told_apart_by_their_folders(shown: Shown, tmp_path: Path) -> None:
    made = shown.archive()
    second = tmp_path / "second"
    second.mkdir()
    copy = shown.program.archives.copy(made, second, Meter())
    dialog = erasing(shown)
    dialog.word.setText("Ada Example")
    dialog.go_button.click()
    shown.settle()
    for archive in (made, copy):
        assert called(f"{archive.path.name} in {archive.path.parent}") in shown.said.next_step


def test_an_archive_without_the_student_is_left_alone_and_not_said_to_hold_the_student(shown: Shown) -> None:
    made = shown.archive()
    anew = shown.program.erasing.from_archive(made.path, shown.course, ADA, Meter(), replaces=True)
    assert anew is not None
    dialog = erasing(shown)
    assert dialog.archives is not None
    dialog.archives.all.click()
    dialog.word.setText("Ada Example")
    dialog.go_button.click()
    shown.settle()
    assert shown.said.text == "One student was erased from the library."
    assert anew.path.name not in shown.said.next_step
    assert [record.id for record in shown.program.archives.proofs.all()] == [anew.id]
