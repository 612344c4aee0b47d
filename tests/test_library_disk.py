"""The library on its disk: who may read it, where it may lie, and what harms it."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from conftest import Clock
from exporting import small_disk
from handling import DATABASE, bring_in, export, small_course

from exportmanager.core.errors import LibraryBusy, LibraryDamaged, NoAccess, NoRoom
from exportmanager.library import db, tables
from exportmanager.library.library import Library
from exportmanager.program import Program


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other ways to say who may read a file")
def test_nobody_else_may_read_the_library(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        program = Program(tmp_path / "library", Clock())
        bring_in(program, small_course(tmp_path / "course"))
        export(program)
        found = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "library").iterdir()}
        program.close()
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "library").stat().st_mode) == 0o700
    assert {name: mode for name, mode in found.items() if name.startswith(DATABASE)} == {
        name: 0o600 for name in found if name.startswith(DATABASE)
    }
    assert f"{DATABASE}-wal" in found
    packages = list((tmp_path / "library" / "workspaces").rglob("*.zip"))
    assert [stat.S_IMODE(path.stat().st_mode) for path in packages] == [0o600]


@pytest.mark.parametrize("name", ["what?", "50% & more", "a#b", "größe 数", "with space", "?mode=ro", "q'uote"])
def test_a_library_may_lie_in_a_folder_of_any_name(tmp_path: Path, name: str) -> None:
    if sys.platform == "win32" and "?" in name:
        pytest.skip("Windows has no such folders")
    library = Library(tmp_path / name)
    library.set_setting("colour", "blue")
    library.close()
    assert (tmp_path / name / DATABASE).stat().st_size > 0
    again = Library(tmp_path / name)
    assert again.setting("colour") == "blue"
    again.close()
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize(
    "harm",
    [
        pytest.param(lambda data: b"<html>" * 2000, id="another file"),
        pytest.param(lambda data: data[:100] + bytes(len(data) - 100), id="zeros"),
        pytest.param(lambda data: data[:4096] + bytes(range(256)) * 16 + data[8192:], id="a page of noise"),
        pytest.param(lambda data: data[: len(data) // 2], id="cut in half"),
    ],
)
def test_a_damaged_database_gets_a_sentence_and_is_left_alone(tmp_path: Path, harm: object) -> None:
    assert callable(harm)
    program = Program(tmp_path / "library", Clock())
    for number in range(5):
        bring_in(program, small_course(tmp_path / f"course{number}", id=f"c{number}"))
    program.close()
    path = tmp_path / "library" / DATABASE
    path.write_bytes(harm(path.read_bytes()))
    harmed = path.read_bytes()
    with pytest.raises(LibraryDamaged, match="damaged") as raised:  # noqa: PT012 - any of these may be the first to see it
        library = Library(tmp_path / "library")
        with contextlib.closing(library), db.reading(library._engine) as connection:
            for table in sorted(tables.Jobs.metadata.tables):
                connection.exec_driver_sql(f"SELECT * FROM {table}").all()
    assert "backups" in raised.value.next_step
    assert path.read_bytes() == harmed


def test_a_locked_database_gets_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(db, "_BUSY_SECONDS", 0.1)
    program = Program(tmp_path / "library", Clock())
    with contextlib.closing(sqlite3.connect(tmp_path / "library" / DATABASE)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(LibraryBusy, match="Another program holds the library"):
            program.library.set_setting("colour", "blue")
        assert program.library.setting("colour") is None
        other.rollback()
    program.library.set_setting("colour", "blue")
    assert program.library.setting("colour") == "blue"
    program.close()


def test_a_file_in_the_place_of_the_folder_gets_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "library").write_text("not a folder")
    with pytest.raises(NoAccess, match="opening the library"):
        Library(tmp_path / "library")


READ_ONLY = """
import os, sys
from pathlib import Path
import alembic.command, sqlalchemy.dialects.sqlite
from exportmanager.core.errors import NoAccess
from exportmanager.library.library import Library
if os.getuid() == 0:  # to whom nothing is forbidden
    os.setuid(65534)
try:
    Library(Path(sys.argv[1]))
except NoAccess as problem:
    print(problem)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other ways to forbid writing")
@pytest.mark.parametrize("there", [False, True], ids=["a new one", "one that is there"])
def test_a_library_on_a_read_only_place_gets_a_sentence(there: bool) -> None:
    place = Path(tempfile.mkdtemp())  # the folders of pytest are closed to other users
    try:
        if there:
            Library(place / "library").close()
            (place / "library").chmod(0o555)
            (place / "library" / DATABASE).chmod(0o444)
        place.chmod(0o555)
        done = subprocess.run(
            [sys.executable, "-c", READ_ONLY, str(place / "library")], capture_output=True, text=True, check=False
        )
        assert done.stderr == ""
        assert "no permission" in done.stdout
        assert str(place) in done.stdout
    finally:
        place.chmod(0o755)
        if there:
            (place / "library").chmod(0o755)
        shutil.rmtree(place)


def test_an_import_on_a_full_disk_leaves_nothing_and_says_so(tmp_path: Path) -> None:
    course = small_course(tmp_path / "course")
    (course / "workspaces" / "a1" / "s1" / "noise.bin").write_bytes(os.urandom(8 << 20))
    with small_disk(tmp_path / "disk", "6m") as disk:
        program = Program(disk / "library", Clock())
        before = sorted(path.name for path in (disk / "library" / "workspaces").rglob("*"))
        with pytest.raises(NoRoom) as caught:
            bring_in(program, course)
        assert "disk" in caught.value.what
        assert program.library.course_ids() == set()
        after = [path for path in (disk / "library" / "workspaces").rglob("*") if path.is_file()]
        assert after == []
        assert before == []
        program.close()


def test_a_library_on_a_disk_without_a_byte_left_says_that_it_is_full(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "4m") as disk:
        Program(disk / "library", Clock()).close()
        with (disk / "filler").open("wb", buffering=0) as filler, contextlib.suppress(OSError):
            while True:
                filler.write(bytes(4096))
        with pytest.raises(NoRoom):
            Program(disk / "library", Clock()).tidy()
