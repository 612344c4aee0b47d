"""Chapters, sections and pages of a guide on printed pages: titles, teachers' pages, texts that are too long."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from drawing_pdf import node_of, pdf_of, shown, view_of

from exportmanager.core.guide import ContentType
from exportmanager.core.trees import Findings
from exportmanager.formats.archives import open_tree
from exportmanager.formats.guides import files_of_tree, read_guide
from exportmanager.formats.guides_markdown import LONGEST, for_students
from exportmanager.formats.pdf.page import page_flowables
from exportmanager.formats.pdf.view import Edition, Missed, PdfView

GUIDES = os.environ.get("EXPORTMANAGER_GUIDES", "")


@pytest.mark.parametrize(
    ("text", "title", "words"),
    [
        ("text", "A & B", "A & B text"),
        ("# Mine\n\ntext", "A & B", "Mine text"),
        ("", "A chapter", "A chapter"),
        ("  \n", "A chapter", "A chapter"),
        ("text", "", "text"),
    ],
)
def test_a_page_has_one_title(text: str, title: str, words: str) -> None:
    assert shown(text, title=title).text == words


def test_pages_of_html_have_a_title_and_what_is_around_all_of_them() -> None:
    node = node_of("<p>text</p>", "Title", is_html=True)
    view = view_of(node, header="<p>head</p>")
    assert pdf_of(page_flowables(node, view)).text == "Title head text"
    assert node.content_type is ContentType.HTML


def test_a_page_for_teachers_is_only_in_editions_with_their_notes() -> None:
    node = node_of("SECRET", "Hidden", teacher_only=True)
    assert page_flowables(node, view_of(node)) == []
    assert page_flowables(node, view_of(node, edition=Edition(solutions=True))) == []
    view = view_of(node, edition=Edition(teacher_notes=True))
    assert pdf_of(page_flowables(node, view)).text == "Hidden Teacher only: students do not see this page SECRET"


def test_a_text_that_is_too_long_ends_with_a_note_and_a_gap() -> None:
    found = shown("word" + "\n" * LONGEST, title="Long")
    assert found.text.endswith("This page is too long to be shown whole.")
    assert found.gaps == [("Text of the page Long", "only 400,000 characters of it are shown")]


def test_a_text_without_guidance_is_left_as_it_is() -> None:
    text = "seen\n\n|||info\n\tseen\r\n|||\n"
    assert for_students(text) is text
    assert for_students("about guidance\n\n```\n|||guidance\n```") == "about guidance\n\n```\n|||guidance\n```"


@pytest.mark.skipif(not GUIDES, reason="EXPORTMANAGER_GUIDES names no folder of real guides")
def test_every_page_of_every_real_guide_that_is_there_is_drawn() -> None:
    for project in sorted(path for path in Path(GUIDES).iterdir() if (path / ".guides").is_dir()):
        files = files_of_tree(open_tree(project), Findings())
        guide = read_guide(files)
        assert guide is not None
        view = PdfView(guide=guide, files=files, edition=Edition(teacher_notes=True), missed=Missed(), width=450.0)
        found = pdf_of([part for node in guide.walk() for part in page_flowables(node, view)])
        assert len(found.pages) > guide.page_count / 5
