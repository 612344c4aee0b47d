"""Archives from strangers: what all kinds share, and what zips do to be taken for what they are not."""

from __future__ import annotations

import io
import os
import random
import shutil
import stat
import struct
import subprocess
import tracemalloc
import zipfile
import zlib
from pathlib import Path

import pytest
from archiving import TAR_PACKERS, archive_of, read, refusal, saved, saved_tar, tar_bytes, tar_info, zip_bytes, zip_info
from hypothesis import given, settings
from hypothesis import strategies as st

from exportmanager.core.errors import BadSource, Cancelled, HostileArchive
from exportmanager.core.trees import Findings, Limits
from exportmanager.formats.archives import SUFFIXES, open_tree, printable, safe_path

ARCHIVES = [".zip", ".tar.gz", ".tar.zst"]
CLIMBING = ["../x", "a/../../x", "..", "a/..", "..\\x", "a\\..\\..\\x", "a/..\\x"]
ABSOLUTE = ["/etc/passwd", "//server/share", "C:\\x", "c:/x", "\\\\server\\share\\x", "\\\\?\\C:\\x"]

both = pytest.mark.parametrize("suffix", ARCHIVES)


@both
@pytest.mark.parametrize("name", CLIMBING)
def test_a_path_that_climbs_out_is_refused(tmp_path: Path, suffix: str, name: str) -> None:
    assert "climbs out" in refusal(archive_of(tmp_path, suffix, ("fine.txt", b""), (name, b"x")))


@both
@pytest.mark.parametrize("name", ABSOLUTE)
def test_an_absolute_path_is_refused(tmp_path: Path, suffix: str, name: str) -> None:
    assert "absolute" in refusal(archive_of(tmp_path, suffix, ("fine.txt", b""), (name, b"x")))


@pytest.mark.parametrize("name", ["a\0b", "/x", "../x", "C:/x", "a/" * 300 + "x", "x" * 5000])
def test_a_path_is_safe_or_refused_with_a_sentence_that_can_be_shown(name: str) -> None:
    with pytest.raises(HostileArchive) as raised:
        safe_path(name)
    assert raised.value.what.isprintable()
    assert len(raised.value.what) < 250


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("./a", "a"), ("a//b/./c", "a/b/c"), ("a/", "a"), (".", ""), ("...", "..."), ("..a/b..", "..a/b.."),
        ("a\\b", "a\\b"), ("a:b", "a:b"), ("C:", "C:"), (" ", " "), ("-rf", "-rf"), ("~", "~"),
    ],
)  # fmt: skip
def test_a_path_that_stays_inside_is_taken(name: str, path: str) -> None:
    assert safe_path(name) == path


@both
def test_the_depth_and_length_of_a_path_are_limited(tmp_path: Path, suffix: str) -> None:
    assert read(archive_of(tmp_path, suffix, ("a/" * 199 + "x", b""))).files
    assert "200 folders deep" in refusal(archive_of(tmp_path, suffix, ("a/" * 200 + "x", b"")))
    assert "4,096 characters" in refusal(archive_of(tmp_path, suffix, ("x" * 4097, b"")))


@both
@pytest.mark.parametrize(
    "names", [("a", "a"), ("a", "./a"), ("a/b", "a//b"), ("a", "a/")], ids=["same", "dot", "slashes", "folder"]
)
def test_a_name_that_stands_there_twice_is_refused(tmp_path: Path, suffix: str, names: tuple[str, str]) -> None:
    with pytest.warns(UserWarning, match="Duplicate") if names == ("a", "a") and suffix == ".zip" else _nothing():
        path = archive_of(tmp_path, suffix, *((name, b"" if name.endswith("/") else b"x") for name in names))
    assert "twice" in refusal(path)


class _nothing:  # noqa: N801
    """No warning to wait for."""

    def __enter__(self) -> None: ...

    def __exit__(self, *_: object) -> None: ...


@both
@pytest.mark.parametrize("order", [1, -1])
def test_a_path_that_leads_through_a_file_is_refused(tmp_path: Path, suffix: str, order: int) -> None:
    items = [("a", b"x"), ("a.txt", b""), ("a/b/c", b"y")][::order]
    assert "leads through a file" in refusal(archive_of(tmp_path, suffix, *items))


@both
def test_a_file_without_a_name_is_refused(tmp_path: Path, suffix: str) -> None:
    assert "without a name" in refusal(archive_of(tmp_path, suffix, ("./.", b"content")))


@both
def test_files_come_sorted_with_their_content(tmp_path: Path, suffix: str) -> None:
    reading = read(archive_of(tmp_path, suffix, ("./z", b"1"), ("a/b", b"2"), ("a.b", b"3"), ("ü 日本 שלום", b"4")))
    assert reading.files == {"a.b": b"3", "a/b": b"2", "z": b"1", "ü 日本 שלום": b"4"}
    assert reading.left_out == {}


@both
def test_an_archive_in_an_archive_is_a_file(tmp_path: Path, suffix: str) -> None:
    inner = zip_bytes(("../../climbs", b"x"))
    assert read(archive_of(tmp_path, suffix, ("inner.zip", inner))).files == {"inner.zip": inner}


@both
def test_an_empty_archive_is_an_empty_workspace(tmp_path: Path, suffix: str) -> None:
    assert read(archive_of(tmp_path, suffix)).entries == {}


@both
@pytest.mark.parametrize(
    "page", [b"<!DOCTYPE html><title>Log in</title>", b"\xef\xbb\xbf\n <HTML>", b"<?xml version='1'?>"]
)
def test_a_web_page_with_the_name_of_an_archive_is_called_so(tmp_path: Path, suffix: str, page: bytes) -> None:
    assert "web page" in refusal(saved(tmp_path, suffix, page))


@both
@pytest.mark.parametrize("data", [b"", b"x", b"\0" * 5000, b"PK\x05\x06"], ids=["empty", "short", "zeros", "PK"])
def test_what_is_no_archive_is_damaged(tmp_path: Path, suffix: str, data: bytes) -> None:
    assert "damaged" in refusal(saved(tmp_path, suffix, data))


@both
def test_an_archive_that_is_not_there_is_not_read(tmp_path: Path, suffix: str) -> None:
    assert "not read" in refusal(tmp_path / f"gone{suffix}")


@both
@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_with_the_name_of_an_archive_is_not_waited_for(tmp_path: Path, suffix: str) -> None:
    os.mkfifo(tmp_path / f"a{suffix}")
    assert "pipe" in refusal(tmp_path / f"a{suffix}")


@both
def test_more_files_than_allowed_are_refused(tmp_path: Path, suffix: str) -> None:
    path = archive_of(tmp_path, suffix, *((f"{n}", b"") for n in range(11)))
    assert len(read(path, Limits(files=11)).files) == 11
    assert "more than 10 files" in refusal(path, Limits(files=10))


@both
def test_folders_that_only_paths_name_count_too(tmp_path: Path, suffix: str) -> None:
    path = archive_of(tmp_path, suffix, *((f"{n}/a/b/c", b"") for n in range(5)))
    assert len(read(path, Limits(files=20)).files) == 5
    assert "more than 19 files and folders" in refusal(path, Limits(files=19))


@both
def test_more_bytes_than_allowed_are_refused(tmp_path: Path, suffix: str) -> None:
    path = archive_of(tmp_path, suffix, ("a", b"x" * 60_000), ("b", b"y" * 60_000))
    assert "more than 100,000 bytes" in refusal(path, Limits(bytes=100_000))


@both
def test_a_bomb_is_refused_by_its_ratio(tmp_path: Path, suffix: str) -> None:
    path = archive_of(tmp_path, suffix, ("bomb", bytes(20 << 20)))
    limits = Limits(ratio=100, ratio_from=1 << 20)
    tracemalloc.start()
    try:
        assert "zip bomb" in refusal(path, limits)
        assert tracemalloc.get_traced_memory()[1] < 25 << 20
    finally:
        tracemalloc.stop()


@both
def test_names_of_gigabytes_are_refused(tmp_path: Path, suffix: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exportmanager.formats.counting._LETTERS_LIMIT", 10_000)
    path = archive_of(tmp_path, suffix, *((f"{n}{'x' * 200}", b"") for n in range(60)))
    assert "names in it are longer" in refusal(path)


# cut off and changed


SAMPLE: list[tuple[str, bytes]] = [
    ("one.txt", b"first\n" * 50),
    ("folder/two.bin", random.Random(2).randbytes(700)),
    ("three.py", b"print()\n"),
]
CONTENTS = dict(SAMPLE)


@both
def test_an_archive_cut_off_at_any_byte_is_refused(tmp_path: Path, suffix: str) -> None:
    whole = archive_of(tmp_path, suffix, *SAMPLE).read_bytes()
    for length in range(0, len(whole), 1 if len(whole) < 1500 else 3):
        refusal(saved(tmp_path, suffix, whole[:length]))


@both
@settings(max_examples=250)
@given(data=st.data())
def test_a_changed_byte_never_gives_fewer_files_or_other_contents(
    tmp_path_factory: pytest.TempPathFactory, suffix: str, data: st.DataObject
) -> None:
    folder = tmp_path_factory.getbasetemp()
    whole = bytearray(archive_of(folder, suffix, *SAMPLE).read_bytes())
    at = data.draw(st.integers(0, len(whole) - 1))
    whole[at] = data.draw(st.integers(0, 255))
    try:
        reading = read(saved(folder, suffix, bytes(whole)))
    except BadSource:
        return
    # names and kinds of a zip have no checksum: a change there may show, but not lose a file in silence
    assert len(reading.entries) + len(reading.left_out) == len(CONTENTS)
    assert sorted(reading.files.values()) == sorted(
        content for content in CONTENTS.values() if content in reading.files.values()
    )
    if suffix != ".zip":
        assert reading.files == CONTENTS


def test_a_zip_cut_off_after_a_zip_that_lies_in_it_is_refused(tmp_path: Path) -> None:
    inner = zip_bytes(("inner.txt", b"x"))
    whole = zip_bytes(("a.txt", b"1"), ("inner.zip", inner), ("b.txt", b"2"), method=zipfile.ZIP_STORED)
    cut = whole[: whole.index(inner) + len(inner)]
    assert zipfile.ZipFile(io.BytesIO(cut)).namelist() == ["inner.txt"]  # as others read it
    assert "cut off" in refusal(saved(tmp_path, ".zip", cut))


def test_a_zip_that_lists_fewer_files_than_it_says_is_refused(tmp_path: Path) -> None:
    whole = bytearray(zip_bytes(("a", b""), ("b", b""), ("c", b"")))
    first = whole.index(b"PK\x01\x02")
    second = whole.index(b"PK\x01\x02", first + 1)
    struct.pack_into("<H", whole, first + 32, second - first)  # the next record becomes its comment
    assert zipfile.ZipFile(io.BytesIO(whole)).namelist() == ["a", "c"]  # as others read it
    assert "damaged" in refusal(saved(tmp_path, ".zip", bytes(whole)))


def test_something_after_the_end_of_a_zip_is_refused(tmp_path: Path) -> None:
    assert "damaged" in refusal(saved(tmp_path, ".zip", zip_bytes(*SAMPLE) + b"more"))


def test_a_zip_with_a_comment_is_read(tmp_path: Path) -> None:
    out = io.BytesIO(zip_bytes(*SAMPLE))
    with zipfile.ZipFile(out, "a") as archive:
        archive.comment = b"from the platform"
    assert read(saved(tmp_path, ".zip", out.getvalue())).files == CONTENTS


# what zips can do


def test_a_bomb_of_overlapping_members_is_refused(tmp_path: Path) -> None:
    whole = bytearray(zip_bytes(("a", b"x" * 1000), ("b", b"x" * 1000)))
    second = whole.index(b"PK\x01\x02", whole.index(b"PK\x01\x02") + 1)
    struct.pack_into("<L", whole, second + 42, 0)  # both at the beginning
    assert "overlap" in refusal(saved(tmp_path, ".zip", bytes(whole)))


def test_members_that_reach_into_the_list_of_files_are_refused(tmp_path: Path) -> None:
    whole = bytearray(zip_bytes(("a", b"x" * 10), method=zipfile.ZIP_STORED))
    record = whole.index(b"PK\x01\x02")
    struct.pack_into("<2L", whole, record + 20, 60, 60)
    assert "overlap" in refusal(saved(tmp_path, ".zip", bytes(whole)))


def with_sizes(data: bytes, *sizes: int, crc: int | None = None) -> bytes:
    """A zip of one member with other sizes (packed, unpacked) in its directory."""
    whole = bytearray(data)
    record = whole.index(b"PK\x01\x02")
    struct.pack_into("<2L", whole, record + 20, *sizes)
    if crc is not None:
        struct.pack_into("<L", whole, record + 16, crc)
    return bytes(whole)


def test_a_zip_that_lies_about_sizes_is_refused(tmp_path: Path) -> None:
    body = b"x" * 1000
    whole = zip_bytes(("a", body))
    packed = whole.index(b"PK\x01\x02") - 31
    for unpacked in (0, 1, 999, 1001, 2**32 - 2):
        for crc in (None, zlib.crc32(body[:unpacked])):
            lie = with_sizes(whole, packed, unpacked, crc=crc)
            assert refusal(saved(tmp_path, ".zip", lie)), (unpacked, crc)
    for fewer in range(packed - 1):  # the last byte holds nothing but padding
        refusal(saved(tmp_path, ".zip", with_sizes(whole, fewer, 1000)))


def test_a_changed_content_is_refused(tmp_path: Path) -> None:
    whole = zip_bytes(("a", b"content"), method=zipfile.ZIP_STORED)
    assert "damaged" in refusal(saved(tmp_path, ".zip", whole.replace(b"content", b"CONTENT")))


@pytest.mark.parametrize("bit", [0x1, 0x40, 0x41])
def test_an_encrypted_zip_is_called_so(tmp_path: Path, bit: int) -> None:
    whole = bytearray(zip_bytes(("a", b"x")))
    whole[6] |= bit
    whole[whole.index(b"PK\x01\x02") + 8] |= bit
    assert refusal(saved(tmp_path, ".zip", bytes(whole))) == "It is encrypted."


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_compressions_that_unpack_without_bounds_are_refused(tmp_path: Path, method: int) -> None:
    assert "packed in a way" in refusal(saved(tmp_path, ".zip", zip_bytes(("a", bytes(1000)), method=method)))


def test_a_zip_by_the_zip_program_is_read_with_links_and_modes(tmp_path: Path) -> None:
    if not shutil.which("zip"):
        pytest.skip("zip is not installed")
    folder = tmp_path / "ws"
    (folder / "empty").mkdir(parents=True)
    (folder / "run.sh").write_text("#!/bin/sh\n")
    (folder / "run.sh").chmod(0o750)
    (folder / "ünï 日本.txt").write_text("x")
    (folder / "link").symlink_to("run.sh")
    os.utime(folder / "run.sh", (1_700_000_001, 1_700_000_001))
    subprocess.run(
        ["zip", "-qry", tmp_path / "s1.zip", "."], cwd=folder, check=True, env=os.environ | {"LC_ALL": "C.UTF-8"}
    )
    reading = read(tmp_path / "s1.zip")
    assert reading.files == {"run.sh": b"#!/bin/sh\n", "ünï 日本.txt": b"x"}
    assert reading.links == {"link": "run.sh"}
    assert reading.folders == ["empty"]
    assert (reading.entries["run.sh"].mode, reading.entries["run.sh"].modified) == (0o750, 1_700_000_001)


@pytest.mark.parametrize("system", [0, 10, 11, 14])
def test_a_zip_made_on_windows_has_folders_parted_by_backslashes(tmp_path: Path, system: int) -> None:
    items = [("empty\\", b""), ("src\\", b""), ("src\\main.py", b"1"), ("src\\sub\\x", b"2")]
    whole = zip_bytes(*((zip_info(name, 0, system), content) for name, content in items))
    reading = read(saved(tmp_path, ".zip", whole))
    assert reading.files == {"src/main.py": b"1", "src/sub/x": b"2"}
    assert reading.folders == ["empty"]
    assert reading.entries["src/main.py"].mode == 0o644


@pytest.mark.parametrize("name", ["..\\x", "a\\..\\..\\x", "\\x"])
def test_a_zip_made_on_windows_cannot_climb_with_backslashes(tmp_path: Path, name: str) -> None:
    refusal(saved(tmp_path, ".zip", zip_bytes((zip_info(name, 0, 0), b"x"))))


def raw_named(raw: bytes, *, utf8: bool = False, extra: bytes = b"") -> bytes:
    """A zip with one file whose name is these very bytes."""
    info = zip_info("n" * len(raw))
    info.extra = extra
    whole = bytearray(zip_bytes((info, b"x")).replace(b"n" * len(raw), raw))
    if utf8:
        whole[7] |= 8
        whole[whole.index(b"PK\x01\x02") + 9] |= 8
    return bytes(whole)


def unicode_path(raw: bytes, name: str, crc: int | None = None) -> bytes:
    body = struct.pack("<BL", 1, zlib.crc32(raw) if crc is None else crc) + name.encode()
    return struct.pack("<2H", 0x7075, len(body)) + body


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (raw_named("café.txt".encode()), "café.txt"),
        (raw_named("café.txt".encode(), utf8=True), "café.txt"),
        (raw_named("café.txt".encode("cp437")), "café.txt"),
        (raw_named(b"caf\x82", extra=unicode_path(b"caf\x82", "кафе")), "кафе"),
        (raw_named(b"caf\x82", extra=unicode_path(b"caf\x82", "кафе", crc=1)), "café"),
        (raw_named(b"plain"), "plain"),
    ],
    ids=["UTF-8 without a flag", "UTF-8", "code page 437", "Unicode path", "stale Unicode path", "ASCII"],
)
def test_names_are_read_in_the_letters_they_were_written_in(tmp_path: Path, data: bytes, name: str) -> None:
    assert list(read(saved(tmp_path, ".zip", data)).files) == [name]


def test_a_unicode_path_cannot_climb_either(tmp_path: Path) -> None:
    refusal(saved(tmp_path, ".zip", raw_named(b"plain", extra=unicode_path(b"plain", "../x"))))


def test_a_name_with_nul_is_refused(tmp_path: Path) -> None:
    assert "NUL" in refusal(saved(tmp_path, ".zip", raw_named(b"a.txt\0.exe")))


def test_a_name_that_says_it_is_utf8_and_is_not_is_refused(tmp_path: Path) -> None:
    refusal(saved(tmp_path, ".zip", raw_named(b"caf\xe9", utf8=True)))


def test_a_device_in_a_zip_is_left_out_by_name(tmp_path: Path) -> None:
    whole = zip_bytes(("a", b"x"), (zip_info("dev/pipe", stat.S_IFIFO | 0o644), b""))
    reading = read(saved(tmp_path, ".zip", whole))
    assert reading.files == {"a": b"x"}
    assert reading.left_out == {"dev/pipe": "it is a device, pipe or socket"}


def test_a_folder_with_content_is_refused(tmp_path: Path) -> None:
    assert "folder with the content" in refusal(saved(tmp_path, ".zip", zip_bytes(("folder/", b"hidden"))))


@pytest.mark.parametrize(
    "target", ["x" * 5000, b"caf\xe9", "a\0b", "two\nlines"], ids=["long", "Latin-1", "NUL", "lines"]
)
def test_a_link_whose_target_cannot_be_kept_as_it_is_is_left_out(tmp_path: Path, target: str | bytes) -> None:
    raw = target if isinstance(target, bytes) else target.encode()
    reading = read(saved(tmp_path, ".zip", zip_bytes((zip_info("link", stat.S_IFLNK | 0o777), raw))))
    assert reading.entries == {}
    assert len(reading.left_out) == 1


def test_times_that_no_calendar_has_do_no_harm(tmp_path: Path) -> None:
    whole = bytearray(zip_bytes(("a", b"x")))
    struct.pack_into("<2H", whole, whole.index(b"PK\x01\x02") + 12, 0xFFFF, 0xFFFF)
    assert read(saved(tmp_path, ".zip", bytes(whole))).files == {"a": b"x"}


def test_the_extended_timestamp_counts_before_the_dos_time(tmp_path: Path) -> None:
    info = zip_info("a")
    info.extra = struct.pack("<2HBl", 0x5455, 5, 1, -5)
    assert read(saved(tmp_path, ".zip", zip_bytes((info, b"")))).entries["a"].modified == -5
    assert read(saved(tmp_path, ".zip", zip_bytes(("a", b"")))).entries["a"].modified == 1_772_452_800


def test_a_zip_beyond_65535_files_is_read(tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number in range(65_600):
            archive.writestr(zipfile.ZipInfo(f"{number}"), b"")
    assert len(list(open_tree(saved(tmp_path, ".zip", out.getvalue())).entries(Findings()))) == 65_600


# what links can do

LINKS_INSIDE = {
    "file": "a/file",
    "a/up": "../b",
    "a/here": ".",
    "dangling": "nowhere",
    "folder": "a/",
    "a/to-root": "..",
    "via": "folder/file",
    "emoji": "\U0001f468\u200d\U0001f469 and \u3000spaces",
}
LINKS_OUT = {
    "absolute": "/etc/passwd",
    "drive": "C:\\Windows",
    "unc": "\\\\server\\share",
    "up": "..",
    "a/up2": "../..",
    "climb": "a/../../x",
    "backslashes": "..\\..\\x",
    "through": "a/to-root/../x",
    "chain1": "chain2/x",
    "chain2": "a/up3",
    "a/up3": "../../y",
    "via-absolute": "absolute/x",
}
CIRCLES = {"c1": "c2", "c2": "c1", "self": "self", "grow": "grow/grow", "a/x": "../a/x/y"}


@both
def test_links_inside_are_kept_and_those_that_lead_out_are_left_out(tmp_path: Path, suffix: str) -> None:
    links = LINKS_INSIDE | LINKS_OUT | CIRCLES
    path = links_archive(tmp_path, suffix, links)
    reading = read(path)
    assert reading.links == dict(sorted(LINKS_INSIDE.items()))
    assert len(reading.left_out) == len(LINKS_OUT) + len(CIRCLES)
    why = {what.split()[1]: why for what, why in reading.left_out.items()}
    assert {name for name, reason in why.items() if "outside" in reason} == set(LINKS_OUT)
    assert {name for name, reason in why.items() if "circle" in reason} == set(CIRCLES)


def links_archive(folder: Path, suffix: str, links: dict[str, str]) -> Path:
    if suffix == ".zip":
        items = [(zip_info(name, stat.S_IFLNK | 0o777), target.encode()) for name, target in links.items()]
        return saved(folder, suffix, zip_bytes(("a/file", b"x"), *items))
    tar_links = [(tar_info(name, b"2", target), b"") for name, target in links.items()]
    return saved_tar(folder, suffix, ("a/file", b"x"), *tar_links)


@both
def test_a_path_through_a_link_is_refused_even_if_the_link_leads_inside(tmp_path: Path, suffix: str) -> None:
    for target in ("a", "/tmp", ".."):
        links = {"link": target, "link/x": "y"}
        assert "leads through" in refusal(links_archive(tmp_path, suffix, links))


@both
def test_many_links_through_one_another_end_soon(tmp_path: Path, suffix: str) -> None:
    links = {f"l{n}": f"l{n - 1}/" * 20 + "x" for n in range(1, 60)} | {"l0": "a"}
    reading = read(links_archive(tmp_path, suffix, links))
    assert len(reading.links) + len(reading.left_out) == 60


def test_a_sentence_never_turns_letters_round_or_runs_on() -> None:
    assert printable("\u202egnp.exe\n") == "\ufffdgnp.exe\ufffd"
    assert printable("x" * 500) == "x" * 119 + "\N{HORIZONTAL ELLIPSIS}"
    assert printable("x" * 120) == "x" * 120


@pytest.mark.parametrize("suffix", [*SUFFIXES, ".ZIP", ".Tar.Zst", ".tgz", ".dat", ".html", ""])
def test_an_archive_is_known_by_its_content_whatever_it_is_called(tmp_path: Path, suffix: str) -> None:
    tar = tar_bytes(*SAMPLE)
    for data in (zip_bytes(*SAMPLE), tar, *(packer(tar) for packer in TAR_PACKERS.values())):
        assert read(saved(tmp_path, suffix, data)).files == CONTENTS


@both
@pytest.mark.parametrize("calls", range(8))
def test_the_reading_ends_when_check_says_so_even_before_the_first_file(
    tmp_path: Path, suffix: str, calls: int
) -> None:
    left = calls

    def check() -> None:
        nonlocal left
        if left == 0:
            raise Cancelled
        left -= 1

    links = {f"l{n}": "a" for n in range(6)}
    with pytest.raises(Cancelled):
        next(iter(open_tree(links_archive(tmp_path, suffix, links)).entries(Findings(check=check))))
