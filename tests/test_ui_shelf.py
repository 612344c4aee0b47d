"""The shelf in the window, as a teacher goes about it: real exports, real files, real threads."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from exporting import COURSE, OddKind, file_of, odd_request
from pytestqt.qtbot import QtBot
from shelving import Shelving, course_with_gaps, shelving
from windowing import Gate, desk_on, know

from exportmanager.core.course import Course
from exportmanager.core.errors import Cancelled, NoRoom
from exportmanager.core.ledger import JobState
from exportmanager.core.meter import Meter
from exportmanager.core.run import ExportRequest
from exportmanager.program import Program
from exportmanager.ui.details import DetailsDialog
from exportmanager.ui.gaps import GapsDialog
from exportmanager.ui.shelf_look import Do


@pytest.fixture
def shelf(qtbot: QtBot, program: Program, tmp_path: Path) -> Iterator[Shelving]:
    program.bring_in("folder", str(course_with_gaps(tmp_path / "course")))
    with desk_on(program) as desk:
        yield shelving(qtbot, program, desk)


def coursework(program: Program) -> ExportRequest:
    return ExportRequest("coursework", COURSE, program.kinds["coursework"].Options())


def test_an_empty_shelf_says_what_it_is_for(shelf: Shelving) -> None:
    assert shelf.panel.list.empty.isVisible()
    assert shelf.panel.list.empty.text() == "Exports appear here and stay for 7 days."
    assert shelf.panel.summary.text() == ""


def test_an_export_goes_from_a_bar_to_a_finished_row_that_says_what_it_holds(shelf: Shelving) -> None:
    gate = Gate()
    know(shelf.program, OddKind(gate))
    shelf.export("odd")
    row = shelf.wait_for_rows(1)[0]
    shelf.qtbot.waitUntil(lambda: row.facts.text() == "46 %  ·  Packing loops/student-07")
    assert row.title.text() == "Odd data · SMALL"
    assert row.bar.isVisible()
    assert row.bar.value() == 460
    assert row.bar.accessibleName() == "Progress of Odd data · SMALL"
    assert shelf.panel.summary.text() == "1 running"
    gate.open.set()
    shelf.qtbot.waitUntil(lambda: not row.bar.isVisible())
    assert shelf.rows == [row]  # the very same widget
    assert row.facts.text() == "4 bytes  ·  complete: 1 of 1 things"
    assert row.side.text() == "removed in 7 days"
    assert row.toolTip() == "SMALL Odd data 2026-03-02.bin"
    assert shelf.panel.summary.text() == "1 ready · 4 bytes"


def test_a_stage_that_has_no_total_has_a_bar_without_a_percentage(shelf: Shelving) -> None:
    gate = Gate()

    def counting(course: Course, out: Any, meter: Meter) -> None:
        meter.stage("Counting")
        while not gate.open.wait(0.001):
            meter.advance(1, "answers")

    know(shelf.program, OddKind(counting))
    shelf.export("odd")
    row = shelf.wait_for_rows(1)[0]
    shelf.qtbot.waitUntil(lambda: row.facts.text() == "Counting answers")
    assert row.bar.maximum() == 0
    gate.open.set()
    shelf.qtbot.waitUntil(lambda: not row.bar.isVisible())


def test_an_export_with_gaps_is_not_complete_and_names_them(shelf: Shelving) -> None:
    row = shelf.finished()
    assert row.look is not None
    assert (row.look.mark, row.look.mark_colour) == ("gap", "warning")
    assert "complete" not in row.accessibleName()
    assert row.gaps.text() == "1 gap"
    shelf.press(row, Do.GAPS)
    dialog = shelf.window.findChildren(GapsDialog)[0]
    missing, left_out = dialog.lists
    texts = [[str(part.rows.index(0, n).data()) for n in range(3)] for part in (missing, left_out)]
    assert "Cy Specimen" in texts[0][0]
    assert texts[0][2]
    assert "Di Sleeper" in texts[1][0]
    dialog.reject()


def test_stop_ends_an_export_and_run_again_makes_it(shelf: Shelving) -> None:
    gate = Gate()
    know(shelf.program, OddKind(gate))
    shelf.export("odd")
    row = shelf.wait_for_rows(1)[0]
    shelf.qtbot.waitUntil(gate.began.is_set)
    shelf.press(row, Do.STOP)
    assert row.facts.text() == "Stopping"
    assert not row.buttons[Do.STOP].isEnabled()
    shelf.qtbot.waitUntil(lambda: row.facts.text() == "Stopped")
    gate.open.set()
    shelf.press(row, Do.AGAIN)
    shelf.qtbot.waitUntil(lambda: len(shelf.rows) == 1 and shelf.rows[0].side.text() == "removed in 7 days")
    assert shelf.rows[0] is not row


def test_what_waits_says_so_and_begins_when_another_ends(shelf: Shelving) -> None:
    gate = Gate()
    know(shelf.program, OddKind(gate))
    for _ in range(5):
        shelf.export("odd")
    rows = shelf.wait_for_rows(5)
    shelf.qtbot.waitUntil(lambda: rows[0].facts.text().startswith("46 %"))
    assert rows[4].facts.text() == "Waiting for another export to end"
    assert not rows[4].bar.isVisible()
    gate.open.set()
    shelf.qtbot.waitUntil(lambda: shelf.panel.summary.text().startswith("5 ready"))


def test_a_failed_export_says_why_and_what_to_do_and_can_be_dismissed(shelf: Shelving) -> None:
    def full(course: Course, out: Any, meter: Meter) -> None:
        raise NoRoom("The disk became full.", "Make room on it.")

    know(shelf.program, OddKind(full))
    shelf.export("odd")
    row = shelf.wait_for_rows(1)[0]
    shelf.qtbot.waitUntil(lambda: Do.DISMISS in row.buttons)
    assert row.facts.text() == "Did not work: The disk became full. Make room on it."
    shelf.press(row, Do.DETAILS)
    dialog = shelf.window.findChildren(DetailsDialog)[0]
    assert "The disk became full." in dialog.details.toPlainText()
    dialog.reject()
    shelf.press(row, Do.DISMISS)
    shelf.wait_for_rows(0)
    assert shelf.program.ledger.jobs()[0].state is JobState.FAILED


def test_the_details_of_a_finished_export_tell_what_its_report_notes(shelf: Shelving) -> None:
    shelf.export("coach-logs", privacy="pseudonymous")
    row = shelf.wait_for_rows(1)[0]
    shelf.qtbot.waitUntil(lambda: Do.OPEN in row.buttons)
    shelf.choose(row, Do.DETAILS)
    lines = shelf.window.findChildren(DetailsDialog)[0].details.toPlainText().splitlines()
    report = shelf.program.ledger.jobs()[0].report
    assert report is not None
    assert any("pseudonymous" in note for note in report.notes)
    assert [line for line in lines if line.startswith("Note: ")] == [f"Note: {note}" for note in report.notes]
    assert any(line.startswith("Holds: ") for line in lines)


def test_a_file_that_was_taken_away_by_hand_is_said_to_be_missing(shelf: Shelving) -> None:
    row = shelf.finished()
    file_of(shelf.program, shelf.program.ledger.jobs()[0]).unlink()
    shelf.press(row, Do.OPEN)
    shelf.notice("SMALL Coursework data 2026-03-02.zip is not on the shelf any more.")
    shelf.qtbot.waitUntil(lambda: row.facts.text().startswith("File is missing"))
    assert row.look is not None
    assert Do.AGAIN in row.look.can


def test_what_another_process_exports_stands_here_too_and_can_be_stopped(shelf: Shelving, second: Program) -> None:
    gate = Gate()
    know(second, OddKind(gate))
    ticket = second.exporter.submit(odd_request())
    other = ThreadPoolExecutor(1).submit(second.exporter.run, ticket)
    row = shelf.wait_for_rows(1)[0]
    assert row.facts.text() == "Running outside this window"
    shelf.press(row, Do.STOP)
    assert row.facts.text() == "Stopping"
    shelf.qtbot.waitUntil(lambda: row.facts.text() == "Stopped")
    assert isinstance(other.exception(), Cancelled)


def test_stopping_what_a_dead_process_left_says_that_it_was_interrupted(shelf: Shelving, second: Program) -> None:
    ticket = second.exporter.submit(coursework(second))
    row = shelf.wait_for_rows(1)[0]
    ticket.draft.release()  # as the system does when its process dies
    shelf.press(row, Do.STOP)
    shelf.qtbot.waitUntil(lambda: row.facts.text().startswith("Interrupted"))


def test_what_a_crash_interrupted_is_offered_again(shelf: Shelving) -> None:
    for _ in range(2):
        shelf.program.exporter.submit(coursework(shelf.program)).draft.release()
    shelf.desk.tidy()
    notice = shelf.notice("2 exports were interrupted")
    assert notice.next_step == "Coursework data · SMALL, Coursework data · SMALL"
    shelf.answer(notice, "Run again")
    shelf.qtbot.waitUntil(lambda: shelf.panel.summary.text().startswith("2 ready"), timeout=20_000)
    shelf.wait_for_rows(2)
