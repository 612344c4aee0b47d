"""Scrolls, sorts and filters tables of ten thousand rows, and watches the event loop meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QTabWidget, QWidget

from benchmarks.watching import for_milliseconds, gaps_into, until
from exportmanager.ui.table import Table

_STEPS = 150
_STUDENTS_TAB = 2
_WORD = "loops"


def students_and_visits(window: Any) -> dict[str, Any]:
    """What the loop did with the students of the course in view, and with the visits of the first of them."""
    found: dict[str, dict[str, float]] = {}
    page = window.page
    with gaps_into(found, "students: open the tab"):
        page.show_tab(_STUDENTS_TAB)
        for_milliseconds(500)
    students = _longest(page.students)
    _work_with(students, page.students, "students", "42", found)
    first = page.sight.overview.students[0].student.id
    with gaps_into(found, "access history: open the student"):
        page.students.opened.emit(first)
        until(lambda: page.student.isVisible() and not window.desk.background.is_busy)
        for_milliseconds(500)
    _show_each_tab(page.student, found)
    visits = _longest(page.student)
    visits_page = visits.parentWidget()
    assert visits_page is not None
    _work_with(visits, visits_page, "access history", _WORD, found)
    return {"gaps": found, "rows": {"students": students.rows.total, "access history": visits.rows.total}}


def _longest(page: QWidget) -> Table:
    """The table with the most rows."""
    return max(page.findChildren(Table), key=lambda table: table.rows.total)


def _show_each_tab(page: QWidget, found: dict[str, dict[str, float]]) -> None:
    """Go through the tabs of a student, and end at that of the longest table."""
    tabs = page.findChild(QTabWidget)
    assert tabs is not None, "a student's page has tabs"
    for number in range(tabs.count()):
        with gaps_into(found, f"access history: student's tab {number + 1}"):
            tabs.setCurrentIndex(number)
            for_milliseconds(300)
    longest = _longest(page)
    tabs.setCurrentIndex(
        [tab.isAncestorOf(longest) for n in range(tabs.count()) if (tab := tabs.widget(n))].index(True)
    )
    for_milliseconds(300)


def _work_with(table: Table, page: QWidget, name: str, word: str, found: dict[str, dict[str, float]]) -> None:
    assert table.isVisible()
    with gaps_into(found, f"{name}: scroll"):
        _scroll(table)
    for number in range(len(table.rows.columns)):
        _watch(table, found, f"{name}: sort", partial(table.sortByColumn, number, Qt.SortOrder.DescendingOrder))
    field = next(field for field in _fields(page) if field.isVisible())
    for end in range(1, len(word) + 1):
        _watch(table, found, f"{name}: filter", partial(field.setText, word[:end]))
    _watch(table, found, f"{name}: filter", field.clear)
    table.selectAll()
    _watch(table, found, f"{name}: sort, all selected", partial(table.sortByColumn, 0, Qt.SortOrder.AscendingOrder))
    table.clearSelection()


def _fields(page: QWidget) -> list[QLineEdit]:
    """The fields of a page, or of the one around it."""
    around: QWidget | None = page
    while around is not None and not (fields := around.findChildren(QLineEdit)):
        around = around.parentWidget()
    return fields


def _scroll(table: Table) -> None:
    """From the top to the bottom in steps, each of them painted."""
    bar = table.verticalScrollBar()
    for step in range(_STEPS + 1):
        bar.setValue(bar.maximum() * step // _STEPS)
        for_milliseconds(0)
    table.scrollToTop()


def _watch(table: Table, found: dict[str, dict[str, float]], name: str, work: Callable[[], object]) -> None:
    """Add what the loop did while `work` was done, once, to what it did the other times: the longest counts."""
    once: dict[str, dict[str, float]] = {}
    with gaps_into(once, name):
        for_milliseconds(30)
        work()
        until(lambda: not table.rows.is_arranging)
        for_milliseconds(50)
    before = found.get(name)
    if before is None or before["max"] < once[name]["max"]:
        found[name] = once[name]
