"""Workspaces are opened wherever they lie, and their files have the names they had."""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
import threading
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from bagging import COURSE, ODD_NAMES
from reviewing import PASSPHRASE, Reviewed

from exportmanager.core.course import AssignmentId, StudentId
from exportmanager.core.errors import BadOptions, BadSource, NotFound
from exportmanager.core.trees import EntryKind
from exportmanager.formats.untrusted import is_safe
from exportmanager.review.lying import Lying
from exportmanager.review.opening import Opened, Openings
from exportmanager.review.where import Where

A1, S1, S2, S3 = AssignmentId("a1"), StudentId("s1"), StudentId("s2"), StudentId("s3")


@pytest.fixture(scope="module")
def reviewed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reviewed]:
    made = Reviewed(tmp_path_factory.mktemp("reviewed"))
    yield made
    made.program.close()


@pytest.fixture
def openings(reviewed: Reviewed) -> Iterator[Openings]:
    with Openings(reviewed.program.library) as opened:
        yield opened


def contents(opened: Opened) -> dict[str, bytes]:
    return {e.path: opened.read(e.path, 1 << 20) for e in opened.entries() if e.kind is EntryKind.FILE}


def by_who(found: Sequence[Lying]) -> dict[tuple[str, str, int], Lying]:
    return {(one.facts.student, one.facts.assignment, one.facts.number): one for one in found}


def test_the_newest_version_is_opened_unless_an_earlier_one_is_asked_for(openings: Openings) -> None:
    with openings.open(Where.of_workspace(COURSE, A1, S1)) as newest:
        assert (newest.name, newest.number) == ("Ada Example, Hello", 2)
        assert contents(newest) == {"main.py": b"print('newer')\n"}
    with openings.open(Where.of_workspace(COURSE, A1, S1, 1)) as first:
        assert contents(first) == {"main.py": b"print('a1')\n" * 20}


def test_files_of_the_library_come_with_their_hashes_and_links_with_their_targets(openings: Openings) -> None:
    with openings.open(Where.of_workspace(COURSE, A1, S3)) as opened:
        entries = {entry.path: entry for entry in opened.entries()}
        assert entries["src/alias"].link == "tool.sh"
        assert entries["src/alias"].kind is EntryKind.LINK
        assert entries["empty"].kind is EntryKind.FOLDER
        assert entries["src/tool.sh"].sha256 == hashlib.sha256(b"#!/bin/sh\n").hexdigest()


def test_published_projects_are_opened(openings: Openings) -> None:
    with (
        openings.open(Where.of_published(COURSE, A1)) as newest,
        openings.open(Where.of_published(COURSE, A1, 1)) as first,
    ):
        assert contents(newest)["starter.py"] == b"# begin anew\n"
        assert contents(first)["starter.py"] == b"# begin here\n"


@pytest.mark.parametrize("form", ["zip", "plain", "secret"])
def test_every_workspace_of_an_archive_is_as_it_is_in_the_library(
    reviewed: Reviewed, openings: Openings, form: str
) -> None:
    path: Path = getattr(reviewed, form)
    found = by_who(openings.within(path, PASSPHRASE if form == "secret" else None))
    assert ("Di Dormant", "Hello", 1) in found
    assert ("Tea Cher", "Loops", 1) in found
    for student, name, number in ((S1, "Ada Example", 2), (S1, "Ada Example", 1), (S2, "Bo Sample", 1)):
        with (
            openings.open(found[name, "Hello", number].where) as archived,
            openings.open(Where.of_workspace(COURSE, A1, student, number)) as kept,
        ):
            assert contents(archived) == contents(kept)
            assert archived.package == kept.package
            assert archived.name == kept.name
    with openings.open(found["", "Hello", 2].where) as published:
        assert contents(published)["starter.py"] == b"# begin anew\n"


def test_names_that_an_archive_changed_are_those_they_were(reviewed: Reviewed, openings: Openings) -> None:
    found = by_who(openings.within(reviewed.zip))
    with openings.open(found["Bo Sample", "Hello", 1].where) as opened:
        assert {entry.path for entry in opened.entries()} == set(ODD_NAMES)


def test_an_encrypted_archive_needs_its_passphrase_once(reviewed: Reviewed, openings: Openings) -> None:
    for wrong in (None, "another passphrase"):
        with pytest.raises(BadOptions):
            openings.within(reviewed.secret, wrong)
    one = openings.within(reviewed.secret, PASSPHRASE)[0]
    assert contents(openings.open(one.where))


@pytest.mark.parametrize(
    ("kind", "options", "count"),
    [
        ("coursework", {}, 4),
        ("coursework", {"order": "student"}, 4),
        ("assignment", {}, 5),
        ("student", {}, 4),
        ("student", {"bundle": "each"}, 4),
    ],
)
def test_the_workspaces_of_exports_are_found(
    reviewed: Reviewed, openings: Openings, kind: str, options: dict[str, object], count: int
) -> None:
    found = by_who(openings.within(reviewed.exported(kind, **options)))
    assert len(found) == count
    with openings.open(found["Ada Example", "Hello", 0].where) as opened:
        assert opened.name == "Ada Example, Hello"
        assert contents(opened) == {"main.py": b"print('newer')\n"}
    with openings.open(found["Bo Sample", "Hello", 0].where) as odd:
        assert {entry.path for entry in odd.entries()} == set(ODD_NAMES)


def packed(path: Path) -> Path:
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("src/a.py", "one")
    elif path.suffix == ".gz":
        info = tarfile.TarInfo("src/a.py")
        info.size = 3
        with tarfile.open(path, "w:gz") as tar:
            tar.addfile(info, io.BytesIO(b"one"))
    else:
        (path / "src").mkdir(parents=True)
        (path / "src" / "a.py").write_text("one")
    return path


@pytest.mark.parametrize("name", ["work.zip", "work.tar.gz", "work"])
def test_any_zip_tar_or_folder_is_a_workspace(openings: Openings, tmp_path: Path, name: str) -> None:
    path = packed(tmp_path / name)
    assert [one.where for one in openings.within(path)] == [Where.of_file(path)]
    with openings.open(Where.of_file(path)) as opened:
        assert (opened.name, contents(opened)) == (name, {"src/a.py": b"one"})
    with openings.open(Where.of_file(path, "src")) as part:
        assert contents(part) == {"a.py": b"one"}
    with pytest.raises(NotFound):
        openings.open(Where.of_file(path, "elsewhere")).entries()


def test_names_in_a_list_that_lead_out_are_not_believed(openings: Openings, tmp_path: Path) -> None:
    path = tmp_path / "hostile.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("report.csv", "assignment,student,files,folder\nHello,Ada,2,workspaces/a/b\n")
        hostile = "workspaces/a/b,../../../etc/passwd,x.txt\nworkspaces/a/b,y.txt,z.txt\n"
        archive.writestr("names.csv", f"folder,original,now\n{hostile}")
        for name in ("x.txt", "y.txt", "z.txt"):
            archive.writestr(f"workspaces/a/b/{name}", name)
    (found,) = openings.within(path)
    with openings.open(found.where) as opened:
        assert contents(opened) == {"x.txt": b"x.txt", "y.txt": b"y.txt", "z.txt": b"z.txt"}
        assert all(is_safe(entry.path) for entry in opened.entries())


@pytest.mark.parametrize("name", ["report.csv", "names.csv"])
@pytest.mark.parametrize(
    "table",
    [
        "folder,files,now,original\nsrc,1,x.txt\n",
        "folder,files,now,original\nsrc\n,,,,,,,\n",
        f"folder,files,now\nsrc,1,{'x' * 200_000}\n",
        'folder,files\n"src,1\n',
        "folder\0,files\nsrc,1\n",
        "",
    ],
)
def test_tables_of_somebody_else_that_are_called_as_ours_do_no_harm(
    openings: Openings, tmp_path: Path, name: str, table: str
) -> None:
    path = tmp_path / "work.zip"
    ours = {"report.csv": "folder,files\nsrc,1\n", "names.csv": "", name: table}
    with zipfile.ZipFile(path, "w") as archive:
        for each, text in {**ours, "src/x.txt": "x"}.items():
            archive.writestr(each, text)
    for found in openings.within(path):
        assert openings.open(found.where).entries()


def test_a_list_of_somebody_else_that_is_called_as_that_of_an_archive_does_no_harm(
    openings: Openings, tmp_path: Path
) -> None:
    rows: list[object] = [
        {"folder": "src", "student": ["s1"], "assignment": {"a": 1}, "number": "1", "names": {"x.txt": None}},
        {"folder": 5, "student": "s1", "assignment": None, "number": -1, "names": ["x"], "package": 7},
        {"folder": "../..", "student": "s2"},
        [1],
        "text",
        None,
    ]
    with zipfile.ZipFile(tmp_path / "work.zip", "w") as archive:
        archive.writestr("data/library/places.jsonl", "\n".join(map(json.dumps, rows)) + "\n{\n")
        archive.writestr("data/library/students.jsonl", json.dumps({"id": ["s1"], "first_name": None}))
        archive.writestr("src/x.txt", "x")
    found = openings.within(tmp_path / "work.zip")
    assert [one.facts.name for one in found] == ["Published", "s1", "s2"]
    assert [entry.path for entry in openings.open(found[0].where).entries()] == ["x.txt"]
    with pytest.raises(NotFound):
        openings.open(found[2].where).entries()


def test_what_is_not_there_or_no_archive_is_said(openings: Openings, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        openings.open(Where.of_workspace(COURSE, A1, StudentId("nobody")))
    with pytest.raises(NotFound):
        openings.open(Where.of_workspace(COURSE, A1, S1, 9))
    with pytest.raises(NotFound):
        openings.within(tmp_path / "gone.zip")
    for data in (b"no archive", b"PK\x03\x04", b"PK\x03\x04\x14\0\x01", b""):
        (tmp_path / "text.zip").write_bytes(data)
        with pytest.raises(BadSource):
            openings.within(tmp_path / "text.zip")


def test_an_encrypted_archive_that_is_damaged_at_its_end_is_named(
    reviewed: Reviewed, openings: Openings, tmp_path: Path
) -> None:
    whole = reviewed.secret.read_bytes()
    end = whole.rindex(b"PK\x05\x06")
    for at, data in ((12, b"\xff\xff\xff\x7f"), (0, b"PK\0\0")):
        (tmp_path / "damaged.zip").write_bytes(whole[: end + at] + data + whole[end + at + len(data) :])
        with pytest.raises(BadSource):
            openings.within(tmp_path / "damaged.zip", PASSPHRASE)


def test_an_address_survives_json() -> None:
    for where in (
        Where.of_workspace(COURSE, A1, S1, 2),
        Where.of_project(3),
        Where.of_file(Path("a.zip"), "b", "c.zip"),
    ):
        assert Where.model_validate_json(where.model_dump_json()) == where


def test_a_file_is_read_many_times_and_by_several_threads(openings: Openings, tmp_path: Path) -> None:
    """However often: what was looked at again and again once counted as if it were a zip bomb."""
    content = os.urandom(1 << 10) * 4096
    with zipfile.ZipFile(tmp_path / "large.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("large.bin", content)
    read: list[bool] = []
    with openings.open(Where.of_file(tmp_path / "large.zip")) as opened:

        def look() -> None:
            read.extend(opened.read("large.bin", len(content) + 1) == content for _ in range(20))

        threads = [threading.Thread(target=look) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert opened.read("large.bin", 5) == content[:5]
    assert read == [True] * 80
