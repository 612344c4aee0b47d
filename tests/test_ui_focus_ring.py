"""The frame around what the keyboard stands on: there for the keyboard, in no way of the mouse."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit, QPushButton, QScrollArea, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot
from windowing import in_window

from exportmanager.ui.focus_ring import FocusRing, _Frame
from exportmanager.ui.theme import Theme


@pytest.fixture
def ring(qtbot: QtBot) -> Iterator[FocusRing]:
    Theme()
    ring = FocusRing()
    yield ring
    ring.deleteLater()


def frame_in(window: QWidget) -> QRect | None:
    """Where the frame is seen."""
    found = [frame.geometry() for frame in window.findChildren(_Frame) if frame.isVisible()]
    assert len(found) <= 1
    return found[0] if found else None


def around(widget: QWidget) -> QRect:
    return QRect(widget.mapTo(widget.window(), QPoint()), widget.size()).adjusted(-2, -2, 2, 2)


def buttons(number: int) -> list[QPushButton]:
    return [QPushButton(f"Button {n}") for n in range(number)]


@pytest.mark.usefixtures("ring")
def test_it_goes_where_tab_goes(qtbot: QtBot) -> None:
    one, two = buttons(2)
    window = in_window(qtbot, one, two)
    one.setFocus()
    assert frame_in(window) is None
    QTest.keyClick(one, Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is two
    assert frame_in(window) == around(two)
    QTest.keyClick(two, Qt.Key.Key_Backtab)
    assert frame_in(window) == around(one)


@pytest.mark.usefixtures("ring")
def test_it_follows_what_moves_and_hides_with_it(qtbot: QtBot) -> None:
    one, two = buttons(2)
    window = in_window(qtbot, one, two)
    QTest.keyClick(one, Qt.Key.Key_Tab)
    focused = QApplication.focusWidget()
    assert focused is not None
    before = frame_in(window)
    window.resize(window.width() // 2, window.height() // 2)
    qtbot.waitUntil(lambda: frame_in(window) not in (None, before))
    assert frame_in(window) == around(focused)
    focused.hide()
    qtbot.waitUntil(lambda: frame_in(window) != around(focused))


@pytest.mark.usefixtures("ring")
def test_a_dialog_has_its_own_and_takes_it_along(qtbot: QtBot) -> None:
    (one,) = buttons(1)
    window = in_window(qtbot, one, QLineEdit())
    QTest.keyClick(one, Qt.Key.Key_Tab)
    dialog = QDialog(window)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    layout = QVBoxLayout(dialog)
    for button in buttons(2):
        layout.addWidget(button)
    dialog.open()
    dialog.activateWindow()
    qtbot.waitUntil(lambda: dialog.isActiveWindow() and dialog.focusWidget() is not None)
    focused = dialog.focusWidget()
    assert focused is not None
    QTest.keyClick(focused, Qt.Key.Key_Tab)
    assert frame_in(dialog) is not None
    dialog.close()
    window.activateWindow()
    qtbot.waitUntil(lambda: window.isActiveWindow() and QApplication.focusWidget() is not None)
    QTest.keyClick(one, Qt.Key.Key_Tab)
    assert frame_in(window) is not None


@pytest.mark.usefixtures("ring")
def test_the_mouse_goes_through_it(qtbot: QtBot) -> None:
    one, two = buttons(2)
    window = in_window(qtbot, one, two)
    QTest.keyClick(one, Qt.Key.Key_Tab)
    place = frame_in(window)
    assert place is not None
    assert not isinstance(window.childAt(place.center()), _Frame)


@pytest.mark.usefixtures("ring")
def test_what_tab_comes_to_from_outside_is_scrolled_into_sight(qtbot: QtBot) -> None:
    inside, before = QWidget(), QPushButton("Before")
    layout = QVBoxLayout(inside)
    many = buttons(60)
    for button in many:
        layout.addWidget(button)
    area = QScrollArea()
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(inside)
    window = in_window(qtbot, before, area, height=200)
    area.verticalScrollBar().setValue(area.verticalScrollBar().maximum())
    before.setFocus()
    QTest.keyClick(before, Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is many[0]
    assert window.isAncestorOf(area)
    assert area.viewport().rect().contains(many[0].mapTo(area.viewport(), many[0].rect().center()))
