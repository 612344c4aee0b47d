"""What many tests need: a clock that stands, a program on a library of its own, and repeatable hypothesis runs."""

from __future__ import annotations

import gc
import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import settings

from exportmanager.program import Program

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")  # no test needs a screen
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")


@pytest.fixture(autouse=True)
def _garbage_stays_on_this_thread(request: pytest.FixtureRequest) -> Iterator[None]:
    """A cycle of widgets that one test leaves must not be collected by a thread of the next: Qt would not stand it.

    What is there after a test stays: frozen, it is not gone through again and again, by this and by the window itself.
    """
    if "qtbot" not in request.fixturenames:
        yield
        return
    gc.disable()
    yield
    gc.enable()
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def _slices_are_long_enough(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A small table is arranged when the call returns, however busy the machine is; tests of slices say otherwise."""
    if "qtbot" in request.fixturenames and "short_slices" not in request.fixturenames:
        from exportmanager.ui import slices  # not for the tests that need no Qt

        monkeypatch.setattr(slices, "_SLICE", 5.0)


@pytest.fixture
def short_slices() -> None:
    """Slices as long as the teacher's."""


class Clock:
    """A clock that moves when it is told to."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **parts: float) -> None:
        self.now += timedelta(**parts)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def empty_library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a library as a first start makes it, which takes twenty times as long as to open one."""
    folder = tmp_path_factory.mktemp("empty") / "library"
    Program(folder).close()
    return folder


@pytest.fixture
def program(tmp_path: Path, clock: Clock, empty_library: Path) -> Iterator[Program]:
    """The program on an empty library."""
    program = Program(shutil.copytree(empty_library, tmp_path / "library"), clock)
    yield program
    program.close()


@pytest.fixture
def second(program: Program, clock: Clock) -> Iterator[Program]:
    """Another connection to the same library, as another process has it."""
    second = Program(program.library.folder, clock)
    yield second
    second.close()
