"""The program as the system starts it: a real process, a second start, kills, and libraries that do not open."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from exporting import bring_in, wait_until
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot
from touring import request

from exportmanager import app
from exportmanager.core.ledger import JobState
from exportmanager.program import Program


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    """An environment in which nothing of this user's is touched, and no screen is needed."""
    places = {name: str(tmp_path / "home") for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "APPDATA")}
    return dict(os.environ) | places | {"QT_QPA_PLATFORM": "offscreen"}


class Windows:
    """Starts windows on one library, and ends those that are left."""

    def __init__(self, library: Path, env: dict[str, str]) -> None:
        self.library = library
        self._env = env
        self._started: list[subprocess.Popen[bytes]] = []

    def start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "exportmanager", "--library", str(self.library), "window"]
        child = subprocess.Popen(command, env=self._env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self._started.append(child)
        return child

    def open(self) -> subprocess.Popen[bytes]:
        """One whose window is there."""
        before = self.said("window opened")
        child = self.start()
        wait_until(lambda: self.said("window opened") > before, 30)
        return child

    def said(self, event: str) -> int:
        """How often the log has an event."""
        file = self.library / "logs" / "exportmanager.log"
        return file.read_text().count(event) if file.exists() else 0

    def end(self) -> None:
        for child in self._started:
            child.kill()
            child.communicate()


@pytest.fixture
def windows(tmp_path: Path, home: dict[str, str]) -> Iterator[Windows]:
    windows = Windows(tmp_path / "library", home)
    yield windows
    windows.end()


pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals between processes are POSIX's")


def test_a_window_that_is_told_to_end_closes_and_says_nothing(windows: Windows) -> None:
    child = windows.open()
    child.send_signal(signal.SIGTERM)
    out, _ = child.communicate(timeout=20)
    assert (child.returncode, out) == (0, b"")
    assert windows.said("window closed") == 1


def test_a_second_start_brings_the_first_window_to_the_front_and_ends(windows: Windows) -> None:
    first = windows.open()
    second = windows.start()
    out, _ = second.communicate(timeout=20)
    assert (second.returncode, out) == (0, b"")
    assert first.poll() is None
    assert windows.said("window opened") == 1


def test_a_window_opens_where_the_one_before_was_killed_and_makes_the_ledger_true(
    windows: Windows, tmp_path: Path
) -> None:
    windows.open().kill()
    program = Program(windows.library)
    try:
        course = bring_in(program, tmp_path / "course")
        ticket = program.exporter.submit(request(program, course))
        ticket.draft.release()  # as if it had died with that window
        windows.open()
        wait_until(lambda: program.ledger.job(ticket.job.id).state is JobState.INTERRUPTED)
    finally:
        program.close()


class Ending:
    """Stands for the application's loop, which these tests do not run; remembers the exit code."""

    def __init__(self) -> None:
        self.code: int | None = None

    def exit(self, code: int = 0) -> None:
        self.code = code

    def quit(self) -> None:
        self.exit()


def refused(qtbot: QtBot, library: Path) -> tuple[str, int | None]:
    """What is said when a library does not open, and the exit code once the teacher closes that."""
    ending = Ending()
    opened = app.App(ending, library)  # type: ignore[arg-type]
    said: list[str] = []

    def close(box: QMessageBox) -> None:
        said.append(f"{box.text()} {box.informativeText()}")
        box.button(QMessageBox.StandardButton.Close).click()

    def look() -> bool:
        for box in QApplication.topLevelWidgets():
            if isinstance(box, QMessageBox) and box.isVisible():
                close(box)
        return ending.code is not None

    timer = QTimer(interval=10)
    timer.timeout.connect(look)
    timer.start()
    opened.start()
    qtbot.waitUntil(lambda: ending.code is not None, timeout=10_000)
    timer.stop()
    opened.close()
    return " ".join(said), ending.code


def test_a_library_of_a_newer_program_is_refused_in_words(qtbot: QtBot, tmp_path: Path) -> None:
    Program(tmp_path / "library").close()
    with closing(sqlite3.connect(tmp_path / "library" / "library.sqlite3")) as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
        database.commit()
    said, code = refused(qtbot, tmp_path / "library")
    assert "newer version" in said
    assert code == 1


def test_a_damaged_library_is_refused_in_words_and_left_as_it_is(qtbot: QtBot, tmp_path: Path) -> None:
    file = tmp_path / "library" / "library.sqlite3"
    file.parent.mkdir()
    file.write_bytes(b"no database" * 1000)
    said, code = refused(qtbot, tmp_path / "library")
    assert "library" in said
    assert code == 1
    assert file.read_bytes() == b"no database" * 1000


def test_a_place_where_no_library_can_be_is_refused_in_words(qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    said, code = refused(qtbot, tmp_path / "file" / "library")
    assert "opening the library" in said
    assert code == 1


def test_a_chosen_library_whose_disk_is_not_connected_is_not_made_anew(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = tmp_path / "stick" / "library"
    monkeypatch.setattr(app, "chosen_library", lambda: gone)
    said, code = refused(qtbot, gone)
    assert "is not there" in said
    assert code == 1
    assert not gone.exists()


def test_without_a_screen_the_command_line_says_what_it_knows(home: dict[str, str]) -> None:
    blind = {name: value for name, value in home.items() if name not in {"DISPLAY", "WAYLAND_DISPLAY"}}
    done = subprocess.run(
        [sys.executable, "-m", "exportmanager"], env=blind, capture_output=True, text=True, check=False
    )
    assert "Usage: exportmanager" in done.stdout + done.stderr
