"""What the walks through the window look for is found where it is wrong: each of their eyes is shown a flaw."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from looking import called, controls, cut_off, heard, reached, said_by, tab_stops, to_act_on
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLabel, QLineEdit, QPushButton, QTabBar, QWidget
from pytestqt.qtbot import QtBot
from test_ui_access import _backwards, _labels_of_nothing, _without_label
from windowing import in_window

from exportmanager.ui.kit import Elided, Text, button, labelled

LONG = "A sentence that is much longer than the room it has"


def narrow(widget: QWidget, width: int = 60) -> QWidget:
    widget.setFixedWidth(width)
    return widget


def tabs() -> QTabBar:
    bar = QTabBar()
    for n in range(5):
        bar.addTab(f"Part {n} of it")
    return bar


def field() -> QLineEdit:
    made = QLineEdit()
    made.setPlaceholderText(LONG)
    return made


def combo() -> QComboBox:
    made = QComboBox()
    made.addItem(LONG)
    return made


def low_text() -> Text:
    made = Text(LONG * 3)
    made.setFixedSize(200, 20)
    return made


TOO_WIDE: dict[str, Callable[[], QWidget]] = {
    "label": partial(QLabel, LONG),
    "button": partial(QPushButton, LONG),
    "check box": partial(QCheckBox, LONG),
    "combo box": combo,
    "field": field,
    "tabs": tabs,
}


@pytest.mark.parametrize("sort", TOO_WIDE)
def test_words_that_do_not_fit_are_found(qtbot: QtBot, sort: str) -> None:
    window = in_window(qtbot, narrow(TOO_WIDE[sort]()))
    assert len(list(cut_off(window))) == 1


def test_lines_that_do_not_fit_are_found(qtbot: QtBot) -> None:
    assert len(list(cut_off(in_window(qtbot, low_text())))) == 1


def test_a_control_that_sticks_out_is_found(qtbot: QtBot) -> None:
    around = QWidget()
    around.setFixedSize(80, 30)
    QPushButton("Beyond", around).move(40, 0)
    assert len(list(cut_off(in_window(qtbot, around)))) == 1


def test_what_fits_or_is_cut_on_purpose_is_not_found(qtbot: QtBot) -> None:
    window = in_window(qtbot, QLabel(LONG), Text(LONG * 5), narrow(Elided(LONG)), QPushButton(LONG))
    assert list(cut_off(window)) == []


def test_a_control_without_a_name_is_found(qtbot: QtBot) -> None:
    window = in_window(qtbot, QLineEdit(), button("Stop"))
    silent = [control for control in controls(window) if not heard(control, QAccessible.Text.Name)]
    assert [type(control) for control in silent] == [QLineEdit]


def test_a_field_without_a_label_and_a_label_without_a_field_are_found(qtbot: QtBot) -> None:
    alone, named = QLineEdit(), QLineEdit()
    window = in_window(qtbot, alone, labelled("&Name", named), named, QLabel("&Nobody"))
    assert [text for text in _without_label(window)] == [called(alone)]
    assert len(list(_labels_of_nothing(window))) == 1


def test_what_tab_does_not_reach_is_found(qtbot: QtBot) -> None:
    from PySide6.QtCore import Qt

    hidden = QPushButton("By mouse only")
    hidden.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
    window = in_window(qtbot, QPushButton("One"), hidden, QPushButton("Two"))
    stops = tab_stops(window)
    assert [widget for widget in to_act_on(window) if not reached(widget, stops)] == [hidden]


def test_a_way_that_goes_up_or_back_is_found(qtbot: QtBot) -> None:
    beside = QWidget()
    left, right = QPushButton("Left"), QPushButton("Right")
    layout = QHBoxLayout(beside)
    for made in (left, right):
        layout.addWidget(made)
    first, last = QPushButton("First"), QPushButton("Last")
    window = in_window(qtbot, first, beside, last)
    assert list(_backwards(tab_stops(window))) == []
    for one, other in ((first, last), (last, right), (right, left)):
        QWidget.setTabOrder(one, other)
    assert len(list(_backwards(tab_stops(window)))) == 2


def test_every_sort_of_text_is_heard(qtbot: QtBot) -> None:
    made = button("Stop", about="the export")
    made.setToolTip("Ends it")
    choice = QComboBox()
    choice.addItems(["Days", "Weeks"])
    window = in_window(qtbot, made, choice, field())
    window.setWindowTitle("Title")
    texts = {said.text for said in said_by(window)}
    assert {"Stop", "Stop: the export", "Ends it", "Days", "Weeks", LONG, "Title"} <= texts
