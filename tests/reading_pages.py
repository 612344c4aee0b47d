"""Reads the pages of an archive as a browser would: their tags, links and text, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from exportmanager.archive.filling import Contents
from exportmanager.archive.making import Order, write_bag
from exportmanager.archive.options import ArchiveOptions
from exportmanager.core.archive import Certificate
from exportmanager.core.meter import Meter
from exportmanager.formats.members import FolderMembers
from exportmanager.program import Program

_VOID = {"meta", "link", "input", "br"}
_TAGS = {
    "html", "head", "meta", "title", "link", "body", "a", "nav", "main", "script", "h1", "h2", "h3", "h4", "p", "dl",
    "div", "dt", "dd", "ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td", "small", "span", "code", "pre",
    "bdi", "section", "details", "summary", "time",
}  # fmt: skip
_ATTRIBUTES = {
    "lang", "charset", "http-equiv", "content", "name", "rel", "href", "class", "id", "scope", "role", "tabindex",
    "title", "aria-label", "aria-labelledby", "dir", "open", "data-sort", "data-filter", "data-by",
}  # fmt: skip


@dataclass
class Page(HTMLParser):
    """One page; `trouble` is all that no page of ours has."""

    root: Path
    path: Path
    trouble: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    scripts: list[str] = field(default_factory=list)
    policy: str = ""

    def __post_init__(self) -> None:
        super().__init__()
        self._open: list[str] = []
        self.source = self.path.read_text(encoding="utf-8")
        self.feed(self.source)
        self.close()
        self.trouble += [f"<{tag}> is not closed" for tag in self._open]
        self.trouble += [f"id {one} twice" for one in {one for one in self.ids if self.ids.count(one) > 1}]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.trouble += [f"<{tag}>"] * (tag not in _TAGS) + [f"{name}=" for name in given if name not in _ATTRIBUTES]
        self.ids += [given["id"] or ""] if "id" in given else []
        self.links += [given["href"] or ""] if "href" in given else []
        if given.get("http-equiv") == "Content-Security-Policy":
            self.policy = given["content"] or ""
        if tag not in _VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open.pop() != tag:
            self.trouble.append(f"</{tag}> closes something else")

    def handle_data(self, data: str) -> None:
        (self.scripts if self._open[-1:] == ["script"] else self.texts).append(data)

    @cached_property
    def text(self) -> str:
        """All that is read, with single blanks."""
        return " ".join(" ".join(self.texts).split())

    def targets(self) -> Iterator[tuple[str, Path, str]]:
        """Each link, where it leads, and the part of the page there; one that leads elsewhere is trouble."""
        for link in self.links:
            address = urlsplit(link)
            if address.scheme or address.netloc or address.query:
                self.trouble.append(f"leads out: {link}")
            target = (self.path.parent / unquote(address.path)).resolve() if address.path else self.path
            if not target.is_relative_to(self.root):
                self.trouble.append(f"leads out: {link}")
            yield link, target, address.fragment


@dataclass
class Reader:
    """The pages of an archive that is a folder, with what it was made of."""

    root: Path
    certificate: Certificate
    contents: Contents

    @cached_property
    def pages(self) -> dict[str, Page]:
        """All of them, by their path."""
        paths = [self.root / "index.html", *sorted(self.root.glob("reader/*/*.html"))]
        return {path.relative_to(self.root).as_posix(): Page(self.root, path) for path in paths}

    @property
    def index(self) -> Page:
        """The first page."""
        return self.pages["index.html"]

    def of(self, heading: str) -> Page:
        """The page with this title."""
        (found,) = (page for page in self.pages.values() if page.texts and heading in page.text[: len(heading) + 3])
        return found

    def trouble(self) -> list[str]:
        """All that is wrong: tags and attributes that are not ours, and links that lead out or nowhere."""
        found = []
        for name, page in self.pages.items():
            for link, target, part in page.targets():
                if not target.exists():
                    found.append(f"{name}: nothing is at {link}")
                elif part and part not in self.pages[target.relative_to(self.root).as_posix()].ids:
                    found.append(f"{name}: no such part: {link}")
            found += [f"{name}: {what}" for what in page.trouble]
        return found


def reader_of(program: Program, root: Path, **options: Any) -> Reader:
    """The pages of the only course in the library."""
    (course_id,) = program.library.course_ids()
    order = Order(
        options=ArchiveOptions(**{"exports": False, **options}),
        kinds=program.kinds,
        made_at=program.clock(),
        program="Export Manager",
    )
    root = root.resolve()
    with program.library.whole_course(course_id) as course:
        certificate, contents = write_bag(course, order, FolderMembers(root), "", Meter())
    return Reader(root, certificate, contents)
