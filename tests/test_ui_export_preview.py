"""The preview in the export dialog: the first rows of what will be written, never in anybody's way."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from asking import Asking, Everything, Foretold, asking, nothing_written
from exporting import bring_in
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from reportlab.pdfgen.canvas import Canvas
from windowing import know

from exportmanager.core.course import Course
from exportmanager.core.errors import BadOptions
from exportmanager.core.export import PagesPreview, Preview
from exportmanager.program import Program
from exportmanager.ui.export_dialog import ExportDialog
from exportmanager.ui.option_inputs import Line

ANSWER = "It never\nends.\t<b>Help</b>"


@pytest.fixture
def asked(qtbot: QtBot, program: Program, tmp_path: Path) -> Iterator[Asking]:
    bring_in(program, tmp_path / "course")
    with asking(qtbot, program) as made:
        made.desk._timer.stop()  # a change of the library asks anew, which is not the matter here
        yield made


class Begins:
    """A table of three columns and twenty rows, or as many as the options' limit says; it counts who asks for it."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.began, self.gate = threading.Event(), threading.Event()
        self.fails: Exception | None = None

    def __call__(self, course: Course, options: Any) -> Preview | None:
        self.asked.append(options.text)
        if options.text == "slow":
            self.began.set()
            self.gate.wait(10)
        if self.fails is not None:
            raise self.fails
        rows = tuple((f"Student {n}", options.text or "as usual", ANSWER) for n in range(options.limit or 20))
        return Preview(("Name", "Said", "Answer"), () if options.text == "none" else rows, options.note or "")


@pytest.fixture
def begins(asked: Asking) -> Begins:
    made = Begins()
    know(asked.program, Foretold(nothing_written, Options=Everything, begins=made))
    return made


def previewing(asked: Asking) -> ExportDialog:
    """The dialog with its preview in front."""
    dialog = asked.dialog("odd")
    dialog.tabs.setCurrentWidget(dialog.preview)
    asked.settle()
    return dialog


def write(dialog: ExportDialog, text: str) -> None:
    made = dialog.form.inputs["text"]
    assert isinstance(made, Line)
    made.setText(text)


def shown(dialog: ExportDialog) -> list[list[str]]:
    """The titles and the rows, as they stand on screen."""
    model = dialog.preview.table.model()
    across, down = range(model.columnCount()), range(model.rowCount())
    titles = [model.headerData(n, Qt.Orientation.Horizontal) for n in across]
    return [titles, *([model.index(line, n).data() for n in across] for line in down)]


def test_what_is_no_table_has_no_preview(asked: Asking) -> None:
    dialog = asked.dialog()
    assert not dialog.tabs.isTabVisible(dialog.tabs.indexOf(dialog.preview))


def test_the_first_rows_stand_there_as_they_will_be_written(asked: Asking, begins: Begins) -> None:
    dialog = previewing(asked)
    assert dialog.preview.table.isVisible()
    assert dialog.preview.heading.text() == "The first 20 rows, as they will be written"
    titles, first, *others = shown(dialog)
    assert titles == ["Name", "Said", "Answer"]
    assert first == ["Student 0", "as usual", "It never…"]
    assert len(others) == 19
    tip = dialog.preview.table.model().index(0, 2).data(Qt.ItemDataRole.ToolTipRole)
    assert "&lt;b&gt;Help" in tip


def test_which_table_it_is_is_said_where_there_are_several(asked: Asking, begins: Begins) -> None:
    dialog = previewing(asked)
    dialog.form.set_values({"note": "Loops {1}.csv", "limit": 1})
    asked.settle()
    assert dialog.preview.heading.text() == "The first row of Loops {1}.csv"


def test_it_follows_the_options_while_it_is_in_sight(asked: Asking, begins: Begins) -> None:
    dialog = previewing(asked)
    write(dialog, "other")
    asked.settle()
    assert {row[1] for row in shown(dialog)[1:]} == {"other"}


def test_nothing_is_read_for_it_while_it_is_out_of_sight_and_the_newest_is_there_once_it_is_not(
    asked: Asking, begins: Begins
) -> None:
    dialog = asked.dialog("odd")
    assert begins.asked == [""]  # once, to know whether there is one
    write(dialog, "one")
    asked.settle()
    write(dialog, "two")
    asked.settle()
    assert begins.asked == [""]
    dialog.tabs.setCurrentWidget(dialog.preview)
    asked.settle()
    assert begins.asked == ["", "two"]
    assert shown(dialog)[1][1] == "two"


def test_a_slow_preview_holds_up_neither_the_dialog_nor_the_export(asked: Asking, begins: Begins) -> None:
    dialog = previewing(asked)
    write(dialog, "slow")
    asked.qtbot.waitUntil(begins.began.is_set)
    asked.qtbot.waitUntil(lambda: not dialog.foreseeing.timer.isActive() and "84.0 MB" in dialog.says.text())
    assert shown(dialog)[1][1] == "as usual"
    write(dialog, "new")
    asked.qtbot.waitUntil(lambda: not dialog.preview.foreseeing.timer.isActive())
    begins.gate.set()
    asked.settle()
    assert shown(dialog)[1][1] == "new"


def test_a_table_without_rows_shows_its_headings_and_says_so(asked: Asking, begins: Begins) -> None:
    dialog = previewing(asked)
    write(dialog, "none")
    asked.settle()
    assert shown(dialog) == [["Name", "Said", "Answer"]]
    assert dialog.preview.heading.text() == (
        "Nothing fits these options: the table will hold its headings, and no rows."
    )
    assert dialog.export_button.isEnabled()


def test_where_options_do_not_fit_it_says_so_and_comes_back(asked: Asking, begins: Begins) -> None:
    dialog = previewing(asked)
    write(dialog, "much too long")
    assert not dialog.preview.table.isVisible()
    assert dialog.preview.problem.text() == "It appears here as soon as the options fit."
    assert not dialog.preview.copy_button.isEnabled()
    write(dialog, "short")
    asked.settle()
    assert dialog.preview.table.isVisible()


def test_what_the_kind_refuses_is_said(asked: Asking, begins: Begins) -> None:
    dialog = previewing(asked)
    begins.fails = BadOptions("These do not go together.", "Choose one of them.")
    write(dialog, "both")
    asked.settle()
    assert dialog.preview.problem.text() == "These do not go together. Choose one of them."
    assert asked.wrong == []


def test_a_mistake_of_ours_is_reported_and_does_not_stop_the_export(asked: Asking, begins: Begins) -> None:
    dialog = previewing(asked)
    begins.fails = ZeroDivisionError()
    write(dialog, "x")
    asked.settle()
    assert dialog.preview.problem.text() == "The preview could not be made."
    assert [type(error) for error in asked.wrong] == [ZeroDivisionError]
    assert dialog.export_button.isEnabled()


def test_cells_are_copied_as_tab_separated_text(asked: Asking, begins: Begins) -> None:
    dialog = previewing(asked)
    table = dialog.preview.table
    table.setFocus()
    table.setCurrentIndex(table.model().index(0, 1))
    QTest.keyClick(table, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "as usual\tIt never ends. <b>Help</b>"
    QTest.mouseClick(dialog.preview.copy_button, Qt.MouseButton.LeftButton)
    lines = QGuiApplication.clipboard().text().split("\n")
    assert lines[0] == "Name\tSaid\tAnswer"
    assert len(lines) == 21


def test_what_changes_in_the_library_changes_the_preview(asked: Asking, begins: Begins) -> None:
    previewing(asked)
    count = len(begins.asked)
    asked.desk.library_changed.emit()
    asked.settle()
    assert len(begins.asked) == count + 1


def test_a_table_that_stays_the_same_stays_where_it_was_scrolled_to(asked: Asking, begins: Begins) -> None:
    dialog = previewing(asked)
    bar = dialog.preview.table.verticalScrollBar()
    asked.qtbot.waitUntil(lambda: bar.maximum() > 0)
    bar.setValue(bar.maximum())
    before = bar.value()
    write(dialog, "other")
    asked.settle()
    assert (bar.value(), shown(dialog)[1][1]) == (before, "other")


# A document


class Draws:
    """A document of four pages with the options' text on them; it counts who asks for it."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.began, self.gate = threading.Event(), threading.Event()

    def __call__(self, course: Course, options: Any) -> PagesPreview:
        self.asked.append(options.text)
        if options.text == "slow":
            self.began.set()
            self.gate.wait(10)
        out = io.BytesIO()
        canvas = Canvas(out, invariant=1)
        for page in range(4):
            canvas.drawString(50, 700, f"{options.text} on page {page + 1}")
            canvas.showPage()
        canvas.save()
        return PagesPreview(b"no PDF" if options.text == "damaged" else out.getvalue(), "The first pages")


@pytest.fixture
def draws(asked: Asking) -> Draws:
    made = Draws()
    know(asked.program, Foretold(nothing_written, Options=Everything, begins=made, suffix=".pdf"))
    return made


def words_in_sight(asked: Asking, dialog: ExportDialog) -> str:
    """The words of the page that is shown, as they are copied."""
    pages = dialog.preview.document.pages
    QGuiApplication.clipboard().clear()
    pages.copy_page()
    asked.qtbot.waitUntil(lambda: bool(QGuiApplication.clipboard().text()))
    return QGuiApplication.clipboard().text().strip()


def test_a_document_is_drawn_only_when_somebody_looks(asked: Asking, draws: Draws) -> None:
    dialog = asked.dialog("odd")
    assert dialog.tabs.isTabVisible(dialog.tabs.indexOf(dialog.preview))
    assert draws.asked == []
    dialog.tabs.setCurrentWidget(dialog.preview)
    assert dialog.preview.problem.text() == "Drawing the first pages ..."
    asked.settle()
    assert dialog.preview.heading.text() == "The first pages"
    assert dialog.preview.document.bar.total.text() == "of 4"
    assert words_in_sight(asked, dialog) == "on page 1"
    assert not dialog.preview.copy_button.isVisible()


def test_pages_stay_while_new_ones_are_drawn_and_so_does_the_place(asked: Asking, draws: Draws) -> None:
    dialog = previewing(asked)
    dialog.preview.document.pages.go_to(2)
    write(dialog, "slow")
    asked.qtbot.waitUntil(draws.began.is_set)
    assert dialog.preview.heading.text() == "Drawing the first pages ..."
    assert words_in_sight(asked, dialog) == "on page 3"
    for words in ("a", "b", "c"):  # of which only the newest is drawn
        write(dialog, words)
    draws.gate.set()
    asked.settle()
    assert draws.asked == ["", "slow", "c"]
    assert words_in_sight(asked, dialog) == "c on page 3"
    assert dialog.preview.heading.text() == "The first pages"


def test_a_document_that_cannot_be_shown_does_not_stop_the_export(asked: Asking, draws: Draws) -> None:
    dialog = previewing(asked)
    write(dialog, "damaged")
    asked.settle()
    assert dialog.preview.problem.text().startswith("This PDF is damaged")
    assert dialog.export_button.isEnabled()
