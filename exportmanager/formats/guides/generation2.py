"""Guides of about 2015 to 2022: a flat list of sections with their texts, and mostly a book that orders them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from exportmanager.core.course import Extra
from exportmanager.core.guide import Guide, GuideNode, NodeKind
from exportmanager.formats.guides.guide_files import GuideFiles, content_type, list_field, text_field
from exportmanager.formats.guides.troubles import LISTED_ONLY, LISTED_TWICE, NO_TEXT, SAME_ID, UNLISTED

METADATA = ".guides/metadata.json"
BOOK = ".guides/book.json"
_CONTENT = ".guides/content/"
_WRAPPING = {f"{_CONTENT}header.html", f"{_CONTENT}footer.html"}


def read_generation2(files: GuideFiles) -> Guide:
    """The guide, its nodes named and its fields put together as https://github.com/codio/guides-converter-v3 does."""
    return _Reading(files).guide()


class _Reading:
    """One reading; what was used is told apart from what no page of the guide shows."""

    def __init__(self, files: GuideFiles) -> None:
        self._files = files
        self._metadata = files.object(METADATA) or {}
        self._sections = self._by_id(list_field(self._metadata, "sections"))
        self._used: set[str] = set()
        self._texts: set[str] = set()
        self._paths: dict[str, int] = {}
        """Of the nodes, each with how often it was wanted."""

    def _by_id(self, sections: list[Any]) -> dict[str, Extra]:
        found: dict[str, Extra] = {}
        for section in sections:
            section_id = text_field(section, "id") if isinstance(section, dict) else ""
            if section_id in found:
                self._files.note(SAME_ID, text_field(section, "title") or section_id)
            elif section_id:
                found[section_id] = section
        return found

    def guide(self) -> Guide:
        book = self._files.object(BOOK) if BOOK in self._files.paths else None
        entries = list_field(book, "children") if book else [_as_entry(section) for section in self._sections.values()]
        nodes = self._nodes(entries, "", NodeKind.CHAPTER)
        self._note_unlisted()
        fields = {key: value for key, value in self._metadata.items() if key != "sections"}
        return Guide(generation=2, title=text_field(book or {}, "name"), fields=fields, nodes=nodes)

    def _note_unlisted(self) -> None:
        for section_id in sorted(self._sections.keys() - self._used):
            self._files.note(UNLISTED, text_field(self._sections[section_id], "title") or section_id)
        named = {_content_path(section) for section in self._sections.values()} | _WRAPPING
        for path in sorted(self._files.paths - named):
            if path.startswith(_CONTENT) and path.endswith((".md", ".html")):
                self._files.note(UNLISTED, path.removeprefix(_CONTENT))

    def _nodes(self, entries: Iterable[Any], folder: str, kind: NodeKind) -> tuple[GuideNode, ...]:
        return tuple(node for entry in entries if (node := self._listed(entry, folder, kind)))

    def _listed(self, entry: Any, folder: str, above_pages: NodeKind) -> GuideNode | None:
        """The node of an entry of the book; one with children that does not say what it is, is `above_pages`."""
        entry = entry if isinstance(entry, dict) else {"title": str(entry)}
        section_id = text_field(entry, "pageId")
        title = text_field(entry, "title") or text_field(self._sections.get(section_id, {}), "title")
        kind = _kind(entry, above_pages)
        section = self._section(section_id, title, kind)
        return self._node(entry, section, kind, title, folder) if section or kind is not NodeKind.PAGE else None

    def _section(self, section_id: str, title: str, kind: NodeKind) -> Extra:
        """The section of a node, once: a book that lists one again and again could be larger than any memory."""
        if section_id in self._used:
            self._files.note(LISTED_TWICE, title)
        elif section_id in self._sections:
            self._used.add(section_id)
            return self._sections[section_id]
        elif section_id or kind is NodeKind.PAGE:
            self._files.note(LISTED_ONLY, title or section_id)
        return {}

    def _text(self, section: Extra, title: str) -> str:
        """Where the text of a section lies; "" where it is not there, or another section has it."""
        path = _content_path(section)
        if path in self._texts:
            self._files.note(LISTED_TWICE, title)
        elif path in self._files.paths:
            self._texts.add(path)
            return path
        elif section:
            self._files.note(NO_TEXT, title)
        return ""

    def _node(self, entry: Extra, section: Extra, kind: NodeKind, title: str, folder: str) -> GuideNode:
        node_id = text_field(entry, "id")
        path = self._unique_path(folder + re.sub(r"[^a-zA-Z0-9]", "-", title) + f"-{node_id[:4]}")
        content_path = self._text(section, title or path)
        return GuideNode(
            kind=kind,
            id=self._files.unique_id(node_id, path, title or path),
            title=title or path,
            path=path,
            content_path=content_path,
            content=self._files.text(content_path),
            content_type=content_type(content_path),
            teacher_only=section.get("teacherOnly") is True,
            fields=_fields(entry, section),
            children=self._nodes(list_field(entry, "children"), f"{path}/", NodeKind.SECTION),
        )

    def _unique_path(self, wanted: str) -> str:
        found = wanted
        while found in self._paths:
            self._paths[wanted] += 1
            found = f"{wanted}-{self._paths[wanted]}"
        self._paths[found] = 1
        return found


def _kind(entry: Extra, above_pages: NodeKind) -> NodeKind:
    named = text_field(entry, "type")
    if named in {NodeKind.CHAPTER, NodeKind.SECTION}:
        return NodeKind(named)
    return above_pages if list_field(entry, "children") else NodeKind.PAGE


def _as_entry(section: Extra) -> dict[str, Any]:
    """What a book would say of a section; without a book each is a page."""
    return {"id": section.get("id"), "title": section.get("title"), "type": "page", "pageId": section.get("id")}


def _content_path(section: Extra) -> str:
    return text_field(section, "content-file").removeprefix("./").removeprefix("/")


def _fields(entry: Extra, section: Extra) -> dict[str, Any]:
    """All fields of both; the section calls `type` what a newer guide calls `contentType`."""
    own = {key: value for key, value in entry.items() if key != "children"}
    kind = {"contentType": section["type"]} if "type" in section else {}
    return {**section, **kind, **own}
