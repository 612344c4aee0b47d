"""The Export tab: every kind that the registry has, in sections, with what came of it last."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from exporting import COURSE, OddKind, bring_in, export
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot
from windowing import desk_on, in_window, know

from exportmanager.core.export import Section
from exportmanager.core.ledger import Job, JobState
from exportmanager.core.report import Count, Gap, Report
from exportmanager.core.run import ExportRequest
from exportmanager.jobs.desk import Desk
from exportmanager.jobs.sights import course_sight
from exportmanager.program import Program
from exportmanager.ui.export_tab import ExportTab, OfferRow
from exportmanager.ui.job_words import last_result


def nothing(*_: object) -> None:
    """A kind that writes nothing."""


@pytest.fixture
def desk(program: Program, tmp_path: Path) -> Iterator[Desk]:
    bring_in(program, tmp_path / "course")
    with desk_on(program) as made:
        yield made


@pytest.fixture
def window(qtbot: QtBot, desk: Desk) -> QWidget:
    return in_window(qtbot, ExportTab(desk), width=900, height=500)


@pytest.fixture
def tab(window: QWidget, desk: Desk) -> ExportTab:
    found = window.findChild(ExportTab)
    assert isinstance(found, ExportTab)
    show(found, desk)
    return found


def show(tab: ExportTab, desk: Desk) -> None:
    tab.show_course(course_sight(desk.program, COURSE))


def words_of(row: OfferRow) -> list[str]:
    return [label.text() for label in row.findChildren(QLabel) if label.isVisible() and label.text()]


def test_every_kind_of_the_registry_has_its_row_and_its_button(tab: ExportTab, program: Program) -> None:
    assert tab.rows.keys() == program.kinds.keys()
    for kind in program.kinds.values():
        assert words_of(tab.rows[kind.id])[:2] == [kind.title, kind.summary]
        row = tab.rows[kind.id]
        assert row.button.isEnabled() == (row.offer.reason is None)


def test_a_section_is_there_once_it_has_something_and_in_its_order(tab: ExportTab, desk: Desk) -> None:
    kinds = {id: kind for id, kind in desk.program.kinds.items() if kind.section is Section.DATA}
    desk.program.__dict__["kinds"] = kinds
    show(tab, desk)
    assert list(tab.headings) == [Section.DATA, Section.BLUEPRINTS], "they can be imported, whatever can be exported"
    know(desk.program, OddKind(nothing, id="blue", section=Section.BLUEPRINTS))
    know(desk.program, OddKind(nothing, id="content", section=Section.CONTENT))
    show(tab, desk)
    assert [heading.text() for heading in tab.headings.values()] == [
        "Data exports", "Course content exports", "Course blueprint transfer",
    ]  # fmt: skip
    places = [heading.y() for heading in tab.headings.values()]
    assert places == sorted(places)


def test_beside_the_export_of_blueprints_stands_their_import(qtbot: QtBot, tab: ExportTab) -> None:
    row, button = tab.import_row, tab.import_row.button
    assert row.y() > tab.rows["blueprints"].y()
    assert (button.accessibleName(), button.accessibleDescription()) == (
        "Import...: Import blueprints", "Adds blueprints to this course, from a file or from a public git repository.",
    )  # fmt: skip
    with qtbot.waitSignal(tab.asked_import):
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def test_within_a_section_they_stand_in_the_order_of_their_titles(tab: ExportTab, desk: Desk) -> None:
    for number, title in enumerate(("Middle data", "Alpha data", "Zulu data")):
        know(desk.program, OddKind(nothing, id=f"k{number}", title=title))
    show(tab, desk)
    rows = sorted(tab.rows.values(), key=lambda row: row.y())
    titles = [row.offer.kind.title for row in rows if row.offer.kind.section is Section.DATA]
    assert titles == sorted(titles)
    assert list(tab.rows.values()) == rows


def test_one_that_the_course_does_not_have_says_why_in_sight(tab: ExportTab, desk: Desk) -> None:
    know(desk.program, OddKind(nothing, reason="child of a licensed master course"))
    show(tab, desk)
    row = tab.rows["odd"]
    assert not row.button.isEnabled()
    assert words_of(row) == ["Odd data", "Whatever a test needs.", "Not available: child of a licensed master course"]
    assert row.button.accessibleDescription() == "Not available: child of a licensed master course"


def test_what_came_of_the_last_export_is_said_and_the_row_stays_the_same_widget(tab: ExportTab, desk: Desk) -> None:
    row = tab.rows["coursework"]
    assert row.last.text() == "Nothing exported yet."
    row.button.setFocus()
    export(desk.program)
    show(tab, desk)
    assert tab.rows["coursework"] is row
    assert row.button.hasFocus()
    assert row.last.text().startswith("Last: today, ")
    assert row.last.text().endswith("  ·  complete: 3 of 3 students")


@pytest.mark.parametrize("by", ["mouse", "keyboard"])
def test_the_button_asks_for_the_kind(qtbot: QtBot, tab: ExportTab, by: str) -> None:
    button = tab.rows["coursework"].button
    with qtbot.waitSignal(tab.asked_export) as asked:
        if by == "mouse":
            QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        else:
            button.setFocus()
            QTest.keyClick(button, Qt.Key.Key_Space)
    assert asked.args == ["coursework", None, None]


def test_the_focus_goes_to_the_first_button_that_can_be_pressed(tab: ExportTab, desk: Desk) -> None:
    know(desk.program, OddKind(nothing, id="aaa", title="A first one", reason="not here"))
    show(tab, desk)
    tab.setFocus()
    usable = [row for row in tab.rows.values() if row.button.isEnabled()]
    assert usable[0].button.hasFocus()
    assert [*tab.rows.values()].index(usable[0]) > 0


def test_many_exports_scroll_and_stay_where_they_were_scrolled_to(qtbot: QtBot, tab: ExportTab, desk: Desk) -> None:
    for number in range(12):
        know(desk.program, OddKind(nothing, id=f"odd{number}", title=f"Odd data {number}"))
    show(tab, desk)
    bar = tab.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0)
    bar.setValue(bar.maximum())
    before = bar.value()
    show(tab, desk)
    assert bar.value() == before > 0


def test_controls_have_names_that_tell_them_apart(tab: ExportTab, desk: Desk) -> None:
    know(desk.program, OddKind(nothing))
    show(tab, desk)
    names = [row.button.accessibleName() for row in tab.rows.values()]
    assert {"Export...: Coursework data", "Export...: Odd data"} <= set(names)
    assert len(set(names)) == len(names)
    assert all(row.button.accessibleDescription() for row in tab.rows.values())
    assert tab.accessibleName()


# What came of it, in words


@pytest.fixture
def done(desk: Desk) -> Job:
    return export(desk.program)


GAPS = Report(
    counts=(Count(thing="students", expected=24, done=22),),
    gaps=(Gap(what="workspace", why="lost"), Gap(what="answers", why="lost"), Gap(what="all", why="-", chosen=True)),
)


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (JobState.EXPORTED, "22 of 24 students, 2 gaps"),
        (JobState.EXPIRED, "Expired and removed  ·  22 of 24 students, 2 gaps"),
        (JobState.MISSING, "File is missing  ·  22 of 24 students, 2 gaps"),
    ],
)
def test_the_last_result_names_its_gaps(desk: Desk, done: Job, state: JobState, words: str) -> None:
    said = last_result(replace(done, state=state, report=GAPS), desk.program.clock())
    assert said.startswith("Last: today, ")
    assert said.endswith(words)


@pytest.mark.parametrize(
    ("state", "problem", "words"),
    [
        (JobState.FAILED, "The disk became full.", "Did not work: The disk became full."),
        (JobState.CANCELLED, "", "Stopped"),
        (JobState.INTERRUPTED, "", "Interrupted"),
    ],
)
def test_the_last_result_says_why_there_is_no_file(
    desk: Desk, done: Job, state: JobState, problem: str, words: str
) -> None:
    said = last_result(replace(done, state=state, problem=problem, file=None, report=None), desk.program.clock())
    assert said.split("  ·  ") == [said.split("  ·  ")[0], words]


def test_one_that_is_under_way_says_since_when(tab: ExportTab, desk: Desk) -> None:
    kind = desk.program.kinds["coursework"]
    ticket = desk.program.exporter.submit(ExportRequest("coursework", COURSE, kind.Options()))
    show(tab, desk)
    assert tab.rows["coursework"].last.text().startswith("Waiting to begin, asked for today, ")
    ticket.draft.discard()
