"""Tables: filtered, sorted, selected, copied, remembered; and a hundred thousand rows do not stop the window."""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from PySide6.QtCore import QLocale, QModelIndex, QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from windowing import in_window

from exportmanager.ui.rows import collated, first_line, sorted_in_steps
from exportmanager.ui.table import Column, Rows, Table

ASCENDING, DESCENDING = Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder
MANY = 20_000


@dataclass(frozen=True)
class Thing:
    id: int
    name: str
    size: int | None = None


COLUMNS: list[Column[Thing]] = [
    Column(id="name", title="Name", text=lambda thing: thing.name, is_wide=True),
    Column(
        id="size",
        title="Size",
        text=lambda thing: "" if thing.size is None else str(thing.size),
        sort=lambda thing: thing.size,
        is_number=True,
    ),
]
THINGS = (Thing(1, "Zoë", 9), Thing(2, "adam", None), Thing(3, "Bert", 10), Thing(4, "Łucja", 10))


def rows_of(*things: Thing) -> Rows[Thing]:
    rows = Rows(COLUMNS, key=lambda thing: thing.id)
    rows.set_rows(things or THINGS)
    return rows


def ids(rows: Rows[Thing]) -> list[int]:
    return [thing.id for thing in rows.shown]


@pytest.fixture
def table(qtbot: QtBot) -> Iterator[Table]:
    table = Table(rows_of(), "Things")
    window = in_window(qtbot, table, width=500, height=300)
    yield table
    window.hide()


@pytest.fixture
def english(qtbot: QtBot) -> Iterator[None]:
    before = QLocale()
    QLocale.setDefault(QLocale(QLocale.Language.English, QLocale.Country.UnitedKingdom))
    yield
    QLocale.setDefault(before)


# Filtering


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", [1, 2, 3, 4]),
        ("ZOE", [1]),
        ("zoë", [1]),
        ("lucja", [4]),
        ("10", [3, 4]),
        ("10 bert", [3]),
        ("  ", [1, 2, 3, 4]),
        ("x", []),
    ],
)
def test_a_filter_finds_rows_that_hold_every_word_whatever_its_case_and_accents(
    qapp: QApplication, text: str, found: list[int]
) -> None:
    rows = rows_of()
    rows.filter(text)
    assert ids(rows) == found
    assert rows.total == 4
    assert rows.is_filtered is bool(text.strip())


def test_words_of_two_columns_do_not_run_together(qapp: QApplication) -> None:
    rows = rows_of(Thing(1, "ab", 12))
    rows.filter("b1")
    assert not ids(rows)


def test_new_rows_are_searched_anew(qapp: QApplication) -> None:
    rows = rows_of()
    rows.filter("bert")
    rows.set_rows([Thing(1, "Bert"), *THINGS[1:]])
    assert ids(rows) == [1, 3]


def test_rows_can_be_narrowed_beside_the_search(qapp: QApplication) -> None:
    rows = rows_of()
    rows.narrow(lambda thing: thing.size == 10)
    rows.filter("luc")
    assert (ids(rows), rows.total, rows.is_filtered) == ([4], 4, True)
    rows.filter("")
    assert ids(rows) == [3, 4]
    rows.narrow(None)
    assert ids(rows) == [1, 2, 3, 4]
    assert not rows.is_filtered


# Sorting


def test_numbers_are_sorted_as_numbers_and_what_is_not_known_comes_last_either_way(qapp: QApplication) -> None:
    rows = rows_of()
    rows.sort(1, ASCENDING)
    assert ids(rows) == [1, 3, 4, 2]
    rows.sort(1, DESCENDING)
    assert ids(rows) == [3, 4, 1, 2]


def test_a_negative_column_gives_the_first_order_back(qapp: QApplication) -> None:
    rows = rows_of()
    rows.sort(0, ASCENDING)
    rows.sort(-1)
    assert ids(rows) == [1, 2, 3, 4]


def test_texts_are_sorted_as_the_language_does(english: None) -> None:
    names = ["Zoe", "Loops 10", "", "élan", "Loops 2", "Eve", "łucja", "Luna"]
    rows = rows_of(*(Thing(n, name) for n, name in enumerate(names)))
    rows.sort(0, ASCENDING)
    assert [thing.name for thing in rows.shown] == [
        "élan", "Eve", "Loops 2", "Loops 10", "łucja", "Luna", "Zoe", "",
    ]  # fmt: skip


@pytest.mark.parametrize("order", [ASCENDING, DESCENDING])
def test_sorting_in_steps_is_sorting(order: Qt.SortOrder) -> None:
    values: list[int | None] = [None if n % 97 == 0 else (n * 7919) % 500 for n in range(5_432)]
    steps = sorted_in_steps(list(enumerate(values)), lambda pair: pair[1], order)
    count = 0
    while True:
        try:
            next(steps)
            count += 1
        except StopIteration as end:
            found = end.value
            break
    known = [pair for pair in enumerate(values) if pair[1] is not None]
    wanted = sorted(known, key=lambda pair: pair[1] or 0, reverse=order is DESCENDING)
    assert found == wanted + [pair for pair in enumerate(values) if pair[1] is None]
    assert count > 20  # and each of these is a moment in which the window can answer


def test_without_a_language_texts_are_sorted_without_case(qapp: QApplication) -> None:
    assert QLocale().language() is QLocale.Language.C
    key = collated(lambda text: text)
    assert sorted(["b", "A", "a", "B"], key=key) == ["A", "a", "b", "B"]
    assert key("") is None


# New values


def test_rows_that_changed_are_patched_and_the_others_let_alone(qtbot: QtBot) -> None:
    rows = rows_of()
    changed: list[tuple[int, int]] = []

    def note(first: QModelIndex, last: QModelIndex) -> None:
        changed.append((first.row(), last.row()))

    rows.dataChanged.connect(note)
    with qtbot.assertNotEmitted(rows.modelReset):
        rows.set_rows([THINGS[0], replace(THINGS[1], size=5), *THINGS[2:]])
    assert changed == [(1, 1)]
    assert rows.index(1, 1).data() == "5"


def test_the_same_rows_again_change_nothing(qtbot: QtBot) -> None:
    rows = rows_of()
    with qtbot.assertNotEmitted(rows.dataChanged), qtbot.assertNotEmitted(rows.modelReset):
        rows.set_rows([replace(thing) for thing in THINGS])


def test_selection_and_the_keyboards_place_stay_through_sorting_filtering_and_new_rows(table: Table) -> None:
    table.select_key(3)
    table.sortByColumn(0, DESCENDING)
    assert [thing.id for thing in table.chosen()] == [3]
    assert table.current().id == 3
    table.rows.filter("bert")
    table.rows.filter("")
    table.rows.set_rows([Thing(9, "New"), *THINGS])
    assert [thing.id for thing in table.chosen()] == [3]
    assert table.current().id == 3


def test_whoever_is_filtered_away_is_not_selected_any_more(qtbot: QtBot, table: Table) -> None:
    table.selectAll()
    with qtbot.waitSignal(table.picked):
        table.rows.filter("bert")
    assert [thing.id for thing in table.chosen()] == [3]
    assert table.chosen_count() == 1
    table.rows.filter("")
    assert table.chosen_count() == 1


def test_chosen_rows_come_as_they_stand(table: Table) -> None:
    table.selectAll()
    table.sortByColumn(1, DESCENDING)
    assert [thing.id for thing in table.chosen()] == [3, 4, 1, 2]


def test_the_place_in_sight_stays_when_a_row_comes_in(qtbot: QtBot, table: Table) -> None:
    things = [Thing(n, f"name {n}") for n in range(200)]
    table.rows.set_rows(things)
    qtbot.waitUntil(lambda: table.verticalScrollBar().maximum() > 1_000)
    table.verticalScrollBar().setValue(1_000)
    table.rows.set_rows([*things, Thing(200, "last")])
    table.grab()
    assert table.verticalScrollBar().value() == 1_000


# Opening and copying


def test_a_double_click_or_enter_opens_and_a_single_click_does_not(qtbot: QtBot, table: Table) -> None:
    opened: list[Thing] = []
    table.opened.connect(opened.append)
    place = table.visualRect(table.rows.index(2, 0)).center()
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert not opened
    QTest.mouseDClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert [thing.id for thing in opened] == [3]
    QTest.keyClick(table, Qt.Key.Key_Down)
    QTest.keyClick(table, Qt.Key.Key_Return)
    assert [thing.id for thing in opened] == [3, 4]


def test_copying_gives_tab_separated_lines_as_the_columns_stand(qtbot: QtBot, table: Table) -> None:
    table.rows.set_rows([Thing(1, "two\nlines\tand a tab", 1), Thing(2, "b", 2), Thing(3, "c", 3)])
    table.horizontalHeader().moveSection(1, 0)
    table.selectRow(0)
    QTest.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "1\ttwo lines and a tab"
    table.selectAll()
    table.copy()
    assert QGuiApplication.clipboard().text() == "Size\tName\n1\ttwo lines and a tab\n2\tb\n3\tc"


def test_copying_nothing_leaves_the_clipboard_alone(table: Table) -> None:
    QGuiApplication.clipboard().setText("before")
    table.copy()
    assert QGuiApplication.clipboard().text() == "before"


# How it looks


@pytest.mark.parametrize(
    ("text", "line"),
    [("one", "one"), ("one\n", "one"), ("\n\n one\ntwo", "one…"), ("", ""), ("x" * 1_000, "x" * 300 + "…")],
)
def test_a_cell_shows_the_first_line(text: str, line: str) -> None:
    assert first_line(text) == line


def test_what_looks_like_html_is_shown_as_it_is(qapp: QApplication) -> None:
    rows = rows_of(Thing(1, "<img src='http://x.example/'> & more"))
    assert rows.index(0, 0).data() == "<img src='http://x.example/'> & more"
    tip = rows.index(0, 0).data(Qt.ItemDataRole.ToolTipRole)
    assert "<img" not in tip
    assert "&lt;img" in tip


def test_columns_fill_the_table_and_follow_its_width(qtbot: QtBot, table: Table) -> None:
    table.fit_columns()
    assert table.horizontalHeader().length() == table.viewport().width()
    table.window().resize(800, 300)
    qtbot.waitUntil(lambda: table.viewport().width() > 600)
    assert table.horizontalHeader().length() == table.viewport().width()
    assert table.columnWidth(1) < 120  # numbers do not need what is left over


def test_long_texts_are_cut_where_there_is_no_room_and_numbers_are_not(table: Table) -> None:
    table.rows.set_rows([Thing(1, "a very long name " * 20, 123_456_789_012)])
    table.fit_columns()
    assert table.horizontalHeader().length() == table.viewport().width()
    assert table.columnWidth(1) > table.fontMetrics().horizontalAdvance("123456789012")


def test_a_width_set_by_hand_stays_and_is_told(qtbot: QtBot, table: Table) -> None:
    table.fit_columns()
    with qtbot.waitSignal(table.layout_changed):
        table.horizontalHeader().resizeSection(0, 123)
    table.window().resize(900, 300)
    qtbot.waitUntil(lambda: table.viewport().width() > 700)
    assert table.columnWidth(0) == 123


def test_widths_order_and_sorting_are_remembered(qtbot: QtBot, table: Table) -> None:
    table.horizontalHeader().resizeSection(0, 123)
    table.horizontalHeader().moveSection(1, 0)
    table.sortByColumn(1, DESCENDING)
    other = Table(rows_of(), "Things")
    qtbot.addWidget(other)
    assert other.restore_layout(table.layout_state())
    assert other.columnWidth(0) == 123
    assert other.horizontalHeader().visualIndex(1) == 0
    assert ids(other.rows) == [3, 4, 1, 2]


@pytest.mark.parametrize("state", ["", "rubbish", "name,size:rubbish", "name,other:AAAA"])
def test_a_layout_of_other_columns_is_not_taken(table: Table, state: str) -> None:
    widths = [table.columnWidth(0), table.columnWidth(1)]
    assert not table.restore_layout(state)
    assert [table.columnWidth(0), table.columnWidth(1)] == widths


def test_tab_leaves_the_table(qtbot: QtBot, table: Table) -> None:
    other = Table(rows_of(), "More things")
    window = in_window(qtbot, table, other)
    table.setFocus()
    QTest.keyClick(table, Qt.Key.Key_Tab)
    assert other.hasFocus()
    window.hide()


# Very many rows


def arranged(qtbot: QtBot, rows: Rows[Any]) -> None:
    qtbot.waitUntil(lambda: not rows.is_arranging, timeout=20_000)


def test_very_many_rows_are_searched_between_the_windows_other_events(qtbot: QtBot, short_slices: None) -> None:
    rows = rows_of(*(Thing(n, f"name {n}", n) for n in range(MANY)))
    arranged(qtbot, rows)
    rows.filter("name 77")
    assert rows.is_arranging
    assert len(rows.shown) == MANY  # what was there stays until then
    arranged(qtbot, rows)
    assert len(rows.shown) == sum(str(n).startswith("77") or "77" in str(n) for n in range(MANY))


def test_the_newest_search_wins(qtbot: QtBot, short_slices: None) -> None:
    rows = rows_of(*(Thing(n, f"name {n}") for n in range(MANY)))
    rows.filter("name 1")
    rows.filter("no such thing")
    rows.filter("name 12345")
    arranged(qtbot, rows)
    assert [thing.id for thing in rows.shown] == [12_345]


def test_texts_of_very_many_rows_are_made_only_when_somebody_searches(qtbot: QtBot, short_slices: None) -> None:
    asked: list[int] = []

    def text(thing: Thing) -> str:
        asked.append(thing.id)
        return thing.name

    rows = Rows([Column(id="name", title="Name", text=text)], key=lambda thing: thing.id)
    rows.set_rows([Thing(n, "name") for n in range(MANY)])
    arranged(qtbot, rows)
    assert not asked


def test_rows_that_are_not_needed_any_more_are_freed(qtbot: QtBot, short_slices: None) -> None:
    rows = rows_of(*(Thing(n, f"name {n}") for n in range(MANY)))
    arranged(qtbot, rows)
    first = weakref.ref(rows.shown[0])
    rows.set_rows(())
    qtbot.waitUntil(lambda: first() is None)


def test_all_of_very_many_are_selected_and_copied(qtbot: QtBot, short_slices: None) -> None:
    table = Table(rows_of(*(Thing(n, f"name {n}", n) for n in range(MANY))), "Things")
    qtbot.addWidget(table)
    arranged(qtbot, table.rows)
    table.selectAll()
    assert table.chosen_count() == MANY
    table.copy()
    last = f"name {MANY - 1}\t{MANY - 1}"
    qtbot.waitUntil(lambda: QGuiApplication.clipboard().text().endswith(last), timeout=20_000)
    assert QGuiApplication.clipboard().text().count("\n") == MANY


def test_a_right_click_asks_for_a_menu_and_selects_the_row(qtbot: QtBot, table: Table) -> None:
    asked: list[QPoint] = []
    table.customContextMenuRequested.connect(asked.append)
    place = table.visualRect(table.rows.index(1, 0)).center()
    QTest.mousePress(table.viewport(), Qt.MouseButton.RightButton, pos=place)
    table.customContextMenuRequested.emit(place)
    assert asked == [place]
    assert [thing.id for thing in table.chosen()] == [2]
