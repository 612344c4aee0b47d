"""Bags: their manifests, their tag files, and what other programs read in them."""

from __future__ import annotations

import hashlib
import io
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from bagging import broken_promises, files_of

from exportmanager.archive.bag import Bag
from exportmanager.core.errors import Damaged
from exportmanager.formats import bags
from exportmanager.formats.manifest import manifest_line
from exportmanager.formats.members import FolderMembers, Members
from exportmanager.formats.zip_records import MAX32
from exportmanager.formats.zips import ZipReader, ZipWriter, members_of, packed_of

TEXT = b"what is in it\n" * 1_000


def small_package() -> bytes:
    out = io.BytesIO()
    with ZipWriter(out) as writer:
        writer.add("one.txt", TEXT)
        writer.add("sub/two.txt", b"")
        writer.add_folder("empty")
    return out.getvalue()


def write_bag(members: Members, root: str, *, sha512: bool = True) -> tuple[int, int]:
    """Write a bag with something that came in every way; files and bytes of its payload."""
    package = small_package()
    lines = [manifest_line(hashlib.sha256(data).hexdigest(), name) for name, data in (
        ("one.txt", TEXT), ("sub/two.txt", b""),
    )]  # fmt: skip
    with Bag(members, root, 0, sha512=sha512) as bag:
        archive = bag.archive()
        archive.text("data/text.txt", "Größe\n")
        archive.json("data/value.json", {"a": 1})
        with archive.bytes("data/streamed.bin") as write:
            write(TEXT)
        for place in ("whole", "each", "chunks"):
            before = f"data/{place}/"
            found = members_of(package)
            if place == "whole":
                archive.zip.copy_package(package, before)
            elif place == "each":
                archive.zip.copy([before + m.name for m in found], found, [packed_of(package, m) for m in found])
            else:
                with ZipReader(io.BytesIO(package)) as reader:
                    for member in (m for m in reader.members() if not m.is_folder):
                        archive.zip.copy_chunks(before + member.name, member, reader.packed_chunks(member))
            archive.note(f"{line[:66]}{before}{line[66:]}" for line in lines)
        manifest = bag.end_payload()
        bag.tags.text("about.txt", "a tag file")
        bag.end([("External-Description", "two\nlines"), ("Bagging-Date", "2026-03-02"), ("Bag-Group-Identifier", "")])
        assert len(manifest) == 64
        return bag.payload.files, bag.payload.bytes


@pytest.mark.parametrize("sha512", [False, True])
@pytest.mark.parametrize("form", ["zip", "folder"])
def test_a_bag_is_accounted_for_to_the_last_byte(tmp_path: Path, form: str, sha512: bool) -> None:
    path = tmp_path / f"bag.{form}"
    if form == "zip":
        with path.open("xb+") as out, ZipWriter(out) as writer:
            counted = write_bag(writer, "bag/", sha512=sha512)
    else:
        counted = write_bag(FolderMembers(path), "", sha512=sha512)
    files = files_of(path)
    assert broken_promises(files) == []
    payload = [data for name, data in files.items() if name.startswith("data/")]
    assert counted == (len(payload), sum(map(len, payload))) == (9, 4 * len(TEXT) + len("Größe\n".encode()) + 13)
    assert ("manifest-sha512.txt" in files) is sha512
    info = bags.read_info(files["bag-info.txt"].decode())
    assert info == {
        "External-Description": "two lines",
        "Bagging-Date": "2026-03-02",
        "Payload-Oxum": f"{counted[1]}.{counted[0]}",
    }


def test_bagit_reads_it_and_notices_a_changed_file(tmp_path: Path) -> None:
    folder = tmp_path / "bag"
    write_bag(FolderMembers(folder), "")
    line = [sys.executable, "-W", "ignore", "-m", "bagit", "--validate", str(folder)]
    assert subprocess.run(line, capture_output=True, check=False).returncode == 0
    (folder / "data/text.txt").write_bytes(b"Groesse\n")
    assert subprocess.run(line, capture_output=True, check=False).returncode == 1


def test_a_bag_beyond_four_gigabytes_can_be_read(tmp_path: Path) -> None:
    path = tmp_path / "far.zip"
    with path.open("xb+") as out:
        out.seek(MAX32 + 5)  # what comes before is a hole
        with ZipWriter(out) as writer, Bag(writer, "bag/", 0, sha512=False) as bag:
            assert not bag.payload.takes_packages
            bag.archive().text("data/text.txt", "far away")
            with bag.archive().bytes("data/streamed.txt") as write:
                write(TEXT)
            bag.end_payload()
            bag.end([])
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        assert archive.read("bag/data/streamed.txt") == TEXT


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("AB12  data/a b.txt\n", {"data/a b.txt": "ab12"}),
        ("ab12 *data/x\nab13\tdata/y\n", {"data/x": "ab12", "data/y": "ab13"}),
        ("ab12  ./data/x\r\n", {"data/x": "ab12"}),
        ("ab12  data/line%0Aend%0d%25\n", {"data/line\nend\r%": "ab12"}),
        ("ab12  data/50%.txt\n", {"data/50%.txt": "ab12"}),
        ("", {}),
    ],
)
def test_manifests_of_others_are_read_as_the_rfc_says(text: str, expected: dict[str, str]) -> None:
    assert bags.read_bag_manifest(text, "manifest-sha256.txt") == expected


@pytest.mark.parametrize("text", ["no hash here\n", "ab12\n", "ab12  data/x\nab12  data/x\n", "  data/x\n"])
def test_a_manifest_that_is_damaged_is_named(text: str) -> None:
    with pytest.raises(Damaged, match=r"manifest-sha256\.txt"):
        bags.read_bag_manifest(text, "manifest-sha256.txt")


def test_information_goes_on_in_indented_lines() -> None:
    text = "Contact: somebody\n  of somewhere\nno label\nDate: 2026\nDate: 2027\n"
    assert bags.read_info(text) == {"Contact": "somebody of somewhere", "Date": "2027"}


def test_manifest_lines_come_back() -> None:
    hashes = {"data/a": "ab", "data/b c": "cd"}
    assert bags.read_bag_manifest(bags.manifest_text(hashes), "x") == hashes
