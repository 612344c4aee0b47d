"""What HTML may hold: first what is looked at once more, and at the end, decided by nh3, what a page is shown with."""

from __future__ import annotations

import re
from collections.abc import Set

import nh3

from exportmanager.formats.guides_html.style import CLASSES

_TEXT = {
    "a", "abbr", "b", "blockquote", "br", "cite", "code", "dd", "del", "dfn", "div", "dl", "dt", "em", "figcaption",
    "figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "kbd", "li", "mark", "ol", "p", "pre", "q",
    "s", "samp", "section", "small", "span", "strike", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th",
    "thead", "tr", "tt", "u", "ul", "var",
}  # fmt: skip
SEEN_ONCE_MORE = {
    "audio",
    "canvas",
    "details",
    "embed",
    "iframe",
    "math",
    "object",
    "source",
    "summary",
    "svg",
    "video",
}
"""What is shown otherwise than it is written."""
_DROPPED = {"noscript", "script", "select", "style", "template", "textarea", "title"}
_ATTRIBUTES = {
    "*": {"class", "title", "id", "align"},
    "a": {"href", "name"},
    "img": {"src", "alt", "width", "height"},
    "ol": {"start"},
    "table": {"width", "border", "cellpadding", "cellspacing"},
    "td": {"colspan", "rowspan", "width", "valign"},
    "th": {"colspan", "rowspan", "width", "valign"},
}
_SCHEMES = {"http", "https", "mailto", "guide", "page", "unfold"}
_VALUES = {
    "href": re.compile(r"(https?://|mailto:|page:|unfold:|#).{0,2000}", re.DOTALL),
    "src": re.compile(r"guide:.{0,2000}", re.DOTALL),
    "align": re.compile(r"left|right|center|justify"),
    "valign": re.compile(r"top|middle|bottom"),
    "width": re.compile(r"\d{1,4}%?"),
    **dict.fromkeys(("id", "name"), re.compile(r"[\w-]{1,80}")),
    **dict.fromkeys(("height", "start"), re.compile(r"\d{1,4}")),
    **dict.fromkeys(("colspan", "rowspan", "border", "cellpadding", "cellspacing"), re.compile(r"\d{1,2}")),
}
"""What the value of an attribute has to be, whole; any other attribute is taken off."""


def rough(html: str, also: Set[str] = frozenset()) -> str:
    """HTML that is well-formed and runs nothing, with what is still to be looked at and where it points.

    Tags that are neither known nor in `also` are taken off; what they hold stays.
    """
    sources = {tag: {"src", "data"} for tag in SEEN_ONCE_MORE}
    attributes = {**_ATTRIBUTES, **sources}
    return nh3.clean(
        _whole(html),
        tags=_TEXT | SEEN_ONCE_MORE | also,
        attributes=attributes,
        clean_content_tags=_DROPPED,
        link_rel=None,
        url_schemes=_SCHEMES,
    )


def clean(html: str) -> str:
    """HTML that may be shown: known tags, known classes, and addresses that nothing follows."""
    return nh3.clean(
        _whole(html),
        tags=_TEXT,
        attributes=_ATTRIBUTES,
        attribute_filter=_kept,
        clean_content_tags=_DROPPED,
        link_rel=None,
        url_schemes=_SCHEMES,
    )


def _whole(html: str) -> str:
    """Without half characters, which no text in UTF-8 can hold."""
    return html.encode("utf-8", "replace").decode()


def _kept(_: str, name: str, value: str) -> str | None:
    if name == "class":
        return " ".join(word for word in value.split() if word in CLASSES) or None
    known = _VALUES.get(name)
    return value if known is None or known.fullmatch(value) else None
