"""The window tells which access events will go, once and with a way to keep them, and which went."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from building import CourseBuilder
from conftest import Clock
from exporting import COURSE
from pytestqt.qtbot import QtBot
from shelving import Shelving, shelving
from windowing import desk_on

from exportmanager.core.course_settings import CourseSettings
from exportmanager.program import Program

LETS_GO = CourseSettings(remove_old_access=True)


@pytest.fixture
def shelf(qtbot: QtBot, program: Program, tmp_path: Path) -> Iterator[Shelving]:
    builder = CourseBuilder(tmp_path / "course")
    builder.course["title"] = "{a}"
    for number in (1, 2, 3):
        builder.add("access", at=f"2025-01-0{number}T10:00:00Z", user="s1", type="log_in", ip="192.0.2.1")
    program.bring_in("folder", str(builder.write()))
    program.library.set_course_settings(COURSE, LETS_GO)
    with desk_on(program) as desk:
        yield shelving(qtbot, program, desk)


def tidy(shelf: Shelving) -> None:
    with shelf.qtbot.waitSignal(shelf.desk.tidied):
        shelf.desk.tidy()


def texts(shelf: Shelving) -> list[str]:
    return [bar.text for bar in shelf.notices.bars]


def test_what_will_go_is_told_once_while_the_window_is_open(shelf: Shelving, clock: Clock) -> None:
    tidy(shelf)
    (bar,) = shelf.notices.bars
    assert bar.text.startswith("{a}: 3 access events from before ")
    assert bar.text.endswith(" will be removed.")
    assert bar.next_step.startswith("They leave the library for good after ")
    bar.dismiss()
    clock.forward(hours=1)
    tidy(shelf)
    assert texts(shelf) == []


def test_everything_is_kept_at_a_press_on_the_button(shelf: Shelving, clock: Clock) -> None:
    tidy(shelf)
    with shelf.qtbot.waitSignal(shelf.desk.library_changed):
        shelf.answer(shelf.notices.bars[0], "Keep everything")
    assert shelf.program.library.course_settings(COURSE) == CourseSettings(remove_old_access=True, keep_everything=True)
    clock.forward(days=8)
    tidy(shelf)
    assert texts(shelf) == []


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    logger = logging.getLogger("exportmanager")
    logger.addHandler(caplog.handler)
    caplog.set_level(logging.INFO, "exportmanager")
    yield caplog
    logger.removeHandler(caplog.handler)


def test_what_went_is_told_and_logged_in_numbers(shelf: Shelving, clock: Clock, log: pytest.LogCaptureFixture) -> None:
    tidy(shelf)
    shelf.notices.bars[0].dismiss()
    clock.forward(days=7)
    tidy(shelf)
    (text,) = texts(shelf)
    assert text.startswith("{a}: 3 access events from before ")
    assert text.endswith(" were removed.")
    events = [getattr(record, "event", "") for record in log.records]
    assert [event for event in events if "access" in event] == ["access announced rows=3", "access removed rows=3"]
