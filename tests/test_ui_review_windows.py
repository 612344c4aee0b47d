"""Windows of the review: what lies anywhere on a disk, finding, projects, and copies to run; in the whole window."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest
from conftest import Clock
from peopling import COURSE, bring_in, course_with_people
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QDialog, QWidget
from pytestqt.qtbot import QtBot
from touring import opened_window, settled, until

from exportmanager.archive.options import ArchiveOptions
from exportmanager.core.course import AssignmentId, StudentId
from exportmanager.core.meter import Meter
from exportmanager.program import Program
from exportmanager.review.where import Where
from exportmanager.ui import reviewing
from exportmanager.ui.export_dialog import ExportDialog
from exportmanager.ui.project_dialog import ProjectDialog
from exportmanager.ui.project_import import ProjectsImport
from exportmanager.ui.project_taking import NewProject, take_in
from exportmanager.ui.projects_page import ProjectsDialog
from exportmanager.ui.review_find import FindWindow
from exportmanager.ui.review_passphrase import AskPassphrase
from exportmanager.ui.review_run import RunDialog
from exportmanager.ui.review_window import ReviewWindow
from exportmanager.ui.window import MainWindow

D = TypeVar("D", bound=QWidget)
PASSPHRASE = "correct horse"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course in which the work of one student came twice, and the starter files too; made once."""
    folder = tmp_path_factory.mktemp("review")
    program = Program(folder / "library", Clock())
    builder = course_with_people(folder / "course")
    builder.course["modules"][0]["assignments"][0]["version"] = 1
    starter = builder.folder / "assignments" / "a1" / "begin.py"
    for text in ("early", "late"):
        starter.parent.mkdir(parents=True, exist_ok=True)
        starter.write_text(f"# {text} beginning\n")
        builder.file("s1", "a1", "draft.py", f"# {text} draft\n")
        bring_in(program, builder)
    program.close()
    return folder / "library"


@pytest.fixture
def window(qtbot: QtBot, library: Path, tmp_path: Path) -> Iterator[MainWindow]:
    """The window on a copy of that library."""
    shutil.copytree(library, tmp_path / "library")
    program = Program(tmp_path / "library", Clock())
    with opened_window(program) as window:
        yield window
    program.close()


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
    assert [node.path for node in made.body.pane.files.tree.files._shown.nodes[1:]] == [
        "src",
        "src/Main.java",
        "notes.txt",
    ]
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


def encrypted(window: MainWindow, folder: Path) -> Path:
    """An archive of the course that needs a passphrase."""
    options = ArchiveOptions(exports=False, reader=False)
    return window.desk.program.archives.archive(COURSE, options, folder, Meter(), passphrase=PASSPHRASE).path


def dialog_of(window: QWidget, kind: type[D]) -> D:
    """The dialog of this kind in front of `window`, once it is there."""
    until(lambda: any(found.isVisible() for found in window.findChildren(kind)))
    return next(found for found in window.findChildren(kind) if found.isVisible())


def test_an_encrypted_archive_asks_for_its_passphrase(window: MainWindow, tmp_path: Path) -> None:
    shown = window.reviewing.open(encrypted(window, tmp_path))
    until(lambda: bool(shown.problem.text()))
    shown.line.setText("wrong one")
    shown.open_button.click()
    settled(window)
    assert shown.line.isVisible(), "it was another one"
    shown.line.setText(PASSPHRASE)
    shown.open_button.click()
    until(lambda: shown.body.pane.sight is not None)
    settled(window)
    assert shown.body.pane.name.text() == "Ada Example  ·  Hello"
    shown.body.pane.own.click()
    (other,) = (each for each in window.findChildren(ReviewWindow) if each is not shown)
    until(lambda: other.body.pane.sight is not None)  # without being asked again
    settled(window)
    shown.body.pane.find_button.click()
    finding = dialog_of(window, FindWindow)
    settled(window)
    assert finding._passphrases == {tmp_path / shown.windowTitle().removeprefix("Review: "): PASSPHRASE}


def test_no_window_is_larger_than_the_screen(window: MainWindow, lab: Path) -> None:
    window.memory.put("size of review windows", [4_000, 3_000])
    made = looked_at(window, lab)
    assert made.height() < made.screen().availableSize().height()
    assert made.width() < made.screen().availableSize().width()


def test_the_page_of_a_student_leads_to_the_files(window: MainWindow) -> None:
    window.page._open_student(StudentId("s2"))
    settled(window)
    window.page.student.review.click()
    settled(window)
    assert window.page.tabs.currentWidget() is window.page.review
    assert window.page.review.body.pane.name.text() == "Bo Sample  ·  Loops"


def test_a_dossier_is_asked_for_with_student_and_assignment_ticked(window: MainWindow) -> None:
    window.page._open_student(StudentId("s2"))
    settled(window)
    window.page.student.review.click()
    settled(window)
    window.page.review.body.pane.dossier_button.click()
    dialog = dialog_of(window, ExportDialog)
    settled(window)
    assert dialog.form.values()["students"] == ("s2",)
    assert dialog.form.values()["assignments"] == ("a2",)


def test_there_is_no_dossier_of_a_teachers_work(window: MainWindow) -> None:
    window.reviewing.ask_for_dossier(Where.of_workspace(COURSE, AssignmentId("a1"), StudentId("t1")))
    until(lambda: bool(window.notices.bars))
    assert window.notices.bars[0].text.startswith("This is a teacher's work.")


def test_a_dossier_is_offered_only_for_work_of_a_course(window: MainWindow, lab: Path) -> None:
    made = looked_at(window, lab)
    assert made.body.pane.dossier_button.isHidden()
    where = window.page.review.body.choice.first_of(StudentId("s1"))
    other = looked_at(window, where or Where.of_workspace(COURSE, AssignmentId("a1"), StudentId("s1")))
    assert other.body.pane.dossier_button.isVisible()


# Finding


def asked(window: MainWindow, words: str, scope: str = "", *, versions: bool = False) -> FindWindow:
    """A search that has begun."""
    window.reviewing.find_in_course()
    made = window.findChildren(FindWindow)[-1]
    settled(window)
    made.scope.setCurrentText(scope or made.scope.currentText())
    for box in made.options.where:
        box.setChecked(versions)
    made.field.setText(words)
    made.start()
    return made


def found(window: MainWindow, words: str, scope: str = "", *, versions: bool = False) -> FindWindow:
    """One that has ended."""
    made = asked(window, words, scope, versions=versions)
    until(lambda: not made._look.isActive())
    return made


def titles(made: FindWindow) -> list[str]:
    model = made.tree.hits
    return sorted(model.data(model.index(n, 0)) for n in range(model.rowCount()))


def test_what_is_found_is_grouped_by_student_and_leads_to_the_line(window: MainWindow) -> None:
    made = found(window, "HELLO")
    assert titles(made) == ["Ada Example  ·  Hello  ·  2 places", "Bo Sample  ·  Loops  ·  1 place"]
    assert made.said.text() == "3 places found. 2 workspaces were searched."
    hit = next(hit for group in made.tree.hits.groups for hit in group.hits if hit.path == "notes.txt")
    made.tree.opened.emit(hit)
    settled(window)
    view = window.page.review.body.pane.files.view
    assert (view.path, view.text.code.textCursor().selectedText()) == ("notes.txt", "hello")


def test_earlier_versions_and_starter_files_are_searched_on_request(window: MainWindow) -> None:
    assert titles(found(window, "early")) == []
    assert titles(found(window, "early", versions=True)) == [
        "Ada Example  ·  Hello  ·  Import 1 of 2  ·  1 place",
        "Hello  ·  Starter files, version 1 of 2  ·  1 place",
    ]


def test_a_place_in_an_earlier_version_opens_that_version_in_a_window(window: MainWindow) -> None:
    made = found(window, "early draft", versions=True)
    made.tree.opened.emit(made.tree.hits.groups[0].hits[0])
    shown = dialog_of(window, ReviewWindow)
    until(lambda: shown.body.pane.sight is not None)
    settled(window)
    assert "early draft" in shown.body.pane.files.view.text.code.toPlainText()
    tree = shown.body.choice.tree
    tree.clicked.emit(tree.currentIndex())
    settled(window)
    assert "late draft" in shown.body.pane.files.view.text.code.toPlainText(), "the list has the newest one"


def test_encrypted_archives_are_asked_for_and_searched(window: MainWindow, tmp_path: Path) -> None:
    encrypted(window, tmp_path)
    made = asked(window, "late draft", "All courses, projects and archives")
    dialog = dialog_of(made, AskPassphrase)
    dialog.line.setText("another one")
    dialog.open_button.click()
    until(lambda: bool(dialog.says.text()))
    dialog.line.setText(PASSPHRASE)
    dialog.open_button.click()
    until(lambda: not made._look.isActive())
    assert made.said.text().startswith("2 places found.")
    assert made.missed.isHidden()
    hit = next(hit for group in made.tree.hits.groups for hit in group.hits if hit.place.where.kind == "file")
    made.tree.opened.emit(hit)
    shown = dialog_of(window, ReviewWindow)
    until(lambda: shown.body.pane.sight is not None)
    settled(window)
    assert shown.body.pane.files.view.path == "draft.py", "nobody was asked again"


def test_an_encrypted_archive_that_is_left_out_is_named(window: MainWindow, tmp_path: Path) -> None:
    path = encrypted(window, tmp_path)
    made = asked(window, "late draft", "All courses, projects and archives")
    dialog_of(made, AskPassphrase).other_button.click()
    until(lambda: not made._look.isActive())
    assert made.said.text().startswith("1 place found.")
    assert [gap.what for gap in made._left_out] == [path.name]
    assert made.missed.text() == "1 not searched"


def test_a_search_can_be_stopped_while_a_passphrase_is_asked_for(window: MainWindow, tmp_path: Path) -> None:
    encrypted(window, tmp_path)
    made = asked(window, "late draft", "All courses, projects and archives")
    dialog = dialog_of(made, AskPassphrase)
    made.stop()
    dialog.reject()
    until(lambda: not made._look.isActive())
    assert made.said.text() == "Nothing found. Stopped."


def test_a_file_of_somebody_else_can_be_searched(window: MainWindow, lab: Path) -> None:
    window.reviewing.find(lab)
    made = window.findChildren(FindWindow)[-1]
    made.options.case.setChecked(True)
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
    made.options.regex.setChecked(True)
    made.start()
    until(lambda: not made._look.isActive())
    assert "expression" in made.said.text()


# Projects, and copies


def test_a_project_is_imported_listed_changed_opened_and_removed(window: MainWindow, lab: Path) -> None:
    window.reviewing.import_projects((NewProject(lab, "Sam's lab", "java-21"),))
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


def projects(window: MainWindow) -> ProjectsDialog:
    window.reviewing.show_projects()
    settled(window)
    return dialog_of(window, ProjectsDialog)


def test_several_projects_are_imported_each_with_its_name_and_stack(
    window: MainWindow, lab: Path, tmp_path: Path
) -> None:
    (tmp_path / "broken.zip").write_bytes(b"no zip")
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "main.py").write_text("print(1)\n")
    dialog = projects(window)
    dialog.take([str(lab), str(tmp_path / "broken.zip"), str(folder)])
    asking = dialog_of(dialog, ProjectsImport)
    until(asking.import_button.isEnabled)
    assert [(line.name.text(), line.stack.currentText()[:4]) for line in asking.lines] == [
        ("lab", "Java"), ("folder", "Pyth"),
    ]  # fmt: skip
    asking.lines[0].name.setText("Sam's lab")
    asking.lines[1].name.setText("  ")
    assert not asking.import_button.isEnabled(), "each needs a name"
    asking.lines[1].tick.setChecked(False)
    assert asking.import_button.isEnabled(), "but for those that stay out"
    asking.lines[1].tick.setChecked(True)
    asking.lines[1].name.setText("Her folder")
    asking.import_button.click()
    until(lambda: not window.desk.is_busy)
    settled(window)
    assert sorted(project.name for project in dialog.rows.shown) == ["Her folder", "Sam's lab"]
    assert window.notices.bars[0].text == "2 projects are in the library."


def test_what_is_dropped_is_taken_in(window: MainWindow, lab: Path) -> None:
    dialog = projects(window)
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(lab))])
    actions, button, keys = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    dialog.dropEvent(QDropEvent(QPointF(5, 5), actions, mime, button, keys))
    asking = dialog_of(dialog, ProjectDialog)
    assert (asking.name.text(), asking.stack.currentText()) == ("lab", "Java 21")
    asking.done_button.click()
    until(lambda: not window.desk.is_busy)
    settled(window)
    assert [project.name for project in dialog.rows.shown] == ["lab"]


def test_a_project_that_cannot_be_taken_in_keeps_no_other_back(program: Program, lab: Path, tmp_path: Path) -> None:
    wanted = [NewProject(tmp_path / "gone.zip", "Gone", ""), NewProject(lab, "Lab", "java-21")]
    taken = take_in(program, wanted, Meter())
    assert [project.name for project in taken.projects] == ["Lab"]
    assert [gap.what for gap in taken.failed] == ["Gone"]


def test_stop_keeps_the_projects_that_are_in_the_library_already(program: Program, lab: Path) -> None:
    wanted = [NewProject(lab, name, "") for name in ("One", "Two", "Three")]
    taken = take_in(program, wanted, Meter(stop=lambda: bool(program.library.projects.all())))
    assert ([project.name for project in taken.projects], taken.left) == (["One"], 2)
    assert [project.name for project in program.library.projects.all()] == ["One"]


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
