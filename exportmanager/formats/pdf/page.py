"""Draws a chapter, section or page of a guide: its title and its text."""

from __future__ import annotations

from collections.abc import Iterator

from reportlab.platypus import Flowable

from exportmanager.core.guide import ContentType, GuideNode
from exportmanager.formats.guides_html.page import has_title, scripts_of
from exportmanager.formats.guides_markdown import LONGEST
from exportmanager.formats.pdf.blocks import html_flowables, markdown_flowables
from exportmanager.formats.pdf.boxes import Box, kept_together
from exportmanager.formats.pdf.lines import TextBlock
from exportmanager.formats.pdf.spans import Words
from exportmanager.formats.pdf.style import HEADING, HEADINGS
from exportmanager.formats.pdf.view import PdfView
from exportmanager.formats.untrusted import printable


def page_flowables(node: GuideNode, view: PdfView) -> list[Flowable]:
    """What a node of a guide shows in this edition, without its children: its title, then its text. Never raises.

    Nothing for what only teachers see, where this edition is without. The caller sets the destination of the node
    (`view.destinations`) where the first of them begins.
    """
    if node.teacher_only and not view.edition.teacher_notes:
        return []
    return kept_together(list(_parts(node, view)))


def _parts(node: GuideNode, view: PdfView) -> Iterator[Flowable]:
    if not has_title(node):
        yield TextBlock([Words(node.title.strip(), HEADING)], HEADINGS[0], view.missed)
    if node.teacher_only:
        yield Box([], "teacher", "Teacher only: students do not see this page", view.missed)
    yield from _content(node, view)
    if len(node.content) > LONGEST:
        view.missed.add(f"Text of the page {printable(node.title, 80)}", f"only {LONGEST:,} characters of it are shown")
        yield Box([], "warning", "This page is too long to be shown whole.", view.missed)


def _content(node: GuideNode, view: PdfView) -> list[Flowable]:
    text = node.content[:LONGEST]
    if not text.strip():
        return []
    if node.content_type is ContentType.MARKDOWN:
        return markdown_flowables(text, view)
    if scripts := scripts_of(text):  # of an old theme, which lets the browser draw them
        return [flowable for script in scripts for flowable in markdown_flowables(script, view)]
    return html_flowables(f"{view.guide.header_html}{text}{view.guide.footer_html}", view)
