"""Guides of the two older generations: the same tree comes of them."""

from __future__ import annotations

from typing import Any

import pytest
from guiding import CONTENT, definition, gaps, outline, placed, read

METADATA = ".guides/metadata.json"
BOOK = ".guides/book.json"


def section(section_id: str, **fields: Any) -> dict[str, Any]:
    path = f"{CONTENT}/{section_id}.md"
    return {"id": section_id, "title": f"Section {section_id}", "type": "markdown", "content-file": path} | fields


def metadata(*sections: Any, **fields: Any) -> dict[str, Any]:
    return {METADATA: {"sections": list(sections)} | fields}


def entry(kind: str, title: str, *children: Any, **fields: Any) -> dict[str, Any]:
    node = {"id": f"node-{title}", "title": title, "type": kind} | fields
    return node | ({"children": list(children)} if kind != "page" else {})


def texts(*names: str, text: str = "text") -> dict[str, Any]:
    return {f"{CONTENT}/{name}.md": text for name in names}


def test_a_book_orders_the_sections_and_names_them() -> None:
    sections = [section("s1", layout="2-panels", teacherOnly=True, unknown=[1]), section("s2"), section("s3")]
    book = [
        entry("chapter", "One", entry("page", "B", pageId="s2"), entry("section", "Deep", entry("page", "C"))),
        entry("page", "A", pageId="s1"),
    ]
    book[0]["children"][1]["children"][0]["pageId"] = "s3"
    guide = read(
        metadata(*sections, theme="dark") | {BOOK: {"name": "A book", "children": book}} | texts("s1", "s2", "s3")
    )
    assert outline(guide) == ["One", ["B", "Deep", ["C"]], "A"]
    assert (guide.generation, guide.title, guide.fields, guide.gaps) == (2, "A book", {"theme": "dark"}, ())
    page = guide.nodes[1]
    assert (page.id, page.path, page.teacher_only) == ("node-A", "A-node", True)
    assert page.fields["layout"] == "2-panels"
    assert (page.fields["unknown"], page.fields["contentType"], page.fields["pageId"]) == ([1], "markdown", "s1")
    assert guide.nodes[0].children[1].children[0].path == "One-node/Deep-node/C-node"


@pytest.mark.parametrize("book", [{}, {BOOK: "{"}, {BOOK: "[]"}])
def test_without_a_book_the_sections_are_pages_in_their_order(book: dict[str, str]) -> None:
    guide = read(metadata(section("s2"), section("s1")) | book | texts("s1", "s2"))
    assert outline(guide) == ["Section s2", "Section s1"]
    assert [node.content for node in guide.nodes] == ["text", "text"]
    assert len(guide.gaps) == len(book)


def test_what_the_book_and_the_sections_say_of_each_other_is_checked() -> None:
    children = [
        entry("page", "Fine", pageId="s1"),
        entry("page", "Gone", pageId="s9"),
        entry("page", "Nothing"),
        "no entry",
        entry("chapter", "Part", pageId="s8"),
        entry("page", "Textless", pageId="s2"),
    ]
    sections = [section("s1"), section("s1", title="Twin"), section("s2"), section("draft"), {"title": "no id"}, 5]
    files = texts("s1", "draft", "stray") | {f"{CONTENT}/header.html": "<b>"}
    guide = read(metadata(*sections) | {BOOK: {"name": "", "children": children}} | files)
    assert outline(guide) == ["Fine", "Part", [], "Textless"]
    assert gaps(guide) == [
        ("guide page", "Twin"),
        ("4 guide pages", "Gone, Nothing, no entry and 1 more"),
        ("guide page", "Textless"),
        ("2 guide pages", "Section draft, stray.md"),
    ]
    assert guide.header_html == "<b>"


def test_nodes_of_one_title_and_id_have_paths_and_ids_of_their_own() -> None:
    children = [entry("page", "Page", pageId=f"s{number}", id="abcd") for number in (1, 2, 3)]
    sections = [section("s1"), section("s2"), section("s3")]
    guide = read(metadata(*sections) | {BOOK: {"name": "", "children": children}} | texts("s1", "s2", "s3"))
    assert [node.path for node in guide.nodes] == ["Page-abcd", "Page-abcd-2", "Page-abcd-3"]
    assert [node.id for node in guide.nodes] == ["abcd", "Page-abcd-2", "Page-abcd-3"]


def test_a_book_that_lists_one_text_a_hundred_thousand_times_is_read_once() -> None:
    pages = [entry("page", "Page", pageId="s1") for _ in range(100_000)]
    copies = [section(f"c{number}", **{"content-file": f"{CONTENT}/s1.md"}) for number in range(50)]
    children = [*pages, *(entry("chapter", "C", pageId=copy["id"]) for copy in copies)]
    book = {BOOK: {"name": "", "children": children}}
    guide = read(metadata(section("s1"), *copies) | book | texts("s1", text="x" * 1_000_000))
    assert [len(node.content) for node in guide.walk()] == [1_000_000, *[0] * 50]
    assert gaps(guide) == [("2 guide pages", "Page, C"), ("guide page", "C")], "and all have one id"


def test_a_metadata_file_that_cannot_be_read_is_a_gap_and_its_pages_are_named() -> None:
    guide = read({METADATA: "{"} | texts("a", "b"))
    assert guide.nodes == ()
    assert [what for what, _ in gaps(guide)] == ["guide file", "2 guide pages"]


def test_assessments_of_the_older_kind_come_from_one_list() -> None:
    listed = [definition("t-1", points="3"), definition("t-2"), definition("t-1"), {"type": "test"}, "x"]
    stale = {".guides/assessments/old.json": definition("old")}
    book = metadata(section("s1")) | texts("s1", text=placed("t-2"))
    guide = read(book | {".guides/assessments.json": listed} | stale)
    assert [(item.id, item.points) for item in guide.assessments] == [("t-2", 5.0), ("t-1", 3.0)]
    assert gaps(guide) == [
        ("assessment", "t-1 (.guides/assessments.json, entry 3)"),
        ("2 assessments", ".guides/assessments.json, entry 4, .guides/assessments.json, entry 5"),
        ("assessment", "t-1"),
    ]
    assert [item.id for item in read(book | stale).assessments] == ["old"], "a newer place, where there is no list"


FRONT = """---
title: {title}
files: []
editable: true
layout: 2-panels-tree

---
"""


def sections_file(*sections: tuple[str, str]) -> dict[str, str]:
    return {".guides/sections.md": "".join(FRONT.format(title=title) + body for title, body in sections)}


def test_the_oldest_guides_hold_all_pages_in_one_file() -> None:
    guide = read(sections_file(("One", "##Heading\ntext\n\n\n"), ('"What\'s \\"it\\"?"', "more\n"), ("'a: b'", "")))
    assert (guide.generation, [node.title for node in guide.pages()]) == (1, ["One", 'What\'s "it"?', "a: b"])
    assert [node.content for node in guide.nodes] == ["## Heading\ntext\n", "more\n", "\n"]
    assert guide.nodes[0].fields == {"title": "One", "files": [], "editable": True, "layout": "2-panels-tree"}
    assert [node.id for node in guide.nodes] == [node.path for node in guide.nodes]
    assert guide.gaps == ()


def test_rules_and_headings_in_the_text_of_the_oldest_guides_stay_what_they_are() -> None:
    body = "above\n\n---\n\nbelow\n```sh\n#no heading\n```\n    #nor this\na #tag\n#######\n"
    guide = read(sections_file(("One", body), ("Two", "x\n")))
    assert [node.title for node in guide.nodes] == ["One", "Two"]
    assert guide.nodes[0].content == body


def test_the_files_that_a_page_of_the_oldest_guides_opens_are_read() -> None:
    text = """---\r
title: Storing data
files:\r
  - action: close
    path: "#tabs"
  - action: open
    path: 02/play.py
    panel: 0
layout: ""
step: 02-variables
long: >-
  in two
  lines
odd:
  - plain
---
text
"""
    (node,) = read({".guides/sections.md": text}).nodes
    assert node.fields == {
        "title": "Storing data",
        "files": [{"action": "close", "path": "#tabs"}, {"action": "open", "path": "02/play.py", "panel": 0}],
        "layout": "",
        "step": "02-variables",
        "long": "in two lines",
        "odd": ["plain"],
    }


def test_a_newer_guide_counts_where_an_older_one_was_left_behind() -> None:
    older = metadata(section("s1")) | texts("s1") | {".guides/sections.md": FRONT.format(title="Old")}
    assert read(older).generation == 2
    assert read(older | {f"{CONTENT}/index.json": {"title": "New", "order": []}}).generation == 3
