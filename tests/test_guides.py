"""Guides as they are stored since 2022: pages in their order with all that came with them, and every hazard named."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from typing import Any

import pytest
from guiding import CONTENT, Project, folder, gaps, outline, page, placed, read, root, task

from exportmanager.core.course import AssignmentId
from exportmanager.core.guide import ContentType, NodeKind
from exportmanager.formats.guides import assessments_of, read_guide


def test_a_project_without_a_guide_has_none() -> None:
    student_work = {"main.py": "1", ".guides/img/x.png": b"x", ".guides/assessmentsAnswers.json": "[]"}
    assert read_guide(Project(student_work)) is None


def test_pages_come_in_the_order_that_the_guide_gives_at_any_depth() -> None:
    guide = read(
        root("z", "part", "a")
        | page("z")
        | page("a")
        | folder("part", ["two", "inner"])
        | page("part/two")
        | folder("part/inner", ["deep"], type="section")
        | page("part/inner/deep")
    )
    assert outline(guide) == ["z", "part", ["two", "inner", ["deep"]], "a"]
    assert [node.title for node in guide.pages()] == ["z", "two", "deep", "a"]
    assert [node.kind for node in guide.walk()] == ["page", "chapter", "page", "section", "page", "page"]
    assert (guide.generation, guide.title, guide.page_count, guide.gaps) == (3, "A guide", 4, ())


def test_everything_that_came_with_a_node_is_kept() -> None:
    extra: dict[str, Any] = {
        "layout": "4-cell",
        "files": [{"path": "#tabs", "action": "close"}],
        "nobody knows": {"this": 1},
    }
    guide = read(root("p", theme="light", hideMenu=True, new=1) | page("p", teacherOnly=True, **extra))
    (node,) = guide.nodes
    assert extra.items() <= node.fields.items()
    assert (node.teacher_only, node.id, node.path) == (True, "id-p", "p")
    assert (node.content, node.content_path) == ("Some text.\n", f"{CONTENT}/p.md")
    assert (guide.fields["theme"], guide.fields["new"]) == ("light", 1)
    with pytest.raises(FrozenInstanceError):
        node.title = "other"  # type: ignore[misc]


def test_header_footer_and_styles_are_read() -> None:
    wrapping = {
        f"{CONTENT}/header.html": "<b>",
        f"{CONTENT}/footer.html": "</b>",
        ".guides/styles.css": "b {}",
    }
    guide = read(root() | wrapping)
    assert (guide.header_html, guide.footer_html, guide.css, guide.gaps) == ("<b>", "</b>", "b {}", ())


def test_a_page_in_html_is_told_by_its_file_and_chapters_have_texts_of_their_own() -> None:
    chapter = folder("c", []) | {f"{CONTENT}/c/index.md": "Welcome"}
    guide = read(root("h", "both", "c") | page("h", "<p>", ".html") | page("both", "md") | chapter)
    assert [node.content_type for node in guide.nodes] == [ContentType.HTML, ContentType.MARKDOWN, ContentType.MARKDOWN]
    assert guide.nodes[2].content == "Welcome"
    both = page("b", "<i>", ".html", contentType="html") | {f"{CONTENT}/b.md": "older"}
    assert read(root("b") | both).nodes[0].content == "<i>"
    assert guide.gaps == ()


def test_what_is_listed_and_not_there_is_named_and_the_rest_is_read() -> None:
    strange = ["gone", "", ".", "..", "../outside", "c/inner", "index", 7, None, {"a": 1}]
    guide = read(root("p", *strange) | page("p") | folder("c", []) | page("c/inner") | {"outside.json": "{}"})
    assert outline(guide) == ["p"]
    assert guide.gaps[0].what == "10 guide pages"
    assert guide.gaps[0].why.endswith("there is no such page: gone, , . and 7 more")


def test_a_page_that_is_not_listed_is_named_once_with_all_below_it() -> None:
    lost = folder("lost", ["x"]) | page("lost/x") | {f"{CONTENT}/notes.md": "?", f"{CONTENT}/no/index/p.json": "{}"}
    guide = read(root("p") | page("p") | page("draft") | lost)
    assert gaps(guide) == [("4 guide pages", "draft, lost, no/index/p and 1 more")]


def test_what_is_listed_twice_is_read_once() -> None:
    guide = read(root("p", "p", "c", "c") | page("p") | folder("c", []))
    assert outline(guide) == ["p", "c", []]
    assert gaps(guide) == [("2 guide pages", "p, c")]


def test_nodes_with_one_id_stay_apart() -> None:
    guide = read(root("a", "b", "c") | page("a", id="same") | page("b", id="same") | page("c", id=5))
    assert [node.id for node in guide.nodes] == ["same", "b", "c"]
    assert guide.nodes[1].fields["id"] == "same"
    assert gaps(guide) == [("guide page", "b")]


def test_a_page_whose_json_cannot_be_read_is_shown_with_its_text() -> None:
    broken = {f"{CONTENT}/b.json": '{\n"id": ', f"{CONTENT}/b.md": "text", f"{CONTENT}/l.json": "[]"}
    guide = read(root("b", "l") | broken)
    assert [(node.title, node.content) for node in guide.nodes] == [("b", "text"), ("l", "")]
    assert guide.gaps[0].what == "2 guide files"
    assert "could not be read: .guides/content/b.json, line 2: this is not valid JSON" in guide.gaps[0].why
    assert gaps(guide)[1] == ("guide page", "l"), "and one has no text either"


@pytest.mark.parametrize("index", [{}, {f"{CONTENT}/index.json": "{"}, {f"{CONTENT}/index.json": "[]"}])
def test_a_guide_whose_order_is_lost_comes_by_file_names(index: dict[str, str]) -> None:
    guide = read(index | page("b") | page("a") | folder("c", ["inner"]) | page("c/inner"))
    assert outline(guide) == ["a", "b", "c", ["inner"]]
    assert guide.gaps[-1].what == "guide folder"


def test_texts_in_another_encoding_are_read_and_named() -> None:
    files = root("a", "b") | page("a") | page("b")
    files[f"{CONTENT}/a.md"] = "Größe".encode("latin-1")
    files[f"{CONTENT}/b.md"] = b"\xef\xbb\xbfwith a mark"
    guide = read(files)
    assert [node.content for node in guide.nodes] == ["Größe", "with a mark"]
    assert gaps(guide) == [("guide file", f"{CONTENT}/a.md")]


def test_only_the_guide_at_the_root_counts() -> None:
    inner = {f"backup/{path}": value for path, value in (root("x") | page("x")).items()}
    older = {"book/generate/.guides/metadata.json": "{}", "old/.guides/sections.md": ""}
    guide = read(root("p") | page("p") | inner | older)
    assert outline(guide) == ["p"]
    assert gaps(guide) == [("3 second guides", "backup, book/generate, old")]
    assert read_guide(Project(inner)) is None


def test_assessments_come_in_the_order_in_which_pages_show_them_and_then_by_file() -> None:
    chapter = folder("c", ["q"]) | {f"{CONTENT}/c/index.md": placed("t-3")}
    guide = read(
        root("c", "p") | chapter | page("c/q", placed("t-9", "t-1")) | page("p", placed("t-2"))
        | task("t-1", "test") | task("t-2", points=7) | task("t-3", "parsons-puzzle") | task("t-9")
        | task("u-2", points=100) | task("u-1", "grade-book")
    )  # fmt: skip
    assert [item.id for item in guide.assessments] == ["t-3", "t-9", "t-1", "t-2", "u-1", "u-2"]
    assert [item.position for item in guide.assessments] == [0, 1, 2, 3, 4, 5]
    assert [item.page_ids for item in guide.assessments[:3]] == [("id-c",), ("id-c/q",), ("id-c/q",)]
    assert guide.points == 22, "those that no page shows do not count"
    assert gaps(guide) == [("assessment", "u-2")], "students never see a grade-book"
    first = assessments_of(guide, AssignmentId("a1"))[0]
    assert (first.id, first.assignment_id, first.type, first.name) == ("t-3", "a1", "parsons-puzzle", "Name of t-3")
    assert (first.points, first.position) == (5.0, 0)


def test_an_assessment_that_nobody_knows_is_kept_whole() -> None:
    strange = {"taskId": "splice-1", "type": "splice", "source": ["not", "an", "object"], "other": {"key": 1}}
    guide = read(root("p") | page("p", placed("splice-1", "bare")) | {".guides/assessments/x.json": strange} | {
        ".guides/assessments/y.json": {"taskId": "bare"}})  # fmt: skip
    assert (guide.assessments[0].definition, guide.assessments[0].type) == (strange, "splice")
    assert [(item.name, item.type, item.points) for item in guide.assessments] == [
        ("splice-1", "splice", None), ("bare", "", None),
    ]  # fmt: skip
    assert guide.gaps == ()


@pytest.mark.parametrize(
    ("written", "points"),
    [(5, 5.0), (2.5, 2.5), ("7", 7.0), (0, 0.0), (True, None), ("many", None), (None, None), ([1], None),
     (10**400, None), ("nan", None), (1e18, None)],
)  # fmt: skip
def test_points_are_numbers_however_they_are_written(written: object, points: float | None) -> None:
    assert read(root() | task("t", points=written)).assessments[0].points == points


def test_what_is_wrong_with_assessments_is_named_once_for_each_kind() -> None:
    twin = {".guides/assessments/z-copy.json": {"taskId": "t-1", "type": "test"}}
    broken = {".guides/assessments/broken.json": "{", ".guides/assessments/none.json": {"type": "test"}}
    beside = {".guides/assessments/t-1-parameters.py": "x", ".guides/assessments/deeper/t-8.json": {"taskId": "t-8"}}
    pages = page("a", placed("t-1", "gone")) | page("b", placed("t-1", "lost"))
    guide = read(root("a", "b") | pages | task("t-1") | twin | broken | beside | task("extra"))
    assert [item.id for item in guide.assessments] == ["t-1", "extra"]
    assert guide.assessments[0].type == "multiple-choice"
    assert guide.assessments[0].page_ids == ("id-a", "id-b")
    said = {gap.why.partition(":")[0]: (gap.what, gap.why.partition(": ")[2]) for gap in guide.gaps}
    assert said["its taskId is missing"] == ("assessment", ".guides/assessments/none.json")
    assert said["with a taskId that stands there twice; the first one was read"][0] == "assessment"
    assert said["shown on a page, but not in the project"] == ("2 assessments", "gone (a), lost (b)")
    assert said["shown in more than one place"] == ("assessment", "t-1")
    assert said["in the project, but shown on no page"] == ("assessment", "extra")
    assert "line 1: this is not valid JSON" in said["could not be read"][1]
    assert len(said) == len(guide.gaps) == 6


def test_assessments_can_be_all_that_there_is() -> None:
    guide = read(task("t"))
    assert (guide.nodes, len(guide.assessments), guide.gaps) == ((), 1, ())


def test_a_name_from_outside_cannot_break_a_sentence() -> None:
    guide = read(root("two\nlines\x1b[31m" + "x" * 500))
    why = guide.gaps[0].why
    assert "\n" not in why
    assert "\x1b" not in why
    assert len(why) < 200


def test_kinds_that_nobody_knows_are_told_by_their_place() -> None:
    guide = read(root("c") | folder("c", ["s"], type="part") | folder("c/s", ["p"], type=3) | page("c/s/p", type="x"))
    assert [node.kind for node in guide.walk()] == [NodeKind.CHAPTER, NodeKind.SECTION, NodeKind.PAGE]
