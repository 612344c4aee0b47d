"""A student's page: what stands there, what is searched, and that answers which come late are not shown."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from exporting import OddKind
from peopling import COURSE, bring_in, cells_of, column_of, course_with_people, memory_of, words_of
from pydantic import Field
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from windowing import desk_on, in_window, know

from exportmanager.core.course import CourseId, StudentId
from exportmanager.core.events import CoachLog
from exportmanager.core.options import Options, StudentChoice
from exportmanager.core.overview import StudentRecord
from exportmanager.jobs.desk import Desk
from exportmanager.library.library import Library
from exportmanager.program import Program
from exportmanager.ui.student_columns import coach_sections
from exportmanager.ui.student_page import StudentPage
from exportmanager.ui.student_pane import Section
from exportmanager.ui.theme import DARK, LIGHT, Theme
from exportmanager.ui.words import moment

ADA, BO, CY, TEA = map(StudentId, ("s1", "s2", "s3", "t1"))
ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def desk(qtbot: QtBot, program: Program, tmp_path: Path) -> Iterator[Desk]:
    bring_in(program, course_with_people(tmp_path / "course"))
    with desk_on(program) as desk:
        yield desk


@pytest.fixture
def page(qtbot: QtBot, desk: Desk) -> Iterator[StudentPage]:
    """On screen, with Ada on it."""
    page = StudentPage(desk, memory_of(desk))
    window = in_window(qtbot, page, width=760, height=420)
    show(qtbot, page, ADA)
    yield page
    window.hide()


def show(qtbot: QtBot, page: StudentPage, student: StudentId, order: tuple[StudentId, ...] = ()) -> None:
    page.show_student(COURSE, student, order)
    settle(qtbot, page)


def settle(qtbot: QtBot, page: StudentPage) -> None:
    background = page._desk.background
    qtbot.waitUntil(lambda: not background.is_busy, timeout=20_000)
    qtbot.waitUntil(lambda: not any(part.rows.is_arranging for part in page.parts.all), timeout=20_000)


def tabs(page: StudentPage) -> list[str]:
    return [page.parts.tabText(n) for n in range(page.parts.count())]


class HeldLibrary:
    """Reads a student when it is let to."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self.gates: dict[StudentId, threading.Event] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._library, name)

    def student(self, course: CourseId, student: StudentId) -> StudentRecord:
        if gate := self.gates.get(student):
            gate.wait(20)
        return self._library.student(course, student)


@pytest.fixture
def held(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[HeldLibrary]:
    library = HeldLibrary(desk.program.library)
    monkeypatch.setattr(desk.program, "library", library)
    yield library
    for gate in library.gates.values():
        gate.set()


# What stands there


def test_the_parts_are_counted(page: StudentPage) -> None:
    assert page.name.text() == "Ada Example"
    assert page.facts.text().startswith("user1  ·  ada@example.org  ·  Student  ·  Last active")
    assert tabs(page) == ["Progress: 2", "Workspaces: 1", "Answers: 2", "Access: 4", "Coach: 1"]


def test_progress_is_said_for_each_assignment(page: StudentPage) -> None:
    first, second = cells_of(page.parts.work.table, 0), cells_of(page.parts.work.table, 1)
    assert (first["title"], first["state"], first["time"], first["grade"]) == (
        "Hello",
        "Completed",
        "2 h 48 min",
        "87.5 %",
    )
    assert (first["answers"], first["files"], first["versions"], first["gaps"]) == ("2", "2", "1", "none")
    assert (second["title"], second["state"], second["files"]) == ("Loops", "No record", "")


def test_an_assignment_without_files_says_why(
    qtbot: QtBot, page: StudentPage, program: Program, tmp_path: Path
) -> None:
    builder = course_with_people(tmp_path / "again")
    builder.add("results", student="s3", assignment="a1", state="started")
    bring_in(program, builder)
    show(qtbot, page, CY)
    gaps = column_of(page.parts.work.table, "gaps")
    assert gaps[0].startswith("workspace: it was begun")
    assert gaps[1] == "none"


def test_logins_and_projects_are_said_in_words(page: StudentPage) -> None:
    assert column_of(page.parts.access.table, "type") == [
        "Logged out", "Closed a project", "Opened a project", "Logged in",
    ]  # fmt: skip
    assert column_of(page.parts.access.table, "assignment") == ["", "Hello", "Hello", ""]
    assert set(column_of(page.parts.access.table, "ip")) == {"192.0.2.7"}


def test_all_of_a_selected_answer_is_shown(page: StudentPage) -> None:
    answers = page.parts.answers
    assert column_of(answers.table, "answer") == ["forty-one", "forty-two…"]
    assert column_of(answers.table, "correct") == ["Wrong", "Correct"]
    page.parts.setCurrentWidget(answers)
    answers.table.selectRow(1)
    assert answers.pane.toPlainText() == "Question\nq1\n\nAnswer\nforty-two\nand a reason\n<b>bold</b>"
    answers.table.clearSelection()
    assert answers.pane.toPlainText() == ""


def test_of_a_very_long_answer_the_beginning_is_shown_and_how_much_there_is(
    qtbot: QtBot, page: StudentPage, program: Program, tmp_path: Path
) -> None:
    builder = course_with_people(tmp_path / "again")
    builder.tables["answers"][0]["answer"] = "x" * 150_000
    bring_in(program, builder)
    page.refresh()
    settle(qtbot, page)
    page.parts.answers.table.selectRow(0)
    text = page.parts.answers.pane.toPlainText()
    assert len(text) < 101_000
    assert text.endswith("[50000 more characters; copying the row copies them all]")


def test_a_question_to_the_coach_is_shown_with_its_answer(page: StudentPage) -> None:
    page.parts.coach.table.selectRow(0)
    assert page.parts.coach.pane.toPlainText() == (
        "Question\nWhy is it red?\n\nAnswer\nLook at line 3.\nThere is a colon missing.\n\n"
        "The message that the coach was shown\nSyntaxError"
    )


def test_what_the_coach_was_not_told_is_not_mentioned(page: StudentPage) -> None:
    log = page.parts.coach.rows.shown[0]
    assert isinstance(log, CoachLog)
    page.parts.coach.pane.show_sections(coach_sections(replace(log, context_error="", response="")))
    assert page.parts.coach.pane.toPlainText() == "Question\nWhy is it red?"


CHOICE = {
    "name": "Which are even?",
    "points": 4,
    "instructions": "Choose **all**.",
    "guidance": "Divide by two.",
    "answers": [
        {"_id": "o1", "correct": True, "answer": "two"},
        {"_id": "o2", "correct": False, "answer": "three"},
        {"_id": "o3", "correct": True, "answer": "four"},
    ],
}
STORED = json.dumps({"state": "fail", "current": ["o1", "o2"], "right": ["o1", "o3"], "feedback": "Nearly."})


def with_a_question(program: Program, folder: Path, **source: Any) -> None:
    """The course again, with a guide that has one question, and an attempt of Ada's at it."""
    builder = course_with_people(folder)
    builder.course["modules"][0]["assignments"][0]["version"] = 1
    content = builder.folder / "assignments" / "a1" / ".guides" / "content"
    content.mkdir(parents=True)
    (content / "index.json").write_text(json.dumps({"title": "G", "order": ["p"]}))
    (content / "p.json").write_text(json.dumps({"id": "p", "title": "P", "type": "page"}))
    (content / "p.md").write_text("{x|assessment}(multiple-choice-1)")
    tasks = content.parent / "assessments"
    tasks.mkdir()
    task = {"type": "multiple-choice", "taskId": "multiple-choice-1", "source": CHOICE | source}
    (tasks / "multiple-choice-1.json").write_text(json.dumps(task))
    builder.add("answers", student="s1", assignment="a1", assessment="multiple-choice-1", attempt="1", answer=STORED,
                points="1", correct="false")  # fmt: skip
    bring_in(program, builder)


def test_an_answer_is_read_beside_its_question_and_what_was_expected(
    qtbot: QtBot, page: StudentPage, program: Program, tmp_path: Path
) -> None:
    with_a_question(program, tmp_path / "again")
    page.refresh()
    settle(qtbot, page)
    answers = page.parts.answers
    row = column_of(answers.table, "assessment").index("Which are even?")
    cells = cells_of(answers.table, row)
    assert (cells["kind"], cells["answer"], cells["expected"]) == ("Multiple choice", "two…", "two…")
    assert (cells["points"], cells["correct"], cells["attempt"]) == ("1 of 4", "Wrong", "1")
    answers.table.selectRow(row)
    assert answers.pane.toPlainText() == (
        "Question\nWhich are even?\nMultiple choice\nChoose **all**.\n\nAnswer\ntwo\nthree\n\nRemarks\nNearly.\n\n"
        "Expected answer, for the teacher\ntwo\nfour\n\nRationale, for the teacher\nDivide by two.\n\n"
        f"As it came\n{STORED}"
    )


def test_answers_are_copied_as_they_came(qtbot: QtBot, page: StudentPage, program: Program, tmp_path: Path) -> None:
    with_a_question(program, tmp_path / "again")
    page.refresh()
    settle(qtbot, page)
    answers = page.parts.answers
    assert words_of(answers.menu.actions()) == ["Copy", "Copy as it came"]
    answers.table.selectRow(column_of(answers.table, "assessment").index("Which are even?"))
    answers.menu.actions()[1].trigger()
    assert QGuiApplication.clipboard().text() == STORED
    assert words_of(page.parts.coach.menu.actions()) == ["Copy"], "what came is what stands there"


def test_what_was_expected_is_searched_and_a_changed_question_is_shown(
    qtbot: QtBot, page: StudentPage, program: Program, tmp_path: Path
) -> None:
    with_a_question(program, tmp_path / "again")
    page.refresh()
    settle(qtbot, page)
    page.parts.setCurrentWidget(page.parts.answers)
    page.search.setText("four")
    assert column_of(page.parts.answers.table, "assessment") == ["Which are even?"]
    page.search.clear()
    with_a_question(program, tmp_path / "once more", guidance="Look at the last digit.")
    page.refresh()
    settle(qtbot, page)
    assert "Look at the last digit." in {sight.rationale for sight in page.parts.answers.rows.shown}


def test_texts_in_the_pane_are_never_read_as_html_and_follow_light_and_dark(page: StudentPage) -> None:
    pane, look = page.parts.answers.pane, Theme()
    pane.show_sections([Section("<i>Title</i>", "<b>bold</b>", is_for_teacher=True), Section("Nothing", "  ")])
    inks = set()
    try:
        for scheme in ("light", "dark"):
            look.choose(scheme)
            assert pane.toPlainText() == "<i>Title</i>\n<b>bold</b>"
            cursor = pane.textCursor()
            cursor.setPosition(2)
            inks.add(cursor.charFormat().foreground().color().name())
    finally:
        look.choose("system")
    assert inks == {LIGHT.warning, DARK.warning}


def test_comments_of_teachers_stand_with_the_progress(
    qtbot: QtBot, page: StudentPage, program: Program, tmp_path: Path
) -> None:
    builder = course_with_people(tmp_path / "again")
    builder.tables["results"][0]["comments"] = "Well done."
    bring_in(program, builder)
    page.refresh()
    settle(qtbot, page)
    assert cells_of(page.parts.work.table, 0)["comments"] == "Well done."


def test_somebody_without_work_is_told_of_in_words(qtbot: QtBot, page: StudentPage) -> None:
    show(qtbot, page, CY)
    assert tabs(page)[1:] == ["Workspaces: 0", "Answers: 0", "Access: 0", "Coach: 0"]
    for part in page.parts.all[1:]:
        assert part.sheet.currentWidget() is part.sheet.nothing


def test_since_when_somebody_is_inactive_stands_there(qtbot: QtBot, page: StudentPage) -> None:
    show(qtbot, page, StudentId("s4"))
    assert "Inactive since" in page.facts.text()
    assert "(120 days)" in page.facts.text()


def test_moments_are_those_of_this_computers_clock(page: StudentPage) -> None:
    work = page.parts.work.rows.shown[0]
    assert cells_of(page.parts.work.table, 0)["completed"] == moment(work.result.completed_at)


# Searching


def test_the_search_is_for_the_part_in_view(page: StudentPage) -> None:
    page.parts.setCurrentWidget(page.parts.access)
    page.focus_search()
    QTest.keyClicks(page.search, "project")
    assert tabs(page) == ["Progress: 2", "Workspaces: 1", "Answers: 2", "Access: 2 of 4", "Coach: 1"]
    page.parts.setCurrentWidget(page.parts.answers)
    assert tabs(page) == ["Progress: 2", "Workspaces: 1", "Answers: 0 of 2", "Access: 4", "Coach: 1"]
    page.search.clear()
    assert tabs(page)[2] == "Answers: 2"


def test_all_of_an_answer_is_searched(page: StudentPage) -> None:
    page.parts.setCurrentWidget(page.parts.answers)
    page.search.setText("reason")
    assert column_of(page.parts.answers.table, "answer") == ["forty-two…"]


def test_the_part_in_view_is_remembered(qtbot: QtBot, desk: Desk) -> None:
    memory = memory_of(desk)
    first = StudentPage(desk, memory)
    qtbot.addWidget(first)
    first.parts.setCurrentIndex(3)
    second = StudentPage(desk, memory)
    qtbot.addWidget(second)
    assert second.parts.currentIndex() == 3


# Going back and on


def test_escape_first_clears_the_search_and_then_goes_back(qtbot: QtBot, page: StudentPage) -> None:
    page.focus_search()
    QTest.keyClicks(page.search, "x")
    with qtbot.assertNotEmitted(page.closed):
        QTest.keyClick(page.search, Qt.Key.Key_Escape)
    assert page.search.text() == ""
    with qtbot.waitSignal(page.closed):
        QTest.keyClick(page.search, Qt.Key.Key_Escape)


def test_alt_left_and_the_button_go_back(qtbot: QtBot, page: StudentPage) -> None:
    page.parts.enter()
    with qtbot.waitSignal(page.closed):
        QTest.keyClick(page.parts.work.table, Qt.Key.Key_Left, ALT)
    with qtbot.waitSignal(page.closed):
        QTest.mouseClick(page.back, Qt.MouseButton.LeftButton)


def test_next_and_previous_follow_the_order_of_the_list(qtbot: QtBot, page: StudentPage) -> None:
    show(qtbot, page, BO, (CY, BO, ADA))
    QTest.mouseClick(page.next, Qt.MouseButton.LeftButton)
    settle(qtbot, page)
    assert (page.name.text(), page.next.isEnabled(), page.previous.isEnabled()) == ("Ada Example", False, True)
    for _ in range(2):
        QTest.keyClick(page, Qt.Key.Key_Up, ALT)
    settle(qtbot, page)
    assert (page.name.text(), page.next.isEnabled(), page.previous.isEnabled()) == ("Cy Specimen", True, False)
    assert page.student == CY


def test_without_an_order_there_is_no_next(qtbot: QtBot, page: StudentPage) -> None:
    assert not page.next.isEnabled()
    assert not page.previous.isEnabled()


# Reading


def test_an_answer_that_comes_late_is_not_shown(qtbot: QtBot, page: StudentPage, held: HeldLibrary) -> None:
    held.gates[BO] = threading.Event()
    page.show_student(COURSE, BO)
    page.show_student(COURSE, CY)
    qtbot.waitUntil(lambda: page.name.text() == "Cy Specimen")
    held.gates[BO].set()
    settle(qtbot, page)
    assert page.name.text() == "Cy Specimen"


def test_the_page_says_that_it_reads_only_when_that_takes_long(
    qtbot: QtBot, page: StudentPage, held: HeldLibrary
) -> None:
    held.gates[BO] = threading.Event()
    page.show_student(COURSE, BO)
    assert page.parts.isVisible()
    qtbot.waitUntil(lambda: not page.parts.isVisible())
    assert page._waiting.text() == "Reading ..."
    assert (page.name.text(), page.export.isEnabled()) == ("", False)
    held.gates[BO].set()
    settle(qtbot, page)
    assert (page.name.text(), page.export.isEnabled()) == ("Bo Sample", True)
    assert page.parts.isVisible()


def test_whoever_is_opened_from_the_list_is_not_mixed_with_the_one_before(
    qtbot: QtBot, page: StudentPage, held: HeldLibrary
) -> None:
    page.hide()
    held.gates[BO] = threading.Event()
    page.show_student(COURSE, BO)
    page.show()
    assert page.name.text() == ""
    assert not page.parts.isVisible()


def test_nobody_by_this_id_is_said_in_words(qtbot: QtBot, page: StudentPage) -> None:
    show(qtbot, page, StudentId("nobody"))
    assert "There is no student nobody" in page._waiting.text()
    assert page._waiting.isVisible()
    assert not page.export.isEnabled()


def test_a_fault_of_ours_is_told_to_the_window(
    qtbot: QtBot, page: StudentPage, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk.program.library, "student", None)
    with qtbot.waitSignal(desk.went_wrong):
        page.show_student(COURSE, BO)
    assert page._waiting.text() == "This student could not be read."


def test_a_refresh_keeps_what_is_selected_and_searched(
    qtbot: QtBot, page: StudentPage, program: Program, tmp_path: Path
) -> None:
    page.parts.setCurrentWidget(page.parts.answers)
    page.search.setText("forty")
    page.parts.answers.table.selectRow(1)
    builder = course_with_people(tmp_path / "again")
    builder.add("answers", student="s1", assignment="a1", assessment="q0", attempt="1", answer="forty-three")
    bring_in(program, builder)
    page.refresh()
    settle(qtbot, page)
    assert len(column_of(page.parts.answers.table, "answer")) == 3
    assert [sight.line.answer.attempt for sight in page.parts.answers.table.chosen()] == [2]
    assert "\nforty-two\n" in page.parts.answers.pane.toPlainText()


def test_a_refresh_of_what_is_as_it_was_touches_nothing(qtbot: QtBot, page: StudentPage) -> None:
    shown = [part.rows.shown for part in page.parts.all]
    page.refresh()
    settle(qtbot, page)
    assert all(part.rows.shown is before for part, before in zip(page.parts.all, shown, strict=True))


def test_the_next_student_has_nothing_selected(qtbot: QtBot, page: StudentPage) -> None:
    page.parts.work.table.selectAll()
    show(qtbot, page, BO)
    assert page.parts.work.table.chosen_count() == 0


def test_the_focus_goes_to_the_table_once_it_is_there(qtbot: QtBot, page: StudentPage) -> None:
    page.setFocus()
    show(qtbot, page, BO)
    assert page.parts.work.table.hasFocus()


# Exporting


def asked_by(page: StudentPage) -> list[tuple[Any, ...]]:
    asked: list[tuple[Any, ...]] = []

    def note(*what: Any) -> None:
        asked.append(what)

    page.asked_export.connect(note)
    return asked


def test_the_students_data_are_exported(page: StudentPage) -> None:
    asked = asked_by(page)
    page.export_selection()
    assert asked == [("student", None, (ADA,))]


class ChoosesStudents(Options):
    students: StudentChoice = Field(default=None, title="Students", description="Which ones.")


@pytest.mark.qt_log_ignore("does not support")  # what a screen that nobody sees says of menus
def test_of_several_kinds_one_is_chosen(qtbot: QtBot, desk: Desk, page: StudentPage) -> None:
    know(desk.program, OddKind(writes=lambda course, out, meter: None, Options=ChoosesStudents))
    page.refresh()
    settle(qtbot, page)
    asked = asked_by(page)
    QTest.mouseClick(page.export, Qt.MouseButton.LeftButton)
    listed = words_of(page._menu.actions())
    assert listed[0] == "Export student data of Ada Example..."
    assert listed[-1] == "Export odd data of Ada Example..."
    page._menu.actions()[-1].trigger()
    page._menu.close()
    assert asked == [("odd", None, (ADA,))]


def test_a_teachers_data_are_not_exported(qtbot: QtBot, page: StudentPage) -> None:
    asked = asked_by(page)
    show(qtbot, page, TEA)
    assert not page.export.isEnabled()
    assert page.export.toolTip() == "Only students' data can be exported."
    page.export_selection()
    assert not asked
