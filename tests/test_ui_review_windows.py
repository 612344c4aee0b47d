"""Windows of the review: what lies anywhere on a disk, finding, projects, and copies to run; in the whole window."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from peopling import COURSE, bring_in, course_with_people
from PySide6.QtWidgets import QDialog
from pytestqt.qtbot import QtBot
from touring import opened_window, settled, until

from exportmanager.archive.options import ArchiveOptions
from exportmanager.core.course import StudentId
from exportmanager.core.meter import Meter
from exportmanager.program import Program
from exportmanager.ui import reviewing
from exportmanager.ui.projects_page import ProjectsDialog
from exportmanager.ui.review_find import FindWindow
from exportmanager.ui.review_run import RunDialog
from exportmanager.ui.review_window import ReviewWindow
from exportmanager.ui.window import MainWindow


@pytest.fixture
def window(qtbot: QtBot, program: Program, tmp_path: Path) -> Iterator[MainWindow]:
    bring_in(program, course_with_people(tmp_path / "course"))
    with opened_window(program) as window:
        yield window


@pytest.fixture
def lab(tmp_path: Path) -> Path:
    """A zip that somebody sent."""
    path = tmp_path / "lab.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("src/Main.java", "class Main {}\n")
        archive.writestr("notes.txt", "needle in line one\nand a Needle\n")
    return path


def looked_at(window: MainWindow, place: Any) -> ReviewWindow:
    made: ReviewWindow = window.reviewing.open(place)
    until(lambda: made.body.pane.sight is not None)
    settled(window)
    return made


def test_any_zip_is_opened_in_a_window_of_its_own(window: MainWindow, lab: Path) -> None:
    made = looked_at(window, lab)
    assert [node.path for node in made.body.pane.files.tree.files._nodes[1:]] == ["src", "src/Main.java", "notes.txt"]
    assert made.body.left.isHidden(), "there is nothing to choose"


def test_what_is_no_workspace_is_said(window: MainWindow, tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(b"no zip")
    made = window.reviewing.open(tmp_path / "x.zip")
    until(lambda: bool(made.problem.text()))
    assert made.windowTitle() == "Review: x.zip"
    assert "neither a zip nor a tar" in made.problem.text()


def test_a_window_can_be_closed_while_it_reads(window: MainWindow, lab: Path) -> None:
    for _ in range(5):
        window.reviewing.open(lab).close()
    settled(window)
    assert not window.notices.bars


def test_an_encrypted_archive_asks_for_its_passphrase(window: MainWindow, tmp_path: Path) -> None:
    options = ArchiveOptions(exports=False, reader=False)
    made = window.desk.program.archives.archive(COURSE, options, tmp_path, Meter(), passphrase="correct horse")
    shown = window.reviewing.open(made.path)
    until(lambda: bool(shown.problem.text()))
    shown.line.setText("wrong one")
    shown.open_button.click()
    settled(window)
    assert shown.line.isVisible(), "it was another one"
    shown.line.setText("correct horse")
    shown.open_button.click()
    until(lambda: shown.body.pane.sight is not None)
    settled(window)
    assert shown.body.pane.name.text() == "Ada Example  ·  Hello"


def test_the_page_of_a_student_leads_to_the_files(window: MainWindow) -> None:
    window.page._open_student(StudentId("s2"))
    settled(window)
    window.page.student.review.click()
    settled(window)
    assert window.page.tabs.currentWidget() is window.page.review
    assert window.page.review.body.pane.name.text() == "Bo Sample  ·  Loops"


# Finding


def found(window: MainWindow, words: str) -> FindWindow:
    window.reviewing.find_in_course()
    made = window.findChildren(FindWindow)[-1]
    settled(window)
    made.field.setText(words)
    made.start()
    until(lambda: not made._look.isActive())
    return made


def test_what_is_found_is_grouped_by_student_and_leads_to_the_line(window: MainWindow) -> None:
    made = found(window, "HELLO")
    model = made.tree.hits
    assert sorted(model.data(model.index(n, 0)) for n in range(model.rowCount())) == [
        "Ada Example  ·  Hello", "Bo Sample  ·  Loops",
    ]  # fmt: skip
    assert made.said.text() == "3 places found. 2 workspaces were searched."
    hit = next(hit for group in model.groups for hit in group.hits if hit.path == "notes.txt")
    made.tree.opened.emit(hit)
    settled(window)
    view = window.page.review.body.pane.files.view
    assert (view.path, view.text.code.textCursor().selectedText()) == ("notes.txt", "hello")


def test_a_file_of_somebody_else_can_be_searched(window: MainWindow, lab: Path) -> None:
    window.reviewing.find(lab)
    made = window.findChildren(FindWindow)[-1]
    made.case.setChecked(True)
    made.field.setText("Needle")
    made.start()
    until(lambda: not made._look.isActive())
    (group,) = made.tree.hits.groups
    made.tree.opened.emit(group.hits[0])
    until(lambda: bool(window.findChildren(ReviewWindow)))
    settled(window)
    (shown,) = window.findChildren(ReviewWindow)
    assert shown.body.pane.files.view.text.code.textCursor().selectedText() == "Needle"


def test_an_expression_that_is_none_is_said(window: MainWindow) -> None:
    made = found(window, "(")
    assert made.said.text().startswith("3 places"), "a text like any other"
    made.regex.setChecked(True)
    made.start()
    until(lambda: not made._look.isActive())
    assert "expression" in made.said.text()


# Projects, and copies


def test_a_project_is_imported_listed_changed_opened_and_removed(window: MainWindow, lab: Path) -> None:
    window.reviewing.import_project(lab, "Sam's lab", "java-21")
    until(lambda: not window.desk.is_busy)
    window.reviewing.show_projects()
    settled(window)
    dialog = window.findChild(ProjectsDialog)
    assert dialog is not None
    (project,) = dialog.rows.shown
    assert [column.text(project) for column in dialog.rows.columns][:2] == ["Sam's lab", "Java 21"]
    dialog._keep(project.id, "Another name", "python-3.12")
    settled(window)
    assert [column.text(dialog.rows.shown[0]) for column in dialog.rows.columns][:2] == ["Another name", "Python 3.12"]
    dialog.table.selectRow(0)
    dialog.open_button.click()
    until(lambda: any(made.body.pane.sight for made in window.findChildren(ReviewWindow)))
    settled(window)
    for made in window.findChildren(ReviewWindow):
        made.close()
    dialog.remove(project.id)
    settled(window)
    assert not dialog.rows.shown
    assert not window.desk.program.library.projects.all()


def test_a_copy_to_run_is_unpacked_and_its_folder_shown(
    window: MainWindow, lab: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Path] = []
    monkeypatch.setattr(reviewing, "open_file", opened.append)
    made = looked_at(window, lab)
    made.body.pane.run_button.click()
    settled(window)
    dialog = next(one for one in made.findChildren(QDialog) if isinstance(one, RunDialog))
    assert dialog.stack.currentText().startswith("Java"), "as its files say"
    dialog.folder.setText(str(tmp_path / "copy"))
    dialog.run_button.click()
    until(lambda: not window.desk.is_busy)
    assert opened == [tmp_path / "copy"]
    assert (tmp_path / "copy" / "src" / "Main.java").read_text() == "class Main {}\n"
    assert (tmp_path / "copy" / ".devcontainer" / "devcontainer.json").is_file()
