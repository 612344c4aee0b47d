"""Staying awake: held while something runs, gone afterwards, and gone with a process that was killed."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from exporting import wait_until

from exportmanager.jobs import awake
from exportmanager.jobs.awake import Awake

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the stand-ins are for the programs of Linux")

STAND_IN = """\
#!/bin/sh
echo "$0" "$@" > "$HELD/$$"
while [ "$1" != cat ]; do shift; done
"$@"
rm "$HELD/$$"
"""
"""As systemd-inhibit and gnome-session-inhibit: holds for as long as its command runs, which has the same input."""

KDE_STAND_IN = f"""\
#!{sys.executable}
import os, sys
from pathlib import Path
from PySide6.QtCore import QProcess
note = Path(os.environ["HELD"], str(os.getpid()))
note.write_text(" ".join(sys.argv))
process = QProcess()
process.start(sys.argv[2], sys.argv[3:])
process.waitForFinished(-1)
note.unlink()
"""
"""As kde-inhibit, which is made of the same QProcess: what it runs has an input of its own."""

HOLDER = """
import sys
from exportmanager.jobs.awake import Awake
Awake().hold("a test")
sys.stdin.read()
"""


@pytest.fixture
def held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one file for each program that holds sleep off."""
    (tmp_path / "bin").mkdir()
    held = tmp_path / "held"
    held.mkdir()
    for name in ("systemd-inhibit", "gnome-session-inhibit"):
        add_program(tmp_path / "bin" / name, STAND_IN)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("HELD", str(held))
    return held


def add_program(path: Path, text: str) -> None:
    path.write_text(text)
    path.chmod(0o755)


def programs(held: Path) -> list[str]:
    """The programs that hold sleep off, with their arguments. One may end while it is asked for."""
    texts = []
    for path in held.iterdir():
        with suppress(FileNotFoundError):
            texts.append(path.read_text())
    return sorted(text.strip().rpartition("/bin/")[2] for text in texts)


def children() -> list[str]:
    """The states of this process's children, zombies among them."""
    command = ["ps", "--ppid", str(os.getpid()), "-o", "stat=,comm="]
    listed = subprocess.run(command, capture_output=True, text=True, check=False)
    return [line for line in listed.stdout.splitlines() if not line.endswith(" ps")]


def threads() -> int:
    return sum(thread.name == "awake" for thread in threading.enumerate())


@contextmanager
def other_process() -> Iterator[subprocess.Popen[bytes]]:
    """A process that holds sleep off until it is killed."""
    root = Path(awake.__file__).parents[2]
    env = os.environ | {"PYTHONPATH": str(root)}
    with subprocess.Popen([sys.executable, "-c", HOLDER], stdin=subprocess.PIPE, env=env) as process:
        try:
            yield process
        finally:
            process.kill()


def test_sleep_is_held_off_until_it_is_released(held: Path) -> None:
    awake = Awake()
    awake.hold("Two exports are running")
    assert wait_until(lambda: len(list(held.iterdir())) == 2)
    assert wait_until(lambda: all(programs(held)))
    assert programs(held) == [
        "gnome-session-inhibit --app-id Export Manager --reason Two exports are running --inhibit suspend cat",
        "systemd-inhibit --what=idle --who=Export Manager --why=Two exports are running --mode=block cat",
    ]
    awake.release()
    wait_until(lambda: not programs(held))


def test_programs_that_ended_leave_neither_zombies_nor_threads_nor_open_files(held: Path) -> None:
    children_before, files_before = children(), len(os.listdir("/proc/self/fd"))  # noqa: PTH208
    awake = Awake()
    for _ in range(3):
        awake.hold("a test")
        wait_until(lambda: len(programs(held)) == 2)
        awake.release()
        wait_until(lambda: not threads())
    assert set(children()) <= set(children_before)
    assert len(os.listdir("/proc/self/fd")) <= files_before  # noqa: PTH208


def test_to_hold_or_release_twice_is_the_same_as_once(held: Path) -> None:
    awake = Awake()
    awake.release()
    awake.hold("once")
    awake.hold("twice")
    wait_until(lambda: len(programs(held)) == 2)
    assert not any("twice" in program for program in programs(held))
    awake.release()
    awake.release()
    wait_until(lambda: not programs(held))


def test_it_can_be_held_again(held: Path) -> None:
    awake = Awake()
    awake.hold("first")
    awake.release()
    awake.hold("second")
    wait_until(lambda: len([program for program in programs(held) if "second" in program]) == 2)
    wait_until(lambda: not any("first" in program for program in programs(held)))
    awake.release()
    wait_until(lambda: not programs(held))


def test_a_release_that_comes_before_the_programs_have_started_counts(held: Path) -> None:
    for _ in range(20):
        awake = Awake()
        awake.hold("a moment")
        awake.release()
    wait_until(lambda: not threads())
    assert programs(held) == []


def test_a_holder_that_was_killed_holds_nothing(held: Path) -> None:
    with other_process() as process:
        wait_until(lambda: len(programs(held)) == 2)
        assert process.poll() is None
        process.kill()
        process.wait()
        wait_until(lambda: not programs(held))


def test_a_holder_that_ended_without_releasing_holds_nothing(held: Path) -> None:
    with other_process() as process:
        wait_until(lambda: len(programs(held)) == 2)
        process.communicate()
        assert process.returncode == 0
        wait_until(lambda: not programs(held))


def test_plasma_is_told_in_its_own_way_and_a_killed_holder_lets_it_sleep_again(held: Path) -> None:
    add_program(held.parent / "bin" / "kde-inhibit", KDE_STAND_IN)
    awake = Awake()
    awake.hold("a test")
    wait_until(lambda: "kde-inhibit --power sh -c exec cat <&3" in programs(held))
    awake.release()
    wait_until(lambda: not programs(held))


def test_a_system_without_any_of_them_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    awake = Awake()
    awake.hold("nobody listens")
    wait_until(lambda: not threads())
    awake.release()
    assert capfd.readouterr() == ("", "")


def test_a_program_that_refuses_leaves_no_zombie_while_the_others_hold(held: Path) -> None:
    add_program(held.parent / "bin" / "gnome-session-inhibit", "#!/bin/sh\nexit 1\n")
    awake = Awake()
    awake.hold("a test")
    wait_until(lambda: len(programs(held)) == 1)
    wait_until(lambda: not any(state.startswith("Z") for state in children()))
    awake.release()
    wait_until(lambda: not programs(held))


def test_the_callers_thread_does_not_wait_for_programs_that_start_slowly(held: Path) -> None:
    add_program(held.parent / "bin" / "systemd-inhibit", f"#!{sys.executable}\nimport time\ntime.sleep(1)\n")
    began = time.monotonic()
    awake = Awake()
    awake.hold("a test")
    awake.release()
    assert time.monotonic() - began < 0.5
    wait_until(lambda: not threads())
