"""The window tells what leaves the trash for good, a day before and when it went, and which lost exports went."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import Clock
from exporting import COURSE, bring_in, export, file_of
from pytestqt.qtbot import QtBot
from shelving import Shelving, shelving
from windowing import desk_on

from exportmanager.core.course import StudentId
from exportmanager.core.meter import Meter
from exportmanager.program import Program


@pytest.fixture
def shelf(qtbot: QtBot, program: Program, tmp_path: Path) -> Iterator[Shelving]:
    bring_in(program, tmp_path / "course", title="{a}")
    with desk_on(program) as desk:
        yield shelving(qtbot, program, desk)


def tidy(shelf: Shelving) -> list[str]:
    """What the window says after it was tidied; it is read and put away."""
    with shelf.qtbot.waitSignal(shelf.desk.tidied):
        shelf.desk.tidy()
    told = [bar.text for bar in shelf.notices.bars]
    for bar in list(shelf.notices.bars):
        bar.dismiss()
    return told


def test_the_last_day_of_a_course_in_the_trash_is_told_once_and_its_end_too(
    qtbot: QtBot, program: Program, tmp_path: Path, clock: Clock
) -> None:
    bring_in(program, tmp_path / "course", title="{a}")
    program.library.trash.put_in(COURSE, clock())
    clock.forward(days=31)  # and no window was open
    with desk_on(program) as desk:
        shelf = shelving(qtbot, program, desk)
        (text,) = tidy(shelf)
        assert text.startswith("{a} leaves the trash for good after ")
        assert tidy(shelf) == []
        clock.forward(days=1)
        assert tidy(shelf) == ["{a} was in the trash for 30 days, and is gone for good."]


def test_a_lost_export_of_who_was_erased_is_said_to_have_gone_when_it_comes_back(
    shelf: Shelving, tmp_path: Path
) -> None:
    job = export(shelf.program)
    lost = file_of(shelf.program, job).rename(tmp_path / "lost.zip")
    assert tidy(shelf) == ["1 file has gone from the shelf."]
    shelf.program.erasing.erase(COURSE, StudentId("s1"), Meter())
    lost.rename(file_of(shelf.program, job))
    assert tidy(shelf) == ["1 file was removed from the shelf, as was asked for before."]
