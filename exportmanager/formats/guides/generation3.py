"""Guides as they are since 2022: a tree of folders and pages below ``.guides/content``, each with a JSON of its own."""

from __future__ import annotations

from typing import Any

from exportmanager.core.course import Extra
from exportmanager.core.guide import ContentType, Guide, GuideNode, NodeKind
from exportmanager.formats.guides.guide_files import GuideFiles, content_type, list_field, text_field
from exportmanager.formats.guides.troubles import LISTED_ONLY, LISTED_TWICE, NO_ORDER, NO_TEXT, TOO_DEEP, UNLISTED

CONTENT = ".guides/content"
INDEX = f"{CONTENT}/index.json"
_DEEPEST = 50
"""Folders within each other. Guides have three at most, and Python would not follow some two hundred."""
_SUFFIXES = (".json", ".md", ".html")
_WRAPPING = {f"{CONTENT}/header.html", f"{CONTENT}/footer.html"}


def read_generation3(files: GuideFiles) -> Guide:
    """The guide; see https://github.com/codio/guides-format."""
    return _Reading(files).guide()


class _Reading:
    """One reading. A node is known by its path without suffix; a chapter or section is a folder, and known by that."""

    def __init__(self, files: GuideFiles) -> None:
        self._files = files
        self._there = {_node_path(path) for path in files.paths if _is_content(path)}
        self._done: set[str] = set()

    def guide(self) -> Guide:
        fields = self._files.object(INDEX) if INDEX in self._files.paths else None
        self._done.add(CONTENT)
        nodes = self._children(CONTENT, fields)
        self._note_unlisted()
        return Guide(generation=3, title=text_field(fields or {}, "title"), fields=fields or {}, nodes=nodes)

    def _note_unlisted(self) -> None:
        left = self._there - self._done
        for path in sorted(left):
            if path.rpartition("/")[0] not in left:  # what lies in an unlisted folder goes without saying
                self._files.note(UNLISTED, path.removeprefix(f"{CONTENT}/"))

    def _children(self, folder: str, fields: Extra | None) -> tuple[GuideNode, ...]:
        order = list_field(fields, "order") if fields is not None else self._by_name(folder)
        return tuple(node for stem in order if (node := self._listed(folder, stem)))

    def _by_name(self, folder: str) -> list[Any]:
        self._files.note(NO_ORDER, folder)
        return [path.rpartition("/")[2] for path in sorted(self._there) if path.rpartition("/")[0] == folder]

    def _listed(self, folder: str, stem: Any) -> GuideNode | None:
        path = f"{folder}/{stem}"
        is_name = isinstance(stem, str) and "/" not in stem and stem != "index"
        if path in self._done:
            self._files.note(LISTED_TWICE, str(stem))
        elif path.count("/") > _DEEPEST:
            self._files.note(TOO_DEEP, str(stem))
        elif is_name and f"{path}/index.json" in self._files.paths:
            return self._container(path, NodeKind.CHAPTER if folder == CONTENT else NodeKind.SECTION)
        elif is_name and f"{path}.json" in self._files.paths:
            return self._page(path)
        else:
            self._files.note(LISTED_ONLY, str(stem))
        return None

    def _container(self, path: str, kind: NodeKind) -> GuideNode:
        fields = self._files.object(f"{path}/index.json")
        named = text_field(fields or {}, "type")
        kind = NodeKind(named) if named in {NodeKind.CHAPTER, NodeKind.SECTION} else kind
        return self._node(kind, path, f"{path}/index", fields)

    def _page(self, path: str) -> GuideNode:
        node = self._node(NodeKind.PAGE, path, path, self._files.object(f"{path}.json") or {})
        if not node.content_path:
            self._files.note(NO_TEXT, node.title)
        return node

    def _node(self, kind: NodeKind, path: str, stem: str, fields: Extra | None) -> GuideNode:
        """A node whose JSON and text are called `stem`; `fields` are None where they cannot be read."""
        self._done.add(path)
        known = fields or {}
        title = text_field(known, "title") or path.rpartition("/")[2]
        inner = path.removeprefix(f"{CONTENT}/")
        content_path = self._content_path(stem, known)
        return GuideNode(
            kind=kind,
            id=self._files.unique_id(known.get("id"), inner, title),
            title=title,
            path=inner,
            content_path=content_path,
            content=self._files.text(content_path),
            content_type=content_type(content_path),
            teacher_only=known.get("teacherOnly") is True,
            fields=known,
            children=() if kind is NodeKind.PAGE else self._children(path, fields),
        )

    def _content_path(self, stem: str, fields: Extra) -> str:
        """Where the text lies; the type that the JSON names is tried first."""
        suffixes = (".html", ".md") if text_field(fields, "contentType") == ContentType.HTML else (".md", ".html")
        return next((stem + suffix for suffix in suffixes if stem + suffix in self._files.paths), "")


def has_pages(files: GuideFiles) -> bool:
    """Whether there are pages of this generation, even if the list of them is not there."""
    return any(_is_content(path) and path.endswith(".json") for path in files.paths)


def _is_content(path: str) -> bool:
    return path.startswith(f"{CONTENT}/") and path.endswith(_SUFFIXES) and path not in _WRAPPING


def _node_path(path: str) -> str:
    return path.rpartition(".")[0].removesuffix("/index")
