"""Whatever bytes a guide's files hold, it is read, every node once, and what is wrong is said in sentences."""

from __future__ import annotations

import json

from guiding import CONTENT, Project, definition, folder, is_sound, outline, page, placed, root, task
from hypothesis import example, given, settings
from hypothesis import strategies as st

from exportmanager.formats.guides import read_guide

TEXT = "# Title\n\n![](a.png) <img src='b'> ```\ncode\n```\n|||info\nx\n|||\n" + placed("t-1", "t-2")
NEW = root("p", "c") | page("p", TEXT) | folder("c", ["q"]) | page("c/q", "<p>", ".html") | task("t-1")
BOOK = {"name": "b", "children": [{"id": "n", "title": "t", "type": "chapter", "children": [{"pageId": "s"}]}]}
SECTION = {"id": "s", "title": "S", "content-file": f"{CONTENT}/s.md", "type": "markdown"}
OLD = {
    ".guides/metadata.json": {"sections": [SECTION], "theme": "light"},
    ".guides/book.json": BOOK,
    f"{CONTENT}/s.md": TEXT,
    ".guides/assessments.json": [definition("t-1"), definition("t-2")],
}
OLDEST = {".guides/sections.md": "---\ntitle: A\nfiles:\n  - action: open\n    path: x\n\n---\n" + TEXT}
GUIDES = [Project(files).files for files in (NEW, OLD, OLDEST)]

KEYS = st.sampled_from(
    ["id", "title", "type", "order", "path", "contentType", "teacherOnly", "sections", "content-file", "children",
     "pageId", "name", "taskId", "source", "points"]
)  # fmt: skip
WORDS = st.text(max_size=5) | st.sampled_from(
    ["p", "c", "q", "s", "t-1", "page", "chapter", "html", "..", "index", "c/q", f"{CONTENT}/s.md"]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS | WORDS, inner, max_size=4),
    max_leaves=15,
)
MARKS = [
    "{a|assessment}(t-1)", "![](", "](x)", "```", "|||", "info", "<!--", "-->", "<img src=", "`", "[a]:", "---",
    "title: x", "\n", "- a",
]  # fmt: skip
BYTES = st.one_of(
    st.binary(max_size=60),
    VALUES.map(lambda value: json.dumps(value).encode()),
    st.lists(st.sampled_from(MARKS) | st.text(max_size=3), max_size=20).map(lambda parts: "".join(parts).encode()),
)


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(GUIDES), st.data())
def test_no_bytes_in_the_files_of_a_guide_make_it_fail(files: dict[str, bytes], data: st.DataObject) -> None:
    changed = data.draw(st.dictionaries(st.sampled_from(sorted(files)), BYTES, max_size=3))
    guide = read_guide(Project(files | changed))
    assert guide is not None
    is_sound(guide)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(GUIDES), st.integers(0), st.binary(max_size=4), st.integers(0, 3))
def test_neither_do_a_few_other_bytes_in_one_of_them(
    files: dict[str, bytes], place: int, new: bytes, removed: int
) -> None:
    path = sorted(files)[place % len(files)]
    at = place % (len(files[path]) + 1)
    guide = read_guide(Project(files | {path: files[path][:at] + new + files[path][at + removed :]}))
    assert guide is not None
    is_sound(guide)


PARTS = st.sampled_from([".guides", "content", "assessments", "index.json", "a", "a.json", "a.md", "b.html", "..", ""])
PATHS = st.lists(PARTS, min_size=1, max_size=6).map("/".join)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(PATHS | st.text(max_size=10), BYTES, max_size=12))
@example({f"{CONTENT}/index.json": b'{"order": ["a"]}', f"{CONTENT}/a/index.json": b'{"order": ["..", "a", ""]}'})
def test_neither_do_strange_names(files: dict[str, bytes]) -> None:
    if guide := read_guide(Project(files)):
        is_sound(guide)


def test_chapters_within_chapters_without_end_are_read_as_far_as_any_guide_goes() -> None:
    files = root("c")
    path = "c"
    for _ in range(190):
        files |= folder(path, ["c", "p"]) | page(f"{path}/p")
        path += "/c"
    guide = read_guide(Project(files))
    assert guide is not None
    is_sound(guide)
    assert 40 < guide.page_count < 190
    assert repr(outline(guide))
    assert guide.gaps
