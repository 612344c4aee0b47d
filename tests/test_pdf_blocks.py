"""Each construct of the guides' dialect, as it stands on printed pages."""

from __future__ import annotations

import pytest
from drawing_pages import question
from drawing_pdf import MARGIN, WIDTH, node_of, pdf_of, shown, view_of
from reportlab.platypus import Flowable

from exportmanager.core.guide import GuideNode
from exportmanager.formats.guides_html.style import MOODS, NAMES
from exportmanager.formats.pdf.blocks import markdown_flowables
from exportmanager.formats.pdf.boxes import Box, Column, Item, kept_together
from exportmanager.formats.pdf.lines import TextBlock, TextStyle
from exportmanager.formats.pdf.page import page_flowables
from exportmanager.formats.pdf.spans import Words
from exportmanager.formats.pdf.style import MOODS as BOX_MOODS
from exportmanager.formats.pdf.view import Edition, Missed

TEACHER = Edition(teacher_notes=True)


def lines(count: int, *, keep: bool = False) -> TextBlock:
    """A block of so many lines of 10 points."""
    style = TextStyle(size=8, leading=10, keep_with_next=keep, preserve=True)
    return TextBlock([Words("\n".join(f"line {number}" for number in range(count)))], style, Missed())


def heights(parts: list[Flowable], width: float = 200.0) -> list[float]:
    return [part.wrap(width, 1e6)[1] for part in parts]


# Text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("# One\n\n###### Six", "One Six"),
        ("- a\n  1. b\n- c", "• a 1. b • c"),
        ("3. x\n4. y", "3. x 4. y"),
        ("~~gone~~ **b** *i* ==m== ++p++ H~2~O 19^th^", "gone b i m p H2O 19th"),
        ("Term\n: what it is\n\nOther\n~ as well", "Term what it is Other as well"),
        ("- [x] done\n- [ ] open", "\u2611 done \u2610 open"),
        ("(c) 2026 +- 2 -- well...", "\u00a9 2026 \u00b1 2 \u2013 well..."),
        ("{{first}} and {{{second}}} at {{domain3000}}", "{{first}} and {{{second}}} at {{domain3000}}"),
        ("&lt;b&gt; &amp; `<i>`", "<b> & <i>"),
        ("> said\n> so\n>\n> > twice", "said so twice"),
        ("one  \ntwo\nthree", "one two three"),
        ("costs $3 and $4.50, in a shell `$HOME`", "costs $3 and $4.50, in a shell $HOME"),
        ("|||nothing is closed\n\n|||info\nin the box", "|||nothing is closed Info in the box"),
    ],
)
def test_text_is_on_the_page_in_its_order(text: str, words: str) -> None:
    found = shown(text)
    assert found.text == words
    assert found.gaps == []


def test_abbreviations_are_explained_once_below_the_text() -> None:
    assert shown("HTML and HTML.\n\n*[HTML]: HyperText Markup Language").text == (
        "HTML and HTML. HTML: HyperText Markup Language"
    )


def test_footnotes_stand_below_the_text_with_their_numbers() -> None:
    found = shown("A half[^half], and[^b] more.\n\n[^half]: *So* it is.\n[^b]: Or not.\n\nThe end.")
    assert found.text == "A half[1], and[2] more. The end. 1. So it is. 2. Or not."


# Boxes


@pytest.mark.parametrize("kind", sorted(MOODS))
def test_callouts_have_a_box_with_their_name(kind: str) -> None:
    view = view_of(node_of(""), edition=TEACHER)
    (box,) = markdown_flowables(f"|||{kind}\nin it\n|||", view)
    assert isinstance(box, Box)
    name = {"guidance": "Teacher only", "image": ""}.get(kind) or NAMES.get(kind, "")
    expected = f"{'' if kind == 'image' else name} in it".strip()
    assert pdf_of([box]).text == expected


def test_every_mood_of_a_callout_has_colours_here() -> None:
    assert set(MOODS.values()) | {"neutral", "question", "code", "plain"} <= set(BOX_MOODS)


def test_a_callout_of_an_unknown_type_is_a_box_with_its_name() -> None:
    assert shown("||| Strange-Type\nin it\n|||\n\nbelow").text == "Strange-Type in it below"


def test_boxes_in_boxes_stay_on_the_page_however_many_there_are() -> None:
    text = "".join(f"{'> ' * depth}- level {depth}\n{'> ' * depth}\n" for depth in range(1, 36))
    found = shown(text)
    assert all(f"level {depth}" in found.text for depth in range(1, 36))


def test_text_that_is_nested_too_deeply_to_be_read_is_said_to_be_missing() -> None:
    found = shown(f"{'> ' * 60}too deep\n\nafterwards")
    assert "afterwards" in found.text
    assert "nested too deeply" in found.text
    assert found.gaps == [("Text in boxes and lists", "it is nested too deeply to be read")]


# What belongs to the platform


def test_buttons_are_labels_with_what_they_do() -> None:
    found = shown("{Run}(python3 a.py) {List|terminal}(ls -la) {Up|upload-file}(work)")
    assert found.text == "Run python3 a.py List ls -la runs in the terminal Up work uploads a file"


def test_actions_are_words_with_what_they_do_and_no_links() -> None:
    found = shown('[the file](open_file a.txt panel=1; cmd "ls -l") and [x](close_all)')
    assert found.text == 'the file (open_file a.txt panel=1; cmd "ls -l") and x (close_all)'
    assert found.links == []


def test_the_way_to_a_section_is_a_link_within_the_document() -> None:
    found = shown("{On|go-to-section-titled}(Next page)", others=[node_of("There.", "Next page", name="n2")])
    assert found.text == "On"
    assert found.links == ["n1"]
    assert found.gaps == []


def test_a_way_to_nowhere_is_text_with_a_note_and_a_gap() -> None:
    found = shown("{On|go-to-section-titled}(Nowhere)")
    assert found.text == "On There is no page Nowhere"
    assert found.links == []
    assert found.gaps == [("Link to the page Nowhere", "there is no such page")]


def test_no_way_leads_to_a_page_that_this_edition_does_not_have() -> None:
    hidden = node_of("Secret.", "Hidden", name="n2", teacher_only=True)
    assert shown("{On|go-to-section-titled}(Hidden)", others=[hidden]).links == []
    assert shown("{On|go-to-section-titled}(Hidden)", others=[hidden], edition=TEACHER).links == ["n1"]


@pytest.mark.parametrize(
    ("text", "links"),
    [
        (
            "[a](https://example.org/x?y=1#z) <http://example.org>",
            ["https://example.org/x?y=1#z", "http://example.org"],
        ),
        ("[a](mailto:a@example.org)", ["mailto:a@example.org"]),
        ('<a href="https://example.org/ü">a</a>', ["https://example.org/%C3%BC"]),
        ("[a](other.md) [b](/etc/passwd) [c](#place) [d](//example.org)", []),
        ("[a](javascript:alert(1)) [b](file:///etc/passwd) [c](data:text/html,x)", []),
        ('<a href="javascript:alert(1)">a</a> <a href="file:///x">b</a> <a href="ftp://example.org">c</a>', []),
        ("[a](#p2)", ["n1"]),
    ],
)
def test_only_addresses_of_the_web_and_of_people_are_links(text: str, links: list[str]) -> None:
    found = shown(text, others=[node_of("", "Other", name="p2")])
    assert found.links == links
    assert "a" in found.text


def test_a_question_stands_where_it_is_placed() -> None:
    task = question(
        "multiple-choice-1", {"instructions": "Which one?", "answers": [{"answer": "this", "correct": True}]}
    )
    found = shown("before {Q|assessment}(multiple-choice-1) behind", task)
    assert [found.text.index(word) for word in ("before", "Which one?", "this", "behind")] == sorted(
        found.text.index(word) for word in ("before", "Which one?", "this", "behind")
    )


def test_a_question_that_is_not_there_leaves_a_note_and_a_gap() -> None:
    found = shown("{Q|assessment}(test-9)")
    assert found.text == "The question test-9 is not in this guide"
    assert found.gaps == [("Question test-9", "it is not in this guide")]


def test_a_question_in_a_question_is_only_named() -> None:
    inner = question("test-1")
    view = view_of(node_of(""), questions=[inner])
    drawn = pdf_of(markdown_flowables("{Q|assessment}(test-1)", view, in_question=True))
    assert drawn.text == "Question A name"


def test_formulas_that_cannot_be_read_are_shown_as_they_are_written() -> None:
    found = shown("so $\\nosuchcommand{x}$ and\n\n$$\\nosuchcommand{y}$$")
    assert found.text == "so \\nosuchcommand{x} and \\nosuchcommand{y}"
    assert {why for _, why in found.gaps} == {"its TeX cannot be read"}


def test_formulas_are_drawn_without_a_gap() -> None:
    assert shown("so $x^2$ and\n\n$$\n\\frac{a}{b}\n$$").gaps == []


# What only teachers see


@pytest.mark.parametrize(
    "text",
    [
        "|||guidance\nSECRET\n|||\n\nseen",
        "- seen\n\n  |||Guidance\n  SECRET\n  |||",
        "> |||guidance\n> SECRET\n\nseen",
        "<div>\n|||guidance\nSECRET\n|||\n</div>\n\nseen",
        "<details>\n|||guidance\nSECRET\n\nSECRET too\n|||\n</details>\n\nseen",
        "|||guidance\nSee[^a].\n|||\n\n[^a]: SECRET\n\nseen",
        "seen[^a]\n\n|||guidance\n[^a]: SECRET\n|||",
        "seen HTML\n\n|||guidance\n*[HTML]: SECRET\n|||",
        "seen [x]\n\n|||guidance\n[x]: http://example.org/SECRET\n|||",
        "seen\n\n|||guidance\nSECRET",
        "::: guidance\nSECRET\n:::\n\nseen",
    ],
)
def test_guidance_is_only_in_editions_with_the_notes_of_teachers(text: str) -> None:
    found = shown(text)
    assert "seen" in found.text
    assert "SECRET" not in found.text + "".join(found.links)
    assert "SECRET" in (teacher := shown(text, edition=TEACHER)).text + "".join(teacher.links)


# How things stand together


def test_what_is_kept_with_the_next_never_ends_a_page() -> None:
    parts = Column([lines(3), lines(1, keep=True), lines(2)]).split(200, 45)
    assert heights(parts) == [30, 30]


def test_a_long_child_is_split_where_the_page_ends() -> None:
    parts = Column([lines(1, keep=True), lines(20)]).split(200, 105)
    assert heights(parts) == [100, 110]


def test_a_column_that_fits_is_not_split_and_one_without_room_goes_on_the_next_page() -> None:
    column = Column([lines(2), lines(2)])
    assert column.split(200, 50) == [column]
    assert column.split(200, 5) == []


def test_a_box_says_what_it_is_on_its_first_page_only() -> None:
    parts = Box([lines(60)], "info", "Label").split(WIDTH, 300)
    assert [pdf_of([part]).text.count("Label") for part in parts] == [1, 0]
    assert max(heights(parts[:1], WIDTH)) <= 300


def test_an_item_over_two_pages_has_its_sign_on_the_first() -> None:
    parts = Item([lines(60)], TextBlock([Words("7.")], TextStyle(), Missed()), 20, 3).split(WIDTH, 300)
    assert [pdf_of([part]).text.startswith("7.") for part in parts] == [True, False]


def test_headings_are_kept_with_what_follows_them() -> None:
    flowables = kept_together([lines(1, keep=True), lines(1, keep=True), lines(1), lines(1)])
    assert [type(found) for found in flowables] == [Column, TextBlock]
    assert not any(found.getKeepWithNext() for found in flowables)


def test_headings_without_end_are_pages_all_the_same() -> None:
    found = shown("# heading\n" * 200)
    assert len(found.pages) > 3
    assert found.text.count("heading") == 200


def test_the_same_page_gives_the_same_bytes() -> None:
    text = "# A\n\ntext `code`[^1]\n\n[^1]: x\n\n|||info\n```python\nx = 1\n```\n|||\n\n|a|b|\n|-|-|\n|1|2|"
    assert shown(text).data == shown(text).data


def test_nothing_passes_the_right_edge() -> None:
    wide = "x" * 400
    found = shown(
        f"{wide}\n\n`{wide}`\n\n```\n{wide}\n```\n\n|{wide}|b|\n|-|-|\n|{wide}|{wide}|\n\n- {wide}\n\n> {wide}"
    )
    ends: list[float] = []

    def visit(text: str, matrix: list[float], place: list[float], *_: object) -> None:
        if text.strip():
            ends.append(matrix[4] + place[4] * matrix[0])

    for page in found.pages:
        page.extract_text(visitor_text=visit)
    assert ends
    assert max(ends) < MARGIN + WIDTH


def test_pages_of_all_kinds_are_drawn_one_after_the_other() -> None:
    nodes: list[GuideNode] = [node_of(f"text {number}", f"Title {number}", name=f"p{number}") for number in range(3)]
    view = view_of(*nodes)
    found = pdf_of([part for node in nodes for part in page_flowables(node, view)])
    assert found.text == "Title 0 text 0 Title 1 text 1 Title 2 text 2"
