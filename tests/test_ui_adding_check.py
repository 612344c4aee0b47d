"""The second page of the Add course dialog: which course, and what every name in the files means."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from bringing import (
    ASSIGNMENTS,
    CLEAR,
    OPEN_LAYOUT,
    OPEN_STUDENT,
    STUDENTS,
    UNSURE,
    PretendProgram,
    brought,
    link,
    looked,
)
from building import CourseBuilder
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot
from touring import until
from windowing import desk_on, in_window, shown

from exportmanager.core.arrivals import LEAVE_OUT, NEW, Choice, State
from exportmanager.core.report import Gap
from exportmanager.jobs.desk import Desk
from exportmanager.ui.adding import AddDialog, Beginning
from exportmanager.ui.adding_choice import ChoiceBox
from exportmanager.ui.gaps import GapsDialog

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # the lists that open while somebody types
RETURN = Qt.Key.Key_Return
ONE, TWO = Choice("one", "Loops in the morning"), Choice("two", "Loops in the evening")


@pytest.fixture
def program(tmp_path: Path) -> PretendProgram:
    program = PretendProgram(tmp_path / "library")
    for course in (ONE, TWO):
        builder = CourseBuilder(tmp_path / course.value)
        builder.course |= {"id": course.value, "title": course.words}
        program.bring_in("folder", str(builder.write()))
    return program


@pytest.fixture
def desk(program: PretendProgram) -> Iterator[Desk]:
    with desk_on(program) as desk:
        yield desk


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[QWidget]:
    window = in_window(qtbot)
    yield window
    window.close()


def checked(desk: Desk, window: QWidget, *names: str, beginning: Beginning | None = None) -> AddDialog:
    """The dialog on its second page, after these files were looked at."""
    dialog = AddDialog(desk, beginning or Beginning(), window)
    dialog.open()
    brought(dialog, *(names or ("coursework.zip",)))
    until(lambda: not desk.background.is_busy)
    looked(dialog.looking)
    dialog.go_on()
    return dialog


def labels(dialog: AddDialog) -> list[str]:
    return [link.label for link in dialog.check.links.rows.shown]


def press(button: QWidget) -> None:
    assert button.isEnabled()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


# Which course


def test_files_that_fit_no_course_are_a_new_one_with_a_proposed_title(desk: Desk, window: QWidget) -> None:
    dialog = checked(desk, window)
    course = dialog.check.course
    assert course.of_new.isChecked()
    assert course.title.text() == "From the files"
    assert course.zone.isVisible()
    assert dialog.import_button.isEnabled()
    course.title.selectAll()
    QTest.keyClick(course.title, Qt.Key.Key_Delete)
    dialog.bring_in()
    assert dialog.isVisible(), "before the window has noticed"
    until(lambda: dialog.says.text() == "Give the new course a title.")
    assert not dialog.import_button.isEnabled()


def test_the_one_course_that_fits_is_proposed(desk: Desk, window: QWidget, program: PretendProgram) -> None:
    program.fits = (TWO,)
    dialog = checked(desk, window)
    assert dialog.check.course.of_library.isChecked()
    assert dialog.check.course.courses.value == "two"
    assert dialog.check.course.says.text() == "The files seem to belong to Loops in the evening."
    assert not dialog.check.course.zone.isVisible()
    assert dialog.looking.wish.course == "two"
    assert dialog.import_button.isEnabled()


def test_of_several_courses_that_fit_none_is_chosen_for_the_teacher(
    desk: Desk, window: QWidget, program: PretendProgram
) -> None:
    program.fits = (TWO, ONE)
    dialog = checked(desk, window)
    assert not dialog.import_button.isEnabled()
    assert dialog.says.text() == "Choose the course that these files belong to."
    box = dialog.check.course.courses
    assert box.currentText() == ""
    assert dialog.focusWidget() is box
    QTest.keyClicks(box, "morning")
    QTest.keyClick(box, RETURN)
    looked(dialog.looking)
    assert box.value == "one"
    assert dialog.looking.wish.course == "one"
    assert dialog.import_button.isEnabled()


def test_what_the_teacher_chose_stays_whatever_comes_later(
    desk: Desk, window: QWidget, program: PretendProgram
) -> None:
    program.fits = (TWO,)
    dialog = checked(desk, window)
    dialog.check.course.of_new.click()
    brought(dialog, "roster.csv")
    assert dialog.check.course.of_new.isChecked()
    assert dialog.looking.wish.course is None


def test_more_files_may_belong_to_another_course_than_the_first(
    desk: Desk, window: QWidget, program: PretendProgram
) -> None:
    program.fits = (TWO,)
    dialog = checked(desk, window)
    program.fits = (ONE,)
    brought(dialog, "roster.csv")
    assert dialog.looking.wish.course == "one"


def test_a_course_to_which_is_added_is_not_asked_for(desk: Desk, window: QWidget, program: PretendProgram) -> None:
    program.fits = (TWO,)
    dialog = checked(desk, window, beginning=Beginning(course=ONE))
    assert not dialog.check.course.isVisible()
    assert dialog.looking.wish.course == "one"
    assert dialog.import_button.isEnabled()


def test_course_folders_are_courses_of_their_own_and_nothing_is_asked(desk: Desk, window: QWidget) -> None:
    dialog = checked(desk, window, "course-folder", "course-other")
    assert not dialog.check.course.isVisible()
    assert not dialog.check.links.isVisible()
    assert dialog.check._folders.text() == "2 course folders come in as courses of their own."
    assert dialog.import_button.isEnabled()
    assert dialog.focusWidget() is dialog.import_button


def test_answers_that_name_people_of_one_course_are_no_answers_for_another(
    desk: Desk, window: QWidget, program: PretendProgram
) -> None:
    program.links = (OPEN_STUDENT, link("student:eight", "Eight", State.OPEN))
    dialog = checked(desk, window)
    dialog.check.settled.emit(("student:seven",), "s7")
    dialog.check.settled.emit(("student:eight",), LEAVE_OUT)
    looked(dialog.looking)
    dialog.check.course.of_library.click()
    dialog.check.course.courses.setFocus()
    QTest.keyClicks(dialog.check.course.courses, "morning")
    QTest.keyClick(dialog.check.course.courses, RETURN)
    looked(dialog.looking)
    assert dialog.looking.wish.settled == {"student:eight": LEAVE_OUT}


# What the names mean


def test_what_is_open_stands_first_and_what_is_clear_is_folded(
    desk: Desk, window: QWidget, program: PretendProgram
) -> None:
    program.links = (*CLEAR, UNSURE, OPEN_STUDENT, OPEN_LAYOUT)
    dialog = checked(desk, window)
    assert labels(dialog) == ["Seven", "coursework.zip", "Lists"]
    assert dialog.check.links.count.text() == "2 to settle, 1 worth a look, 5 matched"
    assert dialog.check.links.all_box.text() == "Show also the 5 that are clear"
    dialog.check.links.all_box.click()
    assert len(labels(dialog)) == 8


def test_where_all_is_clear_all_is_shown(desk: Desk, window: QWidget, program: PretendProgram) -> None:
    program.links = CLEAR
    dialog = checked(desk, window)
    assert len(labels(dialog)) == 5
    assert not dialog.check.links.all_box.isVisible()
    assert dialog.import_button.isEnabled()


def test_import_is_off_until_everything_is_settled(desk: Desk, window: QWidget, program: PretendProgram) -> None:
    program.links = (OPEN_STUDENT, OPEN_LAYOUT)
    dialog = checked(desk, window)
    assert not dialog.import_button.isEnabled()
    assert dialog.says.text() == "2 names are still to be settled, or left out."
    press(dialog.check.links.bar.leave_button)
    looked(dialog.looking)
    assert dialog.says.text() == "1 name is still to be settled, or left out."
    press(dialog.check.links.bar.leave_button)
    looked(dialog.looking)
    assert dialog.import_button.isEnabled()


def test_a_name_is_settled_by_one_of_the_likeliest_which_stand_first(
    desk: Desk, window: QWidget, program: PretendProgram
) -> None:
    program.links = (OPEN_STUDENT,)
    dialog = checked(desk, window)
    bar = dialog.check.links.bar
    assert bar.question.text() == "Who is Seven? 2 students have this name."
    texts = [bar.answer.itemText(n) for n in range(bar.answer.count())]
    assert texts[:2] == ["Student 07", "Student 08"]
    assert len(texts) == len(STUDENTS) + 1, "everybody once, and a line between"
    bar.answer.setCurrentIndex(1)
    bar.answer.activated.emit(1)
    press(bar.use_button)
    looked(dialog.looking)
    (settled,) = dialog.check.links.rows.shown
    assert (settled.state, settled.to_words) == (State.CHOSEN, "Student 08")


def test_a_name_is_settled_by_keyboard_alone(desk: Desk, window: QWidget, program: PretendProgram) -> None:
    program.links = (link("student:x", "Somebody", State.OPEN), link("assignment:y", "Something", State.OPEN))
    dialog = checked(desk, window)
    table, bar = dialog.check.links.table, dialog.check.links.bar
    assert dialog.focusWidget() is table
    QTest.keyClick(table, RETURN)
    assert dialog.focusWidget() is bar.answer
    QTest.keyClicks(bar.answer, "dent 11")
    QTest.keyClick(bar.answer, RETURN)
    looked(dialog.looking)
    assert dialog.isVisible(), "Enter settled, and did not press the dialog's button"
    assert dialog.looking.wish.settled == {"student:x": "s11"}
    assert [link.label for link in table.chosen()] == ["Something"], "the next one that is open"
    assert [bar.answer.itemText(n) for n in range(bar.answer.count())] == [choice.words for choice in ASSIGNMENTS]


def test_several_are_settled_at_once(desk: Desk, window: QWidget, program: PretendProgram) -> None:
    program.links = tuple(link(f"student:{n}", f"Nobody {n}", State.OPEN) for n in range(4))
    dialog = checked(desk, window)
    dialog.check.links.table.selectAll()
    assert dialog.check.links.bar.question.text() == "4 are chosen."
    press(dialog.check.links.bar.new_button)
    looked(dialog.looking)
    assert dialog.looking.wish.settled == {f"student:{n}": NEW for n in range(4)}
    assert dialog.import_button.isEnabled()


def test_what_folders_are_is_chosen_among_what_they_can_be_and_is_never_new(
    desk: Desk, window: QWidget, program: PretendProgram
) -> None:
    program.links = (OPEN_LAYOUT, OPEN_STUDENT)
    dialog = checked(desk, window)
    links = dialog.check.links
    links.table.select_key(OPEN_LAYOUT.key)
    assert links.bar.answer.count() == 2
    assert not links.bar.new_button.isEnabled()
    links.table.selectAll()
    assert not links.bar.new_button.isEnabled()
    assert not links.bar.answer.isEnabled()
    assert links.bar.leave_button.isEnabled()


def test_an_answer_can_be_taken_back(desk: Desk, window: QWidget, program: PretendProgram) -> None:
    program.links = (OPEN_STUDENT,)
    dialog = checked(desk, window)
    links = dialog.check.links
    assert not links.bar.undo_button.isEnabled()
    press(links.bar.leave_button)
    looked(dialog.looking)
    links.table.select_key(OPEN_STUDENT.key)
    press(links.bar.undo_button)
    looked(dialog.looking)
    assert dialog.looking.wish.settled == {}
    assert not dialog.import_button.isEnabled()


def test_searching_finds_names_and_enter_does_not_import(desk: Desk, window: QWidget, program: PretendProgram) -> None:
    program.links = CLEAR
    dialog = checked(desk, window)
    search = dialog.check.links.search
    search.setFocus()
    QTest.keyClicks(search, "student-3")
    assert labels(dialog) == ["student-3"]
    QTest.keyClick(search, RETURN)
    assert dialog.isVisible()
    assert dialog.focusWidget() is dialog.check.links.table


def test_what_is_missing_already_is_shown_before_the_import(
    desk: Desk, window: QWidget, program: PretendProgram, qtbot: QtBot
) -> None:
    program.gaps = (Gap(what="workspace", who="Student Seven", why="it was begun"),)
    dialog = checked(desk, window)
    assert dialog.check._missing.text() == "1 thing is missing, as far as can be seen now."
    press(dialog.check.gaps_button)
    gaps = shown(qtbot, dialog, GapsDialog)
    assert gaps.lists[0].rows.total == 1
    gaps.accept()


# The box to choose from


@pytest.fixture
def box(qtbot: QtBot) -> Iterator[ChoiceBox]:
    box = ChoiceBox("Choose")
    window = in_window(qtbot, box)
    box.offer((Choice("1", "Ada"), Choice("2", "Bo")), (Choice("2", "Bo"), Choice("3", "Ada"), Choice("4", "Cy & Co")))
    box.setFocus()
    yield box
    window.close()


def test_two_of_one_name_are_told_apart_and_nobody_stands_there_twice(box: ChoiceBox) -> None:
    assert [box.itemText(n) for n in range(box.count())] == ["Ada (1)", "Bo", "", "Ada (3)", "Cy & Co"]


def test_typing_a_part_of_a_name_that_one_has_chooses_it(box: ChoiceBox, qtbot: QtBot) -> None:
    QTest.keyClicks(box, "& c")
    with qtbot.waitSignal(box.changed):
        QTest.keyClick(box, RETURN)
    assert (box.value, box.currentText()) == ("4", "Cy & Co")


@pytest.mark.parametrize("typed", ["ada", "nobody"])
def test_what_fits_several_or_nobody_is_no_choice(box: ChoiceBox, qtbot: QtBot, typed: str) -> None:
    box.choose("2")
    box.lineEdit().selectAll()  # type: ignore[union-attr]
    with qtbot.assertNotEmitted(box.changed):
        QTest.keyClicks(box, typed)
        QTest.keyClick(box, RETURN)
    assert (box.value, box.currentText()) == ("2", "Bo")


def test_what_was_chosen_stays_chosen_among_other_choices_if_it_is_there(box: ChoiceBox) -> None:
    box.choose("3")
    box.offer((), (Choice("3", "Ada"),))
    assert (box.value, box.currentText()) == ("3", "Ada")
    box.offer((), (Choice("1", "Ada"),))
    assert (box.value, box.currentText()) == (None, "")
