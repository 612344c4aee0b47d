"""PDFs on screen: opened from the shelf, read page by page, searched, copied from; and what cannot be shown."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pypdf
import pytest
from exporting import OddKind, bring_in, file_of
from pypdf.constants import PageLabelStyle
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QDesktopServices, QGuiApplication, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot
from reportlab.pdfgen.canvas import Canvas
from shelving import Shelving, shelving
from windowing import desk_on, in_window, know, shown

from exportmanager.core.course import Course
from exportmanager.core.export import Estimate
from exportmanager.formats.zips import ZipWriter
from exportmanager.jobs.desk import Desk
from exportmanager.program import Program
from exportmanager.ui import pdf_file
from exportmanager.ui.memory import Memory
from exportmanager.ui.pdf_dialog import PdfDialog
from exportmanager.ui.pdf_file import PdfFile
from exportmanager.ui.pdf_layout import Fit
from exportmanager.ui.pdf_link import LinkDialog
from exportmanager.ui.pdf_opening import PdfList
from exportmanager.ui.pdf_view import PdfView
from exportmanager.ui.shelf_look import Do

PAGES = 6
_CTRL = Qt.KeyboardModifier.ControlModifier
WORDS = ("The loop counts down.", "A Loop again, and a", "loop too.")


def pdf(pages: int = PAGES, *, web: str = "https://example.org/a?b=1&c=2") -> bytes:
    """A document with an outline of two levels; on each page words, and links to the fourth page and to the web."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(400, 600), invariant=1)
    for page in range(pages):
        canvas.bookmarkHorizontal(f"p{page}", 0, 590)
        canvas.addOutlineEntry(f"Part {page + 1}", f"p{page}", level=min(page, 1))
        canvas.drawString(50, 550, f"This is page {page + 1}.")
        for n, line in enumerate(WORDS if page in {2, 5} else ()):
            canvas.drawString(50, 500 - 20 * n, line)
        canvas.linkURL(web, (50, 100, 150, 120))
        canvas.linkRect("", "p3" if pages > 3 else "p0", (200, 100, 300, 120), thickness=0)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def locked() -> bytes:
    writer, out = pypdf.PdfWriter(io.BytesIO(pdf(1))), io.BytesIO()
    writer.encrypt("secret")
    writer.write(out)
    return out.getvalue()


def without_pages() -> bytes:
    out = io.BytesIO()
    pypdf.PdfWriter().write(out)
    return out.getvalue()


def zipped(**members: bytes) -> bytes:
    out = io.BytesIO()
    with ZipWriter(out) as archive:
        for name, data in members.items():
            archive.add(f"{name.replace('_', '.')}", data)
    return out.getvalue()


class Printed(OddKind):
    """A kind whose file holds what a test says, with the suffix that it says."""

    def __init__(self, data: bytes, suffix: str = ".pdf") -> None:
        super().__init__(lambda course, out, meter: out.write(data), suffix=".pdf")
        self.written_as = suffix

    def estimate(self, course: Course, options: Any) -> Estimate:
        return Estimate(0, "odd", self.written_as)


def is_calm(desk: Desk, *views: PdfView) -> bool:
    waits = any(view.pages.reader.is_busy or view.search.is_looking for view in views)
    return not waits and not desk.background.is_busy


# From the shelf


@pytest.fixture
def shelf(qtbot: QtBot, program: Program, tmp_path: Path) -> Iterator[Shelving]:
    bring_in(program, tmp_path / "course")
    with desk_on(program) as desk:
        yield shelving(qtbot, program, desk)


def previewed(shelf: Shelving, data: bytes, suffix: str = ".pdf") -> None:
    """Export `data`, and press Preview."""
    know(shelf.program, Printed(data, suffix))
    shelf.export("odd")
    shelf.qtbot.waitUntil(lambda: bool(shelf.rows) and Do.PREVIEW in shelf.rows[0].buttons)
    shelf.press(shelf.rows[0], Do.PREVIEW)


def opened(shelf: Shelving) -> PdfView:
    """The view of the window that opened, once it stands there drawn."""
    dialog = shown(shelf.qtbot, shelf.window, PdfDialog)
    shelf.qtbot.waitUntil(lambda: dialog.view.isVisible() and is_calm(shelf.desk, dialog.view))
    return dialog.view


def test_a_teacher_opens_a_pdf_from_the_shelf_goes_to_a_page_searches_and_closes(shelf: Shelving) -> None:
    previewed(shelf, pdf())
    view = opened(shelf)
    dialog = view.window()
    assert dialog.windowTitle() == file_of(shelf.program, shelf.program.ledger.jobs()[0]).name
    assert not dialog.isModal()
    assert view.bar.total.text() == f"of {PAGES}"
    view.bar.page.setFocus()
    view.bar.page.selectAll()
    QTest.keyClicks(view.bar.page, "3")
    QTest.keyClick(view.bar.page, Qt.Key.Key_Return)
    assert view.pages.page == 2
    QTest.keySequence(view.pages, QKeySequence(QKeySequence.StandardKey.Find))
    QTest.keyClicks(view.field, "LOOP")
    shelf.qtbot.waitUntil(lambda: is_calm(shelf.desk, view))
    assert view.found.text() == "1 of 6"
    QTest.keyClick(view.field, Qt.Key.Key_Escape)  # clears the search first
    assert view.found.text() == ""
    with shelf.qtbot.waitSignal(dialog.destroyed):
        QTest.keyClick(view.pages, Qt.Key.Key_Escape)


def test_the_file_can_leave_the_shelf_while_it_is_shown(shelf: Shelving) -> None:
    previewed(shelf, pdf())
    view = opened(shelf)
    file_of(shelf.program, shelf.program.ledger.jobs()[0]).unlink()
    view.pages.go_to(4)
    shelf.qtbot.waitUntil(lambda: is_calm(shelf.desk, view))
    assert view.pages.reader.picture(4) is not None


def test_of_a_zip_with_two_pdfs_one_is_chosen(shelf: Shelving) -> None:
    previewed(shelf, zipped(Loops_pdf=pdf(2), README_txt=b"words", Lists_PDF=pdf(3)), ".zip")
    chooser = shown(shelf.qtbot, shelf.window, PdfList)
    assert [member.name for member in chooser.rows.shown] == ["Loops.pdf", "Lists.PDF"]
    chooser.table.select_key("Lists.PDF")
    QTest.keyClick(chooser.table, Qt.Key.Key_Return)
    view = opened(shelf)
    assert (view.window().windowTitle(), view.pages.count) == ("Lists.PDF", 3)
    assert chooser.isVisible()


def test_of_a_zip_with_one_pdf_that_one_is_shown(shelf: Shelving) -> None:
    previewed(shelf, zipped(Loops_pdf=pdf(2), README_txt=b"words"), ".zip")
    assert opened(shelf).window().windowTitle() == "Loops.pdf"


def test_of_a_zip_without_a_pdf_that_is_said(shelf: Shelving) -> None:
    previewed(shelf, zipped(README_txt=b"words"), ".zip")
    shelf.notice("There is no PDF in this file.")


def test_what_is_no_pdf_has_no_preview(shelf: Shelving) -> None:
    row = shelf.finished()
    assert row.look is not None
    assert Do.PREVIEW not in row.look.can


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"%PDF-1.7\nand no more", "This PDF is damaged: it cannot be shown."),
        (b"", "This PDF is damaged: it cannot be shown."),
        (locked(), "This PDF is locked with a password."),
        (without_pages(), "This PDF is empty: it has no pages."),
    ],
)
def test_what_cannot_be_shown_is_said(shelf: Shelving, data: bytes, sentence: str) -> None:
    previewed(shelf, data)
    dialog = shown(shelf.qtbot, shelf.window, PdfDialog)
    shelf.qtbot.waitUntil(lambda: dialog.problem.text() == sentence)
    assert dialog.close_button.isVisible()
    assert not dialog.view.isVisible()


def test_a_pdf_that_is_too_large_is_not_read(shelf: Shelving, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_file, "LARGEST", 100)
    previewed(shelf, pdf())
    dialog = shown(shelf.qtbot, shelf.window, PdfDialog)
    shelf.qtbot.waitUntil(lambda: dialog.problem.text() == "This PDF is too large to be shown here.")


def test_closing_a_window_while_it_reads_or_draws_harms_nothing(shelf: Shelving) -> None:
    gate = threading.Event()

    def load() -> PdfFile:
        gate.wait(10)
        return PdfFile(pdf())

    wrong: list[Exception] = []
    shelf.desk.went_wrong.connect(wrong.append)
    reading = PdfDialog(shelf.desk, "Reading", load, None, shelf.window)
    reading.show()
    assert not reading.view.isVisible()
    with shelf.qtbot.waitSignal(reading.destroyed):
        reading.close()
    gate.set()
    drawing = PdfDialog(shelf.desk, "Drawing", load, None, shelf.window)
    drawing.show()
    shelf.qtbot.waitUntil(lambda: drawing.view.pages.reader.is_busy)
    with shelf.qtbot.waitSignal(drawing.destroyed):
        drawing.close()
    after = PdfDialog(shelf.desk, "After", load, None, shelf.window)
    after.show()
    shelf.qtbot.waitUntil(lambda: after.view.isVisible() and is_calm(shelf.desk, after.view))
    assert after.view.pages.reader.picture(0) is not None
    assert wrong == []


def test_the_program_closes_while_a_pdf_waits_for_a_page_that_is_drawn(qtbot: QtBot, program: Program) -> None:
    """The page is taken by the window's thread, which waits for the other one then."""
    assert pdf_file.TURN.take()
    try:
        with desk_on(program) as desk:
            begun = threading.Event()

            def load() -> PdfFile:
                begun.set()
                return PdfFile(pdf())

            desk.background.ask(desk, load, lambda _: None)
            assert begun.wait(10)
    finally:
        pdf_file.TURN.release()


# The reader itself


@pytest.fixture
def desk(qtbot: QtBot, program: Program) -> Iterator[Desk]:
    with desk_on(program) as desk:
        yield desk


@pytest.fixture
def settle(qtbot: QtBot, desk: Desk) -> Callable[[PdfView], None]:
    return lambda view: qtbot.waitUntil(lambda: is_calm(desk, view))


@pytest.fixture
def view(qtbot: QtBot, desk: Desk, settle: Callable[[PdfView], None]) -> Iterator[PdfView]:
    made = PdfView(desk)
    window = in_window(qtbot, made, width=800, height=600)
    made.show_file(PdfFile(pdf()))
    made.pages.setFocus()
    settle(made)
    yield made
    window.close()


def on_screen(view: PdfView, page: int, x: float, y: float) -> QPoint:
    """Where a place of a page (points from its top left corner) is in the view."""
    area = view.pages.layout_of_pages.area(page)
    scale = area.width() / 400
    place = QPointF(area.left() + x * scale, area.top() + y * scale)
    scrolled = QPoint(view.pages.horizontalScrollBar().value(), view.pages.verticalScrollBar().value())
    return place.toPoint() - scrolled


def click(view: PdfView, place: QPoint) -> None:
    QTest.mouseClick(view.pages.viewport(), Qt.MouseButton.LeftButton, pos=place)


def test_pages_are_drawn_as_sharp_as_the_screen_is(view: PdfView) -> None:
    picture = view.pages.reader.picture(0)
    assert picture is not None
    ratio = view.devicePixelRatioF()
    assert picture.width() == round(round(view.pages.layout_of_pages.area(0).width()) * ratio)
    drawn = view.pages.viewport().grab().toImage()
    paper = on_screen(view, 0, 5, 5)
    assert drawn.pixelColor(paper).name() == "#ffffff"
    ink = [drawn.pixelColor(on_screen(view, 0, 50 + n / 2, 46)).lightness() for n in range(100)]
    assert min(ink) < 90


def test_the_number_that_is_printed_on_a_page_stands_beside_its_own(qtbot: QtBot, desk: Desk) -> None:
    writer, out = pypdf.PdfWriter(io.BytesIO(pdf(4))), io.BytesIO()
    writer.set_page_label(0, 1, style=PageLabelStyle.LOWERCASE_ROMAN)
    writer.set_page_label(2, 3, style=PageLabelStyle.DECIMAL)
    writer.write(out)
    view = PdfView(desk)
    qtbot.addWidget(view)
    view.show_file(PdfFile(out.getvalue()))
    assert view.bar.total.text() == "of 4, printed i"
    view.pages.go_to(3)
    assert view.bar.total.text() == "of 4, printed 2"


def test_keys_leaf_and_zoom(view: PdfView) -> None:
    pages = view.pages
    QTest.keyClick(pages, Qt.Key.Key_End)
    assert (pages.page, view.bar.page.value()) == (PAGES - 1, PAGES)
    assert not view.bar.next.isEnabled()
    QTest.keyClick(pages, Qt.Key.Key_Home)
    assert not view.bar.previous.isEnabled()
    QTest.keyClick(pages, Qt.Key.Key_PageDown)
    assert pages.verticalScrollBar().value() > 0
    QTest.keyClick(pages, Qt.Key.Key_9, _CTRL)
    assert pages.zoom is Fit.PAGE
    here = pages.page
    QTest.keyClick(pages, Qt.Key.Key_Space)
    assert pages.page == here + 1
    QTest.keyClick(pages, Qt.Key.Key_Space, Qt.KeyboardModifier.ShiftModifier)
    assert pages.page == here
    before = pages.factor
    QTest.keySequence(pages, QKeySequence(QKeySequence.StandardKey.ZoomIn))
    assert pages.factor > before
    assert view.bar.zoom.currentText() == f"{round(pages.factor * 100)} %"
    QTest.keyClick(pages, Qt.Key.Key_0, _CTRL)
    assert view.bar.zoom.currentText() == "Fit width"


def test_zooming_and_resizing_keep_the_place(view: PdfView) -> None:
    view.pages.go_to(3)
    view.pages.zoom_out()
    assert view.pages.page == 3
    view.window().resize(600, 500)
    assert view.pages.page == 3
    assert "Page 4 of 6" in view.pages.accessibleDescription()


def test_the_outline_goes_there_and_follows(view: PdfView) -> None:
    outline = view.outline
    top = outline.model().index(0, 0)
    below = [outline.model().index(n, 0, top) for n in range(outline.model().rowCount(top))]
    assert [index.data() for index in (top, *below)] == [f"Part {n + 1}" for n in range(PAGES)]
    outline.setCurrentIndex(below[3])
    assert view.pages.page == 4
    view.pages.go_to(1)
    assert outline.currentIndex().data() == "Part 2"


def test_a_link_within_the_document_is_followed(view: PdfView, settle: Callable[[PdfView], None]) -> None:
    view.pages.set_zoom(Fit.PAGE)
    settle(view)
    click(view, on_screen(view, 0, 250, 490))
    assert view.pages.page == 3


@pytest.mark.parametrize(
    ("address", "is_opened"),
    [("https://example.org/a?b=1&c=2", True), ("mailto:a@example.org", True), ("file:///etc/passwd", False)],
)
def test_a_link_out_of_the_document_is_asked_about_and_only_web_and_mail_are_opened(
    view: PdfView,
    qtbot: QtBot,
    settle: Callable[[PdfView], None],
    monkeypatch: pytest.MonkeyPatch,
    address: str,
    is_opened: bool,
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toString()))
    view.show_file(PdfFile(pdf(2, web=address)))
    view.pages.set_zoom(Fit.PAGE)
    settle(view)
    click(view, on_screen(view, 0, 100, 490))
    dialog = shown(qtbot, view.window(), LinkDialog)
    assert dialog.address.toPlainText() == address
    assert dialog.open_button.isVisible() is is_opened
    dialog.follow() if is_opened else dialog.reject()
    assert opened == ([address] if is_opened else [])


def test_links_can_be_followed_by_keyboard(view: PdfView) -> None:
    view.pages.menu.aboutToShow.emit()
    names = [action.text() for action in view.pages.links.actions()]
    assert names == ["https://example.org/a?b=1&&c=2", "Page 4"]
    view.pages.links.actions()[1].trigger()
    assert view.pages.page == 3


def test_words_are_selected_with_the_mouse_and_copied(view: PdfView, settle: Callable[[PdfView], None]) -> None:
    begin, end = on_screen(view, 0, 51, 46), on_screen(view, 0, 75, 46)
    viewport = view.pages.viewport()
    QTest.mousePress(viewport, Qt.MouseButton.LeftButton, pos=begin)
    QTest.mouseMove(viewport, end)
    settle(view)
    QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=end)
    QTest.keyClick(view.pages, Qt.Key.Key_C, _CTRL)
    assert QGuiApplication.clipboard().text().strip() == view.pages.selected_text.strip() == "This"


def test_all_words_of_a_page_are_copied(view: PdfView, settle: Callable[[PdfView], None]) -> None:
    view.pages.go_to(2)
    view.pages.copy_page()
    settle(view)
    assert QGuiApplication.clipboard().text().split("\n") == ["This is page 3.", *WORDS]


# Searching


def look_for(view: PdfView, words: str, settle: Callable[[PdfView], None]) -> None:
    view.field.setText(words)
    settle(view)


def test_searching_goes_round_from_the_page_in_sight(view: PdfView, settle: Callable[[PdfView], None]) -> None:
    view.pages.go_to(3)
    look_for(view, "loop", settle)
    assert (view.found.text(), view.pages.page) == ("4 of 6", 5)
    for _ in range(3):
        QTest.keySequence(view.pages, QKeySequence(QKeySequence.StandardKey.FindNext))
    settle(view)
    assert (view.found.text(), view.pages.page) == ("1 of 6", 2)
    QTest.mouseClick(view.previous, Qt.MouseButton.LeftButton)
    settle(view)
    assert (view.found.text(), view.pages.page) == ("6 of 6", 5)


def test_a_space_finds_the_end_of_a_line(view: PdfView, settle: Callable[[PdfView], None]) -> None:
    look_for(view, "a  loop", settle)
    assert [(page, len(places)) for page, places in view.search.hits.items()] == [(2, 2), (5, 2)]


def test_what_is_not_there_is_said_and_leaves_the_place(view: PdfView, settle: Callable[[PdfView], None]) -> None:
    view.pages.go_to(2)
    look_for(view, "(*", settle)
    assert (view.found.text(), view.pages.page) == ("Not found", 2)
    assert not view.next.isEnabled()


def test_found_words_are_marked_on_the_paper(view: PdfView, settle: Callable[[PdfView], None]) -> None:
    view.pages.go_to(2)
    settle(view)
    before = view.pages.viewport().grab().toImage()
    look_for(view, "counts", settle)
    after = view.pages.viewport().grab().toImage()
    assert before != after
    look_for(view, "", settle)
    assert view.pages.viewport().grab().toImage() == before


def test_windows_open_as_large_as_the_last_one_was(qtbot: QtBot, desk: Desk) -> None:
    memory = Memory(desk, {}, desk)
    over = in_window(qtbot, QWidget())
    for size in ((640, 480), (560, 400)):
        dialog = PdfDialog(desk, "x", partial(PdfFile, pdf(1)), memory, over)
        dialog.show()
        dialog.resize(*size)
        with qtbot.waitSignal(dialog.destroyed):
            dialog.close()
    last = PdfDialog(desk, "x", partial(PdfFile, pdf(1)), memory, over)
    assert (last.width(), last.height()) == (560, 400)
