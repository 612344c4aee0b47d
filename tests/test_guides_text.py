"""What a page shows: assessments and pictures where they stand in its text, and not in code or comments."""

from __future__ import annotations

import pytest
from guiding import gaps, page, read, root

from exportmanager.core.guide import ContentType
from exportmanager.formats.guides import local_path
from exportmanager.formats.guides.page_text import look_at


def shown(text: str, written_in: ContentType = ContentType.MARKDOWN) -> tuple[str, ...]:
    return look_at(text, written_in).assessments


def pictures(text: str, written_in: ContentType = ContentType.MARKDOWN) -> tuple[str, ...]:
    return look_at(text, written_in).pictures


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("{Check it|assessment}(test-1)", ["test-1"]),
        ("{ Check it | assessment }( test-1 )", ["test-1"]),
        ("a {b|assessment}(t-1) c {d|assessment}(t-2)\n{e|assessment}(t-1)", ["t-1", "t-2", "t-1"]),
        ("{Say {hi}|assessment}(t-1)", ["t-1"]),
        ("- {in a list|assessment}(t-1)\n  > {quoted|assessment}(t-2)", ["t-1", "t-2"]),
        ("|||info\n{in a box|assessment}(t-1)\n|||", ["t-1"]),
        ("<details>{in HTML|assessment}(t-1)</details>", ["t-1"]),
        ("Run `x` and `y`. {After code|assessment}(t-1)", ["t-1"]),
        ("a ` alone\n\n{b|assessment}(t-1) and ` again", ["t-1"]),
        ("```\n{x|assessment}(t-0)\n```\n{after|assessment}(t-1)", ["t-1"]),
        ("no brace|assessment}(t-1)", []),
        ("{two\nlines|assessment}(t-1)", []),
        ("{Run|terminal}(assessment)", []),
        ("{x|assessment}()", []),
        ("`{x|assessment}(t-1)`", []),
        ("``{x|assessment}(`t-1`)`` `{x|assessment}(t-1)`", []),
        ("~~~~\n{x|assessment}(t-1)\n```\n~~~\n{x|assessment}(t-2)", []),
        ("  ```python\r\n{x|assessment}(t-1)\r\n  ```\r\n", []),
        ("```a`b {x|assessment}(t-1)", ["t-1"]),
        ("<!-- {x|assessment}(t-1)\n --> {y|assessment}(t-2)", ["t-2"]),
        ("<!-- never closed {x|assessment}(t-1)", ["t-1"]),
    ],
)
def test_assessments_are_found_where_the_page_shows_them(text: str, ids: list[str]) -> None:
    assert list(shown(text)) == ids


def test_a_page_in_html_has_no_fences() -> None:
    text = "<pre>\n```\n</pre>{x|assessment}(t-1)<img src='a.png'>![no](b.png)"
    assert shown(text, ContentType.HTML) == ("t-1",)
    assert pictures(text, ContentType.HTML) == ("a.png",)


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("![alt](.guides/img/a.png)", [".guides/img/a.png"]),
        ('![alt](.guides/img/a.png "A title") ![](b.gif =100x20)', [".guides/img/a.png", "b.gif"]),
        ("![two\nlines](</img/with space.png>)", ["img/with space.png"]),
        ("![](img/growth%20chart.png?raw=1#top) ![](img/%C3%A9.png)", ["img/growth chart.png", "img/é.png"]),
        ("![](./img/../img//a.png) ![](img/a.png)", ["img/a.png"]),
        ("![](img/plot_(1).png)", ["img/plot_(1).png"]),
        ("[![](img/a.png)](https://example.org)", ["img/a.png"]),
        ('<img alt="x"\n src="img/a.png"> <IMG SRC=img/b.png/>', ["img/a.png", "img/b.png/"]),
        ("<img data-src='no.png' src='img/a&amp;b.png'>", ["img/a&b.png"]),
        ("![alt][Fig] ![fig][]\n\n[fig]: img/a.png 'title'\n[FIG]: img/second.png", ["img/a.png"]),
        ("![](https://example.org/a.png) ![](//example.org/a.png) ![](data:image/png;base64,xx) ![](#x)", []),
        ("![](file:///etc/passwd) <img src='javascript:x'> <img src=''> ![]() ![x][nothing]", []),
        ("`![](a.png)`\n```\n<img src=b.png>\n```\n<!-- ![](c.png) -->", []),
        ("[a link](a.png) <imgx src='b.png'>", []),
    ],
)
def test_local_pictures_are_found_as_paths_of_the_project(text: str, paths: list[str]) -> None:
    assert [path.rstrip("/") for path in pictures(text)] == [path.rstrip("/") for path in paths]


def test_a_path_that_climbs_out_stays_one_that_is_in_no_project() -> None:
    assert local_path("../../etc/passwd") == "../../etc/passwd"
    assert local_path("/") == local_path(".") == local_path("?x") == ""


def test_pictures_that_are_not_there_are_named_and_those_that_are_elsewhere_are_not() -> None:
    text = "![](.guides/img/here.png) ![](.guides/img/gone.png) ![](https://example.org/x.png) ![](link.png)"
    guide = read(root("p", "q") | page("p", text) | page("q", text) | {".guides/img/here.png": b"x", "link.png": ""})
    assert gaps(guide) == [("picture", ".guides/img/gone.png")]


@pytest.mark.parametrize(
    ("text", "is_open"),
    [
        ("|||info\nx\n|||\n", False),
        ("||| info\nx\n |||  \n|||Topic\ny", True),
        ("|||info\n|||warning\nx\n|||", False),
        ("|||\nx", False),
        ("a |||info\nb", False),
        ("||| no box, three bars |||", False),
        ("```\n|||info\n```", False),
        ("|||info\r\nx\r\n|||\r\n", False),
    ],
)
def test_a_box_that_is_never_closed_is_found(text: str, is_open: bool) -> None:
    assert look_at(text, ContentType.MARKDOWN).has_open_callout is is_open
    assert [what for what, _ in gaps(read(root("p") | page("p", text)))] == ["guide page"] * is_open


SIZE = 1_000_000


@pytest.mark.parametrize(
    "pattern",
    [
        "![", "![]", "![](", "![](a(", "<img ", "<img src=", "<img src", "<img src='", "a`", "``a`", "<!--", "{", "|",
        "|assessment}(", "{a|assessment}(b)", "||| ", "[a]:", "![a][b]", "```\n", "    \n", "]", "(", "\n\n", "| \t",
        "||| " + " " * (SIZE - 5) + "!",
    ],
)  # fmt: skip
def test_what_stands_after_a_megabyte_of_anything_is_found_and_not_only_after_hours(pattern: str) -> None:
    text = pattern * (SIZE // len(pattern))
    assert shown(f"{text}\n\n{{x|assessment}}(last)")[-1] == "last"
