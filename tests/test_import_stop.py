"""Stop during an import: within a second, also in the middle of one huge file, and nothing is left."""

from __future__ import annotations

import gzip
import os
import tarfile
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard
from building import CourseBuilder
from handling import bring_in, dump, files_below

from exportmanager.core.errors import Cancelled
from exportmanager.core.meter import Meter
from exportmanager.program import Program

SIZE = 1 << 30
PIECE = b"".join(f"{number * 7919 % 10007} words and {number} more\n".encode() for number in range(200_000))


def sparse(folder: Path) -> None:
    (folder / "s2").mkdir()
    with (folder / "s2" / "huge.bin").open("wb") as file:
        file.truncate(SIZE)


def repeated(path: Path, compress: Callable[[bytes], bytes]) -> None:
    """A tar of one huge file whose pieces are compressed once each."""
    info = tarfile.TarInfo("huge.txt")
    times = SIZE // len(PIECE)
    info.size = times * len(PIECE)
    packed = compress(PIECE)
    with path.open("wb") as file:
        file.write(compress(info.tobuf()))
        for _ in range(times):
            file.write(packed)
        file.write(compress(bytes(20 * 512 - info.size % 512)))


HUGE: dict[str, Callable[[Path], None]] = {
    "a folder": sparse,
    "a tar.gz": lambda folder: repeated(folder / "s2.tar.gz", lambda data: gzip.compress(data, 1)),
    "a tar.zst": lambda folder: repeated(folder / "s2.tar.zst", zstandard.ZstdCompressor().compress),
}


class StopAfter:
    """Says Stop once the work has run for some seconds, and remembers since when it did."""

    def __init__(self, seconds: float) -> None:
        self.at = time.monotonic() + seconds
        self.said: float | None = None

    def __call__(self) -> bool:
        if time.monotonic() < self.at:
            return False
        self.said = self.said or time.monotonic()
        return True


@pytest.fixture
def builder(tmp_path: Path) -> CourseBuilder:
    builder = CourseBuilder(tmp_path / "course")
    builder.file("s1", "a1", "main.py", "first\n")
    return builder


@pytest.mark.parametrize("kind", HUGE)
@pytest.mark.parametrize("seconds", [0.1, 0.6])
def test_stop_takes_less_than_a_second_in_the_middle_of_a_huge_file(
    program: Program, builder: CourseBuilder, tmp_path: Path, kind: str, seconds: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    bring_in(program, builder.write())
    before = dump(program.library.folder), files_below(program.library.folder)
    HUGE[kind](builder.folder / "workspaces" / "a1")
    stop = StopAfter(seconds)
    with pytest.raises(Cancelled):
        program.bring_in("folder", str(builder.folder), meter=Meter(stop=stop))
    assert stop.said is not None
    assert time.monotonic() - stop.said < 1
    assert (dump(program.library.folder), files_below(program.library.folder)) == before
    assert list(temporary.iterdir()) == []


def test_what_waits_for_another_import_can_be_stopped(program: Program, builder: CourseBuilder) -> None:

    stop = StopAfter(0.2)
    with program.library.writer("test", program.clock(), Meter()), pytest.raises(Cancelled):
        program.bring_in("folder", str(builder.write()), meter=Meter(stop=stop))
    assert program.library.courses() == []


def test_a_mistake_in_the_middle_leaves_the_library_as_it_was(
    program: Program, builder: CourseBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring_in(program, builder.write())
    before = dump(program.library.folder), files_below(program.library.folder)
    for number in range(20):
        builder.file("s2", "a1", f"{number}.txt", os.urandom(2000))
    builder.student("s4")
    builder.write()
    from exportmanager.library import taking

    def mistake(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(taking, "merge_events", mistake)
    with pytest.raises(ZeroDivisionError):
        bring_in(program, builder.folder)
    assert (dump(program.library.folder), files_below(program.library.folder)) == before
    monkeypatch.undo()
    assert bring_in(program, builder.folder).of("people").added == 1


def test_what_a_stopped_import_shares_with_a_course_in_the_library_stays(
    program: Program, builder: CourseBuilder, tmp_path: Path
) -> None:
    """The same package, damaged on the disk: the import mends it, and is stopped at the last moment."""
    os.utime(builder.folder / "workspaces/a1/s1/main.py", (1_000_000_000, 1_000_000_000))
    bring_in(program, builder.write())
    (package,) = (program.library.folder / "workspaces").rglob("*.zip")
    package.write_bytes(b"damaged")
    other = CourseBuilder(tmp_path / "other")
    other.course["id"] = "course-2"
    os.utime(other.file("s1", "a1", "main.py", "first\n"), (1_000_000_000, 1_000_000_000))
    other.write()
    asked = 0

    def stop() -> bool:
        nonlocal asked
        asked += 1
        return package.read_bytes() != b"damaged"

    with pytest.raises(Cancelled):
        program.bring_in("folder", str(other.folder), meter=Meter(stop=stop))
    assert package.is_file()
