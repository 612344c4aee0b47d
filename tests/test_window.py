"""The whole window, as a teacher goes through it from the first start on."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from bringing import drop, in_front, looked
from building import CourseBuilder
from exporting import OddKind, bring_in, drafts_in, names_in, odd_request, small_disk
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QPushButton
from pytestqt.qtbot import QtBot
from touring import opened_window, request, sample_in, settled, until
from windowing import Gate, know

from exportmanager.core.ledger import JobState
from exportmanager.program import Program
from exportmanager.resources_dir import sample_course
from exportmanager.ui.memory import remembered
from exportmanager.ui.window import MainWindow


@pytest.fixture
def window(qtbot: QtBot, program: Program) -> Iterator[MainWindow]:
    """The window on a library that has no course yet."""
    with opened_window(program) as window:
        yield window


def press(qtbot: QtBot, button: Any) -> None:
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)  # type: ignore[no-untyped-call]


def button(parent: Any, words: str) -> QPushButton:
    """The button with these words, on screen."""
    found: list[QPushButton] = parent.findChildren(QPushButton)
    return next(made for made in found if made.isVisible() and made.text().replace("&", "") == words)


def said(window: MainWindow) -> str:
    """What the bars in the window say."""
    return " | ".join(bar.accessibleName() for bar in window.notices.bars)


def test_the_first_start_offers_the_sample_course_and_shows_it(qtbot: QtBot, window: MainWindow) -> None:
    assert window.welcome.isVisible()
    assert not window.courses.isVisible()
    press(qtbot, button(window.welcome, "Open the sample course"))
    until(lambda: window.page.sight is not None)
    assert window.page.isVisible()
    assert window.page.sight is not None
    assert window.page.sight.overview.info.title == "Introduction to Programming"
    assert len(window.page.sight.overview.students) == 28
    assert window.courses.isVisible()


def test_two_dropped_course_folders_come_in_as_two_courses(window: MainWindow, tmp_path: Path) -> None:
    for number in (1, 2):
        builder = CourseBuilder(tmp_path / f"course {number}")
        builder.course |= {"id": f"c{number}", "title": f"Course {number}"}
        builder.write()
    drop(window, tmp_path / "course 1", tmp_path / "course 2")
    dialog = in_front(window)
    looked(dialog.looking)
    dialog.go_on()
    dialog.bring_in()
    until(lambda: len(window.desk.program.library.course_ids()) == 2)
    until(lambda: not window.desk.is_busy)
    settled(window)
    assert "Course 1 came in" in said(window)
    assert "Course 2 came in" in said(window)


def test_what_is_no_course_is_said_in_words_and_nothing_is_taken_in(window: MainWindow, tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    drop(window, tmp_path / "photos")
    dialog = in_front(window)
    looked(dialog.looking)
    (piece,) = dialog.pieces.rows.shown
    assert piece.problem
    assert not dialog.next_button.isEnabled()
    dialog.reject()
    assert window.desk.program.library.course_ids() == set()


def test_an_export_that_another_process_made_appears_by_itself(
    window: MainWindow, second: Program, tmp_path: Path
) -> None:
    bring_in(second, tmp_path / "course")
    until(lambda: window.page.isVisible() and window.page.sight is not None)
    second.exporter.run(second.exporter.submit(request(second, next(iter(second.library.course_ids())))))
    until(lambda: any(entry.job for entry in window.shelf.model.entries))


@pytest.fixture
def busy(qtbot: QtBot, window: MainWindow, program: Program, tmp_path: Path) -> Iterator[Gate]:
    """An export that is under way in the window."""
    bring_in(program, tmp_path / "course")
    gate = Gate()
    know(program, OddKind(gate))
    window.desk.queue.submit(odd_request())
    until(gate.began.is_set)
    yield gate
    gate.open.set()


def question(window: MainWindow) -> QMessageBox:
    until(lambda: window.findChild(QMessageBox) is not None)
    box = window.findChild(QMessageBox)
    assert box is not None
    return box


def test_closing_with_a_running_job_asks_and_keep_working_keeps_it(
    qtbot: QtBot, window: MainWindow, busy: Gate
) -> None:
    window.close()
    assert window.isVisible()
    box = question(window)
    assert box.text() == "Still running: 1 export"
    press(qtbot, button(box, "Keep working"))
    assert window.isVisible()
    busy.open.set()
    until(lambda: not window.desk.is_busy)
    assert window.desk.program.ledger.jobs()[0].state is JobState.EXPORTED


def test_stop_and_close_leaves_nothing_and_the_ledger_says_so(
    qtbot: QtBot, window: MainWindow, program: Program, busy: Gate
) -> None:
    window.close()
    with qtbot.waitSignal(window.closed, timeout=2_000):
        press(qtbot, button(question(window), "Stop and close"))
    assert not window.isVisible()
    assert program.ledger.jobs()[0].state is JobState.CANCELLED
    assert names_in(program.shelf.folder) == drafts_in(program.shelf.folder) == []


def test_an_export_that_a_crash_cut_short_is_offered_again_and_runs(
    qtbot: QtBot, program: Program, tmp_path: Path
) -> None:
    course = bring_in(program, tmp_path / "course")
    ticket = program.exporter.submit(request(program, course))
    program.ledger.start(ticket.job.id)
    ticket.draft.release()  # as the system does when a process dies
    with opened_window(program) as window:
        window.desk.tidy()
        until(lambda: program.ledger.job(ticket.job.id).state is JobState.INTERRUPTED)
        until(lambda: bool(window.notices.bars))
        press(qtbot, button(window.notices, "Run again"))
        until(lambda: program.ledger.jobs()[0].state is JobState.EXPORTED)
        assert [job.state for job in program.ledger.shelf()] == [JobState.EXPORTED]


def test_a_full_disk_is_said_in_words_and_leaves_nothing(qtbot: QtBot, clock: Any, tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "40m") as disk:
        program = Program(disk / "library", clock)
        try:
            course = bring_in(program, tmp_path / "course")
            (disk / "others").write_bytes(bytes(12 << 20))
            with opened_window(program) as window:
                window.desk.queue.submit(request(program, course))
                until(lambda: program.ledger.jobs() and program.ledger.jobs()[0].state is JobState.FAILED)
                settled(window)
                (row,) = window.shelf.list.rows.values()
                assert "no room" in row.accessibleName()
                assert names_in(program.shelf.folder) == drafts_in(program.shelf.folder) == []
        finally:
            program.close()


def test_an_expired_file_is_taken_away_while_the_window_is_open(
    qtbot: QtBot, program: Program, clock: Any, tmp_path: Path
) -> None:
    course = bring_in(program, tmp_path / "course")
    program.exporter.run(program.exporter.submit(request(program, course)))
    with opened_window(program) as window:
        clock.forward(days=8)
        window.desk.heartbeat._pulse._now = clock.now  # it went by second by second, and the heart beat all along
        window.desk.heartbeat.hour.emit()
        until(lambda: program.ledger.jobs()[0].state is JobState.EXPIRED)
        until(lambda: not window.shelf.model.entries)
    assert names_in(program.shelf.folder) == []


def test_a_file_that_expired_while_the_laptop_slept_is_shown_first_and_goes_a_day_later(
    qtbot: QtBot, program: Program, clock: Any, tmp_path: Path
) -> None:
    course = bring_in(program, tmp_path / "course")
    program.exporter.run(program.exporter.submit(request(program, course)))
    with opened_window(program) as window:
        clock.forward(days=9)
        with qtbot.waitSignal(window.desk.tidied):
            window.desk.heartbeat.beat()
        job = program.ledger.jobs()[0]
        assert (job.state, job.overdue_seen_at) == (JobState.EXPORTED, clock.now)
        settled(window)
        (row,) = window.shelf.list.rows.values()
        assert "overdue" in row.accessibleName()


def test_the_window_remembers_its_place_the_course_and_the_tab(qtbot: QtBot, program: Program, tmp_path: Path) -> None:
    bring_in(program, tmp_path / "one")
    course = sample_in(program)
    with opened_window(program) as window:
        window.courses.select(course)
        until(lambda: window.page.sight is not None and window.page.sight.overview.info.id == course)
        window.page.show_tab(2)
        window.resize(800, 611)  # the screen without a screen has no more
    values = remembered(program)
    assert values["tab"] == 2
    with opened_window(program, size=(800, 700)) as again:
        again._restore()
        assert (again.width(), again.height()) == (800, 611)
        until(lambda: again.page.sight is not None)
        assert again.page.sight.overview.info.id == course
        assert again.page.tabs.currentIndex() == 2


def test_a_bug_in_the_window_is_said_with_a_report_and_the_window_goes_on(window: MainWindow) -> None:
    window.went_wrong("showing the students", ZeroDivisionError("Student Seven"))
    assert "went wrong" in said(window)
    assert "Student Seven" not in said(window)
    assert button(window.notices, "Copy report").isEnabled()


def test_the_sample_course_that_was_copied_elsewhere_imports_the_same(window: MainWindow, tmp_path: Path) -> None:
    sample_in(window.desk.program)
    shutil.copytree(sample_course(), tmp_path / "copy")
    drop(window, tmp_path / "copy")
    until(lambda: bool(window.notices.bars))
    assert "in the library already" in said(window)
