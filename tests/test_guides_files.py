"""Where a guide's files come from: trees on their way in, with limits, and packages of the library."""

from __future__ import annotations

import io
import stat
import zipfile
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any, BinaryIO

import pytest
from guiding import CONTENT, Project, folder, gaps, outline, page, placed, root, task

from exportmanager.core.errors import BadSource, Cancelled, Damaged
from exportmanager.core.trees import EntryKind, Findings, TreeEntry
from exportmanager.formats.archives import open_tree
from exportmanager.formats.guides import files_of_package, files_of_tree, read_guide
from exportmanager.formats.guides.project_files import FILE_LIMIT, TREE_LIMIT
from exportmanager.formats.packing import pack

GUIDE = root("p", "gone") | page("p", placed("t-1") + "![](main.py) ![](lost.png)") | task("t-1")


class InMemory:
    """A tree of files; where there are no bytes, the system refuses to give them."""

    def __init__(self, files: Mapping[str, bytes | None], link: str = "") -> None:
        self.files = files
        self.link = link
        self.opened: list[str] = []

    def entries(self, findings: Findings) -> Iterator[TreeEntry]:
        for path in sorted(self.files):
            yield TreeEntry(path=path, size=1, open=partial(self.open, path))
        if self.link:
            yield TreeEntry(path=self.link, kind=EntryKind.LINK, link="main.py")
            yield TreeEntry(path="zz", kind=EntryKind.FOLDER)

    def open(self, path: str) -> BinaryIO:
        self.opened.append(path)
        data = self.files[path]
        if data is None:
            raise PermissionError(13, "no", path)
        return io.BytesIO(data)


def tree(files: dict[str, Any], more: Mapping[str, bytes | None] = MappingProxyType({}), link: str = "") -> InMemory:
    return InMemory({**Project(files).files, "main.py": b"print(1)", **more}, link)


def test_a_tree_is_read_once_and_only_what_guides_are_made_of() -> None:
    source = tree(GUIDE, {".guides/img/big.png": b"x", ".guides/secure/key.txt": b"x"}, "zlink.png")
    files = files_of_tree(source, Findings())
    assert source.opened == sorted(path for path in source.files if path.endswith((".json", ".md")))
    assert set(files.paths()) == {*source.files, "zlink.png"}
    with pytest.raises(KeyError):
        files.read("main.py")
    with pytest.raises(KeyError):
        files.read("zlink.png")
    guide = read_guide(files)
    assert guide is not None
    assert outline(guide) == ["p"]
    assert gaps(guide) == [("guide page", "gone"), ("picture", "lost.png")]


def test_what_is_too_large_or_cannot_be_read_is_a_gap() -> None:
    chapters = root("a", "b") | page("a") | page("b")
    source = tree(chapters, {f"{CONTENT}/a.md": b"x" * (FILE_LIMIT + 1), f"{CONTENT}/b.json": None})
    guide = read_guide(files_of_tree(source, Findings()))
    assert guide is not None
    assert [(node.title, len(node.content)) for node in guide.nodes] == [("a", 0), ("b", 11)]
    (gap,) = guide.gaps
    assert gap.what == "2 guide files"
    assert f"{CONTENT}/a.md: It has more than 8 MB" in gap.why
    assert f"{CONTENT}/b.json: It was not read, as the system gave no permission to read it" in gap.why


def test_a_guide_of_more_than_64_mb_is_read_as_far_as_that() -> None:
    names = [f"p{number}" for number in range(TREE_LIMIT // FILE_LIMIT + 2)]
    files = root(*names)
    for name in names:
        files |= page(name, "x" * FILE_LIMIT)
    guide = read_guide(files_of_tree(tree(files), Findings()))
    assert guide is not None
    assert sum(len(node.content) for node in guide.walk()) <= TREE_LIMIT
    assert guide.page_count == len(names)
    assert "has more than 64 MB" in guide.gaps[0].why


def test_reading_a_tree_can_be_stopped() -> None:
    def stop() -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        files_of_tree(tree(GUIDE), Findings(check=stop))


def packed(tmp_path: Path, source: InMemory) -> Path:
    path = tmp_path / "package.zip"
    with path.open("wb") as out:
        pack(source, out, Findings())
    return path


def test_a_package_of_the_library_gives_the_same_guide_as_the_tree(tmp_path: Path) -> None:
    files = GUIDE | folder("c", []) | root("c", "p")
    source = tree(files, link="zlink.png")
    with files_of_package(packed(tmp_path, source)) as package:
        assert read_guide(package) == read_guide(files_of_tree(source, Findings()))
        assert package.read("main.py") == b"print(1)"
        assert set(package.paths()) == {*source.files, "zlink.png"}
        for missing in ("nothing", "zlink.png", "zz", "zz/"):
            with pytest.raises(KeyError):
                package.read(missing)


def test_a_large_file_of_a_package_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    source = tree(root(), {"large.png": bytes(FILE_LIMIT + 1)})
    with files_of_package(packed(tmp_path, source)) as package, pytest.raises(BadSource, match="8 MB"):
        package.read("large.png")


def test_a_damaged_package_is_no_guide_with_gaps(tmp_path: Path) -> None:
    path = packed(tmp_path, tree(root("p") | page("p", "x" * 100_000)))
    data = bytearray(path.read_bytes())
    start = data.index(b"p.md") + 30  # among its packed bytes
    data[start : start + 10] = b"\xff" * 10
    path.write_bytes(data)
    with files_of_package(path) as package, pytest.raises(Damaged):
        read_guide(package)
    path.write_bytes(data[:100])
    with pytest.raises(Damaged):
        files_of_package(path)


def test_a_project_with_every_hazard_of_public_ones_is_read(tmp_path: Path) -> None:
    stem = "A-page-with-a-very-long-title-" + "x" * (195 - len(f"{CONTENT}/A-page-with-a-very-long-title-.json"))
    files = root(stem, "Twin-1", "twin-1") | page(stem, "![](.guides/img/link.png)") | page("Twin-1") | page("twin-1")
    path = tmp_path / "project.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in Project(files).files.items():
            archive.writestr(name, data)
        for number in range(3_500):
            archive.writestr(f"node_modules/{number % 50}/{number}.js", b"")
        link = zipfile.ZipInfo(".guides/img/link.png")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "../../node_modules/0/0.js")
    guide = read_guide(files_of_tree(open_tree(path), Findings()))
    assert guide is not None
    assert [node.title for node in guide.pages()] == [stem, "Twin-1", "twin-1"]
    assert guide.gaps == ()
