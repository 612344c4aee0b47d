"""Past exports in the export dialog: what became of each, opened, copied and run again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from asking import Asking, Everything, asking
from exporting import COURSE, bring_in, export, file_of, sha256
from PySide6.QtCore import QObject, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLineEdit
from pytestqt.qtbot import QtBot
from windowing import choose

from exportmanager.core.errors import BadOptions, ProblemForTeacher
from exportmanager.core.ledger import Job, JobState
from exportmanager.core.options import checked, fields_of
from exportmanager.core.run import ExportRequest
from exportmanager.jobs.runs import Outcome
from exportmanager.program import Program
from exportmanager.ui import past_exports
from exportmanager.ui.export_dialog import ExportDialog
from exportmanager.ui.job_words import options_in_words
from exportmanager.ui.past_exports import PastExports
from exportmanager.ui.words import day

FIELDS = tuple(fields_of(Everything))


@pytest.fixture
def asked(qtbot: QtBot, program: Program, tmp_path: Path) -> Iterator[Asking]:
    bring_in(program, tmp_path / "course")
    with asking(qtbot, program) as made:
        yield made


def failed(program: Program) -> Job:
    """An export that could not be made, with options of its own."""
    kind: Any = program.kinds["coursework"]
    options = kind.Options(assignments=("gone",), naming="pseudonyms")
    ticket = program.exporter.submit(ExportRequest("coursework", COURSE, options))
    with pytest.raises(ProblemForTeacher):
        program.exporter.run(ticket)
    return program.ledger.job(ticket.job.id)


def shown(asked: Asking) -> tuple[ExportDialog, PastExports]:
    """The dialog with its past exports in front."""
    dialog = asked.dialog()
    dialog.tabs.setCurrentWidget(dialog.past)
    return dialog, dialog.past


def title_of(dialog: ExportDialog) -> str:
    """What the tab of the past exports is called."""
    return dialog.tabs.tabText(dialog.tabs.indexOf(dialog.past))


def cells(past: PastExports, row: int = 0) -> dict[str, str]:
    return {column.id: column.text(past.rows.shown[row]) for column in past.rows.columns}


def enabled(past: PastExports) -> set[str]:
    return {made.text() for made in past.buttons.values() if made.isEnabled()}


def test_each_past_export_says_what_was_chosen_and_what_became_of_it(asked: Asking) -> None:
    failed(asked.program)
    done = export(asked.program, assignments=("a1",), csv="programs")
    assert done.file is not None
    dialog, past = shown(asked)
    assert title_of(dialog) == "Past exports (2)"
    newest = cells(past, 0)
    assert newest["state"] == "complete: 3 of 3 students"
    assert newest["what"] == "1 assignment, Tables: for programs"
    assert newest["until"] == "removed in 7 days"
    assert newest["size"].endswith("kB") or newest["size"].endswith("bytes")
    assert newest["who"] == done.started_by
    assert cells(past, 1)["state"] == "Did not work"
    assert cells(past, 1)["until"] == ""


def test_where_there_are_none_the_page_says_what_would_stand_there(asked: Asking) -> None:
    dialog, past = shown(asked)
    assert title_of(dialog) == "Past exports"
    assert not past.table.isVisible()
    assert enabled(past) == set()


def test_only_what_can_be_done_can_be_pressed_and_a_sentence_says_why(asked: Asking) -> None:
    failed(asked.program)
    export(asked.program)
    _, past = shown(asked)
    assert enabled(past) == {"Open", "Show in folder", "Save a copy...", "Run again"}
    assert past.hint.text() == ""
    past.table.selectRow(1)
    assert enabled(past) == {"Run again"}
    assert past.hint.text().startswith("Did not work: The course has no assignment with the id gone.")
    past.table.selectAll()
    assert enabled(past) == set()
    assert past.hint.text() == "Select one export to open it or to run it again."


def test_what_the_report_of_an_export_notes_is_said_of_the_selected_one(asked: Asking) -> None:
    kind = asked.program.kinds["coach-logs"]
    request = ExportRequest(kind.id, COURSE, checked(kind.Options, {"privacy": "pseudonymous"}))
    job = asked.program.exporter.run(asked.program.exporter.submit(request))
    assert job.report is not None
    dialog = asked.dialog("coach-logs")
    dialog.tabs.setCurrentWidget(dialog.past)
    said = dialog.past.hint.text()
    assert said.splitlines()[:2] == list(job.report.notes)[:2]
    assert "pseudonymous" in said


def test_one_that_is_under_way_can_only_be_waited_for(asked: Asking) -> None:
    kind = asked.program.kinds["coursework"]
    ticket = asked.program.exporter.submit(ExportRequest("coursework", COURSE, kind.Options()))
    _, past = shown(asked)
    assert cells(past)["state"] == "Waiting to begin"
    assert enabled(past) == set()
    assert past.hint.text() == "It is being exported."
    ticket.draft.discard()


class Desktop(QObject):
    """Takes the files that would be opened."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[Path] = []

    @Slot(QUrl)
    def take(self, url: QUrl) -> None:
        self.opened.append(Path(url.toLocalFile()))


@pytest.fixture
def desktop() -> Iterator[Desktop]:
    made = Desktop()
    QDesktopServices.setUrlHandler("file", made, "take")  # type: ignore[arg-type]  # the stub says bytes
    yield made
    QDesktopServices.unsetUrlHandler("file")


def test_open_opens_the_file_by_button_and_by_double_click(asked: Asking, desktop: Desktop) -> None:
    path = file_of(asked.program, export(asked.program))
    _, past = shown(asked)
    past.buttons["open"].click()
    asked.qtbot.waitUntil(lambda: desktop.opened == [path])
    place = past.table.visualRect(past.rows.index(0, 0)).center()
    QTest.mouseClick(past.table.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)
    QTest.mouseDClick(past.table.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)
    asked.qtbot.waitUntil(lambda: desktop.opened == [path, path])


def test_a_file_that_was_moved_away_is_said_and_its_row_says_so_too(asked: Asking, desktop: Desktop) -> None:
    path = file_of(asked.program, export(asked.program))
    _, past = shown(asked)
    path.unlink()
    past.buttons["open"].click()
    asked.qtbot.waitUntil(lambda: cells(past)["state"].startswith("File is missing"))
    assert "is not on the shelf any more" in str(asked.wrong[0])
    assert desktop.opened == []


def test_where_no_program_opens_it_the_folder_is_named(asked: Asking, monkeypatch: pytest.MonkeyPatch) -> None:
    path = file_of(asked.program, export(asked.program))
    monkeypatch.setattr(past_exports, "open_file", lambda path: False)
    _, past = shown(asked)
    past.buttons["open"].click()
    asked.qtbot.waitUntil(lambda: str(path.parent) in past.hint.text())
    assert past.hint.isVisible()


def test_show_in_folder_shows_the_file(asked: Asking, monkeypatch: pytest.MonkeyPatch) -> None:
    found: list[Path] = []
    monkeypatch.setattr(past_exports, "show_in_folder", found.append)
    path = file_of(asked.program, export(asked.program))
    _, past = shown(asked)
    past.buttons["folder"].click()
    asked.qtbot.waitUntil(lambda: found == [path])


def test_the_same_can_be_done_in_a_menu(asked: Asking, desktop: Desktop) -> None:
    export(asked.program)
    _, past = shown(asked)
    choose(past.menu, "Open")
    entries = [action.text() for action in past.menu.actions() if action.isEnabled()]
    assert entries == ["Open", "Show in folder", "Save a copy...", "Run again"]
    asked.qtbot.waitUntil(lambda: len(desktop.opened) == 1)


# A copy


class Copied(QObject):
    """Hears how saving a copy ended."""

    def __init__(self, asked: Asking) -> None:
        super().__init__()
        self.outcomes: list[Outcome] = []
        asked.desk.tasks.ended.connect(self._ended)

    def _ended(self, _: object, outcome: Outcome) -> None:
        self.outcomes.append(outcome)


def ask_where(asked: Asking, past: PastExports) -> QFileDialog:
    past.buttons["save"].click()
    asked.qtbot.waitUntil(lambda: past.saving.dialog is not None)
    assert past.saving.dialog is not None
    return past.saving.dialog


def test_a_copy_is_saved_where_the_teacher_says(asked: Asking, tmp_path: Path) -> None:
    folder = tmp_path / "copies"
    folder.mkdir()
    asked.program.change_settings("saving", {"save_folder": str(folder)})
    path = file_of(asked.program, export(asked.program))
    copied = Copied(asked)
    _, past = shown(asked)
    where = ask_where(asked, past)
    assert Path(where.directory().absolutePath()) == folder
    assert [Path(name).name for name in where.selectedFiles()] == [path.name]
    where.accept()
    asked.qtbot.waitUntil(lambda: bool(copied.outcomes))
    assert copied.outcomes[0].is_done
    assert sha256(folder / path.name) == sha256(path)


def test_a_name_without_its_suffix_gets_it_and_replaces_nothing(asked: Asking, tmp_path: Path) -> None:
    path = file_of(asked.program, export(asked.program))
    (tmp_path / "mine.zip").write_text("mine")
    copied = Copied(asked)
    _, past = shown(asked)
    for name in ("mine", "other"):
        past.saving.dialog = None
        where = ask_where(asked, past)
        where.findChildren(QLineEdit)[0].setText(str(tmp_path / name))
        where.accept()
        asked.qtbot.waitUntil(lambda: not asked.desk.is_busy and not asked.desk.background.is_busy)
    asked.qtbot.waitUntil(lambda: len(copied.outcomes) == 2)
    assert "is there already" in str(copied.outcomes[0].problem)
    assert (tmp_path / "mine.zip").read_text() == "mine"
    assert sha256(tmp_path / "other.zip") == sha256(path)


def test_asking_where_and_cancelling_saves_nothing(asked: Asking) -> None:
    export(asked.program)
    _, past = shown(asked)
    where = ask_where(asked, past)
    with asked.qtbot.waitSignal(where.finished):
        where.reject()
    assert asked.desk.tasks.running == ()


# Again


def test_run_again_asks_for_the_same_options_closes_and_takes_the_old_row_off_the_shelf(asked: Asking) -> None:
    before = failed(asked.program)
    dialog, past = shown(asked)
    with asked.qtbot.waitSignal(dialog.finished):
        past.buttons["again"].click()
    job = asked.job()
    assert job.id != before.id
    assert job.options == before.options
    assert [row.id for row in asked.program.ledger.shelf()] == [job.id]


def test_one_whose_file_is_still_there_can_be_run_again_beside_it(asked: Asking) -> None:
    before = export(asked.program, naming="pseudonyms")
    _, past = shown(asked)
    past.buttons["again"].click()
    job = asked.job()
    assert job.options == before.options
    assert {row.id: row.state for row in asked.program.ledger.shelf()} == {
        before.id: JobState.EXPORTED,
        job.id: JobState.EXPORTED,
    }


def test_options_of_another_version_of_the_program_are_refused_in_words(asked: Asking) -> None:
    kind: Any = asked.program.kinds["coursework"]

    class Older(kind.Options):  # type: ignore[misc]
        gone: bool = True

    done = asked.program.exporter.submit(ExportRequest("coursework", COURSE, Older()))
    asked.program.exporter.run(done)
    dialog, past = shown(asked)
    past.buttons["again"].click()
    assert [type(error) for error in asked.wrong] == [BadOptions]
    assert dialog.isVisible()


def test_an_export_that_ends_meanwhile_appears_and_the_selection_stays(asked: Asking, second: Program) -> None:
    first = export(asked.program)
    dialog, past = shown(asked)
    export(second)
    asked.desk.look()
    asked.qtbot.waitUntil(lambda: title_of(dialog) == "Past exports (2)")
    chosen = past.chosen()
    assert chosen is not None
    assert chosen.job.id == first.id


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({}, "all, as usual"),
        (Everything().model_dump(mode="json"), "all, as usual"),
        ({"which": ["a"], "who": ["s", "t"]}, "1 assignment, 2 students"),
        ({"switch": False, "course_says": True}, "Formulas & macros cannot run: no, Inactive students: yes"),
        ({"word": "pseudonyms", "perhaps": "x"}, "Names: by pseudonym, Perhaps: x"),
        ({"day": "2026-02-28"}, f"From: {day(date(2026, 2, 28))}"),
        ({"number": 30, "limit": 2, "text": "Hi", "gone": 1}, "Title: Hi, Days: 30 days, At most: 2"),
    ],
    ids=str,
)
def test_options_are_told_in_words_where_they_are_not_as_usual(values: dict[str, Any], words: str) -> None:
    assert options_in_words(FIELDS, values) == words
