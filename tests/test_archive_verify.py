"""An archive is read back, every byte of it: whatever became of it is found, and named by file and student."""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import sys
import zipfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from unicodedata import normalize

import bagit
import pytest
from bagging import archived, bring_in_twice
from commanding import CommandLine
from conftest import Clock
from proving import copied, damage, flip, tiny_folder, tiny_zip

from exportmanager.archive.verifying import verify
from exportmanager.core.archive import ArchiveRecord, Standing
from exportmanager.core.errors import BadOptions, BadSource, Cancelled, NotFound
from exportmanager.core.meter import Meter, Progress
from exportmanager.formats.zips import DEFLATED, Member, ZipReader, ZipWriter
from exportmanager.program import Program

PASSPHRASE = "a long passphrase"
ADA = "data/coursework/workspaces/Hello/Example Ada (user1)/main.py"


class Made:
    """Archives of one course, made once; tests change copies of them."""

    def __init__(self, folder: Path) -> None:
        program = Program(folder / "library", Clock())
        bring_in_twice(program, folder / "course")
        self.zip = archived(program, folder / "zip")
        self.folder = archived(program, folder / "folder", form="folder", sha512=True)
        self.secret = archived(program, folder / "secret", PASSPHRASE, exports=False, reader=False)
        program.close()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return Made(tmp_path_factory.mktemp("made"))


@pytest.fixture
def zip_copy(made: Made, tmp_path: Path) -> Path:
    return copied(made.zip.path, tmp_path)


@pytest.fixture
def folder_copy(made: Made, tmp_path: Path) -> Path:
    return copied(made.folder.path, tmp_path)


def spot(path: Path, name: str) -> tuple[int, int]:
    """Where the header of a member that ends with `name` begins, and where the middle of its data is."""
    with zipfile.ZipFile(path) as archive:
        info = next(info for info in archive.infolist() if info.filename.endswith(name))
    head = path.read_bytes()[info.header_offset : info.header_offset + 30]
    begin = 30 + int.from_bytes(head[26:28], "little") + int.from_bytes(head[28:30], "little")
    return info.header_offset, info.header_offset + begin + info.compress_size // 2


@pytest.mark.parametrize("form", ["zip", "folder", "secret"])
def test_an_archive_as_it_was_made_is_whole(made: Made, form: str) -> None:
    record: ArchiveRecord = getattr(made, form)
    found = verify(record.path, Meter(), PASSPHRASE if form == "secret" else None, recorded=record.sha256)
    assert (found.standing, found.damage) == (Standing.WHOLE, ())
    assert found.certificate is not None
    assert found.certificate.payload_sha256 == record.bag
    assert found.sha256 == record.sha256
    assert found.files > found.certificate.files > 20


def test_any_flipped_byte_of_a_small_archive_is_found(tmp_path: Path) -> None:
    path = tiny_zip(tmp_path)
    whole, recorded = path.read_bytes(), hashlib.sha256(path.read_bytes()).hexdigest()
    assert damage(path) == {}
    contents = _contents(path)
    unnamed = []
    for at in range(len(whole)):
        flip(path, at, 1 << at % 8)
        found = damage(path, recorded=recorded)
        assert found, at
        if set(found) == {""}:
            unnamed.append(at)
        if not damage(path):  # deflated data may say the same in another way: nothing is lost then
            assert _contents(path) == contents, at
            assert unnamed[-1] == at
        path.write_bytes(whole)
    assert len(unnamed) < len(whole) / 20


def _contents(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_flipped_bytes_of_a_real_archive_are_found_and_nearly_all_are_named(zip_copy: Path) -> None:
    size, random_ = zip_copy.stat().st_size, random.Random(7)
    places = [random_.randrange(size) for _ in range(60)]
    unnamed = 0
    for at in places:
        flip(zip_copy, at)
        found = damage(zip_copy)
        assert found, at
        unnamed += set(found) == {""}
        flip(zip_copy, at)
    assert unnamed <= 3
    assert damage(zip_copy) == {}


def test_damage_in_a_workspace_is_named_by_file_student_and_assignment(zip_copy: Path) -> None:
    header, middle = spot(zip_copy, ADA)
    for at, why in ((middle, "its content was changed"), (header + 1, "its header in the archive was changed")):
        flip(zip_copy, at)
        found = damage(zip_copy)
        assert set(found) == {ADA}
        assert (found[ADA].who, found[ADA].why) == ("Ada Example, Hello", why)
        flip(zip_copy, at)


def test_damage_in_the_list_of_files_is_named_by_the_file_whose_entry_it_is(zip_copy: Path) -> None:
    data = zip_copy.read_bytes()
    name = data.rindex(ADA.encode())
    for at in (name + 40, name - 46, name - 30, name - 6, name - 2):  # name, mark, CRC, mode, offset
        flip(zip_copy, at)
        found = damage(zip_copy)
        assert any("Ada" in one.who for one in found.values()), (at - name, found)
        assert {path for path in found if path} <= {ADA, *_renamed(found)}, (at - name, found)
        flip(zip_copy, at)


def _renamed(found: Mapping[str, object]) -> set[str]:
    """The path with a flipped letter, beside which the real one is missing."""
    return {path for path in found if len(path) == len(ADA) and path.startswith("data/coursework")}


@pytest.mark.parametrize("name", ["index.html", "certificate.pdf", "bag-info.txt", "tagmanifest-sha256.txt"])
def test_damage_in_what_is_no_payload_is_named(zip_copy: Path, name: str) -> None:
    flip(zip_copy, spot(zip_copy, f"/{name}")[1])
    assert name in damage(zip_copy)


def test_an_archive_that_was_cut_off_says_what_is_lost(zip_copy: Path) -> None:
    os.truncate(zip_copy, spot(zip_copy, ADA)[1])
    found = damage(zip_copy)
    assert "" in found, found
    assert found[ADA].why == "it is cut off, and so is what followed it"
    assert "Ada" in found[ADA].who
    lost = [one.who for one in verify(zip_copy, Meter()).damage if "there is none" in one.why]
    assert "Cy Specimen, Hello" in lost


def test_bytes_between_members_or_after_the_end_are_found(made: Made, tmp_path: Path) -> None:
    whole = made.zip.path.read_bytes()
    path = tmp_path / "more.zip"
    path.write_bytes(whole + b"\0" * 9)
    assert damage(path)
    path.write_bytes(b"\0" * 9 + whole)
    with pytest.raises(BadSource):
        verify(path, Meter())
    assert damage(path, recorded=made.zip.sha256)


@pytest.mark.parametrize("what", ["more", "less"])
def test_a_list_of_files_that_is_not_where_it_was_says_nothing_against_the_files(zip_copy: Path, what: str) -> None:
    data = zip_copy.read_bytes()
    zip_copy.write_bytes(data + b"more" if what == "more" else data[:-10])
    assert list(damage(zip_copy)) == [""], "src/tool.sh may be run, as before"


def test_where_the_whole_list_of_files_is_lost_no_file_is_called_changed(zip_copy: Path) -> None:
    data = zip_copy.read_bytes()
    zip_copy.write_bytes(data[: data.index(b"PK\x01\x02")])
    assert list(damage(zip_copy)) == ["", "tagmanifest-sha256.txt"], "the last one, behind which the list should begin"


@pytest.mark.parametrize("name", ["manifest-sha256.txt", "tagmanifest-sha256.txt"])
def test_a_list_of_hashes_that_cannot_be_read_is_no_word_against_the_files(zip_copy: Path, name: str) -> None:
    flip(zip_copy, spot(zip_copy, f"/{name}")[1])
    found = damage(zip_copy)
    assert set(found) == {name}
    assert found[name].why == "this list of hashes cannot be read, so that not all files could be checked"


def test_a_file_whose_entry_leads_astray_is_counted_once(zip_copy: Path) -> None:
    data = bytearray(zip_copy.read_bytes())
    name = data.index(f"{zip_copy.stem}/{ADA}".encode(), data.index(b"PK\x01\x02"))
    data[name - 2] ^= 1  # of its place in the archive
    zip_copy.write_bytes(data)
    assert set(damage(zip_copy)) == {"", ADA}


def test_an_archive_that_was_cut_in_the_middle_says_nothing_against_what_is_left(zip_copy: Path) -> None:
    data = zip_copy.read_bytes()
    zip_copy.write_bytes(data[: spot(zip_copy, "/index.html")[1]])
    why = {one.why for path, one in damage(zip_copy).items() if path.startswith("data/")}
    assert why == set()


def rewritten(path: Path, names: Callable[[list[str]], list[str]]) -> None:
    """Write the zip anew by our own writer, of other members: only what they say of each other can tell."""
    draft = path.with_suffix(".new")
    with ZipReader(path) as reader, draft.open("xb+") as out, ZipWriter(out) as writer:
        members = {member.name: member for member in reader.members()}
        for name in names(list(members)):
            old = members.get(name) or next(iter(members.values()))
            writer.copy([name], [old], [reader.packed(old)])
    draft.replace(path)


def test_files_that_are_missing_added_or_doubled_are_named(made: Made, tmp_path: Path) -> None:
    path = copied(made.zip.path, tmp_path, alone=True)
    root = path.stem
    extra = f"{root}/data/coursework/workspaces/Hello/Sample Bo (user2)/cheat.py"
    rewritten(path, lambda names: [n for n in names if n != f"{root}/{ADA}"] + [extra, f"{root}/{names[3][9:]}"])
    found = damage(path)
    assert (found[ADA].why, found[ADA].who) == ("it is missing", "Ada Example, Hello")
    added = found[extra.partition("/")[2]]
    assert added.why.startswith("it was added")
    assert added.who == "Bo Sample, Hello"


def test_a_file_that_stands_in_an_archive_twice_is_named(made: Made, tmp_path: Path) -> None:
    path = copied(made.zip.path, tmp_path, alone=True)
    rewritten(path, lambda names: [*names, f"{path.stem}/{ADA}"])
    assert damage(path)[ADA].why == "it stands in the archive twice"


def changed_text(path: Path, name: str, change: Callable[[str], str]) -> None:
    """Change a file of a plain folder, and all hashes with it, as somebody would who wants to hide that."""
    file = path / name
    before = hashlib.sha256(file.read_bytes()).hexdigest()
    file.write_bytes(change(file.read_text(encoding="utf-8")).encode())
    after = hashlib.sha256(file.read_bytes()).hexdigest()
    for manifest in path.glob("*manifest-sha256.txt"):
        if before != after and before in manifest.read_text(encoding="utf-8"):
            changed_text(path, manifest.name, lambda text: text.replace(before, after))


@pytest.fixture
def plain(made: Made, tmp_path: Path) -> Path:
    """A folder without longer hashes, alone."""
    folder = copied(made.folder.path, tmp_path, alone=True)
    for manifest in folder.glob("*manifest-sha512.txt"):
        manifest.unlink()
    tags = folder / "tagmanifest-sha256.txt"
    kept = [line for line in tags.read_text(encoding="utf-8").splitlines(True) if "sha512" not in line]
    tags.write_bytes("".join(kept).encode())
    assert damage(folder) == {}
    return folder


def test_a_certificate_that_says_otherwise_than_the_roster_is_found(plain: Path) -> None:
    def without_bo(text: str) -> str:
        value = json.loads(text)
        value["students"] = [one for one in value["students"] if one["id"] != "s2"]
        return json.dumps(value)

    changed_text(plain, "certificate.json", without_bo)
    found = damage(plain)
    assert found["data/library/students.jsonl"].why == "this student is on the roster, but not in the certificate"


@pytest.mark.parametrize(
    ("cell", "files", "why"),
    [
        ("missing", 0, "the certificate says that it is missing, and there is a workspace"),
        ("present", 7, "the certificate says 7 files, and there is 1"),
        (None, 0, "the certificate does not say what there is of it"),
    ],
)
def test_a_cell_of_the_matrix_that_is_not_so_is_found(plain: Path, cell: str | None, files: int, why: str) -> None:
    def lying(text: str) -> str:
        value = json.loads(text)
        mine = next(one for one in value["cells"] if (one["student"], one["assignment"]) == ("s1", "a1"))
        value["cells"].remove(mine) if cell is None else mine.update(cell=cell, files=files)
        return json.dumps(value)

    changed_text(plain, "certificate.json", lying)
    found = damage(plain)[ADA.rpartition("/")[0]]
    assert (found.who, found.why) == ("Ada Example, Hello", why)


def test_a_payload_that_was_changed_with_all_its_hashes_is_not_what_the_certificate_was_made_for(plain: Path) -> None:
    changed_text(plain, ADA, lambda text: f"{text}# better\n")
    assert damage(plain)["manifest-sha256.txt"].why == "it is not the list that the certificate was made for"


def test_what_became_of_files_in_a_folder_is_named(folder_copy: Path) -> None:
    flip(folder_copy / ADA, 3)
    (folder_copy / "data" / ".DS_Store").write_bytes(b"x")
    (folder_copy / "data" / "library" / "answers.jsonl").unlink()
    (folder_copy / "data" / "alias").symlink_to(folder_copy / "bagit.txt")
    found = damage(folder_copy)
    assert found[ADA].who == "Ada Example, Hello"
    assert "remove it" in found["data/.DS_Store"].why
    assert found["data/library/answers.jsonl"].why == "it is missing"
    assert "a link" in found["data/alias"].why


def test_any_flipped_byte_of_a_small_folder_is_found_and_its_file_named(tmp_path: Path) -> None:
    folder = tiny_folder(tmp_path)
    assert damage(folder) == {}
    random_ = random.Random(3)
    for path in [path for path in folder.rglob("*") if path.is_file() and path.stat().st_size]:
        places = range(path.stat().st_size) if path.name.startswith("tagmanifest") else [0, path.stat().st_size - 1]
        for at in places:
            bits = 0x20 if path.name.startswith("tagmanifest") else 1 << random_.randrange(8)
            flip(path, at, bits)
            name = path.relative_to(folder).as_posix()
            found = damage(folder)
            assert name in found or (name.startswith("tagmanifest") and found), (name, at)
            flip(path, at, bits)


def test_names_that_a_system_took_apart_are_the_same_names(tmp_path: Path) -> None:
    folder = tiny_folder(tmp_path)
    name = "größe.txt"
    digest = hashlib.sha256(b"x").hexdigest()
    (folder / "data" / "gro\u0308ße.txt").write_bytes(b"x")
    for manifest in ("manifest-sha256.txt",):
        (folder / manifest).write_bytes((folder / manifest).read_bytes() + f"{digest}  data/{name}\n".encode())
    assert f"data/{name}" not in damage(folder)


def test_a_bag_of_another_program_is_verified_as_a_folder_and_as_a_zip(tmp_path: Path) -> None:
    folder = tmp_path / "foreign"
    (folder / "sub").mkdir(parents=True)
    (folder / "sub" / "a 100%.txt").write_text("something")
    bagit.make_bag(str(folder), checksums=["md5", "sha512"])
    archive = Path(shutil.make_archive(str(tmp_path / "foreign"), "zip", tmp_path, "foreign"))
    for path in (folder, archive):
        found = verify(path, Meter())
        assert (found.damage, found.certificate) == ((), None)
    (folder / "data" / "sub" / "a 100%.txt").write_text("Something")
    assert set(damage(folder)) == {"data/sub/a 100%.txt"}
    shutil.make_archive(str(tmp_path / "foreign"), "zip", tmp_path, "foreign")
    assert set(damage(archive)) == {"data/sub/a 100%.txt"}


def test_an_archive_that_was_unpacked_and_packed_by_another_program_is_whole(made: Made, tmp_path: Path) -> None:
    with zipfile.ZipFile(made.zip.path) as archive:
        archive.extractall(tmp_path / "unpacked")
    path = Path(shutil.make_archive(str(tmp_path / "again"), "zip", tmp_path / "unpacked"))
    assert damage(path) == {}
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(f"{made.zip.path.stem}/data/more.txt", "x")
    assert set(damage(path)) == {"data/more.txt"}


def test_bagit_agrees_on_what_is_whole(made: Made) -> None:
    bagit.Bag(str(made.folder.path)).validate()


def test_an_encrypted_archive_is_read_back_with_its_passphrase_only(made: Made, tmp_path: Path) -> None:
    path = copied(made.secret.path, tmp_path)
    with pytest.raises(BadOptions, match="is encrypted"):
        verify(path, Meter())
    with pytest.raises(BadOptions, match="passphrase does not open"):
        verify(path, Meter(), "another one")
    before = set(tmp_path.iterdir())
    assert damage(path, PASSPHRASE) == {}
    assert set(tmp_path.iterdir()) == before


def test_damage_in_an_encrypted_archive_is_found_and_named(made: Made, tmp_path: Path) -> None:
    path = copied(made.secret.path, tmp_path, alone=True)
    size, random_ = path.stat().st_size, random.Random(5)
    for at in [random_.randrange(100, size - 200) for _ in range(12)]:
        flip(path, at)
        found = damage(path, PASSPHRASE)
        assert "" in found, at
        flip(path, at)
    head = path.read_bytes()[:30]
    flip(path, 31 + head[26] + head[28])  # of the salt: the passphrase cannot fit any more
    with pytest.raises(BadOptions, match="the beginning of the archive is damaged"):
        verify(path, Meter(), PASSPHRASE)
    found = damage(path, PASSPHRASE, recorded=made.secret.sha256)
    assert found[""].why.endswith("what is in it was not read, since it could not be decrypted")


def test_damage_around_what_is_encrypted_is_found_too(made: Made, tmp_path: Path) -> None:
    path = copied(made.secret.path, tmp_path, alone=True)
    whole = path.read_bytes()
    record = whole.rindex(b"PK\x01\x02")
    changed = {
        "a code that there should not be": (whole[: record + 16] + b"\1" + whole[record + 17 :], "was changed"),
        "bytes at the end": (whole + bytes(100), "changed or added around"),
        "a day": (whole[:12] + b"\x22" + whole[13:], "changed or added around"),
    }
    for what, (data, why) in changed.items():
        path.write_bytes(data)
        assert why in damage(path, PASSPHRASE)[""].why, what
    path.write_bytes(whole[:5000] + whole[5001:])
    with pytest.raises(BadSource, match="is damaged: it cannot be opened"):
        verify(path, Meter(), PASSPHRASE)
    assert "cannot be opened" in damage(path, PASSPHRASE, recorded=made.secret.sha256)[""].why


def test_the_certificate_beside_an_encrypted_archive_names_nobody(made: Made) -> None:
    for path in made.secret.path.parent.glob("*.certificate.json"):
        text = path.read_text(encoding="utf-8")
        assert "Ada" not in text
        assert "Specimen" not in text
        assert made.secret.sha256 in text


def test_a_certificate_of_another_archive_beside_it_is_found(made: Made, tmp_path: Path) -> None:
    path = copied(made.zip.path, tmp_path)
    shutil.copy(f"{made.folder.path}.certificate.json", f"{path}.certificate.json")
    found = damage(path)
    if made.folder.bag != made.zip.bag:
        assert found[""].why == "the certificate beside it is that of another archive"
    else:
        assert "it is not the file that was made" in found[""].why


def test_a_certificate_beside_it_that_says_something_else_or_cannot_be_read_is_found(zip_copy: Path) -> None:
    beside = Path(f"{zip_copy}.certificate.json")
    text = beside.read_text(encoding="utf-8")
    beside.write_text(text.replace("Ada", "Ida"), encoding="utf-8")
    assert damage(zip_copy)[beside.name].why == "it does not say what the certificate in the archive says"
    beside.write_text(text[:-9], encoding="utf-8")
    assert damage(zip_copy)[beside.name].why == "it cannot be read"
    beside.write_text(text, encoding="utf-8")
    assert damage(zip_copy) == {}


def test_a_lost_list_of_the_tag_files_is_found_without_any_certificate_beside(folder_copy: Path) -> None:
    Path(f"{folder_copy}.certificate.json").unlink()
    (folder_copy / "tagmanifest-sha256.txt").unlink()
    assert damage(folder_copy)["tagmanifest-sha256.txt"].why == "it is missing"


@pytest.mark.skipif(sys.platform == "darwin", reason="there two such names are one")
def test_a_file_that_was_added_does_not_hide_behind_one_whose_accents_are_written_otherwise(folder_copy: Path) -> None:
    known = next(folder_copy.rglob("Größe *.txt"))
    known.with_name(normalize("NFD", known.name)).write_text("added")
    assert "it was added: no list of the archive names it" in {one.why for one in damage(folder_copy).values()}


@pytest.mark.parametrize("place", [".", ".."])
def test_an_archive_is_verified_from_within(
    folder_copy: Path,
    tmp_path: Path,
    place: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(folder_copy if place == "." else folder_copy / "data")
    said = CommandLine(tmp_path / "library", capsys)("verify", place)
    assert (said.code, said.out.startswith(f"{folder_copy.name} of A small course is whole.")) == (0, True)


def test_a_whole_disk_is_no_archive_and_is_not_looked_through() -> None:
    with pytest.raises(BadSource, match="is no archive"):
        verify(Path(Path.cwd().anchor), Meter())


@pytest.mark.parametrize("data", [b"", b"no archive at all", b"PK\x05\x06" + b"\0" * 18])
def test_what_is_no_archive_is_refused_with_a_sentence(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "thing.zip"
    path.write_bytes(data)
    with pytest.raises(BadSource) as raised:
        verify(path, Meter())
    assert raised.value.what.endswith(".")
    with pytest.raises(BadSource, match="no list of its files"):
        verify(tmp_path, Meter())
    with pytest.raises(NotFound, match=r"is not there\."):
        verify(tmp_path / "gone.zip", Meter())


@pytest.mark.parametrize("form", ["zip", "folder", "secret"])
def test_verifying_tells_how_far_it_is_in_bytes_and_can_be_stopped(made: Made, form: str) -> None:
    record: ArchiveRecord = getattr(made, form)
    passphrase = PASSPHRASE if form == "secret" else None
    seen: list[Progress] = []
    verify(record.path, Meter(seen.append), passphrase)
    assert [one.done for one in seen] == sorted(one.done for one in seen)
    assert seen[-1].done == seen[-1].total > 0
    with pytest.raises(Cancelled):
        verify(record.path, Meter(stop=lambda: True), passphrase)


def test_files_too_large_for_memory_are_checked_in_pieces(tmp_path: Path) -> None:
    path = tmp_path / "large.zip"
    large = random.Random(1).randbytes(5 << 20) + b"\0" * (34 << 20)
    digest = hashlib.sha256(large).hexdigest()
    with path.open("xb+") as out, ZipWriter(out) as writer:
        writer.add("bag/data/large.bin", large)
        writer.add("bag/manifest-sha256.txt", f"{digest}  data/large.bin\n".encode())
        writer.add("bag/bagit.txt", b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n")
    assert damage(path) == {}
    for at in (5, 1 << 20, path.stat().st_size - 1000):
        flip(path, at)
        assert damage(path), at
        flip(path, at)
    with zipfile.ZipFile(path) as archive:
        archive.extractall(tmp_path)
    assert damage(tmp_path / "bag") == {}
    flip(tmp_path / "bag" / "data" / "large.bin", 9 << 20)
    assert set(damage(tmp_path / "bag")) == {"data/large.bin"}


def packed_by_hand(path: Path, name: str, content: bytes, packed: bytes) -> None:
    """A bag in a zip of ours with one file, whose compressed bytes are `packed`, whatever they are."""
    member = Member("", zlib.crc32(content), len(packed), len(content), DEFLATED, 0o100644, 0, 0)
    digest = hashlib.sha256(content).hexdigest()
    with path.open("xb+") as out, ZipWriter(out) as writer:
        writer.copy_chunks(f"bag/data/{name}", member, [packed])
        writer.add("bag/manifest-sha256.txt", f"{digest}  data/{name}\n".encode())
        writer.add("bag/bagit.txt", b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n")


@pytest.mark.parametrize("beyond", [1, 5, 99, 257])
def test_a_large_file_whose_last_bytes_come_out_late_is_whole(tmp_path: Path, beyond: int) -> None:
    content = bytes((33 << 20) + beyond)
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed_by_hand(tmp_path / "large.zip", "zeros.bin", content, packer.compress(content) + packer.flush())
    assert damage(tmp_path / "large.zip") == {}


# A block in the fixed codes: "A", a length of 258 by the code 285, 286 or 287, a distance of 1, and the end. Only the
# first of these codes exists; libdeflate takes all of them for 258.
LENGTH_258 = {285: "731c0500", 286: "731c0300", 287: "731c0700"}


def opens_with_zlib(path: Path) -> bool:
    with zipfile.ZipFile(path) as archive:
        try:
            return archive.testzip() is None
        except zlib.error:
            return False


@pytest.mark.parametrize("code", LENGTH_258)
def test_compressed_data_that_unzip_refuses_are_damaged_though_some_programs_take_them(
    tmp_path: Path, code: int
) -> None:
    packed_by_hand(tmp_path / "a.zip", "a.txt", b"A" * 259, bytes.fromhex(LENGTH_258[code]))
    assert opens_with_zlib(tmp_path / "a.zip") == (code == 285) == (damage(tmp_path / "a.zip") == {})


def test_what_is_called_whole_opens_with_zlib_whichever_bits_of_its_compressed_data_changed(tmp_path: Path) -> None:
    content = b"A" * 259 + b"print('hello, world')\n" * 5
    packers = (zlib.compressobj(9, zlib.DEFLATED, -15, 9, strategy) for strategy in (zlib.Z_FIXED, 0))
    for number, packer in enumerate(packers):
        path = tmp_path / f"{number}.zip"
        packed = packer.compress(content) + packer.flush()
        packed_by_hand(path, "a.txt", content, packed)
        start = path.read_bytes().index(packed)
        for bit in range(8 * len(packed)):
            data = bytearray(path.read_bytes())
            data[start + bit // 8] ^= 1 << bit % 8
            changed = tmp_path / "changed.zip"
            changed.write_bytes(data)
            if not damage(changed):
                assert opens_with_zlib(changed), bit


@pytest.mark.parametrize("size", [300, 34 << 20])
@pytest.mark.parametrize("more", [b"\0", b"more than that"])
def test_bytes_behind_the_compressed_data_of_a_file_are_damage(tmp_path: Path, size: int, more: bytes) -> None:
    content = bytes(size)
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed_by_hand(tmp_path / "a.zip", "a.bin", content, packer.compress(content) + packer.flush() + more)
    assert set(damage(tmp_path / "a.zip")) == {"data/a.bin"}


def test_the_command_needs_no_library(
    made: Made, zip_copy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = CommandLine(tmp_path / "library", capsys)
    said = command("verify", zip_copy)
    assert (said.code, "is whole" in said.out) == (0, True)
    (found,) = command.json("verify", zip_copy)
    assert (found["standing"], found["damage"]) == ("whole", [])
    flip(zip_copy, spot(zip_copy, ADA)[1])
    said = command("verify", zip_copy)
    assert said.code == 1
    assert f"{ADA} (Ada Example, Hello): its content was changed." in said.err
    (found,) = command.json("verify", zip_copy, code=1)
    assert [one["who"] for one in found["damage"]] == ["Ada Example, Hello"]
    assert not (tmp_path / "library").exists()


def test_the_command_takes_a_passphrase_from_a_file(
    made: Made, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = CommandLine(tmp_path / "library", capsys)
    (tmp_path / "phrase").write_text(f"{PASSPHRASE}\n")
    assert command("verify", made.secret.path, "--passphrase-file", tmp_path / "phrase").code == 0
    said = command("verify", made.secret.path)
    assert (said.code, "--passphrase-file" in said.err) == (1, True)
