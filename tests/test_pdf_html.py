"""HTML in guides, as it stands on printed pages: what of it may be shown, and words for the rest."""

from __future__ import annotations

import pytest
from drawing_pdf import shown

from exportmanager.formats.pdf.markup import tree_of_html, tree_of_markdown


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("<p>one</p>two<p>three", "one two three"),
        ("<b>one<i>two</b>three</i>", "onetwothree"),
        ("a<br>b<br/>c", "a b c"),
        ("<ul><li>x<li>y<ol start=5><li>z</ol></ul>", "• x • y 5. z"),
        ("<dl><dt>t<dd>m</dl>", "t m"),
        ("<q>said</q>", "\u201csaid\u201d"),
        ("<center>mid</center><font color=red>red</font><main>one</main><nav>two</nav>", "mid red one two"),
        ("<figure><figcaption>what it is</figcaption></figure>", "what it is"),
        ("<abbr title='Hyper'>H</abbr>", "H H: Hyper"),
        ("<form><input value=1><button>Press</button><select><option>o</select></form>", "Press"),
        ("a &lt;b&gt; &amp;amp; &nbsp;c", "a <b> &amp; c"),
        ("<!-- not this -->this", "this"),
        ("a&#1;b\x02c", "a\ufffdb\ufffdc"),
    ],
)
def test_pages_of_html_show_their_words(html: str, words: str) -> None:
    assert shown(html, is_html=True).text == words


@pytest.mark.parametrize(
    "html",
    [
        "<script>SECRET()</script>x",
        "<style>SECRET {}</style>x",
        "<p onclick='SECRET()' style='background: url(SECRET)'>x</p>",
        "<img src='javascript:SECRET' alt=''>x",
        "<iframe srcdoc='SECRET'></iframe>x",
        "<noscript>SECRET</noscript>x",
    ],
)
def test_what_would_run_is_left_out(html: str) -> None:
    found = shown(html, is_html=True)
    assert "x" in found.text
    assert "SECRET" not in found.text
    assert b"SECRET" not in found.data


def test_folded_parts_are_unfolded_with_markdown_and_code_in_them() -> None:
    text = "<details><summary>More</summary>\n\nsome **words**\n\n```python\nx = 1\n```\n\n</details>\n\nbelow"
    assert shown(text).text == "More some words x = 1 below"


def test_tags_around_markdown_hold_it() -> None:
    tree = tree_of_markdown("<div>\n\n|||info\ntext\n|||\n\n</div>\n\nbelow", for_teacher=True)
    (outer, below) = tree.root
    token = tree.token_of(outer[0])
    assert token is not None
    assert token.type == "callout_open"
    assert below.text == "below"


def test_an_author_cannot_make_an_element_stand_for_what_is_not_there() -> None:
    assert tree_of_html('<span id="kept-0">x</span>').token_of(tree_of_html("<i id='kept-5'>").root[0]) is None
    for name in ("kept-0", "kept-99999999999999999999", "kept-", "kept-x"):
        assert shown(f'a <span id="{name}">b</span>').text == "a b"


@pytest.mark.parametrize(
    ("text", "words", "tag"),
    [
        ("one <title> two", "one <title> two", "<title>"),
        ("one\n\n<textarea>\n\ntwo", "one <textarea> two", "<textarea>"),
        ("one\n\n<script>\n\ntwo", "one <script> two", "<script>"),
        ("one\n\n<!-- two\n\nthree", "one <!-- two three", "<!-->"),
    ],
)
def test_a_tag_that_would_swallow_the_rest_is_shown_as_it_is_written(text: str, words: str, tag: str) -> None:
    found = shown(text)
    assert found.text == words
    assert found.gaps == [(f"{tag} without its end", "what follows it is shown as it is written")]


def test_a_script_that_ends_takes_only_itself_away() -> None:
    found = shown("one <script>alert(1)</script> two\n\n<style>\np { color: red }\n</style>\n\nthree")
    assert found.text.split()[-2:] == ["two", "three"]
    assert "color" not in found.text
    assert found.gaps == []


@pytest.mark.parametrize(
    ("html", "words", "links"),
    [
        (
            '<iframe src="https://www.youtube.com/embed/x" width="5"></iframe>',
            "A page of the web: https://www.youtube.com/embed/x",
            ["https://www.youtube.com/embed/x"],
        ),
        (
            '<iframe src="//example.org/a"></iframe>',
            "A page of the web: https://example.org/a",
            ["https://example.org/a"],
        ),
        (
            '<video><source src="https://example.org/f"></video>',
            "Film: https://example.org/f",
            ["https://example.org/f"],
        ),
        ('<audio src=".guides/media/a.mp3"></audio>', "Sound: .guides/media/a.mp3", []),
        ("<object></object>", "A page of the web", []),
    ],
)
def test_films_sounds_and_pages_are_labels_with_their_address(html: str, words: str, links: list[str]) -> None:
    found = shown(f"before\n\n{html}\n\nbehind")
    assert found.text == f"before {words} behind"
    assert found.links == links
    assert bool(found.gaps) is not bool(links)


@pytest.mark.parametrize("tag", ["svg", "canvas", "math"])
def test_drawings_leave_a_note_and_a_gap(tag: str) -> None:
    found = shown(f"<div><{tag}><text>x</text></{tag}></div>")
    assert found.text == "A drawing that is not shown here"
    assert found.gaps == [(f"Drawing in <{tag}>", "it is not shown in a PDF")]


def test_tags_in_tags_without_end_are_text_and_a_gap() -> None:
    found = shown("<div>" * 300 + "deep" + "</div>" * 300 + "\n\nbelow")
    assert "deep" in found.text
    assert "below" in found.text
    assert found.gaps == [("Tags in tags", "they are nested too deeply, and only their text is shown")]


def test_the_markdown_in_a_page_of_html_is_drawn() -> None:
    html = "<html><body><script type='text/markdown'># Title\n\n::: info\nin it\n:::\n</script></body></html>"
    assert shown(html, is_html=True).text == "Title Info in it"
