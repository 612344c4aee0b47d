"""Rows of the shelf: what is patched and what stays, many of them, by keyboard, by course, small and narrow."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from conftest import Clock
from exporting import COURSE, OddKind, small_course
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QSplitter, QWidget
from pytestqt.qtbot import QtBot
from shelving import Shelving, shelving
from windowing import Gate, desk_on, in_window, know

from exportmanager.core.course import CourseId
from exportmanager.core.ledger import Job, JobState, Sealed
from exportmanager.core.meter import Progress
from exportmanager.core.report import Count, Gap, Report
from exportmanager.core.retention import Due
from exportmanager.core.run import ExportRequest
from exportmanager.program import Program
from exportmanager.ui.memory import Memory
from exportmanager.ui.notices import Notices
from exportmanager.ui.shelf_list import ShelfList
from exportmanager.ui.shelf_look import Do, Look, look_of
from exportmanager.ui.shelf_model import Entry, Run
from exportmanager.ui.shelf_panel import ShelfPanel
from exportmanager.ui.shelf_row import ShelfRow
from exportmanager.ui.theme import DARK, LIGHT, Theme


@pytest.fixture
def shelf(qtbot: QtBot, program: Program, tmp_path: Path) -> Iterator[Shelving]:
    program.bring_in("folder", str(small_course(tmp_path / "course")))
    with desk_on(program) as desk:
        yield shelving(qtbot, program, desk)


def job(number: int, now: datetime, **parts: object) -> Job:
    whole = Report(counts=(Count(thing="students", expected=24, done=24),))
    made = Job(
        id=number,
        kind="coursework",
        course_id=COURSE,
        course_title="A small course",
        course_code="SMALL",
        options={},
        state=JobState.EXPORTED,
        draft=str(number),
        created_at=now,
        started_by="teacher",
        program="1",
        finished_at=now,
        file=Sealed(f"file {number}.zip", 1_000_000, "0" * 64),
        expires_at=now + timedelta(days=7),
        report=whole,
    )
    return replace(made, **parts)  # type: ignore[arg-type]


def ready(number: int, now: datetime) -> Entry:
    return Entry(key=f"job {number}", job=job(number, now), due=Due.STAYS)


def running(number: int, now: datetime, progress: Progress) -> Entry:
    under_way = job(number, now, state=JobState.EXPORTING, file=None, report=None, expires_at=None)
    return Entry(key=f"job {number}", job=under_way, run=Run.HERE, progress=progress)


class Shown:
    """A list of rows in a window."""

    def __init__(self, qtbot: QtBot, clock: Clock, height: int = 300) -> None:
        self.qtbot, self.clock = qtbot, clock
        self.list = ShelfList(self.look)
        self.window = in_window(qtbot, self.list, height=height)

    def look(self, entry: Entry) -> Look:
        return look_of(entry, self.clock(), {}, None)

    def show(self, entries: Sequence[Entry]) -> list[ShelfRow]:
        self.list.show_entries(entries, "Nothing")
        return self.rows()

    def rows(self) -> list[ShelfRow]:
        """The rows, once all are made."""
        self.qtbot.waitUntil(lambda: not self.list.is_making)
        return list(self.list.rows.values())

    def place_of(self, key: str) -> QPoint:
        """Where a row stands in the view."""
        return self.list.rows[key].mapTo(self.list.viewport(), QPoint())


@pytest.fixture
def shown(qtbot: QtBot, clock: Clock) -> Shown:
    return Shown(qtbot, clock)


# What is patched, and what stays


def test_of_three_hundred_rows_the_first_fifty_are_made_and_more_on_request(shown: Shown, clock: Clock) -> None:
    rows = shown.show([ready(number, clock()) for number in range(300, 0, -1)])
    assert len(rows) == 50
    assert shown.list.more.text() == "Show 50 more"
    shown.list.more.click()
    assert len(shown.rows()) == 100
    assert shown.rows()[:50] == rows
    assert shown.rows()[50].hasFocus()
    for _ in range(4):
        shown.list.more.click()
    assert len(shown.rows()) == 300
    assert not shown.list.more.isVisible()


def test_a_button_keeps_the_focus_while_percentages_change(shown: Shown, clock: Clock) -> None:
    row = shown.show([running(1, clock(), Progress("Packing", 10, 100))])[0]
    row.buttons[Do.STOP].setFocus()
    for done in range(11, 90):
        shown.list.patch(running(1, clock(), Progress("Packing", done, 100, f"file {done}", 30 - done / 3)))
    assert row.buttons[Do.STOP].hasFocus()
    assert row.bar.value() == 890
    assert row.side.text() == "0 seconds left"


def test_a_row_whose_focused_button_goes_takes_the_focus_itself(shown: Shown, clock: Clock) -> None:
    row = shown.show([running(1, clock(), Progress("Packing", 10, 100))])[0]
    row.buttons[Do.STOP].setFocus()
    shown.show([ready(1, clock())])
    assert row.hasFocus()


def test_focus_goes_to_the_neighbour_of_a_row_that_goes(shown: Shown, clock: Clock) -> None:
    entries = [ready(number, clock()) for number in (3, 2, 1)]
    rows = shown.show(entries)
    rows[1].setFocus()
    assert shown.show([entries[0], entries[2]])[1].hasFocus()
    assert shown.show([entries[0]])[0].hasFocus()


def test_rows_above_do_not_push_away_what_the_teacher_looks_at(qtbot: QtBot, shown: Shown, clock: Clock) -> None:
    entries = [ready(number, clock()) for number in range(40, 0, -1)]
    shown.show(entries)
    qtbot.waitUntil(lambda: shown.list.verticalScrollBar().maximum() > 0)
    shown.list.ensureWidgetVisible(shown.list.rows["job 10"], 0, 0)
    before = shown.place_of("job 10")
    shown.show([ready(42, clock()), ready(41, clock()), *entries])
    assert shown.place_of("job 10") == before
    qtbot.waitUntil(lambda: shown.list.verticalScrollBar().maximum() > shown.list.verticalScrollBar().value())
    assert shown.place_of("job 10") == before


def test_who_looks_at_the_newest_sees_the_newest(shown: Shown, clock: Clock) -> None:
    entries = [ready(number, clock()) for number in range(40, 0, -1)]
    shown.show(entries)
    shown.show([ready(41, clock()), *entries])
    assert shown.list.verticalScrollBar().value() == 0


# By keyboard


def test_arrows_go_from_row_to_row_also_from_a_button(qtbot: QtBot, shown: Shown, clock: Clock) -> None:
    rows = shown.show([ready(number, clock()) for number in (3, 2, 1)])
    shown.list.focus_first()
    QTest.keyClick(rows[0], Qt.Key.Key_Down)
    assert rows[1].hasFocus()
    rows[1].buttons[Do.OPEN].setFocus()
    QTest.keyClick(rows[1].buttons[Do.OPEN], Qt.Key.Key_Down)
    assert rows[2].hasFocus()
    QTest.keyClick(rows[2], Qt.Key.Key_Up)
    assert rows[1].hasFocus()


def test_tab_goes_through_the_rows_as_they_stand_whenever_they_were_made(
    qtbot: QtBot, shown: Shown, clock: Clock
) -> None:
    shown.show([ready(1, clock())])
    rows = shown.show([running(3, clock(), Progress("Packing", 1, 2)), ready(2, clock()), ready(1, clock())])
    rows = shown.show([ready(3, clock()), ready(2, clock()), ready(1, clock())])
    rows[0].setFocus()
    went: list[QWidget] = []
    for _ in range(11):
        focused = QApplication.focusWidget()
        assert focused is not None
        went.append(focused)
        QTest.keyClick(went[-1], Qt.Key.Key_Tab)
    wanted = [stop for row in rows for stop in row.stops() if stop.isVisible()]
    assert went == wanted[:11]


@pytest.mark.qt_log_ignore("This plugin does not support")  # what the platform without a screen says of menus
def test_keys_open_remove_and_take_back(shelf: Shelving) -> None:
    row = shelf.finished()
    asked: list[Do] = []

    def note(key: str, do: Do) -> None:
        asked.append(do)

    row.asked.connect(note)
    row.setFocus()
    QTest.keyClick(row, Qt.Key.Key_Delete)
    assert row.side.text() == "Removed"
    assert row.hasFocus()
    QTest.keyClick(row, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert row.side.text() == "removed in 7 days"
    QTest.keyClick(row, Qt.Key.Key_F2)
    assert row.menu.isVisible()
    assert [action.text() for action in row.menu.actions()][:3] == ["Review", "Open", "Show in folder"]
    row.menu.close()
    assert asked == [Do.REMOVE, Do.UNDO]


def test_enter_opens_from_the_row_itself_and_presses_a_button(shown: Shown, qtbot: QtBot, clock: Clock) -> None:
    row = shown.show([ready(1, clock())])[0]
    asked: list[tuple[str, Do]] = []

    def note(key: str, do: Do) -> None:
        asked.append((key, do))

    shown.list.asked.connect(note)
    row.setFocus()
    QTest.keyClick(row, Qt.Key.Key_Return)
    assert asked == [("job 1", Do.OPEN)]
    row.buttons[Do.SAVE].setFocus()
    QTest.keyClick(row.buttons[Do.SAVE], Qt.Key.Key_Return)
    assert asked == [("job 1", Do.OPEN), ("job 1", Do.SAVE)]


def test_what_cannot_be_done_any_more_is_not_asked_for(shown: Shown, clock: Clock) -> None:
    row = shown.show([ready(1, clock())])[0]
    asked: list[Do] = []

    def note(key: str, do: Do) -> None:
        asked.append(do)

    shown.list.asked.connect(note)
    row.menu.aboutToShow.emit()
    remove = next(action for action in row.menu.actions() if action.text() == "Remove")
    shown.show([Entry(key="job 1", job=job(1, clock(), state=JobState.MISSING))])
    remove.trigger()
    assert asked == []


# For who cannot see it


def test_a_rows_name_is_its_whole_sentence(shown: Shown, clock: Clock) -> None:
    row = shown.show([ready(1, clock())])[0]
    assert row.accessibleName() == "coursework · SMALL, 1.0 MB, complete: 24 of 24 students, removed in 7 days"
    assert row.buttons[Do.OPEN].accessibleName() == "Open: coursework · SMALL"


def test_the_name_of_a_running_row_changes_with_every_tenth_percent_only(shown: Shown, clock: Clock) -> None:
    row = shown.show([running(1, clock(), Progress("Packing", 41, 100, "a"))])[0]
    names = set()
    for done in range(41, 50):
        shown.list.patch(running(1, clock(), Progress("Packing", done, 100, f"file {done}")))
        names.add(row.accessibleName())
    assert names == {"coursework · SMALL, Packing, 40 %"}


# Room


@pytest.mark.parametrize("width", [760, 1024, 1600])
def test_nothing_in_a_row_is_cut_off(qtbot: QtBot, shown: Shown, clock: Clock, width: int) -> None:
    soon = Entry(key="job 2", job=job(2, clock(), expires_at=clock() + timedelta(hours=5)), due=Due.SOON)
    rows = shown.show([ready(1, clock()), soon])
    shown.window.resize(width, 300)
    qtbot.waitUntil(lambda: abs(rows[0].width() - width) < 60 and not any(map(cut_off, rows)))
    assert rows[1].buttons[Do.KEEP_LONGER].isVisible()
    assert rows[0].buttons[Do.OPEN].isVisible()


def cut_off(row: ShelfRow) -> list[QWidget]:
    """What of a row is not wholly in sight."""
    parts = [part for part in (*row.buttons.values(), row.more, row.side, row.facts) if part.isVisible()]
    return [
        part
        for part in parts
        if not row.rect().contains(part.rect().translated(part.mapTo(row, part.rect().topLeft())))
        or part.width() < part.sizeHint().width()
    ]


def colour_of(label: QWidget) -> str:
    return label.palette().color(QPalette.ColorRole.WindowText).name()


def test_a_row_wears_the_colours_of_light_and_dark_as_they_change(shown: Shown, clock: Clock) -> None:
    gap = Gap(what="workspace", who="Cy Specimen", why="It did not come.")
    counts = (Count(thing="students", expected=24, done=23),)
    soon = clock() + timedelta(hours=5)
    first = job(1, clock(), expires_at=soon, report=Report(counts=counts, gaps=(gap,)))
    theme = Theme()
    row = shown.show([Entry(key="job 1", job=first, due=Due.SOON)])[0]
    try:
        for scheme, colours in (("dark", DARK), ("light", LIGHT)):
            theme.choose(scheme)
            shown.qtbot.waitUntil(lambda c=colours: colour_of(row.side) == c.warning)  # type: ignore[misc]
            assert row.gaps.palette().color(QPalette.ColorRole.ButtonText).name() == colours.link
            assert colour_of(row.title) == colours.text
        shown.show([ready(1, clock())])
        assert colour_of(row.side) == LIGHT.muted
    finally:
        theme.choose("system")


# The head


def test_the_shelf_is_filtered_by_course(shelf: Shelving, tmp_path: Path) -> None:
    shelf.program.bring_in("folder", str(small_course(tmp_path / "other", id="course-2", code="OTHER", title="Other")))
    shelf.finished()
    kind = shelf.program.kinds["coursework"]
    shelf.desk.queue.submit(ExportRequest("coursework", CourseId("course-2"), kind.Options()))
    shelf.qtbot.waitUntil(lambda: shelf.panel.summary.text().startswith("2 ready"), timeout=20_000)
    course = shelf.panel.course
    assert [course.itemText(n) for n in range(course.count())] == [
        "All courses", "OTHER  Other", "SMALL  A small course",
    ]  # fmt: skip
    course.setCurrentIndex(1)
    assert [row.title.text() for row in shelf.rows] == ["Coursework data · OTHER"]
    assert shelf.panel.summary.text().startswith("1 ready")
    shelf.panel.shelf_actions.removals.undo_for = 1
    shelf.choose(shelf.rows[0], Do.REMOVE)
    shelf.qtbot.waitUntil(lambda: course.count() == 2)
    assert course.currentText() == "All courses"  # nothing is left of the other one
    assert [row.title.text() for row in shelf.rows] == ["Coursework data · SMALL"]


def test_the_shelf_can_be_small_and_stays_so_at_the_next_start(qtbot: QtBot, program: Program) -> None:
    with desk_on(program) as desk:
        memory = Memory(desk, {}, desk)
        panel = ShelfPanel(desk, memory, Notices())
        above = QWidget()
        splitter = QSplitter(Qt.Orientation.Vertical)
        splitter.addWidget(above)
        splitter.addWidget(panel)
        window = in_window(qtbot, splitter)
        splitter.setSizes([400, 200])
        before = panel.height()
        panel.chevron.click()
        assert not panel.list.isVisible()
        qtbot.waitUntil(lambda: panel.height() < 60 and above.height() > 500)  # the room goes to what is above
        assert panel.chevron.accessibleName() == "Show the shelf's rows"
        again = ShelfPanel(desk, memory, Notices())
        qtbot.addWidget(again)
        assert again.is_small
        panel.chevron.click()
        qtbot.waitUntil(lambda: panel.height() == before)
        assert window.isVisible()
        qtbot.waitUntil(lambda: panel.model.is_read and again.model.is_read)


def test_the_way_to_the_shelf_opens_it_and_stands_on_the_first_row(shelf: Shelving) -> None:
    row = shelf.finished()
    shelf.panel.chevron.click()
    shelf.panel.setFocus()
    assert row.hasFocus()


def test_an_answer_that_is_older_than_what_the_queue_said_changes_nothing(shelf: Shelving) -> None:
    gate = Gate()
    know(shelf.program, OddKind(gate))
    seen: list[int] = []

    def count() -> None:
        seen.append(len(shelf.panel.model.entries))

    shelf.panel.model.arranged.connect(count)
    shelf.panel.model.read()  # under way while the export begins
    shelf.export("odd")
    shelf.qtbot.waitUntil(gate.began.is_set)
    shelf.qtbot.waitUntil(lambda: not shelf.desk.background.is_busy)
    assert shelf.wait_for_rows(1)
    assert 0 not in seen[1:]
    gate.open.set()
    shelf.qtbot.waitUntil(lambda: shelf.panel.summary.text().startswith("1 ready"))
