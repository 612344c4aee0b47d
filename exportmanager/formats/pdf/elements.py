"""Draws the elements of HTML, each in the way that its tag asks for."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from lxml.html import HtmlElement

from exportmanager.formats.guides_markdown import language_of
from exportmanager.formats.pdf.bidi import base_level
from exportmanager.formats.pdf.boxes import Box, Column, Item, Rule
from exportmanager.formats.pdf.code import code_spans
from exportmanager.formats.pdf.flow import SIDES, Flow
from exportmanager.formats.pdf.inlines import address, changed
from exportmanager.formats.pdf.lines import TextBlock
from exportmanager.formats.pdf.markup import BLOCKS
from exportmanager.formats.pdf.pictures import picture
from exportmanager.formats.pdf.spans import Look, Words
from exportmanager.formats.pdf.style import BODY, CAPTION, CODE, HEADING, HEADINGS, INDENT, LINK
from exportmanager.formats.pdf.tables import table

_MOST_BOXES = 6
"""Boxes in boxes; the next ones stand in the last."""
_MOST_LISTS = 10
_NARROW_CODE = 140.0
"""Points that code in a table needs; it can be broken anywhere."""
_PLAYED = {
    "iframe": "A page of the web",
    "embed": "A page of the web",
    "object": "A page of the web",
    "video": "Film",
    "audio": "Sound",
}
_LANGUAGE = re.compile(r"(?:^|\s)(?:language|lang)-([\w+#.-]+)")
_TICKS = ("\u2610 ", "\u2611 ")


def _block(flow: Flow, element: HtmlElement, look: Look, link: str) -> None:
    flow.block(element, look, link)


def _paragraph(flow: Flow, element: HtmlElement, look: Look, link: str) -> None:
    flow.flush()
    was_tight, flow.is_tight = flow.is_tight, False
    flow.block(element, look, link)
    flow.is_tight = was_tight


def _centred(flow: Flow, element: HtmlElement, look: Look, link: str) -> None:
    element.set("align", "center")
    flow.block(element, look, link)


def _heading(flow: Flow, element: HtmlElement, look: Look, link: str) -> None:
    level = int(element.tag[1]) - 1
    style = replace(HEADINGS[max(level, 2)], before=6.0) if flow.boxed else HEADINGS[level]
    _styled(flow, element, replace(style, align=SIDES.get(element.get("align", ""), "start")), HEADING)


def _styled(flow: Flow, element: HtmlElement, style: object, look: Look) -> None:
    """Draw what an element holds in a style of its own."""
    flow.flush()
    before, was_tight = flow.style, flow.is_tight
    flow.style, flow.is_tight = style, False  # type: ignore[assignment]
    flow.walk(element, look)
    flow.flush()
    flow.style, flow.is_tight = before, was_tight


def _caption(flow: Flow, element: HtmlElement, look: Look, link: str) -> None:
    _styled(flow, element, CAPTION, look)


def _end_of_line(flow: Flow, element: HtmlElement, look: Look, link: str) -> None:
    flow.line.end()


def _rule(flow: Flow, element: HtmlElement, look: Look, link: str) -> None:
    flow.add(Rule())


def _link(flow: Flow, element: HtmlElement, look: Look, link: str) -> None:
    href = element.get("href", "")
    node = flow.sheet.view.destinations.get(href.removeprefix("#")) if href.startswith("#") else None
    found = f"#{node}" if node else address(href)
    flow.walk(element, replace(look, colour=LINK) if found else look, found or link)


def _quoted(flow: Flow, element: HtmlElement, look: Look, link: str) -> None:
    flow.line.add("\u201c", look, link)
    flow.walk(element, look, link)
    flow.line.add("\u201d", look, link)


def _abbreviation(flow: Flow, element: HtmlElement, look: Look, link: str) -> None:
    if title := element.get("title", "").strip():
        flow.sheet.abbreviations.setdefault(element.text_content().strip(), title)
    flow.walk(element, look, link)


# Lists


def _bullets(flow: Flow, element: HtmlElement, look: Look, link: str) -> None:
    sign = "\u2022" if flow.listed % 2 == 0 else "\u2013"
    _items(flow, element, look, lambda _: sign, INDENT)


def _numbers(flow: Flow, element: HtmlElement, look: Look, link: str) -> None:
    text = element.get("start", "1")
    start = int(text) if text.isdecimal() and len(text) < 10 else 1
    count = sum(1 for child in element if child.tag == "li")
    digits = len(str(start + count))
    _items(flow, element, look, lambda number: f"{start + number}.", max(INDENT, 9.0 + 6.0 * digits))


def _items(flow: Flow, element: HtmlElement, look: Look, sign: Callable[[int], str], inset: float) -> None:
    flow.flush()
    first, number = len(flow.out), 0
    for child in element:
        if child.tag == "li":
            _item(flow, child, look, sign(number), inset if flow.listed < _MOST_LISTS else 0)
            number += 1
        elif isinstance(child.tag, str):
            flow.block(child, look)
    if len(flow.out) > first:
        flow.out[-1].spaceAfter = max(flow.out[-1].getSpaceAfter(), 3.0 if flow.listed else flow.style.after)


def _item(flow: Flow, element: HtmlElement, look: Look, sign: str, inset: float) -> None:
    inner = flow.inner(listed=1)
    inner.is_tight = True
    inner.walk(element, look)
    inner.flush()
    is_loose = any(child.tag == "p" for child in element)
    mark = next((tick[0] for tick in _TICKS if element.text_content().lstrip().startswith(tick)), "")
    is_rtl = base_level(element.text_content()) == 1
    style = replace(flow.style, align="left" if is_rtl else "right", after=0)
    marker = None if mark else TextBlock([Words(sign)], style, flow.missed)
    item = Item(inner.out, marker, inset, 5.0 if is_loose else 2.5, is_rtl=is_rtl)
    flow.add(item, inner.narrow + inset, inner.wide + inset)


def _stray_item(flow: Flow, element: HtmlElement, look: Look, link: str) -> None:
    flow.flush()
    _item(flow, element, look, "\u2022", INDENT)


def _definitions(flow: Flow, element: HtmlElement, look: Look, link: str) -> None:
    flow.block(element, look, link)
    if flow.out:
        flow.out[-1].spaceAfter = max(flow.out[-1].getSpaceAfter(), flow.style.after)


def _term(flow: Flow, element: HtmlElement, look: Look, link: str) -> None:
    _styled(flow, element, replace(flow.style, before=4, after=1, keep_with_next=True), changed(look, "dt"))


def _meaning(flow: Flow, element: HtmlElement, look: Look, link: str) -> None:
    inner = flow.inner(listed=1)
    inner.is_tight = True
    inner.walk(element, look, link)
    inset = INDENT if flow.listed < _MOST_LISTS else 0
    flow.add_flow(inner, lambda out: Column(out, (inset, 0, 0, 0), 4.0), inset)


# Boxes


def _in_box(flow: Flow, element: HtmlElement, look: Look, mood: str) -> None:
    """What an element holds in a box, unless there are too many around it already."""
    if flow.boxed >= _MOST_BOXES:
        flow.block(element, look)
        return
    inner = flow.inner(boxed=1)
    inner.walk(element, look)
    flow.add_flow(inner, lambda out: Box(out, mood, ""), 24.0)


def _quotation(flow: Flow, element: HtmlElement, look: Look, link: str) -> None:
    _in_box(flow, element, look, "plain")


def _details(flow: Flow, element: HtmlElement, look: Look, link: str) -> None:
    _in_box(flow, element, look, "neutral")


def _summary(flow: Flow, element: HtmlElement, look: Look, link: str) -> None:
    _styled(flow, element, replace(BODY, after=4, keep_with_next=True), HEADING)


def _code(flow: Flow, element: HtmlElement, look: Look, link: str) -> None:
    for end in element.iter("br"):
        end.tail = f"\n{end.tail or ''}"
    text = element.text_content()
    names = " ".join(part.get("class", "") for part in (element, *element.iter("code")))
    found = _LANGUAGE.search(names)
    add_code(flow, text, language_of(found[1]) if found else "")


def add_code(flow: Flow, text: str, language: str) -> None:
    """Lines of code, if there are any."""
    if text.strip():
        inner = flow.inner()
        inner.text(code_spans(text, language), CODE)
        inner.narrow = min(inner.narrow, _NARROW_CODE)
        flow.add_flow(inner, lambda out: Box(out, "code", ""), 24.0)


# What is elsewhere


def _played(flow: Flow, element: HtmlElement, look: Look, link: str) -> None:
    """A film, a sound or another page: where it is."""
    sources = [
        element.get("src") or element.get("data") or "",
        *(part.get("src", "") for part in element.iter("source")),
    ]
    source = next((found.strip() for found in sources if found.strip()), "")
    source = f"https:{source}" if source.startswith("//") else source
    where, said = address(source), _PLAYED[element.tag]
    inner = flow.inner(boxed=1)
    if where:
        inner.line.add(f"{said}: ", changed(look, "b"))
        inner.line.add(source, replace(look, colour=LINK), where)
    else:
        inner.placeholder(
            f"{said}: {source}" if source else said, f"{said} {source[:80]}".strip(), "it does not play on paper"
        )
    flow.add_flow(inner, lambda out: Box(out, "neutral", ""), 24.0)


def _not_drawn(flow: Flow, element: HtmlElement, look: Look, link: str) -> None:
    flow.placeholder("A drawing that is not shown here", f"Drawing in <{element.tag}>", "it is not shown in a PDF")


def _nothing(flow: Flow, element: HtmlElement, look: Look, link: str) -> None:
    """What shows nothing by itself."""


ELEMENTS: dict[str, Callable[[Flow, HtmlElement, Look, str], None]] = {
    **dict.fromkeys(("div", "section", "figure", *BLOCKS), _block),
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), _heading),
    **dict.fromkeys(_PLAYED, _played),
    **dict.fromkeys(("svg", "canvas", "math"), _not_drawn),
    "p": _paragraph,
    "center": _centred,
    "figcaption": _caption,
    "br": _end_of_line,
    "hr": _rule,
    "a": _link,
    "q": _quoted,
    "abbr": _abbreviation,
    "img": picture,
    "ul": _bullets,
    "ol": _numbers,
    "li": _stray_item,
    "dt": _term,
    "dd": _meaning,
    "dl": _definitions,
    "blockquote": _quotation,
    "details": _details,
    "summary": _summary,
    "pre": _code,
    "table": table,
    "source": _nothing,
}
"""How each tag is drawn; the words in any other stand where they are."""
