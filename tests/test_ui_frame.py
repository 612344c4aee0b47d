"""The frame around a course: the list on the left, the welcome page, bringing courses in, and About."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

import pytest
from building import CourseBuilder
from looking import controls, cut_off, heard
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QFileDialog, QInputDialog, QWidget
from pytestqt.qtbot import QtBot
from windowing import choose, desk_on, in_window, shown

from exportmanager import __version__
from exportmanager.core.course import CourseId, CourseInfo
from exportmanager.core.options import NoOptions
from exportmanager.jobs.desk import Desk
from exportmanager.library.listing import CourseSummary
from exportmanager.program import Program
from exportmanager.resources_dir import sample_course
from exportmanager.sources.folder import CourseFolder
from exportmanager.ui.about import About, versions
from exportmanager.ui.adding import AddDialog
from exportmanager.ui.course_list import CourseList
from exportmanager.ui.gaps import GapsDialog
from exportmanager.ui.importing import Importing
from exportmanager.ui.memory import Memory
from exportmanager.ui.notices import Notice, Notices
from exportmanager.ui.welcome import Welcome

DOWN, UP, RETURN, ESCAPE = Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_Return, Qt.Key.Key_Escape


def course(number: int, title: str = "", code: str = "", term: str = "", *, gaps: int = 0) -> CourseSummary:
    info = CourseInfo(
        id=CourseId(f"course-{number}"), title=title or f"Course {number:03}", taken_on=date(2026, 3, 1), code=code,
        term=term,
    )  # fmt: skip
    return CourseSummary(info=info, students=26, assignments=8, workspaces=180, imported_at=None, gaps=gaps)


PYTHON = course(1, "Introduction to Programming", "CS101", "Autumn 2026", gaps=2)
DATA = course(2, "Data Structures", "CS201", "Spring 2027")
WEB = course(3, "Web <b>Basics</b>", gaps=1)
THREE = [PYTHON, DATA, WEB]


@pytest.fixture
def desk(program: Program) -> Iterator[Desk]:
    with desk_on(program) as desk:
        yield desk


@pytest.fixture
def memory(desk: Desk) -> Memory:
    return Memory(desk, {})


@pytest.fixture
def courses(desk: Desk, memory: Memory, qtbot: QtBot) -> Iterator[CourseList]:
    made = CourseList(desk, memory)
    window = in_window(qtbot, made, width=280)
    yield made
    window.close()


def titles(courses: CourseList) -> list[str]:
    return [courses.rows.index(n).data() for n in range(courses.rows.rowCount())]


# The list of courses


def test_the_first_course_is_chosen_when_none_was_before(courses: CourseList, qtbot: QtBot) -> None:
    with qtbot.waitSignal(courses.selected) as chosen:
        courses.show_courses(THREE)
    assert chosen.args == ["course-1"]


def test_the_course_that_was_open_last_is_open_again(desk: Desk, memory: Memory, qtbot: QtBot) -> None:
    first, second = CourseList(desk, memory), CourseList(desk, memory)
    qtbot.addWidget(first)
    first.show_courses(THREE)
    first.select(CourseId("course-2"))
    second = CourseList(desk, Memory(desk, {"course": memory.get("course")}))
    qtbot.addWidget(second)
    second.show_courses(THREE)
    assert second.course == "course-2"


def test_arrow_keys_choose_a_course(courses: CourseList, qtbot: QtBot) -> None:
    courses.show_courses(THREE)
    courses.view.setFocus()
    with qtbot.waitSignal(courses.selected) as chosen:
        QTest.keyClick(courses.view, DOWN)
    assert chosen.args == ["course-2"]
    QTest.keyClick(courses.view, UP)
    assert courses.course == "course-1"


def test_a_row_tells_a_screen_reader_both_of_its_lines(courses: CourseList) -> None:
    courses.show_courses(THREE)
    rows = [courses.rows.index(n).data(Qt.ItemDataRole.AccessibleTextRole) for n in range(3)]
    assert rows == [
        "Introduction to Programming\nCS101 · Autumn 2026 · 26 students · 2 gaps",
        "Data Structures\nCS201 · Spring 2027 · 26 students",
        "Web <b>Basics</b>\n26 students · 1 gap",
    ]
    tips = [courses.rows.index(n).data(Qt.ItemDataRole.ToolTipRole) for n in range(3)]
    assert "&lt;b&gt;" in tips[2]


@pytest.mark.parametrize(
    ("typed", "found"),
    [("data", [DATA]), ("cs1 prog", [PYTHON]), ("2027 STRUCT", [DATA]), ("autumn", [PYTHON]), ("  ", THREE)],
)
def test_typing_filters_by_title_code_and_term(
    courses: CourseList, qtbot: QtBot, typed: str, found: list[CourseSummary]
) -> None:
    courses.show_courses(THREE)
    courses.focus_search()
    QTest.keyClicks(courses.search, typed)
    assert titles(courses) == [row.info.title for row in found]


def test_a_search_that_nothing_fits_says_so_and_can_be_taken_back(courses: CourseList, qtbot: QtBot) -> None:
    courses.show_courses(THREE)
    QTest.keyClicks(courses.search, "physics")
    assert not courses.view.isVisible()
    back = next(b for b in courses.findChildren(QAbstractButton) if b.text() == "Show all courses" and b.isVisible())
    QTest.mouseClick(back, Qt.MouseButton.LeftButton)
    assert courses.view.isVisible()
    assert len(titles(courses)) == 3


def test_filtering_does_not_change_what_is_chosen(courses: CourseList, qtbot: QtBot) -> None:
    courses.show_courses(THREE)
    courses.select(CourseId("course-2"))
    with qtbot.assertNotEmitted(courses.selected):
        courses.search.setText("web")
        courses.search.clear()
    assert courses.view.currentIndex().data() == "Data Structures"
    assert courses.view.selectionModel().isSelected(courses.view.currentIndex())


def test_return_in_the_search_field_chooses_the_first_that_fits(courses: CourseList, qtbot: QtBot) -> None:
    courses.show_courses(THREE)
    QTest.keyClicks(courses.search, "web")
    QTest.keyClick(courses.search, RETURN)
    assert courses.course == "course-3"
    assert courses.view.hasFocus()


def test_down_goes_from_the_search_field_into_the_list_and_escape_clears_it(courses: CourseList, qtbot: QtBot) -> None:
    courses.show_courses(THREE)
    courses.focus_search()
    QTest.keyClicks(courses.search, "data")
    QTest.keyClick(courses.search, ESCAPE)
    assert courses.search.text() == ""
    QTest.keyClick(courses.search, DOWN)
    assert courses.view.hasFocus()


def test_newer_values_keep_choice_and_place(courses: CourseList, qtbot: QtBot) -> None:
    many = [course(n) for n in range(100)]
    courses.show_courses(many)
    courses.select(CourseId("course-90"))
    bar = courses.view.verticalScrollBar()
    bar.setValue(bar.maximum())
    place = bar.value()
    assert place > 0
    with qtbot.assertNotEmitted(courses.selected):
        courses.show_courses([replace(many[0], gaps=3), *many[1:]])  # patched
        courses.show_courses([*many, course(100)])  # shown anew
    assert courses.course == "course-90"
    assert courses.view.currentIndex().data() == "Course 090"
    assert bar.value() == place


def test_a_course_whose_row_stays_is_patched_and_not_shown_anew(courses: CourseList, qtbot: QtBot) -> None:
    courses.show_courses(THREE)
    with (
        qtbot.assertNotEmitted(courses.rows.modelReset),
        qtbot.waitSignal(courses.rows.dataChanged) as changed,
    ):
        courses.show_courses([PYTHON, replace(DATA, gaps=7), WEB])
    assert changed.args[0].row() == 1
    assert "7 gaps" in courses.rows.index(1).data(Qt.ItemDataRole.AccessibleTextRole)


def test_when_the_chosen_course_goes_its_neighbour_is_chosen(courses: CourseList, qtbot: QtBot) -> None:
    courses.show_courses(THREE)
    courses.select(CourseId("course-2"))
    courses.show_courses([PYTHON, WEB])
    assert courses.course == "course-3"
    with qtbot.waitSignal(courses.selected) as chosen:
        courses.show_courses([])
    assert chosen.args == [None]


def test_a_course_that_is_yet_to_come_is_chosen_when_it_is_there(courses: CourseList) -> None:
    courses.show_courses(THREE[:2])
    courses.search.setText("data")
    courses.select(CourseId("course-3"))
    courses.show_courses(THREE)
    assert courses.course == "course-3"
    assert courses.search.text() == ""  # it would hide it


def test_the_menu_of_a_course_copies_its_title_and_asks_for_exports(courses: CourseList, qtbot: QtBot) -> None:
    courses.show_courses(THREE)
    courses.select(CourseId("course-2"))
    menu = courses.menu_of(courses.view.currentIndex())
    words = [action.text() for action in menu.actions()]
    keeping = ["Archive course...", "Certificate...", "Delete course..."]
    assert words == ["Export...", "Add more to this course...", "Copy title", "", *keeping]
    choose(menu, "Copy title")
    assert QGuiApplication.clipboard().text() == "Data Structures"
    with qtbot.waitSignal(courses.asked_more) as more:
        choose(menu, "Add more to this course...")
    assert more.args == [DATA]
    with qtbot.waitSignal(courses.asked_export) as asked:
        choose(courses.menu_of(courses.rows.index(2)), "Export...")
    assert asked.args == ["course-3"]
    assert courses.course == "course-3"


def test_ctrl_c_copies_the_title(courses: CourseList, qtbot: QtBot) -> None:
    courses.show_courses(THREE)
    courses.view.setFocus()
    QTest.keyClick(courses.view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "Introduction to Programming"


def test_the_button_asks_for_the_dialog_and_the_menu_beside_it_has_the_other_ways(
    courses: CourseList, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(courses.asked_add):
        QTest.mouseClick(courses.add_button, Qt.MouseButton.LeftButton)
    menu = courses.more_button.menu()
    assert [action.text() for action in menu.actions() if action.text()] == ["Course folder...", "Sample course"]
    with qtbot.waitSignal(courses.asked_source) as asked:
        choose(menu, "Course folder...")
    assert asked.args == ["folder"]
    with qtbot.waitSignal(courses.asked_sample):
        choose(menu, "Sample course")


def test_the_list_is_named_for_screen_readers_and_nothing_of_it_is_cut_off(courses: CourseList) -> None:
    courses.show_courses(THREE)
    for widget in controls(courses):
        assert heard(widget, QAccessible.Text.Name), widget
        assert heard(widget, QAccessible.Text.Description), widget
    assert list(cut_off(courses.window())) == []


def test_the_choice_is_drawn_as_chosen(courses: CourseList) -> None:
    courses.show_courses(THREE)
    before = courses.view.grab().toImage()
    courses.view.setCurrentIndex(courses.rows.index(1))
    assert courses.view.grab().toImage() != before
    chosen = courses.view.selectionModel().selectedIndexes()
    assert [index.row() for index in chosen] == [1]


# The welcome page


def test_the_welcome_page_offers_the_sample_and_the_dialog(qtbot: QtBot) -> None:
    welcome = Welcome()
    window = in_window(qtbot, welcome, width=760, height=480)
    assert list(cut_off(window)) == []
    for button, signal in (
        (welcome.sample_button, welcome.asked_sample),
        (welcome.add_button, welcome.asked_add),
    ):
        with qtbot.waitSignal(signal):
            button.setFocus()
            QTest.keyClick(button, Qt.Key.Key_Space)


# Bringing courses in


class Host(QWidget):
    """A window with notices, and what brings courses in."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.notices = Notices(self)
        self.importing = Importing(desk, self.notices, self)
        self.came: list[CourseId] = []
        self.importing.came_in.connect(self.note)

    def note(self, course: CourseId) -> None:
        self.came.append(course)


@pytest.fixture
def host(desk: Desk, qtbot: QtBot) -> Iterator[Host]:
    host = Host(desk)
    qtbot.addWidget(host)
    host.show()
    yield host
    host.close()


def said(host: Host, qtbot: QtBot, number: int = 1) -> list[Notice]:
    """The notices, once there are so many."""
    qtbot.waitUntil(lambda: len(host.notices.bars) >= number, timeout=20_000)
    return list(host.notices.bars)


def press(bar: Notice, words: str) -> None:
    next(made for made in bar.findChildren(QAbstractButton) if made.text() == words).click()


def test_the_sample_course_comes_in_with_its_gaps_named(host: Host, qtbot: QtBot) -> None:
    host.importing.bring_in_sample()
    (bar,) = said(host, qtbot)
    assert bar.text == ("Introduction to Programming came in: 26 students, 8 assignments, 151 workspaces, 10 gaps")
    assert bar.mood == "warning"
    assert len(host.came) == 1
    press(bar, "Show the gaps")
    dialog = shown(qtbot, host, GapsDialog)
    assert dialog.lists[0].rows.total == 10
    dialog.accept()


def test_a_course_that_is_there_already_is_said_to_be(host: Host, tmp_path: Path, qtbot: QtBot) -> None:
    folder = CourseBuilder(tmp_path / "small").write()
    host.importing.take([folder])
    (bar,) = said(host, qtbot)
    assert bar.text == "A small course came in: 3 students, 2 assignments, 0 workspaces"
    assert bar.mood == "good"
    host.importing.take([folder])
    bar = said(host, qtbot, 2)[0]
    assert bar.text == "A small course is all in the library already: nothing has changed"
    assert bar.mood == "info"
    assert host.came == ["course-1", "course-1"]


def test_what_is_new_in_a_course_and_what_stays_is_counted(host: Host, tmp_path: Path, qtbot: QtBot) -> None:
    first, second = CourseBuilder(tmp_path / "first"), CourseBuilder(tmp_path / "second")
    first.add("results", student="s1", assignment="a1", state="completed")
    host.importing.take([first.write()])
    said(host, qtbot)
    second.add("results", student="s2", assignment="a1", state="completed")
    second.student("s4", username="user4")
    host.importing.take([second.write()])
    bar = said(host, qtbot, 2)[0]
    assert bar.text.startswith("A small course is up to date: 2 new entries, 0 changed")
    assert bar.next_step == "1 entry that did not come this time stays in the library."


def test_several_dropped_folders_are_shown_in_the_dialog_first(host: Host, tmp_path: Path, qtbot: QtBot) -> None:
    folders = [CourseBuilder(tmp_path / name).write() for name in ("one", "two")]
    host.importing.take(folders)
    dialog = shown(qtbot, host, AddDialog)
    assert [thing.place for thing in dialog.looking.brought] == list(map(str, folders))
    dialog.reject()
    assert host.came == []


@pytest.mark.parametrize("name", ["notes.txt", "holiday"])
def test_what_is_no_course_folder_is_told_what_one_is(host: Host, tmp_path: Path, qtbot: QtBot, name: str) -> None:
    chosen = tmp_path / name
    chosen.write_text("x") if "." in name else chosen.mkdir()
    host.importing.ask()
    asked = shown(qtbot, host, QFileDialog)
    asked.fileSelected.emit(str(chosen))
    asked.reject()
    (bar,) = said(host, qtbot)
    assert name in bar.text
    assert bar.next_step == "A course folder is a folder that holds course.json, roster.csv and the students' work."
    press(bar, "Choose a folder...")
    qtbot.waitUntil(lambda: any(found.isVisible() for found in host.findChildren(QFileDialog)))
    for found in host.findChildren(QFileDialog):
        found.reject()
    assert host.came == []


def test_an_import_that_did_not_work_can_be_tried_again(host: Host, tmp_path: Path, qtbot: QtBot) -> None:
    builder = CourseBuilder(tmp_path / "broken")
    builder.student("s1", username="twice")
    host.importing.take([builder.write()])
    (bar,) = said(host, qtbot)
    assert "roster.csv" in bar.text
    assert bar.mood == "warning"
    shutil.rmtree(builder.folder)
    CourseBuilder(builder.folder).write()
    press(bar, "Try again")
    assert said(host, qtbot)[0].text.startswith("A small course came in")


def test_an_import_can_be_stopped_and_leaves_nothing(host: Host, desk: Desk, qtbot: QtBot) -> None:
    desk.tasks.begun.connect(partial(_stop, desk))
    host.importing.bring_in_sample()
    (bar,) = said(host, qtbot)
    assert bar.text == "The import of the sample course was stopped."
    assert desk.program.library.courses() == []
    assert host.came == []


def _stop(desk: Desk, task: object) -> None:
    desk.stop_all()
    desk.tasks.runs.stop(getattr(task, "key", ""))


def test_pressing_twice_brings_in_once(host: Host, desk: Desk, qtbot: QtBot) -> None:
    host.importing.bring_in_sample()
    host.importing.bring_in_sample()
    assert len(desk.tasks.running) == 1
    assert desk.tasks.running[0].title == "Importing the sample course"
    said(host, qtbot)
    assert len(host.came) == 1


def test_a_folder_is_asked_for_and_brought_in(host: Host, tmp_path: Path, qtbot: QtBot) -> None:
    folder = CourseBuilder(tmp_path / "small").write()
    host.importing.ask()
    dialog = shown(qtbot, host, QFileDialog)
    dialog.setDirectory(str(folder.parent))
    dialog.selectFile(str(folder))
    dialog.accept()
    assert said(host, qtbot)[0].text.startswith("A small course came in")


class Elsewhere(CourseFolder):
    """A source that a later version may have: it asks for an address."""

    id = "elsewhere"
    title = "Another platform"
    summary = "Gets a course from its address."
    argument = "ADDRESS"
    Options = NoOptions


def test_a_source_of_another_kind_appears_by_itself(
    program: Program, desk: Desk, host: Host, memory: Memory, tmp_path: Path, qtbot: QtBot
) -> None:
    program.__dict__["sources"] = {**program.sources, "elsewhere": Elsewhere()}
    courses = CourseList(desk, memory)
    qtbot.addWidget(courses)
    assert "Another platform..." in [action.text() for action in courses.more_button.menu().actions()]
    host.importing.ask_for("elsewhere")
    dialog = shown(qtbot, host, QInputDialog)
    dialog.setTextValue(str(CourseBuilder(tmp_path / "small").write()))
    dialog.accept()
    assert said(host, qtbot)[0].text.startswith("A small course came in")


# About


def test_about_says_what_this_is_and_copies_versions(program: Program, qtbot: QtBot) -> None:
    about = About(program)
    qtbot.addWidget(about)
    about.show()
    assert list(cut_off(about)) == []
    QTest.mouseClick(about.copy_button, Qt.MouseButton.LeftButton)
    copied = QGuiApplication.clipboard().text()
    assert copied == versions()
    assert f"Export Manager {__version__}" in copied
    assert str(program.library.folder) not in copied


def test_the_sample_course_is_where_the_window_looks_for_it() -> None:
    assert (sample_course() / "course.json").is_file()
