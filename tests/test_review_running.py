"""A copy of a workspace to run: whole or not there, guarded, with what a container needs; the original stays."""

from __future__ import annotations

import io
import json
import os
import re
import stat
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from exportmanager.core.errors import AlreadyThere, BadSource, Cancelled, HostileArchive, NoRoom, NotFound
from exportmanager.core.meter import Meter
from exportmanager.program import Program
from exportmanager.resources_dir import resources
from exportmanager.review import running
from exportmanager.review.opening import Opened, Openings
from exportmanager.review.running import Copy, unpack_copy
from exportmanager.review.stacks import guess, match, stack_of, stacks
from exportmanager.review.where import Where

PYTHON = stack_of("python-3.12")


@pytest.fixture
def openings(program: Program) -> Iterator[Openings]:
    with Openings(program.library) as opened:
        yield opened


def zipped(path: Path, *files: str, content: str = "x") -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name in files:
            archive.writestr(name, content)
    return path


def workspace(openings: Openings, path: Path) -> Opened:
    return openings.open(Where.of_file(path))


def copied(openings: Openings, path: Path, to: Path) -> Copy:
    return unpack_copy(workspace(openings, path), to, PYTHON, Meter())


def files_in(folder: Path) -> set[str]:
    return {p.relative_to(folder).as_posix() for p in folder.rglob("*") if not p.is_dir()}


def test_a_copy_has_every_file_and_says_which_container_runs_it(openings: Openings, tmp_path: Path) -> None:
    path = zipped(tmp_path / "work.zip", "main.py", "src/deep/a.py")
    copy = copied(openings, path, tmp_path / "new" / "copy")
    assert files_in(copy.folder) == {"main.py", "src/deep/a.py", ".devcontainer/devcontainer.json"}
    assert copy.config is not None
    assert json.loads(copy.config.read_text()) == {"name": "work.zip", "image": PYTHON.image}
    assert (copy.files, copy.brings_own, copy.gaps) == (2, False, [])


@pytest.mark.parametrize(
    "own", [".devcontainer/devcontainer.json", ".devcontainer.json", ".DevContainer/devcontainer.json"]
)
def test_a_workspace_keeps_the_container_that_it_brings(openings: Openings, tmp_path: Path, own: str) -> None:
    copy = copied(openings, zipped(tmp_path / "work.zip", own, content="theirs"), tmp_path / "copy")
    assert (copy.folder / own).read_text() == "theirs"
    assert copy.brings_own
    assert copy.config == copy.folder / ".devcontainer" / "exportmanager" / "devcontainer.json"
    assert copy.config.exists()


def test_nothing_is_written_over(openings: Openings, tmp_path: Path) -> None:
    path = zipped(tmp_path / "work.zip", "main.py")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine")
    with pytest.raises(AlreadyThere):
        copied(openings, path, tmp_path / "full")
    assert files_in(tmp_path / "full") == {"mine.txt"}
    (tmp_path / "empty").mkdir()
    assert copied(openings, path, tmp_path / "empty").files == 1


def test_a_bomb_is_not_unpacked(openings: Openings, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("zeros", bytes(300 << 20))
    with pytest.raises(HostileArchive, match="bomb"):
        copied(openings, tmp_path / "bomb.zip", tmp_path / "copy")
    assert not (tmp_path / "copy").exists()


def test_a_file_that_says_it_is_small_is_not_unpacked_further(openings: Openings, tmp_path: Path) -> None:
    path = zipped(tmp_path / "lies.zip", "a.txt", content="x" * 100_000)
    data = path.read_bytes()
    path.write_bytes(data.replace((100_000).to_bytes(4, "little"), (10).to_bytes(4, "little")))
    with pytest.raises(BadSource):
        copied(openings, path, tmp_path / "copy")
    assert not (tmp_path / "copy").exists()


def tar_of(path: Path, *members: tarfile.TarInfo) -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for member in members:
            archive.addfile(member, io.BytesIO(b"x" * member.size))
    return path


def member(name: str, mode: int = 0o644, link: str = "", kind: bytes = tarfile.REGTYPE) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.mode, info.linkname, info.size, info.type = mode, link, 0 if link else 1, tarfile.SYMTYPE if link else kind
    return info


@pytest.mark.skipif(sys.platform == "win32", reason="modes and links are of other systems")
def test_programs_can_run_but_nobody_becomes_somebody_else(openings: Openings, tmp_path: Path) -> None:
    path = tar_of(tmp_path / "w.tar.gz", member("run.sh", 0o4755), member("secret", 0o000), member("a", link="run.sh"))
    copy = copied(openings, path, tmp_path / "copy")
    assert stat.S_IMODE((copy.folder / "run.sh").stat().st_mode) == 0o755
    assert stat.S_IMODE((copy.folder / "secret").stat().st_mode) == 0o600
    assert (copy.folder / "a").readlink() == Path("run.sh")


@pytest.mark.skipif(sys.platform == "win32", reason="links are of other systems")
def test_links_that_lead_out_are_not_made_and_are_named(openings: Openings, tmp_path: Path) -> None:
    path = tar_of(tmp_path / "w.tar.gz", member("ok.txt"), member("out", link="../../etc"), member("abs", link="/etc"))
    copy = copied(openings, path, tmp_path / "copy")
    assert files_in(copy.folder) == {"ok.txt", ".devcontainer/devcontainer.json"}
    assert len(copy.gaps) == 2


@pytest.mark.skipif(sys.platform == "win32", reason="links are of other systems")
def test_the_description_is_never_written_through_a_link(openings: Openings, tmp_path: Path) -> None:
    path = tar_of(tmp_path / "w.tar.gz", member("there/a.txt"), member(".devcontainer", link="there"))
    copy = copied(openings, path, tmp_path / "copy")
    assert files_in(copy.folder / "there") == {"a.txt"}
    assert copy.config == copy.folder / ".devcontainer.json"


def test_a_climbing_archive_is_refused_and_leaves_nothing(openings: Openings, tmp_path: Path) -> None:
    path = zipped(tmp_path / "work.zip", "../../evil.py")
    with pytest.raises(BadSource):
        copied(openings, path, tmp_path / "here" / "copy")
    assert {p.name for p in tmp_path.iterdir()} - {"library"} == {"work.zip"}


def test_stop_and_a_damaged_file_leave_nothing(openings: Openings, tmp_path: Path) -> None:
    path = tmp_path / "work.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.txt", os.urandom(5000))
        archive.writestr("b.txt", os.urandom(5000))
    calls = iter([False] * 3)
    with pytest.raises(Cancelled):
        unpack_copy(workspace(openings, path), tmp_path / "copy", PYTHON, Meter(stop=lambda: next(calls, True)))
    data = bytearray(path.read_bytes())
    data[6000] ^= 1
    (tmp_path / "bad.zip").write_bytes(data)
    with pytest.raises(BadSource):
        copied(openings, tmp_path / "bad.zip", tmp_path / "copy")
    assert {p.name for p in tmp_path.iterdir()} - {"library"} == {"work.zip", "bad.zip"}


def test_a_full_disk_is_seen_before_anything_is_written(
    openings: Openings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "_SPARE", 1 << 62)
    with pytest.raises(NoRoom):
        copied(openings, zipped(tmp_path / "work.zip", "a.py"), tmp_path / "copy")
    assert not (tmp_path / "copy").exists()


@pytest.mark.skipif(sys.platform in {"win32", "darwin"}, reason="there all names are made portable")
def test_names_too_long_for_the_system_are_shortened_and_told(openings: Openings, tmp_path: Path) -> None:
    name = f"{'ü' * 200}.py"
    copy = copied(openings, zipped(tmp_path / "work.zip", name), tmp_path / "copy")
    assert [change.original for change in copy.renamed] == [name]
    assert copy.files == 1


@pytest.mark.parametrize(
    ("words", "stack"),
    [
        ("Python 3.12", "python-3.12"),
        ("Python 3.12 with Turtle", "python-3.12"),
        ("python-3.11.4", "python-3.11"),
        ("Python 2.7", "python-3.12"),
        ("Java 17 (OpenJDK)", "java-17"),
        ("Certified C++", "cpp"),
        ("Node.js 20", "node-20"),
        ("Rust", "rust-1"),
        ("Blank", None),
        ("", None),
    ],
)
def test_what_a_course_calls_its_stack_is_understood(words: str, stack: str | None) -> None:
    found = match(words)
    assert (found.id if found else None) == stack


@pytest.mark.parametrize(
    ("files", "stack"),
    [
        (("a.py", "b.py", "c.js"), "python-3.12"),
        (("pom.xml", "a.py", "b.py"), "java-21"),
        (("readme.txt",), None),
        (("x.unknown", "Main.java"), "java-21"),
    ],
)
def test_a_stack_is_guessed_from_files(
    openings: Openings, tmp_path: Path, files: tuple[str, ...], stack: str | None
) -> None:
    found = guess(workspace(openings, zipped(tmp_path / "work.zip", *files)))
    assert (found.id if found else None) == stack


IMAGE = re.compile(r"(mcr\.microsoft\.com/devcontainers/[a-z-]+|ghcr\.io/rocker-org/devcontainer/[a-z-]+):([a-z0-9.]+)")


def test_every_stack_has_an_id_of_its_own_and_the_image_of_its_version() -> None:
    assert len({stack.id for stack in stacks()}) == len(stacks()) > 12
    for stack in stacks():
        assert stack_of(stack.id) == stack
        image = IMAGE.fullmatch(stack.image)
        assert image, stack
        version = stack.id.partition("-")[2]
        assert image[2] == version or (not version and image[2].startswith("debian")), stack
    with pytest.raises(NotFound):
        stack_of("cobol")


def test_the_stack_file_has_what_is_read_of_it_and_nothing_else() -> None:
    languages = json.loads((resources() / "stacks.json").read_text(encoding="utf-8"))["languages"]
    assert all(set(one) == {"id", "title", "names", "files", "suffixes", "versions"} for one in languages)
    names = [name for one in languages for name in one["names"]]
    suffixes = [suffix for one in languages for suffix in one["suffixes"]]
    assert len(set(names)) == len(names)
    assert len(set(suffixes)) == len(suffixes)
    assert all(name == name.casefold() for name in names)
    assert all(suffix == suffix.lower() and suffix.startswith(".") for suffix in suffixes)
    assert all(one["id"] in one["names"] or one["id"] == "cpp" for one in languages)
