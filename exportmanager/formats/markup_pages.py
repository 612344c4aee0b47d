"""Markdown and notebooks of anybody as HTML for people: nothing runs, nothing is loaded, pictures come beside it."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html import escape
from typing import Any

from markdown_it import MarkdownIt

from exportmanager.formats.guides_html.boxes import code_block, placeholder
from exportmanager.formats.guides_html.cleaning import clean
from exportmanager.formats.notebooks import notebook_of, output_text, source_of, text_of
from exportmanager.formats.picture_heads import picture_head
from exportmanager.formats.texts import visible

_LONGEST = 200_000
"""Characters that make a page: to lay out more takes a window too long."""
_MARKDOWN = 60_000
"""Characters of Markdown that make a page: of more, the parser lets go of so much at once that a window waits."""
_CELLS = 500
_OUTPUT, _OUTPUTS, _PICTURES, _PICTURE = 20_000, 200, 100, 16 << 20
_NESTING = 40
_IMG = re.compile(r'<img\b[^>]*?\bsrc="([^"]*)"[^>]*>')


@dataclass(frozen=True, slots=True)
class Page:
    """Clean HTML with the classes of `guides_html.style`, and its pictures by what ``src`` says of them."""

    html: str
    pictures: dict[str, bytes] = field(default_factory=dict)


def markdown_page(text: str, picture: Callable[[str], bytes | None]) -> Page:
    """A Markdown text; `picture` gives the bytes of a picture by its address, or None."""
    page = Page("")
    html = _drawn(_markdown(text), page, picture)
    more = "" if len(text) <= _MARKDOWN else f"<p>{placeholder('The text goes on: see it as plain text.')}</p>"
    return Page(html + more, page.pictures)


def _markdown(text: str) -> str:
    rendered: str = MarkdownIt("js-default", {"html": True, "maxNesting": _NESTING}).render(text[:_MARKDOWN])
    return rendered


def _drawn(html: str, page: Page, picture: Callable[[str], bytes | None]) -> str:
    """`html` clean, with those of its pictures that can be shown."""

    def shown(found: re.Match[str]) -> str:
        data = picture(found[1]) if len(page.pictures) < _PICTURES else None
        return _picture(data, page) or placeholder("Picture")

    return clean(_IMG.sub(shown, html))


def _picture(data: bytes | None, page: Page) -> str:
    """A picture as HTML; "" where it is none or too large."""
    head = picture_head(data[: 1 << 20]) if data and len(data) <= _PICTURE else None
    if data is None or head is None or head.is_too_large:
        return ""
    name = f"guide:{len(page.pictures)}"
    page.pictures[name] = data
    return f'<img src="{name}">'


def notebook_page(data: bytes, name: str) -> Page | None:
    """A Jupyter notebook (nbformat 3 or 4: https://nbformat.readthedocs.io); None where it is none, or is damaged."""
    book = notebook_of(data, name)
    if book is None:
        return None
    page = Page("")
    cells, language = book.cells, book.language
    drawn: list[str] = []
    letters = 0
    for number, cell in enumerate(cells):
        if letters > _LONGEST:
            drawn.append(f"<p>{placeholder(f'{len(cells) - number:,} more cells: see it as plain text.')}</p>")
            break
        if isinstance(cell, dict):
            parts = list(_cell(cell, language, page))
            drawn += parts
            letters += sum(map(len, parts))
    while cells:  # a million texts that go at once would keep Python's lock
        del cells[-_CELLS:]
    return Page("\n".join(drawn), page.pictures)


def _cell(cell: dict[str, Any], language: str, page: Page) -> Iterator[str]:
    kind, source = text_of(cell.get("cell_type")), source_of(cell)[:_LONGEST]
    if kind in {"markdown", "heading"}:
        attached = cell.get("attachments")
        yield _drawn(_markdown(source), page, lambda name: _attached(attached, name))
        return
    if kind == "code":
        number = cell.get("execution_count", cell.get("prompt_number"))
        yield f'<p class="label">In [{number if isinstance(number, int) else " "}]</p>'
    yield code_block(visible(source), language if kind == "code" else "")
    outputs = cell.get("outputs")
    for output in outputs[:_OUTPUTS] if isinstance(outputs, list) else ():
        if isinstance(output, dict):
            yield _output(output, page)


def _attached(attached: Any, name: str) -> bytes | None:
    kinds = attached.get(name.removeprefix("attachment:")) if isinstance(attached, dict) else None
    return next(filter(None, map(_decoded, kinds.values())), None) if isinstance(kinds, dict) else None


def _output(output: dict[str, Any], page: Page) -> str:
    """The best that a cell gave: a picture, a table, or text."""
    data = output.get("data", output)
    data = data if isinstance(data, dict) else {}
    for kind in ("image/png", "image/jpeg", "image/gif", "png", "jpeg"):
        if drawn := _picture(_decoded(data.get(kind)), page):
            return f"<p>{drawn}</p>"
    if html := text_of(data.get("text/html", data.get("html"))):
        return _drawn(html[:_LONGEST], page, lambda _: None)
    text = output_text(output)
    more = f"\n… ({len(text) - _OUTPUT:,} characters more)" if len(text) > _OUTPUT else ""
    return f"<pre>{escape(visible(text[:_OUTPUT]))}{more}</pre>" if text else ""


def _decoded(value: Any) -> bytes | None:
    if len(text := text_of(value)) > 2 * _PICTURE:
        return None
    try:
        return base64.b64decode(text) or None
    except (binascii.Error, ValueError):
        return None
