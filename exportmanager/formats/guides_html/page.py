"""A page of a guide as HTML for the window: drawn, looked over, and cleaned last."""

from __future__ import annotations

import re
from html import escape

from exportmanager.core.guide import ContentType, GuideNode
from exportmanager.formats.guides_html import boxes
from exportmanager.formats.guides_html.cleaning import clean, rough
from exportmanager.formats.guides_html.drawing import draw
from exportmanager.formats.guides_html.rewriting import rewritten
from exportmanager.formats.guides_html.view import PageView
from exportmanager.formats.guides_markdown import LONGEST

__all__ = ["PageView", "page_html"]

_MARKDOWN = re.compile(r"<script[^<>]{0,200}?\btype=[\"']?text/(?:x-)?markdown[^<>]{0,200}>(.*?)</script", re.I | re.S)
_HEADING = re.compile(r"\s*#\s+\S")
_HTML_HEADING = re.compile(r"\s*<h[1-3]\b", re.IGNORECASE)


def page_html(page: GuideNode, view: PageView) -> str:
    """A chapter, section or page as HTML with the classes of `style.CLASSES`. Never raises.

    Pictures are ``guide:`` and a path in the project, links ``page:`` and the id of a node, or an address for reading.
    """
    say = view.say
    parts = [] if has_title(page) else [f"<h1>{escape(page.title)}</h1>\n"]
    if page.teacher_only:
        parts.append(boxes.box("teacher", boxes.label(say("Teacher only: students do not see this page"))))
    if view.for_teacher or not page.teacher_only:
        parts.append(_content(page, view))
    if len(page.content) > LONGEST:
        parts.append(boxes.box("warning", boxes.label(say("This page is too long to be shown whole."))))
    return clean(rewritten(rough("".join(parts)), view.why_not, say))


def has_title(page: GuideNode) -> bool:
    """Whether the text itself begins with a heading: the title is then said once more in the outline only."""
    if page.content_type is ContentType.HTML:
        return bool(_HTML_HEADING.match(page.content) or scripts_of(page.content[:LONGEST])) or not page.title
    return not page.title or bool(_HEADING.match(page.content))


def scripts_of(html: str) -> list[str]:
    """The Markdown in a page of HTML. Behind the last end of a script none is looked for, again and again."""
    end = html.lower().rfind("</script")
    return _MARKDOWN.findall(html[: end + len("</script")]) if end >= 0 else []


def _content(page: GuideNode, view: PageView) -> str:
    text = page.content[:LONGEST]
    if not text.strip():
        return f'<p class="note">{escape(view.say("There is no text here."))}</p>'
    if page.content_type is ContentType.MARKDOWN:
        return draw(text, view)
    if scripts := scripts_of(text):  # of an old theme, which lets the browser draw them
        return "\n".join(draw(script, view) for script in scripts)
    return f"{view.guide.header_html}{text}{view.guide.footer_html}"
