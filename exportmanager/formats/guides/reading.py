"""Reads a guide of any generation from the files of a project."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from exportmanager.core.guide import Guide, ProjectFiles
from exportmanager.formats.guides.assessments import has_assessments, read_assessments
from exportmanager.formats.guides.generation1 import SECTIONS, read_generation1
from exportmanager.formats.guides.generation2 import METADATA, read_generation2
from exportmanager.formats.guides.generation3 import INDEX, has_pages, read_generation3
from exportmanager.formats.guides.guide_files import GuideFiles
from exportmanager.formats.guides.page_text import PageText, look_at
from exportmanager.formats.guides.troubles import NO_PICTURE, OPEN_CALLOUT, SECOND_GUIDE

_READERS: dict[str, Callable[[GuideFiles], Guide]] = {
    INDEX: read_generation3,
    METADATA: read_generation2,
    SECTIONS: read_generation1,
}
"""The file that tells a generation, newest first, and who reads it."""


def read_guide(files: ProjectFiles) -> Guide | None:
    """The guide of a project; None where it has none.

    Nothing in the files makes this fail: what is wrong with them is in the guide's `gaps`, and the rest is read. Raises
    what `files` raises besides `KeyError` and `BadSource`.
    """
    known = GuideFiles(files)
    reader = _reader(known)
    if reader is None:
        return None
    guide = reader(known)
    texts = {node.id: look_at(node.content, node.content_type) for node in guide.walk()}
    _note_texts(known, guide, texts)
    _note_second_guides(known)
    shown = {node: text.assessments for node, text in texts.items()}
    return replace(
        guide,
        assessments=read_assessments(known, guide, shown),
        header_html=known.text(".guides/content/header.html"),
        footer_html=known.text(".guides/content/footer.html"),
        css=known.text(".guides/styles.css"),
        gaps=tuple(known.gaps()),
    )


def _reader(files: GuideFiles) -> Callable[[GuideFiles], Guide] | None:
    for marker, reader in _READERS.items():
        if marker in files.paths:
            return reader
    if has_pages(files):
        return read_generation3
    return _without_pages if has_assessments(files) else None


def _without_pages(_: GuideFiles) -> Guide:
    """Assessments can be all that there is."""
    return Guide(generation=3)


def _note_texts(files: GuideFiles, guide: Guide, texts: dict[str, PageText]) -> None:
    for node in guide.walk():
        text = texts[node.id]
        for picture in text.pictures:
            if picture not in files.paths:
                files.note(NO_PICTURE, picture)
        if text.has_open_callout:
            files.note(OPEN_CALLOUT, node.title)


def _note_second_guides(files: GuideFiles) -> None:
    endings = tuple(f"/{marker}" for marker in _READERS)
    for path in sorted(files.paths):
        if path.endswith(endings):
            files.note(SECOND_GUIDE, path.rpartition("/.guides/")[0])
