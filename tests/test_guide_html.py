"""Each construct of the guides' dialect, as the window draws it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from drawing_pages import Held, drawn, page, question, text_of
from sample import SAMPLE, pages

from exportmanager.core.guide import ContentType, Guide, GuideNode, NodeKind
from exportmanager.formats.guides_html import PageColours, PageView, page_html, style_sheet
from exportmanager.formats.guides_html.style import CLASSES, MOODS, NAMES
from exportmanager.formats.guides_markdown import language_of, parse

COLOURS = PageColours(
    text="#000001", muted="#000002", base="#000003", ground="#000004", border="#000005", accent="#000006",
    link="#000007", warning="#000008", loss="#000009", good="#00000a",
)  # fmt: skip


def kinds(text: str) -> list[str]:
    """The types of all tokens of a text, those in lines too."""
    tokens = parse(text)
    return [found.type for token in tokens for found in (token, *(token.children or ()))]


# Text


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("# One\n\n## Two", "<h1>One</h1>\n<h2>Two</h2>"),
        ("- a\n  1. b", "<ul>\n<li>a\n<ol>\n<li>b</li>\n</ol>\n</li>\n</ul>"),
        ("~~gone~~ **b** *i*", "<del>gone</del>"),
        ("a\n\n---", "<hr>"),
        ("Term\n: what it is\n\nOther\n~ as well", "<dt>Other</dt>\n<dd>as well</dd>"),
        ("- [x] done\n- [ ] open", "<li>\u2611 done</li>\n<li>\u2610 open</li>"),
        ("(c) 2026 +- 2 -- well...", "\u00a9 2026 \u00b1 2 \u2013 well\u2026"),
        ("19^th^ H~2~O ==marked== ++put in++", "19<sup>th</sup> H<sub>2</sub>O <mark>marked</mark> <ins>put in</ins>"),
        ("a == b and c == d, C++ and g++", "a == b and c == d, C++ and g++"),
        ("{{first}} and {{{second}}} at {{domain3000}}", "{{first}} and {{{second}}} at {{domain3000}}"),
        ("&lt;b&gt; &amp; `<i>`", "&lt;b&gt; &amp; <code>&lt;i&gt;</code>"),
        ("> said\n> so", "<blockquote>"),
        ("# A *word*{.voc}", "<h1>A <em>word</em></h1>"),
    ],
)
def test_text_is_drawn(text: str, html: str) -> None:
    assert html in drawn(text).replace("<s>", "<del>").replace("</s>", "</del>")


def test_tables_keep_their_alignment() -> None:
    html = drawn("|a|b|c|d|\n|:-|:-:|-:|-|\n|1|2|3|4|")
    assert '<th align="left">a</th><th align="center">b</th><th align="right">c</th><th>d</th>' in re.sub(
        r"\n", "", html
    )
    assert '<td align="right">3</td>' in html


def test_footnotes_stand_below_and_are_linked() -> None:
    html = drawn("A half[^half].\n\n[^half]: *So it is.*")
    assert '<a href="#fn1">[1]</a>' in html
    assert '<li id="fn1">' in html
    assert html.index("[1]") < html.index("So it is.")


def test_abbreviations_are_explained_where_they_stand_as_words() -> None:
    html = drawn("HTML, xHTMLx and `HTML`.\n\n*[HTML]: HyperText Markup Language")
    assert html.count('<abbr title="HyperText Markup Language">HTML</abbr>') == 1


def test_a_title_is_set_above_a_page_that_has_none_of_its_own() -> None:
    assert text_of(drawn("text", title="A & B")) == "A & B text"
    assert text_of(drawn("# Mine\n\ntext", title="A & B")) == "Mine text"
    assert text_of(drawn("", title="A")) == "A There is no text here."


# Code and mathematics


@pytest.mark.parametrize(
    ("info", "language"),
    [
        ("python", "python"), ("python-hide-clipboard", "python"), ("code", ""), ("", ""), ("{r, echo=FALSE}", "r"),
        ("{r}", "r"), ('{data-added-lines="5"}', ""), ('python {data-added-lines="2"}', "python"), ("C++", "c++"),
        ("  ", ""),
    ],
)  # fmt: skip
def test_the_language_of_a_fence_is_read(info: str, language: str) -> None:
    assert language_of(info) == language


def test_code_is_coloured_where_its_language_is_known() -> None:
    html = drawn('```python\nfor n in "a":  # so\n    print(1)\n```\n\n```nonsense\nfor n\n```\n\n    indented <b>')
    for name, words in (("keyword", "for"), ("string", "&quot;a&quot;"), ("comment", "# so"), ("number", "1")):
        assert f'<span class="hl-{name}">{words.replace("&quot;", chr(34))}</span>' in html
    assert "<pre>for n</pre>" in html
    assert "<pre>indented &lt;b&gt;</pre>" in html


def test_code_keeps_its_lines_and_columns() -> None:
    assert "<pre>a\n\n   b</pre>" in drawn("```\na\n\n   b\n```")


@pytest.mark.parametrize("text", ["$n$", "$A = \\pi r^2$", "see $x$, or $y$.", "$4$ apples", "$$x^2$$ in a line"])
def test_mathematics_in_a_line_is_kept_as_text(text: str) -> None:
    assert '<span class="math">' in drawn(text)


@pytest.mark.parametrize("text", ["$$\nx\n= y\n$$", "$$x = 1$$", "```math\nx\n```"])
def test_mathematics_on_lines_of_its_own_is_kept_as_text(text: str) -> None:
    assert '<pre class="math">' in drawn(text)


@pytest.mark.parametrize(
    "text",
    [
        "costs $3 and $4.50, in a shell `$HOME`",
        "$ 5 and 6 $",
        "lunch was $8",
        "`$x^2$`",
        "```\n$x$\n```",
        "from $5 (each) to A$6",
        "pay $20 every month (or $200",
        "\\$x\\$",
    ],
)
def test_a_dollar_that_is_no_mathematics_stays(text: str) -> None:
    html = drawn(text)
    assert "math" not in html
    assert html.count("$") == text.count("$")


# Callouts


@pytest.mark.parametrize("kind", sorted(MOODS))
def test_a_callout_of_each_type_is_a_box_with_its_type_in_words(kind: str) -> None:
    html = drawn(f"|||{kind}\n## Title\ntext\n|||\nafter")
    words = "Teacher only" if kind == "guidance" else NAMES[kind]
    assert f'<td class="bar {MOODS[kind]}"' in html
    assert f'<p class="label">{words}</p>' in html
    assert "<h2>Title</h2>" in html
    assert html.index("</table>") < html.index("after")


def test_a_callout_may_be_written_with_a_space_and_capitals_and_be_of_an_unknown_type() -> None:
    assert '<p class="label">Warning</p>' in drawn("||| Warning\na\n|||")
    html = drawn("||| fieldTrip\na\n|||")
    assert '<p class="label">fieldTrip</p>' in html
    assert '"bar neutral"' in html


def test_a_callout_ends_where_the_next_begins_or_the_page_ends() -> None:
    tokens = [token.type for token in parse("|||info\na\n|||topic\nb\n|||\nc\n\n|||challenge\nd")]
    marks = [token.removeprefix("callout_") for token in tokens if token.startswith("callout")]
    assert marks == ["open", "close"] * 3
    assert "|||" not in drawn("|||info\na\n|||topic\nb\n|||\nc\n|||\nd")


def test_a_callout_holds_lists_tables_code_and_signs_of_callouts_in_code() -> None:
    html = drawn("- item\n\n  |||info\n  ```\n  |||\n  ```\n  |a|\n  |-|\n  |b|\n  |||\n- next")
    assert html.index("<pre>|||</pre>") < html.index("<th>a</th>") < html.index("next")
    assert html.count("<li>") == 2


def test_a_box_of_an_old_theme_is_a_callout() -> None:
    assert '<p class="label">infobox</p>' in drawn("::: infobox .tip\ntext\n:::")


# Buttons and links


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{Run it}(python3 a.py)", "Run it python3 a.py"),
        ('{Run | terminal}(python3 -c "print(1)")', 'Run python3 -c "print(1)" runs in the terminal'),
        ("{Quiet|background}(a > b)", "Quiet a > b runs in the background"),
        ("{Again|reset}()", "Again starts again"),
        ("{Slides|upload-file}(slides)", "Slides slides uploads a file"),
        ("{New|kind-of-its-own}(x)", "New x kind-of-its-own"),
        ("[Open *it*](open_file a.txt panel=0; cmd ls)", "Open it (open_file a.txt panel=0; cmd ls)"),
        ("[close](close_all)", "close (close_all)"),
    ],
)
def test_buttons_and_actions_are_words_with_what_they_do(text: str, said: str) -> None:
    html = drawn(text)
    assert text_of(html) == said
    assert "href" not in html


def test_a_command_is_one_token_and_not_a_link() -> None:
    assert kinds("a {Run}(ls) b [x](open_terminal) c") == [
        "paragraph_open", "inline", "text", "command", "text", "action_open", "text", "action_close", "text",
        "paragraph_close",
    ]  # fmt: skip


def test_a_way_to_another_page_goes_by_its_title() -> None:
    other = GuideNode(kind=NodeKind.SECTION, id="s 2", title="The end", path="x")
    html = drawn("{go|go-to-section-titled}( The end ) {lost|go-to-section-titled}(Nowhere)", others=(other,))
    assert '<a href="page:s%202">go</a>' in html
    assert text_of(html) == "go lost There is no page Nowhere"


def test_an_address_is_said_in_its_tooltip_and_a_file_is_no_link() -> None:
    html = drawn('[a](https://example.org/x "Notes") [b](notes.txt) <mailto:a@example.org> https://example.org/raw')
    assert '<a href="https://example.org/x" title="Notes: https://example.org/x">a</a>' in html
    assert "<a>b</a>" in html
    assert Held(html).values("href") == ["https://example.org/x", "mailto:a@example.org", "https://example.org/raw"]


# Pictures, films, HTML


def test_a_picture_of_the_project_is_shown_by_its_path() -> None:
    html = drawn(
        '![alt](.guides/img/a.png "Title") ![](/.guides/img/b%20c.png) <img src="./.guides/img/a.png" width=240>'
    )
    assert Held(html).values("src") == [
        "guide:.guides/img/a.png",
        "guide:.guides/img/b%20c.png",
        "guide:.guides/img/a.png",
    ]
    assert 'alt="alt" title="Title"' in html
    assert 'width="240"' in html


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("https://pictures.example.org/x.png", "Picture on the web: pictures.example.org (alt)"),
        ("//pictures.example.org/x.png", "Picture on the web: pictures.example.org (alt)"),
        (".guides/img/lost.png", "Missing picture: .guides/img/lost.png (alt)"),
        ("../../etc/passwd", "Missing picture: ../../etc/passwd (alt)"),
    ],
)
def test_a_picture_that_is_elsewhere_or_missing_is_said(source: str, said: str) -> None:
    html = drawn(f"![alt]({source})")
    assert text_of(html) == said
    assert "<img" not in html


def test_pictures_by_reference_and_in_callouts_are_shown() -> None:
    assert "guide:.guides/img/a.png" in drawn("|||image\n![x][one]\n\nCaption\n|||\n\n[one]: .guides/img/a.png")


def test_films_and_frames_are_an_address_to_read() -> None:
    html = drawn(
        '<div><iframe src="//player.example.org/1" width="500"></iframe></div>\n\n<video src="a.mp4">old</video>'
    )
    assert text_of(html) == "Not shown here: https://player.example.org/1 Not shown here: a.mp4"
    assert "href" not in html


def test_drawings_in_the_page_are_said() -> None:
    assert text_of(drawn("a <svg><text>b</text><svg/></svg> c")) == "a A drawing that is not shown here c"


def test_folded_parts_are_unfolded_with_what_is_in_them() -> None:
    html = drawn("<details>\n<summary>A <b>hint</b></summary>\n\n* one\n\n```python\nif a:\n```\n\n</details>\n\nafter")
    assert "details" not in html
    assert "A <b>hint</b>" in html
    assert html.index("hint") < html.index("<li>one</li>") < html.index("hl-keyword") < html.index("after")


def test_html_that_means_no_harm_is_kept() -> None:
    html = drawn(
        "<table><tr><td><pre><code>a\n b</code></pre></td></tr></table>\n\n<kbd>Ctrl</kbd> H<sub>2</sub>O<br>x"
    )
    for part in ("<pre><code>a\n b</code></pre>", "<kbd>Ctrl</kbd>", "H<sub>2</sub>O<br>x"):
        assert part in html


def test_a_page_in_html_has_its_header_and_no_script() -> None:
    html = drawn("<h1>Mine</h1><p>text</p><script>x()</script>", header="<div>Top</div>", is_html=True, title="T")
    assert text_of(html) == "Top Mine text" or text_of(html) == "TopMinetext"
    assert "script" not in html


def test_markdown_in_html_is_read_as_markdown() -> None:
    html = drawn('<script type="text/markdown">\n# Mine\n\n*so*\n</script>', is_html=True, title="T")
    assert "<h1>Mine</h1>" in html
    assert "<em>so</em>" in html


# Questions

CHOICE = {
    "instructions": "Which **two**?",
    "guidance": "Because.",
    "answers": [{"_id": "a", "correct": True, "answer": "`x`"}, {"_id": "b", "correct": False, "answer": "y"}],
}


def test_a_question_is_a_box_with_name_type_points_and_options() -> None:
    html = drawn("{Check|assessment}(multiple-choice-1)", question("multiple-choice-1", CHOICE))
    assert "Question \u00b7 Multiple choice \u00b7 Points: 5" in text_of(html)
    assert "Which <strong>two</strong>?" in html
    assert text_of(html).endswith("\u2713 right x \u25cb y Teacher only: rationale Because.")


def test_students_see_neither_the_right_answer_nor_the_rationale() -> None:
    html = drawn("{Check|assessment}(multiple-choice-1)", question("multiple-choice-1", CHOICE), for_teacher=False)
    assert text_of(html).endswith("Which two? \u25cb x \u25cb y")


SECRETS: dict[str, dict[str, Any]] = {
    "multiple-choice": {"answers": [{"_id": "a", "correct": True, "answer": "x"}], "guidance": "SECRET"},
    "fill-in-the-blanks": {"tokens": {"blank": ["SECRET"], "text": ["It is ", 0, "."]}},
    "code-output-compare": {"command": "SECRET", "sequence": [{"input": "SECRET", "output": "SECRET"}]},
    "test": {"command": "SECRET", "codeEnvConfig": '{"type": "SECRET"}'},
    "free-text": {"rubrics": [{"weight": 1, "message": "SECRET"}]},
    "llm-based-auto-rubric": {"solutions": [{"path": "a", "content": "SECRET"}], "rubrics": [{"title": "SECRET"}]},
    "grade-book": {"instructions": "SECRET", "rubrics": [{"message": "SECRET"}]},
    "math-stack": {"answers": [{"name": "a", "value": "SECRET"}]},
    "splice": {"url": "SECRET"},
}


@pytest.mark.parametrize("kind", SECRETS)
def test_what_only_teachers_see_is_on_no_page_for_students(kind: str) -> None:
    made = question(f"{kind}-1", SECRETS[kind])
    unfolded = frozenset({made.id})
    assert "SECRET" in drawn("{x|assessment}(" + made.id + ")", made, unfolded=unfolded)
    assert "SECRET" not in drawn("{x|assessment}(" + made.id + ")", made, unfolded=unfolded, for_teacher=False)


def test_blanks_are_shown_empty_with_the_words_to_choose_from() -> None:
    source = {"tokens": {"blank": ["int", "str"], "text": ["`1` is ", 0, ", `''` is ", 0, "."]}, "showValues": True}
    html = drawn(
        "{x|assessment}(fill-in-the-blanks-1)", question("fill-in-the-blanks-1", source | {"distractors": "bool\n"})
    )
    assert html.count('<span class="blank">') == 2
    assert "To choose from: bool, int, str" in html
    assert text_of(html).endswith("Teacher only: expected answer int | str")


def test_the_lines_of_a_puzzle_do_not_tell_their_order() -> None:
    source = {"initial": "b = 1\n    a = 2\nc #distractor", "options": '{"programmingLang": "python"}'}
    html = drawn("{x|assessment}(parsons-puzzle-1)", question("parsons-puzzle-1", source), for_teacher=False)
    assert text_of(html).endswith("a = 2 b = 1 c")


def test_a_question_nobody_knows_is_named_and_shown_as_it_came_on_demand() -> None:
    made = question("splice-1", {"url": "https://example.org/41"})
    folded = drawn("{x|assessment}(splice-1)", made)
    assert "splice" in text_of(folded)
    assert '<a href="unfold:splice-1">Show as it came</a>' in folded
    assert "example.org/41" not in folded
    assert "example.org/41" in drawn("{x|assessment}(splice-1)", made, unfolded=frozenset({"splice-1"}))


def test_a_question_that_is_not_there_leaves_words() -> None:
    assert text_of(drawn("a {x|assessment}(test-9) b")) == "a The question test-9 is not in this guide b"


def test_a_question_that_names_itself_is_drawn_once() -> None:
    made = question(
        "free-text-1", {"instructions": "{again|assessment}(free-text-1)", "guidance": "{a|assessment}(x-1)"}
    )
    assert drawn("{x|assessment}(free-text-1)", made).count('class="bar question"') == 1


def test_a_question_stands_apart_from_the_paragraph_it_is_written_in() -> None:
    types = [token.type for token in parse("before {x|assessment}(a-1) after\n{y | assessment }(b-2)")]
    assert types == [
        "paragraph_open", "inline", "paragraph_close", "assessment", "paragraph_open", "inline", "paragraph_close",
        "assessment",
    ]  # fmt: skip


# For teachers


def test_a_page_for_teachers_says_so_and_is_empty_for_students() -> None:
    assert text_of(drawn("text", teacher_only=True)) == "Teacher only: students do not see this page text"
    assert text_of(drawn("text", teacher_only=True, for_teacher=False)) == "Teacher only: students do not see this page"


def test_guidance_is_left_out_of_what_students_see_with_all_that_is_in_it() -> None:
    text = "a\n\n|||guidance\nb\n\n{x|assessment}(test-1)\n|||\n\nc"
    assert "b" in text_of(drawn(text, question("test-1")))
    assert text_of(drawn(text, question("test-1"), for_teacher=False)) == "a c"


# All of it


@pytest.mark.parametrize("path", sorted(pages()))
def test_every_page_of_the_sample_course_is_drawn(path: str) -> None:
    kind = ContentType.HTML if path.endswith(".html") else ContentType.MARKDOWN
    node = page(pages()[path], content_type=kind)
    project = SAMPLE / "assignments" / path.split("/")[1]
    view = PageView(guide=Guide(generation=3), why_not=lambda path: "" if (project / path).exists() else f"lost {path}")
    html = page_html(node, view)
    held = Held(html)
    assert held.text
    assert not re.search(r"\|\|\||\[\^|\]\(|\|assessment", "" if "<code>" in html else held.text)
    assert all(source.startswith("guide:.guides/img/") for source in held.values("src"))


def test_our_own_words_can_be_said_in_another_language() -> None:
    def say(text: str, /, **parts: object) -> str:
        return f"[{text.format(**parts)}]"

    html = drawn("|||info\na\n|||\n{x|assessment}(test-9)\n![](https://example.org/a.png)", say=say)
    for words in ("[Info]", "[The question test-9 is not in this guide]", "[Picture on the web: example.org]"):
        assert words in html


def test_the_style_sheet_colours_only_classes_that_pages_may_wear() -> None:
    sheet = style_sheet(COLOURS)
    assert set(re.findall(r"\.([a-z][\w-]*)", sheet)) <= CLASSES
    assert {f"#{n:06x}" for n in range(2, 11)} <= set(re.findall(r"#\w{6}", sheet))
    assert set(MOODS.values()) <= CLASSES
