"""The real window on a course whose every text was chosen to break it: nothing of it is read as HTML or as a key."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from building import CourseBuilder
from PySide6.QtCore import QModelIndex
from PySide6.QtGui import Qt
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QLabel, QTabWidget, QWidget
from pytestqt.qtbot import QtBot
from touring import Hands, Place, dialogs, export, opened_window, pages, settled, until

from exportmanager.core.course import CourseId
from exportmanager.program import Program
from exportmanager.ui.window import MainWindow

LONG = "W<i>x</i>&{y} " * 3_000
TEXTS = (
    '<b>bold</b> <img src="file:///nowhere.png"> <a href="http://nowhere.invalid/">press</a>',
    "one line\nanother\r\nand\u2028one more\twith a tab",
    "\x01\x07\x1b[31mcontrol\x7f",
    "\u202egnp.exe\u202c",
    "R&D && &quit",
    "100% %n %Ln %1 {x} {0.__class__} {",
    '=HYPERLINK("http://nowhere.invalid/","press")',
)
OURS = {
    "&Add course",
    "&File",
    "&Filter",
    "&Git",
    "&Include students inactive for more than 90 days",
    "&Keep everything",
    "&Leave out those that the course has already",
    "&Remove older access events from the library",
}
"""What the program itself gives keys to."""


def hostile_course(folder: Path) -> Path:
    """Every text a course folder may bring, each of `TEXTS` in each place, and some of them very long."""
    builder = CourseBuilder(folder)
    texts = [text + LONG if number % 3 == 0 else text for number, text in enumerate(TEXTS)]
    assignments = [{"id": f"a{number}", "title": text} for number, text in enumerate(texts)]
    builder.course |= {"title": texts[0], "code": TEXTS[4], "term": TEXTS[1], "description": LONG}
    builder.course["modules"] = [{"id": "m1", "title": TEXTS[0], "assignments": assignments}]
    for number, text in enumerate(texts):
        student = f"h{number}"
        builder.student(student, first_name=text, last_name=text, username=text, email=text)
        for assignment in assignments:
            work = {"student": student, "assignment": assignment["id"]}
            builder.add("results", **work, state="completed", grade="90", comments=text)
            builder.add("answers", **work, assessment="q", attempt=1, at="2026-02-01T10:00:00Z", answer=text)
        happened = {"at": "2026-02-01T10:00:00Z", "user": student, "assignment": "a1"}
        builder.add("access", **happened, type="log_in", role=text, project_path=text, ip=text)
        builder.add("coach-logs", **happened, assessment="q", question=text, response=text)
    builder.file("h0", "a1", "<img src=x>&{y}.py")
    written = builder.write()
    blueprints = [{"name": text, "content": text, "layout": text, "path": [text], text: text} for text in texts]
    (written / "blueprints.json").write_text(json.dumps(blueprints), encoding="utf-8")
    return written


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    program = Program(tmp_path / "library", Hands())
    course = CourseId(program.bring_in("folder", str(hostile_course(tmp_path / "<b>course"))).course_id)
    export(program, course)
    with opened_window(program) as window:
        yield window


def taken_for_html(widget: QWidget) -> list[str]:
    """The texts of a widget's labels and tooltips that Qt would read as HTML; tooltips that we made so are escaped."""
    labels = [found for found in widget.findChildren(QLabel) if found.textFormat() != Qt.TextFormat.PlainText]
    tips = [part.toolTip() for part in widget.findChildren(QWidget)] + list(cell_tips(widget))
    texts = [label.text() for label in labels] + [tip for tip in tips if not tip.startswith("<p style=")]
    escaped = [tip for tip in tips if "<img" in tip or "<b>" in tip]
    return [text for text in texts if Qt.mightBeRichText(text)] + escaped


def cell_tips(widget: QWidget) -> Iterator[str]:
    """The tooltips of the first column of every list and table in sight."""
    for view in widget.findChildren(QAbstractItemView):
        if view.isVisible() and (model := view.model()) is not None:
            for row in range(model.rowCount(QModelIndex())):
                yield str(model.index(row, 0).data(Qt.ItemDataRole.ToolTipRole) or "")


def keys_from_outside(widget: QWidget) -> list[str]:
    """The texts of buttons and tabs in which Qt found a key that this program did not put there."""
    buttons = [found for found in widget.findChildren(QAbstractButton) if not found.shortcut().isEmpty()]
    tabs = [bar.tabText(n) for bar in widget.findChildren(QTabWidget) for n in range(bar.count())]
    return [*({button.text() for button in buttons} - OURS), *(tab for tab in tabs if "&" in tab)]


def wrong_in(place: Place) -> list[str]:
    """What is wrong with a page or dialog: what it took for HTML or for keys, and that it grew beyond the screen."""
    is_large = place.widget.width() > 1280 or place.widget.height() > 800
    return [*taken_for_html(place.widget), *keys_from_outside(place.widget), *(["its size"] if is_large else [])]


def test_what_a_course_brings_is_plain_text_on_every_page_and_makes_none_larger(window: MainWindow) -> None:
    for place in pages(window):
        assert (place.name, wrong_in(place)) == (place.name, [])


def test_what_a_course_brings_is_plain_text_in_every_dialog_and_makes_none_larger(window: MainWindow) -> None:
    for place in dialogs(window):
        assert (place.name, wrong_in(place)) == (place.name, [])


def test_a_course_with_long_names_comes_in_again_and_the_window_says_so(window: MainWindow, tmp_path: Path) -> None:
    window.importing.take([tmp_path / "<b>course"])
    until(lambda: window.notices.bars)
    settled(window)
    assert TEXTS[0] in window.notices.bars[0].text
    assert (window.width(), window.height()) == (1280, 800)
