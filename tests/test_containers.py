"""Containers: listed once, cut into trees, read by several threads, with the archives in them as trees of their own."""

from __future__ import annotations

import gzip
import io
import os
import random
import shutil
import stat
import struct
import subprocess
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import zstandard
from archiving import TAR_PACKERS, saved, tar_bytes, tar_info, zip_bytes, zip_info
from isal import isal_zlib

from exportmanager.core.errors import BadSource, Cancelled
from exportmanager.core.trees import EntryKind, Findings, Limits, Tree
from exportmanager.formats import stretches
from exportmanager.formats.containers import Container, open_container
from exportmanager.formats.packing import pack

NOISE = random.Random(5).randbytes(3_000_000)
FILES: dict[str, bytes] = {
    "amy/task/main.py": b"print()\n" * 100,
    "amy/task/.guides/x": b"1",
    "amy.txt": b"beside the folder",
    "amy-2/main.py": b"2",
    "ben/task/main.py": b"print(2)\n" * 100,
}


def folder(path: Path, files: dict[str, bytes]) -> Path:
    for name, content in files.items():
        target = path / "folder" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return path / "folder"


def zipped(path: Path, files: dict[str, bytes]) -> Path:
    return saved(path, ".zip", zip_bytes(*files.items()))


def stored(path: Path, files: dict[str, bytes]) -> Path:
    return saved(path, ".zip", zip_bytes(*files.items(), method=zipfile.ZIP_STORED))


def tarred(pack_it: Callable[[bytes], bytes]) -> Callable[[Path, dict[str, bytes]], Path]:
    return lambda path, files: saved(path, ".tar", pack_it(tar_bytes(*files.items())))


MAKERS: dict[str, Callable[[Path, dict[str, bytes]], Path]] = {
    "folder": folder,
    "zip": zipped,
    "stored zip": stored,
    "tar": tarred(bytes),
    "tar.gz": tarred(gzip.compress),
    "tar.zst": tarred(zstandard.ZstdCompressor().compress),
}
every = pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)

INNER = {"main.py": b"print(1)\n" * 50, "src/a.txt": b"a", "big": NOISE[:100_000]}
PACKED: dict[str, bytes] = {
    "zip": zip_bytes(*INNER.items()),
    "tar": tar_bytes(*INNER.items()),
    "tar.gz": gzip.compress(tar_bytes(*INNER.items())),
    "tar.zst": zstandard.ZstdCompressor().compress(tar_bytes(*INNER.items())),
}
inners = pytest.mark.parametrize("inner", PACKED.values(), ids=PACKED)


def contents(tree: Tree) -> dict[str, bytes]:
    found = {}
    findings = Findings()
    for entry in tree.entries(findings):
        if entry.kind is EntryKind.FILE:
            assert entry.open is not None
            with entry.open() as file:
                found[entry.path] = file.read()
    assert findings.gaps == []
    return found


@pytest.fixture
def opened() -> Iterator[Callable[[Path], Container]]:
    """Opens containers, and closes them at the end."""
    known: list[Container] = []

    def opener(path: Path) -> Container:
        known.append(open_container(path))
        return known[-1]

    yield opener
    for container in known:
        container.close()


Opener = Callable[[Path], Container]


@every
def test_what_lies_in_a_container_is_listed_and_read(tmp_path: Path, make: Callable[..., Path], opened: Opener) -> None:
    container = opened(make(tmp_path, FILES))
    listed = {entry.path: entry.size for entry in container.entries if entry.kind is EntryKind.FILE}
    assert listed == {path: len(content) for path, content in FILES.items()}
    assert list(container.left_out) == []
    for path, content in FILES.items():
        assert container.read(path, 10_000) == content
        assert container.starts(path, 3) == content[:3]
        with container.open(path) as file:
            assert file.read() == content


def test_the_kind_is_what_it_is_and_not_what_it_is_called(tmp_path: Path, opened: Opener) -> None:
    kinds = {name: opened(make(tmp_path, FILES)).kind for name, make in MAKERS.items()}
    assert kinds == {
        "folder": "folder", "zip": "zip", "stored zip": "zip", "tar": "tar", "tar.gz": "tar", "tar.zst": "tar",
    }  # fmt: skip


@every
def test_each_folder_is_a_tree_of_its_own(tmp_path: Path, make: Callable[..., Path], opened: Opener) -> None:
    container = opened(make(tmp_path, FILES))
    assert contents(container.tree()) == FILES
    assert contents(container.tree("amy")) == {"task/.guides/x": b"1", "task/main.py": b"print()\n" * 100}
    assert contents(container.tree("ben/task")) == {"main.py": b"print(2)\n" * 100}
    for path in ("am", "amy.txt", "amy/task/main.py", "nobody", "amy/"):
        with pytest.raises(KeyError):
            container.tree(path)


@every
def test_a_file_that_is_not_there_is_a_key_error(tmp_path: Path, make: Callable[..., Path], opened: Opener) -> None:
    container = opened(make(tmp_path, FILES))
    for path in ("amy", "nothing", "amy/task/main.py/x", ""):
        for ask in (container.open, container.starts, container.is_archive, container.inner):
            with pytest.raises(KeyError):
                ask(path)


@every
def test_a_file_longer_than_asked_for_is_not_read(tmp_path: Path, make: Callable[..., Path], opened: Opener) -> None:
    container = opened(make(tmp_path, {"long.csv": NOISE}))
    assert container.read("long.csv", len(NOISE)) == NOISE
    with pytest.raises(BadSource, match="long.csv has more than 2,999,999 bytes"):
        container.read("long.csv", len(NOISE) - 1)


def test_an_empty_folder_is_an_empty_tree(tmp_path: Path, opened: Opener) -> None:
    container = opened(saved(tmp_path, ".zip", zip_bytes(("amy/", b""), ("ben/x", b"1"))))
    assert contents(container.tree("amy")) == {}
    assert [entry.kind for entry in container.entries] == [EntryKind.FOLDER, EntryKind.FILE]


# links and what else one student could do to another


def links_zip(folder: Path, links: dict[str, str]) -> Path:
    items = [(zip_info(name, stat.S_IFLNK | 0o777), target.encode()) for name, target in links.items()]
    return saved(folder, ".zip", zip_bytes(("amy/file", b"x"), ("ben/secret", b"x"), *items))


def links_tar(folder: Path, links: dict[str, str]) -> Path:
    items = [(tar_info(name, tarfile.SYMTYPE, target), b"") for name, target in links.items()]
    return saved(folder, ".tar", tar_bytes(("amy/file", b"x"), ("ben/secret", b"x"), *items))


def links_folder(path: Path, links: dict[str, str]) -> Path:
    made = folder(path, {"amy/file": b"x", "ben/secret": b"x"})
    for name, target in links.items():
        (made / name).symlink_to(target)
    return made


@pytest.mark.parametrize("make", [links_zip, links_tar, links_folder])
def test_a_link_to_another_student_is_left_out_and_one_inside_is_kept(
    tmp_path: Path, make: Callable[..., Path], opened: Opener
) -> None:
    container = opened(make(tmp_path, {"amy/own": "file", "amy/spy": "../ben/secret", "amy/out": "/etc/passwd"}))
    findings = Findings()
    entries = list(container.tree("amy").entries(findings))
    assert [(entry.path, entry.link) for entry in entries] == [("file", ""), ("own", "file")]
    assert [(gap.what, gap.why) for gap in findings.gaps] == [
        ("link out to /etc/passwd", "it points outside the workspace"),
        ("link spy to ../ben/secret", "it points outside the workspace"),
    ]
    assert len(list(container.tree("ben").entries(Findings()))) == 1


NAUGHTY: dict[str, tuple[str, ...]] = {
    "climbs out": ("amy/a\\..\\..\\..\\x",),
    "folders deep": ("amy/" + "d/" * 250 + "x",),
    "twice": ("amy/same", "amy/./same"),
    "leads through": ("amy/file", "amy/file/below"),
    "absolute": ("amy/C:\\x",),
    "folder with the content": ("amy/folder/",),
}


@pytest.mark.parametrize("why", NAUGHTY)
def test_what_one_student_does_refuses_that_student_alone(tmp_path: Path, why: str, opened: Opener) -> None:
    files = [("amy/ok", b"1"), ("ben/ok", b"2"), *((name, b"x") for name in NAUGHTY[why])]
    container = opened(saved(tmp_path, ".zip", zip_bytes(*files)))
    with pytest.raises(BadSource, match=why):
        contents(container.tree("amy"))
    assert contents(container.tree("ben")) == {"ok": b"2"}
    if why != "absolute":  # on its own, that is a name like any other
        assert [note.path.split("/")[0] for note in container.left_out] == ["amy"]
        with pytest.raises(BadSource, match=why):
            contents(container.tree())


def test_a_name_that_is_not_the_utf8_it_says_refuses_its_own_tree_alone(tmp_path: Path, opened: Opener) -> None:
    whole = zip_bytes(("amy/caf\u00e9", b"1"), ("ben/b", b"2")).replace("\u00e9".encode(), b"\xe9x")
    container = opened(saved(tmp_path, ".zip", whole))
    with pytest.raises(BadSource, match="UTF-8"):
        contents(container.tree("amy"))
    assert contents(container.tree("ben")) == {"b": b"2"}


def test_a_damaged_file_refuses_its_own_tree_alone(tmp_path: Path, opened: Opener) -> None:
    whole = zip_bytes(("amy/a", b"content"), ("ben/b", b"other"), method=zipfile.ZIP_STORED)
    container = opened(saved(tmp_path, ".zip", whole.replace(b"content", b"CONTENT")))
    with pytest.raises(BadSource, match="damaged"):
        contents(container.tree("amy"))
    assert contents(container.tree("ben")) == {"b": b"other"}


def test_a_device_is_left_out_of_the_tree_that_it_lies_in(tmp_path: Path, opened: Opener) -> None:
    pipe = zip_info("amy/dev/pipe", stat.S_IFIFO | 0o644)
    container = opened(saved(tmp_path, ".zip", zip_bytes(("amy/a", b"1"), ("ben/b", b"2"), (pipe, b""))))
    assert container.left_out == [("amy/dev/pipe", "it is a device, pipe or socket")]
    for name, gaps in (("amy", ["dev/pipe"]), ("ben", [])):
        findings = Findings()
        assert len(list(container.tree(name).entries(findings))) == 1
        assert [gap.what for gap in findings.gaps] == gaps


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="needs permissions that hold")
def test_a_file_without_permission_is_told_of(tmp_path: Path, opened: Opener) -> None:
    made = folder(tmp_path, {"a": b"1"})
    (made / "a").chmod(0)
    with pytest.raises(BadSource, match="permission"):
        opened(made).starts("a")


def test_a_file_that_went_away_is_told_of(tmp_path: Path, opened: Opener) -> None:
    made = folder(tmp_path, {"a": b"1", "b.zip": PACKED["zip"]})
    container = opened(made)
    (made / "a").unlink()
    (made / "b.zip").unlink()
    with pytest.raises(BadSource, match="a was not read"):
        container.read("a", 10)
    assert container.is_archive("b.zip")  # by its name, so that it is read and missed
    with pytest.raises(BadSource, match=r"b\.zip was not read"):
        contents(container.inner("b.zip"))


# archives in archives


@every
@inners
def test_an_inner_archive_is_found_by_its_content_and_read_as_a_tree(
    tmp_path: Path, make: Callable[..., Path], inner: bytes, opened: Opener
) -> None:
    container = opened(make(tmp_path, {"amy/submission.dat": inner, "amy/notes.zip": b"just text", "empty.zip": b""}))
    assert [path for path in ("amy/submission.dat", "amy/notes.zip", "empty.zip") if container.is_archive(path)] == [
        "amy/submission.dat"
    ]
    assert contents(container.inner("amy/submission.dat")) == INNER
    with container.inner_container("amy/submission.dat") as listed:
        assert {entry.path for entry in listed.entries} == INNER.keys()
        assert contents(listed.tree("src")) == {"a.txt": b"a"}


@inners
def test_an_inner_archive_beyond_memory_is_read_where_it_lies_or_from_the_disk(
    tmp_path: Path, inner: bytes, monkeypatch: pytest.MonkeyPatch, opened: Opener
) -> None:
    monkeypatch.setattr(stretches, "_IN_MEMORY", 1000)
    for make in MAKERS.values():
        container = opened(make(tmp_path, {"inner": inner}))
        assert contents(container.inner("inner")) == INNER


def test_an_archive_in_an_inner_archive_is_a_file(tmp_path: Path, opened: Opener) -> None:
    middle = zip_bytes(("deep.zip", PACKED["zip"]), ("a", b"1"))
    container = opened(saved(tmp_path, ".zip", zip_bytes(("middle.zip", middle))))
    assert contents(container.inner("middle.zip")) == {"deep.zip": PACKED["zip"], "a": b"1"}
    with container.inner_container("middle.zip") as inner:
        assert not inner.is_archive("deep.zip")
        with pytest.raises(BadSource, match="an archive in an archive in an archive"):
            inner.inner_container("deep.zip")


@pytest.mark.parametrize(
    "start",
    [b"PK", b"PK\x01\x02", b"ustar", b"\x28\xb5", gzip.compress(b"a,b\n1,2\n" * 500, mtime=0), b"%PDF-1.7",
     b"\0" * 2000, zstandard.ZstdCompressor().compress(b"no tar" * 500)],
)  # fmt: skip
def test_what_is_no_archive_inside_is_a_file(tmp_path: Path, start: bytes, opened: Opener) -> None:
    assert not opened(saved(tmp_path, ".zip", zip_bytes(("x.tar.gz", start)))).is_archive("x.tar.gz")


@pytest.mark.parametrize("suffix", TAR_PACKERS)
def test_a_compressed_tar_without_files_is_an_archive(tmp_path: Path, suffix: str, opened: Opener) -> None:
    container = opened(saved(tmp_path, ".zip", zip_bytes(("s1", TAR_PACKERS[suffix](tar_bytes())))))
    assert container.is_archive("s1")
    assert contents(container.inner("s1")) == {}


# several at once, and often


@every
def test_trees_are_read_by_several_threads_at_once(tmp_path: Path, make: Callable[..., Path], opened: Opener) -> None:
    files = {f"s{n:02}/{k}.bin": NOISE[n * 999 : n * 999 + k * 4000] for n in range(30) for k in range(5)}
    archives = {f"z{n:02}.zip": zip_bytes((f"{n}", NOISE[n : n + 30_000])) for n in range(30)}
    container = opened(make(tmp_path, files | archives))

    def outcome(number: int) -> tuple[dict[str, bytes], dict[str, bytes]]:
        return contents(container.tree(f"s{number:02}")), contents(container.inner(f"z{number:02}.zip"))

    with ThreadPoolExecutor(6) as pool:
        for number, (tree, inner) in enumerate(pool.map(outcome, range(30))):
            assert tree == {f"{k}.bin": files[f"s{number:02}/{k}.bin"] for k in range(5)}
            assert inner == {f"{number}": NOISE[number : number + 30_000]}


def test_files_are_read_by_several_threads_where_the_system_knows_no_pread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, opened: Opener
) -> None:
    monkeypatch.delattr("os.pread", raising=False)
    files = {f"s{n:02}/x": NOISE[n * 9 : n * 9 + 50_000] for n in range(40)}
    container = opened(stored(tmp_path, files))
    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(lambda n: contents(container.tree(f"s{n:02}"))["x"], range(40)))
    assert found == list(files.values())


def test_a_thousand_trees_are_cut_without_going_through_all_files_each_time(tmp_path: Path, opened: Opener) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number in range(10_000):
            archive.writestr(f"s{number // 10:04}/{number % 10}", b"x")
    container = opened(saved(tmp_path, ".zip", out.getvalue()))
    calls = 0

    def count() -> None:
        nonlocal calls
        calls += 1

    trees = [container.tree(f"s{number:04}") for number in range(1000)]
    assert sum(len(list(tree.entries(Findings(check=count)))) for tree in trees) == 10_000
    assert calls < 20_000


@every
@pytest.mark.parametrize("calls", [0, 2])
def test_the_listing_ends_when_check_says_so(tmp_path: Path, make: Callable[..., Path], calls: int) -> None:
    left = calls

    def check() -> None:
        nonlocal left
        if left == 0:
            raise Cancelled
        left -= 1

    with pytest.raises(Cancelled):
        open_container(make(tmp_path, FILES), check=check)


def test_limits_hold_for_each_inner_archive_and_for_the_whole(tmp_path: Path) -> None:
    inner = zip_bytes(("a", NOISE[:60_000]))
    path = saved(tmp_path, ".zip", zip_bytes(*((f"{n}.zip", inner) for n in range(10))))
    with open_container(path, Limits(bytes=500_000)) as container:
        assert len(contents(container.inner("0.zip"))) == 1
        for number in (1, 2):
            contents(container.inner(f"{number}.zip"))
        with pytest.raises(BadSource, match="more than 500,000 bytes"):
            [contents(container.inner(f"{number}.zip")) for number in range(3, 10)]
    many = zip_bytes(*((f"{n}", b"") for n in range(30)))
    path = saved(tmp_path, ".zip", zip_bytes(*((f"{n}.zip", many) for n in range(10))))
    with open_container(path, Limits(files=100)) as container:
        contents(container.inner("0.zip"))
        contents(container.inner("1.zip"))
        contents(container.inner("2.zip"))
        with pytest.raises(BadSource, match="more than 100 files"):
            contents(container.inner("3.zip"))


# what lies deflated is copied


def test_members_that_are_deflated_are_copied_as_they_are(tmp_path: Path, opened: Opener) -> None:
    files = {"big.txt": b"some text, and more of it\n" * 90_000, "main.py": b"print('hello')\n" * 40, "noise": NOISE}
    whole = zip_bytes(*files.items())
    out = io.BytesIO()
    packed = pack(opened(saved(tmp_path, ".zip", zip_bytes(("s1.zip", whole)))).inner("s1.zip"), out, Findings())
    with zipfile.ZipFile(out) as ours, zipfile.ZipFile(io.BytesIO(whole)) as theirs:
        assert ours.testzip() is None
        for name, content in files.items():
            assert ours.read(name) == content
            assert ours.getinfo(name).compress_size == theirs.getinfo(name).compress_size
    assert packed.bytes == sum(map(len, files.values()))


def test_an_empty_file_that_is_called_deflated_is_an_empty_file(tmp_path: Path, opened: Opener) -> None:
    whole = bytearray(zip_bytes(("empty", b""), method=zipfile.ZIP_STORED))
    for at in (8, whole.index(b"PK\x01\x02") + 10):
        whole[at] = zipfile.ZIP_DEFLATED
    out = io.BytesIO()
    pack(opened(saved(tmp_path, ".zip", bytes(whole))).tree(), out, Findings())
    with zipfile.ZipFile(out) as archive:
        assert archive.testzip() is None
        assert archive.read("empty") == b""


def test_deflate_data_that_unzip_refuses_are_not_copied(tmp_path: Path, opened: Opener) -> None:
    odd = bytes.fromhex("05c1b10ac2301405d03d5f71c1212d683607c576103a08fe8153686e6cd0bc6af32214f1df3d0600")
    assert isal_zlib.decompressobj(-15).decompress(odd)
    with pytest.raises(zlib.error):
        zlib.decompressobj(-15).decompress(odd)
    content = isal_zlib.decompressobj(-15).decompress(odd)
    whole = bytearray(zip_bytes(("a", odd), method=zipfile.ZIP_STORED))
    record = whole.index(b"PK\x01\x02")
    for at, crc_at in ((8, 14), (record + 10, record + 16)):
        struct.pack_into("<H", whole, at, zipfile.ZIP_DEFLATED)
        struct.pack_into("<3L", whole, crc_at, zlib.crc32(content), len(odd), len(content))
    with pytest.raises(BadSource, match="damaged"):
        pack(opened(saved(tmp_path, ".zip", bytes(whole))).tree(), io.BytesIO(), Findings())


def test_what_deflate_made_longer_or_nobody_compressed_is_packed_anew(tmp_path: Path, opened: Opener) -> None:
    items = [(zip_info("short"), b"ab"), (zip_info("stored"), b"text " * 900)]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(items[0][0], b"ab", zipfile.ZIP_DEFLATED)
        archive.writestr(items[1][0], b"text " * 900, zipfile.ZIP_STORED)
    ours = io.BytesIO()
    pack(opened(saved(tmp_path, ".zip", out.getvalue())).tree(), ours, Findings())
    with zipfile.ZipFile(ours) as made:
        methods = {info.filename: info.compress_type for info in made.infolist()}
    assert methods == {"short": zipfile.ZIP_STORED, "stored": zipfile.ZIP_DEFLATED}


# zips by other programs


PROGRAMS: dict[str, list[str]] = {
    "zip": ["zip", "-qry", "-"],
    "zip with zip64": ["zip", "-qry", "-fz", "-"],
    "7z": ["7z", "a", "-tzip", "-bso0", "-bsp0", "OUT"],
    "bsdtar": ["bsdtar", "-c", "--format", "zip", "-f", "OUT"],
    "bsdtar with zip64": ["bsdtar", "-c", "--format", "zip", "--options", "zip:zip64", "-f", "OUT"],
}


@pytest.mark.parametrize("command", PROGRAMS.values(), ids=PROGRAMS)
def test_zips_by_other_programs_are_read_and_copied(tmp_path: Path, command: list[str], opened: Opener) -> None:
    if not shutil.which(command[0]):
        pytest.skip(f"{command[0]} is not installed")
    files = {"src/ünï 日本.txt": b"text " * 5000, "noise": NOISE, "empty.txt": b"", "src/main.py": b"print()\n"}
    made, out = folder(tmp_path, files), tmp_path / "s1.zip"
    with (tmp_path / "piped").open("wb") as piped:
        arguments = [str(out) if word == "OUT" else word for word in command]
        subprocess.run([*arguments, "."], cwd=made, check=True, stdout=piped, env=os.environ | {"LC_ALL": "C.UTF-8"})
    container = opened(out if out.exists() else tmp_path / "piped")
    assert contents(container.tree()) == files
    packed = io.BytesIO()
    pack(container.tree(), packed, Findings())
    with zipfile.ZipFile(packed) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == files
