"""Reads Jupyter notebooks of anybody as values and as plain lines (nbformat 3 and 4: nbformat.readthedocs.io)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from exportmanager.core.errors import MalformedFile
from exportmanager.formats.json import parse_json

_ANSI = re.compile(r"\x1b\[[0-9;:?]*[A-Za-z]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)")
_PICTURES = ("image/png", "image/jpeg", "image/gif", "image/svg+xml", "png", "jpeg", "svg")
_OUTPUT, _OUTPUTS = 20_000, 200
"""Letters of an output, and outputs of a cell, that are told."""


@dataclass(frozen=True, slots=True)
class Notebook:
    """Its cells, which may be anything that JSON can hold, and the language of its code, in small letters."""

    cells: list[Any]
    language: str


def notebook_of(data: bytes, name: str) -> Notebook | None:
    """The notebook that `data` is, the content of the file `name`; None where it is none, or is damaged."""
    try:
        book = parse_json(data, name)
    except MalformedFile:
        return None
    if not isinstance(book, dict):
        return None
    cells = book.get("cells")
    if cells is None and isinstance(sheets := book.get("worksheets"), list):  # nbformat 3
        inner = [sheet.get("cells") for sheet in sheets if isinstance(sheet, dict)]
        cells = [cell for some in inner if isinstance(some, list) for cell in some]
    return Notebook(cells, _language(book)) if isinstance(cells, list) else None


def _language(book: dict[str, Any]) -> str:
    about = book.get("metadata")
    for key, name in (("language_info", "name"), ("kernelspec", "language")):
        inner = about.get(key) if isinstance(about, dict) else None
        if isinstance(inner, dict) and isinstance(found := inner.get(name), str):
            return found.lower()
    return "python"


def source_of(cell: dict[str, Any]) -> str:
    """What was written into a cell."""
    return text_of(cell.get("source", cell.get("input")))


def output_text(output: dict[str, Any]) -> str:
    """What a cell gave, as text without colours; "" where it gave something else."""
    data = output.get("data", output)
    trace = output.get("traceback")
    plain = data.get("text/plain") if isinstance(data, dict) else None
    parts = trace if isinstance(trace, list) else [text_of(output.get("text", plain))]
    return _ANSI.sub("", "\n".join(part for part in parts if isinstance(part, str)))


def text_of(value: Any) -> str:
    """Text, which a notebook may hold as a list of lines."""
    if isinstance(value, list):
        return "".join(part for part in value if isinstance(part, str))
    return value if isinstance(value, str) else ""


def notebook_lines(data: bytes, name: str) -> list[str] | None:
    """The cells of a notebook one below the other, each below a line of ours, with what it gave as text."""
    book = notebook_of(data, name)
    return (
        None if book is None else [line for number, cell in enumerate(book.cells, 1) for line in _lines(number, cell)]
    )


def _lines(number: int, cell: Any) -> Iterator[str]:
    if not isinstance(cell, dict):
        return
    kind = cell.get("cell_type")
    yield f"[cell {number}: {kind if isinstance(kind, str) else 'unknown'}]"
    yield from source_of(cell).splitlines()
    outputs = cell.get("outputs")
    for output in outputs[:_OUTPUTS] if isinstance(outputs, list) else ():
        if isinstance(output, dict):
            yield f"[cell {number} gave]"
            yield from _given(output)


def _given(output: dict[str, Any]) -> Iterator[str]:
    data = output.get("data", output)
    if isinstance(data, dict) and any(kind in data for kind in _PICTURES):
        yield "(a picture)"
    text = output_text(output)
    yield from text[:_OUTPUT].splitlines()
    if len(text) > _OUTPUT:
        yield f"\N{HORIZONTAL ELLIPSIS} ({len(text) - _OUTPUT:,} more letters)"
