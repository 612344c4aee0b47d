"""Where the library is, is remembered in a file of the user's: whole or not there, and never a reason not to start."""

from __future__ import annotations

import contextlib
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from exporting import read_only, small_disk

from exportmanager.core.errors import NoAccess, NoRoom
from exportmanager.user_config import (
    LIBRARY_VARIABLE,
    choose_library,
    chosen_library,
    config_file,
    default_library,
    system_decimal_point,
)


def in_language(*names: str) -> str:
    """The decimal point that a program is told in the first of these languages that is installed; else a skip."""
    code = "import locale; from exportmanager.user_config import system_decimal_point as d; print(d(), locale.str(.5))"
    for name in names:
        environment = {**os.environ, "LC_ALL": name}
        said = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
        point, half = said.stdout.split()
        assert half == "0.5", "the program itself goes on as it was"
        if point != "." or name == "C":
            return point
    pytest.skip(f"none of {', '.join(names)} is installed")


def test_the_decimal_point_is_that_of_the_system() -> None:
    assert in_language("C") == "."
    assert in_language("de_DE.UTF-8", "fr_FR.UTF-8", "pl_PL.UTF-8", "es_ES.UTF-8") == ","


def test_a_language_that_is_not_installed_is_no_reason_not_to_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "xx_XX.UTF-8")
    assert system_decimal_point() == "."


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config" / "config.json"


def test_at_first_nothing_is_chosen(file: Path) -> None:
    assert chosen_library(file) is None
    assert not file.parent.exists(), "to look leaves nothing behind"


def test_what_is_chosen_is_remembered_until_it_is_forgotten(file: Path, tmp_path: Path) -> None:
    choose_library(tmp_path / "größe 数", file)
    assert chosen_library(file) == tmp_path / "größe 数"
    choose_library(tmp_path / "other", file)
    assert chosen_library(file) == tmp_path / "other"
    choose_library(None, file)
    assert chosen_library(file) is None
    assert os.listdir(file.parent) == ["config.json"]  # noqa: PTH208 - hidden names too


def test_a_folder_is_remembered_by_its_whole_path(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    choose_library(Path("library"), file)
    assert chosen_library(file) == tmp_path / "library"


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps other users out of the folder itself")
def test_the_file_is_for_this_user_only(file: Path, tmp_path: Path) -> None:
    choose_library(tmp_path, file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"\xff\xfe", b"[]", b"null", b'{"library": 7}', b'{"library": "relative"}', b'{"library": "/a\\u0000"}',
     b"[" * 50_000, b'{"library": "' + b"x" * 100_000 + b'"}'],
    ids=range(10),
)  # fmt: skip
def test_a_broken_file_counts_as_absent_and_can_be_written_again(file: Path, tmp_path: Path, content: bytes) -> None:
    file.parent.mkdir()
    file.write_bytes(content)
    assert chosen_library(file) is None
    choose_library(tmp_path, file)
    assert chosen_library(file) == tmp_path


def test_a_folder_in_its_place_counts_as_absent_and_is_said_to_be_in_the_way(file: Path, tmp_path: Path) -> None:
    file.mkdir(parents=True)
    assert chosen_library(file) is None
    with pytest.raises(NoAccess, match="remembering where the library is"):
        choose_library(tmp_path, file)
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_what_a_newer_program_keeps_there_stays(file: Path, tmp_path: Path) -> None:
    file.parent.mkdir()
    file.write_text('{"language": "de"}')
    choose_library(tmp_path, file)
    choose_library(None, file)
    assert file.read_text() == '{\n  "language": "de"\n}'


def test_a_full_disk_leaves_it_as_it_was(tmp_path: Path) -> None:
    with small_disk(tmp_path / "stick", "64k") as stick:
        file = stick / "config.json"
        choose_library(tmp_path, file)
        before = file.read_bytes()
        with (stick / "film.mp4").open("wb", buffering=0) as film, contextlib.suppress(OSError):
            while True:
                film.write(bytes(4096))
        with pytest.raises(NoRoom):
            choose_library(tmp_path / "other", file)
        assert file.read_bytes() == before
        assert sorted(path.name for path in stick.iterdir()) == ["config.json", "film.mp4"]


def test_a_disk_that_can_only_be_read_is_said_to_be(file: Path, tmp_path: Path) -> None:
    choose_library(tmp_path, file)
    with read_only(file.parent), pytest.raises(NoAccess):
        choose_library(None, file)
    assert chosen_library(file) == tmp_path


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere no variable says where the folder is")
def test_the_variable_goes_before_the_choice_and_the_choice_before_the_platform_s_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.delenv(LIBRARY_VARIABLE, raising=False)
    assert config_file() == tmp_path / "config" / "exportmanager" / "config.json"
    assert default_library() == tmp_path / "data" / "exportmanager" / "library"
    choose_library(tmp_path / "chosen")
    assert default_library() == tmp_path / "chosen"
    monkeypatch.setenv(LIBRARY_VARIABLE, str(tmp_path / "named"))
    assert default_library() == tmp_path / "named"
