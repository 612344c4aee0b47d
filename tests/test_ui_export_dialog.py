"""The export dialog, as a teacher goes about it: real estimates, real exports, mouse and keyboard."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from asking import Asking, Everything, Foretold, asking, nothing_written, ticks
from building import CourseBuilder
from exporting import COURSE, small_course
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot
from windowing import know

from exportmanager.core.course import AssignmentId, Course, StudentId
from exportmanager.core.errors import BadOptions
from exportmanager.core.export import Estimate
from exportmanager.core.ledger import JobState
from exportmanager.program import Program
from exportmanager.ui.export_dialog import ExportDialog
from exportmanager.ui.option_inputs import Line, OneOf, Radios
from exportmanager.ui.words import moment

Key = Qt.Key


@pytest.fixture
def asked(qtbot: QtBot, program: Program, tmp_path: Path) -> Iterator[Asking]:
    small_course(tmp_path / "course")
    program.bring_in("folder", str(tmp_path / "course"))
    with asking(qtbot, program) as made:
        yield made


def is_calm_with(asked: Asking, dialog: ExportDialog, words: str) -> bool:
    asked.settle()
    return words in dialog.says.text()


# What it says


def test_the_dialog_says_what_it_is_about_and_begins_in_the_first_field(asked: Asking) -> None:
    dialog = asked.dialog()
    assert dialog.windowTitle() == "Export coursework data"
    assert dialog.isModal()
    shown = [label.text() for label in dialog.findChildren(QLabel) if label.isVisible()]
    assert asked.program.kinds["coursework"].summary in shown
    assert "A small course  ·  SMALL" in shown
    assert QApplication.focusWidget() is ticks(dialog).search
    assert dialog.export_button.isDefault()


def test_it_says_what_will_come_out_until_when_it_is_kept_and_where(asked: Asking, clock: Any) -> None:
    dialog = asked.dialog()
    clock.forward(days=7)
    assert dialog.says.text().startswith("3 students, 2 assignments, 2 workspaces with 3 files: a zip of about ")
    assert dialog.says.text().endswith(f" kB. Kept on the shelf until {moment(clock.now)}.")
    assert dialog.where.text() == f"In the folder {asked.program.shelf.folder}"
    assert dialog.says.mood == "info"


def test_what_is_kept_until_somebody_removes_it_says_so(asked: Asking) -> None:
    asked.program.change_settings("shelf", {"shelf_days": 0})
    assert asked.dialog().says.text().endswith("Kept on the shelf until you remove it.")


def test_another_kind_of_file_is_called_by_its_suffix(asked: Asking) -> None:
    know(asked.program, Foretold(nothing_written, suffix=".pdf"))
    assert asked.dialog("odd").says.text().startswith("5 things: a PDF file of about 84.0 MB.")


def test_a_file_of_another_kind_because_of_what_was_chosen_is_called_by_its_own_suffix(asked: Asking) -> None:
    told = Estimate(84_000, "5 rows", suffix=".csv")
    know(asked.program, Foretold(nothing_written, suffix=".zip", foretells=lambda course, options: told))
    assert asked.dialog("odd").says.text().startswith("5 rows: a CSV file of about 84.0 kB.")


def test_what_a_teacher_should_know_first_stands_above_the_button_and_nothing_stops_the_export(asked: Asking) -> None:
    notes = ("No coach logs in this period.", "It covers the time from 2025-09-02 to the newest.")
    told = Estimate(200, "0 rows", notes=notes)
    know(asked.program, Foretold(nothing_written, foretells=lambda course, options: told))
    dialog = asked.dialog("odd")
    assert dialog.notes.isVisible()
    assert dialog.notes.text().splitlines() == list(notes)
    dialog.export_button.click()
    assert asked.program.ledger.job(asked.job().id).state is JobState.EXPORTED


def test_of_many_notes_the_first_are_shown_and_the_others_counted(asked: Asking) -> None:
    told = Estimate(200, "0 rows", notes=tuple(f"Note {n}." for n in range(30)))
    know(asked.program, Foretold(nothing_written, foretells=lambda course, options: told))
    said = asked.dialog("odd").notes.text().splitlines()
    assert said == ["Note 0.", "Note 1.", "Note 2.", "Note 3.", "26 more notes"]


def test_notes_go_with_the_options_that_they_were_about(asked: Asking) -> None:
    def told(course: Course, options: Any) -> Estimate:
        return Estimate(200, "rows", notes=("312 older rows are left out.",) if not options.text else ())

    know(asked.program, Foretold(nothing_written, Options=Everything, foretells=told))
    dialog = asked.dialog("odd")
    text = dialog.form.inputs["text"]
    assert isinstance(text, Line)
    assert dialog.notes.isVisible()
    text.setText("much too long")
    assert not dialog.notes.isVisible()
    text.setText("")
    asked.settle()
    assert dialog.notes.isVisible()
    text.setText("short")
    asked.settle()
    assert not dialog.notes.isVisible()


def test_notes_in_the_lists_say_who_answered_and_who_is_inactive(
    qtbot: QtBot, program: Program, tmp_path: Path
) -> None:
    builder = CourseBuilder(tmp_path / "course")
    builder.student("s4", first_name="Di", last_name="Dormant", last_active_at="2025-10-01T00:00:00Z")
    builder.student("t1", first_name="Tea", last_name="Cher", role="teacher")
    for student in ("s1", "s2"):
        builder.add("answers", student=student, assignment="a1", assessment="q1", attempt="1", answer="42")
    program.bring_in("folder", str(builder.write()))
    with asking(qtbot, program) as asked:
        dialog = asked.dialog()
        assignments = [(thing.title, thing.note) for thing in ticks(dialog).rows.things]
        assert assignments == [("Module one / Hello", "2 answered"), ("Module one / Loops", "no answers yet")]
        students = [(thing.title, thing.note) for thing in ticks(dialog, "students").rows.things]
        assert students[-1] == ("Di Dormant", "inactive for 151 days")
        assert len(students) == 4  # not the teacher


# What changes it


def test_the_estimate_changes_with_each_tick(asked: Asking) -> None:
    dialog = asked.dialog()
    made = ticks(dialog)
    place = made.view.visualRect(made.rows.index(1, 0)).center()
    QTest.mouseClick(made.view.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)
    asked.settle()
    assert dialog.says.text().startswith("3 students, 1 assignment, 1 workspace with 2 files: a zip of")
    made.all.click()
    asked.settle()
    assert dialog.says.text().startswith("3 students, 2 assignments, 2 workspaces")


def test_nothing_ticked_is_said_beside_the_list_and_above_the_button_which_is_off(asked: Asking) -> None:
    dialog = asked.dialog()
    ticks(dialog).none.click()
    assert dialog.form.faults["assignments"].isVisible()
    assert dialog.form.faults["assignments"].text() == "Tick at least one assignment."
    assert (dialog.says.text(), dialog.says.mood) == ("Tick at least one assignment.", "problem")
    assert not dialog.export_button.isEnabled()
    asked.settle()
    assert dialog.says.text() == "Tick at least one assignment."
    ticks(dialog, "students").none.click()
    assert dialog.says.text() == "Tick at least one assignment. Tick at least one student."
    ticks(dialog).all.click()
    ticks(dialog, "students").all.click()
    assert dialog.export_button.isEnabled()
    assert not dialog.form.faults["assignments"].isVisible()
    asked.settle()
    assert "Kept on the shelf" in dialog.says.text()


def test_a_choice_that_holds_nothing_is_said_and_the_button_is_off_until_another_is_made(asked: Asking) -> None:
    dialog = asked.dialog(assignments=[AssignmentId("a2")], students=[StudentId("s3")])
    assert dialog.says.text() == (
        "There is no work of the chosen students on the chosen assignments. Choose others, or all."
    )
    assert not dialog.export_button.isEnabled()
    ticks(dialog, "students").all.click()
    asked.settle()
    assert dialog.export_button.isEnabled()
    assert dialog.says.mood == "info"


def test_a_full_disk_is_said_before_anything_is_exported(asked: Asking) -> None:
    know(asked.program, Foretold(nothing_written, foretells=lambda course, options: Estimate(1 << 60, "much")))
    dialog = asked.dialog("odd")
    assert dialog.says.text().startswith("The disk has no room for this export: it needs about ")
    assert dialog.says.text().endswith("Remove something from the shelf or the disk, or choose fewer assignments.")
    assert not dialog.export_button.isEnabled()


class Slow:
    """An estimate that waits for what a test does, for one text only."""

    def __init__(self) -> None:
        self.began, self.gate = threading.Event(), threading.Event()
        self.told: list[str] = []

    def __call__(self, course: Course, options: Any) -> Estimate:
        self.told.append(options.text)
        if options.text == "slow":
            self.began.set()
            self.gate.wait(10)
        return Estimate(1_000, f"told for {options.text!r}")


def test_an_older_estimate_never_takes_the_place_of_a_newer_one(asked: Asking) -> None:
    slow = Slow()
    know(asked.program, Foretold(nothing_written, Options=Everything, foretells=slow))
    dialog = asked.dialog("odd")
    said: list[str] = []
    dialog.foreseeing.known.connect(lambda forecast: said.append(forecast.estimate.summary))
    text = dialog.form.inputs["text"]
    assert isinstance(text, Line)
    text.setText("slow")
    asked.qtbot.waitUntil(slow.began.is_set)
    text.setText("new")
    asked.qtbot.waitUntil(lambda: not dialog.foreseeing.timer.isActive())
    slow.gate.set()
    asked.qtbot.waitUntil(lambda: dialog.says.text().startswith("told for 'new'"))
    assert said == ["told for 'new'"]


def test_ten_quick_changes_are_one_question(asked: Asking) -> None:
    slow = Slow()
    know(asked.program, Foretold(nothing_written, Options=Everything, foretells=slow))
    dialog = asked.dialog("odd")
    asked.desk._timer.stop()  # a change of the library asks anew, which is not the matter here
    asked.settle()
    slow.told.clear()
    text = dialog.form.inputs["text"]
    assert isinstance(text, Line)
    QTest.keyClicks(text, "abcdefghij")
    asked.settle()
    assert slow.told == ["abcdefghij"]


def test_what_was_said_stays_until_the_newer_answer_comes(asked: Asking) -> None:
    dialog = asked.dialog()
    before = dialog.says.text()
    naming = dialog.form.inputs["naming"]
    assert isinstance(naming, Radios)
    naming.buttons[1].click()
    assert dialog.says.text() == before
    assert dialog.export_button.isEnabled()


def test_what_changes_in_the_library_changes_what_is_said(asked: Asking, second: Program) -> None:
    dialog = asked.dialog()
    second.change_settings("shelf", {"shelf_days": 0})
    asked.desk.look()
    asked.qtbot.waitUntil(lambda: dialog.says.text().endswith("until you remove it."))


def test_a_mistake_of_ours_in_an_estimate_is_reported_and_does_not_stop_the_export(asked: Asking) -> None:
    def broken(course: Course, options: Any) -> Estimate:
        raise ZeroDivisionError

    know(asked.program, Foretold(nothing_written, foretells=broken))
    dialog = asked.dialog("odd")
    assert dialog.says.text() == "How large it will be could not be worked out."
    assert dialog.export_button.isEnabled()
    assert [type(error) for error in asked.wrong] == [ZeroDivisionError]


def test_an_option_that_does_not_fit_is_said_beside_it_and_above_the_button(asked: Asking) -> None:
    know(asked.program, Foretold(nothing_written, Options=Everything))
    dialog = asked.dialog("odd")
    text = dialog.form.inputs["text"]
    assert isinstance(text, Line)
    QTest.keyClicks(text, "much too long")
    assert dialog.form.faults["text"].text() == dialog.says.text() == "At most ten letters, please."
    assert not dialog.export_button.isEnabled()
    text.setText("short")
    assert dialog.export_button.isEnabled()


def test_options_that_the_kind_refuses_are_said_above_the_button(asked: Asking) -> None:
    def refuses(course: Course, options: Any) -> Estimate:
        raise BadOptions("These do not go together.", "Choose one of them.")

    know(asked.program, Foretold(nothing_written, foretells=refuses))
    dialog = asked.dialog("odd")
    assert dialog.says.text() == "These do not go together. Choose one of them."
    assert not dialog.export_button.isEnabled()


def test_a_kind_that_the_course_does_not_have_says_why_and_stays_off(asked: Asking) -> None:
    know(asked.program, Foretold(nothing_written, reason="child of a licensed master course"))
    dialog = asked.dialog("odd")
    assert dialog.says.text() == "Not available: child of a licensed master course"
    assert not dialog.export_button.isEnabled()


# What it begins with


def test_tables_are_written_as_the_settings_say_unless_somebody_chooses_otherwise(asked: Asking) -> None:
    asked.program.change_settings("saving", {"csv": "programs"})
    dialog = asked.dialog()
    assert dialog.form.values()["csv"] == "programs"
    csv = dialog.form.inputs["csv"]
    assert isinstance(csv, Radios)
    csv.buttons[0].click()
    dialog.export_button.click()
    assert asked.job().options["csv"] == "spreadsheets"


def test_what_was_chosen_on_another_page_is_ticked_and_nothing_else(asked: Asking) -> None:
    dialog = asked.dialog(assignments=(AssignmentId("a1"),), students=(StudentId("s1"), StudentId("s2")))
    assert (dialog.form.values()["assignments"], dialog.form.values()["students"]) == (("a1",), ("s1", "s2"))
    assert dialog.says.text().startswith("2 students, 1 assignment, 1 workspace")


def test_where_notifications_are_off_the_dialog_says_so(asked: Asking) -> None:
    asked.program.change_settings("window", {"notifications": "none"})
    dialog = asked.dialog()
    assert not dialog.notify.isEnabled()
    assert not dialog.notify.isChecked()
    assert dialog.notify.text() == "Tell me when it is ready (notifications are off in the settings)"


# Exporting


def test_export_asks_for_what_was_chosen_and_closes(asked: Asking) -> None:
    dialog = asked.dialog()
    made = ticks(dialog)
    place = made.view.visualRect(made.rows.index(0, 0)).center()
    QTest.mouseClick(made.view.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)
    inactive, naming = dialog.form.inputs["include_inactive"], dialog.form.inputs["naming"]
    assert isinstance(inactive, OneOf)
    assert isinstance(naming, Radios)
    inactive.setCurrentText("yes")
    naming.buttons[1].click()
    with asked.qtbot.waitSignal(dialog.finished):
        QTest.mouseClick(dialog.export_button, Qt.MouseButton.LeftButton)
    job = asked.job()
    assert (job.kind, job.course_id) == ("coursework", COURSE)
    assert job.options == {
        "assignments": ["a2"], "students": None, "include_inactive": True, "order": "assignment",
        "naming": "pseudonyms", "csv": "spreadsheets",
    }  # fmt: skip
    assert asked.program.ledger.job(job.id).state is JobState.EXPORTED
    assert asked.desk.queue.notifies(job.id)


def test_a_whole_export_needs_no_mouse(asked: Asking) -> None:
    dialog = asked.dialog()
    made = ticks(dialog)
    QTest.keyClicks(made.search, "loops")
    asked.press(Key.Key_Return)  # goes to the list, and exports nothing yet
    assert QApplication.focusWidget() is made.view
    asked.press(Key.Key_Space)
    asked.tab_to(ticks(dialog, "students").view)
    asked.press(Key.Key_Home, Key.Key_Space, Key.Key_Down, Key.Key_Space)
    naming = dialog.form.inputs["naming"]
    assert isinstance(naming, Radios)
    asked.tab_to(naming.buttons[0])
    asked.press(Key.Key_Right)
    assert dialog.form.fold is not None
    asked.tab_to(dialog.form.fold.button)
    asked.press(Key.Key_Space)
    order = dialog.form.inputs["order"]
    assert isinstance(order, Radios)
    asked.tab_to(order.buttons[0])
    asked.press(Key.Key_Right)
    asked.tab_to(dialog.notify)
    asked.press(Key.Key_Space)
    asked.tab_to(dialog.export_button)
    asked.press(Key.Key_Return)
    job = asked.job()
    assert job.options == {
        "assignments": ["a1"], "students": ["s3"], "include_inactive": None, "order": "student",
        "naming": "pseudonyms", "csv": "spreadsheets",
    }  # fmt: skip


def test_enter_in_a_list_exports(asked: Asking) -> None:
    dialog = asked.dialog()
    asked.tab_to(ticks(dialog).view)
    asked.press(Key.Key_Return)
    assert asked.job().options["assignments"] is None


def test_without_telling_means_that_the_queue_tells_nobody(asked: Asking) -> None:
    notified: list[bool] = []
    asked.desk.queue.changed.connect(lambda job: notified.append(asked.desk.queue.notifies(job.id)))
    dialog = asked.dialog()
    QTest.mouseClick(dialog.notify, Qt.MouseButton.LeftButton)
    dialog.export_button.click()
    asked.job()
    assert notified[0] is False


def test_ticking_all_by_hand_means_all_of_a_course_that_grows(asked: Asking) -> None:
    dialog = asked.dialog()
    ticks(dialog).none.click()
    ticks(dialog).view.enter()
    asked.press(Key.Key_Space, Key.Key_Down, Key.Key_Space)
    dialog.export_button.click()
    assert asked.job().options["assignments"] is None


def test_escape_cancels_and_asks_for_nothing(asked: Asking) -> None:
    dialog = asked.dialog()
    QTest.keyClicks(ticks(dialog).search, "loops")
    asked.press(Key.Key_Escape)  # empties the filter first
    assert dialog.isVisible()
    with asked.qtbot.waitSignal(dialog.finished):
        asked.press(Key.Key_Escape)
    asked.qtbot.waitUntil(lambda: not asked.desk.background.is_busy)
    assert asked.jobs == []
    assert asked.program.ledger.jobs() == []


def test_enter_does_nothing_while_a_sentence_says_why_not(asked: Asking) -> None:
    dialog = asked.dialog()
    ticks(dialog).none.click()
    ticks(dialog).view.enter()
    asked.press(Key.Key_Return)
    assert dialog.isVisible()
    assert asked.jobs == []


def test_every_kind_of_option_comes_from_the_dialog_into_the_job(asked: Asking) -> None:
    know(asked.program, Foretold(nothing_written, Options=Everything))
    dialog = asked.dialog("odd")
    chosen = {
        "which": ("a1",), "who": ("s2",), "pages": None, "switch": False, "course_says": True,
        "word": "pseudonyms", "long_word": "b", "many": "c", "perhaps": "x", "text": "Hi", "note": "n", "number": 0,
        "limit": 5, "folder": "/exports", "day": "2026-02-28", "csv": "programs",
    }  # fmt: skip
    dialog.form.set_values(chosen)
    dialog.export_button.click()
    assert asked.job().options == {**chosen, "which": ["a1"], "who": ["s2"]}


def test_a_dialog_that_was_closed_hears_of_no_answer(asked: Asking) -> None:
    slow = Slow()
    know(asked.program, Foretold(nothing_written, Options=Everything, foretells=slow))
    dialog = asked.dialog("odd")
    text = dialog.form.inputs["text"]
    assert isinstance(text, Line)
    text.setText("slow")
    asked.qtbot.waitUntil(slow.began.is_set)
    with asked.qtbot.waitSignal(dialog.destroyed):
        dialog.reject()
    slow.gate.set()
    asked.qtbot.waitUntil(lambda: not asked.desk.background.is_busy)
    assert asked.wrong == []


# For everybody


def test_every_control_of_the_dialog_has_a_name_and_a_description(asked: Asking) -> None:
    dialog = asked.dialog()
    assert dialog.form.fold is not None
    dialog.form.fold.open()
    controls = [made for made in dialog.findChildren(QWidget) if made.focusPolicy() & Qt.FocusPolicy.TabFocus]
    of_qt = ("qt_", "ScrollLeft", "ScrollRight")
    ours = [made for made in controls if not made.objectName().startswith(of_qt)]
    assert len(ours) > 15
    assert [made for made in ours if not made.accessibleName() or not made.accessibleDescription()] == []


def test_the_dialog_fits_a_small_screen_and_scrolls_what_does_not(asked: Asking) -> None:
    dialog = asked.dialog()
    dialog.resize(dialog.minimumSize())
    assert dialog.minimumWidth() <= 640
    assert dialog.minimumHeight() <= 480
    across = dialog.scroll_area.horizontalScrollBar()
    asked.qtbot.waitUntil(lambda: across.maximum() == 0)
    assert dialog.scroll_area.verticalScrollBar().maximum() > 0
    assert dialog.export_button.visibleRegion().boundingRect() == dialog.export_button.rect()
