"""Looking at what a teacher brings: one thing after the other, off the window's thread, and let go of at the end."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import shiboken6
from bringing import OPEN_STUDENT, PretendLook, PretendProgram, looked
from pytestqt.qtbot import QtBot
from touring import until
from windowing import desk_on

from exportmanager.core.arrivals import PieceKind, Plan
from exportmanager.core.course import CourseId
from exportmanager.core.errors import BadSource
from exportmanager.core.meter import Meter
from exportmanager.jobs.desk import Desk
from exportmanager.jobs.looking import Brought, Looking, Wish


@pytest.fixture
def program(tmp_path: Path) -> PretendProgram:
    return PretendProgram(tmp_path / "library")


@pytest.fixture
def desk(program: PretendProgram) -> Iterator[Desk]:
    with desk_on(program) as desk:
        yield desk


@pytest.fixture
def looking(desk: Desk, qtbot: QtBot) -> Looking:
    return desk.begin_looking()


def look_of(program: PretendProgram) -> PretendLook:
    return program.looks[-1]


def names(looking: Looking) -> list[str]:
    return [piece.name for piece in looking.plan.pieces] if looking.plan else []


def test_what_is_brought_is_recognised_in_its_order_on_another_thread(
    looking: Looking, program: PretendProgram
) -> None:
    looking.bring(Brought("/x/roster.csv"), Brought("/x/coursework.zip"))
    assert looking.is_busy
    looked(looking)
    assert names(looking) == ["roster.csv", "coursework.zip"]
    assert threading.get_ident() not in look_of(program).threads


def test_a_repository_is_fetched_with_its_branch(looking: Looking) -> None:
    looking.bring(Brought("https://example.org/loops", "main"))
    looked(looking)
    assert names(looking) == ["loops@main"]


def test_what_was_recognised_is_planned_while_more_is_looked_at(looking: Looking, program: PretendProgram) -> None:
    looking.bring(Brought("/x/roster.csv"), Brought("/x/slow.zip"))
    until(look_of(program).began.is_set)
    until(lambda: bool(looking.plan))
    assert names(looking) == ["roster.csv"]
    assert (looking.now, looking.waiting) == (Brought("/x/slow.zip"), 0)
    look_of(program).go_on.set()
    looked(looking)
    assert names(looking) == ["roster.csv", "slow.zip"]


def test_stop_leaves_out_what_is_looked_at_and_what_waits(looking: Looking, program: PretendProgram) -> None:
    looking.bring(Brought("/x/roster.csv"), Brought("/x/slow.zip"), Brought("/x/access.csv"))
    until(look_of(program).began.is_set)
    looking.stop()
    looked(looking)
    assert names(looking) == ["roster.csv"]
    assert looking.brought == (Brought("/x/roster.csv"),)
    assert looking.refused == {}


def test_what_cannot_be_read_is_refused_with_its_reason_and_the_others_go_on(looking: Looking) -> None:
    looking.bring(Brought("/x/broken.zip"), Brought("/x/roster.csv"))
    looked(looking)
    assert names(looking) == ["roster.csv"]
    (problem,) = looking.refused.values()
    assert isinstance(problem, BadSource)
    assert problem.what == "broken.zip is damaged."


def test_what_was_refused_can_be_brought_again_or_forgotten(looking: Looking) -> None:
    looking.bring(Brought("/x/broken.zip"))
    looked(looking)
    looking.bring(Brought("/x/broken.zip"))
    looked(looking)
    assert list(looking.refused) == ["/x/broken.zip"]
    looking.forget("/x/broken.zip")
    looked(looking)
    assert looking.refused == {}


def test_what_was_recognised_once_goes_when_it_cannot_be_read_any_more(
    looking: Looking, program: PretendProgram
) -> None:
    looking.bring(Brought("/x/roster.csv"))
    looked(looking)
    program.looks[-1].broken.add("roster.csv")
    looking.bring(Brought("/x/roster.csv"))
    looked(looking)
    assert names(looking) == []
    assert list(looking.refused) == ["/x/roster.csv"]


def test_a_bug_is_told_and_is_no_end(looking: Looking, qtbot: QtBot) -> None:
    with qtbot.waitSignal(looking.went_wrong) as told:
        looking.bring(Brought("/x/bug.zip"), Brought("/x/roster.csv"))
    assert isinstance(told.args[0], ZeroDivisionError)
    looked(looking)
    assert names(looking) == ["roster.csv"]


def test_what_is_forgotten_before_its_turn_is_never_looked_at(looking: Looking, program: PretendProgram) -> None:
    looking.bring(Brought("/x/slow.zip"), Brought("/x/roster.csv"))
    until(look_of(program).began.is_set)
    looking.forget("/x/roster.csv")
    look_of(program).go_on.set()
    looked(looking)
    assert names(looking) == ["slow.zip"]
    looking.forget("/x/slow.zip")
    looked(looking)
    assert names(looking) == []


def test_only_the_plan_for_the_newest_wish_is_told(looking: Looking, program: PretendProgram) -> None:
    program.links = (OPEN_STUDENT,)
    told: list[Plan] = []
    looking.planned.connect(told.append)
    looking.bring(Brought("/x/coursework.zip"))
    for course in ("one", "two", "three"):
        looking.want(Wish(CourseId(course)))
    looked(looking)
    assert told[-1].course == "three"
    assert "two" not in [plan.course for plan in told]
    count = len(told)
    looking.want(Wish(CourseId("three")))
    assert not looking.is_busy, "it is planned with that already"
    assert len(told) == count


def test_a_plan_that_fails_leaves_none_to_go_by(
    looking: Looking, program: PretendProgram, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    looking.bring(Brought("/x/roster.csv"))
    looked(looking)
    monkeypatch.setattr(program, "plan", lambda *_: 1 // 0)
    with qtbot.waitSignal(looking.went_wrong):
        looking.want(Wish(title="Other"))
    looked(looking)
    assert looking.plan is None


def test_who_gives_up_lets_go_of_everything_also_while_it_looks(
    looking: Looking, program: PretendProgram, desk: Desk
) -> None:
    looking.bring(Brought("/x/slow.zip"), Brought("/x/roster.csv"))
    until(look_of(program).began.is_set)
    looking.give_up()
    until(lambda: not shiboken6.isValid(looking))
    assert look_of(program).is_closed
    assert look_of(program).places == []


def test_what_comes_in_is_let_go_of_afterwards(looking: Looking, program: PretendProgram, desk: Desk) -> None:
    looking.bring(Brought("/x/roster.csv"))
    looking.want(Wish(CourseId("course-1"), "", {"student:x": "s1"}))
    looked(looking)
    task = desk.take_in(looking, "Importing", "Europe/Berlin")
    assert (task.what, task.course) == ("import", "course-1")
    until(lambda: not desk.is_busy)
    until(lambda: not shiboken6.isValid(looking))
    assert look_of(program).is_closed
    assert program.taken == [(("/x/roster.csv",), "course-1", "", {"student:x": "s1"}, "Europe/Berlin")]


def test_an_import_that_fails_lets_go_too(looking: Looking, program: PretendProgram) -> None:
    program.fails = BadSource("It is damaged.", "Download it again.")
    looked(looking)
    with pytest.raises(BadSource):
        looking.taking_in("UTC")(Meter())
    assert look_of(program).is_closed


def test_the_desk_lets_go_of_what_nobody_gave_up(program: PretendProgram, qtbot: QtBot) -> None:
    with desk_on(program) as desk:
        looking = desk.begin_looking()
        looking.bring(Brought("/x/roster.csv"), Brought("/x/slow.zip"))
        until(look_of(program).began.is_set)
    assert look_of(program).is_closed


def test_an_empty_plan_knows_nothing(looking: Looking) -> None:
    looking.bring(Brought("/x/holiday.zip"))
    looked(looking)
    assert looking.plan is not None
    assert [piece.kind for piece in looking.plan.pieces] == [PieceKind.UNKNOWN]
    assert not looking.plan.holds_anything
