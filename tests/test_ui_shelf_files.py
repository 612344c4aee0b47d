"""What a teacher does with finished exports in the window: look, copy, verify, keep, remove, be told."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import Clock
from exporting import OddKind, file_of, names_in, sha256
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot
from shelving import Shelving, course_with_gaps, shelving
from windowing import Gate, desk_on, know

from exportmanager.core.ledger import Job, JobState
from exportmanager.program import Program
from exportmanager.ui import copies, shelf_actions, telling
from exportmanager.ui.shelf_look import Do
from exportmanager.ui.shelf_row import ShelfRow

NAME = "SMALL Coursework data 2026-03-02.zip"


@pytest.fixture
def shelf(qtbot: QtBot, program: Program, tmp_path: Path) -> Iterator[Shelving]:
    program.bring_in("folder", str(course_with_gaps(tmp_path / "course")))
    with desk_on(program) as desk:
        yield shelving(qtbot, program, desk)


@pytest.fixture
def row(shelf: Shelving) -> ShelfRow:
    return shelf.finished()


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """What was shown in a file manager."""
    shown: list[Path] = []
    for module in (shelf_actions, copies, telling):
        monkeypatch.setattr(module, "show_in_folder", shown.append)
    return shown


def job_of(shelf: Shelving) -> Job:
    return shelf.program.ledger.jobs()[0]


def test_a_file_is_opened_with_the_systems_program_for_it(
    shelf: Shelving, row: ShelfRow, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Path] = []

    def open_file(path: Path) -> bool:
        opened.append(path)
        return len(opened) < 2

    monkeypatch.setattr(shelf_actions, "open_file", open_file)
    shelf.press(row, Do.OPEN)
    shelf.qtbot.waitUntil(lambda: opened == [file_of(shelf.program, job_of(shelf))])
    shelf.press(row, Do.OPEN)
    shelf.notice("This computer has no program for such a file")


def test_a_file_is_shown_in_its_folder(shelf: Shelving, row: ShelfRow, shown: list[Path]) -> None:
    shelf.choose(row, Do.SHOW)
    shelf.qtbot.waitUntil(lambda: shown == [file_of(shelf.program, job_of(shelf))])


def test_its_checksum_goes_to_the_clipboard_and_a_notice_says_so(shelf: Shelving, row: ShelfRow) -> None:
    shelf.choose(row, Do.CHECKSUM)
    assert QGuiApplication.clipboard().text() == sha256(file_of(shelf.program, job_of(shelf)))
    shelf.notice(f"The SHA-256 of {NAME} is on the clipboard")


def test_a_copy_is_saved_where_the_teacher_says(
    shelf: Shelving, row: ShelfRow, tmp_path: Path, shown: list[Path]
) -> None:
    target = tmp_path / "stick"
    target.mkdir()
    shelf.program.change_settings("saving", {"save_folder": str(target)})
    shelf.press(row, Do.SAVE)
    shelf.qtbot.waitUntil(lambda: bool(shelf.window.findChildren(QFileDialog)))
    dialog = shelf.window.findChildren(QFileDialog)[0]
    assert Path(dialog.directory().path()) == target
    dialog.accept()
    notice = shelf.notice(f"Copy saved: {NAME}")
    assert sha256(target / NAME) == sha256(file_of(shelf.program, job_of(shelf)))
    shelf.answer(notice, "Show in folder")
    assert shown == [target / NAME]


def test_a_copy_has_a_row_with_a_bar_and_stop(
    shelf: Shelving, row: ShelfRow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = Gate()

    def slow_copy(path: Path, file: object, target: Path, meter: object, *, replace: bool) -> None:
        gate(None, None, meter)  # type: ignore[arg-type]

    monkeypatch.setattr("exportmanager.jobs.desk.save_copy", slow_copy)
    task = shelf.desk.save_copy(job_of(shelf), tmp_path, "Saving a copy of it")
    copying = shelf.panel.list.rows[task.key]
    shelf.qtbot.waitUntil(lambda: copying.facts.text().startswith("46 %"))
    assert copying.title.text() == "Saving a copy of it"
    assert shelf.rows == [copying, row]
    shelf.press(copying, Do.STOP)
    shelf.notice("Saving a copy was stopped.")
    assert shelf.rows == [row]


def test_a_whole_file_is_said_to_be_whole(shelf: Shelving, row: ShelfRow) -> None:
    shelf.choose(row, Do.VERIFY)
    notice = shelf.notice("Coursework data · SMALL is whole: ")
    assert "files read back, each as it was." in notice.text


def test_a_damaged_file_is_named_as_a_loss_that_stays_on_screen(shelf: Shelving, row: ShelfRow) -> None:
    path = file_of(shelf.program, job_of(shelf))
    data = bytearray(path.read_bytes())
    data[len(data) // 3] ^= 0xFF
    path.write_bytes(data)
    shelf.choose(row, Do.VERIFY)
    notice = shelf.notice("Coursework data · SMALL is damaged: Its SHA-256 is not the one it was made with.")
    assert notice.mood == "loss"
    assert NAME in notice.details
    assert "Do not rely on this file." in notice.next_step
    assert row.facts.text().startswith("Damaged")
    assert "Damaged" in row.accessibleName()
    data[len(data) // 3] ^= 0xFF
    path.write_bytes(data)
    shelf.choose(row, Do.VERIFY)
    shelf.notice("Coursework data · SMALL is whole: ")
    assert "Damaged" not in row.accessibleName()


# Until when


def test_keep_longer_adds_the_shelfs_days_and_can_be_undone(shelf: Shelving, row: ShelfRow) -> None:
    before = job_of(shelf).expires_at
    shelf.choose(row, Do.KEEP_LONGER)
    shelf.qtbot.waitUntil(lambda: row.side.text() == "removed in 14 days")
    shelf.answer(shelf.notice(f"{NAME} is kept until "), "Undo")
    shelf.qtbot.waitUntil(lambda: row.side.text() == "removed in 7 days")
    assert job_of(shelf).expires_at == before


def test_a_file_can_be_kept_until_the_teacher_removes_it(shelf: Shelving, row: ShelfRow) -> None:
    shelf.choose(row, Do.KEEP)
    shelf.qtbot.waitUntil(lambda: row.side.text() == "kept until you remove it")
    assert row.look is not None
    assert not {Do.KEEP, Do.KEEP_LONGER} & row.look.can


def test_words_stay_true_while_the_window_is_open(shelf: Shelving, row: ShelfRow, clock: Clock) -> None:
    clock.forward(days=4)
    shelf.panel.minute.setInterval(1)
    shelf.qtbot.waitUntil(lambda: row.side.text() == "removed in 3 days")
    clock.forward(days=2, hours=12)
    shelf.qtbot.waitUntil(lambda: row.side.text() == "Soon: removed in 12 hours")
    assert row.side_mark.isVisible()
    assert row.buttons[Do.KEEP_LONGER].isVisible()


def test_what_is_overdue_says_so_and_keep_longer_counts_from_now(shelf: Shelving, row: ShelfRow, clock: Clock) -> None:
    clock.forward(days=10)
    shelf.desk.heartbeat.beat()  # it notices that nobody was looking
    shelf.panel.show_time()
    shelf.qtbot.waitUntil(lambda: row.side.text().startswith("overdue, removed after"))
    shelf.qtbot.waitUntil(row.buttons[Do.KEEP_LONGER].isVisible)
    shelf.press(row, Do.KEEP_LONGER)
    shelf.qtbot.waitUntil(lambda: row.side.text() == "removed in 7 days")


# Removing


def test_a_removed_file_can_be_taken_back_for_a_while(shelf: Shelving, row: ShelfRow) -> None:
    shelf.choose(row, Do.REMOVE)
    assert row.side.text() == "Removed"
    assert shelf.panel.summary.text() == ""
    shelf.press(row, Do.UNDO)
    assert row.side.text() == "removed in 7 days"
    assert file_of(shelf.program, job_of(shelf)).exists()


def test_a_removed_file_goes_after_a_while(shelf: Shelving, row: ShelfRow) -> None:
    shelf.panel.shelf_actions.removals.undo_for = 1
    shelf.choose(row, Do.REMOVE)
    shelf.wait_for_rows(0)
    assert job_of(shelf).state is JobState.REMOVED
    assert names_in(shelf.program.shelf.folder) == []


def test_what_was_removed_goes_when_the_window_closes(shelf: Shelving, row: ShelfRow, second: Program) -> None:
    shelf.choose(row, Do.REMOVE)
    shelf.panel.finish()
    shelf.desk.close()
    assert second.ledger.jobs()[0].state is JobState.REMOVED
    assert names_in(second.shelf.folder) == []


def test_a_file_that_is_not_ours_is_left_alone_and_the_teacher_is_told(shelf: Shelving, row: ShelfRow) -> None:
    path = file_of(shelf.program, job_of(shelf))
    path.write_bytes(b"somebody else's")
    shelf.panel.shelf_actions.removals.undo_for = 1
    shelf.choose(row, Do.REMOVE)
    shelf.notice(f"{NAME} is not as it was written (changed, or damaged), so it was left in the shelf's folder.")
    assert path.read_bytes() == b"somebody else's"
    shelf.qtbot.waitUntil(lambda: row.facts.text().startswith("File is missing"))


# Being told


def test_in_front_the_window_says_that_an_export_is_ready(shelf: Shelving, shown: list[Path]) -> None:
    shelf.finished()
    notice = shelf.notice("Coursework data of SMALL is on the shelf: ")
    assert notice.text.endswith(", 3 of 4 students, 1 gap")
    assert notice.mood == "info"  # not "good": something is missing
    assert shelf.desktop.told == []
    shelf.answer(notice, "Show in folder")
    shelf.qtbot.waitUntil(lambda: shown == [file_of(shelf.program, job_of(shelf))])


def test_out_of_sight_the_desktop_says_it_too_and_a_click_shows_the_file(shelf: Shelving, shown: list[Path]) -> None:
    shelf.window.hide()
    shelf.export()
    shelf.qtbot.waitUntil(lambda: bool(shelf.desktop.told), timeout=20_000)
    title, text, path = shelf.desktop.told[0]
    assert title == "Coursework data of SMALL is on the shelf"
    assert "1 gap" in text
    shelf.desktop.clicked.emit(path)
    assert shown == [file_of(shelf.program, job_of(shelf))]


@pytest.mark.parametrize(("setting", "bars", "notifications"), [("window", 1, 0), ("none", 0, 0), ("desktop", 1, 1)])
def test_the_settings_say_where_a_teacher_is_told(shelf: Shelving, setting: str, bars: int, notifications: int) -> None:
    shelf.program.change_settings("window", {"notifications": setting})
    shelf.window.hide()
    with shelf.qtbot.waitSignal(shelf.desk.queue.ended, timeout=20_000):
        shelf.export()
    shelf.qtbot.waitUntil(lambda: not shelf.desk.background.is_busy)
    assert (len(shelf.notices.bars), len(shelf.desktop.told)) == (bars, notifications)


def test_one_export_can_be_silent(shelf: Shelving) -> None:
    with shelf.qtbot.waitSignal(shelf.desk.queue.ended, timeout=20_000):
        shelf.export(notify=False)
    shelf.qtbot.waitUntil(lambda: not shelf.desk.background.is_busy)
    assert shelf.notices.bars == ()


def test_a_mistake_in_the_program_gives_a_report_to_copy(shelf: Shelving) -> None:
    def broken(course: object, out: object, meter: object) -> None:
        raise ZeroDivisionError

    know(shelf.program, OddKind(broken))
    shelf.export("odd", notify=False)
    notice = shelf.notice("Something in this program went wrong while exporting.")
    assert "ZeroDivisionError" in notice.details
