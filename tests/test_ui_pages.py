"""The Overview, Assignments and Students tabs, as a teacher uses them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from exporting import OddKind
from peopling import (
    COURSE,
    bring_in,
    cells_of,
    column_of,
    course_with_people,
    memory_of,
    sight_of,
    words_of,
)
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot
from windowing import choose, desk_on, in_window, know

from exportmanager.core.course import CourseId, Parent
from exportmanager.core.course_settings import CourseSettings
from exportmanager.core.errors import LibraryBusy
from exportmanager.core.overview import CourseOverview
from exportmanager.core.report import Gap
from exportmanager.jobs.desk import Desk
from exportmanager.jobs.sights import CourseSight
from exportmanager.program import Program
from exportmanager.ui.assignments_page import AssignmentsPage
from exportmanager.ui.list_page import ListPage
from exportmanager.ui.overview_page import OverviewPage
from exportmanager.ui.overview_words import about, facts_of, verdict_of
from exportmanager.ui.students_page import StudentsPage
from exportmanager.ui.words import day

DOWN, ENTER, ESCAPE = Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Escape


@pytest.fixture
def course(program: Program, tmp_path: Path) -> CourseId:
    return bring_in(program, course_with_people(tmp_path / "course", counts={"workspaces": 3, "answers": 2}))


@pytest.fixture
def desk(qtbot: QtBot, program: Program, course: CourseId) -> Iterator[Desk]:
    with desk_on(program) as desk:
        yield desk


@contextmanager
def on_screen(qtbot: QtBot, page: QWidget) -> Iterator[None]:
    window = in_window(qtbot, page, width=1100, height=420)
    yield
    window.hide()


@pytest.fixture
def assignments(qtbot: QtBot, desk: Desk) -> Iterator[AssignmentsPage]:
    page = AssignmentsPage(desk, memory_of(desk))
    with on_screen(qtbot, page):
        page.show_course(sight_of(desk.program))
        yield page


@pytest.fixture
def students(qtbot: QtBot, desk: Desk) -> Iterator[StudentsPage]:
    page = StudentsPage(desk, memory_of(desk))
    with on_screen(qtbot, page):
        page.show_course(sight_of(desk.program))
        yield page


@pytest.fixture
def overview(qtbot: QtBot, desk: Desk) -> Iterator[OverviewPage]:
    page = OverviewPage(desk)
    with on_screen(qtbot, page):
        page.show_course(sight_of(desk.program))
        yield page


def asked_by(page: ListPage) -> list[tuple[Any, ...]]:
    asked: list[tuple[Any, ...]] = []

    def note(*what: Any) -> None:
        asked.append(what)

    page.asked_export.connect(note)
    return asked


def entries(page: ListPage) -> list[str]:
    page.menu.aboutToShow.emit()
    return words_of(page.menu.actions())


def without_people(sight: CourseSight, **keys: Any) -> CourseSight:
    return replace(sight, overview=replace(sight.overview, **keys))


# Assignments


def test_an_assignment_is_said_in_numbers(assignments: AssignmentsPage) -> None:
    cells = cells_of(assignments.table, 0)
    assert cells["module"] == "Module one"
    assert cells["title"] == "Hello"
    assert cells["kind"] == "Project"
    assert [cells[name] for name in ("started", "completed", "answered", "workspaces", "gaps")] == list("11110")
    assert cells["grade"] == "87.5 %"
    assert assignments.count.text() == "2 assignments"


def test_the_search_counts_what_it_shows(qtbot: QtBot, assignments: AssignmentsPage) -> None:
    assignments.focus_search()
    QTest.keyClicks(assignments.search, "loops")
    assert column_of(assignments.table, "title") == ["Loops"]
    assert assignments.count.text() == "1 of 2 shown"


def test_nothing_that_fits_is_said_with_a_way_back(qtbot: QtBot, assignments: AssignmentsPage) -> None:
    assignments.search.setText("no such thing")
    assert assignments.sheet.currentWidget() is assignments.sheet.nothing_fits
    QTest.mouseClick(_button(assignments.sheet.nothing_fits), Qt.MouseButton.LeftButton)
    assert assignments.sheet.currentWidget() is assignments.table
    assert assignments.count.text() == "2 assignments"
    assert assignments.search.hasFocus()


def _button(page: QWidget) -> QWidget:
    found = page.findChild(QPushButton)
    assert found is not None
    return found


def test_a_course_without_assignments_says_so(assignments: AssignmentsPage) -> None:
    assert assignments.sight is not None
    assignments.show_course(without_people(assignments.sight, assignments=()))
    assert assignments.sheet.currentWidget() is assignments.sheet.nothing
    assert assignments.count.text() == "0 assignments"


def test_escape_clears_the_search_and_down_goes_to_the_table(assignments: AssignmentsPage) -> None:
    assignments.focus_search()
    QTest.keyClicks(assignments.search, "loops")
    QTest.keyClick(assignments.search, DOWN)
    assert assignments.table.hasFocus()
    assert [row.assignment.id for row in assignments.table.chosen()] == ["a2"]
    assignments.focus_search()
    QTest.keyClick(assignments.search, ESCAPE)
    assert assignments.search.text() == ""


def test_the_selected_assignments_are_exported_from_the_menu(assignments: AssignmentsPage) -> None:
    asked = asked_by(assignments)
    assignments.table.selectAll()
    listed = entries(assignments)
    assert listed[0] == "Export assignment data of 2 assignments..."
    assert listed[-1] == "Copy"
    choose(assignments.menu, "Export coursework data of 2 assignments...")
    assert asked == [("coursework", ("a1", "a2"), None)]
    assert assignments.count.text() == "2 assignments, 2 selected"


def test_without_a_selection_all_are_meant(assignments: AssignmentsPage) -> None:
    asked = asked_by(assignments)
    assert {"Export assignment data...", "Export coursework data...", "Copy"} <= set(entries(assignments))
    assert not assignments.menu.actions()[-1].isEnabled()
    assignments.export_selection()
    assert asked == [("assignment", None, None)]


@pytest.mark.qt_log_ignore("does not support")  # what a screen that nobody sees says of menus
def test_the_same_menu_comes_with_the_right_button(assignments: AssignmentsPage) -> None:
    assignments.table.selectRow(1)
    assignments.table.customContextMenuRequested.emit(assignments.table.rect().center())
    assert assignments.menu.isVisible()
    assert words_of(assignments.menu.actions())[0] == "Export assignment data of 1 assignment..."
    assignments.menu.close()


def test_an_export_that_cannot_be_had_says_why(assignments: AssignmentsPage) -> None:
    assert assignments.sight is not None
    offers = tuple(replace(offer, reason="This course is empty.") for offer in assignments.sight.offers)
    asked = asked_by(assignments)
    assignments.show_course(replace(assignments.sight, offers=offers))
    entry = (entries(assignments), assignments.menu.actions()[0])
    assert entry[0][0] == "Export assignment data: not available"
    assert not entry[1].isEnabled()
    assert entry[1].toolTip() == "This course is empty."
    assignments.export_selection()
    assert not asked


def test_a_kind_without_a_choice_of_assignments_is_not_offered(
    qtbot: QtBot, desk: Desk, assignments: AssignmentsPage
) -> None:
    before = entries(assignments)
    know(desk.program, OddKind(writes=lambda course, out, meter: None))
    assignments.show_course(sight_of(desk.program))
    assert entries(assignments) == before


def test_newer_values_leave_selection_search_and_sorting_alone(desk: Desk, assignments: AssignmentsPage) -> None:
    assignments.search.setText("o")
    assignments.table.sortByColumn(1, Qt.SortOrder.DescendingOrder)
    assignments.table.select_key("a1")
    sight = sight_of(desk.program)
    newer = tuple(replace(row, started=row.started + 1) for row in sight.overview.assignments)
    assignments.show_course(without_people(sight, assignments=newer))
    assert column_of(assignments.table, "title") == ["Loops", "Hello"]
    assert column_of(assignments.table, "started") == ["2", "2"]
    assert [row.assignment.id for row in assignments.table.chosen()] == ["a1"]


def test_another_course_begins_without_search_and_selection(desk: Desk, assignments: AssignmentsPage) -> None:
    assignments.search.setText("loops")
    assignments.table.selectAll()
    sight = sight_of(desk.program)
    assignments.show_course(without_people(sight, info=replace(sight.overview.info, id=CourseId("other"))))
    assert (assignments.search.text(), assignments.table.chosen_count()) == ("", 0)
    assert column_of(assignments.table, "title") == ["Hello", "Loops"]


@pytest.mark.parametrize("make", [AssignmentsPage, StudentsPage])
def test_columns_are_remembered(qtbot: QtBot, desk: Desk, make: Callable[..., ListPage]) -> None:
    memory = memory_of(desk)
    first, second = make(desk, memory), None
    qtbot.addWidget(first)
    first.show_course(sight_of(desk.program))  # type: ignore[attr-defined]
    first.table.setColumnWidth(0, 234)
    first.table.sortByColumn(0, Qt.SortOrder.DescendingOrder)
    second = make(desk, memory)
    qtbot.addWidget(second)
    second.show_course(sight_of(desk.program))  # type: ignore[attr-defined]
    assert second.table.columnWidth(0) == 234
    assert list(second.rows.shown) == list(first.rows.shown)


# Students


def test_everybody_stands_there_with_since_when_inactive(students: StudentsPage) -> None:
    assert students.count.text() == "5 people"
    assert column_of(students.table, "name") == [
        "Ada Example", "Bo Sample", "Cy Specimen", "Dee Dormant", "Tea Template",
    ]  # fmt: skip
    assert column_of(students.table, "state")[:4] == [
        "Active", "Active", "Active", f"Inactive since {day(date(2025, 11, 1))} (120 days)",
    ]  # fmt: skip
    assert column_of(students.table, "role")[3:] == ["Student", "Teacher"]
    assert [cells_of(students.table, 0)[name] for name in ("started", "completed", "answers", "workspaces")] == [
        "1", "1", "2", "1",
    ]  # fmt: skip


def test_somebody_whom_the_roster_does_not_know_is_marked(
    qtbot: QtBot, program: Program, desk: Desk, tmp_path: Path, students: StudentsPage
) -> None:
    builder = course_with_people(tmp_path / "again")
    builder.add("results", student="s9", assignment="a1", state="started")
    bring_in(program, builder)
    students.show_course(sight_of(program))
    students.search.setText("roster")
    assert column_of(students.table, "state") == ["Not on the roster"]


@pytest.mark.parametrize(
    ("who", "names"),
    [
        ("Everybody", ["s1", "s2", "s3", "s4", "t1"]),
        ("Active students", ["s1", "s2", "s3"]),
        ("Inactive students", ["s4"]),
        ("Teachers", ["t1"]),
    ],
)
def test_the_choice_beside_the_search_says_who_is_shown(students: StudentsPage, who: str, names: list[str]) -> None:
    students.who.setCurrentText(who)
    assert students.order() == names
    assert students.count.text() == (f"{len(names)} of 5 shown" if who != "Everybody" else "5 people")


def test_clearing_the_search_shows_everybody(students: StudentsPage) -> None:
    students.who.setCurrentText("Teachers")
    students.search.setText("ada")
    assert students.sheet.currentWidget() is students.sheet.nothing_fits
    QTest.mouseClick(_button(students.sheet.nothing_fits), Qt.MouseButton.LeftButton)
    assert (students.who.currentIndex(), len(students.order())) == (0, 5)


def test_people_are_opened_by_enter_by_a_double_click_and_from_the_menu(students: StudentsPage) -> None:
    opened: list[str] = []
    students.opened.connect(opened.append)
    students.focus_search()
    QTest.keyClicks(students.search, "cy")
    QTest.keyClick(students.search, ENTER)
    QTest.keyClick(students.table, ENTER)
    students.search.clear()
    students.table.selectRow(1)
    choose(students.menu, "Open")
    place = students.table.visualRect(students.rows.index(3, 0)).center()
    QTest.mouseClick(students.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    QTest.mouseDClick(students.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert opened == ["s3", "s2", "s4"]


def test_the_selected_students_are_exported_and_teachers_are_not(students: StudentsPage) -> None:
    asked = asked_by(students)
    students.table.selectAll()
    listed = entries(students)
    assert listed[:2] == ["Open", "Export student data of 4 students..."]
    assert "Export coursework data of 4 students..." in listed
    assert listed[-2:] == ["Copy 4 e-mail addresses", "Copy"]
    assert not students.menu.actions()[0].isEnabled()
    students.export_selection()
    assert asked == [("student", None, ("s1", "s2", "s3", "s4"))]


def test_of_teachers_alone_nothing_is_exported(students: StudentsPage) -> None:
    asked = asked_by(students)
    students.table.select_key("t1")
    assert "Export student data: not available" in entries(students)
    export = next(action for action in students.menu.actions() if action.text().startswith("Export"))
    assert export.toolTip() == "Only students' data can be exported."
    students.export_selection()
    assert not asked


def test_mail_addresses_are_copied_as_a_mail_program_takes_them(students: StudentsPage) -> None:
    students.table.selectAll()
    entries(students)
    choose(students.menu, "Copy 4 e-mail addresses")
    assert QGuiApplication.clipboard().text() == "ada@example.org, bo@example.org, dee@example.org, tea@example.org"


# Overview


def facts(overview: CourseOverview) -> dict[str, tuple[str, str]]:
    return {fact.title: (fact.value, fact.note) for fact in facts_of(overview)}


def test_each_number_stands_against_the_one_that_was_declared(overview: OverviewPage, desk: Desk) -> None:
    said = facts(sight_of(desk.program).overview)
    assert said["Students"] == ("4", "3 active, 1 inactive")
    assert said["Workspaces"] == ("2", "2 of 3 declared")
    assert said["Answers"] == ("2", "as many as declared")
    assert said["Assignments"] == ("2", "")
    assert said["Files in workspaces"][0] == "3"


def test_what_an_earlier_import_brought_is_told_apart(program: Program, tmp_path: Path, desk: Desk) -> None:
    builder = course_with_people(tmp_path / "again")
    builder.tables["coach-logs"].clear()
    builder.tables["answers"].pop()
    bring_in(program, builder)
    said = facts(sight_of(program).overview)
    assert said["Answers"] == ("2", "1 from earlier imports")


def test_a_course_with_gaps_is_not_called_complete(overview: OverviewPage) -> None:
    assert overview.verdict.text() == "Not complete: the last import left 1 gap. It is listed below."
    assert column_of(overview.gaps.table, "what") == ["workspaces"]
    assert not overview.gaps.isHidden()
    assert overview.left_out.isHidden()


@pytest.mark.parametrize(
    ("counts", "verdict"),
    [
        ({"workspaces": 2}, "Complete: everything that the source declares is here."),
        ({}, "No gaps are known. The source declares no numbers, so nothing could be compared."),
    ],
)
def test_complete_is_said_only_where_there_was_something_to_compare(
    program: Program, tmp_path: Path, counts: dict[str, int], verdict: str
) -> None:
    bring_in(program, course_with_people(tmp_path / "course", counts=counts))
    assert verdict_of(sight_of(program).overview).text == verdict


def test_without_an_import_nothing_is_claimed(overview: OverviewPage, desk: Desk) -> None:
    known = sight_of(desk.program).overview
    assert "nothing can be compared" in verdict_of(replace(known, report=None)).text


def test_what_was_left_out_on_purpose_stands_apart(overview: OverviewPage, desk: Desk) -> None:
    sight = sight_of(desk.program)
    report = sight.overview.report
    assert report is not None
    chosen = Gap(what="student", who="Dee Dormant", why="nobody wanted it", chosen=True)
    report = report.model_copy(update={"gaps": (*report.gaps, chosen)})
    overview.show_course(without_people(sight, report=report))
    assert column_of(overview.left_out.table, "who") == ["Dee Dormant"]
    assert column_of(overview.gaps.table, "what") == ["workspaces"]
    assert "1 gap." in overview.verdict.text()


def test_gaps_are_searched_and_nothing_else_is_hidden_by_that(overview: OverviewPage) -> None:
    overview.focus_search()
    QTest.keyClicks(overview.gaps.search, "no such gap")
    assert overview.gaps.sheet.currentWidget() is overview.gaps.sheet.nothing_fits
    QTest.keyClick(overview.gaps.search, ESCAPE)
    assert len(column_of(overview.gaps.table, "why")) == 1


def test_a_course_says_where_it_comes_from(desk: Desk) -> None:
    overview = sight_of(desk.program).overview
    info = replace(
        overview.info, child_of=Parent("The master", licensed_master=True), has_children=True, lti_enabled=True,
        starts_on=date(2026, 1, 1), ends_on=date(2026, 2, 1),
    )  # fmt: skip
    said = dict(about(replace(overview, info=info), "Course folder"))
    assert said["Code"] == "SMALL"
    assert said["Period"] == f"{day(date(2026, 1, 1))} to {day(date(2026, 2, 1))}"
    assert said["Taken in"].endswith("from: Course folder")
    assert said["Made from"] == "The master, a licensed master"
    assert said["LMS"] == "Connected by LTI"
    assert said["Other courses"] == "others were made from it"


def include_inactive(program: Program) -> bool:
    return program.library.course_settings(COURSE).include_inactive


def test_the_switch_for_inactive_students_is_written_down_and_says_what_it_does(
    qtbot: QtBot, overview: OverviewPage, program: Program
) -> None:
    assert overview.settings.effect.text().startswith("1 student is inactive; exports leave out")
    overview.ensureWidgetVisible(overview.settings)
    QTest.keyClick(overview.settings.switch, Qt.Key.Key_Space)
    assert overview.settings.effect.text().startswith("1 student is inactive; exports include")
    qtbot.waitUntil(lambda: include_inactive(program))


def test_what_was_read_before_the_change_does_not_undo_it(
    qtbot: QtBot, overview: OverviewPage, desk: Desk, program: Program
) -> None:
    before = sight_of(program)
    overview.settings.switch.click()
    overview.show_course(before)
    assert overview.settings.switch.isChecked()
    qtbot.waitUntil(lambda: not desk.background.is_busy)
    overview.show_course(before)
    assert overview.settings.switch.isChecked()
    overview.show_course(sight_of(program))
    assert overview.settings.switch.isChecked()
    program.library.set_course_settings(COURSE, CourseSettings(include_inactive=False))  # by somebody else
    overview.show_course(sight_of(program))
    assert not overview.settings.switch.isChecked()


@pytest.mark.parametrize("clicks", [6, 7])
def test_of_many_changes_the_last_one_stays(
    qtbot: QtBot, overview: OverviewPage, desk: Desk, program: Program, clicks: int
) -> None:
    for _ in range(clicks):
        overview.settings.switch.click()
    qtbot.waitUntil(lambda: not desk.background.is_busy)
    assert include_inactive(program) is overview.settings.switch.isChecked() is (clicks == 7)


def test_a_change_that_cannot_be_written_is_taken_back_and_told(
    qtbot: QtBot, overview: OverviewPage, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(course: CourseId, **changes: object) -> None:
        raise LibraryBusy("Another program holds the library.", "Try again.")

    monkeypatch.setattr(desk.program.library, "change_course_settings", refuse)
    with qtbot.waitSignal(desk.went_wrong) as told:
        overview.settings.switch.click()
    assert told.args is not None
    assert isinstance(told.args[0], LibraryBusy)
    assert not overview.settings.switch.isChecked()


def rules_of(program: Program) -> CourseSettings:
    return program.library.course_settings(COURSE)


def test_the_rules_of_a_course_are_changed_by_keyboard_and_say_what_they_do(
    qtbot: QtBot, overview: OverviewPage, desk: Desk, program: Program
) -> None:
    rules = overview.rules
    assert (rules.months.value(), rules.months.text()) == (6, "6 months")
    assert rules.covers.text().startswith("Exports hold the last 6 months")
    assert rules.effect.text().startswith("Nothing is removed.")
    overview.ensureWidgetVisible(rules)
    rules.months.setFocus()
    rules.months.selectAll()
    QTest.keyClicks(rules.months, "12")
    QTest.keyClick(rules.months, Qt.Key.Key_Return)
    QTest.keyClick(rules.remove, Qt.Key.Key_Space)
    assert (
        rules.effect.text()
        == "Access events of more than 12 months ago are removed for good, 7 days after you were told."
    )
    qtbot.waitUntil(lambda: not desk.background.is_busy)
    assert rules_of(program) == CourseSettings(retention_months=12, remove_old_access=True)
    QTest.keyClick(rules.keep, Qt.Key.Key_Space)
    assert not rules.remove.isEnabled()
    assert rules.effect.text().startswith("Nothing of this course is removed")
    rules.months.setValue(0)
    assert rules.months.text() == "without limit"
    overview.settings.switch.click()
    qtbot.waitUntil(lambda: not desk.background.is_busy)
    assert rules_of(program) == CourseSettings(
        include_inactive=True, retention_months=None, keep_everything=True, remove_old_access=True
    )


def test_a_number_on_its_way_to_another_is_no_rule(qtbot: QtBot, overview: OverviewPage, program: Program) -> None:
    overview.rules.months.setFocus()
    overview.rules.months.selectAll()
    QTest.keyClicks(overview.rules.months, "1")
    assert not overview._desk.background.is_busy
    assert rules_of(program) == CourseSettings()


def test_rules_that_somebody_else_changed_are_shown(overview: OverviewPage, desk: Desk, program: Program) -> None:
    program.library.set_course_settings(COURSE, CourseSettings(retention_months=1, remove_old_access=True))
    overview.show_course(sight_of(program))
    assert (overview.rules.months.value(), overview.rules.remove.isChecked()) == (1, True)
    assert overview.rules.covers.text().startswith("Exports hold the last month")
    assert not desk.background.is_busy, "showing them changes nothing"


def test_what_will_go_is_told_as_soon_as_the_rule_is_chosen(
    qtbot: QtBot, overview: OverviewPage, desk: Desk, program: Program
) -> None:
    program.library.set_course_settings(COURSE, CourseSettings(retention_months=1))
    overview.show_course(sight_of(program))
    with qtbot.waitSignal(desk.tidied) as signal:
        overview.rules.remove.click()
    assert signal.args is not None
    assert [(told.info.id, told.rows) for told in signal.args[0].old_access] == [(COURSE, 4)]


def test_facts_stand_side_by_side_as_many_as_there_is_room_for(qtbot: QtBot, overview: OverviewPage) -> None:
    wide = overview.facts.height()
    overview.window().resize(420, 420)
    qtbot.waitUntil(lambda: overview.facts.width() < 420)
    overview.grab()
    assert overview.facts.height() > wide
    assert overview.facts.width() <= overview.viewport().width()
