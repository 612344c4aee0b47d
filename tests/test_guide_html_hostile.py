"""What a stranger writes into a guide runs nothing, loads nothing and names no file, however it is written."""

from __future__ import annotations

import re
from typing import Any

import pytest
from drawing_pages import PICTURES, Held, drawn, question
from hypothesis import given, settings
from hypothesis import strategies as st

from exportmanager.formats.guides_html.cleaning import clean
from exportmanager.formats.guides_html.style import CLASSES
from exportmanager.formats.guides_markdown import LONGEST, parse

TAGS = {
    "a", "abbr", "b", "blockquote", "br", "cite", "code", "dd", "del", "dfn", "div", "dl", "dt", "em", "figcaption",
    "figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "kbd", "li", "mark", "ol", "p", "pre", "q",
    "s", "samp", "section", "small", "span", "strike", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th",
    "thead", "tr", "tt", "u", "ul", "var",
}  # fmt: skip
NUMBER, WORD = r"\d{1,4}%?", r"[\w-]{1,80}"
ATTRIBUTES = {
    "class": r"[a-z][a-z -]*", "title": r"(?s).*", "alt": r"(?s).*", "id": WORD, "name": WORD,
    "align": "left|right|center|justify", "valign": "top|middle|bottom",
    "href": r"(?s)(https?://|mailto:|page:|unfold:|#).*", "src": r"guide:[^\\]*",
    **dict.fromkeys(("width", "height", "start", "colspan", "rowspan", "border", "cellpadding", "cellspacing"), NUMBER),
}  # fmt: skip
"""Every attribute that may stand on a page, and what its value has to be."""
ATTACKS = [
    "<script>alert(1)</script>",
    "<ScRiPt src=https://evil.example/x.js></sCrIpT>",
    "<p onclick='x()' onmouseover=x() ONLOAD=x()>text</p>",
    "<img src=x onerror=alert(1)>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href=' jAvA\tscript:alert(1)'>x</a>",
    "<a href='&#106;avascript:alert(1)'>x</a>",
    "[x](javascript:alert(1))",
    "[x](<java\nscript:alert(1)>)",
    "<a href='data:text/html,<script>x</script>'>x</a>",
    "<img src='data:image/png;base64,AAAA'>",
    "![x](data:image/svg+xml;base64,AAAA)",
    "<a href='file:///etc/passwd'>x</a>",
    "[x](file:///etc/passwd)",
    "![x](file:///etc/passwd)",
    "<img src='file:///etc/passwd'>",
    "<img src='\\\\server\\share\\x.png'>",
    "<img src='C:\\x.png'>",
    "<img src='qrc:/x.png'><img src=':/x.png'>",
    "<img src='https://evil.example/pixel.png'>",
    "<img srcset='https://evil.example/pixel.png 1x' lowsrc=https://evil.example/x>",
    "<div style='background: url(https://evil.example/x.png)'>x</div>",
    "<p style=\"background-image:url('file:///etc/passwd')\">x</p>",
    "<style>@import 'https://evil.example/x.css'; p { background: url(x) }</style>",
    "<link rel=stylesheet href=https://evil.example/x.css>",
    "<meta http-equiv=refresh content='0;url=https://evil.example/'>",
    "<base href='https://evil.example/'>",
    "<iframe src='https://evil.example/'></iframe>",
    "<iframe srcdoc='<script>x</script>'></iframe>",
    "<iframe src='javascript:x'>",
    "<object data='https://evil.example/x.swf'><param name=x value=y></object>",
    "<embed src='file:///etc/passwd'>",
    "<video poster='https://evil.example/x.png'><source src='https://evil.example/x.mp4'></video>",
    "<svg onload=alert(1)><script>x</script><image href='file:///etc/passwd'/></svg>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></mglyph></table></mtext></math>",
    "<form action='https://evil.example/'><input type=submit formaction=javascript:x><button>b</button></form>",
    "<body background='https://evil.example/x.png' bgcolor=red>",
    "<table background='https://evil.example/x.png'><tr><td background='file:///x'>x</td></tr></table>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    "<template><img src=x onerror=x></template>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<![CDATA[<script>x</script>]]><?php x ?><!DOCTYPE html SYSTEM 'file:///x'>",
    "<![foo[<img src=x onerror=x>",
    "<a href='guide:../../etc/passwd'>x</a><img src='guide:../../etc/passwd'>",
    "<p class='box evil'>x</p>",
    "{<script>x</script>}(<img src=x onerror=x>)",
    "[<img src=x onerror=x>](open_file <script>x</script>)",
    "{x|go-to-section-titled}(<script>x</script>)",
    '{x|assessment}("><script>x</script>)',
    "|||<script>\nx\n|||",
    "```<script>\n<script>x</script>\n```",
    "```html\n<script>alert(1)</script>\n```",
    "$<script>x</script>$",
    '*[x]: "><script>y</script>\n\nx',
    "a[^<script>]\n\n[^<script>]: <script>x</script>",
]


def nothing_harmful(html: str) -> None:
    """No tag, attribute or address besides those that are known to do nothing."""
    held = Held(html)
    assert set(held.tags) <= TAGS
    assert held.others == []
    for _, name, value in held.attributes:
        assert name in ATTRIBUTES, name
        assert re.fullmatch(ATTRIBUTES[name], value), (name, value)
    for value in held.values("class"):
        assert set(value.split()) <= CLASSES
    for value in held.values("src"):
        assert value.removeprefix("guide:").replace("%20", " ") in PICTURES


def page_of(text: str, *, is_html: bool) -> str:
    return drawn(text, is_html=is_html, title="A <script>title</script>")


@pytest.mark.parametrize("is_html", [False, True])
@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_of_an_attack_is_left(attack: str, is_html: bool) -> None:
    nothing_harmful(page_of(attack, is_html=is_html))
    nothing_harmful(page_of(f"- a\n\n  {attack} b\n\n|||info\n{attack}\n|||", is_html=is_html))


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_of_an_attack_is_left_in_a_question(attack: str) -> None:
    source: dict[str, Any] = {
        "instructions": attack,
        "guidance": attack,
        "answers": [{"_id": "a", "correct": True, "answer": attack}],
        "tokens": {"blank": [attack], "text": [attack, 0]},
        "initial": attack,
        "options": attack,
        "command": attack,
        "rubrics": [{"message": attack, "weight": attack}],
        "solutions": [{"path": attack, "content": attack}],
        "sequence": [{"input": attack, "output": attack}],
    }
    for kind in ("multiple-choice", "fill-in-the-blanks", "parsons-puzzle", "code-output-compare", "free-text",
                 "llm-based-auto-rubric", "splice"):  # fmt: skip
        made = question(f"{kind}-1", source)
        nothing_harmful(drawn("{x|assessment}(" + made.id + ")", made, unfolded=frozenset({made.id})))


def test_attacks_would_be_found() -> None:
    for harm in ("<script>x</script>", "<p onclick=x>", "<a href='file:///x'>", "<img src='guide:../x'>", "<!--x-->"):
        with pytest.raises(AssertionError):
            nothing_harmful(harm)


def test_what_is_cleaned_twice_is_the_same() -> None:
    for attack in ATTACKS:
        html = page_of(attack, is_html=False)
        assert clean(html) == html


def test_half_a_character_is_no_reason_to_fail() -> None:
    assert "?" in drawn("a \ud800 b")


def test_a_page_that_is_too_long_is_shown_to_where_it_is() -> None:
    html = drawn("word " * (LONGEST // 5 + 10))
    assert "too long to be shown whole" in html


@pytest.mark.parametrize(
    "text",
    ["> " * 5_000, "- " * 5_000, "*" * 5_000, "[" * 5_000, "|||a\n" * 5_000, "`" * 5_000, "{a}(" * 5_000,
     "<b>" * 5_000, "$a" * 5_000, "[a](cmd (" * 2_000, "==a" * 5_000, "<details>" * 2_000, "|||info\n```\n" * 2_000,
     "*[a]: b\n" * 2_000, "[^a]" * 2_000 + "\n\n[^a]: b", "\n".join("  " * n + "- a" for n in range(300))],
)  # fmt: skip
def test_what_is_nested_or_begun_without_end_is_drawn(text: str) -> None:
    nothing_harmful(drawn(text))
    nothing_harmful(drawn(text, is_html=True))


pieces = st.sampled_from(
    [*ATTACKS, "|||info\n", "|||\n", "```python\n", "```\n", "{a|assessment}(", "{b}(", "[c](cmd ", ")", "$", "$$\n",
     "> ", "- ", "    ", "\n\n", "|a|b|\n|-|-|\n", "[^1]", "[^1]: x\n", "*[A]: b\n", "<details>", "<summary>", "</p>",
     "</td></tr></table>", "<table>", "![x](", "<<<", "::: a\n", "==", "++", "~~", "^", "A", "\x00", "\u202e"]
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(pieces | st.text(max_size=12), max_size=12).map("".join))
def test_no_page_makes_it_raise_or_lets_anything_through(text: str) -> None:
    for token in parse(text):
        assert token.type
    for is_html in (False, True):
        nothing_harmful(drawn(text, is_html=is_html, header=text if is_html else ""))
