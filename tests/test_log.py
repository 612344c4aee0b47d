"""The log: what happened, when and where, never what anybody's data say; and it never disturbs the program."""

from __future__ import annotations

import logging
import os
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from exportmanager import log
from exportmanager.core.ledger import JobState

STUDENT = "Sample Student-One"
TOKEN = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "logs"
    log.close_log()


def written(folder: Path) -> list[str]:
    """What stands in the log after it was closed, without the times."""
    log.close_log()
    return [line.partition(" ")[2] for line in (folder / log.FILE_NAME).read_text(encoding="utf-8").splitlines()]


def fail(message: str) -> None:
    student, token = STUDENT, TOKEN
    raise ValueError(message, student, token)


def failed(message: str = f"{STUDENT} {TOKEN}") -> ValueError:
    try:
        fail(message)
    except ValueError as error:
        return error
    raise AssertionError


def test_an_event_is_written_with_its_values(folder: Path) -> None:
    log.open_log(folder)
    log.event(
        "job ended", job=3, kind="coursework", state=JobState.EXPORTED, bytes=170_000_000, seconds=1.25, whole=True
    )
    assert written(folder) == [
        "info job ended job=3 kind=coursework state=exported bytes=170000000 seconds=1.250 whole=yes"
    ]


def test_times_are_utc_to_the_millisecond(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.time", lambda: 1_772_452_800.5)
    monkeypatch.setattr("time.time_ns", lambda: 1_772_452_800_500_000_000)
    log.open_log(folder)
    log.event("started")
    log.close_log()
    assert (folder / log.FILE_NAME).read_text() == "2026-03-02T12:00:00.500Z info started\n"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (STUDENT, "str"),
        (TOKEN, "str"),
        ("Anna", "str"),
        ("", "str"),
        ("two words", "str"),
        ("line\nline", "str"),
        ("line\n", "str"),
        ("käse", "str"),
        ("/home/somebody", "str"),
        (Path("/home/somebody"), "PosixPath" if os.name != "nt" else "WindowsPath"),
        (b"bytes", "bytes"),
        (None, "NoneType"),
        ([STUDENT], "list"),
        ({STUDENT: 1}, "dict"),
        (ValueError(STUDENT), "ValueError"),
        (10**30, "int"),
        (-5, "-5"),
        (float("nan"), "nan"),
        (False, "no"),
        ("pdf-2.0_x", "pdf-2.0_x"),
    ],
)
def test_a_value_that_is_no_number_or_short_word_is_replaced_by_its_type(
    folder: Path, value: object, text: str
) -> None:
    log.open_log(folder)
    log.event("test", value=value)
    assert written(folder) == [f"info test value={text}"]


def test_names_that_are_no_fixed_words_are_not_written(folder: Path) -> None:
    log.open_log(folder)
    values: dict[str, Any] = {STUDENT: 1}
    log.event(f"imported {STUDENT}", **values)
    assert written(folder) == ["info unnamed unnamed=1"]


def test_an_exception_becomes_its_types_and_places(folder: Path) -> None:
    log.open_log(folder)
    error = KeyError(STUDENT)
    error.__cause__ = failed()
    log.event("export failed", error=error, job=3)
    assert (
        written(folder)
        == ["error export failed job=3", "   KeyError", "   caused by: ValueError"] + ["     elsewhere"] * 2
    )


def test_what_others_write_to_our_logger_or_below_is_not_let_through(folder: Path) -> None:
    logger = log.open_log(folder)
    logger.error("%s has %s", STUDENT, TOKEN)
    below = logging.getLogger("exportmanager.core.anything")
    try:
        fail(TOKEN)
    except ValueError:
        below.exception(STUDENT, stack_info=True)
    lines = written(folder)
    assert [re.sub(r":\d+$", "", line) for line in lines] == [
        "error a message in test_log",
        "error a message in test_log",
        "   ValueError",
        "     elsewhere",
        "     elsewhere",
    ]


def test_nothing_is_written_or_printed_before_a_log_is_open(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    log.event("nobody listens", error=failed())
    logging.getLogger("exportmanager").error(STUDENT)
    log.open_log(folder)
    log.event("somebody does")
    assert written(folder) == ["info somebody does"]
    assert capfd.readouterr() == ("", "")


def test_who_prints_what_any_library_logs_gets_nothing_from_this_one(folder: Path) -> None:
    got: list[str] = []

    class Everything(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            got.append(record.name)

    everything = Everything()
    logging.getLogger().addHandler(everything)
    log.open_log(folder)
    log.event("test", error=failed())
    logging.getLogger("exportmanager.below").error(STUDENT)
    logging.getLogger().removeHandler(everything)
    assert got == []


def test_what_was_written_stays_when_the_program_starts_again(folder: Path) -> None:
    for start in range(2):
        log.open_log(folder)
        log.event("started", start=start)
    assert written(folder) == ["info started start=0", "info started start=1"]
    log.close_log()


def test_a_closed_log_is_closed(folder: Path) -> None:
    log.open_log(folder)
    log.event("first")
    log.close_log()
    log.event("second")
    assert written(folder) == ["info first"]
    assert not [thread for thread in threading.enumerate() if "_monitor" in thread.name]


@pytest.mark.skipif(os.name == "nt", reason="Windows has other permissions")
def test_the_files_are_this_users_alone(folder: Path) -> None:
    log.open_log(folder)
    log.event("test")
    log.close_log()
    assert folder.stat().st_mode & 0o777 == 0o700
    assert (folder / log.FILE_NAME).stat().st_mode & 0o777 == 0o600


def test_there_are_never_more_than_three_files_of_a_megabyte(folder: Path) -> None:
    log.open_log(folder)
    for number in range(45_000):
        log.event("a test that writes some eighty characters", number=number, word="x" * 24)
    log.close_log()
    files = sorted(folder.iterdir())
    assert [file.name for file in files] == [f"{log.FILE_NAME}{end}" for end in ("", ".1", ".2")]
    assert all(file.stat().st_size <= 1_000_000 for file in files)
    assert all(file.stat().st_mode & 0o777 == 0o600 for file in files if os.name != "nt")
    assert f"number={number} " in files[0].read_text()


def test_a_file_that_cannot_be_turned_over_grows(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(source: str, target: str) -> None:
        raise PermissionError(13, "another process has it open")

    monkeypatch.setattr(os, "rename", refuse)
    log.open_log(folder)
    for number in range(13_000):
        log.event("a test that writes some eighty characters", number=number, word="x" * 24)
    assert len(written(folder)) == 13_000
    assert len(list(folder.iterdir())) == 1


def test_a_folder_that_cannot_be_made_disturbs_nobody(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("no folder")
    log.open_log(tmp_path / "file" / "logs")
    log.event("test", error=failed())
    log.close_log()
    assert capfd.readouterr() == ("", "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no disk that is always full")
def test_a_full_disk_disturbs_nobody_and_the_log_goes_on_when_there_is_room(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    folder.mkdir()
    (folder / log.FILE_NAME).symlink_to("/dev/full")
    log.open_log(folder)
    for number in range(1_000):
        log.event("nowhere to write", number=number, error=failed())
    log.close_log()
    log.open_log(folder)
    log.event("still full")
    (listener,) = log._listeners
    listener.stop()  # all that waited was tried
    (folder / log.FILE_NAME).unlink()
    listener.start()
    log.event("there is room")
    assert written(folder) == ["info there is room"]
    assert capfd.readouterr() == ("", "")


def test_many_threads_write_whole_lines(folder: Path) -> None:
    def work(number: int) -> None:
        for _ in range(200):
            log.event("line", thread=number)

    log.open_log(folder)
    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(written(folder)) == sorted(f"info line thread={number}" for number in range(8) for _ in range(200))
