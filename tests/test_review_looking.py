"""Files of workspaces as people see them: told apart, in any encoding, and harmless whatever they hold."""

from __future__ import annotations

import base64
import io
import json
import struct
import time
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from exportmanager.core.errors import BadOptions, NotFound
from exportmanager.formats.colours import language_of_file, spans_of
from exportmanager.formats.picture_heads import picture_head
from exportmanager.formats.texts import Encoding, Text, encoding_of, visible
from exportmanager.program import Program
from exportmanager.review import looking
from exportmanager.review.looking import (
    ArchiveLook,
    BinaryLook,
    LinkLook,
    Look,
    PageLook,
    PdfLook,
    PictureLook,
    SheetLook,
    TextLook,
    look_at,
)
from exportmanager.review.opening import Openings
from exportmanager.review.where import Where

UTF8 = Encoding("utf-8", "UTF-8")


def png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">L", len(data)) + kind + data + struct.pack(">L", zlib.crc32(kind + data))

    rows = (b"\0" + b"\0" * width) * height if width * height < 10_000 else b""
    head = struct.pack(">2L5B", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "work").mkdir()
    return tmp_path / "work"


@pytest.fixture
def look(program: Program, folder: Path) -> Callable[..., Look]:
    """Writes a file into a workspace, and looks at it."""

    def look(name: str, content: bytes | str, **chosen: Any) -> Look:
        data = content.encode() if isinstance(content, str) else content
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
        with Openings(program.library) as openings, openings.open(Where.of_file(folder)) as opened:
            return look_at(opened, name, **chosen)

    return look


def text(found: Look) -> TextLook:
    assert isinstance(found, TextLook), found
    return found


@pytest.mark.parametrize(
    ("data", "label", "first"),
    [
        ("grüße\n".encode(), "UTF-8", "grüße"),
        (b"\xef\xbb\xbfgr\xc3\xbc\n", "UTF-8 (BOM)", "grü"),
        ("grüße\n".encode("utf-16"), "UTF-16", "grüße"),
        ("some latin text\n".encode("utf-16-be"), "UTF-16", "some latin text"),
        ("grüße für alle\n".encode("latin-1"), "CP1252", "grüße für alle"),
        (b"plain\n", "ASCII", "plain"),
        (b"", "ASCII", ""),
    ],
)
def test_encodings_are_found_and_named(look: Callable[..., Look], data: bytes, label: str, first: str) -> None:
    found = text(look("a.txt", data))
    assert found.text.encoding.label == label
    assert "".join(found.text.lines(0, 1)) == first


def test_an_encoding_can_be_chosen_and_one_that_is_none_is_refused(look: Callable[..., Look]) -> None:
    data = "привет".encode("cp866")
    assert text(look("a.txt", data, encoding="cp866")).text.lines(0, 1) == ["привет"]
    with pytest.raises(BadOptions):
        look("a.txt", data, encoding="base64")


@pytest.mark.parametrize(
    ("data", "lines", "ends"),
    [
        (b"", [], ""),
        (b"a", ["a"], ""),
        (b"a\n\nb\n", ["a", "", "b"], "LF"),
        (b"a\r\nb\r\n", ["a", "b"], "CRLF"),
        (b"a\rb", ["a", "b"], "CR"),
        (b"a\nb\r\n", ["a", "b"], "mixed"),
        (b"\n", [""], "LF"),
    ],
)
def test_lines_and_their_ends(data: bytes, lines: list[str], ends: str) -> None:
    found = Text(data, UTF8)
    assert (found.lines(0, 99), found.line_count, found.line_ends) == (lines, len(lines), ends)
    assert [found.lines(n, n + 1)[0] for n in range(len(lines))] == lines


def test_any_range_of_lines_of_a_large_text_is_that_of_the_whole() -> None:
    whole = [f"line {n} {'x' * (n % 977)}" for n in range(3_000)]
    found = Text("\n".join(whole).encode(), UTF8)
    assert found.line_count == 3_000
    for start, stop in ((0, 2), (137, 139), (999, 1_300), (2_998, 4_000), (3_000, 3_001)):
        assert found.lines(start, stop) == whole[start:stop]


def test_what_moves_terminals_or_turns_text_round_is_seen() -> None:
    assert visible("a\x1b[31m\u202eb\x00\x7f\tc\u200bd") == "a␛[31m⟨U+202E⟩b␀␡\tc⟨U+200B⟩d"
    family = "👩\u200d👧"
    assert visible(family) == family


def test_a_line_of_many_megabytes_is_cut_and_says_so() -> None:
    found = Text(b"x" * 30_000_000 + b"\nend", UTF8)
    first, last = found.lines(0, 2)
    assert len(first) < 11_000
    assert first.endswith("(29,990,000 bytes more)")
    assert last == "end"


def test_of_a_huge_file_the_beginning_is_read(look: Callable[..., Look], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looking, "LIMIT", 100_000)
    monkeypatch.setattr(looking, "_HEAD", 10_000)
    found = text(look("a.log", b"0123456789\n" * 50_000))
    assert (found.size, found.text.is_cut, found.text.line_count) == (550_000, True, 9_091)
    binary = look("a.bin", bytes(range(256)) * 1000)
    assert isinstance(binary, BinaryLook)
    assert (binary.size, len(binary.data)) == (256_000, 100_000)


def test_code_is_coloured_by_ranges_as_it_is_as_a_whole() -> None:
    code = ['"""doc', "still doc", '"""', "def f(x):  # why", "    return 'a'"]
    spans = spans_of(code, "python")
    assert [(s.kind, code[1][s.start : s.end]) for s in spans[1]] == [("string", "still doc")]
    assert [(s.kind, code[3][s.start : s.end]) for s in spans[3]] == [
        ("keyword", "def"),
        ("name", "f"),
        ("comment", "# why"),
    ]
    assert spans_of(code, "python", above=3) == spans[3:]
    assert spans_of(code[3:] * 2_000, "python")[-1] == spans[-1]
    assert spans_of(["x" * 100_000], "python") == [[]]


def test_spans_of_a_look_are_those_of_its_lines(look: Callable[..., Look]) -> None:
    found = text(look("a.py", "x = 1\n" * 5_000 + "# end\n"))
    assert [s.kind for s in found.spans(5_000, 5_001)[0]] == ["comment"]
    assert len(found.spans(100, 160)) == 60


@pytest.mark.parametrize(
    ("path", "first", "language"),
    [
        ("a/b.PY", "", "python"),
        ("run", "#!/usr/bin/env python3", "python"),
        ("run", "#!/bin/bash -e", "bash"),
        ("Makefile", "", "make"),
        ("notes.txt", "", ""),
        ("unknown", "", ""),
    ],
)
def test_languages_are_told_by_name_or_first_line(path: str, first: str, language: str) -> None:
    assert language_of_file(path, first) == language


def test_markdown_becomes_a_page_that_runs_and_loads_nothing(look: Callable[..., Look], folder: Path) -> None:
    (folder / "docs").mkdir()
    (folder / "docs" / "pic.png").write_bytes(png(2, 2))
    hostile = (
        "<script>alert(1)</script><img src=file:///etc/passwd><img src=https://example.org/x.png onerror=alert(1)>"
    )
    inside = "![ours](pic.png) ![out](../../../etc/passwd) ![data](data:image/png;base64,AAAA)"
    found = look("docs/readme.md", f"# Title\n\n{inside}\n\n[bad](javascript:alert(1)) {hostile}\n")
    assert isinstance(found, PageLook)
    assert list(found.page.pictures) == ["guide:0"]
    assert "<h1>Title</h1>" in found.page.html
    for word in ("<script", "onerror", "file:", 'src="http', 'src="data', 'href="javascript'):
        assert word not in found.page.html


def notebook(*cells: Any, **more: Any) -> str:
    return json.dumps({"nbformat": 4, "metadata": {"language_info": {"name": "python"}}, "cells": list(cells), **more})


def test_a_notebook_shows_words_code_and_what_came_of_it(look: Callable[..., Look]) -> None:
    picture = base64.b64encode(png(3, 3)).decode()
    code = {
        "cell_type": "code", "execution_count": 3, "source": ["def f():\n", "    pass"],
        "outputs": [
            {"output_type": "stream", "text": ["out\x1b[31m <b>\n"]},
            {"output_type": "display_data", "data": {"image/png": picture}},
            {"output_type": "execute_result", "data": {"text/html": "<table onclick=x><tr><td>1</td></tr></table>"}},
            {"output_type": "error", "traceback": ["\x1b[0;31mValueError", "bad"]},
        ],
    }  # fmt: skip
    none = "no cell", {"cell_type": 3}, {"cell_type": ["code"]}
    found = look("a.ipynb", notebook({"cell_type": "markdown", "source": "# Words"}, code, *none))
    assert isinstance(found, PageLook)
    html = found.page.html
    for part in ("<h1>Words</h1>", "In [3]", '<span class="hl-keyword">def</span>', "out &lt;b&gt;", "ValueError\nbad"):
        assert part in html
    assert "onclick" not in html
    assert "<td>1</td>" in html
    assert found.page.pictures == {"guide:0": png(3, 3)}


def test_a_hostile_notebook_runs_and_loads_nothing(look: Callable[..., Look]) -> None:
    hostile = "<script>alert(1)</script><iframe src=file:///etc/passwd></iframe><img src='https://example.org/a.png'>x"
    outputs = [{"data": {"text/html": hostile}}, {"data": {"text/html": 3, "image/png": {"a": 1}}}, {"text": [1, None]}]
    cells = [{"cell_type": "markdown", "source": hostile}, {"cell_type": "code", "source": hostile, "outputs": outputs}]
    found = look("a.ipynb", notebook(*cells))
    assert isinstance(found, PageLook)
    for word in ("<script", "<iframe", "<img src"):  # in the code that is shown they are text
        assert word not in found.page.html
    assert found.page.pictures == {}


@pytest.mark.parametrize("content", ["{", "[]", '{"cells": 3}', '{"a": ' * 200 + "1" + "}" * 200, "null"])
def test_a_broken_notebook_is_text(look: Callable[..., Look], content: str) -> None:
    assert isinstance(look("a.ipynb", content), TextLook)


def test_pictures_are_measured_before_anybody_draws_them(look: Callable[..., Look]) -> None:
    small, bomb = look("a.png", png(4, 5)), look("b.dat", png(60_000, 60_000))
    assert isinstance(small, PictureLook)
    assert isinstance(bomb, PictureLook)
    assert (small.head, small.data, small.why) == (("PNG", 4, 5), png(4, 5), "")
    assert bomb.data == b""
    assert bomb.why


@pytest.mark.parametrize("form", ["PNG", "JPEG", "GIF", "WebP", "BMP"])
def test_the_size_of_pictures_is_as_another_program_wrote_it(form: str) -> None:
    image = pytest.importorskip("PIL.Image")
    out = io.BytesIO()
    image.new("RGB", (123, 45)).save(out, form)
    assert picture_head(out.getvalue()) == (form, 123, 45)
    for cut in range(40):
        picture_head(out.getvalue()[:cut])


def test_tables_are_cut_and_counted(look: Callable[..., Look]) -> None:
    found = look("a.csv", 'a;b\n"one\ntwo";=1+1\n' + "1;2\n" * 20_000)
    assert isinstance(found, SheetLook)
    assert found.sheet.rows[:2] == [["a", "b"], ["one\ntwo", "=1+1"]]
    assert (len(found.sheet.rows), found.sheet.more_lines) == (10_000, 10_002)
    wide = look("b.tsv", "\t".join("x" * 900) + "\n")
    assert isinstance(wide, SheetLook)
    assert (wide.sheet.columns, wide.sheet.more_columns) == (500, 400)


def test_a_line_of_a_million_columns_does_no_harm(look: Callable[..., Look]) -> None:
    before = time.perf_counter()
    assert isinstance(look("a.csv", b"," * 3_000_000), TextLook)
    assert isinstance(look("b.csv", b'"' + b"x" * 3_000_000), TextLook)
    assert time.perf_counter() - before < 10


def test_archives_are_listed_pdfs_and_the_rest_come_as_bytes(look: Callable[..., Look]) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("a/b.txt", "12345")
    found = look("lib.jar", inner.getvalue())
    assert isinstance(found, ArchiveLook)
    assert found.members == [("a/b.txt", 5)]
    broken = look("bad.zip", inner.getvalue()[:-30])
    assert isinstance(broken, ArchiveLook)
    assert broken.why
    assert isinstance(look("a.pdf", b"%PDF-1.7\n..."), PdfLook)
    binary = look("a.class", bytes(range(20)) * 2)
    assert isinstance(binary, BinaryLook)
    assert binary.rows(0, 1) == ["00000000  00 01 02 03 04 05 06 07  08 09 0a 0b 0c 0d 0e 0f  ................"]
    assert binary.rows(2, 9)[0].startswith("00000020  0c 0d 0e")
    assert binary.row_count == 3
    assert isinstance(look("a.py", "x = 1\n", shown_as="hex"), BinaryLook)
    assert isinstance(look("a.class", bytes(range(20)), shown_as="text"), TextLook)


def test_links_and_folders_are_no_files(program: Program, folder: Path) -> None:
    (folder / "empty").mkdir()
    (folder / "a.txt").write_text("a")
    (folder / "link").symlink_to("a.txt")
    with Openings(program.library) as openings, openings.open(Where.of_file(folder)) as opened:
        assert look_at(opened, "link") == LinkLook("a.txt")
        for path in ("empty", "gone"):
            with pytest.raises(NotFound):
                look_at(opened, path)


def test_binary_is_not_taken_for_text() -> None:
    assert encoding_of(b"\x7fELF\x02\x01\x01\0\0\0") is None
    assert encoding_of(bytes(range(32)) * 10) is None
