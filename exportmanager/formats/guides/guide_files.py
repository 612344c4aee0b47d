"""The files of a project as the readers of guides see them: JSON and text, and where they fail, a note of it."""

from __future__ import annotations

from typing import Any

from exportmanager.core.course import Extra
from exportmanager.core.errors import BadSource
from exportmanager.core.guide import ContentType, ProjectFiles
from exportmanager.formats.guides.troubles import NOT_UTF8, SAME_ID, UNREADABLE, Trouble, Troubles
from exportmanager.formats.json import parse_json


class GuideFiles:
    """Reads the files of one project, and collects what is wrong with its guide."""

    def __init__(self, files: ProjectFiles) -> None:
        self._files = files
        self._ids: set[str] = set()
        self._troubles = Troubles()
        self.paths = frozenset(files.paths())
        self.note = self._troubles.add
        self.gaps = self._troubles.gaps

    def json(self, path: str, trouble: Trouble = UNREADABLE) -> Any:
        """What a JSON file holds; None where it cannot be read, which is noted as `trouble`."""
        data = self._bytes(path, trouble)
        if data is None:
            return None
        try:
            return parse_json(data, path)
        except BadSource as problem:
            self.note(trouble, problem.what.rstrip("."))
            return None

    def object(self, path: str) -> dict[str, Any] | None:
        """The same, for a file that holds an object."""
        value = self.json(path)
        if value is not None and not isinstance(value, dict):
            self.note(UNREADABLE, f"{path}: it does not hold what it should")
        return value if isinstance(value, dict) else None

    def text(self, path: str) -> str:
        """The text of a file; "" where there is none, or where it cannot be read, which is noted."""
        data = self._bytes(path, UNREADABLE) if path in self.paths else None
        try:
            return (data or b"").decode("utf-8-sig")
        except UnicodeDecodeError:
            self.note(NOT_UTF8, path)
            return (data or b"").decode("latin-1")

    def _bytes(self, path: str, trouble: Trouble) -> bytes | None:
        try:
            return self._files.read(path)
        except KeyError:
            self.note(trouble, f"{path}: it is no file of a guide")
        except BadSource as problem:
            self.note(trouble, f"{path}: {problem.what.rstrip('.')}")
        return None

    def unique_id(self, untrusted: Any, path: str, title: str) -> str:
        """An id that no other node of this guide has: the one that came, or else `path`."""
        wanted = untrusted if isinstance(untrusted, str) else ""
        if wanted in self._ids:
            self.note(SAME_ID, title)
        found = wanted if wanted and wanted not in self._ids else path
        while found in self._ids:
            found += "+"
        self._ids.add(found)
        return found


def content_type(path: str) -> ContentType:
    """What the text at `path` is written in."""
    return ContentType.HTML if path.endswith((".html", ".htm")) else ContentType.MARKDOWN


def text_field(fields: Extra, key: str) -> str:
    """The text under `key`; "" where there is none, or something else."""
    value = fields.get(key)
    return value.strip() if isinstance(value, str) else ""


def list_field(fields: Extra, key: str) -> list[Any]:
    """The list under `key`; an empty one where there is none, or something else."""
    value = fields.get(key)
    return value if isinstance(value, list) else []
