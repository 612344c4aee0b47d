"""One window a library: the second start finds the first, whatever became of earlier ones or comes over the socket."""

from __future__ import annotations

import os
import signal
import socket
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PySide6.QtNetwork import QLocalServer
from pytestqt.qtbot import QtBot

from exportmanager.ui import one_window
from exportmanager.ui.one_window import OneWindow, ask_first_to_show

FIRST = """
import sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from exportmanager.ui.one_window import OneWindow
app = QCoreApplication()
window = OneWindow.claim(Path(sys.argv[1]))
print("first" if window and window.can_be_asked else "second", flush=True)
if window:
    window.asked_to_show.connect(lambda: print("asked", flush=True))
    app.exec()
"""

SECOND = """
import sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from exportmanager.ui.one_window import OneWindow, ask_first_to_show
app = QCoreApplication()
library = Path(sys.argv[1])
print(OneWindow.claim(library), ask_first_to_show(library, 20.0))
"""

Process = subprocess.Popen[str]
SHORT = 0.1


@contextmanager
def started(script: str, library: Path) -> Iterator[Process]:
    env = os.environ | {"PYTHONPATH": str(Path(one_window.__file__).parents[2])}
    command = [sys.executable, "-c", script, str(library)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=env) as process:
        try:
            yield process
        finally:
            process.kill()


def line_of(process: Process) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


@pytest.fixture(autouse=True)
def session(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of the session for sockets, with a short name, as systems have it."""
    with tempfile.TemporaryDirectory(prefix="em") as folder:
        monkeypatch.setenv("XDG_RUNTIME_DIR", folder)
        yield Path(folder)


@pytest.fixture
def library(tmp_path: Path) -> Path:
    return tmp_path / "library"


@pytest.fixture
def claim(qtbot: QtBot) -> Iterator[Callable[[Path], OneWindow]]:
    """Claims windows that are closed at the end."""
    windows = []

    def claimed(library: Path) -> OneWindow:
        window = OneWindow.claim(library)
        assert window is not None
        windows.append(window)
        return window

    yield claimed
    for window in windows:
        window.close()


@pytest.fixture
def asked(claim: Callable[[Path], OneWindow], library: Path) -> list[str]:
    """A list that grows each time the library's window is asked to show."""
    asked: list[str] = []
    claim(library).asked_to_show.connect(lambda: asked.append("asked"))
    return asked


def is_answered_by_this_process(qtbot: QtBot, library: Path) -> None:
    with started(SECOND, library) as second:
        qtbot.waitUntil(lambda: second.poll() is not None, timeout=30_000)
        assert line_of(second) == "None True"


@contextmanager
def client(session: Path) -> Iterator[socket.socket]:
    """A program that has connected to the only window there is."""
    if not hasattr(socket, "AF_UNIX"):
        pytest.skip("Python has no local sockets here")
    (address,) = session.iterdir()
    with socket.socket(socket.AF_UNIX) as sock:
        sock.connect(str(address))
        sock.setblocking(False)
        yield sock


def has_been_left(sock: socket.socket) -> bool:
    try:
        return sock.recv(100) == b""
    except BlockingIOError:
        return False
    except ConnectionResetError:
        return True


def test_a_second_start_gets_nothing_and_makes_the_first_show_itself(
    qtbot: QtBot, library: Path, asked: list[str]
) -> None:
    is_answered_by_this_process(qtbot, library)
    assert asked == ["asked"]
    is_answered_by_this_process(qtbot, library)
    assert asked == ["asked", "asked"]


def test_this_process_is_the_second_where_another_was_first(qtbot: QtBot, library: Path) -> None:
    with started(FIRST, library) as first:
        assert line_of(first) == "first"
        assert OneWindow.claim(library) is None
        assert ask_first_to_show(library, 20.0)
        assert line_of(first) == "asked"


def test_a_killed_window_leaves_nothing_that_keeps_others_out(
    qtbot: QtBot, library: Path, session: Path, claim: Callable[[Path], OneWindow]
) -> None:
    with started(FIRST, library) as first:
        assert line_of(first) == "first"
        first.kill()
        first.wait()
    if os.name != "nt":
        assert list(session.iterdir()), "the socket of a killed process should still be there"
    assert not ask_first_to_show(library, SHORT)
    window = claim(library)
    assert window.can_be_asked
    is_answered_by_this_process(qtbot, library)


@pytest.mark.skipif(os.name == "nt", reason="Windows cannot pause a process")
def test_a_window_that_hangs_is_not_said_to_have_come_to_the_front(qtbot: QtBot, library: Path) -> None:
    with started(FIRST, library) as first:
        assert line_of(first) == "first"
        first.send_signal(signal.SIGSTOP)
        assert not ask_first_to_show(library, SHORT)
        first.send_signal(signal.SIGCONT)
        assert ask_first_to_show(library, 20.0)


def test_where_nobody_is_nobody_answers(qtbot: QtBot, library: Path) -> None:
    assert not ask_first_to_show(library, SHORT)


def test_a_closed_window_can_be_claimed_again(
    qtbot: QtBot, library: Path, session: Path, claim: Callable[[Path], OneWindow]
) -> None:
    first = claim(library)
    assert OneWindow.claim(library) is None
    first.close()
    assert list(session.iterdir()) == []
    assert claim(library).can_be_asked
    first.close()
    assert len(list(session.iterdir())) == 1, "closing twice took the next one's socket"
    assert OneWindow.claim(library) is None


def test_two_libraries_have_a_window_each(qtbot: QtBot, tmp_path: Path, claim: Callable[[Path], OneWindow]) -> None:
    asked: list[str] = []
    for name in ("a", "b"):
        claim(tmp_path / name).asked_to_show.connect(lambda name=name: asked.append(name))
    is_answered_by_this_process(qtbot, tmp_path / "b")
    is_answered_by_this_process(qtbot, tmp_path / "a")
    assert asked == ["b", "a"]


def test_a_very_long_path_to_the_library_works(
    qtbot: QtBot, tmp_path: Path, session: Path, claim: Callable[[Path], OneWindow]
) -> None:
    library = tmp_path.joinpath(*["Käsekuchen " + "x" * 150] * 5) if os.name != "nt" else tmp_path / "x"
    assert claim(library).can_be_asked
    is_answered_by_this_process(qtbot, library)


@pytest.mark.skipif(os.name == "nt", reason="links need a permission there")
def test_a_link_to_the_library_leads_to_the_same_window(
    qtbot: QtBot, tmp_path: Path, library: Path, asked: list[str]
) -> None:
    (tmp_path / "link").symlink_to(library)
    is_answered_by_this_process(qtbot, tmp_path / "link")
    assert asked == ["asked"]


@pytest.mark.skipif(os.name == "nt", reason="there it is a named pipe with a list of who may")
def test_lock_socket_and_folder_are_this_users_alone(
    library: Path, session: Path, claim: Callable[[Path], OneWindow]
) -> None:
    claim(library)
    (address,) = session.iterdir()
    assert stat.S_ISSOCK(address.stat().st_mode)
    for path in (address, library, library / "window.lock"):
        assert path.stat().st_mode & 0o077 == 0, path


@pytest.mark.skipif(os.name == "nt", reason="there is no folder of the session there")
@pytest.mark.parametrize("there", ["", "/" + "x" * 100], ids=["none", "too long"])
def test_without_a_folder_of_the_session_the_socket_lies_where_qt_puts_it(
    qtbot: QtBot, library: Path, monkeypatch: pytest.MonkeyPatch, there: str, claim: Callable[[Path], OneWindow]
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", there)
    assert claim(library).can_be_asked
    is_answered_by_this_process(qtbot, library)


def test_a_claim_stands_where_there_can_be_no_socket(
    qtbot: QtBot, library: Path, session: Path, claim: Callable[[Path], OneWindow]
) -> None:
    window = claim(library)
    (address,) = session.iterdir()
    window.close()
    address.mkdir()
    again = claim(library)
    assert not again.can_be_asked
    assert OneWindow.claim(library) is None
    assert not ask_first_to_show(library, SHORT)


@pytest.mark.parametrize("sent", [b"garbage\n", b"show me\n", b"\0\0\0\0\0", b"\xff" * 100])
def test_garbage_is_hung_up_on(qtbot: QtBot, library: Path, session: Path, asked: list[str], sent: bytes) -> None:
    with client(session) as sock:
        sock.sendall(sent)
        qtbot.waitUntil(lambda: has_been_left(sock), timeout=1_500)  # sooner than one who says nothing
    assert asked == []
    is_answered_by_this_process(qtbot, library)


def test_megabytes_stay_with_whoever_sends_them(qtbot: QtBot, library: Path, session: Path, asked: list[str]) -> None:
    with client(session) as sock:
        with pytest.raises(BlockingIOError):
            sock.sendall(b"show me " * 1_000_000)
        qtbot.waitUntil(lambda: has_been_left(sock), timeout=20_000)
    assert asked == []
    is_answered_by_this_process(qtbot, library)


def test_a_wish_that_comes_letter_by_letter_is_heard_once(qtbot: QtBot, session: Path, asked: list[str]) -> None:
    with client(session) as sock:
        for letter in b"show\n":
            sock.sendall(bytes([letter]))
        qtbot.waitUntil(lambda: asked == ["asked"], timeout=20_000)
        qtbot.waitUntil(lambda: has_been_left(sock), timeout=20_000)
    assert asked == ["asked"]


def test_whoever_connects_and_says_nothing_is_left_soon_and_keeps_nobody_out(
    qtbot: QtBot, library: Path, session: Path, asked: list[str]
) -> None:
    with client(session) as silent:
        is_answered_by_this_process(qtbot, library)
        qtbot.waitUntil(lambda: has_been_left(silent), timeout=20_000)


def test_of_many_who_connect_at_once_most_are_turned_away(
    qtbot: QtBot, library: Path, session: Path, claim: Callable[[Path], OneWindow]
) -> None:
    window = claim(library)
    socks = []
    try:
        for _ in range(30):
            with client(session) as sock:
                socks.append(sock.dup())
                socks[-1].setblocking(False)
        left: set[int] = set()

        def are_left(least: int) -> bool:
            left.update(number for number, sock in enumerate(socks) if number not in left and has_been_left(sock))
            return len(left) >= least

        qtbot.waitUntil(lambda: are_left(22), timeout=1_500)
        assert len(window.findChildren(one_window._Visitor)) <= 8
        qtbot.waitUntil(lambda: are_left(30), timeout=20_000)
    finally:
        for sock in socks:
            sock.close()
    qtbot.waitUntil(lambda: not window.findChildren(one_window._Visitor), timeout=20_000)
    is_answered_by_this_process(qtbot, library)


def test_somebody_elses_answer_is_not_taken_for_the_windows(qtbot: QtBot, library: Path, session: Path) -> None:
    server = QLocalServer()
    assert server.listen(one_window._address_of(library))
    assert not ask_first_to_show(library, SHORT)
    server.close()


def test_a_folder_that_cannot_be_written_raises(qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(OSError, match="file"):
        OneWindow.claim(tmp_path / "file" / "library")
