"""What tests of guides share: a guide of one page, as it is drawn, and what its HTML holds."""

from __future__ import annotations

from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

from exportmanager.core.guide import ContentType, Guide, GuideAssessment, GuideNode, NodeKind
from exportmanager.formats.guides_html import PageView, page_html

PICTURES = {".guides/img/a.png", ".guides/img/b c.png"}


def not_there(path: str) -> str:
    """The project of these tests has two pictures."""
    return "" if path in PICTURES else f"Missing picture: {path}"


def page(text: str = "", title: str = "Page one", **keys: Any) -> GuideNode:
    """A page with this text."""
    return GuideNode(kind=NodeKind.PAGE, id="p1", title=title, path="p1", content=text, **keys)


def question(task: str, source: dict[str, Any] | None = None, **keys: Any) -> GuideAssessment:
    """An assessment whose type its id begins with."""
    kind = task.rpartition("-")[0]
    definition = {"type": kind, "taskId": task, "source": source or {}}
    return GuideAssessment(id=task, type=kind, name="A name", points=5.0, definition=definition, **keys)


def drawn(
    text: str,
    *questions: GuideAssessment,
    why_not: Callable[[str], str] = not_there,
    others: tuple[GuideNode, ...] = (),
    title: str = "",
    header: str = "",
    is_html: bool = False,
    teacher_only: bool = False,
    **view: Any,
) -> str:
    """The HTML of a page with this text; without a title, so that nothing stands in it besides."""
    kind = ContentType.HTML if is_html else ContentType.MARKDOWN
    node = page(text, title, content_type=kind, teacher_only=teacher_only)
    guide = Guide(generation=3, nodes=(node, *others), assessments=questions, header_html=header, footer_html="")
    return page_html(node, PageView(guide=guide, why_not=why_not, **view))


class Held(HTMLParser):
    """What a piece of HTML holds: its tags, attributes, and text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.others: list[str] = []
        self._text: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self._text.append(data)

    def handle_comment(self, data: str) -> None:
        self.others.append(data)

    def handle_decl(self, decl: str) -> None:
        self.others.append(decl)

    def handle_pi(self, data: str) -> None:
        self.others.append(data)

    @property
    def text(self) -> str:
        """All its text, with single spaces."""
        return " ".join("".join(self._text).replace("\xa0", " ").split())

    def values(self, name: str) -> list[str]:
        """The values of an attribute, in order."""
        return [value for _, found, value in self.attributes if found == name]


def text_of(html: str) -> str:
    """The text of a piece of HTML."""
    return Held(html).text
