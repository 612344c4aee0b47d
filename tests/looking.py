"""Looks at a window as people do: what it says, what can be acted on, where Tab goes, which words are cut off."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from re import sub

from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, QPoint, QRect, Qt
from PySide6.QtGui import QAccessible, QAction, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QApplication,
    QCheckBox,
    QComboBox,
    QFrame,
    QGroupBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QMenu,
    QMenuBar,
    QMessageBox,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QRadioButton,
    QScrollArea,
    QSlider,
    QStyle,
    QStyleOptionComboBox,
    QTabBar,
    QTableView,
    QTabWidget,
    QTextBrowser,
    QTextEdit,
    QToolButton,
    QWidget,
)

from exportmanager.ui.kit import Elided

_ACTED_ON = (
    QAbstractButton, QLineEdit, QPlainTextEdit, QTextEdit, QAbstractSpinBox, QComboBox, QAbstractItemView, QTabBar,
    QSlider,
)  # fmt: skip
_CONTROLS = (*_ACTED_ON[:-2], QTabWidget, QSlider, QProgressBar)
_A_LITTLE = 2
"""Pixels that a style may take from a text without anybody seeing it."""


def seen(root: QWidget) -> list[QWidget]:
    """Everything of `root` that is on screen, itself first; not what stands in dialogs of its own."""
    every = [root, *root.findChildren(QWidget)]
    return [widget for widget in every if widget.isVisible() and widget.window() is root.window()]


def _is_part(widget: QWidget) -> bool:
    """Whether it is a piece of another control, which Qt makes and names."""
    around = widget.parentWidget()
    while around is not None:
        if isinstance(around, (QComboBox, QAbstractSpinBox, QLineEdit, QHeaderView, QTabBar, QMenuBar, QMenu)):
            return True
        if isinstance(around, QAbstractItemView) and not isinstance(around, QTableView):
            return True
        if isinstance(around, QTableView) and isinstance(widget, (QHeaderView, QAbstractButton)):
            return True
        around = around.parentWidget()
    return isinstance(widget, (QHeaderView, QMenuBar, QMenu)) or widget.objectName().startswith("qt_scrollarea")


def controls(root: QWidget) -> list[QWidget]:
    """Whatever of `root` a screen reader stops at."""
    return [widget for widget in seen(root) if isinstance(widget, _CONTROLS) and not _is_part(widget)]


def to_act_on(root: QWidget) -> list[QWidget]:
    """Whatever of `root` can be used now."""
    return [
        widget for widget in seen(root) if isinstance(widget, _ACTED_ON) and not _is_part(widget) and widget.isEnabled()
    ]


def heard(widget: QWidget, what: QAccessible.Text) -> str:
    """What a screen reader says of a widget."""
    interface = QAccessible.queryAccessibleInterface(widget)
    assert interface is not None, widget
    return interface.text(what).strip()


def called(widget: QWidget) -> str:
    """A widget in the words of a test that fails: its class, and what it is called or says."""
    text = getattr(widget, "text", None)
    said = widget.accessibleName() or (text() if callable(text) else "") or widget.objectName()
    around = [type(widget).__name__]
    parent = widget.parentWidget()
    while parent is not None and len(around) < 4:
        around.append(type(parent).__name__)
        parent = parent.parentWidget()
    return f"{' in '.join(around)} {said!r}"


# The keyboard


@dataclass(frozen=True, slots=True)
class Stop:
    """A place where Tab stops, and how it looks with the focus."""

    widget: QWidget
    look: QImage


def tab_stops(root: QWidget, at_most: int = 200) -> list[Stop]:
    """Where Tab stops, each place once, in its order from the first one in the window."""
    window = root.window()
    window.activateWindow()
    start = window.focusWidget() or window.nextInFocusChain()
    assert start is not None
    start.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(start, Qt.Key.Key_Tab)  # from here on the window knows that somebody uses the keyboard
    looks: dict[QWidget, QImage] = {}
    last = start
    for _ in range(at_most):
        widget = QApplication.focusWidget()
        assert widget is not None, f"the focus got lost after {called(last)}"
        if widget in looks and not (widget is last and isinstance(widget, QTextBrowser)):  # where it goes on to a link
            return _from_the_first([Stop(widget, look) for widget, look in looks.items()])
        looks.setdefault(widget, look_of(widget))
        last = widget
        QTest.keyClick(widget, Qt.Key.Key_Tab)
    raise AssertionError("Tab goes on and on")


def _from_the_first(stops: list[Stop]) -> list[Stop]:
    """The same circle, begun at the top, as it stands while nothing is scrolled."""
    window = stops[0].widget.window()
    for area in window.findChildren(QScrollArea):
        area.verticalScrollBar().setValue(0)
    places = [stop.widget.mapTo(window, stop.widget.rect().center()) for stop in stops]
    number = min(range(len(stops)), key=lambda n: (places[n].y() // 4, places[n].x()))
    return [*stops[number:], *stops[:number]]


def reached(widget: QWidget, stops: list[Stop]) -> bool:
    """Whether the keyboard gets to `widget` from one of the places where Tab stops."""
    places = [stop.widget for stop in stops]
    if widget in places or any(place.focusProxy() is widget for place in places):
        return True
    if isinstance(widget, QRadioButton):  # arrows go from one to the other
        around = widget.parentWidget()
        return any(isinstance(place, QRadioButton) and place.parentWidget() is around for place in places)
    return False


# Words


@dataclass(frozen=True, slots=True)
class Said:
    """A text on screen, or for a screen reader, and of what it is."""

    text: str
    of: str


def said_by(root: QWidget) -> Iterator[Said]:
    """Every text of `root`: on screen, in tooltips, for screen readers, in menus."""
    yield Said(root.window().windowTitle(), "window title")
    for widget in seen(root):
        if widget.objectName().startswith("qt_") and not isinstance(widget, QLabel):
            continue
        who = called(widget)
        for text in (*_own_texts(widget), *_texts_inside(widget)):
            if text.strip():
                yield Said(_plain(text), who)
        for action in widget.actions():
            yield from _texts_of_action(action, who)


def _plain(text: str) -> str:
    return unescape(sub(r"<[^<>]+>", "", text)) if text.startswith("<") else text


def _own_texts(widget: QWidget) -> Iterator[str]:
    yield widget.toolTip()
    yield widget.accessibleName()
    yield widget.accessibleDescription()
    yield widget.statusTip()
    yield widget.whatsThis()
    if isinstance(widget, (QLabel, QAbstractButton)):
        yield widget.text()
    elif isinstance(widget, QGroupBox):
        yield widget.title()
    elif isinstance(widget, QLineEdit):
        yield widget.placeholderText()
    elif isinstance(widget, QMessageBox):
        yield widget.informativeText()
    elif isinstance(widget, QProgressBar) and widget.isTextVisible():
        yield widget.text()


def _texts_inside(widget: QWidget) -> Iterator[str]:
    if isinstance(widget, QComboBox):
        yield from (widget.itemText(n) for n in range(widget.count()))
    elif isinstance(widget, QTabBar):
        yield from (widget.tabText(n) for n in range(widget.count()))
        yield from (widget.tabToolTip(n) for n in range(widget.count()))
    elif isinstance(widget, QAbstractItemView):
        yield from _cells(widget)
    elif isinstance(widget, QAbstractSpinBox):
        yield widget.text()
        yield widget.specialValueText()


def columns_of(model: QAbstractItemModel) -> int:
    """How many columns it has; a list does not let itself be asked."""
    return 1 if isinstance(model, QAbstractListModel) else model.columnCount()


def _cells(view: QAbstractItemView) -> Iterator[str]:
    model = view.model()
    roles = (
        Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole,
        Qt.ItemDataRole.AccessibleDescriptionRole,
    )  # fmt: skip
    if isinstance(view, QHeaderView):
        count = columns_of(model) if view.orientation() == Qt.Orientation.Horizontal else 0
        yield from (str(model.headerData(n, view.orientation()) or "") for n in range(count))
        return
    for row in range(min(model.rowCount(), 100)):
        for column in range(columns_of(model)):
            index = model.index(row, column)
            yield from (str(index.data(role) or "") for role in roles)


def _texts_of_action(action: QAction, who: str) -> Iterator[Said]:
    if action.isSeparator():
        return
    menu = action.menu()
    for text in (action.text(), action.toolTip(), action.statusTip()):
        if text:
            yield Said(_plain(text), f"an action of {who}")
    if isinstance(menu, QMenu):
        for inner in menu.actions():
            yield from _texts_of_action(inner, who)


# What is cut off


def cut_off(root: QWidget) -> Iterator[str]:
    """Each text of `root` that there is not enough room for, and each control that sticks out of what is around it."""
    for widget in seen(root):
        if _is_part(widget) and not isinstance(widget, QHeaderView):
            continue
        missing = _missing_room(widget)
        if missing > _A_LITTLE:
            yield f"{called(widget)}: {missing} pixels are missing"
        elif isinstance(widget, (QLabel, *_CONTROLS)) and (hidden := _hidden(widget)) > _A_LITTLE:
            yield f"{called(widget)}: {hidden} pixels stick out"


def _missing_room(widget: QWidget) -> int:  # noqa: PLR0911 - one line a sort of widget
    if isinstance(widget, Elided):
        return 0
    if isinstance(widget, QLabel):
        return _missing_in_label(widget)
    if isinstance(widget, (QPushButton, QCheckBox, QRadioButton, QToolButton)):
        return widget.sizeHint().width() - widget.width() if widget.text() else 0
    if isinstance(widget, QComboBox):
        return _missing_in_combo(widget)
    if isinstance(widget, QTabBar):
        return widget.tabRect(widget.count() - 1).right() - widget.width() if widget.count() else 0
    if isinstance(widget, QLineEdit) and widget.placeholderText() and not widget.text():
        return widget.fontMetrics().horizontalAdvance(widget.placeholderText()) + 8 - widget.width()
    if isinstance(widget, QGroupBox):
        return widget.fontMetrics().horizontalAdvance(widget.title()) - widget.width()
    return 0


def _missing_in_label(label: QLabel) -> int:
    if not label.text() or not label.pixmap().isNull():
        return 0
    if not label.wordWrap():
        wanted = label.sizeHint()
        return max(wanted.width() - label.width(), wanted.height() - label.height())
    room = label.contentsRect()
    flags = int(Qt.TextFlag.TextWordWrap)
    needed = label.fontMetrics().boundingRect(QRect(0, 0, room.width(), 10_000), flags, label.text())
    return max(needed.width() - room.width(), needed.height() - room.height())


def _missing_in_combo(combo: QComboBox) -> int:
    option = QStyleOptionComboBox()
    combo.initStyleOption(option)
    parts = QStyle.ComplexControl.CC_ComboBox, QStyle.SubControl.SC_ComboBoxEditField
    room = combo.style().subControlRect(parts[0], option, parts[1], combo).width()
    return combo.fontMetrics().horizontalAdvance(combo.currentText()) - room


def _hidden(widget: QWidget) -> int:
    """How many pixels of its width, or (where nothing can be scrolled) of its height, are outside what is around it."""
    hidden = 0
    inner, around = widget, widget.parentWidget()
    while around is not None and not inner.isWindow():
        at = inner.mapTo(around, QPoint()) if inner is not around else QPoint()
        if _is_viewport(around):  # what is further down comes with scrolling
            return max(hidden, at.x() + inner.width() - around.width() if not isinstance(widget, QFrame) else 0)
        hidden = max(hidden, -inner.x(), -inner.y())
        hidden = max(hidden, inner.geometry().right() - around.width(), inner.geometry().bottom() - around.height())
        inner, around = around, around.parentWidget()
    return hidden


def _is_viewport(widget: QWidget) -> bool:
    around = widget.parentWidget()
    return isinstance(around, QAbstractScrollArea) and around.viewport() is widget


def look_of(widget: QWidget) -> QImage:
    """How a widget looks in its window now, with what is drawn close around it."""
    rect = QRect(widget.mapTo(widget.window(), QPoint()), widget.size()).adjusted(-3, -3, 3, 3)
    return widget.window().grab(rect).toImage()
