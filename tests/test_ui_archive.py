"""Archives in the window: made, proven, verified, copied, and what the head of a course says of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from archives_shown import QUICK, Shown, frame_on, window_on
from exporting import bring_in, small_course
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot
from touring import MONDAY, Hands, settled, until

from exportmanager.archive.options import ArchiveOptions
from exportmanager.archives import Outcome
from exportmanager.core.archive import Damage, Verified
from exportmanager.core.course import CourseId
from exportmanager.core.meter import Meter
from exportmanager.core.report import Gap
from exportmanager.program import Program
from exportmanager.ui.archive_asking import PassphraseDialog, VerifyDialog
from exportmanager.ui.archive_certificate import CertificateDialog
from exportmanager.ui.archive_damage import DamageDialog
from exportmanager.ui.archive_dialog import ArchiveDialog
from exportmanager.ui.archive_list import ArchiveList
from exportmanager.ui.archive_outlook import Wish
from exportmanager.ui.archive_report import ArchivesReport, _came
from exportmanager.ui.delete_course import DeleteDialog
from exportmanager.ui.details import DetailsDialog
from exportmanager.ui.review_window import ReviewWindow
from exportmanager.ui.words import day

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
SECRET = "four simple words here"
KEEPING = ["Archive course...", "Certificate...", "Delete course..."]


@pytest.fixture
def shown(qtbot: QtBot, tmp_path: Path, clock: Callable[[], datetime]) -> Iterator[Shown]:
    with frame_on(tmp_path, clock) as made:
        yield made


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0x40
    path.write_bytes(data)


def asked(shown: Shown) -> ArchiveDialog:
    shown.window.page.header.ask_to_archive()
    dialog = shown.dialog(ArchiveDialog)
    dialog.form.set_values({"exports": False, "reader": False})
    settled(shown.window)
    return dialog


def certificate(shown: Shown) -> CertificateDialog:
    shown.window.page.header.mark.click()
    dialog = shown.dialog(CertificateDialog)
    settled(shown.window)
    return dialog


# Making


def test_a_course_is_archived_from_its_menu_and_the_head_turns_green(shown: Shown) -> None:
    assert shown.mark == "No archive yet"
    dialog = asked(shown)
    assert dialog.says.text().startswith("It will hold 3 students, 2 workspaces, 3 files")
    dialog.archive_button.click()
    shown.settle()
    assert [path.name for path in shown.disk.glob("*.zip")] == ["SMALL archive 2026-03-02.zip"]
    assert "is archived and verified" in shown.said.text
    shown.look()
    assert (shown.colour, shown.mark) == ("good", f"Archived {day(MONDAY.date())}, verified today, 12:00")


def test_the_mark_in_the_head_opens_the_dialog_where_there_is_no_archive(shown: Shown) -> None:
    shown.window.page.header.mark.click()
    assert shown.dialog(ArchiveDialog).chosen == (shown.course,)


def test_a_folder_that_is_not_there_or_belongs_to_the_library_is_refused(shown: Shown) -> None:
    dialog = asked(shown)
    for folder, words in ((shown.disk / "no", "There is no folder"), (shown.program.library.folder, "library itself")):
        dialog.folder.line.setText(str(folder))
        settled(shown.window)
        assert words in dialog.says.text()
        assert not dialog.archive_button.isEnabled()
    dialog.folder.reset.click()
    settled(shown.window)
    assert dialog.archive_button.isEnabled()


def test_a_passphrase_is_long_enough_typed_twice_and_nothing_is_encrypted_without_it(shown: Shown) -> None:
    dialog = asked(shown)
    dialog.passphrase.switch.click()
    QTest.keyClicks(dialog.passphrase.first, "short")
    settled(shown.window)
    assert "at least 8 characters" in dialog.says.text()
    dialog.passphrase.first.setText(SECRET)
    assert dialog.says.text() == "The two passphrases are not the same."
    assert not dialog.archive_button.isEnabled()
    dialog.passphrase.second.setText(SECRET)
    dialog.form.set_values({"form": "folder"})
    assert "cannot be encrypted" in dialog.says.text()
    dialog.form.set_values({"form": "zip"})
    settled(shown.window)
    dialog.archive_button.click()
    shown.settle()
    made = shown.program.archives.proofs.all()[0]
    assert made.encrypted
    held = [path for path in shown.program.library.folder.rglob("*") if path.is_file()]
    assert not [path for path in held if SECRET.encode() in path.read_bytes()]


def test_several_courses_are_ticked_and_archived_in_one_run_with_one_report(shown: Shown, tmp_path: Path) -> None:
    bring_in(shown.program, tmp_path / "other", id="course-2", title="Another course", code="CS102")
    shown.look()
    shown.keeping.archives.archive_several()
    dialog = shown.dialog(ArchiveDialog)
    dialog.form.set_values({"exports": False, "reader": False})
    assert dialog.says.text() == "Tick at least one course."
    assert dialog.ticks is not None
    dialog.ticks.all.click()
    settled(shown.window)
    dialog.archive_button.click()
    shown.settle()
    report = shown.dialog(ArchivesReport)
    assert {outcome.course for outcome in report.rows.shown} == {shown.course, "course-2"}
    assert shown.said.text == "2 courses are archived and verified."
    report.certificate_button.click()
    assert shown.dialog(CertificateDialog).isVisible()


def test_an_archive_with_pseudonyms_is_never_called_safe_for_deleting(shown: Shown, qtbot: QtBot) -> None:
    options = ArchiveOptions.model_validate({**QUICK, "privacy": "pseudonymous"})
    shown.keeping.archives.tasks.archive(Wish((shown.course,), options, shown.disk, None), ["A course"])
    shown.settle()
    assert shown.said.text.endswith("with pseudonyms only, so deleting is not safe.")
    made = shown.program.archives.proofs.all()[0]
    report = ArchivesReport([Outcome(shown.course, "A course", made)])
    qtbot.addWidget(report)
    assert _came(report.rows.shown[0]) == "verified, with pseudonyms only, so deleting is not safe"


def test_a_course_is_archived_once_at_a_time(shown: Shown) -> None:
    wish = Wish((shown.course,), ArchiveOptions.model_validate(QUICK), shown.disk)
    for _ in range(2):
        shown.keeping.archives.tasks.archive(wish, ["SMALL"])
    assert shown.said.text == "Archiving SMALL is under way already."
    shown.settle()
    assert len(list(shown.disk.glob("*.zip"))) == 1
    shown.keeping.archives.tasks.archive(wish, ["SMALL"])
    shown.settle()
    assert len(list(shown.disk.glob("*.zip"))) == 2, "it is not under way any more"


def test_of_several_that_were_stopped_it_is_said_that_the_finished_ones_stay(shown: Shown, tmp_path: Path) -> None:
    other = bring_in(shown.program, tmp_path / "other", id="course-2", title="Another course", code="CS102")
    wish = Wish((shown.course, other), ArchiveOptions.model_validate(QUICK), shown.disk)
    shown.keeping.archives.tasks.archive(wish, ["SMALL", "CS102"])
    shown.window.desk.stop_all()
    shown.settle()
    assert shown.said.next_step == "Archives that were finished by then stay, each of them whole."


# Proof


def test_the_certificate_of_a_course_without_archive_is_none_and_offers_to_make_one(shown: Shown) -> None:
    shown.window.page.header.ask_for_certificate()
    shown.settle()
    assert shown.said.text == "There is no archive of A small course yet."
    shown.press("Archive course...")
    assert shown.dialog(ArchiveDialog).chosen == (shown.course,)


def test_what_is_open_already_comes_to_the_front_and_shows_the_archive_that_is_asked_for(shown: Shown) -> None:
    first, second = shown.archive(), shown.archive()
    dialog = certificate(shown)
    assert dialog.archive is not None
    assert dialog.archive.id == second.id
    shown.keeping.archives.show_certificate(shown.course, first.id)
    shown.settle()
    assert shown.window.findChildren(CertificateDialog) == [dialog]
    assert dialog.archive.id == first.id
    for _ in range(2):
        shown.keeping.archives.show_list()
    assert len(shown.window.findChildren(ArchiveList)) == 1


def test_one_can_look_inside_from_the_certificate_and_from_the_list(shown: Shown) -> None:
    made = shown.archive()
    certificate(shown).inside_button.click()
    shown.keeping.archives.show_list()
    shown.dialog(ArchiveList).inside_button.click()
    assert shown.looked_inside == [made.path, made.path]


def test_a_damaged_archive_turns_the_head_red_and_says_which_file_is_damaged(shown: Shown) -> None:
    made = shown.archive()
    flip(made.path)
    shown.look()
    assert "verified" in shown.mark
    dialog = certificate(shown)
    dialog.verify_button.click()
    shown.settle()
    assert (shown.colour, shown.mark) == ("loss", f"Archive of {day(MONDAY.date())} was changed")
    assert dialog.verdict.words.text().startswith("Not as it was made.")
    assert shown.said.mood == "loss"
    shown.press("What is damaged")
    damage = shown.dialog(DamageDialog)
    assert damage.rows.total >= 1
    assert not shown.program.deleting.proof(shown.course).is_safe


@pytest.mark.parametrize(
    ("files", "path", "is_rest_sound"), [(9, "data/a.txt", True), (0, "", False), (9, "manifest-sha256.txt", False)]
)
def test_what_was_not_checked_is_not_called_sound(qtbot: QtBot, files: int, path: str, is_rest_sound: bool) -> None:
    dialog = DamageDialog("a.zip", Verified(None, files, 0, "", (Damage(path, "", "it was changed"),)))
    qtbot.addWidget(dialog)
    assert ("can be used" in dialog.about.text()) == is_rest_sound


def test_an_archive_whose_disk_is_away_is_not_reachable_until_it_is_found(shown: Shown, tmp_path: Path) -> None:
    made = shown.archive()
    elsewhere = made.path.rename(tmp_path / "moved.zip")
    shown.look()
    assert (shown.colour, shown.mark) == ("warning", f"Archive of {day(MONDAY.date())} not reachable")
    dialog = certificate(shown)
    assert dialog.find_button.isVisible()
    assert not dialog.verify_button.isVisible()
    wrong = tmp_path / "wrong.zip"
    wrong.write_bytes(b"no archive")
    shown.keeping.archives._found(made, str(wrong))
    shown.settle()
    shown.look()
    assert shown.colour == "loss"
    assert dialog.find_button.isVisible(), "it was the wrong one"
    shown.keeping.archives._found(made, str(elsewhere))
    shown.settle()
    shown.look()
    assert shown.mark.startswith("Archived")
    assert dialog.verify_button.isVisible()


def test_another_archive_is_refused_where_the_list_says_so_too(shown: Shown, tmp_path: Path) -> None:
    made = shown.archive()
    bring_in(shown.program, tmp_path / "other", id="course-2", title="Another course", code="CS102")
    other = shown.program.archives.archive(
        CourseId("course-2"), ArchiveOptions.model_validate(QUICK), tmp_path, Meter()
    )
    made.path.rename(tmp_path / "moved.zip")
    shown.keeping.archives.show_list()
    listed = shown.dialog(ArchiveList)
    shown.keeping.archives._found(made, str(other.path))
    shown.settle()
    assert "is another archive: of Another course" in listed.says.text()
    assert listed.says.text().startswith(shown.said.text)
    shown.keeping.archives._found(made, str(tmp_path / "moved.zip"))
    shown.settle()
    assert listed.says.text() == ""
    assert shown.mark.startswith("Archived")


def test_gaps_are_accepted_by_name_and_stand_in_the_certificate_beside_the_archive(shown: Shown) -> None:
    made = shown.archive()
    gaps = [Gap(what=f"workspace {n}", who="Student One", why="it was lost") for n in range(2)]
    certified = made.certificate.model_copy(update={"gaps": tuple(gaps)})
    shown.program.library.archives.add(replace(made, certificate=certified))
    shown.look()
    assert shown.colour == "warning"
    dialog = certificate(shown)
    assert dialog.tabs.accepting.list is not None
    assert not dialog.tabs.accepting.accept_button.isEnabled()
    dialog.tabs.accepting.list.view.enter()
    QTest.keyClick(dialog.tabs.accepting.list.view, Qt.Key.Key_Space)
    assert dialog.tabs.accepting.accept_button.text() == "Accept 1 gap"
    dialog.tabs.accepting.accept_button.click()
    shown.settle()
    shown.look()
    assert shown.colour == "warning", "one is left open"
    dialog.tabs.accepting.list.all.click()
    dialog.tabs.accepting.accept_button.click()
    shown.settle()
    shown.look()
    assert shown.program.archives.proofs.all()[0].certificate.accepted == tuple(gaps)
    assert dialog.tabs.tabText(1) == f"Accepted ({len(gaps)})"
    assert shown.colour == "good"
    beside = made.path.with_name(f"{made.path.name}.certificate.json").read_text(encoding="utf-8")
    assert gaps[0].why in beside.split('"accepted"')[1]


def test_what_goes_wrong_is_said_in_the_certificate_which_may_hide_the_bars(shown: Shown) -> None:
    made = shown.archive(passphrase=SECRET)
    dialog = certificate(shown)
    made.path.with_name(f"{made.path.name}.certificate.pdf").unlink()
    dialog.pdf_button.click()
    settled(shown.window)
    assert dialog.says.text().endswith("Use another copy of it.")
    dialog.verify_button.click()
    asking = shown.dialog(PassphraseDialog)
    asking.line.setText("something else")
    asking.go_on_button.click()
    shown.settle()
    assert dialog.says.mood == "problem"
    assert "passphrase" in dialog.says.text()


def test_a_second_copy_is_made_and_can_be_chosen_in_the_certificate(shown: Shown, tmp_path: Path) -> None:
    made = shown.archive()
    second = tmp_path / "second"
    second.mkdir()
    dialog = certificate(shown)
    shown.keeping.archives._copy(made, str(second))
    shown.settle()
    shown.look()
    assert (second / made.path.name).read_bytes() == made.path.read_bytes()
    assert shown.said.next_step.endswith("That is on the same disk: what happens to it happens to both.")
    assert dialog.which.count() == 2
    assert [dialog.which.itemText(n) for n in range(2)] == [
        f"{made.path.name} in {folder}" for folder in (second, shown.disk)
    ], "both have the same name"
    assert dialog.archive is not None
    assert dialog.archive.id == made.id, "what was shown stays"


# Verifying any archive


@pytest.mark.parametrize("form", ["zip", "folder"])
def test_any_archive_is_verified_also_one_that_the_library_does_not_know(shown: Shown, form: str) -> None:
    made = shown.archive(form=form)
    shown.program.archives.proofs.forget(made)
    shown.keeping.archives.verify_file()
    dialog = shown.dialog(VerifyDialog)
    assert dialog.says.text() == "Say where the archive is."
    dialog.picker.line.setText(str(shown.disk / "no.zip"))
    settled(shown.window)
    assert dialog.says.text() == "There is no file or folder of this name."
    dialog.picker.take(made.path)
    settled(shown.window)
    dialog.verify_button.click()
    shown.settle()
    assert shown.said.text.startswith(f"{made.path.name} is whole:")


def test_an_encrypted_archive_asks_for_its_passphrase(shown: Shown) -> None:
    made = shown.archive(passphrase=SECRET)
    shown.keeping.archives.verify(made)
    asking = shown.dialog(PassphraseDialog)
    asking.line.setText("something else")
    asking.go_on_button.click()
    shown.settle()
    assert "passphrase" in shown.said.text
    shown.keeping.archives.verify_file()
    dialog = shown.dialog(VerifyDialog)
    dialog.picker.take(made.path)
    settled(shown.window)
    assert dialog.says.text() == "Type its passphrase."
    dialog.picker.passphrase.setText(SECRET)
    dialog.verify_button.click()
    shown.settle()
    assert "is whole" in shown.said.text


def test_the_list_shows_all_archives_and_forgets_one_but_leaves_its_files(shown: Shown) -> None:
    other, made = shown.archive(), shown.archive()
    shown.keeping.archives.show_list()
    dialog = shown.dialog(ArchiveList)
    settled(shown.window)
    assert [archive.id for archive in dialog.rows.shown] == [made.id, other.id]
    assert [archive.id for archive in dialog.table.chosen()] == [made.id]
    dialog.forget_button.click()
    shown.settle()
    shown.look()
    assert [archive.id for archive in dialog.table.chosen()] == [other.id], "the next one takes its place"
    assert made.path.exists()
    dialog.forget_button.click()
    shown.settle()
    shown.look()
    assert dialog.sheet.currentWidget() is dialog.sheet.nothing
    assert not dialog.certificate_button.isEnabled()


def test_what_changed_since_the_archive_before_is_said(shown: Shown, tmp_path: Path, clock: Any) -> None:
    first = shown.archive()
    clock.forward(hours=1)
    shown.program.bring_in("folder", str(small_course(tmp_path / "again", title="A new title")))
    made = shown.archive()
    dialog = certificate(shown)
    assert dialog.changes_button.isVisible()
    dialog.show_archive(first.id)
    shown.settle()
    assert not dialog.changes_button.isVisible(), "there is none before it"
    shown.keeping.archives.compare(made)
    assert "imports: 1 before, 2 now" in shown.dialog(DetailsDialog).details.toPlainText()


# Reminders


def test_somebody_is_reminded_once_to_verify_after_a_year(qtbot: QtBot, tmp_path: Path) -> None:
    clock = Hands()
    with frame_on(tmp_path, clock) as shown:
        made = shown.archive()
        clock.forward(days=370)
        shown.window.desk.tidy()
        until(lambda: any("verified again" in bar.text for bar in shown.window.notices.bars))
        before = len(shown.window.notices.bars)
        shown.window.desk.tidy()
        shown.settle()
        assert len(shown.window.notices.bars) == before
        bar = next(bar for bar in shown.window.notices.bars if "verified again" in bar.text)
        assert bar.next_step == made.path.name


# In the whole window


def test_archives_and_deleting_are_in_the_menus_of_the_window_and_of_each_course(
    qtbot: QtBot, program: Program, tmp_path: Path
) -> None:
    with window_on(program, tmp_path) as shown:
        courses = shown.window.courses
        menus = [courses.menu_of(courses.rows.index(0)), shown.window.page.header.menu]
        for menu in menus:
            assert [action.text() for action in menu.actions()][-3:] == KEEPING
        QTest.keyClick(shown.window, Qt.Key.Key_C, Qt.KeyboardModifier.AltModifier)
        popup = QApplication.activePopupWidget()
        assert popup is not None
        QTest.keyClick(popup, Qt.Key.Key_A)
        dialog = shown.dialog(ArchiveDialog)
        QTest.keyClick(dialog.folder.line, Qt.Key.Key_Return)
        shown.settle()
        assert "is archived and verified" in shown.said.text
        menus[0].actions()[-2].trigger()
        inside = shown.dialog(CertificateDialog).inside_button
        inside.click()
        review = shown.dialog(ReviewWindow)
        until(lambda: review.body.pane.sight is not None)
        review.close()
        menus[0].actions()[-1].trigger()
        assert shown.dialog(DeleteDialog).title.text() == "A small course"


def test_no_two_entries_of_a_menu_have_the_same_letter(qtbot: QtBot, program: Program, tmp_path: Path) -> None:
    with window_on(program, tmp_path) as shown:
        for menu in shown.window.menuBar().findChildren(QMenu):
            entries = [action.text() for action in menu.actions() if "&" in action.text()]
            letters = [text[text.index("&") + 1].casefold() for text in entries]
            assert len(set(letters)) == len(letters), entries
