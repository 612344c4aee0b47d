"""The demonstration does the main job with the sample course, in a real process, and says what came of it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from exporting import sha256


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What a demonstration prints; its library goes into a folder of pytest's."""
    folder = tmp_path_factory.mktemp("demo")
    env = dict(os.environ) | {"PYTHONIOENCODING": "utf-8"} | dict.fromkeys(["TMPDIR", "TEMP", "TMP"], str(folder))
    command = [sys.executable, "-m", "exportmanager.demo", "--no-window"]
    done = subprocess.run(command, env=env, capture_output=True, text=True, encoding="utf-8", timeout=120, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def cells(said: str, first: str) -> list[str]:
    """The cells of the line of a table that starts with `first`."""
    (line,) = [line for line in said.splitlines() if re.match(rf"{re.escape(first)}(  |$)", line)]
    return re.split(r"  +", line)[1:]


def test_it_says_where_its_library_is(said: str) -> None:
    found = re.match(r"A library to throw away: (.+)\n", said)
    assert found
    assert (Path(found[1]) / "library.sqlite3").exists()


def test_it_says_what_was_expected_what_came_and_names_each_gap(said: str) -> None:
    came, went = said.split("in the export  expected  present  gaps\n")
    assert re.search(r"expected +came +gaps", came)
    assert cells(came, "answers")[0] == cells(came, "answers")[1]
    declared, read, missing = map(int, cells(came, "workspaces"))
    assert declared - read == missing == came.count("gap: workspace of ")
    assert cells(went, "students") == ["26", "24", "2"]
    assert went.count("left out: student of ") == 2
    expected, present, missing = map(int, cells(went, "workspaces"))
    assert expected - present == missing == went.count("gap: workspace of ")


def test_each_student_and_assignment_is_accounted_for(said: str) -> None:
    counts = [int(number) for number in re.findall(r"^(\d+) +(?:there|never|left out|missing)", said, re.MULTILINE)]
    assert sum(counts) == 26 * 8
    assert len(counts) == 5


def test_the_file_it_names_is_there_whole_and_says_until_when(said: str) -> None:
    path = Path(cells(said, "file")[0])
    assert cells(said, "SHA-256") == [sha256(path)]
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d", cells(said, "expires")[0])
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        files = [i for i in archive.infolist() if not i.is_dir() and i.external_attr >> 28 != 0o12]
    assert cells(said, "verified") == [f"{len(files) - 1} files read back, each as it was"]


def test_its_library_holds_nothing_but_the_sample_course(said: str) -> None:
    library = re.match(r"A library to throw away: (.+)\n", said)
    assert library
    assert sorted(path.name for path in Path(library[1]).iterdir()) == [
        "import.lock", "library.sqlite3", "migration.lock", "shelf", "shelf.lock", "workspaces",
    ]  # fmt: skip
    shutil.rmtree(library[1])
