"""Packages of projects with guides for tests of PDFs, and what a finished PDF holds."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pypdf import PdfReader

from exportmanager.formats.zips import ZipWriter

Tree = Mapping[str, Any]
"""The nodes of a guide by their titles: a page is its text, a chapter is another tree."""


def package(path: Path, tree: Tree, files: Mapping[str, bytes] | None = None, **fields: Any) -> Path:
    """A package whose guide has these nodes; `fields` are the guide's own."""
    content: dict[str, bytes] = {}
    _add(content, ".guides/content", tree, fields)
    with path.open("wb") as file, ZipWriter(file) as archive:
        for name, data in sorted((content | dict(files or {})).items()):
            archive.add(name, data)
    return path


def _add(files: dict[str, bytes], folder: str, tree: Tree, fields: Mapping[str, Any]) -> None:
    order = []
    for number, (title, node) in enumerate(tree.items()):
        stem = f"node-{number}"
        place = f"{folder}/{stem}"
        order.append(stem)
        known = {"id": place, "title": title.removesuffix(" (teacher)"), "teacherOnly": title.endswith(" (teacher)")}
        if isinstance(node, str):
            files[f"{place}.json"] = json.dumps(known | {"type": "page"}).encode()
            files[f"{place}.md"] = node.encode()
        else:
            _add(files, place, node, known | {"type": "chapter" if folder.endswith("content") else "section"})
    files[f"{folder}/index.json"] = json.dumps({"title": "Guide", "order": order} | dict(fields)).encode()


def texts(pdf: bytes) -> list[str]:
    """The words of each page, with single spaces."""
    return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf)).pages]
