"""Workspaces that somebody made to do harm: nothing outside is read, each is a gap by name, the rest comes in."""

from __future__ import annotations

import gzip
import io
import os
import socket
import struct
import sys
import tarfile
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from building import CourseBuilder
from handling import bring_in, cells, every_byte, exported, members, rows, table

from exportmanager.program import Program

SECRET = b"the secret of the machine 4711"


@pytest.fixture
def builder(tmp_path: Path) -> CourseBuilder:
    builder = CourseBuilder(tmp_path / "course")
    builder.file("s1", "a1", "main.py", "print('whole')\n")
    (tmp_path / "secret.txt").write_bytes(SECRET)
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "inside.txt").write_bytes(SECRET)
    return builder


def zipped(*entries: tuple[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # zipfile warns of duplicates
        for name, data in entries:
            archive.writestr(name, data)
    return out.getvalue()


def tarred(*infos: tuple[str, bytes, str]) -> bytes:
    """A tar.gz of (name, type, where a link points)."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for name, kind, link in infos:
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, link
            archive.addfile(info)
    return out.getvalue()


def overlapping() -> bytes:
    """A zip whose directory names the same data twice."""
    data = zipped(("a", b"x" * 1000))
    end = data.rindex(b"PK\x05\x06")
    start = data.index(b"PK\x01\x02")
    record = data[start:end]
    twin = record.replace(b"a", b"b", 1) if record.count(b"a") == 1 else record[:46] + b"b" + record[47:]
    tail = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 2, 2, 2 * len(record), start, 0)
    return data[:start] + record + twin + tail


def bomb() -> bytes:
    """320 MB of nothing in 320 KB."""
    info = tarfile.TarInfo("zeros")
    info.size = 320 << 20
    return gzip.compress(info.tobuf()) + 20 * gzip.compress(bytes(16 << 20))


HOSTILE: dict[str, tuple[str, Callable[[], bytes]]] = {
    "a path that climbs": (".zip", lambda: zipped(("fine.py", b""), ("../../climbed.py", b"x"))),
    "a path that climbs in a tar": (".tar.gz", lambda: tarred(("a/../../climbed.py", tarfile.REGTYPE, ""))),
    "an absolute path": (".zip", lambda: zipped(("/etc/climbed", b"x"))),
    "an absolute path in a tar": (".tgz", lambda: tarred(("/tmp/climbed", tarfile.REGTYPE, ""))),
    "a drive": (".zip", lambda: zipped(("C:/climbed", b"x"))),
    "a name twice": (".zip", lambda: zipped(("a", b"1"), ("a", b"2"))),
    "members that overlap": (".zip", overlapping),
    "a path through a link": (
        ".tar.gz", lambda: tarred(("d", tarfile.SYMTYPE, "/etc"), ("d/passwd", tarfile.REGTYPE, "")),
    ),
    "a hard link to what is outside": (".tar.gz", lambda: tarred(("a", tarfile.LNKTYPE, "/etc/passwd"))),
    "a bomb": (".tar.gz", bomb),
    "a cut-off zip": (".zip", lambda: zipped(("a", b"x" * 1000))[:-30]),
    "an empty file": (".zip", lambda: b""),
    "a cut-off tar": (".tar.gz", lambda: tarred(("a", tarfile.REGTYPE, ""))[:-12]),
    "text": (".tar.zst", lambda: b"<html>log in first</html>"),
}  # fmt: skip


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_archive_is_a_gap_and_the_rest_comes_in(
    program: Program, builder: CourseBuilder, tmp_path: Path, case: str
) -> None:
    suffix, make = HOSTILE[case]
    (builder.folder / "workspaces" / "a1" / f"s2{suffix}").write_bytes(make())
    report = bring_in(program, builder.write())
    assert [(gap.what, gap.who) for gap in report.gaps] == [("workspace", "Bo Sample (s2), Hello")]
    assert report.gaps[0].why.endswith(".")
    assert report.of("workspaces").read == 1
    assert exported(program)["workspaces/Hello/Example Ada (user1)/main.py"] == b"print('whole')\n"
    assert not list(tmp_path.rglob("climbed*"))
    assert [path.name for path in (program.library.folder / "workspaces").rglob("*.part")] == []


@pytest.mark.parametrize("case", ["a path that climbs", "a cut-off zip"])
def test_a_refused_workspace_is_missing_in_the_export_with_the_reason(
    program: Program, builder: CourseBuilder, case: str
) -> None:
    suffix, make = HOSTILE[case]
    (builder.folder / "workspaces" / "a1" / f"s2{suffix}").write_bytes(make())
    (gap,) = bring_in(program, builder.write()).gaps
    assert cells(exported(program))["s2", "a1"] == ("missing", gap.why)


def test_links_that_point_outside_are_named_and_never_followed(
    program: Program, builder: CourseBuilder, tmp_path: Path
) -> None:
    workspace = builder.folder / "workspaces" / "a1" / "s1"
    links = {
        "absolute": str(tmp_path / "secret.txt"),
        "climbing": "../../../../secret.txt",
        "folder": "../../../../secrets",
        "through": "inner/../../../../../secret.txt",
        "chain": "climbing",
    }
    for name, target in links.items():
        (workspace / name).symlink_to(target)
    (workspace / "good").symlink_to("main.py")
    (builder.folder / "workspaces" / "a1" / "s2").symlink_to(tmp_path / "secrets")
    (builder.folder / "workspaces" / "a2").symlink_to(tmp_path / "secrets")
    report = bring_in(program, builder.write())
    assert SECRET not in every_byte(program.library.folder)
    assert {gap.what for gap in report.gaps} == {
        *(f"link {name} to {target}" for name, target in links.items()),
        "workspaces/a1/s2",
        "workspaces/a2",
    }
    kept = "SELECT f.value ->> 0, f.value ->> 4 FROM packages, json_each(manifest) f WHERE f.value ->> 4 IS NOT NULL"
    assert rows(program.library.folder, kept) == [("good", "main.py")]


@pytest.mark.parametrize(
    "place", ["assignments/a1", "assignments/a1/.guides", "assignments/a1/.guides/assessments/q.json"]
)
def test_a_link_in_the_published_project_is_never_followed(
    program: Program, builder: CourseBuilder, tmp_path: Path, place: str
) -> None:
    builder.course["modules"][0]["assignments"][0]["version"] = 1
    outside = tmp_path / "outside" / place
    outside.parent.mkdir(parents=True)
    if place.endswith(".json"):
        outside.write_bytes(b'{"taskId": "' + SECRET + b'"}')
    else:
        (outside / "assessments").mkdir(parents=True)
        (outside / "assessments" / "q.json").write_bytes(b'{"taskId": "' + SECRET + b'"}')
        (outside / ".guides" / "assessments").mkdir(parents=True)
        (outside / ".guides" / "assessments" / "q.json").write_bytes(b'{"taskId": "' + SECRET + b'"}')
    target = builder.folder / place
    target.parent.mkdir(parents=True)
    target.symlink_to(outside)
    report = bring_in(program, builder.write())
    assert SECRET not in every_byte(program.library.folder)
    assert report.gaps


@pytest.mark.parametrize("place", ["workspaces", "assignments"])
def test_a_link_in_place_of_a_folder_of_ours_is_named(
    program: Program, builder: CourseBuilder, tmp_path: Path, place: str
) -> None:
    builder.course["modules"][0]["assignments"][0]["version"] = 1
    folder = builder.write()
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "a1" / "s1").mkdir(parents=True)
    (elsewhere / "a1" / "s1" / "secret").write_bytes(SECRET)
    if (folder / place).exists():
        (folder / place).rename(tmp_path / "moved")
    (folder / place).symlink_to(elsewhere)
    report = bring_in(program, folder)
    assert SECRET not in every_byte(program.library.folder)
    assert [gap for gap in report.gaps if "link" in gap.why]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has neither pipes nor sockets in folders")
def test_a_pipe_and_a_socket_are_named_and_not_waited_for(
    program: Program, builder: CourseBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = builder.folder / "workspaces" / "a1" / "s1"
    os.mkfifo(workspace / "pipe")
    monkeypatch.chdir(workspace)  # the address of a socket must be short
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("socket")
        report = bring_in(program, builder.write())
    why = "it is a device, pipe or socket"
    assert {(gap.what, gap.who, gap.why) for gap in report.gaps} == {
        (name, "Ada Example (s1), Hello", why) for name in ("pipe", "socket")
    }
    files = exported(program)
    assert cells(files)["s1", "a1"] == ("present", f"pipe: {why}; socket: {why}")


def test_a_gap_in_a_workspace_goes_into_the_report_of_the_export(program: Program, builder: CourseBuilder) -> None:
    (builder.folder / "workspaces" / "a1" / "s1" / "out").symlink_to("/etc")
    bring_in(program, builder.write())
    why = "link out to /etc: it points outside the workspace"
    assert cells(exported(program))["s1", "a1"] == ("present", why)


def test_two_names_of_one_hard_link_are_two_files(program: Program, builder: CourseBuilder) -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        first = tarfile.TarInfo("first")
        first.size = 5
        archive.addfile(first, io.BytesIO(b"12345"))
        second = tarfile.TarInfo("second")
        second.type, second.linkname = tarfile.LNKTYPE, "first"
        archive.addfile(second)
    (builder.folder / "workspaces" / "a1" / "s2.tar.gz").write_bytes(out.getvalue())
    bring_in(program, builder.write())
    folder = "workspaces/Hello/Sample Bo (user2)"
    files = exported(program)
    assert (files[f"{folder}/first"], files[f"{folder}/second"]) == (b"12345", b"12345")


def test_an_empty_archive_is_an_empty_workspace(program: Program, builder: CourseBuilder) -> None:
    (builder.folder / "workspaces" / "a1" / "s2.zip").write_bytes(zipped())
    assert bring_in(program, builder.write()).gaps == ()
    assert cells(exported(program))["s2", "a1"] == ("empty", "opened, but there are no files in it")


def test_empty_folders_and_permission_bits_and_times_are_kept(program: Program, builder: CourseBuilder) -> None:
    workspace = builder.folder / "workspaces" / "a1" / "s1"
    (workspace / "empty" / "folder").mkdir(parents=True)
    (workspace / "main.py").chmod(0o755)
    os.utime(workspace / "main.py", (1_700_000_000, 1_700_000_000))
    bring_in(program, builder.write())
    ((sha256,),) = rows(program.library.folder, "SELECT package FROM workspaces")
    path = program.library.folder / "workspaces" / sha256[:2] / f"{sha256}.zip"
    with zipfile.ZipFile(path) as archive:
        assert archive.namelist() == ["empty/folder/", "main.py"]
        info = archive.getinfo("main.py")
    assert info.external_attr >> 16 & 0o777 == 0o755
    assert info.date_time == (2023, 11, 14, 22, 13, 20)
    assert members(path) == {"main.py": b"print('whole')\n"}
    assert [row["files"] for row in table(exported(program), "report.csv") if row["status"] == "present"] == ["1"]
