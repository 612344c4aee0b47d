"""Locks: one holder at a time, in and between processes, and free again when the holder dies."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from exportmanager.core import locks
from exportmanager.core.locks import FileLock, held

HOLDER = """
import sys
from pathlib import Path
from exportmanager.core.locks import FileLock
lock = FileLock.take(Path(sys.argv[1]))
print("held" if lock else "taken", flush=True)
sys.stdin.read()
"""


@contextmanager
def other_process(path: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A process that takes the lock and keeps it until its input ends; and what it said."""
    root = Path(locks.__file__).parents[2]
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(root)},
    ) as process:
        assert process.stdout is not None
        try:
            yield process, process.stdout.readline().strip()
        finally:
            process.kill()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.lock"


def taken(path: Path) -> FileLock:
    lock = FileLock.take(path)
    assert lock is not None
    return lock


def test_a_second_holder_gets_nothing_until_the_first_lets_go(path: Path) -> None:
    first = taken(path)
    assert FileLock.take(path) is None
    first.release()
    taken(path).release()


def test_letting_go_twice_does_no_harm(path: Path) -> None:
    first = taken(path)
    first.release()
    second = taken(path)
    first.release()
    assert FileLock.take(path) is None
    second.release()


def test_another_process_gets_nothing_while_this_one_holds_it(path: Path) -> None:
    lock = taken(path)
    with other_process(path) as (_, said):
        assert said == "taken"
    lock.release()
    with other_process(path) as (_, said):
        assert said == "held"


def test_this_process_gets_nothing_while_another_one_holds_it(path: Path) -> None:
    with other_process(path) as (process, said):
        assert said == "held"
        assert FileLock.take(path) is None
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait() == 0
        taken(path).release()


def test_a_killed_holder_lets_go(path: Path) -> None:
    with other_process(path) as (process, said):
        assert said == "held"
        process.kill()
        process.wait()
        taken(path).release()


def test_a_program_that_this_one_started_does_not_hold_its_locks(path: Path) -> None:
    lock = taken(path)
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        lock.release()
        taken(path).release()
        child.communicate(b"\n")


def test_the_file_is_private_and_stays_unless_it_is_to_go(path: Path) -> None:
    taken(path).release()
    assert path.exists()
    if os.name != "nt":
        assert path.stat().st_mode & 0o777 == 0o600
    taken(path).release(remove=True)
    assert not path.exists()


@pytest.mark.skipif(os.name == "nt", reason="a file that somebody has open cannot be removed there")
def test_a_lock_whose_file_was_removed_meanwhile_is_not_taken(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = taken(path)
    really_lock, opened = locks._lock, []

    def lock_after_it_was_removed(file: int) -> bool:
        opened.append(file)
        if len(opened) == 1:
            first.release(remove=True)
        return really_lock(file)

    monkeypatch.setattr(locks, "_lock", lock_after_it_was_removed)
    second = taken(path)
    assert len(opened) == 2
    assert FileLock.take(path) is None  # otherwise two would hold it
    second.release(remove=True)
    assert not path.exists()


def test_a_disk_without_locks_raises_and_leaves_no_file_open(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(file: int) -> bool:
        closed.append(file)
        raise OSError(37, "No locks available")

    closed: list[int] = []
    monkeypatch.setattr(locks, "_lock", refuse)
    with pytest.raises(OSError, match="No locks"):
        FileLock.take(path)
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(closed[0])


def test_a_folder_that_is_not_there_raises(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        FileLock.take(tmp_path / "nowhere" / "a.lock")


def test_waiting_for_a_lock_asks_again_and_again(path: Path) -> None:
    first, asked = taken(path), []

    def wait() -> None:
        asked.append(1)
        if len(asked) == 3:
            first.release()

    with held(path, wait):
        assert FileLock.take(path) is None
    taken(path).release()
    assert len(asked) == 3


def test_waiting_ends_when_wait_raises_and_the_lock_ends_with_the_work(path: Path) -> None:
    def give_up() -> None:
        raise TimeoutError

    first = taken(path)
    with pytest.raises(TimeoutError), held(path, give_up):
        pytest.fail("it is not held")
    first.release()
    with pytest.raises(ZeroDivisionError), held(path, give_up):
        raise ZeroDivisionError
    taken(path).release()


def test_of_many_threads_one_at_a_time_holds_it(path: Path) -> None:
    inside, worst, start = 0, 0, threading.Barrier(8)

    def work() -> None:
        nonlocal inside, worst
        start.wait()
        for _ in range(50):
            with held(path, lambda: None):
                inside += 1
                worst = max(worst, inside)
                inside -= 1

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert worst == 1
